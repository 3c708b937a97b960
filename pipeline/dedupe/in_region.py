"""Which entities are published: those of the configured region, and what belongs to them.

Uses of a connection the record tables, `entity`, `assigned`, `town`, `override`, `golden_id` (id,
parent_organization_id of every organisation) and `address_place` (record_id, municipality_code of every address).
"""

import duckdb
import pyarrow as pa


def published(con: duckdb.DuckDBPyConnection, codes: tuple[str, ...]) -> None:
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
    if not codes:
        con.execute(
            "CREATE OR REPLACE TEMP TABLE reach AS SELECT '' AS entity_id, '' AS extent_type, '' AS extent WHERE false"
        )
    else:
        _reach(con)
    everywhere = "true" if not codes else "false"
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE published_organization AS
        WITH RECURSIVE chosen AS (
            SELECT id AS entity_id FROM golden_id WHERE {everywhere}
            UNION SELECT entity_id FROM reach SEMI JOIN wanted_area USING (extent_type, extent)
            UNION SELECT entity_id FROM reach WHERE extent_type IN ('nationwide', 'nationwide_without_aland')
            UNION SELECT id FROM golden_id o ANTI JOIN reach r ON r.entity_id = o.id
            UNION SELECT o.parent_organization_id FROM golden_id o JOIN chosen c ON c.entity_id = o.id
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


def _reach(con: duckdb.DuckDBPyConnection) -> None:
    """Table `reach` (entity_id, extent_type, extent): organisation -> places and areas of it and of its services."""
    con.execute("""
        CREATE OR REPLACE TEMP TABLE stands AS   -- record -> municipality or area it names
        SELECT id AS record_id, 'municipality' AS extent_type, municipality_code AS extent
            FROM organization o JOIN assigned a ON a.record_id = o.id
            WHERE municipality_code IS NOT NULL   -- what a person corrected does not count
              AND (a.entity_id, 'municipality_code') NOT IN (SELECT (entity_id, field) FROM override)
        UNION SELECT record_id, 'municipality', municipality_code FROM address_place
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
