"""Names by the place they stand in, with what an abbreviation of each would say.

Belongs here: the columns in which `in_full` looks for abbreviations. What they stand for is decided there.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.coding import coded
from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.place_words import place_words
from pipeline.transform.names.stems import place_stem
from pipeline.transform.names.word_lists import Ints, codes, spoken, words_of


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
    """Which letters these words have, a bit for each; see `bits_of`."""
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
    keys = pc.list_element(parsed["place_keys"].take(some), 0) if len(rows) else pa.array([], pa.string())
    wording = codes(parsed["umbrella"].take(some), spoken(parsed["core"].take(some)))
    _, first = np.unique(codes(keys, pa.array(wording)), return_index=True)
    first.sort()
    some, keys = pa.array(rows[first]), keys.take(pa.array(first))
    umbrella, lists = parsed["umbrella"].take(some), parsed["core"].take(some)
    core = spoken(lists)
    _, shown, meaning = np.unique(wording[first], return_index=True, return_inverse=True)
    shorts = sorted(written)
    known = pa.array(shorts, pa.string())
    number = np.asarray(pc.fill_null(pc.index_in(core, value_set=known), -1), dtype=np.int64)
    begins = pc.index_in(pc.list_element(pc.if_else(_filled(lists), lists, pa.scalar([""])), 0), value_set=known)
    said, initial, letters = _said(parsed["ascii"].take(some), keys)
    return Standing(
        place=codes(keys),
        short=np.where(np.asarray(umbrella.is_valid()), -1, number),
        shorts=shorts,
        begins_with=np.asarray(pc.fill_null(begins, -1), dtype=np.int64),
        initial=initial,
        letters=letters,
        said=said,
        meaning=meaning,
        meanings=pa.array(shown),
        family=codes(umbrella, parsed["stems"].take(some)),
        umbrella=umbrella,
        core=lists,
    )


def _filled(lists: pa.Array) -> pa.Array:
    return pc.greater(pc.list_value_length(lists), 0)


def _said(ascii_: pa.Array, keys: pa.Array) -> tuple[pa.Array, Ints, npt.NDArray[np.uint64]]:
    """(the words of each name that an abbreviation says, the first letter of the first of them or -1, the letters of
    all): not its place, no place, stop or legal form."""
    rows, code, words = words_of(pc.split_pattern(ascii_, " "))
    has_a_letter = np.array([_has_a_letter(w) for w in words], dtype=bool)
    key_code, key_values = coded(keys)
    number = {k[1:]: i for i, k in enumerate(key_values)}
    same_rest = np.array([number[k[1:]] for k in key_values], dtype=np.int64)  # of "V…" and a number alike
    stems = np.array([number.get(place_stem(w), -1) for w in words], dtype=np.int64)
    is_said = has_a_letter[code] & (stems[code] != same_rest[key_code][rows])
    rows, code = rows[is_said], code[is_said]
    offsets = np.searchsorted(rows, np.arange(len(ascii_) + 1)).astype(np.int32)
    spoken_ = pa.ListArray.from_arrays(pa.array(offsets), pa.array(words, pa.string()).take(pa.array(code)))
    first = np.array([ord(w[0]) if w else -1 for w in words], dtype=np.int64)
    bits = bits_of(words)
    initial = np.full(len(ascii_), -1, dtype=np.int64)
    letters = np.zeros(len(ascii_), dtype=np.uint64)
    has = offsets[1:] > offsets[:-1]
    if len(code):
        initial[has] = first[code[offsets[:-1][has]]]
        letters[has] = np.bitwise_or.reduceat(bits[code], offsets[:-1][has])
    return spoken(spoken_), initial, letters


def bits_of(words: list[str]) -> npt.NDArray[np.uint64]:
    """The letters of each word, a bit for each; two letters may share a bit, so equal bits promise nothing and missing
    ones everything."""
    letters = np.frombuffer("".join(words).encode("utf-32-le"), dtype=np.uint32)
    length = np.array([len(w) for w in words], dtype=np.int64)
    found = np.zeros(len(words), dtype=np.uint64)
    filled = length > 0
    if len(letters):
        bits = np.uint64(1) << (letters & 63).astype(np.uint64)
        found[filled] = np.bitwise_or.reduceat(bits, (np.cumsum(length) - length)[filled])
    return found


def _has_a_letter(word: str) -> bool:
    lex = lexicon()
    return word not in place_words() and word not in lex.stops and word not in lex.forms
