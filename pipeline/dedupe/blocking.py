"""Which pairs of records are worth comparing: they share one of several cheap keys.

A key that more than `CAP` records carry says little and costs much. Its records are divided by what they claim to
be (umbrella, place, core); a division that is still too large is walked in order and each record meets only its
next `WINDOW` neighbours, so that ten thousand equal records cost ten thousand times `WINDOW`, not fifty million.
Kinds of key in `DROPPED` are too vague for that and are dropped when hot. All of it is counted in the report.

The SQL keeps to what every engine can run (see `engine`): plain tables, window functions, `unnest` alone in a column.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.engine import ONE_MACHINE, Engine
from pipeline.transform.names.abbreviations import letters_fit, may_fit
from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.word_lists import codes

CAP = 20
WINDOW = 5
DROPPED = ("concept", "short", "rare_token", "stem", "ends", "start")
RAREST = 3
"""How many of a record's rarest tokens in its place are keys."""
RARE = 25
"""A token that at most so many records in the whole country carry is a key without a place."""

KINDS = (
    "business_id", "association_number", "phone", "email", "host", "street", "umbrella_place", "umbrella_national",
    "name", "core", "token_place", "rare_token", "stem", "ends", "start", "short_place", "short", "concept", "judged",
)  # fmt: skip
"""What a key is made of; in the SQL a kind is its number here, which is joined and counted faster than a text."""
_K = {kind: f"CAST({number} AS TINYINT)" for number, kind in enumerate(KINDS)}

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
      UNION ALL SELECT rid, place, left(abbreviation, 1) || regexp_replace(substr(abbreviation, 2), '[AEIOUY]', '', 'g')
      FROM f) WHERE length(short) >= 3;

CREATE TEMP TABLE key AS
SELECT DISTINCT kind, hash(kind, key, reverse(key)) AS key, rid FROM (
            SELECT {_K["business_id"]} AS kind, business_id AS key, rid FROM f
  UNION ALL SELECT {_K["association_number"]}, association_number, rid FROM f
  UNION ALL SELECT {_K["phone"]}, unnest(phones), rid FROM f
  UNION ALL SELECT {_K["email"]}, unnest(emails), rid FROM f
  UNION ALL SELECT {_K["host"]}, unnest(hosts), rid FROM f
  UNION ALL SELECT {_K["street"]}, street_key, rid FROM f
  UNION ALL SELECT {_K["umbrella_place"]}, umbrella || '|' || place, rid
            FROM (SELECT umbrella, rid, unnest(place_keys) AS place FROM f)
  UNION ALL SELECT {_K["umbrella_place"]}, umbrella || '|' || place, rid
            FROM (SELECT umbrella, rid, unnest(places) AS place FROM f)
  UNION ALL SELECT {_K["umbrella_place"]}, umbrella || '|' || coalesce(municipality_code, level), rid
            FROM f WHERE coalesce(array_length(place_keys), 0) = 0
  UNION ALL SELECT {_K["umbrella_national"]}, umbrella, rid FROM f WHERE level = 'national'
  -- "Erä-Veikot" and "Eräveikot"
  UNION ALL SELECT {_K["name"]}, replace(replace(name, ' ', ''), '-', ''), rid
            FROM (SELECT rid, unnest(asciis) AS name FROM f)
  UNION ALL SELECT {_K["core"]}, unnest(stems), rid FROM f
  UNION ALL SELECT {_K["concept"]}, concept || '|' || place, rid FROM f
  UNION ALL SELECT {_K["token_place"]}, token || '|' || place, rid FROM ranked WHERE rank <= {RAREST}
  UNION ALL SELECT {_K["rare_token"]}, token, rid FROM ranked WHERE n_all <= {RARE}
  UNION ALL SELECT {_K["stem"]}, left(token, 4) || '|' || place, rid FROM ranked WHERE rank = 1 AND length(token) > 4
  -- a typing error in the middle of a long word leaves its ends
  UNION ALL SELECT {_K["ends"]}, left(token, 2) || right(token, 3) || '|' || place, rid
            FROM ranked WHERE rank = 1 AND length(token) > 6
  -- "Valnaukoti" and "Valnau-koti", wherever they are
  UNION ALL SELECT {_K["start"]}, left(token, 6), rid
            FROM ranked WHERE rank = 1 AND n_all <= {RARE} AND length(token) > 5
  UNION ALL SELECT {_K["short_place"]}, short || '|' || place, rid FROM short
  UNION ALL SELECT {_K["short"]}, short, rid FROM short
) WHERE key IS NOT NULL AND key <> '';

