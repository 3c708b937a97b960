"""Words that names cut short, written out: "kyläyhd.", "vanh.yhdistys", "koti- ja kouluyhdistys".

Belongs here: what one word or phrase stands for wherever it is written. Abbreviations of bodies, which stand for a
name, are in `abbreviations`.
"""

import re
from functools import cache

from pipeline.transform.names.lexicon import lexicon

SHORTEST = 3
"""Letters before an end that is cut short: "yhd" alone is a word of its own."""


@cache
def phrases() -> re.Pattern[str]:
    """The phrases that one word says, in ASCII-folded text."""
    ordered = sorted(lexicon().phrases, key=len, reverse=True)
    return re.compile(rf"(?<![a-z])(?:{'|'.join(map(re.escape, ordered))})(?![a-z])")


def without_phrases(folded: str) -> str:
    """ASCII-folded text with each phrase said by one word."""
    return phrases().sub(lambda found: lexicon().phrases[found[0]], folded)


def written_out(word: str) -> str:
    """An ASCII-folded word, whole if it was cut short."""
    lex = lexicon()
    if (whole := lex.short_words.get(word)) is not None:
        return whole
    for end, whole_end in lex.short_ends:
        if word.endswith(end) and len(word) >= len(end) + SHORTEST and "." not in word:
            return word.removesuffix(end) + whole_end
    return word
