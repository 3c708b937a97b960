"""Takes one name apart. Each step takes words out of the list; what is left is the distinctive core."""

from pipeline.transform.names.abbreviations import abbreviates, find_abbreviation, initials_of
from pipeline.transform.names.core import core_of, level_of
from pipeline.transform.names.dependents import find_dependent
from pipeline.transform.names.folding import MARKS, ascii_fold, tidy, words
from pipeline.transform.names.legal_forms import FoundForm, find_form
from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.lost_letters import restored
from pipeline.transform.names.model import Dissected, ParsedName
from pipeline.transform.names.place_words import NO_PLACES, find_places
from pipeline.transform.names.sections import cut_section, section_word
from pipeline.transform.names.several import SEVERAL, is_several
from pipeline.transform.names.typing_errors import repaired
from pipeline.transform.names.umbrellas import Found, find_umbrella
from pipeline.transform.names.word_signs import (
    DEPENDENT,
    ERROR,
    FINNISH,
    FORM,
    MARK,
    PLACE,
    SECTION,
    SWEDISH,
    UMBRELLA,
    language_of,
    signs_of,
)
from pipeline.transform.names.written_out import with_whole_words, written_out


def parse(name: str | None, language: str | None = None) -> ParsedName:
    """Reads a name; never raises. `language` is only a hint and may be null: a name is read in both languages.

    An empty or null name gives a `ParsedName` whose parts are all empty.
    """
    display = tidy(name or "")
    if not display:
        return ParsedName(display="")
    everything = words_of(display)
    d = dissect(display, everything, language)
    places = d.places
    return ParsedName(
        display=display,
        legal_form=d.legal_form,
        places=places.codes,
        place_keys=places.keys,
        place_text=places.text,
        level=d.level,
        umbrella=d.umbrella,
        abbreviation=d.abbreviation,
        initials=letters_in(d),
        section=d.section,
        dependent=d.dependent,
        head=d.head,
        core=tuple(d.core),
        language=d.language,
        ascii=ascii_of(d),
        tokens=tuple(everything) if not d.has_marks else tuple(w for w in everything if w not in MARKS),
    )


def letters_in(d: Dissected) -> str:
    """The initials of a name."""
    stops = lexicon().stops
    return initials_of([w for w in d.plain if w not in stops] if d.section is None else d.plain)


def ascii_of(d: Dissected) -> str:
    """The name folded, without its legal form."""
    return " ".join(d.plain if d.section is None else [*d.plain, "/", d.section])


def words_of(display: str) -> list[str]:
    """The ASCII-folded words and marks of a tidied name."""
    return words_in(with_whole_words(ascii_fold(display)))


def words_in(folded: str) -> list[str]:
    """The words and marks of a tidied name, folded and without phrases."""
    return [written_out(w) for w in words(with_letters(folded))]


def with_letters(folded: str) -> str:
    """The text with the letters that it lost, see `lost_letters`."""
    return restored(folded) if "?" in folded or "\ufffd" in folded else folded


def dissect(display: str, everything: list[str], language: str | None = None) -> Dissected:
    """What each word of a tidied name is; `everything` are its `words_of`."""
    signs = signs_of(everything)
    has_marks = bool(signs & MARK)
    spoken = language if language in ("fi", "sv") else None
    if spoken is None and signs & (SWEDISH | FINNISH):
        spoken = language_of(everything) if signs & SWEDISH else "fi"
    several = bool(signs & (FORM | PLACE)) and is_several(everything)
    body, section = cut_section(everything) if signs & SECTION and not several else (everything, None)
    if signs & ERROR and (forms := _mended_forms(body)) != body:  # "Osuuskuta Reipas"
        body, signs = forms, signs | FORM
    form = legal_form(body, signs)
    rest = form.rest
    if form.form == "srk":  # a parish's form is its noun: "Kuopion seurakunta" is more than a place
        rest = ["seurakunta" if w is None and lexicon().forms.get(body[i]) == "srk" else w for i, w in enumerate(rest)]
    plain = [w for w in rest if w is not None and w not in MARKS] if signs & (MARK | FORM) else list(body)
    signs |= signs_of(plain) if form.form or section else 0
    if signs & ERROR:
        mended: list[str | None] = [w if w is None else repaired(w) or w for w in rest]
        mended_signs = signs | signs_of([w for w in mended if w is not None])
    else:
        mended, mended_signs = rest, signs
    found = find_umbrella(rest) if signs & UMBRELLA else None
    if found is None and mended != rest:
        rest, signs = list(mended), mended_signs
        found = find_umbrella(rest) if signs & UMBRELLA else None
    if found is not None:
        _take_out(found, rest, mended)
    span = None if found is None else (found.start, found.end)
    places = find_places(rest, span) if signs & PLACE else NO_PLACES
    if not places.codes and mended != rest:
        rest = mended
        places = find_places(rest, span) if mended_signs & PLACE else NO_PLACES
    if found is not None and found.pattern.needs_place and not places.codes:
        rest[found.start : found.end] = [*_put_back(form.rest, body, found)]
        found = None
        places = find_places(rest, None) if mended_signs & PLACE else NO_PLACES
    for i in places.taken:
        rest[i] = None
    short, letters = find_abbreviation(display, plain)
    carrier = letters
    if carrier is not None and not abbreviates(carrier, [w for w in plain if w != carrier]):
        carrier = None
    dependent = find_dependent(rest, plain, found, letters, carrier) if (signs | mended_signs) & DEPENDENT else None
    if several:
        dependent = SEVERAL
    core, head, level = core_of(rest, carrier, has_umbrella=found is not None)
    if found is not None and section is None and (last := section_word(core)):
        section, core = last, core[:-1]
    return Dissected(
        rest=rest,
        plain=plain,
        legal_form=form.form,
        places=places,
        level=level_of(section, found, level, places.codes, core),
        umbrella=None if found is None else found.pattern.umbrella,
        abbreviation=short,
        carrier=carrier,
        section=section,
        dependent=dependent,
        head=head,
        core=core,
        language=spoken,
        has_marks=has_marks,
    )


def _mended_forms(body: list[str]) -> list[str]:
    forms = lexicon().forms
    return [meant if (meant := repaired(w)) is not None and meant in forms else w for w in body]


def legal_form(body: list[str], signs: int) -> FoundForm:
    """The legal form; most names have none, or "ry" at their end and nowhere else, and need no search."""
    if not signs & FORM:
        return FoundForm(None, list(body))
    if body[-1] == "ry" and len(body) > 1 and not signs_of(body[:-1]) & (FORM | MARK):
        return FoundForm("ry", [*body[:-1], None])
    return find_form(body)


def _take_out(found: Found, *lists: list[str | None]) -> None:
    """Takes the umbrella's words out, and those of the same family that say it again ("Suomen Latu, Lahden Latu")."""
    again: Found | None = found
    while again is not None and again.pattern.umbrella == found.pattern.umbrella:
        for words_ in lists:
            words_[again.start : again.end] = [None] * (again.end - again.start)
        again = find_umbrella(lists[-1])


def _put_back(rest: list[str | None], body: list[str], found: Found) -> list[str | None]:
    return [body[i] if rest[i] is None else rest[i] for i in range(found.start, found.end)]
