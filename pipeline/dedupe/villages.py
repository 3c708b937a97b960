"""Villages that no list holds, found in names by the company they keep.

*A frame that recurs with many places is that of chapters*: beside "Kuopion Martat" and "Porin Martat", "Mustinlahden
Martat" is of a place called Mustinlahti. A frame is what is left of a name without its place.

Belongs here: which word of a name without a place is a village, and what that makes of the name. Which village a
doubtful spelling means is told by addresses, see `localities`.
"""

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.coding import distinct
from pipeline.dedupe.village_spelling import known_places, spelled
from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.stems import is_place_like, place_stem, stem
from pipeline.transform.names.umbrellas import find_umbrella, may_be_umbrella
from pipeline.transform.names.word_lists import TEXT, Ints, codes, exchanged, joined, spoken, words_of

PLACES = 3
"""Places with which a frame must be seen to be one of chapters."""
OFTEN_BESIDE = 0.2
"""A word that stands beside a known place in more than this share of its names is no place itself."""

Bools = npt.NDArray[np.bool_]
_BETWEEN = "\x1f"


@dataclass(slots=True)
class Name:
    """The parts of a name that a village is taken out of. Equal names are one."""

    umbrella: str | None
    core: list[str]
    level: str | None
    dependent: str | None
    places: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Cores:
    """The cores of names as columns: for each word its name, its code and its position."""

    umbrella: pa.Array
    row: Ints
    code: Ints
    at: Ints
    count: Ints
    """Words per name."""
    values: list[str]
    place_stems: list[str]
    """Of `values`."""


def with_villages(parsed: dict[str, Any]) -> None:
    """Reads the names without a place again; a village becomes a place ("V" and a stem)."""
    frames = _frames(parsed)
    if not len(frames):
        return
    placeless = np.flatnonzero(np.asarray(pc.list_value_length(parsed["places"])) == 0)
    some = pa.array(placeless)
    columns = [parsed[c].take(some) for c in ("umbrella", "core", "level", "dependent")]
    kind = codes(columns[0], spoken(columns[1]), *columns[2:])
    _, first, times = np.unique(kind, return_index=True, return_counts=True)
    columns = [c.take(pa.array(first)) for c in columns]
    cores = _cores(columns[0], columns[1])
    may_be = np.array([_is_like_a_place(w) for w in cores.values], dtype=bool)
    found = _village_at(cores, may_be[cores.code], frames)
    seen: Counter[str] = Counter()
    for word, n in zip(cores.code[found].tolist(), times[cores.row[found]].tolist(), strict=True):
        seen[cores.place_stems[word]] += n
    ordinary = _often_beside(parsed)
    villages = spelled({w: n for w, n in seen.items() if w not in ordinary})
    rows, at = _villages_of(cores, may_be, frames, villages)
    lists = zip(*(c.take(pa.array(rows)).to_pylist() for c in columns), strict=True)
    placed = [_placed(Name(*parts), i, villages) for parts, i in zip(lists, at.tolist(), strict=True)]
    number = np.full(len(first), -1, dtype=np.int64)
    number[rows] = np.arange(len(rows))
    again = np.flatnonzero(number[kind] >= 0)
    of = number[kind[again]]
    for part in ("umbrella", "core", "level", "dependent", "places", "keys"):
        column = "place_keys" if part == "keys" else part
        values = pa.array([getattr(name, part) for name in placed], parsed[column].type)
        parsed[column] = exchanged(parsed[column], placeless[again], values.take(pa.array(of)))
        if part == "core":
            stems = joined(values, stem).take(pa.array(of))
            parsed["stems"] = exchanged(parsed["stems"], placeless[again], stems)


def _frames(parsed: dict[str, Any]) -> pa.Array:
    """What is left of names without their place, where it is seen with enough places; see `_framed`."""
    stems = parsed["stems"]
    frame = codes(parsed["umbrella"], stems)
    owner, place, values = words_of(parsed["places"])
    pairs = distinct(frame[owner] * max(len(values), 1) + place) // max(len(values), 1)
    often = np.flatnonzero(np.bincount(pairs, minlength=1) >= PLACES)
    _, first = np.unique(frame, return_index=True)
    rows = pa.array(first[often])
    texts = _framed(parsed["umbrella"].take(rows), stems.take(rows))
    return texts.filter(pc.not_equal(texts, _BETWEEN))


def _framed(umbrella: pa.Array, stems: pa.Array) -> pa.Array:
    """Umbrella and stems of the rest as one text."""
    return pc.binary_join_element_wise(pc.fill_null(umbrella, ""), stems, _BETWEEN)


def _often_beside(parsed: dict[str, Any]) -> frozenset[str]:
    """Words of cores, without their case, that stand too often beside a place to be one."""
    has = np.asarray(pc.list_value_length(parsed["places"])) > 0
    rows, code, values = words_of(parsed["core"])
    stems = pa.array([place_stem(w) for w in values], TEXT).dictionary_encode()
    code = np.asarray(stems.indices, dtype=np.int64)[code]
    beside, every = (np.bincount(c, minlength=len(stems.dictionary)) for c in (code[has[rows]], code))
    return frozenset(stems.dictionary.filter(pa.array(beside > OFTEN_BESIDE * every)).to_pylist())


