"""The published tables that say where things come from: bridge, matches, relations, ids and issues.

Every record that was read is in `bridge`, or in `issue` with the reason why not.
"""

from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline import schema, storage


def tables(con: duckdb.DuckDBPyConnection, entities: Path, ids: Path, old_bridge: pa.Table) -> dict[str, pa.Table]:
    """Provenance tables; the connection is the one in which `catalogue.build` has just run.

    Args:
        con: Has the record tables, and `entity` and `published` of the catalogue.
        entities: Folder of the matching stage (match, match_reason, relations).
        ids: Folder of the identity stage (entity_registry, entity_record).
        old_bridge: `bridge` of the previous release, for first sightings.
    """
    for name, table in {
        "organization_match": storage.read_table(entities, "match"),
        "service_match": _or_empty(entities, "service_match", "match"),
        "organization_reason": storage.read_table(entities, "match_reason"),
        "service_reason": _or_empty(entities, "service_match_reason", "match_reason"),
        "found_relation": storage.read_table(entities, "relations"),
        "registry": storage.read_table(ids, "entity_registry"),
        "old_bridge": old_bridge,
    }.items():
        con.register(name, table)
    con.execute("""
        CREATE OR REPLACE TEMP VIEW found_reason AS
        SELECT * FROM organization_reason UNION ALL BY NAME SELECT * FROM service_reason
    """)
    con.execute("""
        CREATE OR REPLACE TEMP TABLE decided AS
        WITH found_match AS (SELECT * FROM organization_match UNION ALL BY NAME SELECT * FROM service_match)
        SELECT m.* EXCLUDE (in_same_entity), a.entity_id = b.entity_id AS in_same_entity,
               a.entity_id AS entity_a, b.entity_id AS entity_b
        FROM found_match m
        JOIN entity a ON a.record_id = m.record_id_a
        JOIN entity b ON b.record_id = m.record_id_b
        WHERE a.entity_id IN (SELECT entity_id FROM published) OR b.entity_id IN (SELECT entity_id FROM published)
    """)
    made = {
        "match": "SELECT * EXCLUDE (entity_a, entity_b) FROM decided ORDER BY record_id_a, record_id_b",
        "match_reason": """
            SELECT r.* FROM found_reason r SEMI JOIN decided d USING (record_id_a, record_id_b)
            ORDER BY record_id_a, record_id_b, feature
        """,
        "relation": _RELATION,
        "bridge": _BRIDGE,
        "entity_registry": """
            SELECT entity_id, CASE WHEN state = 'live' AND entity_id NOT IN (SELECT entity_id FROM published)
                                   THEN 'outside' ELSE state END AS state, successors, first_release, last_release
            FROM registry ORDER BY entity_id
        """,
        "issue": _ISSUE,
    }
    found = {name: _shaped(con, name, sql) for name, sql in made.items()}
    found["entity_record"] = storage.read_table(ids, "entity_record")
    return found


def _or_empty(folder: Path, name: str, shape: str) -> pa.Table:
    """A table of the matching stage; empty where it was not written."""
    return storage.read_table(folder, name) if (folder / f"{name}.parquet").exists() else schema.empty(shape)


def _shaped(con: duckdb.DuckDBPyConnection, name: str, sql: str) -> pa.Table:
    columns = ", ".join(schema.table(name).column_names)
    return schema.conform(name, con.sql(f"SELECT {columns} FROM ({sql})").to_arrow_table())


_RELATION = """
    WITH by_name AS (
        SELECT a.entity_id AS organization_id_a, b.entity_id AS organization_id_b, r.relation_type, r.rule
        FROM found_relation r
        JOIN assigned a ON a.record_id = r.record_id_a
        JOIN assigned b ON b.record_id = r.record_id_b
    ), by_source AS (
        SELECT parent_organization_id, id, 'parent', 'source' FROM golden_organization
        WHERE parent_organization_id IS NOT NULL
    ), both_ways AS (
        SELECT * FROM by_name UNION ALL SELECT * FROM by_source
    ), ordered AS (   -- equals stand with the smaller id first
        SELECT CASE WHEN relation_type IN ('sibling', 'affiliated') THEN least(organization_id_a, organization_id_b)
                    ELSE organization_id_a END AS organization_id_a,
               CASE WHEN relation_type IN ('sibling', 'affiliated') THEN greatest(organization_id_a, organization_id_b)
                    ELSE organization_id_b END AS organization_id_b,
               relation_type, rule
        FROM both_ways WHERE organization_id_a <> organization_id_b
    )
    SELECT organization_id_a, organization_id_b, relation_type, min(rule) AS rule FROM ordered
    WHERE organization_id_a IN (SELECT entity_id FROM published)
      AND organization_id_b IN (SELECT entity_id FROM published)
    GROUP BY ALL ORDER BY ALL
"""

_BRIDGE = """
    WITH tie AS (   -- the strongest pair of each record inside its entity
        SELECT record_id, arg_max(a, (probability, score, a, b)) AS a, arg_max(b, (probability, score, a, b)) AS b,
               max(probability) AS probability
        FROM (
            SELECT record_id_a AS record_id, record_id_a AS a, record_id_b AS b, probability, score
            FROM decided WHERE in_same_entity
            UNION ALL
            SELECT record_id_b, record_id_a, record_id_b, probability, score FROM decided WHERE in_same_entity
        ) GROUP BY record_id
    ), ranked AS (
        SELECT t.record_id, r.feature, r.contribution,
               row_number() OVER (PARTITION BY t.record_id ORDER BY r.contribution DESC, r.feature) AS place
        FROM tie t JOIN found_reason r ON r.record_id_a = t.a AND r.record_id_b = t.b
        WHERE r.contribution > 0 AND r.feature <> 'prior'
    ), basis AS (
        SELECT record_id, string_agg(feature, '+' ORDER BY place) AS basis FROM ranked WHERE place <= 2 GROUP BY 1
    )
    SELECT r.record_id, e.entity_id, r.source, r.native_id, r.kind, r.native_url, r.name,
           CASE WHEN t.record_id IS NULL THEN 'single' ELSE coalesce(b.basis, 'cluster') END AS match_basis,
           t.probability AS score, r.content_hash, r.modified_at,
           coalesce(o.first_seen, r.fetched_at) AS first_seen, r.fetched_at AS last_seen
    FROM record r
    JOIN entity e USING (record_id)
    SEMI JOIN published p USING (entity_id)
    LEFT JOIN tie t USING (record_id)
    LEFT JOIN basis b USING (record_id)
    LEFT JOIN old_bridge o USING (record_id)
    ORDER BY r.record_id
"""

_ISSUE = """
    SELECT * FROM issue
    UNION ALL
    SELECT substr(md5('out_of_region' || r.record_id), 1, 20), r.source, r.record_id, 'info', 'out_of_region', NULL,
           r.name, 'Outside the configured region, or belongs to somebody who is; used in matching, not published.'
    FROM record r JOIN entity e USING (record_id) ANTI JOIN published p USING (entity_id)
    ORDER BY 1
"""
