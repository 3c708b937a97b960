"""One item becomes one record: the row of its kind, its names and identifiers, and everything around it."""

import hashlib
import re
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from operator import attrgetter
from typing import Any

from pipeline.sources.items import Item
from pipeline.transform import names, texts
from pipeline.transform.dates import moment
from pipeline.transform.identifiers import association_number, business_id
from pipeline.transform.landing import details
from pipeline.transform.landing.collector import Collector
from pipeline.transform.languages import language
from pipeline.transform.names.several import SEVERAL
from pipeline.transform.reference import legal_forms

ORG_ID_GUIDE = {"business_id": "FI-PRO"}
"""Scheme of an identifier on org-id.guide."""

_MAY_NAME_SEVERAL = re.compile(r"[;,/&+]|\s(?:[-–]|ja|sekä|och|samt)\s", re.IGNORECASE)
"""What may stand between two names; all other names are spared the look."""


def land_item(c: Collector, item: Item) -> None:
    """Adds an item to the tables, or an issue when it cannot be used; one that is as last time is taken over."""
    record_id = c.record_id(item.native_id)
    content = content_hash(item)
    if c.takes_over(record_id, content, item.fetched_at, item.raw):
        return
    found_names = _names(c, record_id, item)
    if item.kind == "organization" and not found_names:
        c.entangled.add(record_id)
        c.issue(
            "record_without_name",
            "An organisation without a name cannot be used. Give it a name in the source.",
            record_id=record_id,
            field="name",
        )
        return
    if not c.admit(record_id, content, item.native_id):
        return
    modified = moment(item.modified) if item.modified else None
    if item.modified and modified is None:
        c.problem(record_id, "modified", "date_invalid", str(item.modified))
    best = found_names[0]["name"] if found_names else None
    owner = c.record_id(item.organization) if item.organization else None
    c.put(
        "record",
        {
            "record_id": record_id,
            "source": c.source,
            "native_id": item.native_id,
            "kind": item.kind,
            "native_url": item.url,
            "name": best,
            "modified_at": modified,
            "content_hash": content,
            "raw_hash": item.raw or c.snapshot_digest,
            "owner_record_id": owner if item.kind != "organization" else None,
            "snapshot_version": c.snapshot_version,
            "fetched_at": item.fetched_at,
        },
    )
    shared = details.land_details(c, record_id, item)
    if item.kind == "organization":
        _organization(c, record_id, item, found_names, owner, shared)
    elif item.kind == "service":
        _service(c, record_id, item, found_names, owner, shared)
    else:
        _location(c, record_id, item, best, owner, shared)


def content_hash(item: Item) -> str:
    """Digest of everything an item says; when it was fetched is no part of that."""
    return digest(said(item))