-- keys are joined by their hash, which looks at them from both ends: DuckDB's hash of a text alone brought two of four
-- million keys together, and then the engines disagree
CREATE TEMP TABLE counted AS SELECT key, any_value(kind) AS kind, count(*) AS n FROM key GROUP BY key;

CREATE TEMP TABLE sized AS SELECT k.kind, key, rid, n FROM key k JOIN counted USING (key) WHERE n > 1;

CREATE TEMP TABLE hot AS
SELECT kind, key, rid, part, size, row_number() OVER (PARTITION BY key, part ORDER BY postal_code, rid) AS rn
FROM (SELECT s.kind, s.key, s.rid, f.identity AS part, f.postal_code,
             count(*) OVER (PARTITION BY s.key, f.identity) AS size
      FROM sized s JOIN f USING (rid) WHERE s.n > {CAP} AND s.kind NOT IN ({", ".join(_K[k] for k in DROPPED)}));

CREATE TEMP TABLE found AS
          SELECT a.kind, a.rid AS a, b.rid AS b
          FROM sized a JOIN sized b ON a.key = b.key AND a.rid < b.rid
          WHERE a.n <= {CAP} AND b.n <= {CAP}
UNION ALL SELECT a.kind, least(a.rid, b.rid), greatest(a.rid, b.rid)
          FROM hot a JOIN hot b ON a.key = b.key AND a.part = b.part
               AND a.rid < b.rid AND a.size <= {CAP} AND b.size <= {CAP}
UNION ALL SELECT a.kind, least(a.rid, b.rid), greatest(a.rid, b.rid)
          FROM (SELECT *, unnest(range(rn + 1, rn + {WINDOW} + 1)) AS next FROM hot WHERE size > {CAP}) a
          JOIN hot b ON a.key = b.key AND a.part = b.part AND b.rn = a.next AND b.size > {CAP}
UNION ALL SELECT {_K["judged"]}, least(a, b), greatest(a, b) FROM judged WHERE a <> b;
"""

_FOUND = f"SELECT a, b, kind IN ({_K['business_id']}, {_K['association_number']}) AS by_number FROM found"

_LETTERS = """
CREATE TEMP TABLE bare AS
SELECT rid, municipality_code AS town, name AS short FROM f
WHERE name = lower(abbreviation) AND length(abbreviation) BETWEEN 3 AND 6 AND municipality_code IS NOT NULL;

CREATE TEMP TABLE standing AS
SELECT rid, name, municipality_code AS town FROM f WHERE contains(name, ' ') AND municipality_code IS NOT NULL
UNION SELECT rid, name, unnest(places) FROM f WHERE contains(name, ' ');

CREATE TEMP TABLE worded AS
SELECT rid, town, name, list_filter(string_split(name, ' '), lambda w: w NOT IN ({stops})) AS w
FROM standing WHERE town IN (SELECT town FROM bare);

-- of one word, there is no second to look at; Spark would stop
CREATE TEMP TABLE spoken AS SELECT * FROM worded WHERE array_length(w) > 1;

CREATE TEMP TABLE of_short AS
          SELECT rid, town, short, left(short, 1) || '+' || substr(short, 2, 1) AS key FROM bare
UNION ALL SELECT rid, town, short, left(short, 2) || '+' || substr(short, 3, 1) FROM bare
UNION ALL SELECT rid, town, short, left(short, 3) || '+' || substr(short, 4, 1) FROM bare WHERE length(short) > 3;

CREATE TEMP TABLE of_name AS
SELECT rid, town, name, key, count(*) OVER (PARTITION BY town, key) AS n
FROM (      SELECT rid, town, name, left(w[1], 1) || '+' || left(w[2], 1) AS key FROM spoken
  UNION ALL SELECT rid, town, name, left(w[1], 2) || '+' || left(w[2], 1) FROM spoken
  UNION ALL SELECT rid, town, name, left(w[1], 3) || '+' || left(w[2], 1) FROM spoken)
