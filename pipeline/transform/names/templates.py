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
from pipeline.transform.names.word_classes import class_of, key_of
from pipeline.transform.names.word_signs import signs_of

CORE, HEADS, NATIONAL = 1, 2, 3
"""What of a word goes into the core; see `WordClass.given`."""


@dataclass(frozen=True, slots=True)
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
    places: tuple[str, ...]
    """Places that all of them have, where no position gives them."""
    place_keys: tuple[str, ...]
    place_text: str | None
    more_core: str | None
    """A head noun that stands last in the core of all of them."""


def template_of(everything: list[str]) -> Template | None:
    """The template of the names whose words are of the classes of these; null when they must be read one by one."""
    read = dissect("", everything)
    if read.section is not None or len(read.rest) != len(everything):
        return None
    stems = [class_of(w).stem for w in everything]
    plain = _variants(legal_form(everything, signs_of(everything)).rest, everything, stems)
    rest = _variants(read.rest, everything, stems)
    if plain is None or rest is None:
        return None
    left = [(i, w) for i, w in enumerate(read.rest) if w is not None]
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
    if (place := _place(everything, read.places)) is None:
        return None
    scalars = (
        read.umbrella, read.level, None, read.dependent, read.head, read.abbreviation, read.legal_form, read.language,
    )  # fmt: skip
    shown = tuple(0 if everything[i] in MARKS else v for i, v in enumerate(plain))
    return Template(scalars, shown, tuple(what if v else 0 for v in rest), *place, next(iter(more), None))


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
    everything: list[str], found: FoundPlaces
) -> tuple[int, tuple[str, ...], tuple[str, ...], str | None] | None:
    """(position of the one word that is the place or -1; places, keys and text that all names have); null when
    neither tells."""
    if not found.taken:
        return (-1, (), (), None) if not found.codes else None
    if all(isinstance(key_of(everything[i], everything), str) for i in found.taken):
        return -1, found.codes, found.keys, found.text
    at = min(found.taken)
    one = class_of(everything[at])
    if (found.taken, found.codes, found.keys, found.text) == ({at}, one.places, one.place_keys, everything[at]):
        return at, (), (), None
    return None
