"""What a single word can be at all, so that a name is only searched for what its words allow.

Most names hold no section, no umbrella and no typing error; a look at the signs of their words, each worked out
once, spares the search. Nothing is decided here: a sign says "possible", the reader of that part decides.
"""

from collections.abc import Container, Iterable

from pipeline.transform.names.dependents import may_be_dependent
from pipeline.transform.names.folding import MARKS
from pipeline.transform.names.legal_forms import may_be_form
from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.place_words import may_be_place
from pipeline.transform.names.typing_errors import repaired
from pipeline.transform.names.umbrellas import may_be_umbrella

MARK, FORM, UMBRELLA, PLACE, ERROR, SECTION, SWEDISH, FINNISH, DEPENDENT = (1 << i for i in range(9))

SWEDISH_ENDINGS = ("forening", "foreningen", "forbund", "forbundet", "klubb", "sallskap", "brandkar", "stiftelse")
FINNISH_ENDINGS = ("yhdistys", "yhdistyksen", "liitto", "liiton", "saatio", "seura", "osasto", "kerho", "piiri", "ry")
_MOST = 1 << 19
"""Words remembered; beyond that the memory starts anew, so that a stream of nonsense does not fill it."""


class _Signs(dict[str, int]):
    def __missing__(self, word: str) -> int:
        self.make_room()
        self[word] = found = _look(word)
        return found

    def make_room(self) -> None:
        if len(self) >= _MOST:
            self.clear()


def _look(word: str, *, may_be_error: bool = True) -> int:
    if word in MARKS:
        return MARK
    lex = lexicon()
    swedish = word in lex.swedish or word.endswith(SWEDISH_ENDINGS)
    return (
        FORM * may_be_form(word)
        | UMBRELLA * may_be_umbrella(word)
        | PLACE * may_be_place(word)
        | ERROR * (may_be_error and repaired(word) is not None)
        | SECTION * word.endswith(lex.loose_sections)
        | DEPENDENT * (word in lex.beside or may_be_dependent(word))
        | (SWEDISH if swedish else FINNISH * word.endswith(FINNISH_ENDINGS))
    )


_SIGNS = _Signs()


def word_signs(word: str) -> int:
    """The signs of one word."""
    return _SIGNS[word]


def remember(ordinary: Iterable[str], others: Iterable[str], near: Container[str]) -> None:
    """Signs of words that `ordinary_words` sorted out: ordinary ones at most begin as a family does."""
    _SIGNS.make_room()
    for word in ordinary:
        _SIGNS[word] = UMBRELLA * may_be_umbrella(word)
    for word in others:
        _SIGNS[word] = _look(word, may_be_error=word in near)


def signs_of(words: list[str]) -> int:
    """The signs of all words together."""
    found = 0
    for word in words:
        found |= _SIGNS[word]
    return found


def language_of(words: list[str]) -> str | None:
    """sv when a word is Swedish and none but the last Finnish, fi when one is Finnish only; null otherwise."""
    signs = [_SIGNS[w] for w in words]
    if any(s & SWEDISH for s in signs):
        return None if any(s & FINNISH for s in signs[:-1]) else "sv"
    return "fi" if any(s & FINNISH for s in signs) else None
