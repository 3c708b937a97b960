"""Reads a municipality, a postal code or a post office as platforms write them: one value to one code."""

import re
import unicodedata
from functools import cache, lru_cache

from pipeline.transform.reference import (
    former_municipalities,
    municipalities,
    place_forms,
    postal_codes,
)
from pipeline.transform.values import NOTHING, Reading, is_empty

_CODE = re.compile(r"(\d{1,3})(?:\.0)?")
_CODE_AND_NAME = re.compile(r"(\d{3})\s*[-–:,]?\s+(\D+)")
_NAME_AND_CODE = re.compile(r"(\D+?)\s*\(\s*(\d{1,3})\s*\)")
_PATH = re.compile(r"(?:city|state)/FI/", re.IGNORECASE)
_COUNTRY = re.compile(r"[,\s]+\(?(?:suomi|finland|fi)\)?$", re.IGNORECASE)
_TYPE_WORD = re.compile(r"(.+?)[ ,]+(?:kaupunki|kunta|stad|kommun)")
_CITY_OF = re.compile(r"(?:city|town|municipality) of (.+)")
_BILINGUAL = re.compile(r"\s*[/|–]\s*|\s+-\s+")
_POSTAL_CODE = re.compile(r"(?:FI|FIN)?[-\s]*(\d{1,5})(?:\.0)?(?![\d.])(?:[\s,]+\D.*)?", re.IGNORECASE | re.DOTALL)


def fold(text: str) -> str:
    """A place name for look-ups: composed letters, single spaces, no case."""
    return " ".join(unicodedata.normalize("NFC", text).split()).casefold()


def without_path(text: str) -> str:
    """The place of a Lähellä region value, `city/FI/Kuopio`; other texts only trimmed."""
    return _PATH.sub("", text.strip())


@cache
def _former_codes() -> dict[str, tuple[str, ...]]:
    """Codes that are no longer in use, with the municipalities of today."""
    return {f.code: f.current_codes for f in former_municipalities() if f.code not in municipalities()}


@cache
def _post_offices() -> dict[str, frozenset[str]]:
    """Post office names, in Finnish and Swedish, with the municipalities where they deliver."""
    found: dict[str, set[str]] = {}
    for p in postal_codes().values():
        if p.kind in ("area", "box"):
            for name in {fold(p.name_fi), fold(p.name_sv)}:
                found.setdefault(name, set()).add(p.municipality_code)
    return {name: frozenset(codes) for name, codes in found.items()}


def municipality(raw: str | int | float | None) -> Reading[str]:
    """The present code of the municipality that a cell names, by code or by name in Finnish or Swedish.

    Understands `297`, `91` (lost zeros), `297 Kuopio`, `KUOPIO`, `Kuopion kaupunki`, `Borgå stad`,
    `city/FI/Kuopio`. A former municipality gives the one it belongs to now with `municipality_merged`;
    one whose land was divided, and anything else, gives null with `municipality_unknown`.
    """
    return _municipality(str(raw)) if raw is not None else NOTHING


@lru_cache(maxsize=20_000)
def _municipality(raw: str) -> Reading[str]:
    if is_empty(raw):
        return NOTHING
    text = _COUNTRY.sub("", without_path(raw))
    if match := _CODE.fullmatch(text):
        return _by_code(match[1].zfill(3))
    if match := _CODE_AND_NAME.fullmatch(text):
        by_code = _by_code(match[1])
        return by_code if by_code.value else _by_name(fold(match[2]))
    if match := _NAME_AND_CODE.fullmatch(text):
        by_code = _by_code(match[2].zfill(3))
        return by_code if by_code.value else _by_name(fold(match[1]))
    read = _by_name(fold(text))
    if read.value is None and len(names := _BILINGUAL.split(text)) == 2:
        first, second = (_by_name(fold(name)) for name in names)
        return first if first.value == second.value else read
    return read


def _by_code(code: str) -> Reading[str]:
    if code in municipalities():
        return Reading(code)
    return _one(_former_codes().get(code, ()), is_former=True)


def _by_name(name: str) -> Reading[str]:
    form = place_forms().get(name)
    if form is not None and form.kind == "municipality" and not form.is_genitive:
        return _one(form.codes, is_former=form.is_former)
    if match := _TYPE_WORD.fullmatch(name) or _CITY_OF.fullmatch(name):
        form = place_forms().get(match[1])
        if form is not None and form.kind == "municipality":
            return _one(form.codes, is_former=form.is_former)
    return Reading(None, "municipality_unknown")


def _one(codes: tuple[str, ...], *, is_former: bool) -> Reading[str]:
    if len(codes) != 1:
        return Reading(None, "municipality_unknown")
    return Reading(codes[0], "municipality_merged" if is_former else None)


@lru_cache(maxsize=20_000)
def municipality_of_post_office(name: str | None) -> str | None:
    """The municipality of a post office or village (Toivala, Nilsiä); null when unknown or in several.

    A post office that carries the name of a municipality of today belongs to it; the others must lie in one only.
    """
    if name is None or is_empty(name):
        return None
    by_name = _municipality(re.sub(r"\s+\d{1,2}$", "", name.strip()))  # "Helsinki 10", from before 1971
    if by_name.value and by_name.problem is None:
        return by_name.value
    codes = _post_offices().get(fold(name), frozenset())
    return next(iter(codes)) if len(codes) == 1 else by_name.value


def postal_code(raw: str | int | float | None) -> Reading[str]:
    """The postal code of a cell, five digits, in use.

    Understands `70100 Kuopio`, `FI-70100`, `70100.0` and codes that lost their leading zeros in a spreadsheet
    (`100` is 00100). Anything else is null with `postal_code_invalid`. Codes of parcel machines are not in use
    for addresses.
    """
    return _postal_code(str(raw)) if raw is not None else NOTHING


@lru_cache(maxsize=20_000)
def _postal_code(raw: str) -> Reading[str]:
    if is_empty(raw):
        return NOTHING
    match = _POSTAL_CODE.fullmatch(raw.strip())
    code = match[1].zfill(5) if match else ""
    return Reading(code) if code in postal_codes() else Reading(None, "postal_code_invalid")
