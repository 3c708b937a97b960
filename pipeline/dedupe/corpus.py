"""What the names at hand say about one another: villages and abbreviations that no list holds.

Two patterns are general. *A frame that recurs with many places is that of chapters*: beside "Kuopion Martat" and
"Porin Martat", "Mustinlahden Martat" is of a place called Mustinlahti. *An abbreviation stands where its full name
stands*: when "KVL" and "Kotiväen Lepoliitto" are found in the same places again and again and the letters fit, they
are one. Nothing is learned from fewer than `PLACES` places; a short list is taken as it reads.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pyarrow as pa

from pipeline.transform.names.abbreviations import letters_fit
from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.place_words import PlaceWord, place_words
from pipeline.transform.names.stems import is_place_like, place_stem, stem
from pipeline.transform.names.typing_errors import deletions
from pipeline.transform.names.umbrellas import find_umbrella

PLACES = 3
"""Places with which a frame must be seen to be one of chapters."""
TOGETHER = 2
"""Places where an abbreviation and its expansion must both be seen."""
LONG = 6
"""Letters from which a village may be another one mistyped."""
RARELY = 0.1
"""A spelling at most so often as another is its typing error."""
OFTEN_BESIDE = 0.2
"""A word that stands beside a known place in more than this share of its names is no place itself."""

READ = ("umbrella", "core", "places", "place_keys", "level", "ascii", "abbreviation", "dependent")
Frame = tuple[str | None, str]


@dataclass(slots=True)
class Name:
    """The parts of one distinct name that the corpus may understand better."""

    umbrella: str | None
    core: list[str]
    places: list[str]
    keys: list[str]
    level: str | None
    words: list[str]
    abbreviation: str | None
    dependent: str | None = None


@dataclass(slots=True)
class Corpus:
    """What was learned."""

    frames: set[Frame] = field(default_factory=set)
    villages: dict[str, str] = field(default_factory=dict)
    """Stem of a village as written -> as it is meant."""
    abbreviations: dict[str, tuple[str | None, tuple[str, ...]]] = field(default_factory=dict)
    """Abbreviation in small letters -> (umbrella, words of the core)."""


def understood(parsed: pa.Table) -> pa.Table:
    """The parsed names with villages told as places ("V" and a stem) and abbreviations by what they stand for."""
    names = [
        Name(u, c, p, k, lv, a.split(" "), ab, d)
        for u, c, p, k, lv, a, ab, d in zip(
            *(parsed.column(c).to_pylist() for c in READ),
            strict=True,
        )
    ]
    corpus = Corpus()
    _learn_villages(names, corpus)
    for name in names:
        _place(name, corpus)
    _learn_abbreviations(names, corpus)
    for name in names:
        _expand(name, corpus)
    many = pa.list_(pa.string())
    changed: dict[str, Any] = {
        "umbrella": pa.array([n.umbrella for n in names], pa.string()),
        "core": pa.array([n.core for n in names], many),
        "places": pa.array([n.places for n in names], many),
        "place_keys": pa.array([n.keys for n in names], many),
        "level": pa.array([n.level for n in names], pa.string()),
        "dependent": pa.array([n.dependent for n in names], pa.string()),
    }
    return pa.table({c: changed.get(c, parsed.column(c)) for c in parsed.column_names})


def _frame(name: Name, without: int = -1) -> Frame:
    gone = place_stem(name.core[without]) if without >= 0 else None
    kept = [w for w in name.core if place_stem(w) != gone] if gone else name.core  # "Kotvalan VPK / Kotvala"
    return name.umbrella, " ".join(sorted(map(stem, kept)))


def _learn_villages(names: list[Name], corpus: Corpus) -> None:
    places: dict[Frame, set[str]] = defaultdict(set)
    beside: Counter[str] = Counter()
    alone: Counter[str] = Counter()
    for name in names:
        if name.places:
            places[_frame(name)].update(name.places)
            beside.update(place_stem(w) for w in name.core)
        else:
            alone.update(place_stem(w) for w in name.core)
    corpus.frames = {f for f, found in places.items() if len(found) >= PLACES and f != (None, "")}
    seen: Counter[str] = Counter()
    for name in names:
        if not name.places:
            at = _village_at(name, corpus)
            if at is not None:
                seen[place_stem(name.core[at])] += 1
    villages = {w: n for w, n in seen.items() if beside[w] <= OFTEN_BESIDE * (beside[w] + alone[w])}
    corpus.villages = _spelled(villages)


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
    if len(word) < 4 or not word.isalpha():
        return False
    stem_ = place_stem(word)
    return word.endswith("n") or is_place_like(word) or stem_ in corpus.villages or stem_ in known_places()


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
        name.dependent = name.core.pop()  # "Eläkkeensaajien Veteraanit Mustinlahden"


def _learn_abbreviations(names: list[Name], corpus: Corpus) -> None:
    """Pairs abbreviations with cores that stand in the same places and whose letters fit."""
    written = {n.abbreviation.lower() for n in names if n.abbreviation and 2 <= len(n.abbreviation) <= 6}
    at_place: dict[str, list[Name]] = defaultdict(list)
    for name in names:
        if len(name.keys) == 1 and (name.core or name.umbrella):
            at_place[name.keys[0]].append(name)
    together: dict[str, Counter[tuple[str | None, tuple[str, ...]]]] = defaultdict(Counter)
    for there in at_place.values():
        shorts = {n.core[0] for n in there if len(n.core) == 1 and n.umbrella is None and n.core[0] in written}
        if not shorts:
            continue
        full: dict[tuple[str | None, tuple[str, ...]], Name] = {}
        for n in there:
            if not (n.core and n.core[0] in shorts):
                full.setdefault((n.umbrella, tuple(n.core)), n)
        for key, n in full.items():
            spoken = _spoken(n)
            for short in shorts:
                if spoken and spoken[0][0] == short[0] and letters_fit(short, spoken) and _ends_alike(short, spoken):
                    together[short][key] += 1
    for short, found in together.items():
        best = sorted(found.items(), key=lambda kv: (-kv[1], -len(kv[0][1]), str(kv[0])))
        merged = sum(c for k, c in best if stem_key(k) == stem_key(best[0][0]))
        rivals = [c for k, c in best if stem_key(k) != stem_key(best[0][0])]
        if merged >= TOGETHER and (not rivals or rivals[0] * 4 <= best[0][1]):
            corpus.abbreviations[short] = best[0][0]


def _ends_alike(short: str, spoken: list[str]) -> bool:
    """In a single compound the last letter is that of its head: NSL is a "Nivelsuojaliitto", no "-yhdistys"."""
    if len(spoken) > 1:
        return True
    head = next((e for e, _, _ in lexicon().head_suffixes if spoken[0].endswith(e)), None)
    return head is not None and head[0] == short[-1]


def stem_key(key: tuple[str | None, tuple[str, ...]]) -> Frame:
    """The family that a core belongs to, whatever its inflection."""
    return key[0], " ".join(sorted(map(stem, key[1])))


def _spoken(name: Name) -> list[str]:
    """The words of a name without its places, stops and legal forms."""
    lex, known = lexicon(), place_words()
    keys = {k[1:] for k in name.keys}
    silent = (known, lex.stops, lex.forms)
    return [w for w in name.words if not any(w in s for s in silent) and place_stem(w) not in keys]


def _expand(name: Name, corpus: Corpus) -> None:
    """Says an abbreviation by what it stands for; one beside its own expansion is said once."""
    for short in name.core:
        if short in corpus.abbreviations:
            umbrella, words = corpus.abbreviations[short]
            rest = [w for w in name.core if w != short]
            name.core = [*words, *(w for w in rest if stem(w) not in {stem(x) for x in words})]
            name.umbrella = name.umbrella or umbrella
            return
