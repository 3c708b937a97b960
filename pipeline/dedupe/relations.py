"""Organisations that belong together and are not one, told by their names or by a source.

Rules: `source_parent` (a source names the parent), `chapter_of_national` (one umbrella, national and narrower),
`chapter_of_district` (a local body in its district's region), `same_umbrella_other_place` (two chapters that were
compared), `same_name_other_body` (association and foundation of one name), `body_beside_body` (a body and the one
that supports it). A section ("X ry / hiihtojaosto") is no body of its own, so it has no relation to X.
"""

import duckdb
import pyarrow as pa

from pipeline.transform.names.place_words import region_of

_SQL = """
CREATE TEMP TABLE body AS
SELECT cluster_id, min(umbrella) AS umbrella,
       coalesce(min(level) FILTER (level = 'section'), min(level)) AS level,
       min(places[1]) AS place, count(*) AS size
FROM f JOIN clusters USING (record_id) GROUP BY cluster_id;

CREATE TEMP TABLE top AS
SELECT umbrella, arg_max(cluster_id, (size, cluster_id)) AS cluster_id
FROM body WHERE level = 'national' AND place IS NULL AND umbrella IS NOT NULL GROUP BY umbrella;

CREATE TEMP TABLE told AS
SELECT ca.cluster_id AS a, cb.cluster_id AS b, m.rule FROM m
JOIN clusters ca ON ca.record_id = m.record_id_a JOIN clusters cb ON cb.record_id = m.record_id_b
WHERE m.decision = 'related' AND ca.cluster_id <> cb.cluster_id;

CREATE TEMP TABLE found AS
          SELECT p.cluster_id AS a, c.cluster_id AS b, 'parent' AS relation_type, 'source_parent' AS rule, 1 AS rank
          FROM f JOIN clusters c USING (record_id) JOIN clusters p ON p.record_id = f.parent_record_id
UNION ALL SELECT t.cluster_id, b.cluster_id, 'chapter', 'chapter_of_national', 2
          FROM top t JOIN body b USING (umbrella) WHERE b.level IN ('local', 'district')
UNION ALL SELECT d.cluster_id, b.cluster_id, 'chapter', 'chapter_of_district', 2
          FROM body b JOIN town ON town.code = b.place
          JOIN body d ON d.umbrella = b.umbrella AND d.level = 'district' AND d.place = town.region
          WHERE b.level = 'local'
UNION ALL SELECT least(a, b), greatest(a, b), 'sibling', 'same_umbrella_other_place', 4
          FROM told WHERE rule IN ('places_differ', 'merged_municipality')
UNION ALL SELECT least(a, b), greatest(a, b), 'affiliated', 'same_name_other_body', 4
          FROM told WHERE rule = 'other_body'
UNION ALL SELECT least(a, b), greatest(a, b), 'affiliated', 'body_beside_body', 4
          FROM told WHERE rule IN ('body_and_dependent', 'dependents_differ')
UNION ALL SELECT if(y.level = 'national', b, a), if(y.level = 'national', a, b), 'chapter', 'chapter_of_national', 3
          FROM told JOIN body x ON x.cluster_id = a JOIN body y ON y.cluster_id = b
          WHERE rule = 'levels_differ' AND (x.level = 'national') <> (y.level = 'national');
"""


def find_relations(features: pa.Table, clusters: pa.Table, matches: pa.Table) -> pa.Table:
    """Related organisations by the smallest record id of each: `record_id_a, record_id_b, relation_type, rule`.

    In parent and chapter rows the first is the parent. One row per pair: what a source says wins over what names say.
    """
    with duckdb.connect() as con:
        con.register("f", features.select(["record_id", "umbrella", "level", "places", "parent_record_id"]))
        con.register("clusters", clusters)
        con.register("m", matches.select(["record_id_a", "record_id_b", "decision", "rule"]))
        known = region_of()
        con.register("town", pa.table({"code": list(known), "region": list(known.values())}))
        con.execute(_SQL)
        return con.sql("""
            SELECT a AS record_id_a, b AS record_id_b, relation_type, rule FROM found WHERE a <> b
            QUALIFY row_number() OVER (PARTITION BY least(a, b), greatest(a, b) ORDER BY rank, a, relation_type) = 1
            ORDER BY ALL
        """).to_arrow_table()
