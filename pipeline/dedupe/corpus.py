"""What the names at hand say about one another: villages and abbreviations that no list holds.

Two patterns are general. *A frame that recurs with many places is that of chapters*: beside "Kuopion Martat" and
"Porin Martat", "Mustinlahden Martat" is of a place called Mustinlahti. *An abbreviation stands where its full name
stands*: when "KVL" and "Kotiväen Lepoliitto" are found in the same places again and again and the letters fit, they
are one. Nothing is learned from fewer than `PLACES` places; a short list is taken as it reads.
"""

from collections import Counter
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.in_full import abbreviations, say_in_full
from pipeline.dedupe.word_lists import codes, flat, joined, replaced, spoken, words_of
from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.place_words import PlaceWord, place_words
from pipeline.transform.names.stems import is_place_like, place_stem, stem
from pipeline.transform.names.typing_errors import deletions
from pipeline.transform.names.umbrellas import find_umbrella

PLACES = 3
"""Places with which a frame must be seen to be one of chapters."""
LONG = 6
"""Letters from which a village may be another one mistyped."""
RARELY = 0.1
"""A spelling at most so often as another is its typing error."""
OFTEN_BESIDE = 0.2
"""A word that stands beside a known place in more than this share of its names is no place itself."""

Frame = tuple[str | None, str]


@dataclass(slots=True)
class Name:
    """The parts of a name without a place, which the corpus may understand better. Equal names are one."""

    umbrella: str | None
    core: list[str]
    level: str | None
    dependent: str | None
    places: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Corpus:
    """What was learned."""

    frames: set[Frame] = field(default_factory=set)
    villages: dict[str, str] = field(default_factory=dict)
    """Stem of a village as written -> as it is meant."""


def understood(parsed: pa.Table) -> pa.Table:
    """The parsed names with villages told as places ("V" and a stem) and abbreviations by what they stand for."""
    changed: dict[str, Any] = {c: flat(parsed.column(c)) for c in parsed.column_names}
    _villages(changed)
    written = {a.lower() for a in pc.unique(changed["abbreviation"]).to_pylist() if a and 2 <= len(a) <= 6}
    say_in_full(changed, abbreviations(changed, written))
    return pa.table(changed)


def _villages(parsed: dict[str, Any]) -> None:
    """Reads the names without a place again."""
    corpus = Corpus(_frames(parsed))
    placeless = np.flatnonzero(np.asarray(pc.list_value_length(parsed["places"])) == 0)
    some = pa.array(placeless)
    columns = [parsed[c].take(some) for c in ("umbrella", "core", "level", "dependent")]
    kind = codes(columns[0], spoken(columns[1]), *columns[2:])
    _, first, count = np.unique(kind, return_index=True, return_counts=True)
    names = [Name(*n) for n in zip(*(c.take(pa.array(first)).to_pylist() for c in columns), strict=True)]
    seen: Counter[str] = Counter()
    for name, times in zip(names, count.tolist(), strict=True):
        at = _village_at(name, corpus)
        if at is not None:
            seen[place_stem(name.core[at])] += times
    beside, alone = _neighbours(parsed)
    corpus.villages = _spelled({w: n for w, n in seen.items() if beside[w] <= OFTEN_BESIDE * (beside[w] + alone[w])})
    for name in names:
        if any(place_stem(w) in corpus.villages for w in name.core):
            _place(name, corpus)
    is_placed = np.array([bool(n.places) for n in names], dtype=bool)
    again = np.flatnonzero(is_placed[kind])
    placed = [names[k] for k in kind[again].tolist()]
    parts = ("umbrella", "core", "level", "dependent", "places", "keys")
    for part in parts:
        column = "place_keys" if part == "keys" else part
        parsed[column] = replaced(parsed[column], placeless[again], [getattr(n, part) for n in placed])


def _frames(parsed: dict[str, Any]) -> set[Frame]:
    """What is left of names without their place, where it is seen with enough places."""
    stems = joined(parsed["core"], stem)
    frame = codes(parsed["umbrella"], stems)
    owner, place, values = words_of(parsed["places"])
    pairs = np.unique(frame[owner] * max(len(values), 1) + place) // max(len(values), 1)
    often = np.flatnonzero(np.bincount(pairs, minlength=1) >= PLACES)
    _, first = np.unique(frame, return_index=True)
    rows = pa.array(first[often])
    found = zip(parsed["umbrella"].take(rows).to_pylist(), stems.take(rows).to_pylist(), strict=True)
    return {f for f in found if f != (None, "")}


