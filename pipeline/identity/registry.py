"""What became of every id: its state, the ids that carry on, and an event for every change, never forgotten.

A living id that got no group is `merged` when one id has its records now, `split` when several have them, `retired`
when none has. An id with successors points straight at ids that live or are tombstones (retired, suppressed):
one hop is always enough. An id comes back to life when a group takes it up again.
"""

from collections.abc import Collection, Mapping

import duckdb
import pyarrow as pa

TOMBSTONE = ("live", "retired", "suppressed")
"""States at which a redirect ends."""


def states(
    con: duckdb.DuckDBPyConnection, *, version: str, suppressed: Collection[str], hidden: Collection[str]
) -> None:
    """Table `became` (entity_id, state, successors, first_release, last_release), one row per id ever given.

    Uses `old`, `old_member`, `claim`, `given` (c, entity_id). `suppressed` names ids that must not be published; it
    holds for the ids that carry on for them too, as those now have the records that it was meant for. `hidden` names
    records: an id that stood for none but such is suppressed, not retired.
    """
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE became AS
        WITH share AS (
            SELECT l.entity_id, g.entity_id AS heir, sum(l.weight) AS weight
            FROM claim l JOIN given g USING (c) WHERE g.entity_id <> l.entity_id GROUP BY ALL
        ), heirs AS (
            SELECT entity_id, count(*) AS n, string_agg(heir, '|' ORDER BY weight DESC, heir) AS successors
            FROM share GROUP BY 1
        )
        SELECT coalesce(o.entity_id, g.entity_id) AS entity_id,
               CASE WHEN g.entity_id IS NOT NULL THEN 'live'
                    WHEN h.n IS NOT NULL AND (o.holds OR o.state = 'retired')
                         THEN CASE WHEN h.n = 1 THEN 'merged' ELSE 'split' END
                    WHEN o.holds THEN 'retired' ELSE o.state END AS state,
               CASE WHEN g.entity_id IS NOT NULL THEN NULL
                    WHEN h.n IS NOT NULL AND (o.holds OR o.state = 'retired') THEN h.successors
                    ELSE o.successors END AS successors,
               coalesce(o.first_release, CAST(? AS VARCHAR)) AS first_release,
               CASE WHEN g.entity_id IS NOT NULL THEN CAST(? AS VARCHAR) ELSE o.last_release END AS last_release,
               CASE WHEN g.entity_id IS NOT NULL THEN h.successors END AS parted
        FROM old o FULL JOIN given g ON g.entity_id = o.entity_id
        LEFT JOIN heirs h ON h.entity_id = o.entity_id
        """,
        [version, version],
    ).fetchall()
    _compress(con)
    _suppress(con, suppressed, hidden)


def _compress(con: duckdb.DuckDBPyConnection) -> None:
    """Redirects to an id that is itself redirected lead on at once; only those few are looked at in Python."""
    chained = con.execute("""
        SELECT DISTINCT s.entity_id FROM (
            SELECT entity_id, unnest(string_split(successors, '|')) AS heir FROM became WHERE successors IS NOT NULL
        ) s JOIN became b ON b.entity_id = s.heir WHERE b.successors IS NOT NULL ORDER BY 1
    """).fetchall()
    if not chained:
        return
    redirects = dict(con.execute("SELECT entity_id, successors FROM became WHERE successors IS NOT NULL").fetchall())
    shorter = [(entity_id, "|".join(ends(entity_id, redirects))) for (entity_id,) in chained]
    con.register("shorter", pa.table({"entity_id": [e for e, _ in shorter], "successors": [s for _, s in shorter]}))
    con.execute("""
        UPDATE became SET successors = s.successors FROM shorter s WHERE s.entity_id = became.entity_id
    """).fetchall()
    con.unregister("shorter")


def ends(entity_id: str, redirects: Mapping[str, str]) -> list[str]:
    """The ids at the end of all redirects of an id, in the order in which they are met; none twice."""
    found: dict[str, None] = {}
    todo, seen = [entity_id], set()
    while todo:
        one = todo.pop(0)
        if one in seen:
            continue
        seen.add(one)
        if one in redirects:
            todo.extend(redirects[one].split("|"))
        else:
            found[one] = None
    return list(found)


def _suppress(con: duckdb.DuckDBPyConnection, suppressed: Collection[str], hidden: Collection[str]) -> None:
    """Retired ids of which all records are hidden, ids that are named, and the ids that carry on for those."""
    if not suppressed and not hidden:
        return
    con.register("hidden", pa.table({"record_id": pa.array(sorted(hidden), pa.string())}))
    con.execute("""
        UPDATE became SET state = 'suppressed' WHERE state = 'retired' AND entity_id IN (
            SELECT entity_id FROM old_member WHERE is_current GROUP BY entity_id
            HAVING bool_and(record_id IN (SELECT record_id FROM hidden)))
    """).fetchall()
    con.unregister("hidden")
    con.register("unwanted", pa.table({"entity_id": pa.array(sorted(suppressed), pa.string())}))
    con.execute("""
        UPDATE became SET state = 'suppressed' WHERE state IN ('live', 'retired') AND entity_id IN (
            SELECT entity_id FROM unwanted
            UNION SELECT unnest(string_split(b.successors, '|')) FROM became b SEMI JOIN unwanted u USING (entity_id)
                  WHERE b.successors IS NOT NULL)
    """).fetchall()
    con.unregister("unwanted")


def events(con: duckdb.DuckDBPyConnection, *, version: str, judged: Collection[str]) -> None:
    """Table `happened` (entity_id, version, event, successors, cause, detail): every change of this run.

    Uses `old`, `became`, `assigned`, `old_member`, `changed` (record_id: whose content is not what it was). The cause
    tells a change in the world (source) from a change of ours (rule): when no record that is concerned came, went or
    changed, the rules did it.
    """
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE occurred AS
        SELECT b.entity_id,
               CASE WHEN o.entity_id IS NULL THEN 'minted'
                    WHEN b.state = 'suppressed' AND o.state <> 'suppressed' THEN 'suppressed'
                    WHEN b.state = 'live' AND o.state = 'suppressed' THEN 'restored'
                    WHEN b.state = 'live' AND o.state <> 'live' THEN 'revived'
                    WHEN b.state <> o.state THEN b.state
                    WHEN b.successors IS DISTINCT FROM o.successors THEN 'redirected'
                    WHEN b.parted IS NOT NULL AND o.holds THEN 'parted' END AS event,
               coalesce(b.successors, b.parted) AS successors
        FROM became b LEFT JOIN old o USING (entity_id)
        """
    ).fetchall()
    con.execute("DELETE FROM occurred WHERE event IS NULL").fetchall()
    ((first, count),) = con.execute("SELECT (SELECT count(*) = 0 FROM old_registry), count(*) FROM occurred").fetchall()
    if first or not count:
        con.execute(
            """
            CREATE OR REPLACE TEMP TABLE happened AS
            SELECT *, 'first_release' AS cause, NULL::VARCHAR AS detail, CAST(? AS VARCHAR) AS version FROM occurred
            """,
            [version],
        ).fetchall()
        return
    con.register("judged", pa.table({"record_id": pa.array(sorted(judged), pa.string())}))
    con.execute(_CAUSES).fetchall()
    con.execute(
        """
        CREATE OR REPLACE TEMP TABLE happened AS
        SELECT e.entity_id, CAST(? AS VARCHAR) AS version, e.event, e.successors,
               CASE WHEN e.event IN ('suppressed', 'restored') THEN 'suppression'
                    WHEN c.judged THEN 'judgement'
                    WHEN c.added THEN 'source_added'
                    WHEN c.removed THEN 'source_removed'
                    WHEN c.touched THEN 'source' ELSE 'rule' END AS cause,
               c.detail
        FROM occurred e LEFT JOIN why c USING (entity_id)
        """,
        [version],
    ).fetchall()
    con.unregister("judged")


