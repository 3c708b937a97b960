"""Entries of RSS and Atom -> happenings: notices with their title, text and address, and a time where one is given.

The date of a feed's entry says when it was published, not when something happens, so it is only the date of change,
unless koonti.yml says otherwise. Authors are never read.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

from pipeline.sources.events.happening import Happening, body_name, event, place
from pipeline.sources.events.times import once, when
from pipeline.sources.items import Address, Finding, Name, Parsed, Term, Text, Unread
from pipeline.sources.snapshots import Capture

# Local name -> field of ours. The modules ev, xCal and Google's gd give times; content:encoded is the whole text.
START = ("startdate", "dtstart", "start", "starttime", "event-start", "start_date")
END = ("enddate", "dtend", "end", "endtime", "event-end", "end_date")
PLACE = ("location", "where", "venue")
IGNORED = frozenset(
    "author creator contributor comments commentrss enclosure source thumbnail content-image image generator rights "
    "post-id comment-count updated-by edited".split()
)
XML_HEAD = re.compile(r"^\s*<\?xml[^>]*\?>")
Element = Any


def root_of(body: bytes) -> Element | None:
    """The root of a feed; null when there is none. Entities are never resolved, nothing is loaded from elsewhere."""
    for attempt in (body, XML_HEAD.sub("", body.decode("utf-8-sig", "replace")).replace("\x00", "")):
        is_last = isinstance(attempt, str)
        parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=is_last, remove_comments=True)
        try:
            root = etree.fromstring(attempt, parser)
        except (etree.XMLSyntaxError, ValueError):
            continue
        if root is not None:
            return root
    return None


def next_page(root: Element) -> str | None:
    """The address of the next page of a paged feed (RFC 5005); null on the last."""
    for link in root.iter("{*}link"):
        if link.get("rel") == "next" and _name(link.getparent()) in ("feed", "channel"):
            return link.get("href") or None
    return None


def happenings(
    capture: Capture, settings: Mapping[str, Any], options: Mapping[str, Any]
) -> Iterator[Happening | Parsed]:
    """Every entry of a feed."""
    root = root_of(capture.body)
    entries = [] if root is None else [e for e in root.iter("{*}item", "{*}entry") if isinstance(e.tag, str)]
    if root is None:
        yield Finding("record_unreadable", f"{capture.uri}: a feed that is no XML; it is not read.")
    language = root.findtext(".//{*}language") if root is not None else None
    for entry in entries:
        made = _happening(entry, capture, language, settings, options)
        if isinstance(made, Finding):
            yield made
            continue
        yield made
        known = {*START, *END, *PLACE, *IGNORED} | set(
            "title link guid id description summary encoded content pubdate published updated date category organizer "
            "point lat long when".split()
        )
        yield from (Unread(f"entry.{_name(c)}") for c in entry if _name(c) not in known and _text(c))


def _happening(
    entry: Element, capture: Capture, language: str | None, settings: Mapping[str, Any], options: Mapping[str, Any]
) -> Happening | Finding:
    address = _link(entry)
    native_id = _first(entry, "guid", "id") or address
    if not native_id:
        return Finding("record_unreadable", "An entry without id and link; ask the feed's operator.", field="guid")
    made = event(native_id, capture.fetched_at)
    item = made.item
    item.names = [Name(_first(entry, "title"), language)]
    item.url = address
    for field, names in (("summary", ("summary",)), ("description", ("encoded", "content", "description"))):
        if text := _first(entry, *names):
            item.texts.append(Text(field, text, language, "html"))
    published = _first(entry, "published", "pubdate", "date")
    item.modified = _first(entry, "updated") or published
    for tag in entry.iterchildren("{*}category"):
        label = tag.get("label") or tag.get("term") or _text(tag)
        item.terms += [Term("event_keyword", label=label)] if label else []
    made.organizer = body_name(_first(entry, "organizer"), settings["body_words"])
    _time(made, entry, published if options.get("published_is_start") else None)
    _where(made, entry)
    return made


def _time(made: Happening, entry: Element, published: str | None) -> None:
    given = entry.find("{*}when")
    attributes = dict(given.attrib) if given is not None else {}
    first = _first(entry, *START) or attributes.get("startTime") or published
    last = _first(entry, *END) or attributes.get("endTime")
    for where, value in (("start", first), ("end", last)):
        if value and when(value) is None:
            made.report("date_invalid", f"The {where} of a notice is no time.", where, value)
    made.held([once(when(first), when(last, is_end=True))])


def _where(made: Happening, entry: Element) -> None:
    line = _first(entry, *PLACE)
    given = entry.find("{*}where")
    line = line or (given.get("valueString") if given is not None else None)
    point = (_first(entry, "point") or "").replace(",", " ").split()
    lat, long = _first(entry, "lat"), _first(entry, "long")
    if lat and long:
        point = [lat, long]
    if not line and len(point) != 2:
        return
    address = Address(line=line)
    if len(point) == 2:
        address.y, address.x, address.crs = point[0], point[1], "EPSG:4326"
    place(made).addresses.append(address)


def _link(entry: Element) -> str | None:
    """The page of an entry: the text of RSS, the alternate link of Atom."""
    for link in entry.iterchildren("{*}link"):
        target = link.get("href") if link.get("rel", "alternate") == "alternate" else None
        target = (target or _text(link)).strip()
        if target.startswith(("http://", "https://")):
            return target
    guid = _first(entry, "guid") or ""
    return guid if guid.startswith(("http://", "https://")) else None


def _first(entry: Element, *names: str) -> str | None:
    """The text of the first child with one of these names, in the order of the names."""
    for name in names:
        for child in entry:
            if _name(child) == name and (text := _text(child)):
                return text
    return None


def _name(element: Element) -> str:
    tag = element.tag
    return tag.rsplit("}", 1)[-1].lower() if isinstance(tag, str) else ""


def _text(element: Element) -> str:
    """The text of an element; of one that holds XHTML, its markup."""
    if len(element):
        inner = element.text or ""
        return (inner + "".join(etree.tostring(c, encoding="unicode") for c in element)).strip()
    return (element.text or "").strip()
