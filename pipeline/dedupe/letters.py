"""Whether an abbreviation that is a whole name (KuPS) fits one body of those it was compared with, or several."""

import numpy as np
import numpy.typing as npt

from pipeline.dedupe.coding import Bools, Codes, components
from pipeline.dedupe.name_similarity import L
from pipeline.dedupe.name_table import NameTable

LETTERS = ("none", "of_several", "of_one")


def bare_pairs(table: NameTable, a: Codes, b: Codes, name: npt.NDArray[np.int8]) -> Bools:
    """Pairs in which one name is nothing but the abbreviation of the other. It tells no more than its letters: that it
    does not say "tuki" proves nothing."""
    return (name == L["abbreviation"]) & ((table.alone[a] >= 0) | (table.alone[b] >= 0))


def letters(table: NameTable, a: Codes, b: Codes, bare: Bools, akin: Bools) -> npt.NDArray[np.int8]:
    """Level in `LETTERS` of each pair. `akin` are pairs that are roughly one body, however its name is worded."""
    level = np.zeros(len(a), dtype=np.int8)
    rows = np.flatnonzero(bare)
    if not len(rows):
        return level
    body = components(len(table.alone), a[akin].astype(np.int64), b[akin].astype(np.int64))
    first = table.alone[a[rows]] >= 0
    short, other = np.where(first, a[rows], b[rows]), np.where(first, b[rows], a[rows])
    both = np.unique(short.astype(np.int64) << 32 | body[other])
    several = np.bincount(both >> 32, minlength=len(body)) > 1
    level[rows] = np.where(several[short], 1, 2)
    return level
