"""Groups records into organisations: best edge first, under constraints that whole groups carry.

Connected components would join strangers through one wrong edge; here a group remembers every register number,
place, level, umbrella and section of its members and joins no group that contradicts it. Two groups also need
support: a share of all their cross-pairs must be edges, so that one weak bridge never joins two strong groups.

The merge loop is plain Python because each step depends on the one before it. It runs only over edges above the
threshold (about one or two per record), never over pairs or records squared.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.coding import Bools, Codes, coded, padded
from pipeline.dedupe.comparison import Comparison
from pipeline.dedupe.localities import namesake_towns
from pipeline.dedupe.scoring import MAYBE, SAME, Scored
from pipeline.dedupe.weights import Weights

ENOUGH = 3
"""Edges that always suffice for a single record to join a group, however large."""


@dataclass(slots=True)
class Group:
    """One growing organisation."""

    members: list[int]
    facts: list[frozenset[int]]
    """Per constraint the values its members tell; two groups contradict when both tell and share none."""


def constraints(features: pa.Table, comparison: Comparison) -> list[list[frozenset[int]]]:
    """Per constraint the values of each record. A weak number constrains nothing; a body has the dependent "none"."""
    ids = [
        np.where(comparison.weak[column], -1, coded(features.column(column))[0])
        for column in ("business_id", "association_number")
    ]
    level, levels = coded(features.column("level"))
    if "section" in levels:
        level = np.where(level == levels.index("section"), -1, level)
    dependent = coded(features.column("dependent"))[0]
    dependent = np.where((dependent < 0) & is_bare(features), -1, dependent + 1)
    number, numbers = coded(pc.replace_substring_regex(features.column("core"), pattern="[^0-9]", replacement=""))
    if "" in numbers:
        number = np.where(number == numbers.index(""), -1, number)
    form, forms = coded(features.column("legal_form"))
    form = np.where(np.isin(form, [i for i, f in enumerate(forms) if f in ("unregistered", "julkyht")]), -1, form)
    singles = [*ids, level, form, number, coded(features.column("umbrella"))[0], dependent]
    singles.append(np.maximum(namesake_towns(features), -1))
    return [_sets(c) for c in singles] + [_places(features)]


def is_bare(features: pa.Table) -> Bools:
    """Records whose name is nothing but an abbreviation, which tells no dependent though it may stand for one."""
    names = features.column("asciis").combine_chunks()
    has = pc.greater(pc.list_value_length(names), 0)
    first = pc.list_element(pc.if_else(has, names, pa.scalar([None], names.type)), 0)
    short = pc.utf8_lower(features.column("abbreviation").combine_chunks())
    return np.asarray(pc.fill_null(pc.equal(first, short), False))


_NOTHING: frozenset[int] = frozenset()


def _sets(codes: Codes) -> list[frozenset[int]]:
    known = {int(c): frozenset((int(c),)) for c in np.unique(codes)}
    known[-1] = _NOTHING
    return [known[c] for c in codes.tolist()]


def _places(features: pa.Table) -> list[frozenset[int]]:
    """Municipalities in the name; a region or an area in it keeps nobody apart here (its pairs are judged apart)."""
    keys, values = padded(features.column("place_keys"))
    towns = np.array([v[0] not in "RX" for v in values] + [False])
    keys = np.where(towns[keys], keys, -1)
    many = np.flatnonzero((keys >= 0).sum(1) > 1)
    sets = _sets(keys[:, 0] if len(keys) else np.zeros(0, np.int32))
    for row in many.tolist():
        sets[row] = frozenset(int(k) for k in keys[row] if k >= 0)
    return sets


def cluster(
    features: pa.Table,
    comparison: Comparison,
    scored: Scored,
    weights: Weights,
    must_link: Iterable[tuple[int, int]] = (),
    must_not_link: Iterable[tuple[int, int]] = (),
    known: tuple[Bools, npt.NDArray[np.int64]] | None = None,
) -> npt.NDArray[np.int64]:
    """For each record the row of the smallest record of its organisation.

    `must_link` joins the two groups that were formed, whatever the constraints say: that is what a person was asked.
    `must_not_link` keeps apart whatever the score says (and wins over a chain of `must_link`). Both hold row numbers.
    Rows are in the order of `record_id`, so that ties break the same way however the records came. `known` tells which
    records stay in the group of which root; nothing may connect them to the others.
    """
    n = len(features)
    facts = constraints(features, comparison)
    groups: dict[int, Group] = {}
    of = list(range(n)) if known is None else known[1].tolist()
    is_known = np.zeros(n, dtype=bool) if known is None else known[0]
    forbidden: dict[int, set[int]] = {}
    for x, y in must_not_link:
        forbidden.setdefault(x, set()).add(y)
        forbidden.setdefault(y, set()).add(x)
    edge = np.flatnonzero((scored.decision == SAME) | (scored.decision == MAYBE))
    starts, neighbours = _adjacency(n, comparison.a[edge], comparison.b[edge])

    def group(root: int) -> Group:
        if root not in groups:
            groups[root] = Group([root], [f[root] for f in facts])
        return groups[root]

    def is_forbidden(one: Group, other: Group) -> bool:
        return bool(forbidden) and any(not forbidden.get(m, _NOTHING).isdisjoint(other.members) for m in one.members)

    def merge(x: int, y: int) -> None:
        into, gone = (x, y) if x < y else (y, x)
        kept, lost = group(into), group(gone)
        kept.members += lost.members
        kept.facts = [p if not q or p is q else p | q for p, q in zip(kept.facts, lost.facts, strict=True)]
        for m in lost.members:
            of[m] = into
        del groups[gone]

    certain = np.flatnonzero((scored.decision == SAME) & ~is_known[comparison.a])
    order = certain[np.lexsort((comparison.b[certain], comparison.a[certain], -scored.score[certain]))]
    for x, y in zip(comparison.a[order].tolist(), comparison.b[order].tolist(), strict=True):
        rx, ry = of[x], of[y]
        if rx == ry:
            continue
        one, other = group(rx), group(ry)
        if any(p and q and p.isdisjoint(q) for p, q in zip(one.facts, other.facts, strict=True)):
            continue
        if _supported(one, other, starts, neighbours, of, weights.support) and not is_forbidden(one, other):
            merge(rx, ry)
    for x, y in sorted((min(p), max(p)) for p in must_link if not is_known[p[0]]):
        if of[x] != of[y] and not is_forbidden(group(of[x]), group(of[y])):
            merge(of[x], of[y])
    return np.asarray(of, dtype=np.int64)


def _adjacency(n: int, a: Codes, b: Codes) -> tuple[list[int], Codes]:
    """(where the neighbours of each record start, the neighbours)."""
    both = np.concatenate([a, b])
    order = np.argsort(both, kind="stable")
    return np.searchsorted(both[order], np.arange(n + 1)).tolist(), np.concatenate([b, a])[order]


def _supported(one: Group, other: Group, starts: list[int], neighbours: Codes, of: list[int], share: float) -> bool:
    """Whether enough of the cross-pairs are edges."""
    sizes = len(one.members), len(other.members)
    needed = math.ceil(share * sizes[0] * sizes[1] - 1e-9)
    if needed <= 1:
        return True
    if min(sizes) == 1:
        needed = min(needed, ENOUGH)
    small, large = (one, other) if sizes[0] <= sizes[1] else (other, one)
    goal = of[large.members[0]]
    count = 0
    for m in small.members:
        for k in neighbours[starts[m] : starts[m + 1]].tolist():
            if of[k] == goal:
                count += 1
                if count >= needed:
                    return True
    return False
