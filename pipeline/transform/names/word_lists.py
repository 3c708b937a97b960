"""Lists of words as columns of codes, so that Python sees each distinct word once and never a list."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[np.int64]
TEXT = pa.string()


def flat(column: Any) -> Any:
    """A column in one piece; one that is has nothing copied."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def coded_words(lists: pa.Array) -> tuple[Ints, Ints, pa.Array]:
    """(the list of each word, the code of the word, the distinct words) of a column of lists."""
    encoded = pc.list_flatten(lists).dictionary_encode()
    rows = np.asarray(pc.list_parent_indices(lists), dtype=np.int64)
    return rows, np.asarray(encoded.indices, dtype=np.int64), encoded.dictionary


def offsets_of(rows: Ints, lists: int) -> pa.Array:
    """Where the values of each of so many lists begin, and where the last ends; `rows` tells whose each value is."""
    ends = np.cumsum(np.bincount(rows, minlength=lists))
    return pa.array(np.concatenate([[0], ends]).astype(np.int32))


def joined(lists: pa.Array) -> pa.Array:
    """Per list its words in the order of the alphabet, parted by spaces."""
    return in_order_of(*coded_words(lists), len(lists))


def in_order_of(rows: Ints, code: Ints, texts: pa.Array, lists: int) -> pa.Array:
    """As `joined`, of the words of so many lists, with the text that stands for each distinct word."""
    order, rank = ranked(texts)
    size = max(len(order), 1)
    key = np.sort(rows * size + rank[code])
    return pc.binary_join(pa.ListArray.from_arrays(offsets_of(rows, lists), order.take(pa.array(key % size))), " ")


def ranked(texts: pa.Array) -> tuple[pa.Array, Ints]:
    """(the different texts in the order of the alphabet, the place of each text among them)."""
    encoded = texts.dictionary_encode()
    order = pc.array_sort_indices(encoded.dictionary)
    rank = np.empty(len(order), dtype=np.int64)
    rank[np.asarray(order)] = np.arange(len(order))
    return encoded.dictionary.take(order), rank[np.asarray(encoded.indices, dtype=np.int64)]


def first_of(lists: pa.Array) -> pa.Array:
    """Per list its first word, null for none."""
    count = np.asarray(pc.fill_null(pc.list_value_length(lists), 0), dtype=np.int64)
    return pc.list_flatten(lists).take(pa.array(np.cumsum(count) - count, mask=count == 0))


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
    found: Ints | None = None
    for column in columns:
        encoded = flat(column).dictionary_encode(null_encoding="encode")
        code = np.asarray(encoded.indices, dtype=np.int64)
        if found is not None:
            combined = pa.array(found * max(len(encoded.dictionary), 1) + code).dictionary_encode()
            code = np.asarray(combined.indices, dtype=np.int64)
        found = code
    return np.zeros(0, dtype=np.int64) if found is None else found


def firsts(code: Ints) -> Ints:
    """The row where each code stands first; the codes are counted as they appear."""
    return np.flatnonzero(np.diff(np.maximum.accumulate(code), prepend=-1)) if len(code) else code


def replaced(column: Any, rows: Ints, values: list[Any]) -> pa.Array:
    """The column with other values in some rows."""
    old = flat(column)
    return exchanged(old, rows, pa.array(values, old.type))


def exchanged(old: pa.Array, rows: Ints, values: pa.Array, at: Ints | None = None) -> pa.Array:
    """As `replaced`, of arrays; `at` tells which of the values comes to each row, else they come in their order."""
    if not len(rows):
        return old
    index = np.arange(len(old))
    index[rows] = len(old) + (np.arange(len(rows)) if at is None else at)
    return pa.concat_arrays([old, values]).take(pa.array(index))
