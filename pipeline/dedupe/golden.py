"""The golden row of each organisation: gathers what records state, and puts the chosen values side by side."""

import duckdb

SCALARS = (
    "legal_status legal_form organization_type organization_level umbrella business_id association_number "
    "email website municipality_code status"
).split()


def state_values(con: duckdb.DuckDBPyConnection) -> None:
    """Makes the table `stated`: entity_id, field, record_id, source, value, raw_value, kind, modified_at."""
    scalars = " UNION ALL ".join(f"SELECT id, '{f}' AS field, {f} AS value FROM organization" for f in SCALARS)
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE stated AS
        WITH said AS (
            {scalars}
            UNION ALL SELECT organization_id, 'name', name FROM organization_name WHERE name_kind = 'official'
            UNION ALL SELECT organization_id, 'alternate_name', name FROM organization_name
                WHERE name_kind <> 'official'
            UNION ALL SELECT id, 'coordinates', printf('%.6f,%.6f', latitude, longitude) FROM organization
                WHERE latitude IS NOT NULL AND longitude IS NOT NULL
            UNION ALL SELECT o.id, 'parent_organization_id', p.entity_id FROM organization o
                JOIN entity p ON p.record_id = o.parent_organization_id
            UNION ALL SELECT link_id, 'description@' || coalesce(CASE WHEN language IN ('fi', 'sv', 'en')
                THEN language END, ''), value FROM text WHERE field = 'description'
            UNION ALL SELECT t.link_id, 'description@' || coalesce(CASE WHEN t.language IN ('fi', 'sv', 'en')
                THEN t.language END, ''), t.value FROM text t WHERE t.field = 'summary' AND NOT EXISTS (
                    SELECT 1 FROM text d WHERE d.link_id = t.link_id AND d.field = 'description'
                    AND d.language IS NOT DISTINCT FROM t.language)
            UNION ALL SELECT organization_id, 'phone', number FROM phone WHERE contact_id IS NULL
            UNION ALL SELECT organization_id, 'address', concat_ws(', ', address_1,
                nullif(concat_ws(' ', postal_code, city), ''))
                FROM address WHERE address_1 IS NOT NULL OR postal_code IS NOT NULL
        )
        SELECT a.entity_id, s.field, s.id AS record_id, r.source, s.value, w.raw_value, k.kind, r.modified_at
        FROM said s
        JOIN assigned a ON a.record_id = s.id
        JOIN record r ON r.record_id = s.id
        LEFT JOIN source_kind k ON k.source = r.source
        LEFT JOIN normalised w ON w.record_id = s.id AND w.field = s.field AND w.value = s.value
        WHERE s.value IS NOT NULL AND s.value <> ''
          AND NOT (s.field = 'parent_organization_id' AND s.value = a.entity_id)
    """)


def organizations(con: duckdb.DuckDBPyConnection) -> None:
    """Makes the table `golden_organization` with the columns of the schema table `organization`."""
    pick = ", ".join(f"max(value) FILTER (field = '{f}') AS {f}" for f in (*SCALARS, "name", "coordinates"))
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE golden_organization AS
        WITH wide AS MATERIALIZED (
            SELECT entity_id, {pick}, max(value) FILTER (field = 'parent_organization_id') AS parent_organization_id,
                   max(value) FILTER (field = 'description@fi') AS fi,
                   max(value) FILTER (field = 'description@sv') AS sv,
                   max(value) FILTER (field = 'description@en') AS en,
                   max(value) FILTER (field = 'description@') AS untold
            FROM assertion WHERE chosen AND value <> '' GROUP BY entity_id
        ), origin AS (   -- where the chosen coordinates come from
            SELECT a.entity_id, min(o.coordinate_origin) AS origin FROM organization o
            JOIN (SELECT entity_id, record_id FROM assertion WHERE field = 'coordinates' AND chosen) a
                ON a.record_id = o.id GROUP BY 1
        ), other AS (
            SELECT c.entity_id, c.value, count(*) AS uses FROM assertion c
            WHERE field IN ('name', 'alternate_name') AND value <> '' AND (chosen OR rule <> 'correction') GROUP BY ALL
        ), alternate AS (
            SELECT o.entity_id, min_by(o.value, (-o.uses, o.value)) AS value
            FROM other o JOIN wide w USING (entity_id) WHERE lower(o.value) <> lower(w.name) GROUP BY ALL
        )
        SELECT w.entity_id AS id, coalesce(w.name, '(nameless)') AS name, n.value AS alternate_name,
               coalesce(w.fi, w.sv, w.en, w.untold) AS description,
               CASE WHEN w.fi IS NOT NULL THEN 'fi' WHEN w.sv IS NOT NULL THEN 'sv' WHEN w.en IS NOT NULL THEN 'en' END
                   AS description_language,
               w.email, w.website, w.legal_status, w.legal_form, w.organization_type, w.organization_level, w.umbrella,
               w.business_id, w.association_number, w.municipality_code, t.name AS municipality, t.region_code,
               t.county_code AS wellbeing_county_code,
               CAST(split_part(w.coordinates, ',', 1) AS DOUBLE) AS latitude,
               CAST(split_part(w.coordinates, ',', 2) AS DOUBLE) AS longitude,
               CASE WHEN w.coordinates IS NOT NULL THEN coalesce(c.origin, 'person') END AS coordinate_origin,
               w.parent_organization_id, w.status
        FROM wide w
        LEFT JOIN alternate n USING (entity_id)
        LEFT JOIN origin c USING (entity_id)
        LEFT JOIN town t ON t.code = w.municipality_code
    """)
