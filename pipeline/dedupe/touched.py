"""Which entities have to be worked out anew: those of which anything that goes into their rows is not as it was.

What goes in is read from the record tables as the catalogue sees them, after privacy has had its say: every row, every
column that golden values look at, and the id of the entity. A record is touched when the digest of all its rows or its
entity is another than in the night before, or when it came or went; so is what names a record that went to another
entity. Of a touched record its entity of tonight and the one of the night before are worked out.

Belongs here: what counts as a reason. What is done with the rest is in `carried`.
"""

from collections.abc import Collection
from contextlib import closing

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import schema, storage
from pipeline.merging import rises

ENTITY_TABLES = ("organization", "service", "location")
DETAIL_TABLES = (
    "organization_name organization_identifier service_at_location address phone contact url email schedule "
    "language service_area cost_option text attribute"
).split()
INPUTS = ("record", "normalised", *ENTITY_TABLES, *DETAIL_TABLES)
"""The record tables of which published rows are made."""
OWNERS = ("organization_id", "service_id", "location_id", "link_id")
NAMES = {"organization": "parent_organization_id", "service": "organization_id", "location": "organization_id"}
"""The column in which a row of a record table names another record."""
OTHERS = {
    "assertion": ("entity_id",),
    "bridge": ("entity_id",),
    "relation": ("organization_id_a", "organization_id_b"),
}
"""The same of catalogue tables that are no record tables."""
NOT_READ = {"record": ("snapshot_version", "fetched_at", "raw_hash")}
"""Columns that no golden value looks at and that change every night."""
_DIFFERING = ("record_id", "entity_now", "entity_before")
DIGEST = pa.schema([("record_id", pa.string()), ("entity_id", pa.string()), ("digest", pa.uint64())])


def bearers(table: str) -> tuple[str, ...]:
    """The columns of a record table that name the records to which a row belongs."""
    if table in ENTITY_TABLES:
        return ("id",)
    names = schema.table(table).column_names
    return tuple(c for c in ("record_id", *OWNERS) if c in names)


def belongs(table: str) -> tuple[str, ...]:
    """The columns of a catalogue table that name the entities to which a row belongs, whole or in part."""
    return OTHERS.get(table) or bearers(table)


def digests(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """record_id, entity_id, digest of every record, by record; uses the record tables and `entity`.

    The digest of a row is mixed once more before those of a record are put together, or two rows that exchange a
    value would look as before. A record is known by a number of 64 bits while they are: were two records ever to share
    one, a change of either would touch both.
    """
    parts = []
    for table in INPUTS:
        columns = [c for c in schema.table(table).column_names if c not in NOT_READ.get(table, ())]
        row = f"hash(hash('{table}', {', '.join(columns)}))"
        parts += [f"SELECT hash({b}) AS bearer, {row} AS h FROM {table} WHERE {b} IS NOT NULL" for b in bearers(table)]
    entity = storage.held(con, "entity")
    if not rises(entity.column("record_id")):
        entity = entity.sort_by("record_id")
    place = pa.array(np.arange(len(entity)))
    with closing(storage.session()) as asked:
        for table in INPUTS:
            asked.register(table, storage.in_pieces(storage.held(con, table)))
        listed = pa.table({"record_id": entity.column("record_id"), "place": place})
        asked.register("listed", storage.in_pieces(listed))
        found = asked.sql(f"""
            WITH said AS (SELECT bearer, bit_xor(h) AS digest FROM ({" UNION ALL ".join(parts)}) GROUP BY bearer)
            SELECT l.place, s.digest FROM listed l JOIN said s ON s.bearer = hash(l.record_id)
        """).to_arrow_table()
    at = pc.index_in(place, value_set=found.column("place").combine_chunks())
    digest = found.column("digest").take(at)
    return pa.table([entity.column("record_id"), entity.column("entity_id"), digest], schema=DIGEST)


def entities(
    con: duckdb.DuckDBPyConnection, now: pa.Table, before: pa.Table, corrected: Collection[str]
) -> frozenset[str]:
    """The entities to be worked out, of tonight and of the night before.

    Args:
        con: Has the record tables.
        now: `digests` of tonight.
        before: `digests` of the night before.
        corrected: Entities of which people corrected, or had corrected, a value.
    """
    differing = _differing(now, before)
    one, other = differing.column("entity_now"), differing.column("entity_before")
    moved = differing.filter(pc.invert(same(one, other))).column("record_id").combine_chunks()
    naming = []
    for table, column in NAMES.items():
        rows = storage.held(con, table)
        naming.append(rows.filter(pc.is_in(rows.column(column), value_set=moved)).column("id").combine_chunks())
    entity, named = storage.held(con, "entity"), pa.concat_arrays(naming)
    concerned = entity.filter(pc.is_in(entity.column("record_id"), value_set=named)).column("entity_id")
    found = {*one.to_pylist(), *other.to_pylist(), *concerned.to_pylist()}
    return frozenset(found - {None}) | frozenset(corrected)


def _differing(now: pa.Table, before: pa.Table) -> pa.Table:
    """record_id, entity_now, entity_before of the records that are not as they were; null on the side where there is
    none."""
    place = pc.index_in(now.column("record_id"), value_set=before.column("record_id").combine_chunks())
    met = np.asarray(pc.is_valid(place))
    was = before.take(place.combine_chunks())
    other = ~met
    for column in ("digest", "entity_id"):
        other |= ~np.asarray(same(now.column(column), was.column(column)))
    gone = np.ones(len(before), dtype=bool)
    gone[np.asarray(place.drop_null())] = False
    here, left = pa.array(np.flatnonzero(other)), before.filter(pa.array(gone))
    changed = now.take(here).select(["record_id", "entity_id"]).append_column("o", was.column("entity_id").take(here))
    ended = pa.table([left.column("record_id"), pa.nulls(len(left), pa.string()), left.column("entity_id")], _DIFFERING)
    return pa.concat_tables([changed.rename_columns(_DIFFERING), ended])


def same(one: pa.ChunkedArray, other: pa.ChunkedArray) -> pa.ChunkedArray:
    """Where two columns are equal; null equals null."""
    if not one.null_count and not other.null_count:
        return pc.equal(one, other)
    return pc.coalesce(pc.equal(one, other), pc.and_(pc.is_null(one), pc.is_null(other)))
