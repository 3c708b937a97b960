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
from pipeline.dedupe.blocking_keys import CAP, FEW, KINDS, keys_of
from pipeline.dedupe.coding import Codes, Numbers, codes_of, numbered
from pipeline.dedupe.engine import ONE_MACHINE, Engine
from pipeline.dedupe.name_keys import name_keys
from pipeline.dedupe.shared_values import SharedValues, shared_values
from pipeline.dedupe.written import Called, called_in
from pipeline.transform.names.word_lists import ranked

WINDOW = 5

_HOT = """
CREATE TEMP TABLE hot AS
SELECT kind, key, rid, part, size, row_number() OVER (PARTITION BY key, part ORDER BY near, rid) AS rn
FROM (SELECT *, count(*) OVER (PARTITION BY key, part) AS size FROM many);
"""

_FOUND = f"""
          {FEW}
UNION ALL SELECT a.kind, a.rid, b.rid
          FROM hot a JOIN hot b ON a.key = b.key AND a.part = b.part
               AND a.rid < b.rid AND a.size <= {CAP} AND b.size <= {CAP}
UNION ALL SELECT a.kind, least(a.rid, b.rid), greatest(a.rid, b.rid)
          FROM (SELECT *, unnest(range(rn + 1, rn + {WINDOW} + 1)) AS next FROM hot WHERE size > {CAP}) a
          JOIN hot b ON a.key = b.key AND a.part = b.part AND b.rn = a.next AND b.size > {CAP}
UNION ALL SELECT CAST({KINDS.index("judged")} AS TINYINT), least(a, b), greatest(a, b) FROM judged WHERE a <> b
"""
"""`kind, a, b`: the pairs of all keys."""

_JUDGED = pa.table({"a": [], "b": []})
_IS_NUMBER = np.array([kind in ("business_id", "association_number") for kind in KINDS])
_ROWS = pa.schema([("a", pa.int32()), ("b", pa.int32())])


def candidate_pairs(
    features: pa.Table,
    extra: pa.Table | None = None,
    engine: Engine = ONE_MACHINE,
    values: SharedValues | None = None,
    names: Called | None = None,
) -> tuple[pa.Table, pa.Table]:
    """(pairs `a, b` as row numbers of the features with a < b, in order, and whether only a register number found
    them (`by_number`); the blocking report).

    `extra` holds pairs `a, b` that are compared in any case, such as those a person has judged. `values` are those of
    the features and `names` their names, where they were looked up before.
    The report has `kind, keys, capped_keys, pairs`; a pair that several kinds found counts in each.
    """
    values = values or shared_values(features, engine)
    names = names or called_in(features)
    (found, counts), short = engine.both(
        lambda: _found(features, names, extra, values.many, engine), lambda: fitting(features, names)
    )
    kinds = np.concatenate([np.asarray(t.column("kind")) for t in (found, values.few)])
    report = _report(pa.concat_tables([counts, values.counts]), np.bincount(kinds, minlength=len(KINDS)))
    return _distinct(engine, found, values.few, short), report


def _found(
    features: pa.Table, names: Called, extra: pa.Table | None, shared: pa.Table, engine: Engine
) -> tuple[pa.Table, pa.Table]:
    """(`kind, a, b`: the pairs of keys that names give, of values that many share, and those of `extra`; the counts of
    keys that names give)."""
    keys = keys_of(len(features), *name_keys(features, names))
    many = pa.concat_tables([keys.many, shared])
    rid = many.column("rid")
    for name, code in (("part", codes_of(features.column("identity"))), ("near", _near(features))):
        many = many.append_column(name, pa.array(code).take(rid))
    tables = {
        "few": keys.few,
        "many": many,
        "judged": (_JUDGED if extra is None else extra).select(["a", "b"]).cast(_ROWS),
    }
    (found,) = engine.query(tables, _HOT, (_FOUND,))
    return found, keys.counts


def _near(features: pa.Table) -> Codes:
    """Per record the place of its postal code among all; those without one come last."""
    code, values = numbered(features.column("postal_code"))
    return np.append(ranked(values)[1], len(values)).astype(np.int32)[code]


def _report(counts: pa.Table, pairs: npt.NDArray[np.int64]) -> pa.Table:
    """The report with the kinds by name, in their order; `pairs` are counted by kind."""
    report = counts.append_column("pairs", pa.array(pairs).take(counts.column("kind")))
    named = report.set_column(0, "kind", pa.array(KINDS).take(report.column("kind")))
    return named.take(pc.sort_indices(named.column("kind"))).combine_chunks()


def _distinct(engine: Engine, *tables: pa.Table) -> pa.Table:
    """Each pair once, in order; `by_number` where all that found it are numbers."""
    key = np.concatenate([_as_number(t) for t in tables])  # what a number found comes after what else found it
    middle = len(key) // 2
    if middle:
        key.partition(middle)
    engine.both(key[:middle].sort, key[middle:].sort)
    is_first = np.ones(len(key), dtype=bool)
    np.not_equal(key[1:] >> 1, key[:-1] >> 1, out=is_first[1:])
    first = key[is_first]
    a, b = (first >> 33).astype(np.int32), (first >> 1 & 0xFFFFFFFF).astype(np.int32)
    return pa.table({"a": a, "b": b, "by_number": (first & 1).astype(bool)})


def _as_number(pairs: pa.Table) -> Numbers:
    key = np.asarray(pairs.column("a")).astype(np.int64)
    key <<= 32
    key |= np.asarray(pairs.column("b"))
    key <<= 1
    if "kind" in pairs.column_names:
        key |= _IS_NUMBER[np.asarray(pairs.column("kind"))]
    return key
