"""The words of many names: each distinct word is looked at once.

Names are cut in Arrow, and distinct words and sequences get numbers. Which parts of a name they are is told by `bulk`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.transform.names.abbreviations import in_capitals
from pipeline.transform.names.folding import ascii_fold, tidy
from pipeline.transform.names.parse import words_in
from pipeline.transform.names.word_classes import class_of, second_words
from pipeline.transform.names.word_lists import TEXT, Ints
from pipeline.transform.names.written_out import tells_of_phrases, with_whole_words, written_out

_LETTERS = "[0-9A-Za-zÅÄÖåäöÉéÜü]+"
_PLAIN = rf"^{_LETTERS}(?:[-.]{_LETTERS})*\.?(?: {_LETTERS}(?:[-.]{_LETTERS})*\.?)*$"
"""Names that are tidy and whose words are parted by single spaces and nothing else."""
_CAPITALS = "[A-ZÅÄÖ][^ ]*[A-ZÅÄÖ]"


@dataclass(slots=True)
class Words:
    """The words of many names, one after the other."""

    text: list[str]
    """Distinct words."""
    word: Ints
    """Index into `text`."""
    owner: Ints
    """Rising: the name of each word."""
    at: Ints
    """Its position in the name."""
    count: Ints
    """Words of each name."""
    key: Ints
    """The number of the class of each word in its name; 0 for none."""
    short: dict[int, tuple[str, bool]]
    """Names with an abbreviation in capitals -> it, folded, and whether the name has small letters as well."""


def cut(names: Sequence[str | None]) -> Words:
    """The words of names, and what is known of each word in its name."""
    values = pa.array(names, TEXT)
    plain = np.asarray(pc.fill_null(pc.match_substring_regex(values, _PLAIN), False))
    plain &= ~np.asarray(pc.fill_null(pc.match_substring_regex(values, tells_of_phrases(), ignore_case=True), False))
    lists = pc.split_pattern(values.filter(pa.array(plain)), " ")
    encoded = pc.list_flatten(lists).dictionary_encode()
    numbers: dict[str, int] = {}
    numbered = numbers.setdefault
    raw = np.array(
        [numbered(written_out(ascii_fold(t).removesuffix(".")), len(numbers)) for t in encoded.dictionary.to_pylist()],
        np.int64,
    )
    rows = np.flatnonzero(plain)
    shorts: dict[int, tuple[str, bool]] = {}

    def look(row: int, display: str) -> None:
        found, has_small = in_capitals(display)
        if found is not None:
            shorts[row] = found, has_small

    others = np.flatnonzero(~plain)
    displays = [tidy(name or "") for name in values.take(pa.array(others)).to_pylist()]
    found = list(_words_of(displays))
    more = np.array([numbered(w, len(numbers)) for words in found for w in words], np.int64)
    of_more = np.repeat(others, np.array([len(words) for words in found], np.int64))
    shown = pa.concat_arrays([values.filter(pa.array(plain)), pa.array(displays, TEXT)])
    capitals = pc.indices_nonzero(pc.match_substring_regex(shown, _CAPITALS))
    every = np.concatenate([rows, others])[np.asarray(capitals)]
    for row, name in zip(every.tolist(), shown.take(capitals).to_pylist(), strict=True):
        look(row, name)
    all_words = np.concatenate([raw[np.asarray(encoded.indices)], more])
    all_owners = np.concatenate([rows[np.asarray(pc.list_parent_indices(lists), dtype=np.int64)], of_more])
    order = np.argsort(all_owners, kind="stable")
    all_words, all_owners = all_words[order], all_owners[order]
    count = np.bincount(all_owners, minlength=len(names))
    at = np.arange(len(all_words)) - np.repeat(np.cumsum(count) - count, count)
    key = _keys(list(numbers), all_words, all_owners, len(names))
    return Words(list(numbers), all_words, all_owners, at, count, key, shorts)


def _words_of(displays: list[str]) -> Iterator[list[str]]:
    """`parse.words_of` of tidied names; those without a phrase are not searched for one."""
    folded = [ascii_fold(display) for display in displays]
    told = pc.match_substring_regex(pa.array(folded, TEXT), tells_of_phrases()).to_pylist()
    for text, may_be in zip(folded, told, strict=True):
        yield words_in(with_whole_words(text) if may_be else text)


def _keys(texts: list[str], word: Ints, owner: Ints, n: int) -> Ints:
    numbers: dict[object, int] = {None: 0}
    classes = [class_of(w) for w in texts]
    own = np.array([numbers.setdefault(c.key, len(numbers)) for c in classes], np.int64)
    followed = np.array([numbers.setdefault(c.if_followed, len(numbers)) for c in classes], np.int64)
    second = second_words()
    ends = np.array([w in second for w in texts], dtype=bool)
    in_name = np.zeros(n, dtype=bool)
    in_name[owner[ends[word]]] = True
    return np.where(in_name[owner], followed[word], own[word])