JOIN (SELECT DISTINCT town, key FROM of_short) USING (town, key);
"""
"""A name that is nothing but an abbreviation, and the names of its municipality whose first letters allow it."""

_ALLOWED = f"""
SELECT DISTINCT s.rid AS a, n.rid AS b, s.short, n.name
FROM of_short s JOIN of_name n ON s.town = n.town AND s.key = n.key WHERE n.n <= {CAP}
"""

_REPORT = f"""
SELECT kind, keys, capped_keys, coalesce(pairs, 0) AS pairs FROM (
  SELECT kind, count(*) AS keys, count(*) FILTER (n > {CAP}) AS capped_keys
  FROM counted GROUP BY kind)
LEFT JOIN (SELECT kind, count(*) AS pairs FROM found GROUP BY kind) USING (kind)
"""


def candidate_pairs(
    features: pa.Table, extra: pa.Table | None = None, engine: Engine = ONE_MACHINE
) -> tuple[pa.Table, pa.Table]:
    """(pairs `a, b` as row numbers of the features with a < b, in order, and whether only a register number found
    them (`by_number`); the blocking report).

    `extra` holds pairs `a, b` that are compared in any case, such as those a person has judged.
    The report has `kind, keys, capped_keys, pairs`; a pair that several kinds found counts in each.
    """
    nothing = pa.table({"a": pa.array([], pa.int64()), "b": pa.array([], pa.int64())})
    table = features.append_column("rid", pa.array(range(len(features)), pa.int32()))
    tables = {"f": table, "judged": extra.select(["a", "b"]) if extra is not None else nothing}
    (found, report), fitting = engine.both(
        lambda: engine.query(tables, _KEYS, (_FOUND, _REPORT)), lambda: _fitting(table, engine)
    )
    return _distinct(engine, found, fitting), _named(report)


def _named(report: pa.Table) -> pa.Table:
    """The report with the kinds by name, in their order."""
    named = report.set_column(0, "kind", pa.array(KINDS).take(report.column("kind")))
    return named.take(pc.sort_indices(named.column("kind"))).combine_chunks()


def _fitting(table: pa.Table, engine: Engine) -> pa.Table:
    """Pairs `a, b, by_number` of an abbreviation and a full name that its letters fit (KMPK, Kylänlahden
    maanpuolustuskerho)."""
    needed = table.select(["rid", "municipality_code", "abbreviation", "places"])
    needed = needed.append_column("name", pc.list_element(table.column("asciis"), 0))
    stops = {"", *lexicon().stops}
    script = _LETTERS.replace("{stops}", ", ".join(f"'{word}'" for word in sorted(stops)))
    (allowed,) = engine.query({"f": needed}, script, (_ALLOWED,))
    _, first, back = np.unique(
        codes(allowed.column("short"), allowed.column("name")), return_index=True, return_inverse=True
    )
    asked = (allowed.column(c).take(pa.array(first)).to_pylist() for c in ("short", "name"))
    said = ((short, [w for w in name.split(" ") if w not in stops]) for short, name in zip(*asked, strict=True))
    fits = [may_fit(short, " ".join(words)) and letters_fit(short, words) for short, words in said]
    hit = np.array(fits, dtype=bool)[back]
    a, b = (np.asarray(allowed.column(c))[hit] for c in ("a", "b"))
    return pa.table({"a": np.minimum(a, b), "b": np.maximum(a, b), "by_number": np.zeros(len(a), dtype=bool)})


def _distinct(engine: Engine, *tables: pa.Table) -> pa.Table:
    """Each pair once, in order; `by_number` where all that found it say so."""
    a, b, by_number = (
        np.concatenate([np.asarray(t.column(c), dtype=np.int64) for t in tables]) for c in ("a", "b", "by_number")
    )
    key = (a << 32 | b) << 1 | by_number  # what no number found comes before what a number found
    middle = np.median(key[:: len(key) // 1000 + 1]) if len(key) else 0
    is_low = key < middle
    found = np.concatenate(engine.both(lambda: np.sort(key[is_low]), lambda: np.sort(key[~is_low])))
    first = found[np.append(True, found[1:] >> 1 != found[:-1] >> 1)[: len(found)]]
    a, b = (first >> 33).astype(np.int32), (first >> 1 & 0xFFFFFFFF).astype(np.int32)
    return pa.table({"a": a, "b": b, "by_number": pa.array((first & 1).astype(bool))})
