"""The keys that pairs of records are found by: their kinds, and who shares one.

Belongs here: what a key is, and the pairs of keys that few records carry. Which values are keys is told by
`shared_values` and `blocking`, which also divides the keys that many carry.

The SQL keeps to what every engine can run (see `engine`): plain tables, window functions, `unnest` alone in a column.
"""

CAP = 20
"""Records of a key that all meet one another."""

KINDS = (
    "business_id", "association_number", "phone", "email", "host", "street", "umbrella_place", "umbrella_national",
    "name", "core", "token_place", "rare_token", "stem", "ends", "start", "short_place", "short", "concept", "judged",
)  # fmt: skip
"""What a key is made of."""
KIND = {kind: f"CAST({number} AS TINYINT)" for number, kind in enumerate(KINDS)}
"""In the SQL a kind is its number, which is joined and counted faster than a text."""

FEW = f"SELECT a.kind, a.rid AS a, b.rid AS b FROM sized a JOIN sized b ON a.key = b.key AND a.rid < b.rid \
WHERE a.n <= {CAP} AND b.n <= {CAP}"
"""`kind, a, b`: the pairs of keys that few records carry."""
MANY = f"SELECT kind, key, rid FROM sized WHERE n > {CAP}"
"""`kind, key, rid` of the other keys that several records carry."""
COUNTS = f"SELECT kind, count(*) AS keys, count(*) FILTER (n > {CAP}) AS capped_keys FROM counted GROUP BY kind"


def sized(keys: str) -> str:
    """The script that makes `sized` (kind, key, rid, n: how many records carry it) and `counted` of keys, given as a
    query of `kind, key, rid`; null and empty keys are none.

    Keys are joined by their hash, which looks at them from both ends: DuckDB's hash of a text alone brought two of four
    million keys together, and then the engines disagree.
    """
    return f"""
CREATE TEMP TABLE key AS
SELECT DISTINCT kind, hash(kind, key, reverse(key)) AS key, rid FROM ({keys}) WHERE key IS NOT NULL AND key <> '';

CREATE TEMP TABLE counted AS SELECT key, any_value(kind) AS kind, count(*) AS n FROM key GROUP BY key;

CREATE TEMP TABLE sized AS SELECT k.kind, key, rid, n FROM key k JOIN counted USING (key) WHERE n > 1;
"""