def _neighbours(parsed: dict[str, Any]) -> tuple[Counter[str], Counter[str]]:
    """How often each word stands in the core beside a place, and in that of a name without one."""
    has = np.asarray(pc.list_value_length(parsed["places"])) > 0
    rows, code, values = words_of(parsed["core"])
    beside = np.bincount(code[has[rows]], minlength=len(values))
    alone = np.bincount(code[~has[rows]], minlength=len(values))
    found: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    for word, *times in zip(map(place_stem, values), beside.tolist(), alone.tolist(), strict=True):
        for counter, n in zip(found, times, strict=True):
            counter[word] += n
    return found


def _frame(name: Name, without: int) -> Frame:
    gone = place_stem(name.core[without])
    kept = [w for w in name.core if place_stem(w) != gone]  # "Kotvalan VPK / Kotvala"
    return name.umbrella, " ".join(sorted(map(stem, kept)))


def _spelled(villages: dict[str, int]) -> dict[str, str]:
    """Village -> how it is meant: one letter from a municipality or a far more frequent village is a typing error."""
    index = {key: word for word in sorted(known_places()) for key in deletions(word)}
    meant: dict[str, str] = {}
    frequent: dict[str, int] = {}
    for village, n in sorted(villages.items(), key=lambda kv: (-kv[1], kv[0])):
        near = next((index[k] for k in deletions(village) if k in index), None)
        if village in known_places():
            near = village
        if near is not None and near != village and near in known_places():
            near = None  # which of the two it is their addresses tell, see `localities`
        if near is None or (near != village and (len(village) < LONG or n > RARELY * frequent.get(near, LONG))):
            meant[village] = village
            frequent[village] = n
            for key in deletions(village):
                index.setdefault(key, village)
        else:
            meant[village] = near
    return meant


@cache
def known_places() -> dict[str, PlaceWord]:
    """Municipalities by their stem."""
    towns = [(w, p) for w, p in sorted(place_words().items(), key=lambda kv: kv[0]) if p.codes[0].isdigit()]
    return {place_stem(w): p for w, p in towns if " " not in w and len(w) > 3}


def _village_at(name: Name, corpus: Corpus) -> int | None:
    """The word that stands where other names of the frame have a place: in the genitive, or like a village's."""
    if not name.core or (len(name.core) < 2 and name.umbrella is None):
        return None
    fits = [i for i, w in enumerate(name.core) if _may_be_place(w, corpus) and _frame(name, i) in corpus.frames]
    if not fits:
        return None
    return min(fits, key=lambda i: (not is_place_like(name.core[i]), i))


def _may_be_place(word: str, corpus: Corpus) -> bool:
    return _is_like_a_place(word) or (place_stem(word) in corpus.villages and len(word) > 3 and word.isalpha())


@lru_cache(maxsize=1 << 18)
def _is_like_a_place(word: str) -> bool:
    return (
        len(word) > 3
        and word.isalpha()
        and (word.endswith("n") or is_place_like(word) or place_stem(word) in known_places())
    )


def _place(name: Name, corpus: Corpus) -> None:
    """Takes a village out of the core; one that is a municipality in an unusual position or spelling is that."""
    if name.places or not corpus.frames:
        return
    at = _village_at(name, corpus)
    if at is None or place_stem(name.core[at]) not in corpus.villages:
        known = [i for i, w in enumerate(name.core) if place_stem(w) in corpus.villages and is_place_like(w)]
        if not known or len(name.core) < 2:
            return
        at = known[0]
    village = place_stem(name.core[at])
    name.core = [w for w in name.core if place_stem(w) != village]
    meant = corpus.villages[village]
    town = known_places().get(meant)
    name.places, name.keys = ([f"V{meant}"],) * 2 if town is None else (list(town.codes), list(town.keys))
    if name.level in (None, "national"):
        name.level = "local"
    if name.umbrella is None and (found := find_umbrella(list(name.core))) is not None:
        name.umbrella = found.pattern.umbrella
        del name.core[found.start : found.end]
    if name.dependent is None and len(name.core) > 1 and name.core[-1] in lexicon().dependents:
        name.dependent = lexicon().dependents[name.core.pop()]  # "Eläkkeensaajien Veteraanit Mustinlahden"
