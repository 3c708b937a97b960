"""What the invented PTV v12 accepts in a query: known names only, in the forms of the specification.

Arrays come as repeated keys or with commas; both are taken (which of the two is meant is not told).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

UUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
CODE, URI = r"(?!\.)[a-zA-Z0-9.]+(?<!\.)", r"https?://\S+"
AREA = {"municipalities": r"\d{3}", "regions": r"\d{2}", "wellbeingServicesCounties": r"\d{2}"}
CLASS = {"serviceClasses": CODE, "targetGroups": CODE, "ontologyTerms": URI, "industrialClasses": URI}
LANG = {"languageVersions": "fi|sv|en|se|smn|sms"}
OWNER = {"organizationContentIds": UUID}
SERVICE_TYPES = {"serviceTypes": "Service|ProfessionalQualification|PermitOrOtherObligation"}
CHANNEL_TYPES = {"channelTypes": "EService|TelephoneService|PrintableForm|ServiceLocation|WebPage"}
ORGANIZATION_TYPES = {"organizationTypes": "State|Municipality|RegionalOrganization|Organization|Company"}
ARRAYS: dict[str, dict[str, str]] = {
    "service": {**AREA, **LANG, **CLASS, **OWNER, **SERVICE_TYPES},
    "service-channel": {**AREA, **LANG, **OWNER, **CHANNEL_TYPES},
    "organization": {**AREA, **LANG, "businessIds": r"[0-9]{7}-[0-9]", **ORGANIZATION_TYPES},
    "general-description": {**CLASS, **OWNER, **SERVICE_TYPES},
    "service-collection": OWNER,
    "connection": {"serviceContentIds": UUID, "channelContentIds": UUID},
    "code": {"codes": ".+", "uris": URI, "types": ".+"},
    "archived": {},
}
MATCHED = {*AREA, *CLASS, *LANG}
EXTENTS = "WholeCountry|WholeCountryExceptAland|LimitedArea"
MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"
MOST = 20
NO_LIMIT = {*LANG, *SERVICE_TYPES, *CHANNEL_TYPES, *ORGANIZATION_TYPES}


class BadQueryError(Exception):
    """A query that is answered with 400; `errors` are those of the problem details."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(message)
        self.errors = [{"path": path, "message": message}]


@dataclass(frozen=True, slots=True)
class Query:
    """A query that was understood."""

    page: int
    size: int
    values: Mapping[str, list[str]]
    """Arrays by name."""
    every: Mapping[str, bool]
    """Array -> whether all of its values must match; that is the default."""
    area_type: str | None = None
    since: datetime | None = None
    """publishedAtOrAfter or archivedAtOrAfter."""


def understand(kind: str, given: Mapping[str, list[str]]) -> Query:
    """The query of a search, an archived list or a code list; raises `BadQueryError`."""
    arrays = ARRAYS[kind]
    allowed = {"page", "pageSize", *arrays, *(f"{name}Match" for name in arrays if name in MATCHED)}
    if kind == "archived":
        allowed.add("archivedAtOrAfter")
    elif kind == "code":
        allowed |= {"isValid", "name"}
    else:
        allowed.add("publishedAtOrAfter")
        if "municipalities" in arrays:
            allowed.add("areaType")
    for name in given:
        if name not in allowed:
            raise BadQueryError(name, f"Unrecognized key: {name}")
    values = {name: _array(name, form, given[name]) for name, form in arrays.items() if name in given}
    area_type = _one(given, "areaType", EXTENTS)
    if area_type != "LimitedArea" and any(name in values for name in AREA):
        raise BadQueryError("areaType", "Area codes need areaType LimitedArea.")
    moment = _one(given, "archivedAtOrAfter" if kind == "archived" else "publishedAtOrAfter", MOMENT)
    if kind == "archived" and moment is None:
        raise BadQueryError("archivedAtOrAfter", "Required")
    return Query(
        page=_number(given, "page", 1, 1_000_000),
        size=_number(given, "pageSize", 100, 100),
        values=values,
        every={name: _one(given, f"{name}Match", "all|any") != "any" for name in values},
        area_type=area_type,
        since=datetime.fromisoformat(moment) if moment else None,
    )


def _array(name: str, form: str, given: list[str]) -> list[str]:
    found = [part for text in given for part in text.split(",")]
    if name not in NO_LIMIT and len(found) > MOST:
        raise BadQueryError(name, f"Array must contain at most {MOST} element(s)")
    if len(set(found)) < len(found):
        raise BadQueryError(name, "Array items must be unique")
    for part in found:
        if not re.fullmatch(form, part):
            raise BadQueryError(name, "Invalid")
    return found


def _one(given: Mapping[str, list[str]], name: str, form: str) -> str | None:
    if name not in given:
        return None
    if len(given[name]) != 1 or not re.fullmatch(form, given[name][0]):
        raise BadQueryError(name, "Invalid")
    return given[name][0]


def _number(given: Mapping[str, list[str]], name: str, default: int, most: int) -> int:
    text: Any = given.get(name, [str(default)])[0]
    if not text.isdigit() or not 1 <= int(text) <= most:
        raise BadQueryError(name, f"Number must be from 1 to {most}")
    return int(text)
