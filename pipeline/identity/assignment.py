"""Gives every group of records its id: carried over where it can be, minted where it cannot.

The published release is the memory, so a run that publishes nothing changes no id. Everything here is bulk work in
DuckDB on all kinds of record at once; only ids and groups that compete come to Python (`overlap`).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import schema, storage
from pipeline.identity import overlap, registry
from pipeline.identity.ids import PREFIX, Mint, fresh
from pipeline.identity.settled import Settled, settled
from pipeline.merging import merged, rises

NO_IDS = pa.schema([("record_id", pa.string())])
Columns = Mapping[str, pa.ChunkedArray | str | None]
Given: TypeAlias = pa.Table | Future[pa.Table] | None
"""A table, or one that somebody is about to make."""
WEIGHTS = pa.schema([("record_id", pa.string()), ("weight", pa.int64())])


@dataclass(frozen=True, slots=True)
class Memory:
    """What the previous release says of its ids."""

    registry: pa.Table
    """Schema table `entity_registry`."""
    members: pa.Table
    """Schema table `entity_record`."""
    events: pa.Table
    """Schema table `entity_event`."""

    @classmethod
    def none(cls) -> "Memory":
        """Before the first release."""
        return cls.read(None)

    @classmethod
    def read(cls, folder: Path | None) -> "Memory":
        """From the tables of a release; null stands for no release."""
        names = ("entity_registry", "entity_record", "entity_event")
        found = storage.at_once(lambda name: storage.read_table(folder, name) if folder else schema.empty(name), names)
        return cls(*found.values())


@dataclass(frozen=True, slots=True)
class Identity:
    """The ids of this release."""

    assignment: pa.Table
    """record_id, entity_id, kind: one row per record, by record."""
    registry: pa.Table
    """Schema table `entity_registry`."""
    members: pa.Table
    """Schema table `entity_record`."""
    events: pa.Table
    """Schema table `entity_event`: all that ever happened, this run's events among them."""
    minted: int
    carried: int

    @property
    def memory(self) -> Memory:
        """What the next run starts from once this one is published."""
        return Memory(self.registry, self.members, self.events)


def assign(
    clusters: Mapping[str, pa.Table],
    before: Memory,
    *,
    version: str,
    mint: Callable[[str], Mint],
    weights: Given = None,
    changed: Given = None,
    suppressed: Collection[str] = (),
    hidden: Collection[str] = (),
    judged: Collection[str] = (),
) -> Identity:
    """Gives every group an id and says what became of the others.

    Args:
        clusters: Kind of record -> record_id, cluster_id, and where it is known identity_since (the snapshot since
            which the record describes somebody else than before; null: as ever). Every record once.
        before: The previous release's tables; `Memory.none()` at first.
        version: Version of the release being made.
        mint: Gives a minter for the prefix of a kind.
        weights: record_id, weight of the records that count more than 1 (`weights.record_weights`).
        changed: record_id of the records whose content is not what it was; null: not known, taken as none.
        suppressed: Ids that must not be published.
        hidden: Records that must not be published and are therefore not in `clusters`; an id that stood for none but
            such is suppressed, not retired.
        judged: Records that a decision by a person newly concerns; only for the cause of events.
    """
    con = storage.session()
    try:
        listed = _listed(clusters)
        same = settled(listed, before.registry, before.members, suppressed)
        con.register("old_registry", before.registry)
        con.register("all_members", before.members)
        con.register("old_member", same.old_members)
        con.register("listed", listed)
        con.register("asked", same.listed)
        con.register("other_registry", same.old_registry)
        con.register("heavier", _made(weights, WEIGHTS))
        con.register("changed", _made(changed, NO_IDS))
        con.execute("""
            CREATE TEMP TABLE old AS
            SELECT entity_id, CASE state WHEN 'outside' THEN 'live' ELSE state END AS state, successors,
                   first_release, last_release, state IN ('live', 'outside', 'suppressed') AS holds
            FROM other_registry
        """).fetchall()
        con.execute("""
            CREATE TEMP TABLE groups AS
            SELECT row_number() OVER () AS c, prefix, kind, cluster_id, min(record_id) AS first_record
            FROM asked GROUP BY prefix, kind, cluster_id
        """).fetchall()
        con.execute("""
            CREATE TEMP TABLE now AS
            SELECT l.record_id, g.c, g.prefix, l.identity_since, coalesce(h.weight, 1) AS weight
            FROM asked l JOIN groups g ON g.kind = l.kind AND g.cluster_id = l.cluster_id
            LEFT JOIN heavier h ON h.record_id = l.record_id
        """).fetchall()
        overlap.claims(con)
        overlap.carry_over(con)
        minted = _mint(con, clusters, before, mint)
        con.execute("""
            CREATE TEMP TABLE assigned AS
            SELECT n.record_id, i.entity_id, g.kind, n.identity_since
            FROM now n JOIN given i USING (c) JOIN groups g USING (c)
        """).fetchall()
        registry.states(con, version=version, suppressed=suppressed, hidden=hidden)
        with ThreadPoolExecutor(1) as pool:
            made = _begun(con, pool, same, version)
            registry.events(con, version=version, judged=judged)
        happened = con.sql("SELECT * FROM happened ORDER BY entity_id, event").to_arrow_table()
        assignment = made["assignment"].result()
        return Identity(
            assignment=assignment,
            registry=made["registry"].result(),
            members=made["members"].result(),
            events=pa.concat_tables([before.events, schema.conform("entity_event", happened)]),
            minted=minted,
            carried=int(pc.count(assignment.column("entity_id").unique()).as_py()) - minted,
        )
    finally:
        con.close()


