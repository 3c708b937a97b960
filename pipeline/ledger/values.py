"""The value of a correction, read by the same functions as the values of sources, or refused with what is wrong.

Belongs here: which fields can be corrected and how each value is written. Which value wins is `dedupe`'s matter.
"""

from difflib import get_close_matches
from typing import Any

from pipeline import schema
from pipeline.dedupe.survivorship import rules
from pipeline.privacy import identity_codes
from pipeline.transform import texts
from pipeline.transform.contacts import emails, phones, url
from pipeline.transform.coordinates import to_wgs84
from pipeline.transform.identifiers import association_number, business_id
from pipeline.transform.places import municipality, resolve_address
from pipeline.transform.places.addresses import ResolvedAddress

CODED = ("legal_form", "organization_type", "organization_level")
LANGUAGES = ("fi", "sv", "en")


class Refused(ValueError):
    """A field or value that cannot stand in the catalogue; the message says what was found and what is allowed."""


def fields() -> list[str]:
    """What can be corrected, as people write it; a description has its language in a column of its own."""
    return list(dict.fromkeys(f.partition("@")[0] for f in (*rules().fields, *rules().multiple)))


def is_multiple(key: str) -> bool:
    """True for a field of which every value is kept: its corrections together replace all that sources say."""
    return key in rules().multiple


def key_of(field: str, language: str) -> str:
    """The field as `assertion` has it (`description@fi`); raises `Refused` for one that cannot be corrected."""
    name, _, inside = field.partition("@")
    language = language or inside
    if name not in fields():
        near = get_close_matches(name, fields(), 1)
        hint = f" Did you mean '{near[0]}'?" if near else ""
        raise Refused(f"the field is '{field}'; allowed: {', '.join(fields())}.{hint}")
    if name != "description":
        if language:
            raise Refused(f"'{name}' has no language ('{language}'); only a description has one")
        return name
    if language and language not in LANGUAGES:
        raise Refused(f"the language is '{language}'; allowed: {', '.join(LANGUAGES)}")
    return f"{name}@{language}"


def normalised(key: str, value: str) -> str:
    """The value as the catalogue writes it; the empty text stays empty (it takes the value out).

    A parent is checked where ids are known, so it is only tidied here. Raises `Refused`.
    """
    if not value.strip():
        if key == "name":
            raise Refused("the name is empty; an organisation needs one")
        return ""
    if identity_codes.find(value):
        raise Refused(f"the value of {key} holds a personal identity code, which is never published")
    if key == "address":
        return address_text(address(value))
    read = _READERS.get(key, texts.plain if key.startswith("description@") else texts.tidy)(value)
    if key in CODED:
        allowed = schema.codelist(key)
        if read not in allowed:
            raise Refused(f"{key} is '{value}'; allowed: {', '.join(allowed)}")
    if not read:
        raise Refused(f"{key} is '{value}', which is {_WRONG.get(key, 'no value')}")
    return str(read)


def address(value: str) -> ResolvedAddress:
    """An address from one line; raises `Refused` when it has no street, or its postal code or place is unknown."""
    found = resolve_address(line=value)
    wrong = [
        raw for _, problem, raw in found.problems if problem not in ("municipality_merged", "postal_code_mismatch")
    ]
    if wrong or not (found.street and (found.city or found.postal_code)):
        raise Refused(f"the address is '{value}'; write it like 'Esimerkkikatu 1, 70100 Kuopio'")
    return found


def address_text(found: ResolvedAddress) -> str:
    """An address as `assertion` writes it."""
    office = " ".join(p for p in (found.postal_code, found.city) if p)
    return ", ".join(p for p in (found.street, office) if p)


def _one(found: list[Any]) -> Any:
    """The only reading of a cell that was wholly read."""
    return found[0].value if len(found) == 1 else None


def _phone(value: str) -> str | None:
    read = _one(phones(value))
    return read.number if read else None


def _coordinates(value: str) -> str | None:
    parts = [p.strip(",") for p in value.replace(";", " ").split()]
    if len(parts) == 1:
        parts = value.split(",")
    read = to_wgs84(*parts) if len(parts) == 2 else None
    return f"{read.value[0]:.6f},{read.value[1]:.6f}" if read and read.value and not read.problem else None


_READERS: dict[str, Any] = {
    "business_id": lambda v: business_id(v).value,
    "association_number": lambda v: association_number(v).value,
    "email": lambda v: _one(emails(v)),
    "website": lambda v: url(v).value,
    "phone": _phone,
    "municipality_code": lambda v: municipality(v).value,
    "coordinates": _coordinates,
    **{name: lambda v: v.strip().casefold() for name in CODED},
}
_WRONG = {
    "business_id": "no Y-tunnus (1234567-8 with a right check digit)",
    "association_number": "no number of the register of associations",
    "email": "no e-mail address",
    "website": "no web address",
    "phone": "no phone number",
    "municipality_code": "no municipality by name or code",
    "coordinates": "no place in Finland; write degrees like 62.892400,27.677000",
}
