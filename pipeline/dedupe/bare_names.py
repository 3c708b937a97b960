"""Chapters that are called by nothing but their umbrella: "Martat ry" of Sonkajärvi is Sonkajärven Martat.

A list of one town needs no town in its names, so what reads as the national body is a chapter where the address lies in
a town of chapters. The national body is where it has its office: in Helsinki, as most have, or in the town where its
bare name stands most often.

Some families are called by an ordinary word, which means them only beside a place: "Yrittäjät" of Keitele is Keiteleen
Yrittäjät.

Belongs here: which records that is true of. What follows from a place is decided where places are compared.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.coding import coded, distinct
from pipeline.transform.names.umbrellas import patterns
from pipeline.transform.names.word_lists import TEXT, first_of, flat

CAPITAL = "091"
"""Helsinki, where most national bodies have their office."""
OFFICE = 2
"""Records of a bare name in one town, and more than in any other, that show the office of the national body."""
SHORT = 4
"""Letters up to which a word says too little to mean a family by itself ("EL", "Latu")."""
FAMILY = 3
"""Towns with chapters from which an umbrella with a known office has chapters elsewhere too."""

Bools = npt.NDArray[np.bool_]
_MANY = pa.list_(TEXT)


_NATIONAL = r"(?:^| )(?:suomen|finlands|svenska)(?: |$)|keskusliitto|keskusjarjesto|centralforbund"
"""Words by which a national body says that it is one."""
_LEAGUE = r"liitto(?: |$)|forbund(?:et)?(?: |$)"
"""A league may be called so by its chapters, where a chapter is known."""


def of_their_town(
    name: pa.Array, umbrella: pa.Array, level: pa.Array, core: pa.Array, places: pa.Array, municipality: pa.Array
) -> Bools:
    """Per record whether its bare umbrella is a chapter of its municipality.

    `name` is the first name, folded. `places` are codes of the places in the name, empty or null for none; `core` is
    empty where no name has a word of its own. Asked are records of national level, without a place, elsewhere than at
    the office. They are chapters where another record names a chapter of the umbrella in the town, or where the
    umbrella has chapters in `FAMILY` towns, its office is known and it is not called a league.
    """
    code, umbrellas = coded(umbrella)
    given = pc.list_flatten(places)
    towns = pc.drop_null(pc.unique(pa.concat_arrays([flat(municipality), given])))
    town = np.asarray(pc.fill_null(pc.index_in(municipality, value_set=towns), -1), dtype=np.int64)
    size = len(towns) + 1
    placed = np.asarray(pc.fill_null(pc.list_value_length(places), 0)) > 0
    is_bare = (code >= 0) & (town >= 0) & ~placed & np.asarray(pc.equal(pc.fill_null(core, ""), ""), dtype=bool)
    is_bare &= np.asarray(pc.fill_null(pc.equal(level, "national"), False), dtype=bool)
    is_bare[is_bare] = ~_matches(name, is_bare, _NATIONAL)
    if not is_bare.any():
        return is_bare
    key = code.astype(np.int64) * size + town
    named = np.asarray(pc.fill_null(pc.index_in(given, value_set=towns), -1), dtype=np.int64)
    rows = np.asarray(pc.list_parent_indices(places), dtype=np.int64)
    use = (named >= 0) & (code[rows] >= 0)
    chapters = distinct(code[rows[use]].astype(np.int64) * size + named[use])
    many = np.bincount(chapters // size, minlength=len(umbrellas)) >= FAMILY
    office = _offices(key[is_bare], size, len(umbrellas))
    is_away = (town != office[code]) & (town != pc.index(towns, CAPITAL).as_py())
    is_chapter = (many & (office >= 0))[code] & is_bare
    is_chapter[is_chapter] = ~_matches(name, is_chapter, _LEAGUE)
    return np.asarray(is_bare & is_away & (np.isin(key, chapters) | is_chapter), dtype=bool)


def _matches(name: pa.Array, asked: Bools, pattern: str) -> Bools:
    """Whether the names that are asked have the pattern."""
    found = pc.match_substring_regex(name.filter(pa.array(asked)), pattern)
    return np.asarray(pc.fill_null(found, False), dtype=bool)


def _offices(keys: npt.NDArray[np.int64], size: int, umbrellas: int) -> npt.NDArray[np.int64]:
    """Per umbrella the town of its office; -1 where no town shows it."""
    pair, times = np.unique(keys, return_counts=True)
    order = np.lexsort((pair, -times, pair // size))
    pair, times = pair[order], times[order]
    first = np.flatnonzero(np.append(True, pair[1:] // size != pair[:-1] // size)[: len(pair)])
    second = np.append(times, 0)[first + 1] * (np.append(pair, -1)[first + 1] // size == pair[first] // size)
    shown = (times[first] >= OFFICE) & (times[first] > second)
    office = np.full(umbrellas, -1, dtype=np.int64)
    office[pair[first[shown]] // size] = pair[first[shown]] % size
    return office


def called_by_a_word(name: pa.Array, umbrella: pa.Array, places: pa.Array, municipality: pa.Array) -> pa.Array:
    """Per record the family that the whole of its folded first name means in the town of its address; null for none.

    Only names without an umbrella and without a place are asked.
    """
    placed = np.asarray(pc.fill_null(pc.list_value_length(places), 0)) > 0
    asked = np.asarray(pc.is_null(umbrella)) & np.asarray(pc.is_valid(municipality)) & ~placed
    words = pa.array([" ".join(p.words) for p in patterns() if p.needs_place and len(p.words[0]) > SHORT], pa.string())
    families = pa.array([p.umbrella for p in patterns() if p.needs_place and len(p.words[0]) > SHORT], pa.string())
    found = families.take(pc.index_in(name, value_set=words))
    return pc.if_else(pa.array(asked), found, pa.scalar(None, pa.string()))


def say_family(built: dict[str, Any], town: pa.Array) -> pa.Array:
    """Gives records that are called by the word of their family alone its umbrella; which they are.

    `built` holds the features of the records, `town` the municipality of each, see `called_by_a_word`.
    """
    family = called_by_a_word(first_of(built["asciis"]), built["umbrella"], built["places"], town)
    by_word = pc.and_(family.is_valid(), pc.equal(pc.list_value_length(built["asciis"]), 1))
    if pc.any(by_word).as_py():
        built["umbrella"] = pc.if_else(by_word, family, built["umbrella"])
        built["core"] = pc.if_else(by_word, "", built["core"])
        for column in ("cores", "stems"):
            built[column] = pc.if_else(by_word, pa.scalar([""], _MANY), built[column])
    return by_word


def say_town(built: dict[str, Any], town: pa.Array, by_word: pa.Array) -> None:
    """Gives chapters that are called by their umbrella alone, and those of `say_family`, the town of their address."""
    name = first_of(built["asciis"])
    core = pc.if_else(pa.array(_has_words(built["cores"])), "words", "")
    of_town = pa.array(of_their_town(name, built["umbrella"], built["level"], core, built["places"], town))
    chapter = pc.or_(of_town, by_word)
    if not pc.any(chapter).as_py():
        return
    built["level"] = pc.if_else(chapter, "local", built["level"])
    own = pa.ListArray.from_arrays(pa.array(np.arange(len(town) + 1, dtype=np.int32)), town.fill_null(""))
    for column in ("places", "place_keys"):
        built[column] = pc.if_else(chapter, own, built[column])


def _has_words(cores: pa.Array) -> Bools:
    """Per record whether any of its names has a word of its own."""
    filled = np.asarray(pc.not_equal(pc.list_flatten(cores), ""), dtype=bool)
    return np.bincount(np.asarray(pc.list_parent_indices(cores)), filled, minlength=len(cores)) > 0
