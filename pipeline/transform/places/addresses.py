"""Reads an address whose parts may contradict each other, and the address that stands on one line.

Belongs here: which part is believed. How a single part is read is in `codes`.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.transform.places.codes import fold, municipality, municipality_of_post_office, postal_code
from pipeline.transform.reference import municipalities, postal_codes
from pipeline.transform.values import is_empty

_WITH_CODE = re.compile(
    r"(?P<street>.*?)(?:^|[\s,])(?:FIN?-?\s?)?(?P<code>\d{5})(?:[\s,]+(?P<city>[^\d,][^,]*))?", re.I
)
_COUNTRY = re.compile(r"[\s,]+(?:suomi|finland)\s*$", re.IGNORECASE)
_HOUSE_THEN_CITY = re.compile(r"(?P<street>.*\d(?:\s?[a-zA-Z](?:\s?\d+)?)?),?\s+(?P<city>[^\d,]+)")
_CODE_FIRST = re.compile(r"(?:FIN?-?\s?)?(\d{5})[\s,]+(\D.*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class ResolvedAddress:
    """An address in the terms of the schema; null means that the source does not say."""

    street: str | None = None
    postal_code: str | None = None
    city: str | None = None
    """Post office, in the Finnish or Swedish the source used; never filled in from the postal code."""
    municipality_code: str | None = None
    municipality_fi: str | None = None
    region_code: str | None = None
    region_fi: str | None = None
    county_code: str | None = None
    problems: tuple[tuple[str, str, str], ...] = ()
    """(field, value of `issue_code`, raw value); `municipality_merged` and `postal_code_mismatch` are warnings."""


@lru_cache(maxsize=50_000)
def resolve_address(
    *,
    street: str | None = None,
    postal_code: str | None = None,
    city: str | None = None,
    municipality: str | None = None,
    municipality_code: str | None = None,
    line: str | None = None,
) -> ResolvedAddress:
    """One address from its parts or from one line; the line is read only for the parts that are missing.

    The municipality comes from the first of these that names one: its code, its name, the postal code, the post
    office. A postal code of another municipality than the code or name says is a `postal_code_mismatch`;
    what the code or name says is kept, because postal areas cross municipal borders.
    """
    street, postal_code, city = _clean(street), _clean(postal_code), _clean(city)
    if (line := _clean(line)) is not None:
        from_line = split_line(line)
        street, postal_code, city = street or from_line[0], postal_code or from_line[1], city or from_line[2]
    if city and (match := _CODE_FIRST.fullmatch(city)):
        postal_code, city = postal_code or match[1], match[2]
    return _resolve(street, postal_code, city, _clean(municipality), _clean(municipality_code))


def _resolve(
    street: str | None, raw_postal: str | None, raw_city: str | None, name: str | None, code: str | None
) -> ResolvedAddress:
    problems: list[tuple[str, str, str]] = []
    chosen: str | None = None
    for field, raw in (("municipality_code", code), ("municipality", name)):
        read = municipality(raw)
        if read.problem and raw is not None:
            problems.append((field, read.problem, raw))
        chosen = chosen or read.value

    postal = postal_code(raw_postal)
    if postal.problem and raw_postal is not None:
        problems.append(("postal_code", postal.problem, raw_postal))
    post = postal_codes()[postal.value] if postal.value else None
    if post and raw_postal and chosen and post.kind != "company" and post.municipality_code != chosen:
        problems.append(("postal_code", "postal_code_mismatch", raw_postal))

    by_city = municipality_of_post_office(raw_city)
    if not chosen and post:
        chosen = post.municipality_code if post.kind != "company" else by_city or post.municipality_code
        in_area = raw_city is None or fold(raw_city) in (fold(post.name_fi), fold(post.name_sv))
        if by_city and by_city != chosen and not in_area:
            problems.append(("postal_code", "postal_code_mismatch", raw_postal or post.code))
    chosen = chosen or by_city
    if raw_city and not chosen:
        problems.append(("city", "municipality_unknown", raw_city))

    place = municipalities()[chosen] if chosen else None
    return ResolvedAddress(
        street=street,
        postal_code=postal.value,
        city=calm(raw_city) if raw_city else None,
        municipality_code=chosen,
        municipality_fi=place.name_fi if place else None,
        region_code=place.region_code if place else None,
        region_fi=place.region_fi if place else None,
        county_code=place.county_code if place else None,
        problems=tuple(problems),
    )


@lru_cache(maxsize=20_000)
def split_line(line: str) -> tuple[str | None, str | None, str | None]:
    """Street, postal code and post office of an address on one line; null for each that is not there.

    Without a postal code the last part counts as the post office only when it names a place we know.
    """
    text = ", ".join(part.strip(" ,;") for part in re.split(r"[\r\n;]+", line) if part.strip(" ,;"))
    text = _COUNTRY.sub("", text).strip(" ,")
    if match := _WITH_CODE.fullmatch(text):
        return _clean(match["street"].strip(" ,")), match["code"], _clean(match["city"])
    head, comma, tail = text.rpartition(",")
    if comma and municipality_of_post_office(tail):
        return _clean(head.strip(" ,")), None, _clean(tail)
    if (match := _HOUSE_THEN_CITY.fullmatch(text)) and municipality_of_post_office(match["city"]):
        return _clean(match["street"]), None, _clean(match["city"])
    if not re.search(r"\d", text) and municipality_of_post_office(text):
        return None, None, text
    return _clean(text), None, None


@lru_cache(maxsize=10_000)
def calm(place: str) -> str:
    """A place name without shouting: `KUOPIO` is Kuopio, `KOSKI TL` Koski Tl; other spellings stay as they are."""
    if not place.isupper() or len(place) < 2:
        return place
    code = municipality(place).value
    if code:
        official = municipalities()[code]
        for name in (official.name_fi, official.name_sv):
            if fold(name) == fold(place):
                return name
    return " ".join(
        word.lower() if word in ("AS", "KK") else "-".join(part.capitalize() for part in word.split("-"))
        for word in place.split(" ")
    )


def _clean(text: str | None) -> str | None:
    """Single spaces; null for what is empty."""
    return None if text is None or is_empty(text) else " ".join(text.split())
