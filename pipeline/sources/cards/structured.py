"""schema.org in JSON-LD: finds the organisation a page is about, and reads it into an item.

What it decides: which of several organisations on a page the card describes. Many sites put their own operator
on every page as the publisher; that one is never taken for the card's.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urldefrag

from bs4 import BeautifulSoup

from pipeline.sources.items import Address, Area, Contact, Email, Identifier, Item, Link, Name, Phone, Term, Text
from pipeline.sources.jsonld import DEEPEST, scripts, several, text, worded
from pipeline.sources.jsonld import types as types_of

Node = dict[str, Any]
PUBLISHERS = ("publisher", "author", "creator", "copyrightHolder", "sourceOrganization")
ABOUT = ("mainEntity", "about")


def nodes_of(soup: BeautifulSoup) -> tuple[list[Node], bool]:
    """The top nodes of all JSON-LD on the page, and whether some of it was broken."""
    data, is_broken = scripts(soup)
    return [node for one in data for node in _tops(one, 0)], is_broken


def organisation_node(nodes: list[Node], types: set[str], address: str | None, heading: str) -> Node | None:
    """The node of the organisation that the page is about; null when none surely is.

    In this order: what the page says it is about, what has the page's own address, what has the name of the
    heading, and a single organisation that is not the publisher of the site.
    """
    candidates = [n for n in nodes if types_of(n) & types]
    about = {ref for n in nodes for key in ABOUT for ref in _references(n.get(key))}
    publishers = {ref for n in nodes for key in PUBLISHERS for ref in _references(n.get(key))}
    by_about = [n for n in candidates if _id(n) in about or any(n is v for m in nodes for v in _abouts(m))]
    by_address = [n for n in candidates if address and _plain(address) in {_plain(n.get("url")), _plain(_id(n))}]
    by_name = [n for n in candidates if heading and (text(n.get("name")) or "").casefold() == heading.casefold()]
    for group in (by_about, by_address, by_name):
        if group:
            return group[0]
    others = [n for n in candidates if _id(n) not in publishers]
    return others[0] if len(others) == 1 else None


def read_into(item: Item, node: Node) -> None:
    """Adds what the node says; texts are plain."""
    legal, name = text(node.get("legalName")), text(node.get("name"))
    item.names += [Name(v) for v in (legal or name,) if v]
    if legal and name and name != legal:
        item.names.append(Name(name, kind="alternative"))
    for value, language in worded(node.get("alternateName")):
        item.names.append(Name(value, language, "alternative"))
    for value, language in worded(node.get("description")):
        item.texts.append(Text("description", value, language))
    for key in ("taxID", "vatID"):
        item.identifiers += [Identifier("business_id", value) for value, _ in worded(node.get(key))]
    for known in several(node.get("identifier")):
        if isinstance(known, dict) and "tunnus" in str(known.get("propertyID") or known.get("name")).casefold():
            item.identifiers.append(Identifier("business_id", text(known.get("value"))))
    _contacts(item, node)
    _addresses(item, node)
    for area in several(node.get("areaServed")):
        if label := text(area.get("name")) if isinstance(area, dict) else text(area):
            is_city = isinstance(area, dict) and "City" in types_of(area)
            item.areas.append(Area("municipality" if is_city else "other", name=label))
    for value, _ in (*worded(node.get("keywords")), *worded(node.get("knowsAbout"))):
        item.terms += [Term("theme", label=part.strip()) for part in value.split(",") if part.strip()]
    for parent in several(node.get("parentOrganization")):
        if isinstance(parent, dict) and (label := text(parent.get("name"))):
            item.organization_name = label
    item.modified = text(node.get("dateModified"))


def _contacts(item: Item, node: Node) -> None:
    item.phones += [Phone(value) for value, _ in worded(node.get("telephone"))]
    item.emails += [Email(value.removeprefix("mailto:")) for value, _ in worded(node.get("email"))]
    own = _plain(item.url)
    sites = [value for value, _ in worded(node.get("url")) if _plain(value) != own]
    same = [value for value, _ in worded(node.get("sameAs")) if _plain(value) != own]
    item.links += [Link(value, is_main=not n) for n, value in enumerate(sites)]
    item.links += [Link(value) for value in same if value not in sites]
    for point in several(node.get("contactPoint")):
        if not isinstance(point, dict):
            continue
        name, title = text(point.get("name")), text(point.get("contactType"))
        phone, email = text(point.get("telephone")), text(point.get("email"))
        if name:
            item.contacts.append(Contact(name, title, email, phone))
        else:
            item.phones += [Phone(phone, description=title)] if phone else []
            item.emails += [Email(email, title)] if email else []


def _addresses(item: Item, node: Node) -> None:
    places = [p for p in several(node.get("location")) if isinstance(p, dict)]
    own = several(node.get("address")) + [a for p in places for a in several(p.get("address"))]
    geo = next((g for p in (node, *places) for g in several(p.get("geo")) if isinstance(g, dict)), None)
    for found in own:
        if isinstance(found, dict):
            country = found.get("addressCountry")
            address = Address(
                street=text(found.get("streetAddress")),
                postal_code=text(found.get("postalCode")),
                city=text(found.get("addressLocality")),
                country=(text(country.get("name")) if isinstance(country, dict) else text(country)) or "FI",
            )
        else:
            address = Address(line=text(found))
        if address.street or address.postal_code or address.city or address.line:
            item.addresses.append(address)
    if geo and (y := text(geo.get("latitude"))) and (x := text(geo.get("longitude"))):
        item.addresses = item.addresses or [Address()]
        item.addresses[0].y, item.addresses[0].x, item.addresses[0].crs = y, x, "EPSG:4326"


def _tops(data: Any, depth: int) -> list[Node]:
    """The nodes a page states: lists and graphs are opened, and what a node is about; nothing else."""
    if depth > DEEPEST:
        return []
    if isinstance(data, list):
        return [node for entry in data for node in _tops(entry, depth + 1)]
    if not isinstance(data, dict):
        return []
    inner = [data.get("@graph"), *(data.get(key) for key in ABOUT)]
    return [data, *(node for entry in inner for node in _tops(entry, depth + 1))]


def _id(node: Node) -> str | None:
    found = node.get("@id")
    return found if isinstance(found, str) else None


def _references(value: Any) -> Iterator[str]:
    for entry in several(value):
        found = entry.get("@id") if isinstance(entry, dict) else entry
        if isinstance(found, str):
            yield found


def _abouts(node: Node) -> list[Any]:
    return [entry for key in ABOUT for entry in several(node.get(key))]


def _plain(address: Any) -> str:
    """An address for comparison: without scheme, fragment and slash at its end."""
    try:
        text = urldefrag(address).url if isinstance(address, str) else ""
    except ValueError:
        return ""
    return text.split("://", 1)[-1].removeprefix("www.").rstrip("/")
