"""The keys that names give: what a record is called, whole or in part, mostly with its place.

Belongs here: what of a name is a key, and how rare a word must be. Who meets whom is told by `blocking_keys`.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.blocking_keys import Values
from pipeline.dedupe.coding import Bools, Numbers, codes_of, distinct, filled, listed, numbered
from pipeline.dedupe.written import Called
from pipeline.transform.names.word_lists import coded_words, flat, ranked

RAREST = 3
"""How many of a record's rarest words in its place are keys."""
RARE = 25
"""A word that at most so many records in the whole country carry is a key without a place."""
LEAST = 3
"""Letters of a short form."""


def name_keys(features: pa.Table, names: Called) -> list[Values]:
    """The values of all kinds that names give, of features and how they are called."""
    place = _Places.of(features)
    others = [values for told in (_umbrellas, _words, _shorts) for values in told(features, place)]
    return [*_wholes(features, place, names), *others]


@dataclass(frozen=True, slots=True)
class _Places:
    """Places as numbers that are the same in every column."""

    here: Numbers
    """Per record its place."""
    in_names: list[tuple[Numbers, Numbers]]
    """Records, and places in their names: those of former municipalities, then today's."""
    nameless: Numbers
    """Per record without a place in its names its municipality or else its level; none for the others."""
    count: int

    @classmethod
    def of(cls, features: pa.Table) -> "_Places":
        lists = [flat(features.column(c)) for c in ("place_keys", "places")]
        where = pc.coalesce(*(flat(features.column(c)) for c in ("municipality_code", "level")))
        columns = [flat(features.column("place")), *map(pc.list_flatten, lists), where]
        code, places = numbered(pa.concat_arrays(columns))
        here, *named, nameless = np.split(code.astype(np.int64), np.cumsum([len(c) for c in columns])[:-1])
        rids = [np.asarray(pc.list_parent_indices(x), dtype=np.int64) for x in lists]
        has = np.zeros(len(features), dtype=bool)
        has[rids[0]] = True
        return cls(here, list(zip(rids, named, strict=True)), np.where(has, -1, nameless), len(places))

    def at(self, code: Numbers, place: Numbers) -> Numbers:
        """A value in a place; none without either."""
        return np.where((code < 0) | (place < 0), -1, code * self.count + place)


def _umbrellas(features: pa.Table, place: _Places) -> list[Values]:
    """The umbrella in each place of the names; where they have none, in the record's municipality."""
    umbrella = _codes(features.column("umbrella"))
    every = np.arange(len(features))
    is_national = np.asarray(pc.equal(features.column("level"), "national").fill_null(False), dtype=bool)
    return [
        *(Values("umbrella_place", rid, place.at(umbrella[rid], named)) for rid, named in place.in_names),
        Values("umbrella_place", every, place.at(umbrella, place.nameless)),
        Values("umbrella_national", every, np.where(is_national, umbrella, -1)),
    ]


def _wholes(features: pa.Table, place: _Places, names: Called) -> list[Values]:
    """The whole name, its core without case and number, and what it says in either language."""
    of_core, core, cores = listed(features.column("stems"))
    concept = _codes(features.column("concept"))
    return [
        Values("name", names.rid, names.written.glued[names.row]),
        Values("core", of_core, _numbers(cores)[core]),
        Values("concept", np.arange(len(features)), place.at(concept, place.here)),
    ]


def _words(features: pa.Table, place: _Places) -> list[Values]:
    """The rarest words of a record, and parts of the rarest one."""
    rid, word, words = _words_of(features.column("stems"))
    here = place.here[rid]
    in_country = np.bincount(word, minlength=len(words))[word]
    rank = _rank(rid, _rarity(word, words, here, place.count))
    length = np.asarray(pc.utf8_length(words), dtype=np.int64)[word]
    starts = {n: _codes(pc.utf8_slice_codeunits(words, 0, n))[word] for n in (4, 6)}
    ends = pc.binary_join_element_wise(pc.utf8_slice_codeunits(words, 0, 2), pc.utf8_slice_codeunits(words, -3), "")

    def some(code: Numbers, chosen: Bools) -> Numbers:
        return np.where(chosen, code, -1)

    is_rare, is_rarest = in_country <= RARE, rank == 1
    return [
        Values("token_place", rid, some(place.at(word, here), rank <= RAREST)),
        Values("rare_token", rid, some(word, is_rare)),
        Values("stem", rid, some(place.at(starts[4], here), is_rarest & (length > 4))),
        # a typing error in the middle of a long word leaves its ends
        Values("ends", rid, some(place.at(_codes(ends)[word], here), is_rarest & (length > 6))),
        # "Valnaukoti" and "Valnau-koti", wherever they are
        Values("start", rid, some(starts[6], is_rarest & is_rare & (length > 5))),
    ]


