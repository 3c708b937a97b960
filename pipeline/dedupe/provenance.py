"""The published tables that say where things come from: bridge, matches, relations, ids and issues.

Every record that was read is in `bridge`, or in `issue` with the reason why not.
"""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline import schema, storage
from pipeline.dedupe import bridge

NUMBERS = ("business_id", "association_number")
"""Fields of `assertion` of which a second value is an issue."""


def tables(con: duckdb.DuckDBPyConnection, entities: Path, ids: Path, old_bridge: pa.Table) -> dict[str, pa.Table]:
    """Provenance tables; the connection is the one in which `catalogue.build` has just run.

    Args:
        con: Has the record tables, and `entity` and `published` of the catalogue.
        entities: Folder of the matching stage (match, match_reason, relations).
        ids: Folder of the identity stage (entity_registry, entity_record).
        old_bridge: `bridge` of the previous release, for first sightings.
    """
    registry = storage.read_table(ids, "entity_registry")
    for name, table in {
        "organization_match": storage.read_table(entities, "match"),
        "service_match": _or_empty(entities, "service_match", "match"),
        "organization_reason": storage.read_table(entities, "match_reason"),
        "service_reason": _or_empty(entities, "service_match_reason", "match_reason"),
        "found_relation": storage.read_table(entities, "relations"),
        "registry": registry,
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
    con.execute("""
        CREATE OR REPLACE TEMP TABLE part_name AS   -- names of services and places
        SELECT e.entity_id, min(r.name) AS name FROM record r JOIN entity e USING (record_id)
        WHERE r.kind <> 'organization' GROUP BY 1
    """)
    made = {
        "match": "SELECT * EXCLUDE (entity_a, entity_b) FROM decided ORDER BY record_id_a, record_id_b",
        "match_reason": """
            SELECT r.* FROM found_reason r SEMI JOIN decided d USING (record_id_a, record_id_b)
            ORDER BY record_id_a, record_id_b, feature
        """,
        "relation": _RELATION,
        "entity_registry": """
            WITH known AS (
                SELECT entity_id, CASE WHEN state = 'live' AND entity_id NOT IN (SELECT entity_id FROM published)
                                       THEN 'outside' ELSE state END AS state, successors, first_release,
                       last_release, name
                FROM registry
            ), hidden AS (SELECT entity_id FROM known WHERE state = 'suppressed')
            SELECT k.* EXCLUDE (name), CASE
                WHEN k.state IN ('suppressed', 'outside') OR list_has_any(
                         string_split(k.successors, '|'), (SELECT coalesce(list(entity_id), []) FROM hidden)) THEN NULL
                ELSE coalesce(o.name, s.name, k.name) END AS name
            FROM known k
            LEFT JOIN golden_organization o ON o.id = k.entity_id
            LEFT JOIN part_name s ON s.entity_id = k.entity_id
            ORDER BY k.entity_id
        """,
        "issue": _ISSUE,
    }
    with ThreadPoolExecutor(1) as pool:
        standing = bridge.begun(con, old_bridge, registry, pool)
        found = {name: _shaped(con, name, sql) for name, sql in made.items()}
        found["bridge"] = standing.result()
    for name in ("entity_record", "entity_event"):
        found[name] = storage.read_table(ids, name)
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
    ), judged AS (   -- what a person said of a pair stands instead of everything else
        SELECT least(organization_id_a, organization_id_b) AS x, greatest(organization_id_a, organization_id_b) AS y
        FROM ordered WHERE rule = 'judgement'
    )
    SELECT organization_id_a, organization_id_b, relation_type, min(rule) AS rule FROM ordered
    WHERE organization_id_a IN (SELECT entity_id FROM published)
      AND organization_id_b IN (SELECT entity_id FROM published)
      AND (rule = 'judgement' OR (least(organization_id_a, organization_id_b),
           greatest(organization_id_a, organization_id_b)) NOT IN (SELECT (x, y) FROM judged))
    GROUP BY ALL ORDER BY ALL
"""

_ISSUE = f"""
    WITH registered AS (
        SELECT * FROM assertion WHERE field IN {NUMBERS}
    ), rival AS (   -- numbers that were not chosen, and the one that was
        SELECT a.record_id, a.field, a.value, w.value AS winner, w.rule FROM registered a
        JOIN registered w ON w.entity_id = a.entity_id AND w.field = a.field AND w.chosen AND w.value <> a.value
        SEMI JOIN published p ON p.entity_id = a.entity_id
        WHERE NOT a.chosen AND w.value <> ''
    )
    SELECT * FROM issue
    UNION ALL
    SELECT substr(md5('out_of_region' || r.record_id), 1, 20), r.source, r.record_id, 'info', 'out_of_region', NULL,
           r.name, 'Outside the configured region, or belongs to somebody who is; used in matching, not published.'
    FROM record r JOIN entity e USING (record_id) ANTI JOIN published p USING (entity_id)
    UNION ALL
    SELECT substr(md5('conflicting_identifier' || a.record_id || a.field || a.value), 1, 20), r.source, a.record_id,
           'warning', 'conflicting_identifier', a.field, a.value,
           'Other records of the organisation say ' || a.winner || ', which was chosen by the rule ' || a.rule
           || '. One of them is wrong, or the records are not one organisation.'
    FROM rival a JOIN record r USING (record_id)
    GROUP BY ALL
    ORDER BY 1
"""
