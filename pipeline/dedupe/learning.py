"""Weights learned from the data at hand, without anybody's truth.

A Y-tunnus that agrees says that two records are one organisation, two valid ones that differ say that they are not,
whatever else the records say. Over those pairs, and over the pairs that people judged, a logistic regression finds
the bits of each level; unlike counting level by level it does not count twice what two features both say (a name and
its full form). Every number is drawn towards the shipped one as if that had been seen with a spread of `SPREAD` bits:
a small list keeps the defaults, a large one speaks for itself.

Not learned: the register numbers themselves (they are the teacher), vetoes (`VETO` bits and below), thresholds, rules.
What is learned, and which pairs say the same, is told by `patterns`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.dedupe.blocking import candidate_pairs
from pipeline.dedupe.calibration import calibrated
from pipeline.dedupe.coding import Bools
from pipeline.dedupe.comparison import VOCABULARY, Comparison, compare
from pipeline.dedupe.features import features
from pipeline.dedupe.name_vocabulary import L
from pipeline.dedupe.patterns import TEACHER, UNTAUGHT, Patterns, cells_of, crossed, patterns_of, summed
from pipeline.dedupe.scoring import bits_of
from pipeline.dedupe.weights import Origin, Weights, load_weights

SPREAD = 1.0
"""Bits by which a default may be wrong: the larger, the sooner the data outvote it."""
ODD = 7.0
"""Bits of contradiction from which a number is believed to be the mistake."""
FEWEST = 100
"""Agreeing and differing pairs, of each, below which nothing is learned."""
MOST = 400_000
"""Pairs learned from, about; of more, some are drawn."""
JUDGEMENT = 2.0
"""How many pairs a person's judgement counts for."""
ROUNDS = 25
_BIT = float(np.log(2.0))


@dataclass(frozen=True, slots=True)
class Lesson:
    """Pairs with a known answer: positions in the comparison, the answer, and how much each counts."""

    rows: npt.NDArray[np.int64]
    same: Bools
    count: npt.NDArray[np.float64]

    def is_enough(self) -> bool:
        """Whether both answers are there often enough."""
        return min(int(self.same.sum()), int((~self.same).sum())) >= FEWEST


def learn(records: pa.Table, judgements: pa.Table | None = None, base: Weights | None = None) -> Weights:
    """Weights for these records (columns: `features.INPUT`).

    `judgements` holds `record_id_a, record_id_b, is_same`; `base` is what the numbers are drawn towards, the shipped
    weights when null. Too few pairs with an answer give `base` back, renamed to nothing.
    """
    table = features(records)
    ids = {r: i for i, r in enumerate(table.column("record_id").to_pylist())}
    judged = [
        (ids[j["record_id_a"]], ids[j["record_id_b"]], bool(j["is_same"]))
        for j in (judgements.to_pylist() if judgements is not None else [])
        if j["record_id_a"] in ids and j["record_id_b"] in ids
    ]
    extra = pa.table({"a": [x for x, _, _ in judged], "b": [y for _, y, _ in judged]}) if judged else None
    pairs, _ = candidate_pairs(table, extra)
    return learn_from(compare(table, pairs), base or load_weights(), judged)


def learn_from(comparison: Comparison, base: Weights, judged: Iterable[tuple[int, int, bool]] = ()) -> Weights:
    """As `learn`, from pairs that are compared already."""
    lesson = lesson_of(comparison, judged)
    if not lesson.is_enough():
        return base
    score_without = base.prior + bits_of(comparison, base, lesson.rows, skip=UNTAUGHT)
    # A pair whose number contradicts everything else it says teaches a wrong number, not a wrong weight.
    odd = np.where(lesson.same, -score_without, score_without) > ODD
    lesson = Lesson(lesson.rows[~odd], lesson.same[~odd], lesson.count[~odd])
    half = _mixed(comparison, lesson.rows) >> np.uint64(63) == 0
    held: list[npt.NDArray[np.float64]] = []
    answers: list[Bools] = []
    patterns = patterns_of(comparison, lesson.rows, base)
    for train, test in ((half, ~half), (~half, half)):
        part = _fit(patterns, lesson, train, base)
        held.append(part.prior + bits_of(comparison, part, lesson.rows[test], skip=UNTAUGHT))
        answers.append(lesson.same[test])
    learned = _fit(patterns, lesson, np.ones(len(half), dtype=bool), base)
    return replace(learned, calibration=calibrated(np.concatenate(held), np.concatenate(answers)))


