"""What is left of a name when its form, umbrella and place are taken out: its distinctive words, and what they tell.

Belongs here: the core, the head noun ("yhdistys", "liitto") and the level (national, district, local, section).
"""

from functools import cache, lru_cache

from pipeline.transform.names.folding import MARKS, ascii_fold
from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.umbrellas import Found


def core_of(
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
    if "-" not in word:
        return (word,) if word else ()
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


def level_of(
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
