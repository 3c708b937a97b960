"""Takes one name apart. Each step takes words out of the list; what is left is the distinctive core."""

from functools import cache, lru_cache

from pipeline.transform.names.abbreviations import abbreviates, find_abbreviation, initials_of
from pipeline.transform.names.dependents import find_dependent
from pipeline.transform.names.folding import DASH, MARKS, OF_BODY, OPEN, SEMICOLON, SLASH, ascii_fold, tidy, words
from pipeline.transform.names.legal_forms import FoundForm, find_form
from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.lost_letters import restored
from pipeline.transform.names.model import Dissected, ParsedName
from pipeline.transform.names.place_words import NO_PLACES, find_places, may_be_place
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
    core, head, level = _core(rest, carrier, has_umbrella=found is not None)
    if found is not None and section is None and (last := _section_word(core, only_sections=True)):
        section, core = last, core[:-1]
    return Dissected(
        rest=rest,
        plain=plain,
        legal_form=form.form,
        places=places,
        level=_level(section, found, level, places.codes, core),
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


def _section_word(listed: list[str], *, only_sections: bool) -> str | None:
    if len(listed) < 2:
        return None
    lex = lexicon()
    ends = lex.sections if only_sections else lex.loose_sections
    return listed[-1] if listed[-1].endswith(ends) else None


def cut_section(everything: list[str]) -> tuple[list[str], str | None]:
    """The words of the body and the section, if the name is that of a section.

    "X ry:n nuorisojaosto", "X ry / hiihtojaosto" and "X hiihtojaosto" are; "MLL:n Kuopion yhdistys" and
    "Eläkeläiset ry:n Savon piiri" are chapters, whose head noun says so.
    """
    lex = lexicon()
    for mark in (OF_BODY, SLASH, DASH, SEMICOLON, OPEN):
        if mark not in everything:
            continue
        at = len(everything) - 1 - everything[::-1].index(mark)
        body = everything[:at]
        unit = [w for w in everything[at + 1 :] if w not in MARKS and w not in lex.forms]
        named = [w for w in body if w not in MARKS and w not in lex.forms]
        if not unit or not named or (len(named) == 1 and may_be_place(named[0])):
            continue  # "Vihti: Nuorisoseura" is of Vihti and no section of it
        last = unit[-1]
        if last.endswith(lex.loose_sections) and not (last in lex.heads and mark == OF_BODY and last == "kerho"):
            return body, " ".join(unit)
    if len(everything) > 2 and everything[-2] in lex.forms and everything[-1].endswith(lex.loose_sections):
        return everything[:-1], everything[-1]  # "X ry kulttuuritoimikunta"
    content = [w for w in everything if w not in MARKS and w not in lex.forms]
    if len(content) > 1 and content[-1].endswith(lex.sections):
        at = len(everything) - 1 - everything[::-1].index(content[-1])
        body = everything[:at] + everything[at + 1 :]
        if len(content) > 2 and body[at - 1].endswith("n"):  # "Varkauden Tarmon hiihtojaosto" is of Varkauden Tarmo
            body[at - 1] = body[at - 1][:-1]
        return body, content[-1]
    return everything, None


def _core(
    rest: list[str | None], carrier: str | None, *, has_umbrella: bool
) -> tuple[list[str], str | None, str | None]:
    """(distinctive words, canonical head noun, level the words tell)."""
    lex = lexicon()
    core: list[str] = []
    heads: list[str] = []
    national: list[str] = []
    head: str | None = None
    central: str | None = None
    level: str | None = None
    for word in rest:
        for part in () if word is None else parts_of(word):
            if part in lex.heads:
                head, told = lex.heads[part]
                central = head if head in _CENTRAL else central
                level = _stronger(level, told)
                heads.append(part)
            elif part in lex.national:
                national.append(part)
                level = _stronger(level, "national")
            elif part == carrier:
                heads.append(part)
            else:
                stem, head_, told = compound(part)
                head = head_ or head
                central = head_ if head_ in _CENTRAL else central
                level = _stronger(level, told)
                if stem:
                    core.append(stem)
    if not core and not has_umbrella:
        core = heads or national
    elif central is not None and not has_umbrella:
        core.append(ascii_fold(central))  # "Kotiväen Keskusliitto" is not "Kotiväen Liitto"
    return core, head, level


@lru_cache(maxsize=1 << 18)
def parts_of(word: str) -> tuple[str, ...]:
    """The parts of a word that a hyphen joins, without those that say nothing."""
    stops = lexicon().stops
    if word in MARKS or word.replace(".", "") in stops:
        return ()
    parts = word.split("-")
    return tuple(p for p in (parts if min(map(len, parts)) > 1 else ["".join(parts)]) if p and p not in stops)


_CENTRAL = ("keskusliitto", "keskusjärjestö")


@lru_cache(maxsize=1 << 18)
def compound(word: str) -> tuple[str, str | None, str | None]:
    """(the distinctive part, head, level) of a compound; the word itself when it has no known head."""
    lex = lexicon()
    if word.endswith(lex.district_suffixes) and word not in lex.not_district and len(word) > 7:
        return word, "piiri", "district"
    for ending, head, level in lex.head_suffixes if word.endswith(_head_ends()) else ():
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word[: -len(ending)].strip("-:'"), head, level
    return word, None, None


@cache
def _head_ends() -> tuple[str, ...]:
    return tuple(ending for ending, _, _ in lexicon().head_suffixes)


_STRENGTH = {None: 0, "national": 1, "local": 2, "district": 3, "section": 4}


def _stronger(one: str | None, other: str | None) -> str | None:
    """A chapter's name contains its umbrella's, so the narrower word tells the level; a district outranks both."""
    return other if _STRENGTH[other] > _STRENGTH[one] else one


def _level(
    section: str | None, found: Found | None, told: str | None, places: tuple[str, ...], core: list[str]
) -> str | None:
    if section is not None:
        return "section"
    if found is not None:
        level = _stronger(found.pattern.level, told) if told != "national" else found.pattern.level or told
        if level in ("district", "local"):
            return level
        if any(p[0].isdigit() for p in places):
            return "local"
        if places:
            return "district"
        return "national" if not core and not found.pattern.is_single else level
    if told in ("district", "local"):
        return told
    if any(p[0].isdigit() for p in places):
        return "local"
    return None if places else told