def lesson_of(comparison: Comparison, judged: Iterable[tuple[int, int, bool]] = ()) -> Lesson:
    """The pairs that a Y-tunnus or a person answers.

    An agreeing number teaches only where the names are not plainly two bodies', so that a copied number which
    nothing else gives away does not teach that names mean nothing; and only where another key brought the pair
    together as well, because pairs with differing numbers were all found by other keys.
    """
    level = comparison.levels[TEACHER]
    words = VOCABULARY[TEACHER]
    agree, differ = level == words.index("agree"), level == words.index("differ")
    umbrella = comparison.levels["umbrella"] == VOCABULARY["umbrella"].index("differ")
    agree &= ~(umbrella | (comparison.levels["name"] == L["other_number"]))
    if comparison.by_number is not None:
        agree &= ~comparison.by_number
    rows = np.flatnonzero(agree | differ)
    rows = rows[_mixed(comparison, rows) % np.uint64(len(rows) // MOST + 1) == 0]
    same = agree[rows]
    count = np.ones(len(rows))
    if people := {(min(x, y), max(x, y)): answer for x, y, answer in judged}:
        key = comparison.a.astype(np.int64) << 32 | comparison.b
        wanted = {x << 32 | y: answer for (x, y), answer in people.items()}
        hit = np.flatnonzero(np.isin(key, list(wanted)))
        kept = ~np.isin(rows, hit)
        answers = np.array([wanted[k] for k in key[hit].tolist()], dtype=bool)
        rows, same = np.concatenate([rows[kept], hit]), np.concatenate([same[kept], answers])
        count = np.concatenate([count[kept], np.full(len(hit), JUDGEMENT)])
    return Lesson(rows, same, count)


def _mixed(comparison: Comparison, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
    """A number per pair that looks drawn by lot and belongs to the pair.

    One pair more must not change which pairs are learned from, as it would if every second one were taken.
    """
    pair = comparison.a[rows].astype(np.uint64) << np.uint64(32) | comparison.b[rows].astype(np.uint64)
    for factor in (0xBF58476D1CE4E5B9, 0x94D049BB133111EB):  # the finaliser of SplitMix64
        pair = (pair ^ pair >> np.uint64(30)) * np.uint64(factor)
    return pair ^ pair >> np.uint64(31)


def _fit(patterns: Patterns, lesson: Lesson, taught: Bools, base: Weights) -> Weights:
    """The most probable bits given the base and the pairs of the lesson that are `taught` (Newton's method; the penalty
    makes it convex)."""
    usable = taught & (patterns.of_pair >= 0)  # vetoed pairs are decided; they teach nothing about the rest
    of_pair, same, count = patterns.of_pair[usable], lesson.same[usable], lesson.count[usable]
    size = len(patterns.levels) + 1
    every = np.bincount(of_pair, minlength=len(patterns.positions))
    seen_in = np.flatnonzero(every)
    positions = patterns.positions[seen_in]
    yes, all_ = (np.bincount(of_pair, weights=c, minlength=len(every))[seen_in] for c in (count * same, count))
    centre = np.array([base.prior, *(base.bits[f][i] for f, i in patterns.levels)]) * _BIT
    spread = np.full(size, SPREAD * _BIT)
    beta = centre.copy()
    cells = cells_of(positions, size)
    for _ in range(ROUNDS):
        weight = np.append(0.0, beta[1:])  # position 0 of a pattern is no level; the prior is in all of them
        p = 1.0 / (1.0 + np.exp(-np.clip(beta[0] + weight[positions].sum(1), -40, 40)))
        gradient = summed(positions, yes - all_ * p, size) - (beta - centre) / spread**2
        hessian = crossed(positions, cells, all_ * p * (1 - p), size) + np.diag(1 / spread**2)
        step = np.linalg.solve(hessian, gradient)
        beta += np.clip(step, -3, 3)
        if np.abs(step).max() < 1e-6:
            break
    seen = np.bincount(positions.ravel(), weights=np.repeat(all_, positions.shape[1]), minlength=size)
    bits = {f: list(base.bits[f]) for f in VOCABULARY}
    origins: dict[str, dict[str, Origin]] = {}
    for k, (feature, i) in enumerate(patterns.levels, start=1):
        bits[feature][i] = round(float(beta[k] / _BIT), 3)
        name = VOCABULARY[feature][i]
        origins.setdefault(feature, {})[name] = Origin(int(seen[k]), base.bits[feature][i], bits[feature][i])
    return replace(
        base,
        id="learned",
        prior=round(float(beta[0] / _BIT), 3),
        bits={f: tuple(b) for f, b in bits.items()},
        origins=origins,
        pairs=(int(same.sum()), int((~same).sum())),
    )