def _cores(umbrella: pa.Array, lists: pa.Array) -> Cores:
    row, code, values = words_of(lists)
    count = np.bincount(row, minlength=len(lists))
    at = np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    return Cores(umbrella, row, code, at, count, values, [place_stem(w) for w in values])


def _village_at(cores: Cores, may_be: Bools, frames: pa.Array) -> Ints:
    """Per name at most one of the words: the one that stands where other names of the frame have a place, in the
    genitive or like a village's. `may_be` tells which of the words can be a place at all.

    A name of one word without an umbrella is no place and something else. Words that end like a village's go first,
    then those that stand first.
    """
    alone = (cores.count < 2) & ~np.asarray(cores.umbrella.is_valid())
    asked = np.flatnonzero(may_be & ~alone[cores.row])
    asked = asked[np.asarray(pc.is_in(_without(cores, asked), value_set=frames), dtype=bool)]
    like = np.array([is_place_like(w) for w in cores.values], dtype=bool)
    order = np.lexsort((cores.at[asked], ~like[cores.code[asked]], cores.row[asked]))
    asked = asked[order]
    rows = cores.row[asked]
    return asked[np.append(True, rows[1:] != rows[:-1])[: len(rows)]]


def _without(cores: Cores, words: Ints) -> pa.Array:
    """The frame of each word's name without the word, and without others of its stem ("Kotvalan VPK / Kotvala")."""
    _, gone = np.unique(np.array(cores.place_stems, dtype=object), return_inverse=True)
    stems = pa.array([stem(w) for w in cores.values], TEXT).dictionary_encode()
    order = pc.array_sort_indices(stems.dictionary)
    rank = np.empty(len(order), dtype=np.int64)
    rank[np.asarray(order)] = np.arange(len(order))
    rank = rank[np.asarray(stems.indices, dtype=np.int64)]
    start = np.cumsum(cores.count) - cores.count
    many = cores.count[cores.row[words]]
    owner = np.repeat(np.arange(len(words)), many)
    other = np.repeat(start[cores.row[words]] - np.cumsum(many) + many, many) + np.arange(len(owner))
    kept = gone[cores.code[other]] != gone[cores.code[words[owner]]]
    owner, other = owner[kept], other[kept]
    size = max(len(order), 1)
    key = np.sort(owner * size + rank[cores.code[other]])
    offsets = np.searchsorted(owner, np.arange(len(words) + 1)).astype(np.int32)
    ordered = stems.dictionary.take(order).take(pa.array(key % size))
    text = pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets), ordered), " ")
    return _framed(cores.umbrella.take(pa.array(cores.row[words])), text)


def _villages_of(cores: Cores, may_be: Bools, frames: pa.Array, villages: dict[str, str]) -> tuple[Ints, Ints]:
    """(names that have a village, its position): a known one in a known frame, else the first that ends like one."""
    is_village = np.array([s in villages for s in cores.place_stems], dtype=bool)
    is_word = np.array([len(w) > 3 and w.isalpha() for w in cores.values], dtype=bool)
    like = np.array([is_place_like(w) for w in cores.values], dtype=bool)
    has = np.zeros(len(cores.count), dtype=bool)
    has[cores.row[is_village[cores.code]]] = True
    at = np.full(len(cores.count), -1, dtype=np.int64)
    known = np.flatnonzero((is_village & like)[cores.code] & (cores.count > 1)[cores.row])[::-1]
    at[cores.row[known]] = cores.at[known]  # the first of a name stands last here and counts
    found = _village_at(cores, (may_be | (is_village & is_word))[cores.code] & has[cores.row], frames)
    found = found[is_village[cores.code[found]]]
    at[cores.row[found]] = cores.at[found]
    rows = np.flatnonzero(at >= 0)
    return rows, at[rows]


@lru_cache(maxsize=1 << 18)
def _is_like_a_place(word: str) -> bool:
    return (
        len(word) > 3
        and word.isalpha()
        and (word.endswith("n") or is_place_like(word) or place_stem(word) in known_places())
    )


def _placed(name: Name, at: int, villages: dict[str, str]) -> Name:
    """Takes a village out of the core; one that is a municipality in an unusual position or spelling is that."""
    village = place_stem(name.core[at])
    name.core = [w for w in name.core if place_stem(w) != village]
    meant = villages[village]
    town = known_places().get(meant)
    name.places, name.keys = ([f"V{meant}"],) * 2 if town is None else (list(town.codes), list(town.keys))
    if name.level in (None, "national"):
        name.level = "local"
    may_be = name.umbrella is None and any(map(may_be_umbrella, name.core))
    if may_be and (found := find_umbrella(list(name.core))) is not None:
        name.umbrella = found.pattern.umbrella
        del name.core[found.start : found.end]
    if name.dependent is None and len(name.core) > 1 and name.core[-1] in lexicon().dependents:
        name.dependent = lexicon().dependents[name.core.pop()]  # "Eläkkeensaajien Veteraanit Mustinlahden"
    return name
