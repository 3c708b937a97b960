"""Finnish words without the endings that names put on them: one key for the genitive, the nominative and the plural.

Names say "Iäkkäät ry" and "Iäkkäiden yhdistys", "Mustinlahti" and "Mustinlahden". The keys are for matching only, are
no words, and may fall together for different words; they never leave the matching.
"""

from collections.abc import Iterable
from functools import lru_cache

_PLACE = (
    ("lahden", "lahti"), ("jarven", "jarvi"), ("kosken", "koski"), ("maen", "maki"), ("niemen", "niemi"),
    ("saaren", "saari"), ("vaaran", "vaara"), ("rannan", "ranta"), ("salmen", "salmi"), ("joen", "joki"),
    ("lammen", "lampi"), ("selan", "selka"), ("paan", "paa"), ("kankaan", "kangas"), ("harjun", "harju"),
    ("suon", "suo"), ("peran", "pera"), ("pohjan", "pohja"), ("sillan", "silta"), ("kylan", "kyla"),
    ("pellon", "pelto"), ("maan", "maa"), ("lehdon", "lehto"), ("korven", "korpi"), ("virran", "virta"),
    ("laakson", "laakso"), ("aukean", "aukea"), ("metsan", "metsa"), ("kallion", "kallio"), ("lahteen", "lahde"),
    ("lahteenmaen", "lahteenmaki"), ("kannaksen", "kannas"), ("portin", "portti"), ("sen", "nen"), ("sten", "set"),
)  # fmt: skip
"""Genitive and nominative ends of Finnish village names."""
GENITIVES = tuple(genitive for genitive, _ in _PLACE)
ENDS = frozenset((
    "itten", "oiden", "aiden", "iden", "ojen", "ejen", "ien", "jen", "ten", "den", "ain",
    "an", "en", "in", "on", "un", "yn", "at", "et", "it", "ot", "ut", "yt", "n", "t", "i", "a", "e", "o", "u", "y",
))  # fmt: skip
LONGEST = max(map(len, ENDS))
SHORTEST = 4
"""Letters that stay at least."""


@lru_cache(maxsize=1 << 18)
def place_stem(word: str) -> str:
    """The nominative of a place name as far as its end tells; the word without a final n otherwise."""
    if not word.endswith("n"):
        return word
    for genitive, nominative in _PLACE if word.endswith(GENITIVES) else ():
        if word.endswith(genitive) and len(word) > len(genitive) + 1:
            return word[: -len(genitive)] + nominative
    return word[:-1] if word.endswith("n") and len(word) > SHORTEST else word


VILLAGE = 6
"""Letters that a village's name has more than."""
VILLAGE_ENDS = tuple(end for pair in _PLACE[:-2] for end in pair)
_VILLAGE_LAST = frozenset(end[-3:] for end in VILLAGE_ENDS)
"""Their last three letters; none is shorter."""


@lru_cache(maxsize=1 << 18)
def is_place_like(word: str) -> bool:
    """True for a word that ends as many village names do, in the nominative or the genitive."""
    return len(word) > VILLAGE and word.endswith(VILLAGE_ENDS)


@lru_cache(maxsize=1 << 18)
def stem(word: str) -> str:
    """The word without its case and number, as far as endings tell; short words and numbers stay as they are.

    What ends like a village's name is taken to its nominative first: "Vuonislahden" and "Vuonislahti" are one.
    """
    if word[-3:] in _VILLAGE_LAST and is_place_like(word):
        word = place_stem(word)
    if len(word) <= SHORTEST or not word.isalpha():
        return word
    if not (length := _end(word[SHORTEST:][-LONGEST:])):
        return word
    found = word[:-length]
    return bare if len(bare := found.rstrip("aeiouy")) >= SHORTEST else found


@lru_cache(maxsize=1 << 16)
def _end(last: str) -> int:
    """Letters of the longest known end of these."""
    return next((n for n in range(len(last), 0, -1) if last[-n:] in ENDS), 0)


def stems_of(words: Iterable[str]) -> str:
    """The stems of words in the order of the alphabet, parted by spaces; of many lists at once, see `word_lists`."""
    return " ".join(sorted(map(stem, words)))
