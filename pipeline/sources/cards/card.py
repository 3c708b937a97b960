"""One card page -> an organisation and the activities listed on it.

What it decides: which of the page's three voices counts. schema.org comes first, then labels and selectors; where
a field may have several values the later voices add what the earlier ones did not say. The address and the
official name are taken from one voice only, as two spellings would look like two.
"""

from dataclasses import dataclass

from bs4 import BeautifulSoup, Tag

from pipeline.sources.cards.activities import activities
from pipeline.sources.cards.labels import Labelled, Value, labelled
from pipeline.sources.cards.page import content_of, heading, language_of, text_of
from pipeline.sources.cards.site import Site, folded
from pipeline.sources.cards.structured import nodes_of, organisation_node, read_into
from pipeline.sources.items import (
    Address,
    Area,
    Contact,
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
    Unread,
)
from pipeline.sources.snapshots import Capture


@dataclass(frozen=True, slots=True)
class Card:
    """What one page gave."""

    parsed: list[Parsed]
    has_organisation: bool
    name: str | None = None


def read_card(soup: BeautifulSoup, capture: Capture, native_id: str, address: str | None, site: Site) -> Card:
    """Reads a page that is at a card's address; a page without a name, or one that tells of an error, is a finding."""
    title = heading(soup)
    nodes, is_broken = nodes_of(soup)
    root = content_of(soup, site)
    name = text_of(root.select_one(site.selectors["name"]) or soup.select_one(site.selectors["name"]))
    node = organisation_node(nodes, set(site.settings["organization_types"]), address, name)
    item = Item("organization", native_id, url=address, fetched_at=capture.fetched_at)
    if node is None and site.error_heading.match(title):
        message = f"Instead of a card came a page that says '{title[:60]}'; the next fetch reads it again."
        return Card([Finding("record_unreadable", message, native_id)], False)
    if node:
        read_into(item, node)
    listed = activities(root, item, site)
    _texts(item, root, site)
    themes = [text_of(tag) for tag in root.select(site.selectors["themes"])]
    links = [(str(a["href"]), text_of(a)) for a in root.find_all("a", href=True)]
    values = labelled(root, site.labels, site.selectors["label"])
    _names(item, name, values)
    if not any(n.value and n.kind == "official" for n in item.names):
        message = "The page of a card without a name; check selectors.name in koonti.yml."
        return Card([Finding("record_without_name", message, native_id, "name")], False)
    _register(item, values)
    private = _persons(item, values)
    _reached(item, values, links, private)
    _places(item, values, site)
    _about(item, values, themes)
    odd: list[Parsed] = [Unread(f"label:{label}") for label in values.unknown]
    if is_broken:
        message = "The structured data (JSON-LD) of the page is broken; its text was read instead."
        odd.append(Finding("record_unreadable", message, native_id, "application/ld+json", level="info"))
    return Card([item, *listed, *odd], True, item.names[0].value)


def _names(item: Item, name: str, values: Labelled) -> None:
    if name and not item.names:
        item.names.append(Name(name))
    for field, kind, language in (
        ("name_sv", "parallel", "sv"),
        ("name_other", "alternative", None),
        ("name_former", "former", None),
        ("abbreviation", "abbreviation", None),
    ):
        for value in values.texts(field):
            item.names = [n for n in item.names if n.value != value or n.kind != "alternative"]
            if value not in (n.value for n in item.names):
                item.names.append(Name(value, language, kind))


def _register(item: Item, values: Labelled) -> None:
    for kind in ("business_id", "association_number"):
        told = {i.value for i in item.identifiers}
        item.identifiers += [Identifier(kind, value) for value in values.texts(kind) if value not in told]
    item.legal_form = values.first("legal_form")
    item.organization_name = item.organization_name or values.first("parent")
    item.modified = item.modified or values.first("updated")


def _persons(item: Item, values: Labelled) -> set[str]:
    """Contact persons; gives the addresses and numbers that are theirs and so not the organisation's own."""
    private: set[str] = set()
    for value in values.values.get("contact", []):
        mail = next((href[7:].split("?")[0] for href, _ in value.links if _scheme(href) == "mailto"), None)
        phone = next((_number(href, words) for href, words in value.links if _scheme(href) == "tel"), None)
        reached = {words for href, words in value.links if _scheme(href) in ("mailto", "tel")} | {mail, phone}
        private |= {part for part in reached if part}
        told = [line.text for line in value.lines]
        parts = [part.strip() for text in told for part in text.split(",")]
        parts = [part for part in parts if part and not any(r and r in part for r in reached)]
        if parts and parts[0] not in {contact.name for contact in item.contacts}:
            item.contacts.append(Contact(parts[0], ", ".join(parts[1:]) or None, mail, phone))
    return private


