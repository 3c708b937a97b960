"""Tells a cell that names several organisations ("Kuopion Martat ry, Puijon Latu ry") from a name with parts.

Each of the two must be a name by itself: a place of its own, or a legal form of its own, and something more. What is
between them says how much is asked: a semicolon stands inside no name, "ja" and a comma do. Known by heart is nothing
here; whether the two parts are names of other records is asked in `dedupe.named_together`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

from pipeline.transform.names.abbreviations import abbreviates, letters_fit
from pipeline.transform.names.folding import AND, DASH, MARKS, OF_BODY, SEMICOLON, SLASH
from pipeline.transform.names.legal_forms import compound_form
from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.place_words import place_words
from pipeline.transform.names.stems import stem
from pipeline.transform.names.umbrellas import find_umbrella
from pipeline.transform.names.word_signs import language_of

SEVERAL = "several"
"""What stands for "none of those named" where a name has a body beside another."""
_AND = frozenset((AND, "ja", "seka", "och", "samt"))
LONGEST = 60
"""Words and marks beyond which a cell is a text and no name."""
NOTHING: Mapping[str, frozenset[str]] = MappingProxyType({})
_TELLING = frozenset(("kyläyhdistys", "kylätoimikunta", "seurakuntayhtymä"))
"""Nouns of which a place has one: with it they are a name."""
_BETWEEN = _AND | {SEMICOLON, DASH, SLASH}
_END = ""
"""Nothing is between, but that the first ends in its legal form ("Kuopion Martat ry Puijon Hiihto ry": the lines of a
cell)."""


@dataclass(frozen=True, slots=True)
class _Part:
    """One side of the cell."""

    words: tuple[str, ...]
    """Its words without marks and legal form."""
    has_form: bool
    """Whether it ends in a legal form of its own."""
    named: tuple[str, ...]
    """Its words that are no place; without them it names nobody."""
    own: tuple[str, ...]
    """Those that are no noun of every body either."""
    towns: frozenset[str]
    """Municipalities that it names."""
    is_placed: bool
    """Whether one of them stands in the genitive before something."""
    language: str | None


def may_be_several(listed: list[str]) -> bool:
    """Whether the words need the look of `is_several`: no word class tells what it decides."""
    return _may_be(listed) and bool(_cuts(listed))


def is_several(listed: list[str], known: Mapping[str, frozenset[str]] = NOTHING) -> bool:
    """Whether the words (with their marks) are the names of two bodies. `known` holds names (plain words) -> places,
    for villages that no list has.

    "Eläkeliitto ry, Kuopion yhdistys ry" is one: what follows names only a place and a kind of body. So are two names
    of one umbrella (the body and its chapter), a Finnish name beside its Swedish one, a body and its section, an
    abbreviation beside what it stands for, and "Pielaveden ja Keiteleen Yrittäjät", whose first part is only a place.
    """
    return _may_be(listed) and any(_are_two(between, one, other) for between, one, other in _cuts(listed, known))


def first_and_other(listed: list[str]) -> tuple[str, str] | None:
    """(plain words of the body named first, of what comes after); null where the words are one body's name."""
    for between, one, other in _cuts(listed):
        if _are_two(between, one, other):
            return " ".join(one.words), " ".join(other.words)
    return None


def sides(listed: list[str]) -> set[str]:
    """The plain words of both sides of whatever may stand between two names, for `known`."""
    parts = (_plain(side)[0] for end, start in _between(listed) for side in (listed[:end], listed[start:]))
    return {" ".join(words) for words in parts if len(words) > 1}


def _cuts(listed: list[str], known: Mapping[str, frozenset[str]] = NOTHING) -> list[tuple[str, _Part, _Part]]:
    """(what is between, left, right) wherever both sides may be names by themselves."""
    found = []
    for end, start in _between(listed):
        between = listed[end] if start > end else _END
        other = _at(_part(tuple(listed[start:])), known)
        if other.named and (other.has_form or (other.is_placed and between != _END)):
            one = _at(_part(tuple(listed[:end])), known)
            if one.named and (one.has_form or one.towns or between == SEMICOLON):
                found.append((between, one, other))
    return found


def _may_be(listed: list[str]) -> bool:
    """Whether something stands between two names; most names are told here to be one."""
    return not _BETWEEN.isdisjoint(listed) or not lexicon().ends.isdisjoint(listed[2:-2])


def _between(listed: list[str]) -> list[tuple[int, int]]:
    """(where one name may end, where another may begin)."""
    if len(listed) > LONGEST:
        return []
    ends = lexicon().ends
    found = []
    for i in range(1, len(listed) - 2):
        if listed[i] in _BETWEEN and (i > 1 or listed[i] == SEMICOLON):
            found.append((i, i + 1))
        elif listed[i] in ends and i > 1 and listed[i + 1] not in MARKS:
            found.append((i + 1, i + 1))
    return found


