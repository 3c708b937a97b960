"""Pairs that say the same are one pattern: a few thousand stand for all the pairs that weights are learned from.

Belongs here: which levels are learned, which patterns of them there are, and sums over patterns. The learning itself is
in `learning`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.dedupe.coding import Numbers
from pipeline.dedupe.comparison import VOCABULARY, Comparison
from pipeline.dedupe.weights import Weights

TEACHER = "business_id"
UNTAUGHT = (TEACHER, "association_number")
VETO = -13.0
SILENT = ("missing", "none", "nameless")
"""Levels that say nothing and therefore weigh what the base says: a missing value is no evidence."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Patterns:
    """The different patterns of some pairs."""

    levels: list[tuple[str, int]]
    """What is learned: feature and level, counted from 1 in `positions`."""
    positions: Numbers
    """Per pattern a row with the level of each feature, 0 for one that is not learned."""
    of_pair: Numbers
    """The pattern of each pair, -1 where a level that is not learned decides."""


def patterns_of(comparison: Comparison, rows: Numbers, base: Weights) -> Patterns:
    """The patterns of some pairs of the comparison."""
    taught = {f: levels for f, levels in VOCABULARY.items() if f not in UNTAUGHT}
    columns = [
        (feature, i)
        for feature, levels in taught.items()
        for i in range(len(levels))
        if base.bits[feature][i] > VETO and levels[i] not in SILENT
    ]
    place = {c: k for k, c in enumerate(columns, start=1)}
    at = {f: np.array([place.get((f, i), 0) for i in range(len(levels))]) for f, levels in taught.items()}
    hard = np.zeros(len(rows))
    code = np.zeros(len(rows), dtype=np.int64)  # one number per pattern, in the order of its positions
    for feature, levels in taught.items():
        level = comparison.levels[feature][rows]
        hard += np.where(at[feature] == 0, np.asarray(base.bits[feature]), 0.0)[level]
        code = code * (len(levels) + 1) + np.where(at[feature] > 0, np.arange(1, len(levels) + 1), 0)[level]
    usable = np.flatnonzero(hard == 0)
    _, first, back = np.unique(code[usable], return_index=True, return_inverse=True)
    shown = rows[usable[first]]
    of_pair = np.full(len(rows), -1, dtype=np.int64)
    of_pair[usable] = back.ravel()
    return Patterns(columns, np.stack([at[f][comparison.levels[f][shown]] for f in taught], axis=1), of_pair)


def summed(positions: Numbers, worth: Floats, size: int) -> Floats:
    """Per level the worth of the patterns that have it; in place 0 that of all.

    Counted, not multiplied as matrices: the threads of a BLAS library wait longer for one another than this takes.
    """
    found = np.zeros(size)
    found += np.bincount(positions.ravel(), weights=np.repeat(worth, positions.shape[1]), minlength=size)
    found[0] = worth.sum()
    return found


def cells_of(positions: Numbers, size: int) -> Numbers:
    """For every two features, the first first, a row with the cell of each pattern in a matrix of levels."""
    one, other = np.triu_indices(positions.shape[1])
    features = np.ascontiguousarray(positions.T)
    return np.asarray(features[one] * size + features[other])


def crossed(positions: Numbers, cells: Numbers, worth: Floats, size: int) -> Floats:
    """Per two levels the worth of the patterns that have both; in row and column 0 as `summed`."""
    half = np.bincount(cells.ravel(), weights=np.tile(worth, len(cells)), minlength=size * size).reshape(size, size)
    square: Floats = np.asarray(half + half.T, dtype=np.float64)
    square[np.diag_indices(size)] = half.diagonal()
    square[0] = square[:, 0] = summed(positions, worth, size)
    return square
