"""The catalogue: golden rows of everybody, from record tables and entity ids to the tables that are published.

What it decides: which entities are worked out anew and which rows are those of the night before. Which rows an entity
has is decided in `entity_rows`, which value wins by `survivorship`, what is published by `in_region`, who is who by
`match` and `identity`.
"""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import storage
from pipeline.dedupe import carried, entity_rows, in_region, last_night, provenance, schedules, touched
from pipeline.dedupe.last_night import Carried, LastNight

Done = Callable[[Mapping[str, pa.Table]], None]
MOSTLY = 0.4
"""When more than this share of the records is touched, everything is worked out: that is quicker."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The published tables about entities, and what was left out."""

    tables: Mapping[str, pa.Table]
    outside_region: int
    """Organisations left out because they neither sit in nor serve the region."""
    corrections: pa.Table
    """What came of each correction, see `overriding.apply`."""
    memory: Mapping[str, pa.Table] = field(default_factory=dict)
    """What the next night needs beside the tables (`last_night`)."""
    corrected: frozenset[str] = frozenset()
    """Entities of which a person corrected a value, for the next night."""
    carried: Carried | None = None
    """What was taken over; null when all were worked out."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the catalogue is to be published, and what people want changed in it."""

    municipality_codes: tuple[str, ...]
    contact_persons: bool
    corrections: pa.Table | None

    @property
    def corrected(self) -> frozenset[str]:
        """Entities of which a person corrected a value."""
        return frozenset(self.corrections.column("entity_id").to_pylist()) if self.corrections else frozenset()


def build(
    con: duckdb.DuckDBPyConnection,
    assignment: pa.Table,
    *,
    kinds: Mapping[str, str],
    municipality_codes: tuple[str, ...] = (),
    contact_persons: bool = False,
    corrections: pa.Table | None = None,
    before: LastNight | None = None,
    remember: bool = False,
    done: Done = lambda tables: None,
) -> Catalogue:
    """Builds the catalogue from views of all record tables (one view per table, all sources together).

    The outcome is the same with and without `before`. Afterwards the connection has for `provenance` the tables
    `entity`, `assigned`, `published`, and of at least what is published `golden_organization` and the register numbers
    of `assertion`.

    Args:
        con: Connection in which every `records` table of the schema is a view of its name.
        assignment: record_id, entity_id, kind of every record.
        kinds: Source id -> connector, for the authority of its values.
        municipality_codes: The region to publish; empty means everything.
        contact_persons: Whether contact persons and their phones are published.
        corrections: Values that people corrected (`overriding.WANTED`).
        before: The catalogue of the night before, when its rows may be carried over; null works everything out.
        remember: Whether the next night is to carry this one over; null `before` and false cost nothing.
        done: Is given each table as soon as it is what it will be, also from other threads.
    """
    entity_rows.register_reference(con, kinds)
    storage.put(con, "entity", assignment)
    con.execute(carried.ASSIGNED).fetchall()
    wanted = Wanted(municipality_codes, contact_persons, corrections)
    inputs = touched.digests(con) if remember or before else None
    if before and inputs is not None:
        todo = touched.entities(con, inputs, before.inputs, wanted.corrected | before.corrected)
        concerned = pc.is_in(assignment.column("entity_id"), value_set=pa.array(sorted(todo), pa.string()))
        if (pc.sum(concerned).as_py() or 0) <= MOSTLY * len(assignment):
            return _in_part(con, wanted, before, inputs, todo, done)
    made = _in_full(con, wanted, inputs)
    done({**made.tables, **made.memory})
    return made


def _in_full(con: duckdb.DuckDBPyConnection, wanted: Wanted, inputs: pa.Table | None) -> Catalogue:
    states = entity_rows.worked_out(con, wanted.corrections)
    con.execute("CREATE OR REPLACE TEMP TABLE golden_id AS SELECT id, parent_organization_id FROM golden_organization")
    con.execute(f"CREATE OR REPLACE TEMP TABLE address_place AS {_PLACES}")
    in_region.published(con, wanted.municipality_codes)
    tables = dict(entity_rows.tables(con, contact_persons=wanted.contact_persons))
    said = tables["schedule"]
    tables["schedule"] = schedules.said_once(said, tables["service_at_location"])
    memory = _memory(con, inputs, said) if inputs is not None else {}
    return Catalogue(tables, _outside(con), states, memory, wanted.corrected)


def _in_part(
    con: duckdb.DuckDBPyConnection,
    wanted: Wanted,
    before: LastNight,
    inputs: pa.Table,
    todo: frozenset[str],
    done: Done,
) -> Catalogue:
    """Works out the entities of `todo`, and those that newly are or are not published; takes the rest over."""

    def leaving(name: str) -> last_night.Leaving:  # of opening times, what is said twice has still to go
        return carried.leaving(name, before.said if name == "schedule" else before.tables[name], todo)

    def put_together(name: str, made: pa.Table) -> last_night.Renewed:
        one = carried.renewed(left[name].result(), made)
        if name != "schedule":
            done({name: one.rows})
        return one

    def begin(tables: Iterator[tuple[str, pa.Table]]) -> dict[str, Future[last_night.Renewed]]:
        return {name: pool.submit(put_together, name, made) for name, made in tables}

    with closing(carried.part(con, todo)) as part, ThreadPoolExecutor(storage.WORKERS) as pool:
        left = {name: pool.submit(leaving, name) for name in reversed(last_night.TABLES)}  # while others work
        states = entity_rows.worked_out(part, wanted.corrections)
        carried.places(con, part, f"({_PLACES})")
        carried.standing(con, part, before.standing, todo)
        in_region.published(con, wanted.municipality_codes)
        if appeared := carried.appeared(con, before.standing) - todo:
            return _in_part(con, wanted, before, inputs, todo | appeared, done)
        storage.put(part, "published", con.sql("FROM published").to_arrow_table())
        with closing(carried.details(part)) as details, ThreadPoolExecutor(1) as aside:
            others = aside.submit(begin, entity_rows.detail_tables(details, contact_persons=wanted.contact_persons))
            begun = begin(entity_rows.golden_tables(part)) | others.result()
    taken = {name: one.result() for name, one in begun.items()}
    said = taken.pop("schedule").rows
    tables = {name: one.rows for name, one in taken.items()}
    hours = carried.hours(before.tables["schedule"], said, tables["service_at_location"], todo)
    tables["schedule"] = hours.cast(said.schema)
    con.register("golden_organization", tables["organization"])
    said_of = tables["assertion"]
    con.register("assertion", said_of.filter(pc.is_in(said_of.column("field"), value_set=pa.array(provenance.NUMBERS))))
    memory, what = _memory(con, inputs, said), Carried(before, todo, taken)
    done({"schedule": tables["schedule"], **memory})
    return Catalogue(tables, _outside(con), states, memory, wanted.corrected, what)


def _memory(con: duckdb.DuckDBPyConnection, inputs: pa.Table, said: pa.Table) -> dict[str, pa.Table]:
    return {last_night.INPUT: inputs, last_night.STANDING: last_night.standing(con), last_night.SAID: said}


def _outside(con: duckdb.DuckDBPyConnection) -> int:
    left_out = "SELECT count(*) FROM golden_id o ANTI JOIN published p ON p.entity_id = o.id"
    return int(con.execute(left_out).fetchall()[0][0])


_PLACES = (
    "SELECT coalesce(organization_id, location_id) AS record_id, municipality_code FROM address "
    "WHERE municipality_code IS NOT NULL"
)
