"""Groups records into organisations: best edge first, under constraints that whole groups carry.

Connected components would join strangers through one wrong edge; here a group remembers every register number,
place, level, umbrella and section of its members and joins no group that contradicts it. Two groups also need
support: a share of all their cross-pairs must be edges, so that one weak bridge never joins two strong groups.

Records that are all edges to one another and contradict nobody among them are one group whatever the order; these are
most. The merge loop over the others is plain Python because each step depends on the one before it. It runs only over
edges above the threshold, never over pairs or records squared.
"""

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.dedupe.coding import Bools, Codes, components, distinct
from pipeline.dedupe.comparison import Comparison
from pipeline.dedupe.constraints import Constraints, Facts
from pipeline.dedupe.scoring import MAYBE, SAME, Scored
from pipeline.dedupe.weights import Weights

Numbers = npt.NDArray[np.int64]
ENOUGH = 3
"""Edges that always suffice for a single record to join a group, however large."""


@dataclass(slots=True)
class Group:
    """One growing organisation."""

    members: list[int]
    facts: Facts
    """Per constraint the values its members tell; two groups contradict when both tell and share none."""


def cluster(
    constraints: Constraints,
    comparison: Comparison,
    scored: Scored,
    weights: Weights,
    must_link: Collection[tuple[int, int]] = (),
    must_not_link: Collection[tuple[int, int]] = (),
    known: tuple[Bools, Numbers] | None = None,
) -> Numbers:
    """For each record the row of the smallest record of its organisation.

    `must_link` joins the two groups that were formed, whatever the constraints say: that is what a person was asked.
    `must_not_link` keeps apart whatever the score says (and wins over a chain of `must_link`). Both hold row numbers.
    Rows are in the order of `record_id`, so that ties break the same way however the records came. `known` tells which
    records stay in the group of which root; nothing may connect them to the others.
    """
    n = len(constraints)
    groups: dict[int, Group] = {}
    root = np.arange(n, dtype=np.int64) if known is None else known[1].copy()
    is_known = np.zeros(n, dtype=bool) if known is None else known[0]
    forbidden: dict[int, set[int]] = {}
    for x, y in must_not_link:
        forbidden.setdefault(x, set()).add(y)
        forbidden.setdefault(y, set()).add(x)
    edge = np.flatnonzero((scored.decision == SAME) | (scored.decision == MAYBE))
    certain = np.flatnonzero((scored.decision == SAME) & ~is_known[comparison.a])
    label = components(n, comparison.a[certain].astype(np.int64), comparison.b[certain].astype(np.int64))
    judged = np.array([x for p in (must_link, must_not_link) for pair in p for x in pair], dtype=np.int64)
    clear = _clear(constraints, label, comparison.a[edge], comparison.b[edge], judged)
    if weights.support > 1:  # not even all cross-pairs suffice
        clear[:] = False
    root[clear] = label[clear]
    of: list[int] = root.tolist()
    certain = certain[~clear[comparison.a[certain]]]
    edge = edge[~clear[comparison.a[edge]]]
    starts, neighbours = _adjacency(n, comparison.a[edge], comparison.b[edge])
    open_ = distinct(np.concatenate([comparison.a[certain], comparison.b[certain], judged]))
    facts = dict(zip(open_.tolist(), constraints.facts(open_), strict=True))

    def group(root: int) -> Group:
        if root not in groups:
            groups[root] = Group([root], facts[root])
        return groups[root]

    def is_forbidden(one: Group, other: Group) -> bool:
        return bool(forbidden) and any(
            not forbidden[m].isdisjoint(other.members) for m in one.members if m in forbidden
        )

    def merge(x: int, y: int) -> None:
        into, gone = (x, y) if x < y else (y, x)
        kept, lost = group(into), group(gone)
        kept.members += lost.members
        kept.facts = [p if not q or p is q else p | q for p, q in zip(kept.facts, lost.facts, strict=True)]
        for m in lost.members:
            of[m] = into
        del groups[gone]

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


def _clear(constraints: Constraints, label: Numbers, a: Codes, b: Codes, judged: Numbers) -> Bools:
    """Records of components in which every two are an edge, no constraint has two values and nobody judged anything.

    `label` is the smallest record of each component; `a, b` are all edges.
    """
    n = len(label)
    size = np.bincount(label, minlength=n)
    edges = np.bincount(label[a[label[a] == label[b]]], minlength=n)
    clear = (size > 1) & (edges == size * (size - 1) // 2)
    clear[label[judged]] = False
    clear[label[np.array(list(constraints.several), dtype=np.int64)]] = False
    rows = np.flatnonzero(clear[label])
    rows = rows[np.argsort(label[rows], kind="stable")]
    if not len(rows):
        return clear
    starts = np.flatnonzero(np.append(True, label[rows][1:] != label[rows][:-1]))
    for column in constraints.codes:
        codes = column[rows].astype(np.int64)
        least = np.minimum.reduceat(np.where(codes < 0, np.iinfo(np.int64).max, codes), starts)
        most = np.maximum.reduceat(codes, starts)
        clear[label[rows[starts[(most >= 0) & (least != most)]]]] = False
    return clear[label]


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
