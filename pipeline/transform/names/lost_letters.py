"""Letters that an encoding lost: "K?yli?n" is Köyliön, "rekister?ity" is rekisteröity.

The lost letters of Finnish are ä, å and ö, which fold to a and o. A word that some list knows with one of them is that
word; of any other each letter is read as a, the likelier.
"""

import re
from functools import cache
from itertools import product

from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.place_words import place_words
from pipeline.transform.names.umbrellas import patterns

_WORD = re.compile(r"(?:(?<=\w)[?\ufffd](?=\w)|\ufffd(?=\w)|[\w-])+")
_LOST = re.compile(r"(?<=\w)[?\ufffd](?=\w)|\ufffd(?=\w)")
MOST = 4
"""Lost letters of a word up to which all readings are tried."""


def restored(folded: str) -> str:
    """ASCII-folded text with its lost letters read, inside words and in their beginning."""
    return _WORD.sub(lambda found: _read(found[0]), folded)


def _read(word: str) -> str:
    parts = _LOST.split(word)
    if len(parts) == 1:
        return word
    if len(parts) - 1 <= MOST:
        for letters in product("ao", repeat=len(parts) - 1):
            read = parts[0] + "".join(letter + part for letter, part in zip(letters, parts[1:], strict=True))
            if read in _known():
                return read
    return "a".join(parts)


@cache
def _known() -> frozenset[str]:
    lex = lexicon()
    named = (w.removesuffix("*") for p in patterns() for w in p.words)
    return frozenset(
        {*place_words(), *lex.heads, *lex.dependents, *named, *(w for f in lex.forms for w in f.split(" "))}
    )
