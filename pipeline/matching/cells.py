"""Columns of cells, and functions of one value applied to all of them: each distinct value is read once.

A list of a hundred thousand rows has a few hundred municipalities; Python runs over those, Arrow over the rows.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

TEXT, MANY = pa.string(), pa.list_(pa.string())

Rows = npt.NDArray[np.int64]
Lists = Callable[[pa.Array], pa.Array]
"""Distinct texts -> a list of texts for each."""


def one(column: Any) -> pa.Array:
    """A column in one piece."""
    if isinstance(column, pa.ChunkedArray):
        return column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    return column


def mapped(column: pa.Array, read: Callable[[str], str | None]) -> pa.Array:
    """The column with `read` applied to each distinct text; null stays null."""
    encoded = column.dictionary_encode()
    values = pa.array([read(value) for value in encoded.dictionary.to_pylist()], TEXT)
    return values.take(encoded.indices)


def flat(columns: Sequence[pa.Array]) -> tuple[Rows, pa.Array]:
    """(row, text) of every filled cell of several columns; a cell may hold a list."""
    rows: list[Rows] = []
    values: list[pa.Array] = []
    for column in columns:
        if pa.types.is_list(column.type):
            rows.append(np.asarray(pc.list_parent_indices(column), dtype=np.int64))
            column = pc.list_flatten(column)
        else:
            rows.append(np.arange(len(column), dtype=np.int64))
        values.append(column)
    if not values:
        return np.zeros(0, np.int64), pa.array([], TEXT)
    every = pa.concat_arrays(values)
    filled = np.asarray(pc.is_valid(every))
    return np.concatenate(rows)[filled], every.filter(pa.array(filled))


def gathered(columns: Sequence[pa.Array], n: int, read: Lists) -> pa.Array:
    """For each of `n` rows the distinct texts that `read` finds in its cells, in order."""
    return grouped(*expanded(columns, read), n)


def expanded(columns: Sequence[pa.Array], read: Lists) -> tuple[Rows, pa.Array]:
    """(row, text) of everything that `read` finds in the cells."""
    rows, values = flat(columns)
    encoded = values.dictionary_encode()
    cells = read(encoded.dictionary).take(encoded.indices)
    return rows[np.asarray(pc.list_parent_indices(cells), dtype=np.int64)], pc.list_flatten(cells)


def grouped(rows: Rows, values: pa.Array, n: int) -> pa.Array:
    """Lists of the distinct texts of each row, in the order of the alphabet."""
    encoded = values.dictionary_encode()
    width = max(len(encoded.dictionary), 1)
    rank = np.empty(len(encoded.dictionary), dtype=np.int64)
    order = np.asarray(pc.sort_indices(encoded.dictionary), dtype=np.int64)
    rank[order] = np.arange(len(order))
    found = np.unique(rows * width + rank[np.asarray(encoded.indices, dtype=np.int64)])
    offsets = np.searchsorted(found // width, np.arange(n + 1)).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), encoded.dictionary.take(pa.array(order[found % width])))


def lists_of(values: Iterable[Iterable[str]]) -> pa.Array:
    """A list array of Python lists."""
    return pa.array([list(v) for v in values], MANY)
