"""What becomes of a record that its source no longer sends, or that suddenly describes somebody else.

A record that a full pass over the source does not have is `not_seen`; what it last said stays for the source's days of
grace, and then it has `ended`: its rows go, its history stays in `bridge` and the registry. A partial pass makes nobody
older but those that the source says are gone; a run in which the source failed or was held back makes nobody older.
Time is that of the snapshots, so a snapshot that is read again changes nothing.

A record that `quarantine` suspects is held as it last was, `not_seen`, with an issue. It is taken as somebody else,
with `identity_since`, once a person has accepted it or it has stood so for the days of grace; no id goes along then.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import schema
from pipeline.identity import quarantine
from pipeline.identity.evidence import evidence, kept
from pipeline.identity.quarantine import Siblings, Tables, nobody
from pipeline.storage import in_key_order
from pipeline.transform.landing.collector import Collector

ENTITIES = ("organization", "service", "location")
BY_RECORD = ("record", "normalised")
OWNERS = {
    "record": ("record_id", "owner_record_id"),
    "service": ("id", "organization_id"),
    "location": ("id", "organization_id"),
    "organization": ("id", "parent_organization_id"),
}
"""Table -> its key and the column that names the owner."""
OF_TODAY = ("issue", "unread_field", "ended_record")
"""Tables of which nothing is carried over: they tell of this snapshot, or are the memory itself."""
NUMBER = r"#[a-z_]+\d+$"
"""What stands after the record id in the id of a detail row."""


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass over a source."""

    source: str
    version: str
    """Version of its snapshot."""
    at: datetime
    """When the snapshot was taken."""
    full: bool
    """False when only changes were asked for."""
    grace_days: int
    removed: frozenset[str] = frozenset()
    """Records that the source itself said to be gone; a pass over its changes tells that too."""


def settle(
    now: Tables, before: Tables | None, this: Pass, *, accepted: Collection[str] = (), siblings: Siblings = nobody
) -> dict[str, pa.Table]:
    """The record tables of a source after this pass: what it sent, with the records that are carried over.

    Args:
        now: Record tables as the snapshot gives them.
        before: The tables that the last pass left; null at first.
        this: The pass.
        accepted: Records of which a person says that they are somebody else's now.
        siblings: Gives what the other records of an organisation say.
    """
    if before is None:
        return dict(now)
    was, sent = _column(before, "record_id"), _column(now, "record_id")
    gone = [r for r in was if r not in sent]
    codes = quarantine.suspects(before, now, _changed(before, now), siblings=siblings)
    since = dict(zip(was, before["record"].column("not_seen_since").to_pylist(), strict=True))
    identity = {r: i for r, i in zip(was, before["record"].column("identity_since").to_pylist(), strict=True) if i}
    memory = before["ended_record"]
    identity |= {r["record_id"]: r["identity_since"] for r in memory.to_pylist() if r["identity_since"]}
    over = [r for r in codes if r in accepted or _over(since[r], this)]
    held = {r: code for r, code in codes.items() if r not in over}
    strangers = quarantine.strangers(memory, now) if memory.num_rows else {}
    identity |= dict.fromkeys([*over, *strangers], this.version)
    waiting = _waiting(now, held, was)
    known = gone if this.full else [r for r in gone if r in this.removed]
    ended = [r for r in known if _over(since[r], this)]
    carried = [r for r in gone if r not in set(ended)]
    missing = {r: since[r] for r in carried if since[r]}
    missing |= {r: since[r] or this.at for r in [*(set(known) - set(ended)), *held]}
    tables = dict(now)
    if carried or held:
        for name in now.keys() - set(OF_TODAY):
            joined = _joined(name, now[name], before[name], {*held, *waiting}, [*carried, *held])
            tables[name] = in_key_order(name, joined)
        _belong(tables, before, carried)
    tables["record"] = _marked(tables["record"], missing, identity)
    tables["ended_record"] = _remember(memory, before, ended, sent, identity, this)
    if codes or strangers:
        told = _told(now["issue"], this, held, [*over, *strangers], codes | strangers, waiting)
        tables["issue"] = in_key_order("issue", told)
    return tables


def _over(since: datetime | None, this: Pass) -> bool:
    """True when a record has been missing for as long as grace lasts; with no grace at once."""
    return this.at - (since or this.at) >= timedelta(days=this.grace_days)


def _column(tables: Tables, name: str) -> dict[str, None]:
    return dict.fromkeys(tables["record"].column(name).to_pylist())