def _reached(item: Item, values: Labelled, links: list[tuple[str, str]], private: set[str]) -> None:
    """Phones, e-mail and web addresses: labelled ones, then links that start with tel: and mailto:."""
    phones = values.texts("phone") + [_number(href, words) for href, words in links if _scheme(href) == "tel"]
    told = {_digits(p.value) for p in item.phones} | {_digits(p) for p in private}
    for phone in phones:
        if _digits(phone) and not any(_digits(phone) in known or known in _digits(phone) for known in told if known):
            item.phones.append(Phone(phone))
            told.add(_digits(phone))
    mails = values.texts("email") + [href[7:].split("?")[0] for href, _ in links if _scheme(href) == "mailto"]
    addresses = {(e.value or "").casefold() for e in item.emails} | {p.casefold() for p in private}
    for mail in mails:
        if mail.strip() and mail.strip().casefold() not in addresses:
            item.emails.append(Email(mail.strip()))
            addresses.add(mail.strip().casefold())
    for field in ("website", "social"):
        for value in values.values.get(field, []):
            for address in _webs(value):
                known = {_bare(link.value) for link in item.links}
                if _bare(address) not in known:
                    is_main = field == "website" and not any(link.is_main for link in item.links)
                    item.links.append(Link(address, None if field == "website" else value.label, is_main=is_main))


def _webs(value: Value) -> list[str]:
    linked = [href for href, _ in value.links if _scheme(href) in ("http", "https", "")]
    return linked or [value.text]


def _places(item: Item, values: Labelled, site: Site) -> None:
    code, city = values.first("postal_code"), values.first("city")
    municipality = values.first("municipality")
    if not item.addresses:
        for kind, field in (("physical", "address"), ("postal", "postal_address")):
            for text in values.texts(field):
                is_split = bool(code or city) and not item.addresses
                item.addresses.append(
                    Address(kind, street=text, postal_code=code, city=city) if is_split else Address(kind, line=text)
                )
        if not item.addresses and (code or city or municipality):
            item.addresses.append(Address(postal_code=code, city=city))
    if municipality and item.addresses:
        item.addresses[0].municipality = municipality
    nationwide = site.words("nationwide_words")
    for part in values.parts("area"):
        whole = part.casefold() in nationwide
        item.areas.append(Area("nationwide") if whole else Area("other", name=part))


def _about(item: Item, values: Labelled, themes: list[str]) -> None:
    for scheme, parts in (
        ("theme", [*themes, *values.parts("theme")]),
        ("target_group", values.parts("target_group")),
    ):
        told = {folded(term.label or "") for term in item.terms if term.scheme == scheme}
        for part in parts:
            if part and folded(part) not in told:
                told.add(folded(part))
                item.terms.append(Term(scheme, label=part))
    item.languages += values.parts("language")
    item.texts += [Text("opening_hours", text) for text in values.texts("opening_hours")]
    if not any(text.field == "description" and text.format == "html" for text in item.texts):
        for value in values.values.get("description", []):
            if value.element is not None:
                inner = value.element.decode_contents().strip()
                _described(item, Text("description", inner, None, "html"))
            else:
                _described(item, Text("description", value.text))


def _texts(item: Item, root: Tag, site: Site) -> None:
    """The description block in each language, as HTML, and the summary; outer blocks count, not those in them."""
    by_language: dict[str | None, list[str]] = {}
    blocks = root.select(site.selectors["description"])
    for tag in blocks:
        if not any(tag is not other and other in tag.parents for other in blocks) and text_of(tag):
            by_language.setdefault(language_of(tag), []).append(tag.decode_contents().strip())
    for language, parts in by_language.items():
        _described(item, Text("description", "\n".join(parts), language, "html"))
    for tag in root.select(site.selectors["summary"]):
        summary = text_of(tag)
        item.texts = [t for t in item.texts if not (t.field in ("summary", "description") and t.value == summary)]
        if summary:
            item.texts.append(Text("summary", summary, language_of(tag)))


def _described(item: Item, text: Text) -> None:
    """Adds a description of the page; one from schema.org is mostly its shortened copy, so it becomes the summary."""
    for before in item.texts:
        if before.field == "description" and before.format == "plain":
            before.field = "summary"
    item.texts.append(text)


def _scheme(href: str) -> str:
    return href.split(":", 1)[0].lower() if ":" in href else ""


def _number(href: str, words: str) -> str:
    """A number as the page shows it, or as its link has it when it shows words."""
    return words if len(_digits(words)) >= 5 else href.split(":", 1)[-1]


def _digits(text: str | None) -> str:
    """The digits that tell two spellings of a number apart: without +358 and leading zeros."""
    return "".join(c for c in (text or "") if c.isdigit()).removeprefix("00").removeprefix("358").lstrip("0")


def _bare(address: str | None) -> str:
    return (address or "").strip().casefold().split("://", 1)[-1].removeprefix("www.").rstrip("/")
