"""Words that the parser cannot tell apart, so that "Kuopion Tarmo ry" and "Porin Reipas ry" are read by one reading.

A class holds everything that `parse` looks at in a word: how it ends, whether it is a place and of which kind, what
it leaves in the core. A word that some list or pattern names is a class of its own, so that nothing is lost by
reading one name for all names of the same classes. Typing errors move words about and have no class.

Does not belong here: what the parts of a name are; that is `parse`, for each sequence of classes once.
"""

from collections.abc import Sequence
from typing import NamedTuple

from pipeline.transform.names.abbreviations import letters_of
from pipeline.transform.names.core import compound, parts_of
from pipeline.transform.names.folding import MARKS
from pipeline.transform.names.legal_forms import compound_form
from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.ordinary_words import first_words, named, second_words, sorted_out
from pipeline.transform.names.place_words import codes_and_keys, place_words
from pipeline.transform.names.word_signs import (
    DEPENDENT,
    ERROR,
    FINNISH,
    FORM,
    SECTION,
    SWEDISH,
    remember,
    word_signs,
)

Key = tuple[object, ...] | str
_MOST = 1 << 19


class WordClass(NamedTuple):
    """What a word is to the parser, and what it gives to the parts of a name."""

    key: Key | None
    """Equal for words that the parser treats alike; null for a word whose names are read one by one."""
    if_followed: Key | None
    """The key in a name that has the second word of a place of several words ("Koski Tl")."""
    stem: str | None
    """The word without the legal form that is its end ("Tarmosäätiö"); null where it has none."""
    given: tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]
    """What it gives to the core; its head nouns; its words of national level."""
    letters: str
    places: tuple[str, ...]
    place_keys: tuple[str, ...]


def _given(word: str) -> tuple[tuple[Key, ...], tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]]:
    """(signature, what the word gives); follows `core.core_of` word for word."""
    lex = lexicon()
    signature: list[Key] = []
    pieces: list[str] = []
    heads: list[str] = []
    national: list[str] = []
    for part in parts_of(word):
        if part in lex.heads:
            signature.append(("head", *lex.heads[part]))
            heads.append(part)
        elif part in lex.national:
            signature.append("national")
            national.append(part)
        else:
            stem, head, level = compound(part)
            signature.append((bool(stem), head, level, stem.endswith(lex.sections)))
            if stem:
                pieces.append(stem)
    return tuple(signature), (tuple(pieces), tuple(heads), tuple(national))


def _class(word: str) -> WordClass:
    signature, given = _given(word)
    lex = lexicon()
    letters = "" if word in lex.stops or word in MARKS else letters_of(word)
    codes = codes_and_keys(word) if word in place_words() else ((), ())
    listed, beginnings = named()
    signs = word_signs(word)
    stem: str | None = None
    key: Key | None = None
    if signs & ERROR:
        key = None
    elif (
        word.endswith(lex.sections)
        or word in listed
        or word in second_words()
        or word.startswith(beginnings)
        or signs & DEPENDENT
        or "." in word
        or word in MARKS
        or word in lex.stops
    ):
        key = word
    elif signs & FORM and (form := compound_form(word)) is not None:
        stem = form[1]
        within = class_of(stem) if stem else None
        key = word if within is None or isinstance(within.key, str | None) or within.stem else ("form", form[0])
        if isinstance(key, tuple) and within is not None:
            key = (*key, _general(word, signature), within.key)
        else:
            stem = None
    else:
        key = _general(word, signature)
    followed = word if key is not None and (word in first_words() or stem in first_words()) else key
    return WordClass(key, followed, stem, given, letters, *codes)


def _general(word: str, signature: tuple[Key, ...]) -> Key:
    place = place_words().get(word)
    kind = None
    if place is not None:
        kind = (place.is_genitive, place.codes[0][0].isalpha(), word in lexicon().ordinary_places)
    return (word[-1] == "n", word_signs(word) & (SWEDISH | FINNISH | SECTION), kind, signature)


class _Classes(dict[str, WordClass]):
    def __missing__(self, word: str) -> WordClass:
        self.make_room()
        self[word] = found = _class(word)
        return found

    def make_room(self) -> None:
        if len(self) >= _MOST:
            self.clear()


_CLASSES = _Classes()


def class_of(word: str) -> WordClass:
    """The class of an ASCII-folded word or mark."""
    return _CLASSES[word]


def classes_of(words: Sequence[str]) -> list[WordClass]:
    """The classes of words; those of ordinary words are made without a look at each."""
    _CLASSES.make_room()
    found, others, near = sorted_out([w for w in words if w not in _CLASSES])
    remember(found, others, near)
    for word in found:
        key = _ORDINARY[word[-1] == "n"]
        _CLASSES[word] = WordClass(key, key, None, ((word,), (), ()), word[0].upper(), (), ())
    return [_CLASSES[w] for w in words]


_ORDINARY: tuple[Key, Key] = (
    (False, 0, None, ((True, None, None, False),)),
    (True, 0, None, ((True, None, None, False),)),
)
"""The keys of words of which nothing is known, without and with a last n."""


def key_of(word: str, everything: list[str]) -> Key | None:
    """The key of a word in a name of these words."""
    found = class_of(word)
    return found.key if second_words().isdisjoint(everything) else found.if_followed