def _changed(before: Tables, now: Tables) -> list[str]:
    """Records that are in both and whose content differs."""
    old, new = (t["record"].select(["record_id", "content_hash"]) for t in (before, now))
    at = pc.index_in(new.column("record_id"), value_set=old.column("record_id"))
    same = pc.equal(old.column("content_hash").take(at), new.column("content_hash"))
    found: list[str] = new.column("record_id").filter(pc.invert(pc.fill_null(same, True))).to_pylist()
    return found


def _waiting(now: Tables, held: Collection[str], was: Collection[str]) -> list[str]:
    """New services and places of a record that is held: they may belong to the other body."""
    if not held:
        return []
    record = now["record"]
    theirs = record.filter(pc.is_in(record.column("owner_record_id"), value_set=pa.array(sorted(held), pa.string())))
    return [r for r in theirs.column("record_id").to_pylist() if r not in was]


def _joined(name: str, now: pa.Table, before: pa.Table, dropped: Collection[str], carried: Collection[str]) -> pa.Table:
    """The rows of now without some records, and the earlier rows of others."""
    if dropped:
        now = now.filter(pc.invert(pc.is_in(_owner(name, now), value_set=pa.array(sorted(dropped), pa.string()))))
    if not carried:
        return now
    rows = before.filter(pc.is_in(_owner(name, before), value_set=pa.array(sorted(carried), pa.string())))
    return pa.concat_tables([now, schema.conform(name, rows)])


def _belong(tables: dict[str, pa.Table], before: Tables, carried: Collection[str]) -> None:
    """Records that name an owner which was not sent get it back: reading the source found nobody of that id."""
    gone = pa.array(sorted(carried), pa.string())
    for name, (key, column) in OWNERS.items():
        data, old = tables[name], before[name]
        at = pc.index_in(data.column(key), value_set=old.column(key))
        owner = old.column(column).take(at)
        lost = pc.and_(pc.is_null(data.column(column)), pc.fill_null(pc.is_in(owner, value_set=gone), False))
        place = data.column_names.index(column)
        tables[name] = data.set_column(place, data.schema.field(column), pc.if_else(lost, owner, data.column(column)))


def _owner(name: str, data: pa.Table) -> pa.ChunkedArray:
    """The record to which each row belongs."""
    if name in BY_RECORD:
        return data.column("record_id")
    ids = data.column("id")
    return ids if name in ENTITIES else pc.replace_substring_regex(ids, NUMBER, "")


def _marked(record: pa.Table, missing: dict[str, datetime], identity: dict[str, str]) -> pa.Table:
    """The table `record` with its lifecycle columns."""
    ids = record.column("record_id")
    columns: dict[str, dict[str, Any]] = {
        "lifecycle": dict.fromkeys(missing, "not_seen"),
        "not_seen_since": dict(missing),
        "identity_since": dict(identity),
    }
    for name, known in columns.items():
        field = record.schema.field(name)
        at = pc.index_in(ids, value_set=pa.array(known, pa.string()))
        values = pa.array(known.values(), field.type).take(at) if known else pa.nulls(len(ids), field.type)
        record = record.set_column(record.column_names.index(name), field, values)
    return record


def _remember(
    memory: pa.Table, before: Tables, ended: list[str], sent: Collection[str], identity: dict[str, str], this: Pass
) -> pa.Table:
    """`ended_record` with those that ended now and without those that came back."""
    back = pa.array(sorted(sent), pa.string())
    left = memory.filter(pc.invert(pc.is_in(memory.column("record_id"), value_set=back)))
    said = evidence(before, ended) if ended else {}
    rows = [
        {"record_id": r, "ended_at": this.at, "identity_since": identity.get(r), **kept(said[r])} for r in sorted(ended)
    ]
    return pa.concat_tables([schema.conform("ended_record", left), schema.table_from_rows("ended_record", rows)])


def _told(
    issues: pa.Table,
    this: Pass,
    held: Collection[str],
    taken: Collection[str],
    codes: dict[str, str],
    waiting: Collection[str],
) -> pa.Table:
    """The issues, with one for every record that is held, taken as somebody else's, or waiting for its owner."""
    teller = Collector(this.source, this.version)
    for record in held:
        teller.issue(
            codes[record],
            "Name, register number and contacts are all different from before, as if the id had been given to another "
            f"body. What it said before is used for {this.grace_days} days; then, or at once with koonti sync "
            f"--accept-identity '{record}', it becomes a body of its own with a new id. Ask the source.",
            record_id=record,
            field="id",
            level="warning",
        )
    for record in taken:
        text = "The id now stands for another body than before; it has a new persistent id."
        teller.issue(codes[record], text, record_id=record, field="id", level="info")
    for record in waiting:
        text = "Left out until it is clear to whom it belongs: the record of its organisation is held."
        teller.issue("changed_identity", text, record_id=record, field="owner", level="warning")
    return pa.concat_tables([issues, teller.tables()["issue"]])
