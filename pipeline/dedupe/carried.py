"""What the catalogue of the night before gives to that of tonight: the rows of everything that nothing touched.

The entities that `touched` names are worked out by the same queries as all are in a full run, on a connection that
holds their records alone; the rest is taken over as it was. So the outcome is that of a full run, byte for byte.

Belongs here: what is taken over and put together with what is new. What is remembered, and when it may be relied on,
is in `last_night`; what golden rows say is decided in `catalogue` and below it.
"""

from collections.abc import Collection, Iterable
from functools import reduce

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import schema, storage
from pipeline.dedupe import schedules
from pipeline.dedupe.last_night import Leaving, Renewed
from pipeline.dedupe.touched import DETAIL_TABLES, INPUTS, bearers, belongs
from pipeline.merging import merged

ASSIGNED = "CREATE OR REPLACE TEMP TABLE assigned AS SELECT * FROM entity WHERE kind = 'organization'"
"""The organisations of `entity`."""
BESIDE = ("town", "source_kind")
"""Tables of the connection that a part needs as they are."""


def part(con: duckdb.DuckDBPyConnection, entities: Collection[str]) -> duckdb.DuckDBPyConnection:
    """A connection that holds of the record tables what belongs to the entities, and of `entity` what that names.

    A row that belongs to several records is in it when one of them is the entities'. A contact and its phones belong to
    the same record, so no phone is there without its contact.
    """
    made = storage.session()
    entity = storage.held(con, "entity")
    meant = entity.filter(pc.is_in(entity.column("entity_id"), value_set=_strings(entities))).column("record_id")
    con.register("meant", pa.table({"record_id": meant}))
    own, named = meant.combine_chunks(), [meant]
    given = {table: storage.held(con, table) for table in INPUTS}

    def theirs(table: str) -> pa.Table:
        rows = given[table]
        return rows.filter(reduce(pc.or_, [pc.is_in(rows.column(b), value_set=own) for b in bearers(table)]))

    for table, rows in storage.at_once(theirs, INPUTS).items():
        storage.put(made, table, rows)
        named += [rows.column(c) for c in _naming(table)]
    wanted = pa.concat_arrays([c.combine_chunks() for c in named if len(c)] or [pa.array([], pa.string())])
    storage.put(made, "entity", entity.filter(pc.is_in(entity.column("record_id"), value_set=wanted.unique())))
    made.execute(ASSIGNED).fetchall()
    for table in BESIDE:
        made.register(table, storage.held(con, table))
    return made


def details(part: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """Another connection with the details, `entity` and `published` of a part, so that both can be asked at once."""
    made = storage.session()
    for table in (*DETAIL_TABLES, "entity", "published"):
        storage.put(made, table, storage.held(part, table))
    return made


def places(con: duckdb.DuckDBPyConnection, part: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Table `address_place` of all records: `sql` asked of both connections, as people may have corrected a part's."""
    con.register("place_anew", part.sql(sql).to_arrow_table())
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE address_place AS
        SELECT p.* FROM {sql} p ANTI JOIN meant USING (record_id) UNION ALL SELECT * FROM place_anew
    """).fetchall()
    con.unregister("place_anew")


def standing(
    con: duckdb.DuckDBPyConnection, part: duckdb.DuckDBPyConnection, before: pa.Table, entities: Collection[str]
) -> None:
    """Tables that say which organisations there are: `golden_id`, and `override`, `assigned` of the part."""
    golden = before.filter(
        pc.and_(
            before.column("is_golden"), pc.invert(pc.is_in(before.column("entity_id"), value_set=_strings(entities)))
        )
    )
    kept = pa.table(
        {"id": golden.column("entity_id"), "parent_organization_id": golden.column("parent_organization_id")}
    )
    anew = part.sql("SELECT id, parent_organization_id FROM golden_organization").to_arrow_table()
    con.register("golden_id", pa.concat_tables([kept, anew.cast(kept.schema)]))
    con.register("override", part.sql("FROM override").to_arrow_table())


def appeared(con: duckdb.DuckDBPyConnection, before: pa.Table) -> frozenset[str]:
    """Entities that are published and were not, or the other way round."""
    con.register("stood", before)
    found = con.execute("""
        SELECT coalesce(p.entity_id, s.entity_id) FROM published p
        FULL JOIN (SELECT entity_id FROM stood WHERE is_published) s ON s.entity_id = p.entity_id
        WHERE p.entity_id IS NULL OR s.entity_id IS NULL
    """).fetchall()
    con.unregister("stood")
    return frozenset(row[0] for row in found)


def hours(before: pa.Table, said: pa.Table, service_at_location: pa.Table, entities: Collection[str]) -> pa.Table:
    """The opening times without what is said twice: those that nothing concerns as before.

    Those of a service are also concerned when a place where it is met is. `said` are all times as the sources say them.
    """
    met = of_any("service_at_location", service_at_location, entities)
    concerned = {*entities, *service_at_location.filter(met).column("service_id").to_pylist()} - {None}
    anew = said.filter(of_any("schedule", said, concerned))
    if not len(anew):
        return together("schedule", before, anew, concerned)
    told = schedules.said_once(said, service_at_location, worded=anew)
    return together("schedule", before, told.filter(of_any("schedule", told, concerned)), concerned)


def _naming(table: str) -> Iterable[str]:
    """Columns that name records."""
    names = schema.table(table).column_names
    links = ("parent_organization_id", "owner_record_id")
    return dict.fromkeys(c for c in (*bearers(table), "organization_id", *links) if c in names)


def together(name: str, before: pa.Table, made: pa.Table, entities: Collection[str]) -> pa.Table:
    """`renewed` without what went and came."""
    return renewed(leaving(name, before, entities), made).rows


def leaving(name: str, before: pa.Table, entities: Collection[str]) -> Leaving:
    """Which rows of a table of the night before belong to the entities, so that they are not taken over."""
    gone = np.flatnonzero(of_any(name, before, entities).to_numpy())
    return Leaving(name, before, gone, before.take(pa.array(gone)))


def renewed(leaving: Leaving, made: pa.Table) -> Renewed:
    """The rows of before that stay, and those that were made of the entities.

    Both are in the order of the key, and so is the outcome; it has the shape of `made`. Of one entity all rows are
    made, so that none that stays has the first column of its key.
    """
    before = leaving.before
    stay = before if before.schema.equals(made.schema, check_metadata=True) else before.cast(made.schema)
    if not len(leaving.places) and not len(made):
        return Renewed(before, stay, made, made)
    rows = merged(stay, made, schema.table(leaving.name).key[0], without=leaving.places)
    return Renewed(before, rows, leaving.rows, made)


def of_any(name: str, data: pa.Table, entities: Collection[str]) -> pa.ChunkedArray:
    """Which rows of a catalogue table belong to one of the entities, whole or in part."""
    wanted = _strings(entities)
    found = [pc.is_in(data.column(column), value_set=wanted) for column in belongs(name)]
    return reduce(pc.or_, found)


def _strings(values: Iterable[str]) -> pa.Array:
    return pa.array(list(values), pa.string())  # only ever looked into, so the order is no matter
