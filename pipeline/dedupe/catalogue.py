"""Golden rows: from record tables and entity ids to the tables that are published.

What it decides: which entities lie in the configured region, how rows of several records become rows of one
entity, and the ids of details (derived from their content, so that they stay the same).
Which value wins is decided by `survivorship`, who is who by `match` and `identity`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from pipeline import schema
from pipeline.dedupe import addresses, golden, golden_parts, overriding, schedules, survivorship
from pipeline.schema import Table
from pipeline.transform.reference import counties, municipalities, regions

ENTITY_TABLES = ("organization", "service", "location")
OWNERS = {
    "organization_id": "organization",
    "service_id": "service",
    "location_id": "location",
    "link_id": None,
}
DETAIL_TABLES = (
    "organization_name organization_identifier service_at_location address phone contact url email schedule "
    "language service_area cost_option text attribute"
).split()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The published tables about entities, and what was left out."""

    tables: Mapping[str, pa.Table]
    outside_region: int
    """Organisations left out because they neither sit in nor serve the region."""
    corrections: pa.Table
    """What came of each correction, see `overriding.apply`."""


def build(
    con: duckdb.DuckDBPyConnection,
    assignment: pa.Table,
    *,
    kinds: Mapping[str, str],
    municipality_codes: tuple[str, ...] = (),
    contact_persons: bool = False,
    corrections: pa.Table | None = None,
) -> Catalogue:
    """Builds the catalogue from views of all record tables (one view per table, all sources together).

    Args:
        con: Connection in which every `records` table of the schema is a view of its name.
        assignment: record_id, entity_id, kind of every record.
        kinds: Source id -> connector, for the authority of its values.
        municipality_codes: The region to publish; empty means everything.
        contact_persons: Whether contact persons and their phones are published.
        corrections: Values that people corrected (`overriding.WANTED`).
    """
    _register_reference(con, kinds)
    con.register("entity", assignment)
    con.execute("CREATE OR REPLACE TEMP TABLE assigned AS SELECT * FROM entity WHERE kind = 'organization'")
    golden.state_values(con)
    survivorship.choose(con, survivorship.rules())
    corrected = overriding.apply(con, corrections)
    golden.organizations(con)
    _published(con, municipality_codes)
    tables = {name: _entity_table(con, schema.table(name)) for name in ("service", "location")}
    tables["organization"] = schema.conform(
        "organization",
        con.sql(
            "SELECT o.* FROM golden_organization o SEMI JOIN published p ON p.entity_id = o.id ORDER BY id"
        ).to_arrow_table(),
    )
    _contact_ids(con)
    for name in DETAIL_TABLES:
        if name == "contact" and not contact_persons:
            tables[name] = schema.empty(name)
            continue
        tables[name] = _detail_table(con, schema.table(name), contact_persons=contact_persons)
    tables["address"] = addresses.fullest(tables["address"])
    tables["schedule"] = schedules.said_once(tables["schedule"], tables["service_at_location"])
    tables["assertion"] = schema.conform(
        "assertion",
        con.sql("""
            SELECT a.entity_id, a.field, a.record_id, a.value, a.raw_value, a.chosen, a.rule
            FROM assertion a SEMI JOIN published p USING (entity_id)
            ORDER BY entity_id, field, record_id, value
        """).to_arrow_table(),
    )
    left_out = "SELECT count(*) FROM golden_organization o ANTI JOIN published p ON p.entity_id = o.id"
    ((outside,),) = con.execute(left_out).fetchall()
    return Catalogue(tables=tables, outside_region=int(outside), corrections=corrected)


def _register_reference(con: duckdb.DuckDBPyConnection, kinds: Mapping[str, str]) -> None:
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