def _words_of(cores: pa.ChunkedArray) -> tuple[Numbers, Numbers, pa.Array]:
    """(record, word): each word of a record once, in the order of the records; the distinct words."""
    rid, code, texts = listed(cores)
    rid, code = rid[code >= 0], code[code >= 0]
    text, word, words = coded_words(pc.split_pattern(texts, " "))
    is_word = _numbers(words)[word] >= 0
    text, word = text[is_word], word[is_word]
    count = np.bincount(text, minlength=len(texts))
    first = np.cumsum(count) - count
    times = count[code]
    at = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times) + np.repeat(first[code], times)
    both = distinct(np.repeat(rid, times) << 32 | word[at])
    return both >> 32, both & 0xFFFFFFFF, words


def _rarity(word: Numbers, words: pa.Array, here: Numbers, places: int) -> Numbers:
    """Per word of a record a number that is smaller for a rarer one: in its place, then in the country; then the
    order of the alphabet decides."""
    count = np.bincount(word, minlength=len(words))
    order = np.lexsort((ranked(words)[1], count))
    by_country = np.empty(len(words), dtype=np.int64)
    by_country[order] = np.arange(len(words))
    at = np.asarray(pa.array(word * (places + 1) + here + 1).dictionary_encode().indices)
    return np.asarray(np.bincount(at)[at] * len(words) + by_country[word])


def _rank(rid: Numbers, rarity: Numbers) -> Numbers:
    """The place of each word among those of its record, up to `RAREST`; more for the others."""
    rank = np.full(len(rid), RAREST + 1, dtype=np.int64)
    if not len(rid):
        return rank
    starts = np.flatnonzero(np.append(True, rid[1:] != rid[:-1]))
    size = np.diff(np.append(starts, len(rid)))
    left = rarity.copy()
    for place in range(1, RAREST + 1):
        rarest = left == np.repeat(np.minimum.reduceat(left, starts), size)
        rank[rarest & (rank > RAREST)] = place
        left[rarest] = np.iinfo(np.int64).max
    return rank


def _shorts(features: pa.Table, place: _Places) -> list[Values]:
    """Initials, abbreviations, and what is left of these without their vowels: the U of KuPS is the second letter of
    Kuopio."""
    lists, said = flat(features.column("shorts")), flat(features.column("abbreviation"))
    rest = pc.replace_substring_regex(pc.utf8_slice_codeunits(said, 1), "[AEIOUY]", "")
    initials = pc.binary_join_element_wise(pc.utf8_slice_codeunits(said, 0, 1), rest, "")
    every = np.arange(len(features))
    rid = np.concatenate([np.asarray(pc.list_parent_indices(lists), dtype=np.int64), every, every])
    found, texts = numbered(pa.concat_arrays([pc.list_flatten(lists), said, initials]))
    is_long = np.asarray(pc.greater_equal(pc.utf8_length(texts), LEAST), dtype=bool)
    code: Numbers = np.where(np.append(is_long, False)[found], found, -1).astype(np.int64)
    return [Values("short_place", rid, place.at(code, place.here[rid])), Values("short", rid, code)]


def _codes(column: Any) -> Numbers:
    """Wide enough for a value and its place in one number."""
    return codes_of(column).astype(np.int64)


def _numbers(texts: pa.Array) -> Numbers:
    """Per text a number, equal for equal ones; below zero for an empty one, and for the code -1."""
    return np.append(filled(*numbered(texts)), -1).astype(np.int64)
