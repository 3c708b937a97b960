"""Which register numbers prove nothing because bodies that cannot be one carry them.

Chapters are often published with their umbrella's Y-tunnus. Such a number is neither proof of identity nor, where
the other record has another number, proof of difference.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.dedupe.coding import Bools, Codes, coded, codes_of, distinct, padded
from pipeline.dedupe.name_vocabulary import L

COLUMNS = ("business_id", "association_number")
MOSTLY = 0.5
"""A number is weak when more than this share of the compared pairs that carry it have unlike names."""
LEAST_PAIRS = 3


@dataclass(frozen=True, slots=True)
class RegisterNumbers:
    """One kind of register number, with what its carriers say of it, whoever is compared."""

    code: Codes
    """Per record; -1 for none."""
    of_several: Bools
    """Per code, whether chapters of different places, different umbrellas or different levels carry it."""


def register_numbers(features: pa.Table) -> dict[str, RegisterNumbers]:
    """Of each column of `COLUMNS`."""
    keys, values = padded(features.column("place_keys"))
    is_town = np.array([v[0] not in "RX" for v in values.to_pylist()] + [False])
    town = np.where(is_town[keys[:, 0]], keys[:, 0], -1)
    told = (town, _level(features), codes_of(features.column("umbrella")))
    found = {}
    for name in COLUMNS:
        code = codes_of(features.column(name))
        several = np.zeros(int(code.max(initial=-1)) + 1, dtype=bool)
        for column in told:
            several |= _variants(code, column, len(several)) > 1
        found[name] = RegisterNumbers(code, several)
    return found


def weak_ids(numbers: RegisterNumbers, a: Codes, b: Codes, name_level: npt.NDArray[np.int8]) -> Bools:
    """Per record: is its number carried by bodies that cannot be one, or mostly by unlike names?"""
    code, size = numbers.code, len(numbers.of_several)
    same = (code[a] == code[b]) & (code[a] >= 0)
    carried = code[a[same]]
    unlike = np.isin(name_level[same], (L["other_number"], L["different"], L["one_empty"]))
    pairs = np.bincount(carried, minlength=size)
    bad = np.bincount(carried, weights=unlike.astype(float), minlength=size)
    weak = numbers.of_several | ((pairs >= LEAST_PAIRS) & (bad > MOSTLY * pairs))
    return np.append(weak, False)[code]


def _level(features: pa.Table) -> Codes:
    code, values = coded(features.column("level"))
    return np.where(code == values.index("section"), -1, code) if "section" in values else code


def _variants(code: Codes, column: npt.NDArray[np.int32], size: int) -> npt.NDArray[np.int64]:
    """Number of different values of `column` per code."""
    has = (code >= 0) & (column >= 0)
    both = distinct(code[has].astype(np.int64) << 32 | column[has].astype(np.int64))
    return np.bincount(both >> 32, minlength=size)
