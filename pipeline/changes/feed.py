"""Compares a release with the one before and writes the feed: one row per entity whose rows or fate differ.

All of it is SQL over whole tables; entities without a difference cost no more than the comparison. The first release
is compared with nothing, so everything in it is created.
"""

from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from itertools import product

import duckdb
import pyarrow as pa

from pipeline import schema, storage
from pipeline.changes import causes
from pipeline.changes.coverage import MAIN, Covered, covered
from pipeline.changes.rows import SIDES, Rows, Tables, met
from pipeline.dedupe.last_night import Renewed

BESIDE = ("entity_registry", "entity_event", "entity_record", "judgement", "correction", "source", "snapshot")
"""Tables that the feed does not cover and looks into."""
_DECIMAL = """CASE WHEN h <= CAST(170141183460469231731687303715884105727 AS UHUGEINT)
    THEN CAST(CAST(h AS HUGEINT) AS VARCHAR)
    ELSE CAST(CAST(h // 10 AS HUGEINT) AS VARCHAR) || CAST(CAST(h % 10 AS UTINYINT) AS VARCHAR) END"""
"""The UHUGEINT `h` in decimal digits: the same text as its cast, which DuckDB 2.0 makes a hundred times slower."""
_MEANT = pa.schema([("entity_id", pa.string()), ("part", pa.int64())])
NOTHING = "WHERE false"
"""Ends a first part that gives a union its columns and no row."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What of ours could have changed something since the release before."""

    schema: bool = False
    """The published schema is another."""
    policy: bool = False
    """What may be published, or which sources are read, is decided otherwise."""
    rules: bool = False
    """Code, rules, weights or reference lists are others."""
    suppressed: frozenset[str] = field(default_factory=frozenset)
    """Records and entities that newly are suppressed, whole or in part."""

    @property
    def otherwise(self) -> str:
        """The cause of a change that neither the world nor a person made."""
        return "schema" if self.schema else "policy" if self.policy else "rule"


def compute(
    previous: Tables | None,
    now: Tables,
    *,
    version: str,
    previous_version: str | None,
    decided: Decided = Decided(),
    records: pa.Table | None = None,
    touched: Collection[str] | None = None,
    renewed: Mapping[str, Renewed] | None = None,
) -> pa.Table:
    """The table `change` of a release.

    Args:
        previous: Published tables of the release before, by name; null before the first.
        now: The tables to be published.
        version: The release being made.
        previous_version: The release before.
        decided: What of ours has changed since.
        records: record_id, raw_hash, content_hash, lifecycle of every record of this run, also of those outside the
            region; null takes what `bridge` of this release tells.
        touched: Entities to which every row of the tables in `CARRIED` belongs, whole or in part, that may differ; null
            when nothing is known.
        renewed: What went and came of those tables, where both sides are still the tables that it tells of; null finds
            it out from `touched`.
    """
    with closing(storage.session()) as con:
        for name in (*BESIDE, "bridge"):
            before = previous.get(name) if previous else None
            con.register(f"new_{name}", now[name])
            con.register(f"old_{name}", schema.empty(name) if before is None else schema.upgraded(name, before))
        con.register("now_record", now["bridge"] if records is None else records)
        differing = [one for one in covered() if not _is_equal(one, previous, now)]
        rows = Rows(previous or {}, now, None if touched is None else frozenset(touched), renewed)
        _differences(con, differing, rows)
        _operations(con, version, [one for one in differing if one.name in MAIN])
        changed = frozenset(con.sql("SELECT entity_id FROM changed").to_arrow_table().column(0).to_pylist())
        with ThreadPoolExecutor(1) as pool:  # why something changed and what it is now need nothing of one another
            hashed = pool.submit(_hashes, rows, changed)
            if previous is None:  # everything is new, and both at once would take too much memory
                hashed.result()
            causes.find(con, differing, version=version, decided=decided, is_first=previous is None)
            _fields(con, [one for one in differing if one.name in MAIN])
            con.register("hashed", hashed.result())
        found = con.sql(_FEED, params=[version, previous_version]).to_arrow_table()
    return schema.conform("change", found)