_CAUSES = """
    CREATE OR REPLACE TEMP TABLE why AS   -- grain: id with an event, from the records that it concerns
    WITH wanted AS (
        SELECT entity_id FROM occurred
    ), stood AS (
        SELECT entity_id, record_id FROM old_member WHERE is_current
    ), beside AS (   -- the id itself and the ids that carry on
        SELECT entity_id, entity_id AS other FROM wanted
        UNION SELECT entity_id, unnest(string_split(successors, '|')) FROM occurred SEMI JOIN wanted USING (entity_id)
              WHERE successors IS NOT NULL
    ), concerned AS (
        SELECT b.entity_id, s.record_id FROM beside b JOIN stood s ON s.entity_id = b.entity_id
        UNION SELECT b.entity_id, a.record_id FROM beside b JOIN assigned a ON a.entity_id = b.other
    ), old_source AS (SELECT DISTINCT split_part(record_id, ':', 1) AS source FROM all_members WHERE is_current),
    new_source AS (SELECT DISTINCT split_part(record_id, ':', 1) AS source FROM listed),
    seen AS (
        SELECT c.entity_id, c.record_id, split_part(c.record_id, ':', 1) AS source,
               c.record_id IN (SELECT record_id FROM judged) AS judged,
               c.record_id IN (SELECT record_id FROM changed)
                   OR c.record_id NOT IN (SELECT record_id FROM stood)
                   OR c.record_id NOT IN (SELECT record_id FROM assigned) AS touched
        FROM concerned c
    )
    SELECT entity_id, bool_or(judged) AS judged, bool_or(touched) AS touched,
           bool_or(source NOT IN (SELECT source FROM old_source)) AS added,
           bool_or(source NOT IN (SELECT source FROM new_source)) AS removed,
           string_agg(DISTINCT source, '|' ORDER BY source) AS detail
    FROM seen GROUP BY 1
"""
