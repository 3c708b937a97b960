"""Words that no list, pattern or ending says anything of, told of many at once: most of the rare words in names.

Belongs here: what can make a word more than an ordinary one, wherever the parser looks at words. What such a word is,
is decided in `word_signs` and `word_classes`, which look at the others one by one.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.transform.names.abbreviations import JOINTS, expansions
from pipeline.transform.names.dependents import slippery
from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.place_words import place_words
from pipeline.transform.names.slips import Near
from pipeline.transform.names.typing_errors import known_words
from pipeline.transform.names.umbrellas import patterns
from pipeline.transform.names.word_lists import TEXT
from pipeline.transform.names.word_signs import FINNISH_ENDINGS, SWEDISH_ENDINGS


@cache
def named() -> tuple[frozenset[str], tuple[str, ...]]:
    """(words that some pattern names, beginnings of those that end in a star)."""
    lex = lexicon()
    names, found = expansions()
    listed = [w for p in patterns() for w in p.words] + [w for many in found.values() for p, _ in many for w in p]
    listed += [*names, *(w for form in lex.forms for w in form.split(" ")), *"ryfp", "kerho"]
    return frozenset(w for w in listed if w[-1] != "*"), tuple(sorted({w[:-1] for w in listed if w[-1] == "*"}))


@cache
def first_words() -> frozenset[str]:
    """First words of places of several words."""
    return frozenset(place.split(" ")[0] for place in place_words() if " " in place)


@cache
def second_words() -> frozenset[str]:
    """Words that stand second or later in a place of several words."""
    return frozenset(w for place in place_words() if " " in place for w in place.split(" ")[1:])


def sorted_out(words: Sequence[str]) -> tuple[list[str], list[str], set[str]]:
    """(ordinary ones of ASCII-folded words, the others, those that may be slips of a known word).

    An ordinary word is in no list, has no known ending or beginning, is no slip and has only letters and digits.
    """
    listed, near = _listed(), _slips()(words)
    shaped = pc.match_substring_regex(pa.array(words, TEXT), _told_by_shape()).to_pylist()
    ordinary: list[str] = []
    others: list[str] = []
    for word, is_shaped in zip(words, shaped, strict=True):
        (others if is_shaped or word in listed or word in near else ordinary).append(word)
    return ordinary, others, near


@cache
def _listed() -> frozenset[str]:
    lex = lexicon()
    exact, _ = named()
    return exact.union(
        second_words(), first_words(), place_words(), lex.forms, lex.form_starts, lex.heads, lex.national, lex.stops,
        lex.swedish, lex.beside, lex.dependents,
    )  # fmt: skip


@cache
def _told_by_shape() -> str:
    """What words of known beginnings and endings look like, and words with other signs, as a pattern of RE2."""
    lex = lexicon()
    endings = {
        *lex.form_endings, *(ending for ending, _, _ in lex.head_suffixes), *lex.district_suffixes, *lex.sections,
        *lex.loose_sections, *SWEDISH_ENDINGS, *FINNISH_ENDINGS, *JOINTS,
    }  # fmt: skip
    return f"^$|[^0-9a-z]|(?:{_choice(endings)})$|^(?:{_choice(named()[1])})"


def _choice(texts: Iterable[str]) -> str:
    return "|".join(map(re.escape, sorted(texts)))


@cache
def _slips() -> Near:
    return Near([*known_words(), *slippery()])
