"""The cores of names word by word: what villages are looked for in.

Belongs here: the words as columns of numbers, and what each distinct word may be. Which of them is a village is decided
in `villages`, what that makes of the name in `placed`.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.coding import Bools
from pipeline.dedupe.village_spelling import known_places
from pipeline.transform.names.many_stems import are_place_like, place_stems, stems_of_each
from pipeline.transform.names.word_lists import TEXT, Ints, coded_words, ranked

SHORTEST = 4
"""Letters of a word that may be a place."""


@dataclass(frozen=True, slots=True)
class Cores:
    """For each word its name, its code and its position; for each name its umbrella; for each code what the word is."""

    umbrella: pa.Array
    row: Ints
    code: Ints
    at: Ints
    count: Ints
    """Words per name."""
    words: pa.Array
    """The distinct words."""
    place: Ints
    """Per distinct word its place stem, a row of `places`."""
    places: pa.Array
    stem: Ints
    """Per distinct word its stem, a row of `stems`, which are in the order of the alphabet."""
    stems: pa.Array
    is_like: Bools
    """Distinct words that end as village names do."""
    is_word: Bools
    """Distinct words that are neither numbers nor too short for a place."""

    def word_at(self, rows: Ints, at: Ints) -> Ints:
        """The distinct words at some positions of some names."""
        return self.code[(np.cumsum(self.count) - self.count)[rows] + at]

    def may_be_places(self) -> Bools:
        """Distinct words in the genitive, or like a village's name or a municipality's."""
        is_town = pc.is_in(self.places, value_set=pa.array(list(known_places()), TEXT))
        is_like = np.asarray(pc.ends_with(self.words, "n"), dtype=bool) | self.is_like
        return self.is_word & (is_like | np.asarray(is_town, dtype=bool)[self.place])


def cores_of(umbrella: pa.Array, lists: pa.Array) -> Cores:
    """The words of names with their umbrellas."""
    row, code, words = coded_words(lists)
    count = np.bincount(row, minlength=len(lists))
    at = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    places = place_stems(words).dictionary_encode()
    stems, rank = ranked(stems_of_each(words))
    is_word = pc.and_(pc.greater_equal(pc.utf8_length(words), SHORTEST), pc.utf8_is_alpha(words))
    return Cores(
        umbrella=umbrella,
        row=row,
        code=code,
        at=at,
        count=count,
        words=words,
        place=np.asarray(places.indices, dtype=np.int64),
        places=places.dictionary,
        stem=rank,
        stems=stems,
        is_like=are_place_like(words),
        is_word=np.asarray(is_word, dtype=bool),
    )
