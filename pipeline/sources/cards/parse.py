"""Saved pages of a site -> items: which pages are cards, and which of several saved copies counts.

Pages come in any order; an archive holds the same card many times. What stands on a card is read in `card`.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from pipeline.sources.cards.card import Card, read_card
from pipeline.sources.cards.page import address_of, soup_of
from pipeline.sources.cards.site import Site, site_of
from pipeline.sources.contract import SourceDescription
from pipeline.sources.items import Finding, Item, Parsed
from pipeline.sources.raw import stamped
from pipeline.sources.snapshots import Capture

HTML_TYPES = ("text/html", "application/xhtml+xml", "")

Rank = tuple[bool, str, str]
"""A copy that could be read goes before one that could not, then the newer one; the address decides ties."""


def parse(captures: Iterable[Capture], description: SourceDescription, options: Mapping[str, Any]) -> Iterator[Parsed]:
    """Organisations with their activities, in the order in which their cards first came.

    Of several copies of one card the newest that could be read counts; listing pages and everything else that is
    no card is passed over.
    """
    site = site_of(description.settings, options)
    best: dict[str, tuple[Rank, Card]] = {}
    names: dict[str, dict[str, str]] = {}
    pages = 0
    for capture in captures:
        pages += 1
        read = _read(capture, site)
        if read is None:
            continue
        native_id, card = read
        card = replace(card, parsed=list(stamped(card.parsed, capture.body)))
        rank = (card.has_organisation, capture.fetched_at.isoformat(), capture.uri)
        if native_id not in best or rank > best[native_id][0]:
            best[native_id] = (rank, card)
        if card.name:
            names.setdefault(native_id, {}).setdefault(_place(capture.uri), card.name)
    for native_id, (_, card) in best.items():
        yield from card.parsed
        if len(names.get(native_id, {})) > 1 and len(set(names[native_id].values())) > 1:
            several = " and ".join(sorted(names[native_id])[:2])
            message = f"Two addresses give this id for different organisations ({several}); the newest is used."
            yield Finding("duplicate_native_id", message, native_id)
    if pages and not best:
        message = f"None of {pages} pages is a card; check 'card' in koonti.yml against the addresses of the site."
        yield Finding("record_unreadable", message)


def _read(capture: Capture, site: Site) -> tuple[str, Card] | None:
    """Id and card of a page; null for a page that is no card."""
    try:
        by_address = site.card_id(capture.uri)
    except ValueError:
        by_address = None
    if capture.status >= 400:
        message = f"The listing names this card, but its page answers HTTP {capture.status}."
        return _odd(by_address, message)
    if not _is_page(capture):
        return _odd(
            by_address, f"Expected an HTML page, got {len(capture.body)} bytes of {capture.media_type or 'data'}."
        )
    soup = soup_of(capture.body, capture.content_type)
    native_id, address = address_of(soup, capture, site)
    if native_id is not None:
        return native_id, read_card(soup, capture, native_id, address, site)
    if capture.uri.startswith("file:"):
        return _saved(soup, capture, site)
    return None


def _is_page(capture: Capture) -> bool:
    """True for HTML, also for what begins as HTML does and is called something else."""
    start = capture.body[:4000]
    return b"<" in start and (
        capture.media_type in HTML_TYPES or start.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html"))
    )


def _saved(soup: Any, capture: Capture, site: Site) -> tuple[str, Card] | None:
    """A saved page that does not tell its address: a card when it shows anything of an organisation beside a name.

    Its file name, without the extension, is the id.
    """
    native_id = PurePosixPath(capture.uri.removeprefix("file:")).stem
    card = read_card(soup, capture, native_id, None, site)
    item = next((p for p in card.parsed if isinstance(p, Item) and p.kind == "organization"), None)
    tells = item and (item.identifiers or item.phones or item.emails or item.addresses or item.contacts)
    return (native_id, card) if tells else None


def _odd(native_id: str | None, message: str) -> tuple[str, Card] | None:
    if native_id is None:
        return None
    return native_id, Card([Finding("record_unreadable", message, native_id, level="warning")], has_organisation=False)


def _place(uri: str) -> str:
    """An address without scheme and slash at its end: the same page saved twice."""
    return uri.split("://", 1)[-1].split("?")[0].rstrip("/")