def _is_equal(one: Covered, previous: Tables | None, now: Tables) -> bool:
    """True when a table is row by row as it was: most are on most nights, as rows are written in the order of keys."""
    if previous is None or one.name not in previous:
        return len(now[one.name]) == 0
    before = schema.upgraded(one.name, previous[one.name])
    return bool(before.select(one.columns).equals(now[one.name].select(one.columns)))


def _differences(con: duckdb.DuckDBPyConnection, differing: list[Covered], rows: Rows) -> None:
    """Tables `diff_<table>` (side, owner, columns) of rows that are on one side only, and `differs` (entity_id, t)."""
    parts = [f"SELECT NULL::VARCHAR AS entity_id, NULL::VARCHAR AS t, 0 AS place {NOTHING}"]
    by_name = {one.name: one for one in differing}
    looked_at = storage.at_once(lambda name: rows.that_may_differ(name, by_name[name].columns), by_name)
    for place, one in enumerate(differing):
        columns = ", ".join(f'"{c}"' for c in one.columns)
        may = looked_at[one.name]
        for side, data in may.items():
            con.register(f"may_{side}", data)
        both = met(one.name, may["old"], may["new"], one.columns)
        gone, come = (
            f"SELECT {columns} FROM may_{side}" + (f" EXCEPT SELECT {columns} FROM may_{other}" if both else "")
            for side, other in (("old", "new"), ("new", "old"))
        )
        con.execute(f"""
            CREATE TEMP TABLE diff_{one.name} AS
            SELECT 'old' AS side, {one.owner} AS owner, * FROM ({gone})
            UNION ALL SELECT 'new', {one.owner}, * FROM ({come})
        """).fetchall()
        parts.append(f"SELECT DISTINCT owner AS entity_id, '{one.name}' AS t, {place} AS place FROM diff_{one.name}")
    con.execute(f"CREATE TEMP TABLE differs AS {' UNION ALL '.join(parts)}").fetchall()


def _operations(con: duckdb.DuckDBPyConnection, version: str, main: list[Covered]) -> None:
    """Table `changed` (entity_id, operation, successors): whose rows differ, or whose id ended or points elsewhere."""
    standing = {
        side: " UNION ALL ".join(
            [f"SELECT NULL::VARCHAR AS entity_id {NOTHING}"]
            + [f"SELECT owner FROM diff_{one.name} WHERE side = '{side}'" for one in main]
        )
        for side in ("old", "new")
    }
    con.execute(
        f"""
        CREATE TEMP TABLE changed AS
        WITH fate AS (
            SELECT coalesce(n.entity_id, o.entity_id) AS entity_id, o.state AS was, n.state AS became, n.successors,
                   n.state IS DISTINCT FROM o.state AS moved, n.successors IS DISTINCT FROM o.successors AS redirected
            FROM new_entity_registry n FULL JOIN old_entity_registry o USING (entity_id)
        ), wanted AS (
            SELECT DISTINCT entity_id FROM differs
            UNION SELECT entity_id FROM fate
            WHERE (moved OR redirected) AND became IN ('merged', 'split', 'retired', 'suppressed')
        ), parted AS (
            SELECT entity_id, any_value(successors) AS successors FROM new_entity_event
            WHERE version = CAST(? AS VARCHAR) AND event = 'parted' GROUP BY 1
        ), old_row AS ({standing["old"]}), new_row AS ({standing["new"]})
        SELECT w.entity_id,
               CASE WHEN f.moved AND f.became IN ('merged', 'split', 'retired', 'suppressed') THEN f.became
                    WHEN f.became IN ('merged', 'split') AND f.redirected THEN 'redirected'
                    WHEN o.entity_id IS NULL AND n.entity_id IS NOT NULL
                         THEN CASE WHEN f.was IS NULL THEN 'created' ELSE 'revived' END
                    WHEN n.entity_id IS NULL AND o.entity_id IS NOT NULL THEN 'left'
                    ELSE 'updated' END AS operation,
               coalesce(f.successors, p.successors) AS successors
        FROM wanted w LEFT JOIN fate f USING (entity_id) LEFT JOIN parted p USING (entity_id)
        LEFT JOIN old_row o USING (entity_id) LEFT JOIN new_row n USING (entity_id)
        """,
        [version],
    ).fetchall()


