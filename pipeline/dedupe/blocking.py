"""Which pairs of records are worth comparing: they share one of several cheap keys.

A key that more than `CAP` records carry says little and costs much. Its records are divided by what they claim to
be (umbrella, place, core); a division that is still too large is walked in order and each record meets only its
next `WINDOW` neighbours, so that ten thousand equal records cost ten thousand times `WINDOW`, not fifty million.
Kinds of key in `DROPPED` are too vague for that and are dropped when hot. All of it is counted in the report.
"""

import duckdb
import numpy as np
import pyarrow as pa

CAP = 60
WINDOW = 5
DROPPED = ("short", "rare_token", "stem", "ends")
RAREST = 3
"""How many of a record's rarest tokens in its place are keys."""
RARE = 25
"""A token that at most so many records in the whole country carry is a key without a place."""

_KEYS = f"""
CREATE TEMP TABLE name_token AS
SELECT DISTINCT rid, place, token
FROM (SELECT rid, place, unnest(string_split(array_to_string(stems, ' '), ' ')) AS token FROM f) WHERE token <> '';

CREATE TEMP TABLE ranked AS
SELECT rid, place, token, n_all,
       row_number() OVER (PARTITION BY rid ORDER BY n_place, n_all, token) AS rank
FROM (SELECT *, count(*) OVER (PARTITION BY token) AS n_all,
             count(*) OVER (PARTITION BY token, place) AS n_place FROM name_token);

CREATE TEMP TABLE short AS
SELECT DISTINCT rid, place, short
FROM (SELECT rid, place, unnest(shorts) AS short FROM f
      UNION ALL SELECT rid, place, abbreviation FROM f
      -- the U of KuPS is the second letter of Kuopion: without its vowels it is the initials
      UNION ALL SELECT rid, place, left(abbreviation, 1) || regexp_replace(abbreviation[2:], '[AEIOUY]', '', 'g')
      FROM f) WHERE length(short) >= 3;

CREATE TEMP TABLE key AS
SELECT DISTINCT kind, hash(kind, key) AS key, rid FROM (
            SELECT 'business_id' AS kind, business_id AS key, rid FROM f
  UNION ALL SELECT 'association_number', association_number, rid FROM f
  UNION ALL SELECT 'phone', unnest(phones), rid FROM f
  UNION ALL SELECT 'email', unnest(emails), rid FROM f
  UNION ALL SELECT 'host', unnest(hosts), rid FROM f
  UNION ALL SELECT 'street', street_key, rid FROM f
  UNION ALL SELECT 'umbrella_place', umbrella || '|' || unnest(place_keys), rid FROM f
  UNION ALL SELECT 'umbrella_place', umbrella || '|' || unnest(places), rid FROM f
  UNION ALL SELECT 'umbrella_place', umbrella || '|' || coalesce(municipality_code, level), rid
            FROM f WHERE coalesce(len(place_keys), 0) = 0
  UNION ALL SELECT 'umbrella_national', umbrella, rid FROM f WHERE level = 'national'
  UNION ALL SELECT 'name', unnest(asciis), rid FROM f
  UNION ALL SELECT 'core', unnest(stems), rid FROM f
  UNION ALL SELECT 'token_place', token || '|' || place, rid FROM ranked WHERE rank <= {RAREST}
  UNION ALL SELECT 'rare_token', token, rid FROM ranked WHERE n_all <= {RARE}
  UNION ALL SELECT 'stem', left(token, 4) || '|' || place, rid FROM ranked WHERE rank = 1 AND length(token) > 4
  -- a typing error in the middle of a long word leaves its ends
  UNION ALL SELECT 'ends', left(token, 2) || right(token, 3) || '|' || place, rid
            FROM ranked WHERE rank = 1 AND length(token) > 6
  UNION ALL SELECT 'short_place', short || '|' || place, rid FROM short
  UNION ALL SELECT 'short', short, rid FROM short
) WHERE key IS NOT NULL AND key <> '';

-- keys are joined by their hash; two that fall together make one pair more to compare, and nothing else
CREATE TEMP TABLE counted AS SELECT key, any_value(kind) AS kind, count(*) AS n FROM key GROUP BY key;

CREATE TEMP TABLE sized AS SELECT k.kind, key, rid, n FROM key k JOIN counted USING (key) WHERE n > 1;

CREATE TEMP TABLE hot AS
SELECT kind, key, rid, part, size, row_number() OVER (PARTITION BY key, part ORDER BY postal_code, rid) AS rn
FROM (SELECT s.kind, s.key, s.rid, f.identity AS part, f.postal_code,
             count(*) OVER (PARTITION BY s.key, f.identity) AS size
      FROM sized s JOIN f USING (rid) WHERE s.n > {CAP} AND s.kind NOT IN {DROPPED});

CREATE TEMP TABLE found AS
          SELECT a.kind, a.rid AS a, b.rid AS b
          FROM sized a JOIN sized b ON a.key = b.key AND a.rid < b.rid
          WHERE a.n <= {CAP} AND b.n <= {CAP}
UNION ALL SELECT a.kind, least(a.rid, b.rid), greatest(a.rid, b.rid)
          FROM hot a JOIN hot b ON a.key = b.key AND a.part = b.part
               AND a.rid < b.rid AND a.size <= {CAP} AND b.size <= {CAP}
UNION ALL SELECT a.kind, least(a.rid, b.rid), greatest(a.rid, b.rid)
          FROM (SELECT *, unnest(range(rn + 1, rn + {WINDOW} + 1)) AS next FROM hot WHERE size > {CAP}) a
          JOIN hot b ON a.key = b.key AND a.part = b.part AND b.rn = a.next AND b.size > {CAP};
"""

