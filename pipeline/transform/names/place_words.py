"""Finds places among the words of a name and judges whether they are places there.

"Kuopion", "Kuopio", "Varsinais-Suomen" and "Helsingfors" are places; "Perho" (a butterfly) and "Salo" (backwoods)
are so only in the genitive before something, or last after an umbrella ("MLL Perho").
"""

from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.transform import reference
from pipeline.transform.names.folding import MARKS, ascii_fold
from pipeline.transform.names.lexicon import lexicon


@dataclass(frozen=True, slots=True)
class PlaceWord:
    """One written place: codes of today, the key that tells a former municipality apart, and its case."""

    codes: tuple[str, ...]
    keys: tuple[str, ...]
    is_genitive: bool


@dataclass(slots=True)
class FoundPlaces:
    """The places of a name, and which words they took."""

    codes: tuple[str, ...]
    keys: tuple[str, ...]
    text: str | None
    taken: frozenset[int]


NO_PLACES = FoundPlaces((), (), None, frozenset())


@cache
def place_words() -> dict[str, PlaceWord]:
    """Every form of a municipality, region or historical area, ASCII-folded, words joined by one space."""
    former = {
        name.casefold(): f"F{f.code}"
        for f in reference.former_municipalities()
        for name in (f.name_fi, f.name_sv, f.genitive_fi)
        if name and f.change == "merged"
    }
    found: dict[str, PlaceWord] = {}
    for text, form in reference.place_forms().items():
        if form.kind == "county":
            continue
        codes = tuple(f"R{c}" for c in form.codes) if form.kind == "region" else form.codes
        keys = (former[text],) if form.is_former and text in former else codes
        word = PlaceWord(codes, keys, form.is_genitive)
        folded = ascii_fold(text)
        if folded not in found or not form.is_former:
            found.setdefault(folded, word)
    for area, code in lexicon().areas.items():
        found.setdefault(area, PlaceWord((code,), (code,), True))
    return found


@cache
def _starts() -> frozenset[str]:
    """First words of places that have several."""
    return frozenset(w.split(" ")[0] for w in place_words() if " " in w)


@cache
def region_of() -> dict[str, str]:
    """Municipality code -> region as "R11"."""
    return {code: f"R{m.region_code}" for code, m in reference.municipalities().items()}


def may_be_place(word: str) -> bool:
    """True when a place is or begins with the word."""
    return word in place_words() or word in _starts()


def find_places(rest: list[str | None], umbrella: tuple[int, int] | None) -> FoundPlaces:
    """The places among the free words. `umbrella` is where the umbrella's words stand (end exclusive), or null.

    One name has one place or one list of places; a region stands back where a municipality is named as well.
    """
    table, starts = place_words(), _starts()
    free = [i for i, w in enumerate(rest) if w is not None and w not in MARKS]
    hits: list[tuple[PlaceWord, list[int], str]] = []
    n = 0
    while n < len(free):
        hit = None
        first = rest[free[n]]
        if first not in starts and first not in table:
            n += 1
            continue
        for length in (3, 2, 1) if first in starts else (1,):
            span = free[n : n + length]
            if len(span) < length or span[-1] - span[0] != length - 1:
                continue
            text = " ".join(rest[i] for i in span)  # type: ignore[misc]
            word = table.get(text)
            if word is not None and _is_place(text, word, span, free, umbrella):
                hit = (word, span, text)
                break
        if hit is None:
            n += 1
        else:
            hits.append(hit)
            n += len(hit[1])
    if umbrella is None and sum(len(span) for _, span, _ in hits) == len(free):
        hits = []  # a name that is nothing but a place names something else
    local = [h for h in hits if not h[0].codes[0][0].isalpha()]
    chosen = local or hits
    if len(chosen) == len(hits) == 1:
        _, span, text = hits[0]
        return FoundPlaces(*codes_and_keys(text), text, frozenset(span))
    return FoundPlaces(
        codes=tuple(sorted({c for w, _, _ in chosen for c in w.codes})),
        keys=tuple(sorted({k for w, _, _ in chosen for k in w.keys})),
        text=" ".join(t for _, _, t in chosen) or None,
        taken=frozenset(i for _, span, _ in hits for i in span),
    )


@lru_cache(maxsize=1 << 14)
def codes_and_keys(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The codes and the keys of one written place, sorted."""
    word = place_words()[text]
    return tuple(sorted(set(word.codes))), tuple(sorted(set(word.keys)))


def _is_place(text: str, word: PlaceWord, span: list[int], free: list[int], umbrella: tuple[int, int] | None) -> bool:
    """A genitive needs something that it belongs to; an ordinary word needs its strongest position."""
    after_umbrella = umbrella is not None and span[0] == umbrella[1]
    before_umbrella = umbrella is not None and span[-1] < umbrella[0]
    is_last = span[-1] == free[-1] and not before_umbrella
    if text in lexicon().ordinary_places:
        if word.is_genitive:
            return after_umbrella or (span[0] == free[0] and not is_last)
        return after_umbrella  # "MLL Perho", "LC Lahti/Wellamo"
    return not word.is_genitive or not is_last or umbrella is not None or len(free) > len(span)