def _hashes(rows: Rows, changed: frozenset[str]) -> pa.Table:
    """side, entity_id, hash of the changed entities; the order of rows is no matter."""
    said = [f"SELECT '' AS side, 0 AS part, '' AS entity_id, NULL::UHUGEINT AS h {NOTHING}"]
    parts: dict[frozenset[str], int] = {}  # sets of entities, of which a table may have rows of others too
    with closing(storage.session()) as con:
        for side, one in product(SIDES, covered()):
            for n, (data, entities) in enumerate(rows.of(side, one.name, changed)):
                if not len(data):
                    continue
                con.register(f"{side}_{one.name}_{n}", data)
                part = parts.setdefault(entities, len(parts))
                said.append(f"SELECT '{side}', {part}, {one.owner}, md5_number({one.text}) FROM {side}_{one.name}_{n}")
        meant = [(entity, part) for entities, part in parts.items() for entity in entities]
        columns = {name: [pair[n] for pair in meant] for n, name in enumerate(_MEANT.names)}
        con.register("meant", pa.table(columns, schema=_MEANT))
        return con.sql(f"""
            SELECT side, entity_id, md5({_DECIMAL}) AS hash FROM (
                SELECT side, entity_id, bit_xor(h) AS h FROM ({" UNION ALL ".join(said)})
                SEMI JOIN meant USING (entity_id, part) GROUP BY ALL
            )
        """).to_arrow_table()


def _fields(con: duckdb.DuckDBPyConnection, main: list[Covered]) -> None:
    """Table `field_list` (entity_id, fields): columns of the main rows that differ where both sides have a row."""
    parts = [f"SELECT NULL::VARCHAR AS entity_id, NULL::VARCHAR AS fields {NOTHING}"]
    for one in main:
        said = ", ".join(f'CASE WHEN o."{c}" IS DISTINCT FROM n."{c}" THEN \'{c}\' END' for c in one.columns)
        parts.append(
            f"SELECT o.owner, concat_ws('|', {said}) FROM diff_{one.name} o "
            f"JOIN diff_{one.name} n ON n.owner = o.owner AND n.side = 'new' WHERE o.side = 'old'"
        )
    con.execute(f"CREATE TEMP TABLE field_list AS {' UNION ALL '.join(parts)}").fetchall()


_FEED = """
    WITH table_list AS (
        SELECT entity_id, string_agg(t, '|' ORDER BY place) AS tables FROM differs GROUP BY 1
    ), called AS (
        SELECT entity_id, name FROM new_entity_registry WHERE name IS NOT NULL
    )
    SELECT c.entity_id, CAST($1 AS VARCHAR) AS version, CAST($2 AS VARCHAR) AS previous_version,
           CASE split_part(c.entity_id, '_', 1) WHEN 'org' THEN 'organization' WHEN 'svc' THEN 'service'
                ELSE 'location' END AS kind,
           c.operation, w.cause, CASE WHEN NOT silent THEN k.name END AS name,
           CASE WHEN NOT silent THEN f.fields END AS fields,
           CASE WHEN NOT silent THEN coalesce(t.tables, '') END AS tables,
           CASE WHEN NOT silent THEN w.sources END AS sources,
           c.successors,
           CASE WHEN NOT silent THEN o.hash END AS row_hash_before, n.hash AS row_hash_after
    FROM (SELECT *, operation = 'suppressed' AS silent FROM changed) c
    JOIN why w USING (entity_id)
    LEFT JOIN called k USING (entity_id) LEFT JOIN field_list f USING (entity_id)
    LEFT JOIN table_list t USING (entity_id)
    LEFT JOIN (FROM hashed WHERE side = 'old') o USING (entity_id)
    LEFT JOIN (FROM hashed WHERE side = 'new') n USING (entity_id)
    ORDER BY c.entity_id
"""
