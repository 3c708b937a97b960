"""What the last landing of a source made of its items, for the next one to take over.

What it decides: an item with the id and the content hash of last time gives the rows of last time, when these came from
the item alone. Of what does not (`entangled`), nothing is taken over. When it was fetched, what was sent and the
version of the snapshot are today's.
Does not belong here: what lies on disk, and whether it was made by the same code (`pipeline.takeover`).
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import schema
from pipeline.transform.landing.closing import OWNERS, Tables, record_of, reopen
from pipeline.transform.landing.collector import once

NOT_OF_ITEMS = ("unread_field", "ended_record")
"""Tables that the parser of today or the life cycle makes."""
OF_ONE = ("record_id", "link_id", "organization_id", "service_id", "location_id")
"""Columns that name the record of a detail row; the first that is filled counts."""
SCANNED = ("personal_identity_code", "personal_contact_in_text")
"""Issues of texts that were masked: what a text says depends on the contacts that other records give."""


class Earlier:
    """The record tables of the last landing.

    `table` reads one of them, as it was after the life cycle; `dangling` are the links that led nowhere; `entangled`
    are the records whose rows depend on more than one item.
    """

    def __init__(
        self, table: Callable[[str], pa.Table], dangling: pa.Table, entangled: frozenset[str] = frozenset()
    ) -> None:
        self._table = table
        self._dangling = dangling
        self.entangled = entangled

    @cached_property
    def hashes(self) -> dict[str, str]:
        """Record -> content hash, of those that can be taken over."""
        record = self._table("record")
        kept = record.filter(pc.is_null(record.column("not_seen_since")))
        columns = (kept.column(name).to_pylist() for name in ("record_id", "content_hash"))
        return {one: content for one, content in zip(*columns, strict=True) if one not in self.entangled}

    def joined(
        self, tables: Tables, taken: Mapping[str, tuple[datetime | None, str | None]], snapshot_version: str
    ) -> Tables:
        """Open tables with the rows of the records in `taken`, each with when it was fetched and what was sent."""
        ids = pa.array(taken, pa.string())
        record = self._table("record").column("record_id")
        others = record.filter(pc.invert(pc.is_in(record, value_set=ids))).combine_chunks()
        was = {name: self._of(name, ids, others) for name in tables if name not in NOT_OF_ITEMS}
        was = reopen(was, self._dangling.filter(pc.is_in(self._dangling.column("record_id"), value_set=ids)))
        was["record"] = _stamped(was["record"], ids, taken, snapshot_version)
        return {name: _with(name, was[name], data) if name in was else data for name, data in tables.items()}

    def _of(self, name: str, ids: pa.Array, others: pa.Array) -> pa.Table:
        """The rows of these records; issues may be of what is no record, all other rows are of one of both."""
        data = self._table(name)
        owner = _owner(name, data)
        if name == "issue" or len(ids) <= len(others):
            return data.filter(pc.is_in(owner, value_set=ids))
        return data.filter(pc.invert(pc.is_in(owner, value_set=others))) if len(others) else data


def _owner(name: str, data: pa.Table) -> pa.ChunkedArray:
    """The record of each row, from the columns that name it: `record_of` takes it out of ids, which takes longer."""
    columns = [data.column(one) for one in OF_ONE if one in data.column_names]
    return record_of(name, data) if name in OWNERS or not columns else pc.coalesce(*columns)


def _stamped(
    record: pa.Table, ids: pa.Array, taken: Mapping[str, tuple[datetime | None, str | None]], version: str
) -> pa.Table:
    """The table `record` as of today."""
    count = len(record)
    at = pc.index_in(record.column("record_id"), value_set=ids)
    moments = {moment: place for place, moment in enumerate(dict.fromkeys(moment for moment, _ in taken.values()))}
    distinct = pa.array(moments, record.schema.field("fetched_at").type)
    columns = {
        "fetched_at": distinct.take(pa.array([moments[moment] for moment, _ in taken.values()], pa.int32())),
        "raw_hash": pa.array([raw for _, raw in taken.values()], pa.string()),
    }
    made = {name: values.take(at.combine_chunks()) for name, values in columns.items()}
    made["snapshot_version"] = pa.repeat(pa.scalar(version, pa.string()), count)
    for name in ("lifecycle", "not_seen_since", "identity_since"):
        made[name] = pa.nulls(count, record.schema.field(name).type)
    for name, values in made.items():
        record = record.set_column(record.column_names.index(name), record.schema.field(name), values)
    return record


def _with(name: str, was: pa.Table, new: pa.Table) -> pa.Table:
    """Rows of both; what a repeated item tells again of a record that was taken over is there once."""
    if name == "issue":
        new = new.filter(pc.invert(pc.is_in(new.column("id"), value_set=was.column("id").combine_chunks())))
    both = pa.concat_tables([schema.conform(name, was), new])
    if name == "normalised":
        known = was.column("record_id").combine_chunks()
        if pc.any(pc.is_in(new.column("record_id"), value_set=known)).as_py():
            both = once(both)
    return both


def masked(issue: pa.Table) -> set[str]:
    """The records of which a text was masked."""
    told = issue.filter(pc.is_in(issue.column("code"), value_set=pa.array(SCANNED)))
    return set(told.column("record_id").drop_null().to_pylist())
