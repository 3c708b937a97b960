"""Columns as arrays of small integers, so that millions of pairs are compared without touching a string."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.transform.names.word_lists import flat as in_one

Codes = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]
Padded = tuple[Codes, pa.Array]
"""A row of codes per record, and the values."""
WIDTH = 6
"""Values of a list that are compared; records with more of a kind are lists of contacts, not one body's."""


def coded(column: Any) -> tuple[Codes, list[str]]:
    """(code per row, -1 for null; the values)."""
    code, values = numbered(column)
    return code, values.to_pylist()


def numbered(column: Any) -> tuple[Codes, pa.Array]:
    """As `coded`, with the values as a column."""
    encoded = in_one(column).dictionary_encode()
    return np.asarray(encoded.indices.fill_null(-1), dtype=np.int32), encoded.dictionary


def codes_of(column: Any) -> Codes:
    """Code per row, -1 for null, where nobody asks for the values."""
    return numbered(column)[0]


def filled(code: Codes, values: pa.Array) -> Codes:
    """The codes where an empty text counts as nothing."""
    empty = pc.index(values, "").as_py()
    return np.where(code == empty, np.int32(-1), code) if empty >= 0 else code


def listed(column: Any) -> tuple[Numbers, Codes, pa.Array]:
    """(row of each value, its code, the values) of a list column; -1 for a null in a list."""
    lists = in_one(column)
    code, values = numbered(pc.list_flatten(lists))
    return np.asarray(pc.list_parent_indices(lists), dtype=np.int64), code, values


def padded(column: Any) -> Padded:
    """(a row of codes per record, padded with -1, the values) of a list column; empty strings count as nothing."""
    rows, code, values = listed(column)
    return in_rows(len(column), rows, filled(code, values)), values


def in_rows(records: int, rows: Numbers, code: Codes) -> Codes:
    """The codes of each row beside one another, padded with -1; `rows` rise.

    At most `WIDTH` wide, and no wider than the longest list.
    """
    count = np.bincount(rows, minlength=records)
    first = np.cumsum(count) - count
    matrix = np.full((records, WIDTH), -1, dtype=np.int32)
    for k in range(min(int(count.max(initial=0)), WIDTH)):
        some = np.flatnonzero(count > k)
        matrix[some, k] = code[first[some] + k]
    used = int(np.flatnonzero((matrix >= 0).any(axis=0)).max(initial=0)) + 1
    return np.ascontiguousarray(matrix[:, :used])


def shared(one: npt.NDArray[np.int32], other: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """For aligned rows of padded codes the first common code, -1 for none."""
    found = np.full(len(one), -1, dtype=np.int32)
    for k in range(one.shape[1]):
        mine = one[:, k]
        hit = (found < 0) & (mine >= 0)
        if hit.any():
            hit &= (other == mine[:, None]).any(axis=1)
            found[hit] = mine[hit]
    return found


def carriers(matrix: npt.NDArray[np.int32], identity: Codes, size: int) -> npt.NDArray[np.int64]:
    """How many different identities carry each code: what ten records of one body share is still that body's."""
    flat = matrix.ravel()
    owner = np.repeat(identity, matrix.shape[1])
    has = flat >= 0
    both = distinct(flat[has].astype(np.int64) << 32 | (owner[has].astype(np.int64) + 1))
    return np.bincount(both >> 32, minlength=size).astype(np.int64)


def distinct(numbers: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The different ones of some whole numbers, rising. `np.unique` hashes them, and took 4 to 20 times as long on
    200 000 to two million."""
    ordered = np.sort(numbers)
    return ordered[np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)]]


def components(n: int, a: Numbers, b: Numbers) -> Numbers:
    """For each row the smallest row that edges connect it to."""
    label = np.arange(n, dtype=np.int64)
    while True:
        low = np.minimum(label[a], label[b])
        new = label.copy()
        np.minimum.at(new, label[a], low)
        np.minimum.at(new, label[b], low)
        new = new[new]
        if np.array_equal(new, label):
            return label
        label = new
