"""Which pairs of records are worth comparing: they share one of several cheap keys.

A key that many records carry (`blocking_keys.CAP`, fewer for vague ones) says little and costs much. Its records are
divided by what they claim to be (umbrella, place, core); a division that is still too large is walked in order and
each record meets only its next `WINDOW` neighbours, so that ten thousand equal records cost ten thousand times
`WINDOW`, not fifty million.
Kinds of key in `DROPPED` are too vague for that and are dropped when hot. All of it is counted in the report.

The SQL keeps to what every engine can run (see `engine`): plain tables, window functions, `unnest` alone in a column.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.bare_abbreviations import fitting
from pipeline.dedupe.blocking_keys import CAP, COUNTS, FEW, KIND, KINDS, MANY, sized
from pipeline.dedupe.engine import ONE_MACHINE, Engine
from pipeline.dedupe.shared_values import SharedValues, shared_values

WINDOW = 5
DROPPED = ("concept", "short", "rare_token", "stem", "ends", "start")
RAREST = 3
"""How many of a record's rarest tokens in its place are keys."""
RARE = 25
"""A token that at most so many records in the whole country carry is a key without a place."""

_TOKENS = """
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
"""

_KEYS = f"""
            SELECT {KIND["umbrella_place"]} AS kind, umbrella || '|' || place AS key, rid
            FROM (SELECT umbrella, rid, unnest(place_keys) AS place FROM f)
  UNION ALL SELECT {KIND["umbrella_place"]}, umbrella || '|' || place, rid
            FROM (SELECT umbrella, rid, unnest(places) AS place FROM f)
  UNION ALL SELECT {KIND["umbrella_place"]}, umbrella || '|' || coalesce(municipality_code, level), rid
            FROM f WHERE coalesce(array_length(place_keys), 0) = 0
  UNION ALL SELECT {KIND["umbrella_national"]}, umbrella, rid FROM f WHERE level = 'national'
  -- "Erä-Veikot" and "Eräveikot"
  UNION ALL SELECT {KIND["name"]}, replace(replace(name, ' ', ''), '-', ''), rid
            FROM (SELECT rid, unnest(asciis) AS name FROM f)
  UNION ALL SELECT {KIND["core"]}, unnest(stems), rid FROM f
  UNION ALL SELECT {KIND["concept"]}, concept || '|' || place, rid FROM f
  UNION ALL SELECT {KIND["token_place"]}, token || '|' || place, rid FROM ranked WHERE rank <= {RAREST}
  UNION ALL SELECT {KIND["rare_token"]}, token, rid FROM ranked WHERE n_all <= {RARE}
  UNION ALL SELECT {KIND["stem"]}, left(token, 4) || '|' || place, rid FROM ranked WHERE rank = 1 AND length(token) > 4
  -- a typing error in the middle of a long word leaves its ends
  UNION ALL SELECT {KIND["ends"]}, left(token, 2) || right(token, 3) || '|' || place, rid
            FROM ranked WHERE rank = 1 AND length(token) > 6
  -- "Valnaukoti" and "Valnau-koti", wherever they are
  UNION ALL SELECT {KIND["start"]}, left(token, 6), rid
            FROM ranked WHERE rank = 1 AND n_all <= {RARE} AND length(token) > 5
  UNION ALL SELECT {KIND["short_place"]}, short || '|' || place, rid FROM short
  UNION ALL SELECT {KIND["short"]}, short, rid FROM short
"""

_PAIRS = f"""
CREATE TEMP TABLE hot AS
SELECT kind, key, rid, part, size, row_number() OVER (PARTITION BY key, part ORDER BY postal_code, rid) AS rn
FROM (SELECT m.kind, m.key, m.rid, f.identity AS part, f.postal_code,
             count(*) OVER (PARTITION BY m.key, f.identity) AS size
      FROM ({MANY} AND kind NOT IN ({", ".join(KIND[k] for k in DROPPED)})
            UNION ALL SELECT kind, key, rid FROM many) m JOIN f USING (rid));

CREATE TEMP TABLE found AS
          {FEW}
UNION ALL SELECT a.kind, least(a.rid, b.rid), greatest(a.rid, b.rid)
          FROM hot a JOIN hot b ON a.key = b.key AND a.part = b.part
               AND a.rid < b.rid AND a.size <= {CAP} AND b.size <= {CAP}
UNION ALL SELECT a.kind, least(a.rid, b.rid), greatest(a.rid, b.rid)
          FROM (SELECT *, unnest(range(rn + 1, rn + {WINDOW} + 1)) AS next FROM hot WHERE size > {CAP}) a
          JOIN hot b ON a.key = b.key AND a.part = b.part AND b.rn = a.next AND b.size > {CAP}
UNION ALL SELECT {KIND["judged"]}, least(a, b), greatest(a, b) FROM judged WHERE a <> b;
"""

_FOUND = "SELECT kind, a, b FROM found"
_ROWS = pa.schema([("a", pa.int32()), ("b", pa.int32())])


def candidate_pairs(
    features: pa.Table,
    extra: pa.Table | None = None,
    engine: Engine = ONE_MACHINE,
    values: SharedValues | None = None,
) -> tuple[pa.Table, pa.Table]:
    """(pairs `a, b` as row numbers of the features with a < b, in order, and whether only a register number found
    them (`by_number`); the blocking report).

    `extra` holds pairs `a, b` that are compared in any case, such as those a person has judged. `values` are those of
    the features, where they were looked up before.
    The report has `kind, keys, capped_keys, pairs`; a pair that several kinds found counts in each.
    """
    values = values or shared_values(features, engine)
    nothing = pa.table({"a": [], "b": []})
    table = features.append_column("rid", pa.array(range(len(features)), pa.int32()))
    tables = {"f": table, "judged": (extra or nothing).select(["a", "b"]).cast(_ROWS), "many": values.many}
    (found, counts), short = engine.both(
        lambda: engine.query(tables, _TOKENS + sized(_KEYS) + _PAIRS, (_FOUND, COUNTS)), lambda: fitting(table, engine)
    )
    kind, a, b = (np.concatenate([np.asarray(t.column(c)) for t in (found, values.few)]) for c in ("kind", "a", "b"))
    by_number = np.isin(kind, [KINDS.index(k) for k in ("business_id", "association_number")])
    pairs = _distinct(engine, pa.table({"a": a, "b": b, "by_number": by_number}), short)
    return pairs, _report(pa.concat_tables([counts, values.counts]), np.bincount(kind, minlength=len(KINDS)))


def _report(counts: pa.Table, pairs: npt.NDArray[np.int64]) -> pa.Table:
    """The report with the kinds by name, in their order; `pairs` are counted by kind."""
    report = counts.append_column("pairs", pa.array(pairs).take(counts.column("kind")))
    named = report.set_column(0, "kind", pa.array(KINDS).take(report.column("kind")))
    return named.take(pc.sort_indices(named.column("kind"))).combine_chunks()


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
