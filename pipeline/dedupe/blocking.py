"""Which pairs of records are worth comparing: they share one of several cheap keys, see `blocking_keys`.

From a memory of the night before only the records are paired again that stand in a group which changed; a pair of which
one record stands in the very same groups is a candidate tonight where it was one then.

The SQL keeps to what every engine can run (see `engine`): plain tables, `unnest` alone in a column.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.bare_abbreviations import fitting
from pipeline.dedupe.blocking_groups import WINDOW, groups_of, marks, pairs_of
from pipeline.dedupe.blocking_keys import CAP, FEW, KINDS, keys_of
from pipeline.dedupe.coding import Bools, Numbers
from pipeline.dedupe.engine import ONE_MACHINE, Engine
from pipeline.dedupe.memory import Memory, Rows, new_rows, old_rows
from pipeline.dedupe.name_keys import name_keys
from pipeline.dedupe.shared_values import SharedValues, shared_values
from pipeline.dedupe.written import Called, called_in
from pipeline.transform.names.word_lists import flat

_ALL = f"""
          {FEW}
UNION ALL SELECT a.kind, a.rid, b.rid
          FROM hot a JOIN hot b ON a.key = b.key AND a.part = b.part
               AND a.rid < b.rid AND a.size <= {CAP} AND b.size <= {CAP}
UNION ALL SELECT a.kind, least(a.rid, b.rid), greatest(a.rid, b.rid)
          FROM (SELECT *, unnest(range(rn + 1, rn + {WINDOW} + 1)) AS next FROM hot WHERE size > {CAP}) a
          JOIN hot b ON a.key = b.key AND a.part = b.part AND b.rn = a.next AND b.size > {CAP}
"""
"""`kind, a, b`: the pairs of all groups."""
_IS_NUMBER = np.array([kind in ("business_id", "association_number") for kind in KINDS])


def candidate_pairs(
    features: pa.Table,
    extra: pa.Table | None = None,
    engine: Engine = ONE_MACHINE,
    values: SharedValues | None = None,
    names: Called | None = None,
    memory: Memory | None = None,
) -> tuple[pa.Table, pa.Table]:
    """(pairs `a, b` as row numbers of the features with a < b, in order, and whether only a register number found
    them (`by_number`); the blocking report).

    `extra` holds pairs `a, b` that are compared in any case, such as those a person has judged. `values` are those of
    the features and `names` their names, where they were looked up before. A `memory` gives what it knows and is
    brought up to date.
    The report has `kind, keys, capped_keys, pairs`; a pair that several kinds found counts in each.
    """
    values = values or shared_values(features, engine)
    names = names or called_in(features)
    (found, report), short = engine.both(
        lambda: _found(features, names, values, engine, memory), lambda: fitting(features, names)
    )
    others = [short] if extra is None else [short, _in_order(extra)]
    first = _distinct(engine, found, *map(_as_numbers, others))
    a, b = (first >> 33).astype(np.int32), (first >> 1 & 0xFFFFFFFF).astype(np.int32)
    return pa.table({"a": a, "b": b, "by_number": (first & 1).astype(bool)}), report


def _found(
    features: pa.Table, names: Called, values: SharedValues, engine: Engine, memory: Memory | None
) -> tuple[Numbers, pa.Table]:
    """(the pairs of all keys, see `_as_numbers`; the report)."""
    keys = keys_of(len(features), *name_keys(features, names))
    groups = groups_of(features, keys, values.keys)
    report = _report(pa.concat_tables([keys.counts, values.keys.counts]), pairs_of(groups))
    if memory is None:
        few, told = (keys.few, [values.pairs]) if values.pairs is not None else (groups.few, [])
        found = engine.query({"few": few, "hot": groups.hot}, _ALL)
        return np.concatenate([*map(_as_numbers, (found, *told))]), report
    mark = marks(features, groups)
    before = old_rows(memory, flat(features.column("record_id")))
    stands = (before >= 0) & (memory.marks is not None)
    if memory.marks is not None:
        stands[stands] = memory.marks[before[stands]] == mark[stands]
    again = groups.of(~stands)
    found = engine.query({"few": again.few, "hot": again.hot}, _ALL)
    memory.marks, memory.blocked = mark, _distinct(engine, _kept(memory, before, stands), _as_numbers(found))
    memory.reused["blocked"] = int(stands.sum())
    return memory.blocked, report


def _kept(memory: Memory, before: Rows, stands: Bools) -> Numbers:
    """The pairs of the night before of which one record stands in the same groups as then."""
    if memory.blocked is None:
        return np.zeros(0, dtype=np.int64)
    after = new_rows(memory, before)
    a, b = after[memory.blocked >> 33], after[memory.blocked >> 1 & 0xFFFFFFFF]
    stood = np.append(stands, False)
    kept = stood[a] | stood[b]
    return np.asarray(a[kept] << 33 | b[kept] << 1 | memory.blocked[kept] & 1)


def _report(counts: pa.Table, pairs: Numbers) -> pa.Table:
    """The report with the kinds by name, in their order; `pairs` are counted by kind."""
    report = counts.append_column("pairs", pa.array(pairs).take(counts.column("kind")))
    named = report.set_column(0, "kind", pa.array(KINDS).take(report.column("kind")))
    return named.take(pc.sort_indices(named.column("kind"))).combine_chunks()


def _in_order(pairs: pa.Table) -> pa.Table:
    """Pairs with the lesser record first; none of a record with itself."""
    a, b = (np.asarray(pairs.column(c), dtype=np.int64) for c in ("a", "b"))
    two = a != b
    return pa.table({"a": np.minimum(a, b)[two], "b": np.maximum(a, b)[two]})


def _as_numbers(pairs: pa.Table) -> Numbers:
    """Pairs as whole numbers that sort by `a` and `b`; one that a register number found comes after others."""
    key = np.asarray(pairs.column("a")).astype(np.int64)
    key <<= 32
    key |= np.asarray(pairs.column("b"))
    key <<= 1
    if "kind" in pairs.column_names:
        key |= _IS_NUMBER[np.asarray(pairs.column("kind"))]
    return key


def _distinct(engine: Engine, *pairs: Numbers) -> Numbers:
    """Each pair once, in order, see `_as_numbers`; one that anything else found as well is no pair of a number."""
    key = np.concatenate(pairs)
    middle = len(key) // 2
    if middle:
        key.partition(middle)
    engine.both(key[:middle].sort, key[middle:].sort)
    is_first = np.ones(len(key), dtype=bool)
    np.not_equal(key[1:] >> 1, key[:-1] >> 1, out=is_first[1:])
    return key[is_first]