def _at(part: _Part, known: Mapping[str, frozenset[str]]) -> _Part:
    places = known.get(" ".join(part.words)) if known else None
    return replace(part, towns=places, is_placed=True) if places else part


@lru_cache(maxsize=1 << 12)
def _part(listed: tuple[str, ...]) -> _Part:
    lex, places = lexicon(), place_words()
    words, has_form = _plain(listed)
    has_form |= bool(words) and (lex.forms.get(words[-1]) == "srk" or compound_form(words[-1]) is not None)
    at = [i for i, w in enumerate(words) if (p := places.get(w)) and (p.is_genitive or w not in lex.ordinary_places)]
    local = [i for i in at if not places[words[i]].codes[0][0].isalpha()]
    named = tuple(w for i, w in enumerate(words) if i not in at and not _says_nothing(w))
    return _Part(
        tuple(words),
        has_form and listed[-1] != OF_BODY,
        named,
        tuple(w for w in named if w not in lex.heads or lex.heads[w][0] in _TELLING),
        frozenset(c for i in local for c in places[words[i]].codes),
        any(places[words[i]].is_genitive and i < len(words) - 1 for i in local),
        language_of(list(listed)),
    )


def _plain(listed: Sequence[str]) -> tuple[list[str], bool]:
    """(the words without marks and the legal form that they end in, whether there was one)."""
    words = [w for w in listed if w not in MARKS]
    has_form = False
    while words and (n := _form_length(words)):
        has_form = True
        del words[-n:]
    return words, has_form


def _says_nothing(word: str) -> bool:
    plain = word.replace(".", "")
    return plain in lexicon().stops or lexicon().forms.get(plain, "srk") != "srk"


def _form_length(words: list[str]) -> int:
    """Of how many words the legal form is that they end in; a parish's form is its noun, and stays."""
    forms = lexicon().forms
    if (form := forms.get(words[-1].replace(".", ""))) is not None:
        return int(form != "srk")
    return 2 * (" ".join(words[-2:]) in forms)


def _are_two(between: str, one: _Part, other: _Part) -> bool:
    elsewhere = bool(one.towns and other.towns) and one.towns.isdisjoint(other.towns)
    is_alike = _is_one_family(one, other) or not {stem(w) for w in one.own}.isdisjoint(map(stem, other.own))
    is_part = between in (DASH, SLASH, _END) and _is_section(one, other)
    if is_alike or is_part or _are_two_languages(one, other) or (_is_parish(one) and _is_parish(other)):
        return elsewhere and other.has_form and (one.has_form or one.is_placed)
    if one.has_form and other.has_form:
        return bool(one.own and other.own) and (between != _END or len(other.words) > 1)
    if _is_short_for(one, other) or not other.own:
        return elsewhere and other.is_placed and one.is_placed and bool(one.own)
    if between == SEMICOLON:
        return other.is_placed or (other.has_form and (bool(one.towns) or len(one.words) > 1))
    complete = (one.has_form and bool(one.own)) or (bool(one.towns) and bool(one.own))
    if between in _AND:
        return complete and other.is_placed and (one.has_form or not _goes_on(one))
    return complete and other.is_placed and elsewhere and (one.has_form or other.has_form)


def _is_one_family(one: _Part, other: _Part) -> bool:
    left, right = find_umbrella(list(one.words)), find_umbrella(list(other.words))
    return left is not None and right is not None and left.pattern.umbrella == right.pattern.umbrella


def _goes_on(part: _Part) -> bool:
    """Whether a part ends in a genitive, so that what it belongs to comes later ("Maaningan kunnan ja …")."""
    return part.words[-1].endswith(("n", "-"))


def _is_section(one: _Part, other: _Part) -> bool:
    """ "Hiihtojaosto", "nuoret": a body of its own has its form and another place ("Haminan Ilmailukerho ry")."""
    if other.has_form and other.is_placed and one.towns.isdisjoint(other.towns):
        return False
    return bool(other.own) and other.own[-1].endswith(lexicon().loose_sections)


def _is_parish(part: _Part) -> bool:
    return bool(part.words) and lexicon().forms.get(part.words[-1]) == "srk"


def _are_two_languages(one: _Part, other: _Part) -> bool:
    return "sv" in (one.language, other.language) and one.language != other.language


def _is_short_for(one: _Part, other: _Part) -> bool:
    """KuPS and Kuopion Palloseura, whichever comes first."""
    for short, full in ((one.words, other.words), (other.words, one.words)):
        if (
            len(short) == 1
            and len(full) > 1
            and (letters_fit(short[0], list(full)) or abbreviates(short[0], list(full)))
        ):
            return True
    return False
