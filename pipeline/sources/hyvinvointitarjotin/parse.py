"""Saved pages of the site -> organisations: as all actor cards, and the axes of search as terms.

What kind of support an organisation gives and for which need are classifications of the organisation here, not
services: the card does not say when and where each is given.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipeline.sources.cards import parse as cards
from pipeline.sources.cards.labels import labelled
from pipeline.sources.cards.page import address_of, content_of, soup_of
from pipeline.sources.cards.site import Site, site_of
from pipeline.sources.contract import SourceDescription
from pipeline.sources.hyvinvointitarjotin.rules import about, axes
from pipeline.sources.items import Item, Parsed, Term
from pipeline.sources.snapshots import Capture


def parse(captures: Iterable[Capture], description: SourceDescription, options: Mapping[str, Any]) -> Iterator[Parsed]:
    """Organisations in the order of their cards, with needs and forms of support."""
    described = about(description)
    site = site_of(described.settings, options)
    table = axes(description)
    terms: dict[str, tuple[str, list[Term]]] = {}

    def watched() -> Iterator[Capture]:
        for capture in captures:
            _remember(capture, site, table, terms)
            yield capture

    for parsed in cards.parse(watched(), described, options):
        if isinstance(parsed, Item) and parsed.kind == "organization" and parsed.native_id in terms:
            parsed.terms += terms[parsed.native_id][1]
        yield parsed


def _remember(capture: Capture, site: Site, table: Mapping[str, str], terms: dict[str, tuple[str, list[Term]]]) -> None:
    """Keeps the terms of a card, of several copies those of the newest."""
    if capture.status >= 400 or b"<" not in capture.body[:4000]:
        return
    soup = soup_of(capture.body, capture.content_type)
    native_id, _ = address_of(soup, capture, site)
    if native_id is None:
        native_id = capture.uri.removeprefix("file:").rsplit("/", 1)[-1].rsplit(".", 1)[0]
    values = labelled(content_of(soup, site), table, site.selectors["label"])
    found = [Term(axis, label=part) for axis in dict.fromkeys(table.values()) for part in values.parts(axis)]
    seen_at = f"{capture.fetched_at.isoformat()} {capture.uri}"
    if found and (native_id not in terms or seen_at > terms[native_id][0]):
        terms[native_id] = (seen_at, found)
