"""One reading for all names of the same sequence of word classes: which position goes into which part.

The first name of a sequence is read by `parse.dissect`; what came of it is told by positions, so that it holds for
every other name of the sequence. A reading that positions cannot tell has no template, and its names are read one by
one.
"""

from dataclasses import dataclass
from functools import cache

from pipeline.transform.names.abbreviations import find_abbreviation
from pipeline.transform.names.folding import MARKS, ascii_fold
from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.parse import dissect, legal_form
from pipeline.transform.names.place_words import FoundPlaces
from pipeline.transform.names.sections import cut_section
from pipeline.transform.names.several import may_be_several
from pipeline.transform.names.word_classes import class_of, key_of
from pipeline.transform.names.word_signs import signs_of

CORE, HEADS, NATIONAL = 1, 2, 3
"""What of a word goes into the core; see `WordClass.given`."""


@dataclass(slots=True)
class Template:
    """The parts of all names of a sequence of word classes."""

    scalars: tuple[str | None, ...]
    """umbrella, level, section, dependent, head, abbreviation, legal_form, language."""
    plain: tuple[int, ...]
    """Per position: 0 not in the plain name, 1 the word, 2 its stem without legal form."""
    core: tuple[int, ...]
    """Per position: 0 or what of the word goes into the core."""
    place: int
    """Position of the place; -1 for none."""
    again: int
    """Position of another word for the same place ("Kuopion Martat, Kuopio"); -1 for none."""
    places: tuple[str, ...]
    """Places that all of them have, where no position gives them."""
    place_keys: tuple[str, ...]
    place_text: str | None
    more_core: str | None
    """A head noun that stands last in the core of all of them."""


def template_of(everything: list[str]) -> Template | None:
    """The template of the names whose words are of the classes of these; null when they must be read one by one."""
    if may_be_several(everything):
        return None
    read = dissect("", everything)
    body = _body(everything, read.section)
    if body is None or len(read.rest) != len(body):
        return None
    of_body = [everything[i] for i in body]
    stems = [class_of(w).stem for w in of_body]
    plain = _variants(legal_form(of_body, signs_of(everything)).rest, of_body, stems)
    rest = _variants(read.rest, of_body, stems)
    if plain is None or rest is None:
        return None
    left = [(i, w) for i, w in zip(body, read.rest, strict=True) if w is not None]
    _, carrier = find_abbreviation("", read.plain)
    if carrier is not None and any(carrier in (w, *w.split("-")) for _, w in left):
        return None  # whether it abbreviates depends on the letters of the others
    if any(plain[i] != v for i, v in enumerate(rest) if v):
        return None
    what = CORE
    if read.umbrella is None and not any(class_of(w).given[0] for _, w in left):
        what = HEADS if any(class_of(w).given[1] for _, w in left) else NATIONAL
    pieces = [p for _, w in left for p in class_of(w).given[what - 1]]
    more = read.core[len(pieces) :]
    if read.core[: len(pieces)] != pieces or not _head_nouns().issuperset(more) or len(more) > 1:
        return None
    if (place := _place(everything, read.places, sorted(body[i] for i in read.places.taken))) is None:
        return None
    scalars = (
        read.umbrella, read.level, read.section, read.dependent, read.head, read.abbreviation, read.legal_form,
        read.language,
    )  # fmt: skip
    shown, core = [0] * len(everything), [0] * len(everything)
    for i, in_plain, in_rest in zip(body, plain, rest, strict=True):
        shown[i] = 0 if everything[i] in MARKS else in_plain
        core[i] = what if in_rest else 0
    return Template(scalars, tuple(shown), tuple(core), *place, next(iter(more), None))


def _body(everything: list[str], section: str | None) -> list[int] | None:
    """The positions of the words of the body, which a section follows; null where positions cannot tell them."""
    if section is None:
        return list(range(len(everything)))
    if section not in everything or not isinstance(key_of(section, everything), str):
        return None
    of_body, found = cut_section(everything)
    at = everything.index(section)
    if found != section or everything.count(section) > 1:
        return None
    if everything[: len(of_body)] == of_body:
        return list(range(len(of_body)))
    kept = [i for i in range(len(everything)) if i != at]
    return kept if [everything[i] for i in kept] == of_body else None


def _variants(rest: list[str | None], everything: list[str], stems: list[str | None]) -> list[int] | None:
    """Per position 0, 1 for the word or 2 for its stem; null when a word became another."""
    found = []
    for now, word, stem in zip(rest, everything, stems, strict=True):
        if now is not None and now not in (word, stem):
            return None
        found.append(0 if now is None else 1 if now == word else 2)
    return found


@cache
def _head_nouns() -> frozenset[str]:
    return frozenset(ascii_fold(noun) for noun, _ in lexicon().heads.values())


def _place(
    everything: list[str], found: FoundPlaces, taken: list[int]
) -> tuple[int, int, tuple[str, ...], tuple[str, ...], str | None] | None:
    """(position of the word that is the place or -1, that of another word for it or -1; places, keys and text that all
    names have); null when neither tells."""
    if not taken:
        return (-1, -1, (), (), None) if not found.codes else None
    if all(isinstance(key_of(everything[i], everything), str) for i in taken):
        return -1, -1, found.codes, found.keys, found.text
    one = class_of(everything[taken[0]])
    text = " ".join(everything[i] for i in taken)
    if len(taken) > 2 or not all(is_same_place(everything[i], everything[taken[0]]) for i in taken):
        return None
    if (found.codes, found.keys, found.text) == (one.places, one.place_keys, text):
        return taken[0], next(iter(taken[1:]), -1), (), (), None
    return None


def is_same_place(word: str, other: str) -> bool:
    """Whether two words are of one place ("kuopio", "kuopion")."""
    one, two = class_of(word), class_of(other)
    return (one.places, one.place_keys) == (two.places, two.place_keys)
