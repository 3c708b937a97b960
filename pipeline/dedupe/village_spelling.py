"""How villages are spelled: which of two spellings is the village and which its typing error.

Belongs here: spellings of villages among themselves and beside the names of municipalities. Where their addresses have
the last word is in `localities`.
"""

from functools import cache

from pipeline.transform.names.place_words import PlaceWord, place_words
from pipeline.transform.names.slips import deletions
from pipeline.transform.names.stems import place_stem

LONG = 6
"""Letters from which a village may be another one mistyped."""
RARELY = 0.1
"""A spelling at most so often as another is its typing error."""


def spelled(villages: dict[str, int]) -> dict[str, str]:
    """Village -> how it is meant: one letter from a municipality or a far more frequent village is a typing error."""
    index = {key: words[0] for key, words in towns_near().items()}
    meant: dict[str, str] = {}
    frequent: dict[str, int] = {}
    for village, n in sorted(villages.items(), key=lambda kv: (-kv[1], kv[0])):
        keys = deletions(village)
        is_new = index.keys().isdisjoint(keys)
        near = None if is_new else next(index[k] for k in keys if k in index)
        if village in known_places():
            near = village
        if near is not None and near != village and near in known_places():
            near = None  # which of the two it is their addresses tell, see `localities`
        if near is None or (near != village and (len(village) < LONG or n > RARELY * frequent.get(near, LONG))):
            meant[village] = village
            frequent[village] = n
            new = dict.fromkeys(keys, village)
            index.update(new if is_new else {key: village for key in new if key not in index})
        else:
            meant[village] = near
    return meant


@cache
def known_places() -> dict[str, PlaceWord]:
    """Municipalities by their stem."""
    towns = [(w, p) for w, p in sorted(place_words().items(), key=lambda kv: kv[0]) if p.codes[0].isdigit()]
    return {place_stem(w): p for w, p in towns if " " not in w and len(w) > 3}


@cache
def towns_near() -> dict[str, list[str]]:
    """One-letter deletions of the municipalities' stems -> the municipalities, in order."""
    found: dict[str, list[str]] = {}
    for word in sorted(known_places()):
        for key in set(deletions(word)):
            found.setdefault(key, []).append(word)
    return found