_REPORT = f"""
SELECT kind, keys, capped_keys, coalesce(pairs, 0) AS pairs FROM (
  SELECT kind, count(*) AS keys, count(*) FILTER (n > {CAP}) AS capped_keys
  FROM counted GROUP BY kind)
LEFT JOIN (SELECT kind, count(*) AS pairs FROM found GROUP BY kind) USING (kind) ORDER BY kind
"""


def candidate_pairs(features: pa.Table, extra: pa.Table | None = None) -> tuple[pa.Table, pa.Table]:
    """(pairs `a, b` as row numbers of the features with a < b, in order, and whether only a register number found
    them (`by_number`); the blocking report).

    `extra` holds pairs `a, b` that are compared in any case, such as those a person has judged.
    The report has `kind, keys, capped_keys, pairs`; a pair that several kinds found counts in each.
    """
    with duckdb.connect() as con:
        con.register("f", features.append_column("rid", pa.array(np.arange(len(features), dtype=np.int32))))
        con.execute(_KEYS)
        if extra is not None:
            con.register("extra", extra)
            con.execute("INSERT INTO found SELECT 'judged', least(a, b), greatest(a, b) FROM extra WHERE a <> b")
        found = con.sql("SELECT a, b, kind IN ('business_id', 'association_number') AS by_number FROM found")
        pairs = _distinct(found.to_arrow_table())
        report = con.sql(_REPORT).to_arrow_table()
    return pairs, report


def _distinct(found: pa.Table) -> pa.Table:
    """Each pair once, in order; `by_number` where all that found it say so."""
    a, b, by_number = (np.asarray(found.column(c)).astype(np.int64) for c in ("a", "b", "by_number"))
    found = np.sort((a << 32 | b) << 1 | by_number)  # what no number found comes before what a number found
    first = found[np.append(True, found[1:] >> 1 != found[:-1] >> 1)[: len(found)]]
    a, b = (first >> 33).astype(np.int32), (first >> 1 & 0xFFFFFFFF).astype(np.int32)
    return pa.table({"a": a, "b": b, "by_number": pa.array((first & 1).astype(bool))})
