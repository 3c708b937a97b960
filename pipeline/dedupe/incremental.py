"""Matching again after a few records changed: what nothing could touch is taken from the last time.

The result is that of a full run, because nothing is assumed to be untouched. Rarity and villages are told by all
records together, so features and keys of all records are made anew, in bulk; only then is it seen what stands:

- a *name* is parsed when it is new;
- *candidate pairs* are looked for again among records that stand in a group of a key which changed;
- the *names of a pair* are compared when the pair is new or when the parts, the rarity or the place of one of them
  differ from last time (rarity is rounded, so that one record more does not change every pair);
- a *group* is formed anew where a record, an edge or a constraint of its component differs.

Pin the weights between runs: learned anew, every score moves a little and every group is formed again.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.coding import Bools, components
from pipeline.dedupe.comparison import Comparison
from pipeline.dedupe.constraints import tells_no_dependent
from pipeline.dedupe.localities import namesake_towns
from pipeline.dedupe.memory import Memory, Rows, new_rows, old_rows
from pipeline.dedupe.scoring import MAYBE, SAME, Scored

Edges = npt.NDArray[np.void]
Judged = frozenset[tuple[str, str, bool]]
_EDGE = np.dtype([("a", "i8"), ("b", "i8"), ("score", "f8"), ("decision", "i1")])


def changed(records: pa.Table, upserts: pa.Table, removed: pa.Array | None = None) -> pa.Table:
    """The records with those of `upserts` added or put in place of the ones with their ids, and `removed` ids gone."""
    gone = pa.concat_arrays(
        [
            upserts.column("record_id").combine_chunks().cast(pa.string()),
            pa.array([], pa.string()) if removed is None else removed.cast(pa.string()),
        ]
    )
    kept = records.filter(pc.invert(pc.is_in(records.column("record_id"), value_set=gone)))
    return pa.concat_tables([kept, upserts.select(kept.column_names).cast(kept.schema)])


def edges_of(comparison: Comparison, scored: Scored) -> Edges:
    """What clustering sees of the pairs."""
    rows = np.flatnonzero((scored.decision == SAME) | (scored.decision == MAYBE))
    found = np.empty(len(rows), dtype=_EDGE)
    found["a"], found["b"] = comparison.a[rows], comparison.b[rows]
    found["score"], found["decision"] = scored.score[rows], scored.decision[rows]
    return found


def fact_texts(features: pa.Table, comparison: Comparison) -> pa.Array:
    """Per record what `constraints` reads of it, as one text."""
    columns = []
    for name in ("business_id", "association_number"):
        value = features.column(name).combine_chunks()
        columns.append(pc.if_else(pa.array(comparison.weak[name]), pa.scalar(None, pa.string()), value))
    columns += [features.column(n).combine_chunks() for n in ("level", "dependent", "core", "legal_form", "umbrella")]
    columns.append(pc.cast(pa.array(tells_no_dependent(features, comparison)), pa.string()))
    columns.append(pc.binary_join(features.column("place_keys").combine_chunks(), "|"))
    here = pa.array(namesake_towns(features) >= 0)
    columns.append(
        pc.if_else(here, features.column("municipality_code").combine_chunks(), pa.scalar(None, pa.string()))
    )
    return pc.binary_join_element_wise(*(pc.fill_null(c, "-") for c in columns), "\x1f")


def standing(memory: Memory, ids: pa.Array, edges: Edges, facts: pa.Array, judged: Judged, support: float) -> Bools:
    """Records whose group stands: in their component nothing is new, gone or different."""
    n = len(ids)
    if memory.edges is None or memory.facts is None or memory.ids is None or memory.support != support or not n:
        return np.zeros(n, dtype=bool)
    before = old_rows(memory, ids)
    dirty = before < 0
    if len(memory.facts):
        was = memory.facts.take(pa.array(np.maximum(before, 0)))
        dirty |= ~np.asarray(pc.equal(was, facts))
    after = new_rows(memory, before)
    then = memory.edges.copy()
    then["a"], then["b"] = after[then["a"]], after[then["b"]]
    left = then[(then["a"] >= 0) & (then["b"] >= 0)]  # in order, as records are
    for lost in (_not_in(edges, left), _not_in(left, edges), then[(then["a"] < 0) | (then["b"] < 0)]):
        for row in (lost["a"], lost["b"]):
            dirty[row[row >= 0]] = True
    number = {r: i for i, r in enumerate(ids.to_pylist())} if judged or memory.judged else {}
    dirty[[number[r] for x, y, _ in judged ^ memory.judged for r in (x, y) if r in number]] = True
    links = [(number[x], number[y]) for x, y, _ in judged if x in number and y in number]
    extra = np.array(links, dtype=np.int64).reshape(-1, 2)
    label = components(n, np.concatenate([edges["a"], extra[:, 0]]), np.concatenate([edges["b"], extra[:, 1]]))
    bad = np.zeros(n, dtype=bool)
    bad[label[dirty]] = True
    return np.asarray(~bad[label])


def _not_in(these: Edges, others: Edges) -> Edges:
    """Those of some edges in order that are not equal to one of the others, which are in order as well."""
    one, other = (e["a"] << 32 | e["b"] for e in (these, others))
    if not len(other):
        return these
    at = np.minimum(np.searchsorted(other, one), len(other) - 1)
    met = others[at]
    equal = (other[at] == one) & (met["score"] == these["score"]) & (met["decision"] == these["decision"])
    return these[~equal]


def stood(memory: Memory, ids: pa.Array, stands: Bools) -> Rows:
    """For the records whose group stands the row of its smallest record; for the others their own."""
    root = np.arange(len(ids), dtype=np.int64)
    if memory.root is None or memory.ids is None or not stands.any():
        return root
    before = old_rows(memory, ids)
    root[stands] = new_rows(memory, before)[memory.root[before[stands]]]
    return root
