"""One row of a catalogue -> a service, its place, and the organisations that it names.

A row without a service but with a field and a text is a general description of that field: the field is its name, and
the organisations are its actors, each with its card. Several organisations are told as a text, as a term would be
taken for a theme. What a row says of contacts is the service's, as nothing tells that it is the organisation's as a
whole.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pipeline.sources.catalogue.table import Table
from pipeline.sources.csv.grid import Row
from pipeline.sources.csv.headers import key
from pipeline.sources.csv.several import parts
from pipeline.sources.items import (
    Address,
    Area,
    Email,
    Finding,
    Identifier,
    Item,
    Link,
    Name,
    Parsed,
    Phone,
    Term,
    Text,
)
from pipeline.sources.worded_hours import worded
from pipeline.transform.dates import day

LIST = re.compile(r"\s*[;\n|•]\s*")
COMMAS = re.compile(r"\s*[;\n|•,]\s*")
WEB = re.compile(r"https?://[^\s,;|<>\"]+|www\.[^\s,;|<>\"]+", re.IGNORECASE)


@dataclass(slots=True)
class Words:
    """What source.yml and koonti.yml say on all rows."""

    kinds: Mapping[str, str]
    free: frozenset[str]
    service_kind: str
    areas: list[str]
    """Of services for which a row tells no area."""
    terms: list[Term] = field(default_factory=list)


@dataclass(slots=True)
class Read:
    """What a row says."""

    organizations: list[Item]
    item: Item
    place: Item | None
    odd: list[Parsed]


def names_of(table: Table, row: Row) -> list[str]:
    """The organisations that a row names."""
    cells = [part for cell in table.all(row, "organization") for part in LIST.split(cell.strip()) if part]
    return list(dict.fromkeys(name for cell in cells for name in parts(cell)))


def title_of(table: Table, row: Row) -> str | None:
    """The name of the service, or the field that a row describes; null when the row is neither."""
    if name := table.one(row, "service"):
        return name
    return table.one(row, "theme") if table.one(row, "description") or table.one(row, "summary") else None


def read(table: Table, row: Row, native_id: str, words: Words, fetched_at: datetime) -> Read:
    """The service of a row under its id."""
    item = Item("service", native_id, fetched_at=fetched_at, names=[Name(title_of(table, row))])
    odd: list[Parsed] = []
    actors = _actors(table, row, item, fetched_at)
    if actors and (len(actors) == 1 or table.one(row, "service")):
        item.organization, item.organization_name = actors[0].native_id, actors[0].names[0].value
    if len(actors) > 1:
        item.texts.append(Text("organizers", "\n".join(names_of(table, row))))
    _kind(item, table.one(row, "kind"), words, odd)
    for name in ("description", "summary"):
        item.texts += [Text(name, cell) for cell in table.all(row, name)[:1]]
    item.texts += [Text("user_instruction", cell) for cell in table.all(row, "registration")]
    for scheme in ("theme", "target_group"):
        item.terms += [Term(scheme, label=part) for cell in table.all(row, scheme) for part in LIST.split(cell.strip())]
    item.terms = [term for term in item.terms if term.label] + words.terms
    item.phones = [Phone(cell) for cell in table.all(row, "phone")]
    item.emails = [Email(cell) for cell in table.all(row, "email")]
    item.links += [Link(cell, is_main=not n) for n, cell in enumerate(table.all(row, "website"))]
    item.languages = [part for cell in table.all(row, "language") for part in COMMAS.split(cell.strip()) if part]
    item.modified = table.one(row, "modified")
    _areas(item, table, row, words)
    _price(item, table.all(row, "price"), words)
    if until := table.one(row, "valid_to"):
        item.valid_to = day(until)
        if item.valid_to is None:
            odd.append(Finding("date_invalid", "Not a date.", native_id, "valid_to", until[:80], "warning"))
    for cell in table.all(row, "hours"):
        item.hours += worded(cell)
    return Read(actors, item, _place(item, table.one(row, "address"), table, row), odd)


def _actors(table: Table, row: Row, item: Item, fetched_at: datetime) -> list[Item]:
    """The organisations of a row, each with its card when there are as many cards; other cards are links."""
    names = names_of(table, row)
    cells = table.all(row, "card")
    cards = [address for cell in cells for address in WEB.findall(cell)]
    numbers = (table.one(row, "business_id") or "").replace("/", " ").replace(";", " ").split()
    found = []
    for number, name in enumerate(names):
        actor = Item("organization", f"organization/{name}", fetched_at=fetched_at, names=[Name(name)])
        if len(cards) == len(names):
            actor.url = cards[number]
        if len(numbers) == len(names):
            actor.identifiers.append(Identifier("business_id", numbers[number]))
        found.append(actor)
    labels = names if len(cards) == len(names) else [None] * len(cards)
    item.links += [Link(address, label) for address, label in zip(cards, labels, strict=True)]
    if len(names) == 1 and len(cards) == 1:
        item.url = cards[0]
    return found


def _kind(item: Item, told: str | None, words: Words, odd: list[Parsed]) -> None:
    item.service_kind = words.service_kind
    if told:
        known = words.kinds.get(key(told))
        item.service_kind = known or item.service_kind
        if known is None:
            message = f"'{told[:60]}' is not among the kinds of source.yml; read as {words.service_kind}."
            odd.append(Finding("code_unknown", message, item.native_id, "kind", told[:200], "warning"))


def _areas(item: Item, table: Table, row: Row, words: Words) -> None:
    named = [
        part for f in ("area", "municipality") for cell in table.all(row, f) for part in COMMAS.split(cell.strip())
    ]
    item.areas = [Area("other", name=part) for part in dict.fromkeys(named) if part]
    item.areas = item.areas or [Area("other", name=name) for name in words.areas]


def _price(item: Item, cells: list[str], words: Words) -> None:
    """Free for words that mean so; any other price stays in words."""
    for cell in cells:
        if cell.strip().rstrip(".!").casefold() in words.free:
            item.is_free = True
        else:
            item.texts.append(Text("price", cell))


def _place(item: Item, line: str | None, table: Table, row: Row) -> Item | None:
    if not line:
        return None
    place = Item("location", f"{item.native_id}/place", fetched_at=item.fetched_at, organization=item.organization)
    place.channel_kind = "service_location"
    municipalities = [part for cell in table.all(row, "municipality") for part in COMMAS.split(cell.strip()) if part]
    place.addresses = [Address(line=line, municipality=municipalities[0] if len(municipalities) == 1 else None)]
    item.locations = [place.native_id]
    return place
