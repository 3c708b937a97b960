"""Lists of words as columns of codes, so that Python sees each distinct word once and never a list."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
TEXT = pa.string()
ListedWords = tuple[Ints, Ints, list[str]]
"""Row of each word, its code, the distinct words."""


def flat(column: Any) -> Any:
    """A column in one piece."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def words_of(lists: pa.Array) -> ListedWords:
    """The words of a column of lists."""
    encoded = pc.list_flatten(lists).dictionary_encode()
    rows = np.asarray(pc.list_parent_indices(lists), dtype=np.int64)
    return rows, np.asarray(encoded.indices, dtype=np.int64), encoded.dictionary.to_pylist()


def offsets_of(rows: Ints, lists: int) -> pa.Array:
    """Where the values of each of so many lists begin, and where the last ends; `rows` tells whose each value is."""
    ends = np.cumsum(np.bincount(rows, minlength=lists))
    return pa.array(np.concatenate([[0], ends]).astype(np.int32))


def joined(lists: pa.Array, of: Callable[[str], str] | None = None) -> pa.Array:
    """Per list its words (or what `of` makes of them) in the order of the alphabet, parted by spaces."""
    return in_order(words_of(lists), len(lists), of)


def in_order(words: ListedWords, lists: int, of: Callable[[str], str] | None = None) -> pa.Array:
    """As `joined`, of the words of so many lists."""
    rows, code, values = words
    texts = pa.array(values if of is None else [of(v) for v in values], TEXT).dictionary_encode()
    order = pc.array_sort_indices(texts.dictionary)
    rank = np.empty(len(order), dtype=np.int64)
    rank[np.asarray(order)] = np.arange(len(order))
    size = max(len(order), 1)
    key = np.sort(rows * size + rank[np.asarray(texts.indices, dtype=np.int64)][code])
    ordered = texts.dictionary.take(order).take(pa.array(key % size))
    return pc.binary_join(pa.ListArray.from_arrays(offsets_of(rows, lists), ordered), " ")


def spoken(lists: pa.Array) -> pa.Array:
    """Per list its words in their order, parted by spaces."""
    return pc.binary_join(lists, " ")


def digits_of(texts: Any) -> Any:
    """The digits of each text, null for none; few texts have any."""
    encoded = flat(texts).dictionary_encode()
    values = encoded.dictionary
    has = pc.match_substring_regex(values, "[0-9]")
    found = pc.replace_substring_regex(values.filter(has), pattern="[^0-9]", replacement="")
    return exchanged(pa.nulls(len(values), TEXT), np.flatnonzero(np.asarray(has)), found).take(encoded.indices)


def letters_and_digits(texts: pa.Array) -> pa.Array:
    """Folded texts without anything else; few have any."""
    has = pc.match_substring_regex(texts, "[^a-z0-9]")
    found = pc.replace_substring_regex(texts.filter(has), pattern="[^a-z0-9]", replacement="")
    return exchanged(texts, np.flatnonzero(np.asarray(has)), found)


def codes(*columns: Any) -> Ints:
    """One number per row for the combination of its values, counted as they appear; null is a value of its own."""
    found = np.zeros(len(columns[0]), dtype=np.int64)
    for column in columns:
        encoded = flat(column).dictionary_encode()
        code = np.asarray(encoded.indices.fill_null(-1), dtype=np.int64) + 1
        combined = pa.array(found * (len(encoded.dictionary) + 1) + code).dictionary_encode()
        found = np.asarray(combined.indices, dtype=np.int64)
    return found


def replaced(column: Any, rows: Ints, values: list[Any]) -> pa.Array:
    """The column with other values in some rows."""
    old = flat(column)
    return exchanged(old, rows, pa.array(values, old.type))


def exchanged(old: pa.Array, rows: Ints, values: pa.Array) -> pa.Array:
    """As `replaced`, of arrays."""
    if not len(rows):
        return old
    index = np.arange(len(old))
    index[rows] = len(old) + np.arange(len(rows))
    return pa.concat_arrays([old, values]).take(pa.array(index))
