"""Words that names cut short, written out: "kyläyhd.", "vanh.yhdistys", "koti- ja kouluyhdistys".

Belongs here: what one word or phrase stands for wherever it is written. Abbreviations of bodies, which stand for a
name, are in `abbreviations`.
"""

import re
from functools import cache, lru_cache

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.place_words import place_words
from pipeline.transform.names.slips import is_slip
from pipeline.transform.names.umbrellas import patterns

SHORTEST = 3
"""Letters before an end that is cut short: "yhd" alone is a word of its own."""
LEAST = 10
"""Letters of a compound whose noun is looked at."""
_HEADLIKE = re.compile("yh|hd|ist|foren|oreni|ning|seur|kunt")
"""What is left of a long noun where one letter is wrong."""


@cache
def _phrases() -> re.Pattern[str]:
    ordered = sorted(lexicon().phrases, key=len, reverse=True)
    return re.compile(rf"(?<![a-z])(?:{'|'.join(map(re.escape, ordered))})(?![a-z])")


@cache
def _families() -> str:
    """Families that one word names, as a choice of a pattern."""
    named = {p.words[0] for p in patterns() if len(p.words) == 1 and p.words[0].isalpha()}
    return "|".join(sorted(named))


@cache
def _family_of() -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z-])({_families()})-(?=([a-z-]+))")


@cache
def tells_of_phrases() -> str:
    """Where `with_whole_words` may change something, as a pattern for names that are not folded."""
    listed = "|".join(re.escape(phrase).replace(r"\ ", " ") for phrase in lexicon().phrases)
    return f"{listed}|(?:{_families()})-".replace("a", "[aäå]").replace("o", "[oö]")


def with_whole_words(folded: str) -> str:
    """ASCII-folded text with each phrase said by one word, and the place or noun beside a family ("MTK-Laukaa",
    "MTK-yhdistys") parted."""
    if "-" in folded:
        folded = _family_of().sub(_parted, folded)
    return _phrases().sub(lambda found: lexicon().phrases[found[0]], folded)


def _parted(found: re.Match[str]) -> str:
    beside = found[2]
    return f"{found[1]} " if beside in place_words() or beside in lexicon().heads else found[0]


@lru_cache(maxsize=1 << 18)
def written_out(word: str) -> str:
    """An ASCII-folded word, whole if it was cut short."""
    lex = lexicon()
    if (whole := lex.short_words.get(word)) is not None:
        return whole
    for end, whole_end in lex.short_ends if word.endswith(_cut_ends()) else ():
        if word.endswith(end) and len(word) >= len(end) + SHORTEST and "." not in word:
            return word.removesuffix(end) + whole_end
    return _with_head(word)


def all_written_out(words: list[str]) -> list[str]:
    """`written_out` of many words, of which only those are looked at that may be cut short or spoilt."""
    found = list(words)
    short_words = lexicon().short_words
    may_be = pc.match_substring_regex(pa.array(words, pa.string()), _tells_of_ends()).to_pylist()
    for i, (word, is_shaped) in enumerate(zip(words, may_be, strict=True)):
        if is_shaped or word in short_words:
            found[i] = written_out(word)
    return found


@cache
def _tells_of_ends() -> str:
    ends = "|".join(map(re.escape, _cut_ends()))
    return f"(?s)(?:{ends})$|^.{{{SHORTEST}}}.*(?:{_HEADLIKE.pattern})"


@cache
def _cut_ends() -> tuple[str, ...]:
    return tuple(end for end, _ in lexicon().short_ends)


def _with_head(word: str) -> str:
    """A compound with its head noun put right where one slip of the key spoils it: "soutuyhdsitys".

    Only nouns of eight letters or more, and not the word that stands alone; see `typing_errors` for that.
    """
    if len(word) < LEAST or word.endswith(_long_heads()) or not _HEADLIKE.search(word, SHORTEST):
        return word
    for head in _long_heads():
        for length in (len(head) - 1, len(head), len(head) + 1):
            if len(word) >= length + SHORTEST and is_slip(word[-length:], head):
                return word[:-length] + head
    return word


@cache
def _long_heads() -> tuple[str, ...]:
    return tuple(sorted({end for end, _, _ in lexicon().head_suffixes if len(end) >= 8} | {"seurakunta"}))
