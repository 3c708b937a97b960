"""Saved pages of points -> organisations, the points as services with their desks, theme days and volunteer roles.

Organisations are named without an id: they become `organization/<name>`, so that matching can join them with the same
associations elsewhere. Pages come in any order, and of several copies the newest that could be read counts.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipeline.sources.cards.page import address_of, content_of, heading, soup_of, text_of
from pipeline.sources.contract import SourceDescription
from pipeline.sources.gathered import gathered, is_page, saved_as, unreadable
from pipeline.sources.items import Finding, Item, Parsed
from pipeline.sources.olka.point import point
from pipeline.sources.olka.rules import Rules, rules_of
from pipeline.sources.snapshots import Capture


def parse(captures: Iterable[Capture], description: SourceDescription, options: Mapping[str, Any]) -> Iterator[Parsed]:
    """Organisations, then points with all that belongs to them, in the order in which the points first came."""
    rules = rules_of(description, options)
    yield from gathered(captures, lambda capture: _read(capture, rules), "a point")


def _read(capture: Capture, rules: Rules) -> tuple[str, list[Parsed]] | None:
    """Id of a point and what its page says; null for a page that is no point."""
    by_address = rules.point_id(capture.uri)
    if not is_page(capture):
        return unreadable(by_address, capture, "a point")
    soup = soup_of(capture.body, capture.content_type)
    native_id, address = address_of(soup, capture, rules.site)
    native_id = by_address or native_id
    is_sure = native_id is not None
    native_id = native_id or saved_as(capture)
    if native_id is None:
        return None
    title = heading(soup)
    root = content_of(soup, rules.site)
    if rules.site.error_heading.match(title):
        message = f"Instead of a point came a page that says '{title[:60]}'; not read."
        return native_id, [Finding("record_unreadable", message, native_id, level="warning")]
    name = text_of(root.select_one(rules.site.selectors["name"]))
    if not name and not is_sure:
        return None
    if not name:
        message = "The page of a point without a name; check selectors.name in koonti.yml."
        return native_id, [Finding("service_without_name", message, native_id, "name")]
    item = Item("service", native_id, address, fetched_at=capture.fetched_at, service_kind=rules.kinds["point"])
    parsed = list(point(item, name, root, rules))
    return (native_id, parsed) if is_sure or item.organization else None
