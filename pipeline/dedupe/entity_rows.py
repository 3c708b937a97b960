"""The rows of organisations, services and places, and of their details, made of the rows of their records.

How rows of several records become rows of one entity, and the ids of details (derived from their content, so that
they stay the same). Works on whatever records the connection holds: all of them, or those of some entities.
"""

from collections.abc import Iterator, Mapping

import duckdb
import pyarrow as pa

from pipeline import schema
from pipeline.dedupe import addresses, golden, golden_parts, overriding, survivorship
from pipeline.dedupe.touched import DETAIL_TABLES
from pipeline.schema import Table
from pipeline.transform.reference import counties, municipalities, regions

OWNERS = ("organization_id", "service_id", "location_id", "link_id")


def worked_out(con: duckdb.DuckDBPyConnection, corrections: pa.Table | None) -> pa.Table:
    """Makes `assertion` and `golden_organization`; returns what came of the corrections."""
    golden.state_values(con)
    survivorship.choose(con, survivorship.rules())
    states = overriding.apply(con, corrections)
    golden.organizations(con)
    return states


def tables(con: duckdb.DuckDBPyConnection, *, contact_persons: bool) -> Iterator[tuple[str, pa.Table]]:
    """The tables about the entities of the connection that are `published`, one after another, those that take longest
    to handle first; opening times as often as they are said.
    """
    yield from golden_tables(con)
    yield from detail_tables(con, contact_persons=contact_persons)


def golden_tables(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, pa.Table]]:
    """Of `tables` those with golden values; uses what `worked_out` makes."""
    yield (
        "assertion",
        schema.conform(
            "assertion",
            con.sql("""
            SELECT a.entity_id, a.field, a.record_id, a.value, a.raw_value, a.chosen, a.rule
            FROM assertion a SEMI JOIN published p USING (entity_id)
            ORDER BY entity_id, field, record_id, value
        """).to_arrow_table(),
        ),
    )
    golden_rows = "SELECT o.* FROM golden_organization o SEMI JOIN published p ON p.entity_id = o.id ORDER BY id"
    yield "organization", schema.conform("organization", con.sql(golden_rows).to_arrow_table())
    for name in ("service", "location"):
        yield name, _entity_table(con, schema.table(name))


def detail_tables(con: duckdb.DuckDBPyConnection, *, contact_persons: bool) -> Iterator[tuple[str, pa.Table]]:
    """Of `tables` the others; uses the record tables of details, `entity` and `published`."""
    con.execute(_CONTACT_IDS)
    for name in sorted(DETAIL_TABLES, key=lambda name: name != "text"):
        is_wanted = name != "contact" or contact_persons
        if is_wanted and con.execute(f"SELECT 1 FROM {name} LIMIT 1").fetchall():
            made = _detail_table(con, schema.table(name), contact_persons=contact_persons)
        else:
            made = schema.empty(name)
        yield name, addresses.fullest(made) if name == "address" else made


def register_reference(con: duckdb.DuckDBPyConnection, kinds: Mapping[str, str]) -> None:
    towns = list(municipalities().items())
    con.register(
        "town",
        pa.table(
            {
                "code": [code for code, _ in towns],
                "name": [m.name_fi for _, m in towns],
                "region_code": [m.region_code for _, m in towns],
                "county_code": [m.county_code for _, m in towns],
                "region": [regions()[m.region_code].name_fi for _, m in towns],
                "county": [counties()[m.county_code].name_fi for _, m in towns],
            }
        ),
    )
    con.register("source_kind", pa.table({"source": list(kinds), "kind": list(kinds.values())}))


def _entity_table(con: duckdb.DuckDBPyConnection, table: Table) -> pa.Table:
    """Services and locations: of several records of one entity, the first by authority that has a value gives it."""
    columns = golden_parts.columns(table)
    found = con.sql(f"""
        SELECT {", ".join(columns)} FROM {table.name} t
        JOIN entity me ON me.record_id = t.id
        JOIN record r ON r.record_id = t.id
        LEFT JOIN source_kind k ON k.source = r.source
        LEFT JOIN authority a ON a.kind = k.kind
        SEMI JOIN published p ON p.entity_id = me.entity_id
        LEFT JOIN entity owner ON owner.record_id = t.organization_id
        GROUP BY me.entity_id ORDER BY 1
    """)
    return schema.conform(table.name, found.to_arrow_table())


def _detail_table(con: duckdb.DuckDBPyConnection, table: Table, *, contact_persons: bool) -> pa.Table:
    """Rows that belong to an entity: owners become entities, rows that say the same become one."""
    owners = [c for c in table.column_names if c in OWNERS]
    joins, mapped = [], {}
    for column in owners:
        joins.append(f"LEFT JOIN entity e_{column} ON e_{column}.record_id = t.{column}")
        mapped[column] = f"e_{column}.entity_id"
    if "contact_id" in table.column_names:
        joins.append("LEFT JOIN contact_id ci ON ci.old_id = t.contact_id")
        mapped["contact_id"] = "ci.new_id"
    owned = " OR ".join(f"{mapped[c]} IN (SELECT entity_id FROM published)" for c in owners)
    if table.name == "service_at_location":
        owned = " AND ".join(f"{mapped[c]} IN (SELECT entity_id FROM published)" for c in owners)
    where = f"({owned})"
    if table.name == "phone" and not contact_persons:
        where += " AND t.contact_id IS NULL"
    same = [c for c in table.distinct if c in table.column_names]
    key = ", ".join(f"coalesce(CAST({c} AS VARCHAR), '')" for c in same)
    prefix = "con_" if table.name == "contact" else ""
    inner = ", ".join(f"{mapped.get(c, f't.{c}')} AS {c}" for c in table.column_names if c != "id")
    outer = ", ".join(
        f"'{prefix}' || md5(concat_ws('|', {key})) AS id" if c == "id" else c if c in same else f"min({c}) AS {c}"
        for c in table.column_names
    )
    found = con.sql(f"""
        SELECT {outer} FROM (SELECT {inner} FROM {table.name} t {" ".join(joins)} WHERE {where})
        GROUP BY {", ".join(same)} ORDER BY 1
    """)
    return schema.conform(table.name, found.to_arrow_table())


_CONTACT_IDS = """
    CREATE OR REPLACE TEMP TABLE contact_id AS   -- old contact id -> the one it has now, so that phones can follow
    SELECT c.id AS old_id, 'con_' || md5(concat_ws('|', coalesce(o.entity_id, ''), coalesce(s.entity_id, ''),
           coalesce(l.entity_id, ''), coalesce(c.name, ''), coalesce(c.email, ''))) AS new_id
    FROM contact c
    LEFT JOIN entity o ON o.record_id = c.organization_id
    LEFT JOIN entity s ON s.record_id = c.service_id
    LEFT JOIN entity l ON l.record_id = c.location_id
"""
