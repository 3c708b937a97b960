"""The addresses of a company of YTJ. Who takes the post in (`co`, c/o) is a person as a rule and is not read."""

import re
from collections.abc import Mapping
from typing import Any

from pipeline.sources.fields import Fields
from pipeline.sources.items import Address, Finding, Parsed

_CARE_OF = re.compile(r"^\s*(?:c\s*/\s*o|℅)\b", re.IGNORECASE)


def addresses(
    data: Fields, key: str, odd: list[Parsed], settings: Mapping[str, Any], inner: list[Fields]
) -> list[Address]:
    """Visiting and postal address, each with its municipality; one without any content is left out."""
    found = []
    for entry in data.take_objects("addresses"):
        inner.append(entry)
        entry.ignore(*settings["known_unused"]["address"])
        code = str(entry.take("type"))
        kind = settings["address_types"].get(code)
        if kind is None:
            message = "A type of address that is not known; read as a place. Add it to source.yml."
            odd.append(Finding("code_unknown", message, key, "addresses[].type", code[:40], "warning"))
        address = _address(entry, kind or "physical", settings, inner)
        if address.street or address.line or address.postal_code or address.city:
            found.append(address)
    return found


def _address(entry: Fields, kind: str, settings: Mapping[str, Any], inner: list[Fields]) -> Address:
    """Street with number, entrance and flat; a post-office box when there is no street."""
    flat = (entry.take_text("apartmentNumber") or "").strip() + (entry.take_text("apartmentIdSuffix") or "").strip()
    parts = [entry.take_text(part) for part in ("street", "buildingNumber", "entrance")]
    street = " ".join(part.strip() for part in (*parts, flat) if part and part.strip()) if parts[0] else ""
    box = (entry.take_text("postOfficeBox") or "").strip()
    if box.isdigit():
        box = f"PL {box}"
    city, code, language = _office(entry, settings, inner)
    return Address(
        type=kind,
        street=street or box or None,
        postal_code=entry.take_text("postCode") or None,
        city=city,
        municipality_code=code,
        line=_line(entry.take_text("freeAddressLine")),
        country=entry.take_text("country") or "FI",
        language=language,
    )


def _office(
    entry: Fields, settings: Mapping[str, Any], inner: list[Fields]
) -> tuple[str | None, str | None, str | None]:
    """Post office in Finnish, else in the first language given, with its municipality and language."""
    offices = []
    for office in entry.take_objects("postOffices"):
        inner.append(office)
        office.ignore(*settings["known_unused"]["post_office"])
        language = settings["languages"].get(str(office.take("languageCode")))
        offices.append((office.take_text("city"), office.take_text("municipalityCode"), language))
    if not offices:
        return None, None, None
    city, code, language = next((office for office in offices if office[2] == "fi"), offices[0])
    return city or None, code or next((o[1] for o in offices if o[1]), None), language


def _line(text: str | None) -> str | None:
    """A free address (lines parted by `_`) on one line, without a line that says who takes the post in."""
    parts = [part.strip() for part in re.split(r"[_\n]", text or "")]
    return ", ".join(part for part in parts if part and not _CARE_OF.match(part)) or None
