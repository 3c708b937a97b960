"""The stems of many words at once: the answers of `stems`, without looking at each word in turn.

Belongs here: how a column of words is cut. Which endings there are is said in `stems` alone, and words that it takes
more to cut than an ending (few) are asked there one by one.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.transform.names import stems
from pipeline.transform.names.word_lists import Ints, coded_words, exchanged, in_order_of, replaced

Bools = npt.NDArray[np.bool_]
Letters = npt.NDArray[np.uint8]

_VILLAGE = "(?:" + "|".join(stems.VILLAGE_ENDS) + ")$"
_GENITIVE = "(?:" + "|".join(stems.GENITIVES) + ")$"
_VOWELS = np.frombuffer(b"aeiouy", dtype=np.uint8)
_ENDS = [
    np.array([int.from_bytes(e.encode(), "big") for e in stems.ENDS if len(e) == length], dtype=np.uint64)
    for length in range(1, stems.LONGEST + 1)
]
"""The endings by their length, each as one number of its letters."""


def are_place_like(words: pa.Array) -> Bools:
    """Per word `stems.is_place_like`."""
    is_long = pc.greater(pc.utf8_length(words), stems.VILLAGE)
    return np.asarray(pc.and_(is_long, pc.match_substring_regex(words, _VILLAGE)), dtype=bool)


def place_stems(words: pa.Array) -> pa.Array:
    """Per word `stems.place_stem`."""
    is_cut = pc.and_(pc.ends_with(words, "n"), pc.greater(pc.utf8_length(words), stems.SHORTEST))
    rows = np.flatnonzero(np.asarray(is_cut))
    found = exchanged(words, rows, pc.utf8_slice_codeunits(words.take(pa.array(rows)), 0, -1))
    rows = np.flatnonzero(np.asarray(pc.match_substring_regex(words, _GENITIVE)))
    return _asked(found, words, rows, stems.place_stem)


def stems_of_each(words: pa.Array) -> pa.Array:
    """Per word `stems.stem`."""
    rows = np.flatnonzero(are_place_like(words))
    found = exchanged(words, rows, place_stems(words.take(pa.array(rows))))
    is_plain = pc.string_is_ascii(words)
    found = _without_ends(found, np.asarray(pc.and_(is_plain, pc.utf8_is_alpha(found)), dtype=bool))
    return _asked(found, words, np.flatnonzero(~np.asarray(is_plain, dtype=bool)), stems.stem)


def stems_joined(lists: pa.Array) -> pa.Array:
    """Per list the stems of its words in the order of the alphabet, parted by spaces."""
    rows, code, words = coded_words(lists)
    return in_order_of(rows, code, stems_of_each(words), len(lists))


def _asked(found: pa.Array, words: pa.Array, rows: Ints, of: Callable[[str], str]) -> pa.Array:
    """What was found, and for the words of some rows what they are asked one by one."""
    return replaced(found, rows, [of(word) for word in words.take(pa.array(rows)).to_pylist()])


def _without_ends(words: pa.Array, asked: Bools) -> pa.Array:
    """The words; those that are asked without their longest ending, and then without the vowels at their end."""
    letters, start, end = _letters(words)
    tail = np.zeros(len(words), dtype=np.uint64)
    cut = end.copy()
    for length, ends in enumerate(_ENDS, start=1):
        at = end - length
        has = np.flatnonzero(asked & (at - start >= stems.SHORTEST))
        tail[has] |= letters[at[has]].astype(np.uint64) << np.uint64(8 * (length - 1))
        hit = has[np.isin(tail[has], ends)]
        cut[hit] = at[hit]
    bare, rows = cut.copy(), np.flatnonzero(cut < end)
    while len(rows):
        rows = rows[(bare[rows] - start[rows] >= stems.SHORTEST) & np.isin(letters[bare[rows] - 1], _VOWELS)]
        bare[rows] -= 1
    return _beginnings(letters, start, np.where(bare - start >= stems.SHORTEST, bare, cut) - start)


def _letters(words: pa.Array) -> tuple[Letters, Ints, Ints]:
    """(the letters of all words in a row, where each begins, where it ends)."""
    _, offsets, letters = words.buffers()
    at = np.frombuffer(offsets, dtype=np.int32)[words.offset : words.offset + len(words) + 1].astype(np.int64)
    return np.frombuffer(letters or b"", dtype=np.uint8), at[:-1], at[1:]


def _beginnings(letters: Letters, start: Ints, length: Ints) -> pa.Array:
    """So many letters from where each word begins."""
    ends = np.cumsum(length)
    at = np.repeat(start - ends + length, length) + np.arange(length.sum())
    offsets = np.append(0, ends).astype(np.int32)
    return pa.StringArray.from_buffers(len(start), pa.py_buffer(offsets), pa.py_buffer(letters[at]))
