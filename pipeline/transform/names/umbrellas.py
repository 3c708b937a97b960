"""Finds the umbrella family of a name by the patterns of `data/reference/umbrellas.csv`.

A pattern is a run of words; `*` at the end of a word stands for its inflections. A longer pattern beats a shorter.
"""

from dataclasses import dataclass
from functools import cache, lru_cache

from pipeline.transform.names.folding import MARKS, ascii_fold, words
from pipeline.transform.names.lexicon import lexicon, rows


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way an umbrella family shows in a name."""

    umbrella: str
    words: tuple[str, ...]
    """A word that ends in `*` matches by its beginning."""
    level: str | None
    needs_place: bool
    """True where the words are ordinary ones that mean the family only beside a place ("Kuopion Latu")."""
    is_single: bool = False
    """True for a body that is known by an abbreviation and need not be an umbrella."""


@dataclass(frozen=True, slots=True)
class Found:
    """Where a pattern stands in the word list."""

    pattern: Pattern
    start: int
    end: int


def pattern_words(text: str) -> tuple[str, ...]:
    """The words of a pattern, folded as names are; the star stays."""
    found = words(ascii_fold(text).replace("*", "\u0131"))
    return tuple(w.replace("\u0131", "*") for w in found if w not in MARKS)


@cache
def patterns() -> tuple[Pattern, ...]:
    """All patterns, longest first. A body known by its abbreviation is a family of its own: LSKL and its expansion
    are then one body as MLL and Mannerheimin Lastensuojeluliitto are."""
    read = [
        Pattern(r["umbrella"], pattern_words(r["pattern"]), r["level"] or None, bool(r["needs_place"]))
        for r in rows("umbrellas")
    ]
    families = {p.umbrella for p in read}
    for r in rows("abbreviations"):
        short, expansion = r["abbreviation"], r["expansion"]
        if r["is_organisation"] != "yes" or short in families:
            continue
        texts = (short, expansion, f"{short} {expansion}", f"{expansion} {short}") if expansion else (short,)
        read += [Pattern(short, pattern_words(t), None, False, True) for t in texts]
    return tuple(sorted(read, key=lambda p: -len(p.words)))


@cache
def _by_first() -> tuple[dict[str, list[Pattern]], dict[str, list[Pattern]]]:
    exact: dict[str, list[Pattern]] = {}
    prefix: dict[str, list[Pattern]] = {}
    for p in patterns():
        first = p.words[0]
        (prefix if first.endswith("*") else exact).setdefault(first[:4] if first.endswith("*") else first, []).append(p)
    return exact, prefix


def _fits(pattern: str, word: str | None) -> bool:
    if word is None:
        return False
    return word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern


def may_be_umbrella(word: str) -> bool:
    """True when a pattern begins with the word."""
    exact, prefix = _by_first()
    return word in exact or word[:4] in prefix


def find_umbrella(rest: list[str | None]) -> Found | None:
    """The longest pattern in the words (null where a word is already taken), the first of equals."""
    best: Found | None = None
    longest = 0
    for i, word in enumerate(rest):
        for p in () if word is None else _beginning_with(word):
            n = len(p.words)
            if longest < n <= len(rest) - i and (n == 1 or all(map(_fits, p.words[1:], rest[i + 1 : i + n]))):
                best, longest = Found(p, i, i + n), n
    return best


@lru_cache(maxsize=1 << 16)
def _beginning_with(word: str) -> tuple[Pattern, ...]:
    """The patterns whose first word fits."""
    exact, prefix = _by_first()
    return (*exact.get(word, ()), *(p for p in prefix.get(word[:4], ()) if _fits(p.words[0], word)))


_ENDINGS = {"liit": ("liitto", "liiton"), "yhdisty": ("yhdistys", "yhdistyksen"), "piir": ("piiri", "piirin")}


@cache
def vocabulary() -> frozenset[str]:
    """The long words of the patterns with their usual inflections, for reading them through a typing error."""
    found: set[str] = set()
    for p in patterns():
        for w in p.words:
            if not w.endswith("*"):
                found.add(w)
                continue
            stem = w[:-1]
            ends = next((e for e in _ENDINGS if stem.endswith(e)), None)
            found.update([stem] if ends is None else [stem[: -len(ends)] + e for e in _ENDINGS[ends]])
    return frozenset(w for w in found if len(w) >= 8 and w not in lexicon().heads)
