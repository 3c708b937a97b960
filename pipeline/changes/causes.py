"""Why an entity changed: the world, a person, or we.

The first of these that holds, for the entity and its records of before and now:

1. `policy`: it was suppressed, or is published again; or it or a record of it newly is suppressed in part.
2. `judgement`: its records or relations differ, and a judgement of one of them began or ceased to hold.
3. `correction`: a correction of it began, was revoked, or expired.
4. `source`: a record of it was sent otherwise, came, or went. A record counts as sent otherwise when both what the
   platform sent (`raw_hash`) and what was read from it (`content_hash`) differ, so a change of code is none. When a
   source has the very same snapshot as before, nothing can have come from it; only days of grace can have ended.
5. The cause of another changed entity that it names, is named by, or exchanged records with.
6. `schema`, `policy` or `rule`: what differs of ours, in this order; `rule` when nothing else is known.
"""

from typing import TYPE_CHECKING

import duckdb
import pyarrow as pa

from pipeline.changes.coverage import Covered

if TYPE_CHECKING:
    from pipeline.changes.feed import Decided

ROUNDS = 4
"""How far a cause is handed on: a service in the region, its organisation, another service of it, a place of that."""


def find(
    con: duckdb.DuckDBPyConnection, differing: list[Covered], *, version: str, decided: "Decided", is_first: bool
) -> None:
    """Table `why` (entity_id, cause, sources); uses `changed`, `diff_…` of differing tables, and both sides."""
    con.register("silenced", pa.table({"id": pa.array(sorted(decided.suppressed), pa.string())}))
    con.execute(_CONCERNED).fetchall()
    con.execute(_TOUCHED).fetchall()
    con.execute(_beside(differing)).fetchall()
    con.execute(_DIRECT, [version]).fetchall()
    if is_first:
        con.execute("UPDATE reason SET rank = 4").fetchall()
    for _ in range(ROUNDS):
        ((handed_on,),) = con.execute(_HANDED_ON).fetchall()
        if not handed_on:
            break
    nothing_of_ours = not (decided.schema or decided.policy or decided.rules)
    con.execute(_WHY, {"otherwise": decided.otherwise, "ours": not nothing_of_ours}).fetchall()


_CONCERNED = """
    CREATE TEMP TABLE concerned AS   -- changed entity × record that it stands for, or stood for before
    SELECT entity_id, record_id, bool_or(side = 'old') AS before, bool_or(side = 'new') AS after
    FROM (SELECT entity_id, record_id, 'old' AS side FROM old_entity_record WHERE is_current
          UNION ALL SELECT entity_id, record_id, 'new' FROM new_entity_record WHERE is_current)
    SEMI JOIN changed USING (entity_id) GROUP BY ALL
"""

_TOUCHED = """
    CREATE TEMP TABLE touched AS   -- records that their source changed
    WITH listed AS (
        SELECT id FROM new_source INTERSECT SELECT id FROM old_source
    ), sent AS (   -- sources of which something else was read than before
        SELECT n.source FROM new_snapshot n LEFT JOIN old_snapshot o USING (source)
        WHERE n.sha256 IS DISTINCT FROM o.sha256 OR n.sha256 IS NULL
    ), own AS (SELECT DISTINCT record_id, split_part(record_id, ':', 1) AS source FROM concerned),
    stood AS (SELECT DISTINCT record_id FROM old_entity_record SEMI JOIN own USING (record_id) WHERE is_current),
    stands AS (SELECT DISTINCT record_id FROM new_entity_record SEMI JOIN own USING (record_id) WHERE is_current),
    seen AS (
        SELECT c.record_id, c.source, c.source IN (SELECT source FROM sent) AS is_sent,
               s.record_id IS NULL AS came, t.record_id IS NULL AS went,
               o.record_id IS NOT NULL AND n.record_id IS NOT NULL
                   AND n.content_hash IS DISTINCT FROM o.content_hash
                   AND (n.raw_hash IS DISTINCT FROM o.raw_hash OR n.raw_hash IS NULL OR o.raw_hash IS NULL) AS other,
               coalesce(o.lifecycle, 'seen') <> coalesce(n.lifecycle, 'seen') AS missing,
               coalesce(o.lifecycle, 'seen') = 'not_seen' AS was_missing,
               o.record_id IS NULL AND s.record_id IS NOT NULL AS unknown
        FROM own c LEFT JOIN stood s USING (record_id) LEFT JOIN stands t USING (record_id)
        LEFT JOIN (FROM old_bridge SEMI JOIN own USING (record_id)) o USING (record_id)
        LEFT JOIN (FROM now_record SEMI JOIN own USING (record_id)) n USING (record_id)
    )
    SELECT record_id, source, came OR went OR other OR missing AS surely
    FROM seen SEMI JOIN listed ON listed.id = seen.source
    WHERE record_id NOT IN (SELECT id FROM silenced)
      AND (is_sent AND (came OR went OR other OR unknown) OR went AND was_missing OR missing AND NOT came)
"""


