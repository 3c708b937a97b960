"""One page of a point -> the point as a service, its desks as places, and the organisation that runs it.

Theme days and volunteer roles are read first and taken out of the page (`programme`), so that their words are not
read as the point's own.
"""

from collections.abc import Iterator

from bs4 import Tag

from pipeline.sources.cards.labels import Labelled, labelled
from pipeline.sources.cards.page import language_of, text_of
from pipeline.sources.csv.contacts import taken_apart
from pipeline.sources.items import (
    Address,
    Area,
    Contact,
    Email,
    Finding,
    Item,
    Link,
    Name,
    Parsed,
    Phone,
    Text,
    Unread,
)
from pipeline.sources.olka.programme import days, roles
from pipeline.sources.olka.rules import Rules
from pipeline.sources.worded_hours import worded


def body(name: str, beside: Item) -> Item:
    """An organisation that is only named."""
    return Item("organization", f"organization/{name}", fetched_at=beside.fetched_at, names=[Name(name)])


def point(item: Item, name: str, root: Tag, rules: Rules) -> Iterator[Parsed]:
    """The point, what belongs to it, then findings and labels nobody knows."""
    selectors = rules.site.selectors
    item.names = [Name(name, language_of(root))]
    programme = [(tag, kind) for kind in ("day", "role") for tag in _outer(root.select(selectors[kind]))]
    later = [(tag.extract(), kind) for tag, kind in programme]
    for block in root.select(selectors["description"]):
        if not block.decomposed:
            item.texts.append(Text("description", block.decode_contents().strip(), language_of(block), "html"))
            block.decompose()
    desks = [tag.extract() for tag in _outer(root.select(selectors["desk"]))]
    values = labelled(root, rules.labels, selectors["label"])
    odd: list[Parsed] = [Unread(f"label:{label}") for label in values.unknown]
    if coordinator := values.first("coordinator"):
        owner = body(coordinator, item)
        item.organization, item.organization_name = owner.native_id, coordinator
        yield owner
    else:
        message = "The page names no coordinating organisation; check labels.coordinator in koonti.yml."
        odd.append(Finding("unknown_organization", message, item.native_id, "coordinator", level="warning"))
    _reach(item, values)
    item.modified = values.first("updated")
    places = list(_desks(item, desks, values, rules, odd))
    item.locations = [place.native_id for place in places]
    yield item
    yield from places
    yield from days([tag for tag, kind in later if kind == "day"], item, rules)
    yield from roles([tag for tag, kind in later if kind == "role"], item, rules)
    yield from odd


def _reach(item: Item, values: Labelled) -> None:
    item.phones += [Phone(value) for value in values.texts("phone")]
    item.emails += [Email(value) for value in values.texts("email")]
    for value in values.values.get("website", []):
        address = next((href for href, _ in value.links if href.startswith("http")), value.text)
        item.links.append(Link(address, is_main=not item.links))
    for text in values.texts("contact"):
        found = taken_apart(text)
        mail, phone = next(iter(found.emails), None), next(iter(found.phones), None)
        item.contacts += [Contact(name, role, mail, phone) for name, role in found.persons[:1]]
    item.areas += [Area("other", name=part) for part in values.parts("area")]


def _desks(item: Item, desks: list[Tag], shared: Labelled, rules: Rules, odd: list[Parsed]) -> Iterator[Item]:
    """A place for each desk; what a desk does not say itself is as for the whole point."""
    for number, tag in enumerate(desks or [None], 1):
        values = shared
        place = Item("location", f"{item.native_id}/desk/{number}", fetched_at=item.fetched_at)
        place.channel_kind, place.organization = "service_location", item.organization
        hospital = shared.first("hospital")
        if tag is not None:
            named = tag.select_one(rules.site.selectors["desk_name"])
            place.names = [Name(", ".join(part for part in (hospital, text_of(named)) if part))] if named else []
            values = labelled(tag, rules.labels, rules.site.selectors["label"])
            odd += [Unread(f"label:{label}") for label in values.unknown]
            place.phones += [Phone(value) for value in values.texts("phone")]
        elif hospital:
            place.names = [Name(hospital)]
        line = values.first("address") or shared.first("address")
        municipality = values.first("municipality") or shared.first("municipality")
        if line or municipality:
            place.addresses.append(Address(line=line, municipality=municipality))
        for text in values.texts("hours") or shared.texts("hours"):
            place.hours += worded(text)
        if place.names or place.addresses or place.hours:
            yield place


def _outer(tags: list[Tag]) -> list[Tag]:
    """Those that stand in no other of them."""
    return [tag for tag in tags if not any(tag is not other and other in tag.parents for other in tags)]