def _published(con: duckdb.DuckDBPyConnection, codes: tuple[str, ...]) -> None:
    """Table `published` (entity_id): organisations based in the region, serving it, with a service in it, of unknown
    place, or parents of such; with their services, and the places of both.
    """
    con.register("wanted", pa.table({"code": pa.array(codes, pa.string())}))
    con.execute("""
        CREATE OR REPLACE TEMP TABLE wanted_area AS
        SELECT 'municipality' AS extent_type, code AS extent FROM wanted
        UNION SELECT 'region', region_code FROM town SEMI JOIN wanted USING (code)
        UNION SELECT 'county', county_code FROM town SEMI JOIN wanted USING (code)
    """)
    con.execute("""
        CREATE OR REPLACE TEMP TABLE stands AS   -- record -> municipality or area it names
        SELECT id AS record_id, 'municipality' AS extent_type, municipality_code AS extent
            FROM organization o JOIN assigned a ON a.record_id = o.id
            WHERE municipality_code IS NOT NULL   -- what a person corrected does not count
              AND (a.entity_id, 'municipality_code') NOT IN (SELECT (entity_id, field) FROM override)
        UNION SELECT coalesce(organization_id, location_id), 'municipality', municipality_code FROM address
            WHERE municipality_code IS NOT NULL
        UNION SELECT coalesce(organization_id, service_id), extent_type, extent FROM service_area
    """)
    con.execute("""
        CREATE OR REPLACE TEMP TABLE reach AS    -- organisation -> place of itself, its services and their places
        WITH owned AS (
            SELECT a.entity_id, a.record_id FROM assigned a
            UNION SELECT a.entity_id, r.record_id FROM record r JOIN assigned a ON a.record_id = r.owner_record_id
            UNION SELECT a.entity_id, sal.location_id FROM service_at_location sal
                JOIN record r ON r.record_id = sal.service_id JOIN assigned a ON a.record_id = r.owner_record_id
        )
        SELECT DISTINCT o.entity_id, s.extent_type, s.extent FROM owned o JOIN stands s USING (record_id)
        UNION SELECT entity_id, 'municipality', value FROM override WHERE field = 'municipality_code' AND value <> ''
    """)
    everywhere = "true" if not codes else "false"
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE published_organization AS
        WITH RECURSIVE chosen AS (
            SELECT id AS entity_id FROM golden_organization WHERE {everywhere}
            UNION SELECT entity_id FROM reach SEMI JOIN wanted_area USING (extent_type, extent)
            UNION SELECT entity_id FROM reach WHERE extent_type IN ('nationwide', 'nationwide_without_aland')
            UNION SELECT id FROM golden_organization o ANTI JOIN reach r ON r.entity_id = o.id
            UNION SELECT o.parent_organization_id FROM golden_organization o JOIN chosen c ON c.entity_id = o.id
                  WHERE o.parent_organization_id IS NOT NULL
        ) SELECT DISTINCT entity_id FROM chosen
    """)
    con.execute("""
        CREATE OR REPLACE TEMP TABLE published AS
        WITH services AS (
            SELECT e.entity_id, e.record_id FROM entity e JOIN record r USING (record_id)
            LEFT JOIN assigned a ON a.record_id = r.owner_record_id
            WHERE e.kind = 'service'
              AND (a.entity_id IS NULL OR a.entity_id IN (SELECT entity_id FROM published_organization))
        ), places AS (
            SELECT e.entity_id FROM entity e JOIN record r USING (record_id)
            LEFT JOIN assigned a ON a.record_id = r.owner_record_id
            WHERE e.kind = 'location'
              AND (a.entity_id IS NULL OR a.entity_id IN (SELECT entity_id FROM published_organization))
            UNION SELECT e.entity_id FROM service_at_location s JOIN services v ON v.record_id = s.service_id
                JOIN entity e ON e.record_id = s.location_id
        )
        SELECT entity_id FROM published_organization
        UNION SELECT entity_id FROM services UNION SELECT entity_id FROM places
    """)


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


def _contact_ids(con: duckdb.DuckDBPyConnection) -> None:
    """Old contact id -> the one it has in the catalogue, so that phones can follow."""
    con.execute("""
        CREATE OR REPLACE TEMP TABLE contact_id AS
        SELECT c.id AS old_id, 'con_' || md5(concat_ws('|', coalesce(o.entity_id, ''), coalesce(s.entity_id, ''),
               coalesce(l.entity_id, ''), coalesce(c.name, ''), coalesce(c.email, ''))) AS new_id
        FROM contact c
        LEFT JOIN entity o ON o.record_id = c.organization_id
        LEFT JOIN entity s ON s.record_id = c.service_id
        LEFT JOIN entity l ON l.record_id = c.location_id
    """)


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