def digest(text: str) -> str:
    """The digest of what an item says."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:32]


def said(item: Item) -> str:
    """Everything an item says as one text, in which each value stands as its `repr`."""
    return repr([[_part(e) for e in value] if type(value) is list else value for value in _ITEM(item)])


_ITEM = attrgetter(*(f.name for f in fields(Item) if f.name not in ("fetched_at", "replaces", "raw")))
_GETTERS: dict[type, Callable[[Any], Any]] = {str: str}
"""Reads all fields of a part at once: the `repr` of the object itself takes three times as long."""


def _part(value: Any) -> Any:
    getter = _GETTERS.get(type(value))
    if getter is None:
        getter = attrgetter(*(f.name for f in fields(value))) if is_dataclass(value) else repr
        _GETTERS[type(value)] = getter
    return getter(value)


def _names(c: Collector, record_id: str, item: Item) -> list[dict[str, Any]]:
    """Tidied names, official first and Finnish first; damaged ones are repaired where that is certain."""
    found: list[dict[str, Any]] = []
    for name in item.names:
        if not name.value or not name.value.strip():
            continue
        repaired, was_broken = texts.repair_mojibake(name.value)
        tidy = texts.tidy(repaired)
        if not tidy or not any(ch.isalnum() for ch in tidy):
            continue
        if was_broken:
            c.problem(record_id, "name", "text_damaged", name.value, used=True)
        elif texts.is_damaged(tidy):
            c.problem(record_id, "name", "text_damaged", tidy, used=True)
        c.normalised(record_id, "name" if name.kind == "official" else "alternate_name", tidy, name.value)
        found.append({"name": tidy, "language": language(name.language).value, "name_kind": name.kind})
    rank = {"official": 0, "parallel": 1}
    return sorted(found, key=lambda n: (rank.get(n["name_kind"], 2), n["language"] not in (None, "fi")))


def _organization(
    c: Collector,
    record_id: str,
    item: Item,
    found_names: list[dict[str, Any]],
    parent: str | None,
    shared: details.Shared,
) -> None:
    """The organisation as far as the source says; `naming` adds what its name tells."""
    seen = set()
    for row in found_names:
        if (row["name"], row["name_kind"]) not in seen:
            seen.add((row["name"], row["name_kind"]))
            c.add("organization_name", record_id, organization_id=record_id, **row)
    best = found_names[0]["name"]
    if _MAY_NAME_SEVERAL.search(best) and names.parse(best).dependent == SEVERAL:
        message = (
            "The name is that of several organisations, so the record is matched with none of them. "
            "Give each a record of its own in the source."
        )
        c.issue("several_organizations", message, record_id=record_id, field="name", value=best, level="warning")
    if found_names[0]["language"]:
        c.spoken[record_id] = found_names[0]["language"]
    worded = texts.tidy(item.legal_form)
    stated = legal_forms().get(worded.casefold()) if worded else None
    numbers = _identifiers(c, record_id, item)
    place = shared.place
    c.put(
        "organization",
        {
            "id": record_id,
            "name": best,
            "alternate_name": next((n["name"] for n in found_names[1:] if n["name"] != best), None),
            "description": shared.description,
            "description_language": shared.description_language,
            "email": shared.email,
            "website": shared.website,
            "legal_status": worded,
            "legal_form": (stated.legal_form or None) if stated else None,
            "organization_type": item.organization_type or (stated.organization_type if stated else None),
            "business_id": numbers.get("business_id"),
            "association_number": numbers.get("association_number"),
            "municipality_code": place.municipality_code if place else None,
            "municipality": place.municipality_fi if place else None,
            "region_code": place.region_code if place else None,
            "wellbeing_county_code": place.county_code if place else None,
            "latitude": shared.latitude,
            "longitude": shared.longitude,
            "coordinate_origin": shared.coordinate_origin,
            "parent_organization_id": parent,
            "status": item.status,
        },
    )


def _identifiers(c: Collector, record_id: str, item: Item) -> dict[str, str]:
    """Valid identifiers as rows; returns the first valid one of each type."""
    first: dict[str, str] = {}
    seen = set()
    for one in item.identifiers:
        if not one.value or not one.value.strip():
            continue
        value: str | None = one.value.strip()
        if one.type == "business_id":
            value, problem = business_id(one.value)
            c.problem(record_id, "business_id", problem, one.value, used=value is not None)
        elif one.type == "association_number":
            value, problem = association_number(one.value)
            c.problem(record_id, "association_number", problem, one.value, used=value is not None)
        if value is None or (one.type, value) in seen:
            continue
        seen.add((one.type, value))
        c.normalised(record_id, one.type, value, one.value)
        first.setdefault(one.type, value)
        c.add(
            "organization_identifier",
            record_id,
            organization_id=record_id,
            identifier_scheme=ORG_ID_GUIDE.get(one.type),
            identifier_type=one.type,
            identifier=value,
        )
    return first


def _service(
    c: Collector,
    record_id: str,
    item: Item,
    found_names: list[dict[str, Any]],
    owner: str | None,
    shared: details.Shared,
) -> None:
    if not found_names:
        c.problem(record_id, "name", "service_without_name", None, used=True)
    c.put(
        "service",
        {
            "id": record_id,
            "organization_id": owner,
            "name": found_names[0]["name"] if found_names else "(nimetön)",
            "alternate_name": next((n["name"] for n in found_names[1:]), None),
            "description": shared.description,
            "description_language": shared.description_language,
            "kind": item.service_kind,
            "url": shared.website or item.url,
            "email": shared.email,
            "status": item.service_status,
            "fees_description": shared.text("price"),
            "is_free": item.is_free,
            "eligibility_description": shared.text("eligibility"),
            "minimum_age": item.minimum_age,
            "maximum_age": item.maximum_age,
            "application_process": shared.text("user_instruction"),
            "valid_from": item.valid_from,
            "valid_to": item.valid_to,
        },
    )
    if item.is_free is not None or shared.text("price"):
        option = None if item.is_free is None else "free" if item.is_free else "paid"
        c.add("cost_option", record_id, service_id=record_id, option=option, amount_description=shared.text("price"))
    for native in dict.fromkeys(item.locations):
        c.add("service_at_location", record_id, service_id=record_id, location_id=c.record_id(native), description=None)


def _location(
    c: Collector, record_id: str, item: Item, name: str | None, owner: str | None, shared: details.Shared
) -> None:
    c.put(
        "location",
        {
            "id": record_id,
            "organization_id": owner,
            "location_type": item.location_type,
            "channel_kind": item.channel_kind,
            "name": name,
            "description": shared.description,
            "description_language": shared.description_language,
            "url": shared.website,
            "email": shared.email,
            "latitude": shared.latitude,
            "longitude": shared.longitude,
            "coordinate_origin": shared.coordinate_origin,
        },
    )
