"""The keys that pairs of records are found by: their kinds, and who shares one.

Belongs here: what a key is, and the pairs of keys that few records carry. Which values are keys is told by
`shared_values` and `blocking`, which also divides the keys that many carry.

The SQL keeps to what every engine can run (see `engine`): plain tables, window functions, `unnest` alone in a column.
"""

CAP = 20
"""Records of a key that all meet one another."""
CAPS = {"stem": 12, "ends": 12, "rare_token": 12, "short": 10, "short_place": 10, "start": 8}
"""Less for vague keys. With 20 for them, half of the pairs of a million records were theirs alone; one in 170 of those
was true."""

KINDS = (
    "business_id", "association_number", "phone", "email", "host", "street", "umbrella_place", "umbrella_national",
    "name", "core", "token_place", "rare_token", "stem", "ends", "start", "short_place", "short", "concept", "judged",
)  # fmt: skip
"""What a key is made of."""
KIND = {kind: f"CAST({number} AS TINYINT)" for number, kind in enumerate(KINDS)}
"""In the SQL a kind is its number, which is joined and counted faster than a text."""

FEW = "SELECT a.kind, a.rid AS a, b.rid AS b FROM sized a JOIN sized b ON a.key = b.key AND a.rid < b.rid \
WHERE a.is_few AND b.is_few"
"""`kind, a, b`: the pairs of keys that few records carry."""
MANY = "SELECT kind, key, rid FROM sized WHERE NOT is_few"
"""`kind, key, rid` of the other keys that several records carry."""
COUNTS = "SELECT kind, count(*) AS keys, count(*) FILTER (NOT is_few) AS capped_keys FROM counted GROUP BY kind"
_CAP = f"CASE kind {' '.join(f'WHEN {KIND[kind]} THEN {cap}' for kind, cap in CAPS.items())} ELSE {CAP} END"


def sized(keys: str) -> str:
    """The script that makes `sized` (kind, key, rid, is_few: whether few records carry it; keys of one record are not
    there) and `counted` of keys, given as a query of `kind, key, rid`; null and empty keys are none.

    Keys are joined by their hash, which looks at them from both ends: DuckDB's hash of a text alone brought two of four
    million keys together, and then the engines disagree.
    """
    return f"""
CREATE TEMP TABLE key AS
SELECT DISTINCT kind, hash(kind, key, reverse(key)) AS key, rid FROM ({keys}) WHERE key IS NOT NULL AND key <> '';

CREATE TEMP TABLE counted AS
SELECT key, kind, n, n <= {_CAP} AS is_few
FROM (SELECT key, any_value(kind) AS kind, count(*) AS n FROM key GROUP BY key);

CREATE TEMP TABLE sized AS SELECT k.kind, key, rid, is_few FROM key k JOIN counted USING (key) WHERE n > 1;
"""
