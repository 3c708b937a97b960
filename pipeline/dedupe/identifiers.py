"""Which register numbers prove nothing because bodies that cannot be one carry them.

Chapters are often published with their umbrella's Y-tunnus. Such a number is neither proof of identity nor, where
the other record has another number, proof of difference.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.dedupe.coding import Codes, coded, codes_of, distinct, padded
from pipeline.dedupe.name_similarity import L

MOSTLY = 0.5
"""A number is weak when more than this share of the compared pairs that carry it have unlike names."""
LEAST_PAIRS = 3


def weak_ids(
    features: pa.Table, code: Codes, a: Codes, b: Codes, name_level: npt.NDArray[np.int8]
) -> npt.NDArray[np.bool_]:
    """Per record: is its number carried by chapters of different places, by different umbrellas, by different
    levels, or mostly by unlike names? `code` is the coded identifier column, -1 for none."""
    size = int(code.max(initial=-1)) + 1
    weak = np.zeros(size + 1, dtype=bool)
    keys, values = padded(features.column("place_keys"))
    is_town = np.array([v[0] not in "RX" for v in values] + [False])
    first = keys[:, 0]
    for column in (np.where(is_town[first], first, -1), _level(features), codes_of(features.column("umbrella"))):
        weak[:size] |= _variants(code, column, size) > 1
    same = (code[a] == code[b]) & (code[a] >= 0)
    carried = code[a[same]]
    unlike = np.isin(name_level[same], (L["other_number"], L["different"], L["one_empty"]))
    pairs = np.bincount(carried, minlength=size)
    bad = np.bincount(carried, weights=unlike.astype(float), minlength=size)
    weak[:size] |= (pairs >= LEAST_PAIRS) & (bad > MOSTLY * pairs)
    return weak[code]


def _level(features: pa.Table) -> Codes:
    code, values = coded(features.column("level"))
    return np.where(code == values.index("section"), -1, code) if "section" in values else code


def _variants(code: Codes, column: npt.NDArray[np.int32], size: int) -> npt.NDArray[np.int64]:
    """Number of different values of `column` per code."""
    has = (code >= 0) & (column >= 0)
    both = distinct(code[has].astype(np.int64) << 32 | column[has].astype(np.int64))
    return np.bincount(both >> 32, minlength=size)
