"""What a person is asked: one question for two groups in doubt, the surest first, no more than a person can read.

Once groups are formed, doubt is between groups: "are these two one organisation?" is one question however many pairs
of records lie between them, and it is shown by its best pair. A yes joins the two groups. So of all pairs between two
groups at most one stays "maybe"; those inside a group are decided, and those that nobody is asked about are different.

Also asked: where a finding that decides alone (another Y-tunnus, another place) stands against everything else, see
`doubt` of the rules in the weights file, and where two groups contradict one another although a pair of them agrees.
"""

import numpy as np
import numpy.typing as npt

from pipeline.dedupe.calibration import worth
from pipeline.dedupe.coding import distinct
from pipeline.dedupe.comparison import Comparison
from pipeline.dedupe.constraints import Constraints
from pipeline.dedupe.scoring import DIFFERENT, MAYBE, SAME, Scored
from pipeline.dedupe.weights import Weights

FEWEST = 20
"""Records that may stand in questions however short the list is."""
CONTRADICTION = 3.0
"""Bits by which a contradiction of their other members lessens the odds that two groups are one."""

Numbers = npt.NDArray[np.int64]


def settled(
    constraints: Constraints, comparison: Comparison, scored: Scored, weights: Weights, root: Numbers
) -> Scored:
    """The decisions after grouping: maybe for the pairs that a person is asked about, and for no other.

    `root` holds the group of each record. Inside a group a maybe becomes same, between groups same and unasked maybe
    become different; the rule is then `group`. Judgements stand.
    """
    a, b = comparison.a, comparison.b
    apart = root[a] != root[b]
    doubtful = (scored.decision == SAME) | (scored.decision == MAYBE)
    decision, rule = scored.decision.copy(), scored.rule.copy()
    names = (*scored.rules, "group")
    is_judged = np.array([r.startswith("must_") for r in names], dtype=bool)[rule]
    inside = ~apart & (decision == MAYBE)
    between = apart & doubtful & ~is_judged
    decision[inside], rule[inside & (rule == 0)] = SAME, len(scored.rules)
    decision[between] = DIFFERENT
    rule[between & (rule == 0)] = len(scored.rules)
    doubt = np.full(len(a), -np.inf) if scored.doubt is None else scored.doubt
    open_ = (scored.rule == 0) | (doubt > -np.inf)
    rows = np.flatnonzero(apart & ~is_judged & open_)
    bits = np.where(doubt[rows] > -np.inf, doubt[rows], worth(scored.score[rows], weights.calibration))
    rows, bits = rows[bits >= weights.ask], bits[bits >= weights.ask]
    rows = _asked(constraints, comparison, rows, bits, root, max(FEWEST, weights.budget * len(constraints)))
    decision[rows] = MAYBE
    rule[rows] = scored.rule[rows]
    return Scored(scored.score, decision, rule, names, scored.without_rule, scored.doubt)


def _asked(
    constraints: Constraints,
    comparison: Comparison,
    rows: Numbers,
    bits: npt.NDArray[np.float64],
    root: Numbers,
    most: float,
) -> Numbers:
    """The best pair of each two groups, surest first, until `most` records stand in one; `bits` are those of `rows`."""
    if not len(rows):
        return rows
    x, y = root[comparison.a[rows]], root[comparison.b[rows]]
    low, high = np.minimum(x, y), np.maximum(x, y)
    order = np.lexsort((rows, -bits, high, low))
    low, high = low[order], high[order]
    best = np.r_[True, (low[1:] != low[:-1]) | (high[1:] != high[:-1])]
    order, low, high = order[best], low[best], high[best]
    rows = rows[order]
    sure = bits[order] - CONTRADICTION * _contradict(constraints, root, low, high)
    order = np.lexsort((rows, -sure))
    rows = rows[order]
    both = np.stack([comparison.a[rows], comparison.b[rows]], 1).ravel()
    first = np.zeros(len(both), dtype=np.int64)
    first[np.unique(both, return_index=True)[1]] = 1
    return rows[np.cumsum(first.reshape(-1, 2).sum(1)) <= most]


def _contradict(constraints: Constraints, root: Numbers, low: Numbers, high: Numbers) -> npt.NDArray[np.bool_]:
    """Whether two groups tell of something and agree in no value of it."""
    wanted = np.zeros(len(root), dtype=bool)
    wanted[low] = wanted[high] = True
    found = np.zeros(len(low), dtype=bool)
    for row, value in constraints.told():
        asked = wanted[root[row]]
        both = distinct(root[row[asked]] << 32 | value[asked])
        if not len(both):
            continue
        group = both >> 32
        starts, ends = np.searchsorted(group, low), np.searchsorted(group, low, side="right")
        theirs_at = np.minimum(np.searchsorted(group, high), len(group) - 1)
        tells = (ends > starts) & (group[theirs_at] == high)
        pair = np.repeat(np.arange(len(low)), ends - starts)
        nth = np.arange(len(pair)) - np.repeat(np.cumsum(ends - starts) - (ends - starts), ends - starts)
        theirs = high[pair] << 32 | both[starts[pair] + nth] & 0xFFFFFFFF
        shared = both[np.minimum(np.searchsorted(both, theirs), len(both) - 1)] == theirs
        found |= tells & (np.bincount(pair[shared], minlength=len(low)) == 0)
    return found
