"""What a score means as a probability, read from pairs whose answer is known: a rising line through a few points.

Isotonic regression by pooling neighbours that are out of order, thinned to at most `POINTS`, so that the result is
short enough to stand in the weights file. Scores beyond the points keep the odds that their bits say, continued from
the last point.
"""

import numpy as np
import numpy.typing as npt

from pipeline.dedupe.coding import Bools

Points = tuple[tuple[float, float], ...]
"""(score, bits that it is worth), both rising."""
POINTS = 12
IMAGINED = 20.0
"""Answers imagined in each point, split as the score itself says, so that few answers change little."""


def calibrated(score: npt.NDArray[np.float64], same: Bools) -> Points:
    """The points for pairs of which the answers are known; none for fewer than ten pairs per point."""
    if len(score) < 10 * POINTS:
        return ()
    edges = np.unique(np.quantile(score, np.linspace(0, 1, 4 * POINTS + 1)))
    spaced = np.linspace(max(score.min(), -10), min(score.max(), 12), 2 * POINTS)
    edges = np.unique(np.round(np.concatenate([edges, spaced]), 3))
    bin_ = np.clip(np.searchsorted(edges, score, side="right") - 1, 0, len(edges) - 1)
    n = np.bincount(bin_, minlength=len(edges)).astype(float)
    yes = np.bincount(bin_, weights=same, minlength=len(edges))
    mean = np.bincount(bin_, weights=score, minlength=len(edges))
    pools: list[list[float]] = []
    for k in np.flatnonzero(n):
        pools.append([float(yes[k]), float(n[k]), float(mean[k])])
        while len(pools) > 1 and pools[-2][0] * pools[-1][1] >= pools[-1][0] * pools[-2][1]:
            last = pools.pop()
            pools[-1] = [a + b for a, b in zip(pools[-1], last, strict=True)]
    points = [(s / c, _worth(s / c, y, c)) for y, c, s in pools]
    kept = [points[i] for i in sorted({round(i) for i in np.linspace(0, len(points) - 1, POINTS)})]
    rising = [kept[0]]
    for s, b in kept[1:]:
        if s > rising[-1][0] and b > rising[-1][1]:
            rising.append((s, b))
    return tuple((round(s, 3), round(b, 3)) for s, b in rising)


def _worth(score: float, yes: float, n: float) -> float:
    chance = float(probability(np.array([score]), ())[0])
    return float(np.log2((yes + IMAGINED * chance) / (n - yes + IMAGINED * (1 - chance))))


def worth(score: npt.NDArray[np.float64], points: Points) -> npt.NDArray[np.float64]:
    """The bits that scores are worth; themselves without points."""
    if not points:
        return score
    at, bits = np.array(points).T
    found = np.interp(score, at, bits)
    for beyond, end in ((score < at[0], 0), (score > at[-1], -1)):
        rows = np.flatnonzero(beyond)
        found[rows] = bits[end] + (score[rows] - at[end])
    return found


def probability(score: npt.NDArray[np.float64], points: Points) -> npt.NDArray[np.float64]:
    """The probability that a pair of this score is one organisation."""
    return np.asarray(1.0 / (1.0 + np.exp2(-np.clip(worth(score, points), -60, 60))))


def expected_error(chance: npt.NDArray[np.float64], same: Bools, bins: int = 10) -> float:
    """Expected calibration error: how far probabilities are from the share that is true, on average over the pairs."""
    at = np.minimum((chance * bins).astype(int), bins - 1)
    n = np.bincount(at, minlength=bins)
    gap = np.abs(np.bincount(at, weights=chance, minlength=bins) - np.bincount(at, weights=same, minlength=bins))
    return float(gap.sum() / max(n.sum(), 1))
