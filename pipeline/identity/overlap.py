"""Which old id goes on with which new group of records.

Most ids and groups are as they were (`settled`), and of the others most have only each other: that is SQL. What is
left falls into components of ids and groups that share records, and each is shared out by `matching`.

An id that lives claims the groups of the records it stands for. An id that lives no more claims those of the records
for which it last stood, and gets what no living id can take: so a group that leaves a merger takes its own id up
again. `weight` of a claim is the sum of the weights of its records.
"""

from collections import defaultdict
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.identity.matching import best


def claims(con: duckdb.DuckDBPyConnection) -> None:
    """Table `claim` (entity_id, c, holds, weight): id × group, from `now`, `old_member` and `old`.

    A record that has become somebody else's (`identity_since`) is evidence for none of its former ids. A null there
    means that nothing is known to have changed, also after the record folders were lost.
    """
    same = "(n.identity_since IS NULL OR n.identity_since IS NOT DISTINCT FROM m.identity_since)"
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE claim AS
        WITH stood AS (   -- id × record for which it stands, or last stood
            SELECT m.entity_id, m.record_id, m.identity_since, o.holds
            FROM old_member m JOIN old o USING (entity_id)
            WHERE CASE WHEN o.holds AND m.is_current THEN true
                       WHEN o.state = 'live' THEN false
                       ELSE m.last_release = o.last_release END
            UNION ALL   -- a retired id and the records that left before the last of them, and went nowhere else
            SELECT m.entity_id, m.record_id, m.identity_since, o.holds
            FROM old_member m JOIN old o USING (entity_id)
            WHERE o.state IN ('retired', 'suppressed') AND NOT m.is_current AND m.last_release <> o.last_release
              AND NOT EXISTS (
                SELECT 1 FROM old_member later WHERE later.record_id = m.record_id AND later.entity_id <> m.entity_id
                  AND later.last_release > m.last_release)
        )
        SELECT m.entity_id, n.c, bool_or(m.holds) AS holds, CAST(sum(n.weight) AS BIGINT) AS weight
        FROM stood m JOIN now n ON n.record_id = m.record_id
        WHERE {same} AND starts_with(m.entity_id, n.prefix)
        GROUP BY ALL
    """).fetchall()


def carry_over(con: duckdb.DuckDBPyConnection) -> None:
    """Table `carried` (c, entity_id): which group goes on under which old id; uses `claim`, `old` and `groups`."""
    con.execute("""
        CREATE OR REPLACE TEMP TABLE carried AS   -- one living id claims the group, and it claims no other
        SELECT c, any_value(entity_id) AS entity_id FROM claim WHERE holds GROUP BY c HAVING count(*) = 1
    """).fetchall()
    con.execute("""
        DELETE FROM carried WHERE entity_id IN (
            SELECT entity_id FROM claim WHERE holds GROUP BY entity_id HAVING count(*) > 1)
    """).fetchall()
    rest = con.execute("""
        SELECT l.entity_id, l.c, l.holds, l.weight, o.first_release, g.first_record
        FROM claim l ANTI JOIN carried k USING (c)
        JOIN old o USING (entity_id) JOIN groups g USING (c)
    """).fetchall()
    found = shared_out(rest)
    con.register("matched", pa.table({"c": pa.array(found.keys(), pa.int64()), "entity_id": list(found.values())},
                                     schema=pa.schema([("c", pa.int64()), ("entity_id", pa.string())])))  # fmt: skip
    con.execute("INSERT INTO carried SELECT c, entity_id FROM matched").fetchall()
    con.unregister("matched")


def shared_out(claimed: list[tuple[Any, ...]]) -> dict[int, str]:
    """Group -> id for claims (entity_id, c, holds, weight, first_release, first_record), component by component.

    Living ids come first: a claim of one weighs more than all claims of ids that live no more together.
    """
    if not claimed:
        return {}
    ids = sorted({(row[4] or "", row[0]) for row in claimed})
    age = {entity_id: n for n, (_, entity_id) in enumerate(ids)}
    groups = sorted({(row[5], row[1]) for row in claimed})
    place = {c: n for n, (_, c) in enumerate(groups)}
    heaviest = 1 + sum(weight for _, _, holds, weight, _, _ in claimed if not holds)
    edges = {(age[e], place[c]): w * heaviest if holds else w for e, c, holds, w, _, _ in claimed}
    found: dict[int, str] = {}
    for component in _components(edges):
        for i, j in best(component).items():
            found[groups[j][1]] = ids[i][1]
    return found


def _components(edges: dict[tuple[int, int], int]) -> list[dict[tuple[int, int], int]]:
    """The edges apart by connected component."""
    root: dict[int, int] = {}

    def top(x: int) -> int:
        while root.setdefault(x, x) != x:
            root[x] = x = root[root[x]]
        return x

    for i, j in edges:
        root[top(2 * i)] = top(2 * j + 1)
    parts: dict[int, dict[tuple[int, int], int]] = defaultdict(dict)
    for (i, j), weight in edges.items():
        parts[top(2 * i)][i, j] = weight
    return list(parts.values())