def _made(given: Given, shape: pa.Schema) -> pa.Table:
    if given is None:
        return shape.empty_table()
    return given.result() if isinstance(given, Future) else given


def _listed(clusters: Mapping[str, pa.Table]) -> pa.Table:
    parts = []
    for kind, table in clusters.items():
        rows = table.num_rows
        since = (
            table.column("identity_since") if "identity_since" in table.column_names else pa.nulls(rows, pa.string())
        )
        parts.append(
            pa.table(
                {
                    "record_id": table.column("record_id").cast(pa.string()),
                    "cluster_id": table.column("cluster_id").cast(pa.string()),
                    "identity_since": since,
                    "kind": pa.repeat(pa.scalar(kind), rows),
                    "prefix": pa.repeat(pa.scalar(PREFIX[kind] + "_"), rows),
                }
            )
        )
    return pa.concat_tables(parts)


def _mint(
    con: duckdb.DuckDBPyConnection, clusters: Mapping[str, pa.Table], before: Memory, mint: Callable[[str], Mint]
) -> int:
    """Table `given` (c, entity_id): old ids carried on, and new ones for the rest in the order of first records."""
    parts = [con.sql("SELECT c, entity_id FROM carried").to_arrow_table()]
    count = 0
    for kind in clusters:
        new = con.sql(
            "SELECT c FROM groups ANTI JOIN carried USING (c) WHERE kind = ? ORDER BY first_record", params=[kind]
        ).to_arrow_table()
        if len(new):
            ids = fresh(mint(PREFIX[kind]), len(new), before.registry.column("entity_id"))
            parts.append(pa.table({"c": new.column("c"), "entity_id": ids}))
            count += len(new)
    con.register("given", pa.concat_tables(parts))
    return count


def _begun(
    con: duckdb.DuckDBPyConnection, pool: ThreadPoolExecutor, same: Settled, version: str
) -> dict[str, Future[pa.Table]]:
    """The tables of an `Identity` but for its events, which are put together while those are found."""
    assigned = con.sql("SELECT record_id, entity_id, kind FROM assigned").to_arrow_table()
    became = con.sql("""
        SELECT b.entity_id, b.state, b.successors, b.first_release, b.last_release, o.name
        FROM became b LEFT JOIN other_registry o USING (entity_id)
    """).to_arrow_table()
    members = con.sql(
        """
        SELECT a.entity_id, a.record_id, true AS is_current, CAST(? AS VARCHAR) AS last_release,
               coalesce(a.identity_since, o.identity_since) AS identity_since
        FROM assigned a LEFT JOIN old_member o USING (entity_id, record_id)
        UNION ALL SELECT o.entity_id, o.record_id, false, o.last_release, o.identity_since
        FROM old_member o ANTI JOIN assigned a USING (entity_id, record_id)
        """,
        params=[version],
    ).to_arrow_table()
    lives: Columns = {"state": "live", "successors": None, "last_release": version}

    def all_members() -> pa.Table:
        is_current, left = same.members.column("is_current"), same.members.column("last_release")
        stand: Columns = {"last_release": pc.if_else(is_current, version, left)}
        few, many = schema.conform("entity_record", members), _changed("entity_record", same.members, stand)
        return _in_order(few, many, "entity_id", "record_id")

    def everybody() -> pa.Table:
        few, many = schema.conform("entity_registry", became), _changed("entity_registry", same.registry, lives)
        return _in_order(few, many, "entity_id")

    return {
        "members": pool.submit(all_members),
        "registry": pool.submit(everybody),
        "assignment": pool.submit(_in_order, assigned, same.assignment, "record_id"),
    }


def _changed(name: str, rows: pa.Table, columns: Columns) -> pa.Table:
    """Rows of a schema table with other values in some columns; a single value stands in all rows."""
    for column, value in columns.items():
        place = rows.column_names.index(column)
        made = value if isinstance(value, pa.ChunkedArray) else pa.repeat(pa.scalar(value, pa.string()), len(rows))
        rows = rows.set_column(place, rows.schema.field(place), made)
    return schema.conform(name, rows)


def _in_order(few: pa.Table, many: pa.Table, *keys: str) -> pa.Table:
    """The rows of both by key; `many` is in order as a rule, and in the first column nothing of it is in `few`."""
    if len(many) and rises(many.column(keys[0])):
        return merged(many, _sorted(few, keys), keys[0])
    return _sorted(pa.concat_tables([few, many]), keys)


def _sorted(rows: pa.Table, keys: Sequence[str]) -> pa.Table:
    """The rows by key: sorting one text each is quickest."""
    key = pc.binary_join_element_wise(*(rows.column(k) for k in keys), "\0") if len(keys) > 1 else rows.column(keys[0])
    return storage.taken(rows, pc.sort_indices(key).to_numpy())
