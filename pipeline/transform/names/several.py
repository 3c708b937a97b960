"""Tells a cell that names several organisations ("Kuopion Martat ry, Puijon Latu ry") from a name with parts."""

from functools import lru_cache

from pipeline.transform.names.folding import DASH, MARKS
from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.place_words import place_words
from pipeline.transform.names.umbrellas import find_umbrella
from pipeline.transform.names.word_signs import language_of

SEVERAL = "several"
"""What stands for "none of those named" where a name has a body beside another."""
_BETWEEN = frozenset((DASH, "ja", "seka", "och", "samt"))


def is_several(listed: list[str]) -> bool:
    """Whether the words (with their marks) are the names of two bodies, each with its legal form.

    "Eläkeliitto ry, Kuopion yhdistys ry" is one: what follows names only a place and a kind of body. So are two names
    of one umbrella (the body and its chapter) and a Finnish name beside its Swedish one.
    """
    forms = lexicon().forms
    for i in range(1, len(listed) - 2):
        if listed[i + 1] in _BETWEEN and listed[i] in forms and listed[-1] in forms:
            return _are_two(tuple(listed[:i]), tuple(listed[i + 2 : -1]))
    return False


@lru_cache(maxsize=1 << 12)
def _are_two(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    lex, places = lexicon(), place_words()
    own = [w for w in other if w not in MARKS and w not in lex.heads and w not in lex.stops and w not in places]
    if not own or own[-1].endswith(lex.loose_sections) or not set(own).isdisjoint(one):
        return False
    left, right = find_umbrella(list(one)), find_umbrella(list(other))
    if left is not None and right is not None and left.pattern.umbrella == right.pattern.umbrella:
        return False
    return "sv" not in (language_of(list(one)), language_of(list(other)))
