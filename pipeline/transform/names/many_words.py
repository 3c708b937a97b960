"""The words of many names: each distinct word is looked at once.

Names are cut in Arrow, and distinct words and sequences get numbers. Which parts of a name they are is told by `bulk`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.transform.names.folding import END, folded_all, tidy, words_of_many
from pipeline.transform.names.ordinary_words import second_words
from pipeline.transform.names.parse import with_letters
from pipeline.transform.names.word_classes import WordClass, classes_of
from pipeline.transform.names.word_lists import TEXT, Ints, exchanged
from pipeline.transform.names.written_out import all_written_out, tells_of_phrases, with_whole_words

_LETTERS = "[0-9A-Za-zÅÄÖåäöÉéÜü]+"
_PLAIN = rf"^{_LETTERS}(?:[-.]{_LETTERS})*\.?(?: {_LETTERS}(?:[-.]{_LETTERS})*\.?)*$"
"""Names that are tidy and whose words are parted by single spaces and nothing else."""
_TIDY = r"^[-,.:;/()&+0-9A-Za-zÅÄÖåäöÉéÜü]+(?: [-,.:;/()&+0-9A-Za-zÅÄÖåäöÉéÜü]+)*$"
"""Names that `tidy` leaves as they are, whatever signs are between their words."""
_SMALL = "[a-zåäöéáüč]{2}"
_CAPITALS = "[A-ZÅÄÖ][^ ]*[A-ZÅÄÖ]"


@dataclass(slots=True)
class Words:
    """The words of many names, one after the other."""

    text: list[str]
    """Distinct words."""
    classes: list[WordClass]
    """The class of each."""
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
    display: pa.Array
    """The tidied names."""

    def capitals(self) -> npt.NDArray[np.bool_]:
        """Names that may have an abbreviation in capitals."""
        return _has(self.display, _CAPITALS)

    def small(self) -> npt.NDArray[np.bool_]:
        """Names that may have a word of small letters."""
        return _has(self.display, _SMALL)

    def of(self, rows: Ints) -> Iterator[list[str]]:
        """The words of some names."""
        end = np.cumsum(self.count)[rows]
        for a, b in zip((end - self.count[rows]).tolist(), end.tolist(), strict=True):
            yield [self.text[w] for w in self.word[a:b].tolist()]


def cut(names: Sequence[str | None], numbers: dict[object, int] | None = None) -> Words:
    """The words of names, and what is known of each word in its name. `numbers` has those of the classes seen before
    (0 is null's), and gets those that are new."""
    values = pa.array(names, TEXT)
    plain = _has(values, _PLAIN) & ~_has(values, tells_of_phrases(), ignore_case=True)
    lists = pc.split_pattern(values.filter(pa.array(plain)), " ")
    encoded = pc.list_flatten(lists).dictionary_encode()
    spoken = [word.removesuffix(".") for word in folded_all(encoded.dictionary.to_pylist())]
    rows, others = np.flatnonzero(plain), np.flatnonzero(~plain)
    displays = _tidied(values.take(pa.array(others)))
    more, of_more, texts = _words_of(displays)
    written = pa.array(all_written_out([*spoken, *texts]), TEXT).dictionary_encode()
    number = np.asarray(written.indices, dtype=np.int64)
    all_words = number[np.concatenate([np.asarray(encoded.indices, dtype=np.int64), len(spoken) + more])]
    all_owners = np.concatenate([rows[np.asarray(pc.list_parent_indices(lists), dtype=np.int64)], others[of_more]])
    order = np.argsort(all_owners, kind="stable")
    all_words, all_owners = all_words[order], all_owners[order]
    count = np.bincount(all_owners, minlength=len(names))
    at = np.arange(len(all_words)) - np.repeat(np.cumsum(count) - count, count)
    distinct = written.dictionary.to_pylist()
    classes = classes_of(distinct)
    key = _keys(distinct, classes, all_words, all_owners, count, {} if numbers is None else numbers)
    return Words(
        distinct, classes, all_words, all_owners, at, count, key, exchanged(values, others, pa.array(displays, TEXT))
    )


def _has(values: pa.Array, pattern: str, *, ignore_case: bool = False) -> npt.NDArray[np.bool_]:
    return np.asarray(pc.fill_null(pc.match_substring_regex(values, pattern, ignore_case=ignore_case), False))


def _tidied(values: pa.Array) -> list[str]:
    is_tidy = _has(values, _TIDY).tolist()
    return [v if t else tidy(v or "") for v, t in zip(values.to_pylist(), is_tidy, strict=True)]


def _words_of(displays: list[str]) -> tuple[Ints, Ints, list[str]]:
    """(indexes of the words of tidied names, which name each is of, the distinct words): `parse.words_of` of each, but
    for what `written_out` makes of a word."""
    folded = folded_all(displays)
    for i in np.flatnonzero(_has(pa.array(folded, TEXT), tells_of_phrases())).tolist():
        folded[i] = with_whole_words(folded[i])
    encoded = pa.array(words_of_many([with_letters(text) for text in folded]), TEXT).dictionary_encode()
    words, texts = np.asarray(encoded.indices, dtype=np.int64), encoded.dictionary.to_pylist()
    is_end = words == (texts.index(END) if texts else -1)
    return words[~is_end], np.cumsum(is_end)[~is_end], texts


def _keys(
    texts: list[str], classes: list[WordClass], word: Ints, owner: Ints, count: Ints, numbers: dict[object, int]
) -> Ints:
    numbers.setdefault(None, 0)
    own = np.array([numbers.setdefault(c.key, len(numbers)) for c in classes], np.int64)
    followed = np.array([numbers.setdefault(c.if_followed, len(numbers)) for c in classes], np.int64)
    second = second_words()
    ends = np.array([w in second for w in texts], dtype=bool)
    in_name = np.zeros(len(count), dtype=bool)
    in_name[owner[ends[word]]] = True
    return np.where(in_name[owner], followed[word], own[word])
