"""From decisions on pairs to groups: the surest first, and only where nothing across two groups speaks against it."""

from collections import defaultdict

import numpy as np
import numpy.typing as npt

from pipeline.dedupe.coding import Bools, Codes

Scores = npt.NDArray[np.float64]
Decisions = npt.NDArray[np.int8]


def ambiguous(
    a: Codes, b: Codes, score: Scores, decision: Decisions, source: Codes, *, same: int, maybe: int, margin: float
) -> Bools:
    """Pairs that look like one service while another record of the same source fits nearly as well.

    Two records of one source that are one service themselves (twins) do not compete.
    """
    rows = np.flatnonzero((decision == same) | (decision == maybe))
    fits: dict[tuple[int, int], list[tuple[float, int]]] = defaultdict(list)
    twins: set[tuple[int, int]] = set()
    for i in rows.tolist():
        x, y = int(a[i]), int(b[i])
        if source[x] == source[y]:
            if decision[i] == same:
                twins.add((x, y))
            continue
        fits[x, int(source[y])].append((float(score[i]), y))
        fits[y, int(source[x])].append((float(score[i]), x))
    doubtful = np.zeros(len(a), dtype=bool)
    for i in rows[decision[rows] == same].tolist():
        x, y = int(a[i]), int(b[i])
        if source[x] == source[y]:
            continue
        for here, there in ((x, y), (y, x)):
            for other_score, other in fits[here, int(source[there])]:
                pair = (min(there, other), max(there, other))
                if other != there and other_score > score[i] - margin and pair not in twins:
                    doubtful[i] = True
    return doubtful


def grouped(
    n: int, a: Codes, b: Codes, score: Scores, decision: Decisions, *, same: int, different: int,
    first: list[tuple[int, int]],
) -> npt.NDArray[np.int64]:  # fmt: skip
    """For each row the smallest row of its group.

    Pairs that are the same join their groups, `first` those that people joined, then by falling score; two groups
    stay apart when a pair across them is different or was not compared, unless a person joined one of the two with a
    record of its group that fits. Ties go by row number, so that the order of
    records does not matter.
    """
    near = {(int(x), int(y)) for x, y, d in zip(a, b, decision, strict=True) if d != different}
    friends: dict[int, list[int]] = defaultdict(list)
    for x, y in first:
        friends[x].append(y)
        friends[y].append(x)

    def fit(u: int, v: int) -> bool:
        through = [(u, w) for w in friends[v]] + [(w, v) for w in friends[u]] if friends else []
        return any((min(p), max(p)) in near for p in [(u, v), *through])

    members: dict[int, list[int]] = {}
    root = np.arange(n, dtype=np.int64)
    rows = np.flatnonzero(decision == same)
    order = rows[np.lexsort((b[rows], a[rows], -score[rows]))]
    pairs = [p for p in first if p in near] + [(int(a[i]), int(b[i])) for i in order]
    for number, (x, y) in enumerate(pairs):
        p, q = sorted((int(root[x]), int(root[y])))
        if p == q:
            continue
        one, other = members.get(p, [p]), members.get(q, [q])
        judged = number < len(first)
        if not judged and not all(fit(u, v) for u in one for v in other):
            continue
        members[p] = one + other
        members.pop(q, None)
        root[other] = p
    return root