def _beside(differing: list[Covered]) -> str:
    """Table `beside` (entity_id, other): changed entities that name each other in differing rows, or share records."""
    links = " UNION ALL ".join(
        ["SELECT NULL::VARCHAR AS entity_id, NULL::VARCHAR AS other WHERE false"]
        + [
            f"SELECT owner, {column} FROM diff_{one.name} WHERE {column} IS NOT NULL"
            for one in differing
            for column in one.references
        ]
    )
    return f"""
        CREATE TEMP TABLE beside AS
        WITH link AS (
            {links}
            UNION ALL SELECT a.entity_id, b.entity_id FROM concerned a JOIN concerned b USING (record_id)
            UNION ALL SELECT entity_id, unnest(string_split(successors, '|')) FROM changed WHERE successors IS NOT NULL
        ), both_ways AS (
            SELECT entity_id, other FROM link
            UNION SELECT other, entity_id FROM link   -- who came or went may have done so for what it owns
            WHERE other IN (SELECT entity_id FROM changed WHERE operation IN ('created', 'revived', 'left'))
        )
        SELECT DISTINCT entity_id, other FROM both_ways
        WHERE entity_id <> other AND entity_id IN (SELECT entity_id FROM changed)
          AND other IN (SELECT entity_id FROM changed)
    """


_DIRECT = """
    CREATE TEMP TABLE reason AS   -- rank: 1 policy, 2 judgement, 3 correction, 4 source; null when not known
    WITH held AS (
        SELECT id, record_id_a, record_id_b, state IN ('applied', 'stale') AS holds, state FROM new_judgement
    ), held_before AS (
        SELECT id, state IN ('applied', 'stale') AS holds, state FROM old_judgement
    ), judged AS (
        SELECT unnest([h.record_id_a, h.record_id_b]) AS record_id
        FROM held h LEFT JOIN held_before b USING (id)
        WHERE h.holds IS DISTINCT FROM coalesce(b.holds, false)
          AND coalesce(h.state, '') <> 'dormant' AND coalesce(b.state, '') <> 'dormant'
    ), tied AS (
        SELECT DISTINCT entity_id FROM differs WHERE t IN ('bridge', 'relation')
        UNION SELECT entity_id FROM changed WHERE operation IN ('merged', 'split', 'redirected', 'revived')
    ), decision AS (
        SELECT coalesce(n.entity_id, o.entity_id) AS entity_id
        FROM new_correction n FULL JOIN old_correction o USING (id)
        WHERE coalesce(n.state, 'revoked') <> coalesce(o.state, '')
          AND (o.id IS NULL AND n.state = 'applied'
               OR coalesce(n.state, 'revoked') IN ('revoked', 'expired', 'conflicting')
               OR o.state IN ('revoked', 'expired', 'conflicting'))
    ), freed AS (
        SELECT entity_id FROM new_entity_event
        WHERE version = CAST(? AS VARCHAR) AND event IN ('suppressed', 'restored')
    ), policy AS (
        SELECT entity_id FROM changed WHERE operation = 'suppressed'
        UNION SELECT entity_id FROM freed UNION SELECT id FROM silenced
        UNION SELECT entity_id FROM concerned WHERE record_id IN (SELECT id FROM silenced)
    )
    SELECT c.entity_id,
           CASE WHEN c.entity_id IN (SELECT entity_id FROM policy) THEN 1
                WHEN c.entity_id IN (SELECT entity_id FROM tied) AND c.entity_id IN (
                     SELECT entity_id FROM concerned WHERE record_id IN (SELECT record_id FROM judged)) THEN 2
                WHEN c.entity_id IN (SELECT entity_id FROM decision) THEN 3
                WHEN c.entity_id IN (SELECT entity_id FROM concerned
                     WHERE record_id IN (SELECT record_id FROM touched WHERE surely)) THEN 4
           END AS rank
    FROM changed c
"""

_HANDED_ON = """
    UPDATE reason SET rank = found.rank FROM (
        SELECT b.entity_id, min(r.rank) AS rank FROM beside b JOIN reason r ON r.entity_id = b.other GROUP BY 1
    ) found WHERE found.entity_id = reason.entity_id AND reason.rank IS NULL
"""

_WHY = """
    CREATE TEMP TABLE why AS
    WITH every AS (
        SELECT entity_id, string_agg(DISTINCT split_part(record_id, ':', 1), '|'
                                     ORDER BY split_part(record_id, ':', 1)) AS sources FROM concerned GROUP BY 1
    ), guilty AS (
        SELECT c.entity_id, string_agg(DISTINCT t.source, '|' ORDER BY t.source) AS sources
        FROM concerned c JOIN touched t USING (record_id) GROUP BY 1
    )
    SELECT r.entity_id,
           CASE r.rank WHEN 1 THEN 'policy' WHEN 2 THEN 'judgement' WHEN 3 THEN 'correction' WHEN 4 THEN 'source'
                ELSE CASE WHEN NOT $ours AND g.sources IS NOT NULL THEN 'source' ELSE $otherwise END END AS cause,
           CASE WHEN r.rank = 4 OR r.rank IS NULL THEN coalesce(g.sources, e.sources) ELSE e.sources END AS sources
    FROM reason r LEFT JOIN every e USING (entity_id) LEFT JOIN guilty g USING (entity_id)
"""
