"""Names by the place they stand in, with what an abbreviation of each would say.

Belongs here: the columns in which `in_full` looks for abbreviations. What they stand for is decided there.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.many_stems import place_stems
from pipeline.transform.names.place_words import place_words
from pipeline.transform.names.word_lists import TEXT, Ints, coded_words, codes, first_of, firsts, ranked, spoken


@dataclass(frozen=True, slots=True)
class Standing:
    """Names that stand in one place and in no other, different ones only; all numbers are codes, one per name."""

    place: Ints
    short: Ints
    """Which of `shorts` the name is; -1 for another name."""
    shorts: list[str]
    begins_with: Ints
    """Which of `shorts` its first word is; -1 for none."""
    initial: Ints
    """The first letter of the first word that an abbreviation would say; -1 for none."""
    letters: npt.NDArray[np.uint64]
    """Which letters these words have, a bit for each; see `letters_of`."""
    said: pa.Array
    """The words that an abbreviation would say, parted by spaces."""
    meaning: Ints
    meanings: pa.Array
    """Rows of `umbrella` and `core` that show each meaning."""
    family: Ints
    umbrella: pa.Array
    core: pa.Array


def standing(parsed: dict[str, Any], written: set[str]) -> Standing:
    told = (np.asarray(pc.list_value_length(parsed["core"])) > 0) | np.asarray(parsed["umbrella"].is_valid())
    rows = np.flatnonzero((np.asarray(pc.list_value_length(parsed["place_keys"])) == 1) & told)
    some = pa.array(rows)
    keys = first_of(parsed["place_keys"].take(some))
    wording = codes(parsed["umbrella"].take(some), spoken(parsed["core"].take(some)))
    first = _shortest(codes(keys, pa.array(wording)), parsed["ascii"].take(some))
    some, keys, meaning = pa.array(rows[first]), keys.take(pa.array(first)), wording[first]
    umbrella, lists = parsed["umbrella"].take(some), parsed["core"].take(some)
    shorts = sorted(written)
    known = pa.array(shorts, TEXT)
    number, begins = (pc.fill_null(pc.index_in(c, value_set=known), -1) for c in (spoken(lists), first_of(lists)))
    said, initial, letters = _said(parsed["ascii"].take(some), keys)
    return Standing(
        place=codes(keys),
        short=np.where(np.asarray(umbrella.is_valid()), -1, np.asarray(number, dtype=np.int64)),
        shorts=shorts,
        begins_with=np.asarray(begins, dtype=np.int64),
        initial=initial,
        letters=letters,
        said=said,
        meaning=meaning,
        meanings=pa.array(firsts(meaning)),
        family=codes(umbrella, parsed["stems"].take(some)),
        umbrella=umbrella,
        core=lists,
    )


def _shortest(group: Ints, texts: pa.Array) -> Ints:
    """The row of each group, in their order, whose text is the shortest, and of these the first in the alphabet:
    whichever name was read first must not matter."""
    found = firsts(group)
    length = np.asarray(pc.binary_length(texts), dtype=np.int64)
    least = length[found]
    np.minimum.at(least, group, length)
    rows = np.flatnonzero(length == least[group])
    found[group[rows]] = rows
    rows = rows[(np.bincount(group[rows], minlength=len(found)) > 1)[group[rows]]]
    rows = rows[np.lexsort((ranked(texts.take(pa.array(rows)))[1], group[rows]))]
    rows = rows[np.append(True, np.diff(group[rows]) != 0)[: len(rows)]]
    found[group[rows]] = rows
    return found


def _said(ascii_: pa.Array, keys: pa.Array) -> tuple[pa.Array, Ints, npt.NDArray[np.uint64]]:
    """(the words of each name that an abbreviation says, the first letter of the first of them or -1, the letters of
    all): not its place, no place, stop or legal form."""
    rows, code, words = coded_words(pc.split_pattern(ascii_, " "))
    has_a_letter = ~np.asarray(pc.is_in(words, value_set=_without_a_letter()), dtype=bool)
    own = keys.dictionary_encode()
    rest = pc.utf8_slice_codeunits(own.dictionary, 1).dictionary_encode()  # of "V…" and a number alike
    place = np.asarray(rest.indices, dtype=np.int64)[np.asarray(own.indices, dtype=np.int64)]
    stems = pc.fill_null(pc.index_in(place_stems(words), value_set=rest.dictionary), -1)
    is_said = has_a_letter[code] & (np.asarray(stems, dtype=np.int64)[code] != place[rows])
    rows, code = rows[is_said], code[is_said]
    offsets = np.searchsorted(rows, np.arange(len(ascii_) + 1)).astype(np.int32)
    spoken_ = pa.ListArray.from_arrays(pa.array(offsets), words.take(pa.array(code)))
    first, bits = letters_of(words.to_pylist())
    initial = np.full(len(ascii_), -1, dtype=np.int64)
    letters = np.zeros(len(ascii_), dtype=np.uint64)
    has = offsets[1:] > offsets[:-1]
    if len(code):
        initial[has] = first[code[offsets[:-1][has]]]
        letters[has] = np.bitwise_or.reduceat(bits[code], offsets[:-1][has])
    return spoken(spoken_), initial, letters


def letters_of(words: list[str]) -> tuple[Ints, npt.NDArray[np.uint64]]:
    """(the first letter of each word, -1 for none; all its letters, a bit for each). Two letters may share a bit, so
    equal bits promise nothing and missing ones everything."""
    letters = np.frombuffer("".join(words).encode("utf-32-le"), dtype=np.uint32)
    length = np.fromiter(map(len, words), dtype=np.int64, count=len(words))
    first = np.full(len(words), -1, dtype=np.int64)
    found = np.zeros(len(words), dtype=np.uint64)
    filled = length > 0
    if len(letters):
        starts = (np.cumsum(length) - length)[filled]
        first[filled] = letters[starts]
        found[filled] = np.bitwise_or.reduceat(np.uint64(1) << (letters & 63).astype(np.uint64), starts)
    return first, found


@cache
def _without_a_letter() -> pa.Array:
    """Words for which no abbreviation has a letter."""
    lex = lexicon()
    return pa.array(list({*place_words(), *lex.stops, *lex.forms}), TEXT)
