"""Abbreviations of a name: those it carries, those it expands to, and its initials."""

import re
from functools import cache, lru_cache

from pipeline.transform.names.folding import ascii_fold
from pipeline.transform.names.lexicon import lexicon, rows
from pipeline.transform.names.umbrellas import pattern_words

_UPPER = re.compile(r"(?<![\w-])(?=(?:[^\W\d_]*[A-ZÅÄÖ]){2})([A-ZÅÄÖ][A-Za-zÅÄÖåäö]{1,7})(?![\w-])")
_SMALL = re.compile(r"(?<![^\W\d_])[^\W\d_][a-zåäöéáüč]+[a-zåäöéáüč](?![^\W\d_])")
JOINTS = (
    "seura", "kerho", "klubi", "liitto", "yhdistys", "palokunta", "keskus", "osakunta", "urheilijat", "voimistelijat",
    "pallo", "kamrat", "forening", "forbund", "klubb", "sallskap", "idrott",
)  # fmt: skip
"""Second parts at which a compound gives a second initial (Palloseura: P, S)."""
_NO_NAME = frozenset(("RY", "RF", "RP", "SR", "OY", "AB", "OYJ", "ABP", "OSK", "TMI", "KY", "AY", "OK", "ANL", "SRK"))


@cache
def expansions() -> tuple[dict[str, str], dict[str, list[tuple[tuple[str, ...], str]]]]:
    """Organisations' abbreviations, and their expansions by first word."""
    names: dict[str, str] = {}
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for row in rows("abbreviations"):
        if row["is_organisation"] != "yes":
            continue
        names[ascii_fold(row["abbreviation"])] = row["abbreviation"]
        if row["expansion"]:
            words = pattern_words(row["expansion"])
            found.setdefault(words[0], []).append((words, row["abbreviation"]))
    return names, found


def find_abbreviation(display: str, words: list[str]) -> tuple[str | None, str | None]:
    """(the abbreviation in upper case, the word that carries it); the word is null when it was an expansion.

    A word of two or more capitals counts ("KuPS", "SPNL"), but only in a name with small letters as well, or one
    that is nothing but the word: a name written in capitals throughout abbreviates nothing.
    """
    names, known = expansions()
    for word in words:
        if word in names:
            return names[word], word
    for i, word in enumerate(words):
        for pattern, short in known.get(word, ()):
            n = len(pattern)
            if i + n <= len(words) and all(
                w.startswith(p[:-1]) if p.endswith("*") else w == p
                for p, w in zip(pattern, words[i : i + n], strict=True)
            ):
                return short, None
    found, has_small = in_capitals(display) if display else (None, False)
    if found is None or (len(words) > 1 and not has_small):
        return None, None
    return found.upper(), found


def in_capitals(display: str) -> tuple[str | None, bool]:
    """(the last word of two or more capitals, folded; whether the name has a word of small letters as well)."""
    hits = [w for w in _UPPER.findall(display) if w.upper() not in _NO_NAME]
    if not hits:
        return None, False
    return ascii_fold(hits[-1]), _SMALL.search(display) is not None


def abbreviates(short: str, others: list[str]) -> bool:
    """True when the letters of `short` follow one another in the other words, from the first letter of one on."""
    if not others:
        return False
    for start, word in enumerate(others):
        if word[:1] != short[0]:  # a genitive that was one letter is nothing
            continue
        letters = iter("".join(others[start:]))
        if all(c in letters for c in short):
            return True
    return False


def letters_fit(short: str, spoken: list[str]) -> bool:
    """True when the letters of `short` are the first letters of the words in turn, each perhaps with more letters of
    its word; words left over at the end must be generic ("yhdistys", "osasto")."""
    heads = lexicon().heads

    def fits(rest: str, at: int) -> bool:
        if not rest:
            return all(w in heads for w in spoken[at:])
        if at == len(spoken) or spoken[at][0] != rest[0]:
            return False
        position, taken = 0, 1
        while True:
            if fits(rest[taken:], at + 1):
                return True
            if taken == len(rest):
                return False
            position = spoken[at].find(rest[taken], position + 1)
            if position < 0:
                return False
            taken += 1

    return fits(short, 0)


def initials_of(words: list[str]) -> str:
    """Initials of the words, compounds taken apart at a common second part; empty for fewer than two letters."""
    letters = "".join([letters_of(word) for word in words])
    return letters if len(letters) > 1 else ""


@lru_cache(maxsize=1 << 18)
def letters_of(word: str) -> str:
    """The initial of a word, and that of the second part of each compound in it."""
    stops = lexicon().stops
    return "".join(part[0] + _joint(part) for part in word.split("-") if part and part not in stops).upper()


def _joint(word: str) -> str:
    for second in JOINTS if word.endswith(JOINTS) else ():
        if word.endswith(second) and len(word) > len(second) + 2:
            return second[0]
    return ""
