"""Whether words may be abbreviated by some letters, asked of many pairs at once; `letters_fit` says it of one."""

import re
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.coding import Bools
from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.word_lists import TEXT, Ints, coded_words, offsets_of

_GENERIC = "\x01"
"""Stands before a generic word ("yhdistys", "osasto") that is not the first."""


def fit_in_turn(shorts: list[str], short: Ints, texts: pa.Array, text: Ints) -> Bools:
    """Per pair of an abbreviation (its number in `shorts`) and a text of words parted by spaces (its number in
    `texts`) what `letters_fit` says; all texts of one abbreviation are looked at together."""
    marked = _marked(texts)
    found = np.zeros(len(short), dtype=bool)
    order = np.argsort(short, kind="stable")
    starts = np.flatnonzero(np.append(True, np.diff(short[order]) != 0)[: len(order)])
    for rows in np.split(order, starts[1:]) if len(order) else ():
        said = marked.take(pa.array(text[rows]))
        found[rows] = pc.match_substring_regex(said, _pattern(shorts[short[rows[0]]]))
    return found


def _marked(texts: pa.Array) -> pa.Array:
    """The texts with a mark before each generic word."""
    owner, code, words = coded_words(pc.split_pattern(texts, " "))
    heads = pa.array(list(lexicon().heads), TEXT)
    is_head = np.asarray(pc.is_in(words, value_set=heads), dtype=bool)
    is_first = np.append(True, owner[1:] != owner[:-1])[: len(owner)]
    before = np.where(is_first, 0, np.where(is_head[code], 2, 1))
    said = pc.binary_join_element_wise(
        pa.array(["", " ", f"{_GENERIC} "], TEXT).take(pa.array(before)), words.take(pa.array(code)), ""
    )
    return pc.binary_join(pa.ListArray.from_arrays(offsets_of(owner, len(texts)), said), "")


@lru_cache(maxsize=1 << 16)
def _pattern(short: str) -> str:
    """Each letter in the word of the one before or first in the next; what is left is generic."""
    return "^" + "[^ ]* ?".join(map(re.escape, short)) + f"[^ ]*(?:{_GENERIC} [^ ]*)*$"
