"""schema.org events in the JSON-LD of a page -> happenings.

Never read: performers, attendees and organisers that are persons, and the contact details of organisers.
"""

import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any
from urllib.parse import urljoin

from bs4 import BeautifulSoup

from pipeline.sources.cards.page import soup_of
from pipeline.sources.events.happening import Happening, event, organizer_name, place
from pipeline.sources.events.times import once, when
from pipeline.sources.fields import Fields
from pipeline.sources.items import Address, Finding, Link, Name, Parsed, Term, Text
from pipeline.sources.jsonld import DEEPEST, Node, scripts, several, text, worded
from pipeline.sources.jsonld import types as types_of
from pipeline.sources.snapshots import Capture

HOLDERS = ("@graph", "itemListElement", "item", "mainEntity", "about", "event", "events")
AGES = re.compile(r"(\d{1,3})?\s*[-–]\s*(\d{1,3})?")
_text, _worded = partial(text, or_name=True), partial(worded, or_name=True)


def events_of(soup: BeautifulSoup, types: set[str]) -> tuple[list[Node], bool]:
    """The event nodes of all JSON-LD on a page, and whether some of it was broken."""
    data, is_broken = scripts(soup)
    return [node for one in data for node in _events(one, types, 0)], is_broken


def happenings(capture: Capture, settings: Mapping[str, Any]) -> Iterator[Happening | Parsed]:
    """Every event of a page. The id is the node's own, else its address, else the page's with the number."""
    rules = settings["jsonld"]
    nodes, is_broken = events_of(soup_of(capture.body, capture.content_type), set(rules["event_types"]))
    if is_broken:
        message = f"{capture.uri}: structured data that is no JSON; it is not read."
        yield Finding("record_unreadable", message, field="application/ld+json", level="warning")
    base = capture.uri if capture.uri.startswith("http") else ""
    for number, node in enumerate(nodes, 1):
        data = Fields(node, "Event")
        url = _address(data.take("url"), base)
        own = _address(data.take("@id"), base)
        alone = capture.uri if len(nodes) == 1 else f"{capture.uri}#{number}"
        made = event(url or own or alone, capture.fetched_at)
        made.item.url = url or (base or None)
        _read(made, data, rules, base)
        made.odd += list(data.unread())
        yield made


def _read(made: Happening, data: Fields, rules: Mapping[str, Any], base: str) -> None:
    item = made.item
    data.ignore("@type", "@context", "image", "performer", "performers", "attendee", "attendees", "subEvent")
    data.ignore("subEvents", "superEvent", "mainEntityOfPage", "previousStartDate", "doorTime", "duration", "sameAs")
    item.names = [Name(text, language) for text, language in _worded(data.take("name"))]
    item.texts += [Text("description", text, lang, "html") for text, lang in _worded(data.take("description"))]
    item.modified = _text(data.take("dateModified"))
    item.terms += [
        Term("event_keyword", label=part.strip())
        for text, _ in _worded(data.take("keywords"))
        for part in text.split(",")
        if part.strip()
    ]
    item.languages = [text for text, _ in _worded(data.take("inLanguage"))]
    start, end = data.take("startDate"), data.take("endDate")
    for where, value in (("startDate", start), ("endDate", end)):
        if value not in (None, "") and when(value) is None:
            made.report("date_invalid", f"{where} of an event is no time.", where, value)
    made.held([once(when(start), when(end, is_end=True))])
    status = str(_text(data.take("eventStatus")) or "EventScheduled").rsplit("/", 1)[-1]
    if status not in rules["statuses"]:
        made.report(
            "code_unknown", f"'{status[:40]}' is no status of an event; taken as active.", "eventStatus", status
        )
    item.service_status = rules["statuses"].get(status, "active")
    if ages := AGES.fullmatch(_text(data.take("typicalAgeRange")) or ""):
        item.minimum_age, item.maximum_age = (int(a) if a else None for a in ages.groups())
    _price(made, data)
    _organizer(made, data)
    mode = str(_text(data.take("eventAttendanceMode")) or "")
    for spot in several(data.take("location")):
        _where(made, spot, is_online=mode.endswith("OnlineEventAttendanceMode"), base=base)


def _price(made: Happening, data: Fields) -> None:
    """Free when the page says so, or when every offer costs nothing; other prices in words."""
    free = data.take("isAccessibleForFree")
    offers = [o for o in several(data.take("offers")) if isinstance(o, Mapping)]
    prices = [str(o["price"]).strip() for o in offers if o.get("price") not in (None, "")]
    are_zero = [re.fullmatch(r"0+(?:[.,]0+)?", p) is not None for p in prices]
    if free is True or str(free).rsplit("/", 1)[-1].lower() == "true" or (prices and all(are_zero)):
        made.item.is_free = True
    elif prices:
        made.item.is_free = False
        currency = next((str(o["priceCurrency"]) for o in offers if o.get("priceCurrency")), "")
        made.item.texts.append(Text("price", " / ".join(f"{p} {currency}".strip() for p in prices)))


def _organizer(made: Happening, data: Fields) -> None:
    for found in several(data.take("organizer")):
        if isinstance(found, Mapping) and "Person" in types_of(found):
            continue
        name = _text(found.get("name")) if isinstance(found, Mapping) else _text(found)
        if made.organizer is None:
            made.organizer = organizer_name(name)


def _where(made: Happening, spot: Any, *, is_online: bool, base: str) -> None:
    number = len(made.places) + 1
    native_id = f"{made.item.native_id}/place" + (f"/{number}" if number > 1 else "")
    if isinstance(spot, Mapping) and ("VirtualLocation" in types_of(spot) or (is_online and not spot.get("address"))):
        made_place = place(made, native_id)
        made_place.location_type, made_place.channel_kind = "virtual", "e_channel"
        url = _address(spot.get("url"), base)
        made_place.links = [Link(url)] if url else []
        return
    if not isinstance(spot, Mapping):
        if line := _text(spot):
            place(made, native_id).addresses.append(Address(line=line))
        return
    given = spot if "PostalAddress" in types_of(spot) else spot.get("address")
    made_place = place(made, native_id)
    if name := _text(spot.get("name")):
        made_place.names.append(Name(name))
    found = next(iter(several(given)), None)
    if isinstance(found, Mapping):
        address = Address(
            street=_text(found.get("streetAddress")),
            postal_code=_text(found.get("postalCode")),
            city=_text(found.get("addressLocality")),
        )
    else:
        address = Address(line=_text(found))
    geo = spot.get("geo")
    if isinstance(geo, Mapping) and (y := _text(geo.get("latitude"))) and (x := _text(geo.get("longitude"))):
        address.y, address.x, address.crs = y, x, "EPSG:4326"
    if address.street or address.postal_code or address.city or address.line or address.y:
        made_place.addresses.append(address)


def _events(data: Any, types: set[str], depth: int) -> list[Node]:
    if depth > DEEPEST:
        return []
    if isinstance(data, list):
        return [node for entry in data for node in _events(entry, types, depth + 1)]
    if not isinstance(data, Mapping):
        return []
    if types_of(data) & types:
        return [data]
    return [node for key in HOLDERS for node in _events(data.get(key), types, depth + 1)]


def _address(value: Any, base: str) -> str | None:
    text = _text(value)
    if not text:
        return None
    try:
        target = urljoin(base, text.strip())
    except ValueError:
        return None
    return target if target.startswith(("http://", "https://")) else None
