"""Takes one name apart. Each step takes words out of the list; what is left is the distinctive core."""

from functools import lru_cache

from pipeline.transform.names.abbreviations import abbreviates, find_abbreviation, initials_of
from pipeline.transform.names.folding import DASH, MARKS, OF_BODY, OPEN, SLASH, ascii_fold, tidy, words
from pipeline.transform.names.legal_forms import find_form
from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.model import ParsedName
from pipeline.transform.names.place_words import find_places
from pipeline.transform.names.typing_errors import repaired
from pipeline.transform.names.umbrellas import Found, find_umbrella


@lru_cache(maxsize=1 << 20)
def parse(name: str | None, language: str | None = None) -> ParsedName:
    """Reads a name; never raises. `language` is only a hint and may be null: a name is read in both languages.

    An empty or null name gives a `ParsedName` whose parts are all empty.
    """
    display = tidy(name or "")
    if not display:
        return ParsedName(display="")
    everything = words(ascii_fold(display))
    body, section = _cut_section(everything)
    form = find_form(body)
    rest = form.rest
    plain = [w for w in rest if w is not None and w not in MARKS]
    found = find_umbrella(rest)
    if found is None and (fixed := [w if w is None else repaired(w) or w for w in rest]) != rest:
        rest, found = fixed, find_umbrella(fixed)
    if found is not None:
        for i in range(found.start, found.end):
            rest[i] = None
    places = find_places(rest, None if found is None else (found.start, found.end))
    if not places.codes and (fixed := [w if w is None else repaired(w) or w for w in rest]) != rest:
        rest = fixed
        places = find_places(rest, None if found is None else (found.start, found.end))
    if found is not None and found.pattern.needs_place and not places.codes:
        rest[found.start : found.end] = [*_put_back(form.rest, body, found)]
        found = None
        places = find_places(rest, None)
    for i in places.taken:
        rest[i] = None
    short, carrier = find_abbreviation(display, plain)
    if carrier is not None and not abbreviates(carrier, [w for w in plain if w != carrier]):
        carrier = None
    core, head, level = _core(rest, carrier, has_umbrella=found is not None)
    if found is not None and section is None and (last := _section_word(core, only_sections=True)):
        section, core = last, core[:-1]
    written = [w for w in plain if w not in lexicon().stops] if section is None else plain
    return ParsedName(
        display=display,
        legal_form=form.form,
        places=places.codes,
        place_keys=places.keys,
        place_text=places.text,
        level=_level(section, found, level, places.codes, core),
        umbrella=None if found is None else found.pattern.umbrella,
        abbreviation=short,
        initials=initials_of(written),
        section=section,
        head=head,
        core=tuple(core),
        language=language if language in ("fi", "sv") else _language(everything),
        folded=_without_form(display, form.form),
        ascii=" ".join(plain if section is None else [*plain, "/", section]),
        tokens=tuple(w for w in everything if w not in MARKS),
    )


@lru_cache(maxsize=1 << 18)
def parallel(name: str) -> tuple[str, ...]:
    """The Finnish and the Swedish name where one cell holds both ("Suomen X – Finlands Y ry"); else the name alone."""
    display = tidy(name)
    for at in (i for i, c in enumerate(display) if c in "-/"):
        left, right = display[:at].strip(), display[at + 1 :].strip()
        if len(left) < 5 or len(right) < 5:
            continue
        of_left, of_right = _language(words(ascii_fold(left))), _language(words(ascii_fold(right).removesuffix(" ry")))
        if "sv" in (of_left, of_right) and of_left != of_right and " " in left and " " in right:
            return left, right
    return (name,)


def _put_back(rest: list[str | None], body: list[str], found: Found) -> list[str | None]:
    return [body[i] if rest[i] is None else rest[i] for i in range(found.start, found.end)]


def _section_word(listed: list[str], *, only_sections: bool) -> str | None:
    if len(listed) < 2:
        return None
    lex = lexicon()
    ends = lex.sections if only_sections else lex.loose_sections
    return listed[-1] if listed[-1].endswith(ends) else None


def _cut_section(everything: list[str]) -> tuple[list[str], str | None]:
    """The words of the body and the section, if the name is that of a section.

    "X ry:n nuorisojaosto", "X ry / hiihtojaosto" and "X hiihtojaosto" are; "MLL:n Kuopion yhdistys" and
    "Eläkeläiset ry:n Savon piiri" are chapters, whose head noun says so.
    """
    lex = lexicon()
    for mark in (OF_BODY, SLASH, DASH, OPEN):
        if mark not in everything:
            continue
        at = len(everything) - 1 - everything[::-1].index(mark)
        body = everything[:at]
        unit = [w for w in everything[at + 1 :] if w not in MARKS and w not in lex.forms]
        if not unit or not [w for w in body if w not in MARKS and w not in lex.forms]:
            continue
        last = unit[-1]
        if last.endswith(lex.loose_sections) and not (last in lex.heads and mark == OF_BODY and last == "kerho"):
            return body, " ".join(unit)
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
    level: str | None = None
    for word in rest:
        if word is None or word in MARKS or word.replace(".", "") in lex.stops:
            continue
        parts = word.split("-")
        for part in parts if min(map(len, parts)) > 1 else ["".join(parts)]:
            if not part or part in lex.stops:
                continue
            if part in lex.heads:
                head, told = lex.heads[part]
                level = _stronger(level, told)
                heads.append(part)
            elif part in lex.national:
                national.append(part)
                level = _stronger(level, "national")
            elif part == carrier:
                heads.append(part)
            else:
                stem, head_, told = _compound(part)
                head = head_ or head
                level = _stronger(level, told)
                if stem:
                    core.append(stem)
    if not core and not has_umbrella:
        core = heads or national
    return core, head, level


@lru_cache(maxsize=1 << 18)
def _compound(word: str) -> tuple[str, str | None, str | None]:
    """(the distinctive part, head, level) of a compound; the word itself when it has no known head."""
    lex = lexicon()
    if word.endswith(lex.district_suffixes) and word not in lex.not_district and len(word) > 7:
        return word, "piiri", "district"
    for ending, head, level in lex.head_suffixes:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word[: -len(ending)].strip("-:'"), head, level
    return word, None, None


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


_SWEDISH_ENDINGS = ("forening", "foreningen", "forbund", "forbundet", "klubb", "sallskap", "brandkar", "stiftelse")
_FINNISH_ENDINGS = ("yhdistys", "yhdistyksen", "liitto", "liiton", "saatio", "seura", "osasto", "kerho", "piiri", "ry")


def _language(everything: list[str]) -> str | None:
    told = [_language_of(w) for w in everything]
    if "sv" in told:
        return None if "fi" in told[:-1] else "sv"
    return "fi" if "fi" in told else None


@lru_cache(maxsize=1 << 18)
def _language_of(word: str) -> str | None:
    if word in lexicon().swedish or word.endswith(_SWEDISH_ENDINGS):
        return "sv"
    return "fi" if word.endswith(_FINNISH_ENDINGS) else None


def _without_form(display: str, form: str | None) -> str:
    folded = display.casefold()
    if form is None:
        return folded
    kept = [w for w in folded.split(" ") if w.replace(".", "").strip(",()") not in lexicon().forms]
    return " ".join(kept) or folded
