"""What is left of a service's name when everything is taken away that does not tell which service it is.

"Kuopion Latu ry:n avoin kuntojumppa Kuopiossa" is "kuntojumppa": the organisation's own name, places, general words
and endings go. Numbers and words of an audience (children, men) are kept aside: where they differ, services differ.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.dedupe.services.rules import Wording
from pipeline.transform.names.folding import ascii_fold
from pipeline.transform.names.place_words import place_words
from pipeline.transform.names.stems import stem

_WORD = re.compile(r"[^\W_]+")
_CASE_ENDING = re.compile(r"(?<=\w):[a-z]{1,5}\b")
_PLACE_ENDS = ("ssa", "lla", "sta", "lta", "lle", "seen", "an", "on", "un", "in", "en", "n", "s")
_FORMS = frozenset(("ry", "rf", "rp", "sr", "osk", "oy", "srk"))
_ROMAN = {"I": "1", "II": "2", "III": "3", "IV": "4", "V": "5"}
_ROMANS = re.compile(r"\b(?:III|II|IV|I|V)\b")
GENERAL = "_"
"""Begins the core of a name of general words only: such names are the same when all words are, and else unknown."""
_LINKS = ("sten", "ille", "ten", "den", "lle", "en", "a", "n", "r", "s", "")
"""What joins an audience to the word after it; the longest first."""
_SHORTEST = 4


@dataclass(frozen=True, slots=True)
class ServiceName:
    """The parts of one name; all folded."""

    core: str
    """Distinctive stems in alphabetical order; of a name without any, all its words behind `GENERAL`."""
    number: str
    audience: str
    """Whom it is for, in alphabetical order, joined by a comma; empty when the name does not tell."""


NOTHING = ServiceName("", "", "")


def own_words(organisation_names: Iterable[str]) -> frozenset[str]:
    """Stems of the names of an organisation; words of three letters and more."""
    return frozenset(
        stem(w) for name in organisation_names for w in _WORD.findall(ascii_fold(name)) if len(w) > 2 and w.isalpha()
    )


def service_name(name: str | None, own: frozenset[str], wording: Wording) -> ServiceName:
    """The parts of a service's name; `own` are the words of its organisation's names, see `own_words`."""
    if not name:
        return NOTHING
    audience: set[str] = set()
    numbers: list[str] = []
    kept: list[str] = []
    spare: list[str] = []
    if not name.isupper():  # in capitals "I" may be the Swedish preposition
        name = _ROMANS.sub(lambda m: _ROMAN[m[0]], name)
    words = _WORD.findall(_CASE_ENDING.sub("", ascii_fold(name)))
    for word in words:
        if word.isdigit():
            numbers.append(word.lstrip("0") or "0")
            continue
        if word in _FORMS or _is_place(word):
            continue
        if who := _audience(word, wording):
            audience.add(who[0])
            rest = _after(word, who[1])
            if rest is None:
                continue
            word = rest
        if word in wording.general:
            continue
        short = _without_end(word, wording)
        said = stem(wording.equivalents.get(word) or wording.equivalents.get(short, short))
        (spare if stem(word) in own else kept).append(said)
    core = " ".join(sorted(set(kept or spare))) or GENERAL + GENERAL.join(sorted(set(words)))
    return ServiceName(core, " ".join(numbers), ",".join(sorted(audience)))


def _audience(word: str, wording: Wording) -> tuple[str, str] | None:
    """(who it is for, the beginning that says so); null for a word that says nothing of the kind."""
    if not word.startswith(wording.audience_starts) or word.startswith(wording.not_audience):
        return None
    return next((who, start) for start, who in wording.audience if word.startswith(start))


def _after(word: str, start: str) -> str | None:
    """What follows the audience in a compound (lastenkerho -> kerho); null when nothing that tells does."""
    rest = word[len(start) :]
    for link in _LINKS:
        if rest.startswith(link) and len(rest) - len(link) >= _SHORTEST and rest[len(link)] not in "aeiouy":
            return rest[len(link) :]
    return None


def _without_end(word: str, wording: Wording) -> str:
    for end in wording.general_ends:
        if word.endswith(end) and len(word) - len(end) >= _SHORTEST:
            return word[: -len(end)]
    return word


@cache
def _places() -> frozenset[str]:
    """Single words that are places."""
    return frozenset(w for w in place_words() if " " not in w and len(w) > 3)


@lru_cache(maxsize=1 << 16)
def _is_place(word: str) -> bool:
    known = _places()
    if word in known:
        return True
    for end in _PLACE_ENDS:
        if word.endswith(end) and (word[: -len(end)] in known or word[: -len(end)] + "n" in known):
            return True
    return False
