"""Reads a known long word through one typing error, by its one-letter deletions.

Only words of eight letters or more are repaired: NMKY and NNKY, or Kemin and Lemin, are one letter apart and
different. Nor is a first letter exchanged, by which many villages differ (Tuusjärvi, Kuusjärvi).
The repair serves matching only; the display keeps what was written.
"""

from functools import cache, lru_cache

from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.place_words import place_words
from pipeline.transform.names.slips import deletions
from pipeline.transform.names.umbrellas import vocabulary

SHORTEST = 8


@cache
def known_words() -> frozenset[str]:
    """The words that others may be typing errors of."""
    lex = lexicon()
    words = (*place_words(), *lex.heads, *lex.dependents, *lex.forms)
    return vocabulary() | {w for w in words if len(w) >= SHORTEST and " " not in w}


@cache
def _index() -> dict[str, str]:
    """Deletion -> the one word it can come from; ambiguous ones are left out."""
    found: dict[str, str] = {}
    for word in sorted(known_words()):
        for key in deletions(word):
            found[key] = word if found.get(key, word) == word else ""
    return found


@cache
def _keys() -> frozenset[str]:
    return frozenset(_index())


@lru_cache(maxsize=1 << 18)
def repaired(word: str) -> str | None:
    """The known word that this one is a typing error of; null when it is known itself or far from every one."""
    if len(word) < SHORTEST:
        return None
    index = _index()
    if word in known_words():
        return None
    if index.get(word):  # one letter was left out
        return index[word]
    near = {index[key] for key in _keys().intersection(deletions(word))}
    near = {w for w in near if w and (w[0] == word[0] or w[:2] == word[1::-1])}
    return near.pop() if len(near) == 1 else None
