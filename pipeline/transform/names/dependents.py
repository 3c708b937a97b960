"""Finds the noun of a body beside the one that the name says: "Tarmon Tuki", "Marttaliiton Kannatusyhdistys"."""

from functools import cache, lru_cache

from pipeline.transform.names.folding import DASH, MARKS, SEMICOLON
from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.place_words import place_words
from pipeline.transform.names.slips import is_slip
from pipeline.transform.names.typing_errors import repaired
from pipeline.transform.names.umbrellas import Found

SHORTEST, LONG = 6, 10
"""Letters of nouns that are recognised in spite of a slip, and of those whose first letter may be the slip."""


def find_dependent(
    rest: list[str | None], plain: list[str], found: Found | None, letters: str | None, carrier: str | None
) -> str | None:
    """The last word where it names a body beside the one in the genitive before it; it is taken out of the words.

    The genitive must be a body's: "Kuopion Nuoret" are Kuopio's only, and no body beside another. A noun that means
    nothing else needs no genitive ("Noppa Kannatusyhdistys"), nor do `letters`, the abbreviation in the name, which
    have none ("KuPS Naiset"). `carrier` is the
    word that only abbreviates the others: "Suomen Vertaistoiminnan Tuki SVT" ends with its "Tuki" all the same.
    """
    lex = lexicon()
    free = [i for i, w in enumerate(rest) if w is not None and w not in MARKS and w != carrier]
    if dashes := [i for i, w in enumerate(rest) if i > 1 and w in (DASH, SEMICOLON)]:  # "Tarmon Tuki ry, Mustinlahti"
        before_dash = [i for i in free if i < dashes[0]]
        free = before_dash if before_dash and rest[before_dash[-1]] in lex.dependents else free
    written = rest[free[-1]] if free else None
    if written is None:
        return None
    if written in lex.beside:
        rest[free[-1]] = None
        return written
    at, last = free[-1], _meant(written)
    if last not in lex.dependents and len(free) > 1:
        at, written = free[-2], rest[free[-2]] or ""
        last = _meant(written)
        last = last if last in lex.clear_dependents else None
    if last not in lex.dependents:
        return None
    before = next((i for i, w in enumerate(plain) if w == written or _meant(w) == last), 0) - 1
    if before < 0 or not (plain[before].endswith("n") or plain[before] == letters or last in lex.clear_dependents):
        return None
    of_umbrella = found is not None and plain[before] not in place_words()
    if at != free[-1] and plain[before] in place_words():  # "Helsingin Kannatusyhdistys Toivo" is Toivo
        return None
    if not of_umbrella and ((before < 1 and len(free) < 2) or (len(free) < 2 and rest.count(None) < 2)):
        return None
    rest[at] = None
    return lex.dependents[last]


def may_be_dependent(word: str) -> bool:
    """True for the noun of a body beside another, also with one slip of the key in it."""
    return word in lexicon().dependents or _slipped(word) is not None


def _meant(word: str) -> str | None:
    """The noun of a body beside another that a word is or means; else what it is a typing error of, or null."""
    return word if word in lexicon().dependents else _slipped(word) or repaired(word)


@lru_cache(maxsize=1 << 16)
def _slipped(word: str) -> str | None:
    if len(word) < SHORTEST or word in lexicon().dependents:
        return None
    for noun in _nouns().get((word[-1], len(word)), ()):
        if (noun[0] == word[0] or len(noun) >= LONG) and is_slip(word, noun):
            return noun
    return None


def slippery() -> list[str]:
    """The nouns that are recognised in spite of a slip."""
    return sorted(n for n in lexicon().dependents if len(n) >= SHORTEST)


@cache
def _nouns() -> dict[tuple[str, int], list[str]]:
    """The nouns that words of a last letter and a length can be slips of, see `slips.is_slip`."""
    found: dict[tuple[str, int], list[str]] = {}
    for noun in slippery():
        for length in (len(noun) - 1, len(noun), len(noun) + 1):
            found.setdefault((noun[-1], length), []).append(noun)
    return found
