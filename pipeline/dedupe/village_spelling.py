"""How villages are spelled: which of two spellings is the village and which its typing error.

Belongs here: spellings of villages among themselves and beside the names of municipalities. Where their addresses have
the last word is in `localities`.
"""

from functools import cache, lru_cache

from pipeline.transform.names.place_words import PlaceWord, place_words
from pipeline.transform.names.slips import deletions
from pipeline.transform.names.stems import place_stem

LONG = 6
"""Letters from which a village may be another one mistyped."""
RARELY = 0.1
"""A spelling at most so often as another is its typing error."""


def spelled(villages: dict[str, int]) -> dict[str, str]:
    """Village -> how it is meant: one letter from a municipality or a far more frequent village is a typing error."""
    towns, index = towns_near(), dict[str, str]()
    meant: dict[str, str] = {}
    frequent: dict[str, int] = {}
    for village, n in sorted(villages.items(), key=lambda kv: (-kv[1], kv[0])):
        keys = keys_of(village)
        is_new = index.keys().isdisjoint(keys) and towns.keys().isdisjoint(keys)
        if village in known_places():
            near = village
        elif is_new:
            near = None
        else:
            near = next(towns[k][0] if k in towns else index[k] for k in keys if k in towns or k in index)
        if near is not None and near != village and near in known_places():
            near = None  # which of the two it is their addresses tell, see `localities`
        if near is None or (near != village and (len(village) < LONG or n > RARELY * frequent.get(near, LONG))):
            meant[village] = village
            frequent[village] = n
            for key in keys:
                index.setdefault(key, village)
        else:
            meant[village] = near
    return meant


@cache
def known_places() -> dict[str, PlaceWord]:
    """Municipalities by their stem."""
    towns = [(w, p) for w, p in sorted(place_words().items(), key=lambda kv: kv[0]) if p.codes[0].isdigit()]
    return {place_stem(w): p for w, p in towns if " " not in w and len(w) > 3}


@lru_cache(maxsize=1 << 16)
def keys_of(village: str) -> tuple[str, ...]:
    """What a village shares with one that is a letter away, see `deletions`."""
    return tuple(deletions(village))


@cache
def towns_near() -> dict[str, list[str]]:
    """One-letter deletions of the municipalities' stems -> the municipalities, in order."""
    found: dict[str, list[str]] = {}
    for word in sorted(known_places()):
        for key in set(deletions(word)):
            found.setdefault(key, []).append(word)
    return found
