"""Saved pages of groups -> online groups and the organisations that keep them.

A keeper is named without an id: it becomes the organisation `organization/<name>`, so that matching can join it with
the same association elsewhere. The first keeper owns the group, further ones are organisations of their own, and
all are named with it as a text, as a term would be taken for a theme.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipeline.sources.cards.labels import labelled
from pipeline.sources.cards.page import address_of, content_of, heading, language_of, soup_of, text_of
from pipeline.sources.cards.site import Site, folded
from pipeline.sources.contract import SourceDescription
from pipeline.sources.gathered import gathered, is_page, saved_as, unreadable
from pipeline.sources.items import Finding, Item, Name, Parsed, Term, Text, Unread
from pipeline.sources.snapshots import Capture
from pipeline.sources.tukinet.rules import rules_of
from pipeline.sources.worded_hours import worded


def parse(captures: Iterable[Capture], description: SourceDescription, options: Mapping[str, Any]) -> Iterator[Parsed]:
    """Keepers, then groups with findings, in the order in which the groups first came."""
    rules = rules_of(description, options)
    yield from gathered(captures, lambda capture: _group(capture, rules.site, rules.labels), "a group")


def _group(capture: Capture, site: Site, table: Mapping[str, str]) -> tuple[str, list[Parsed]] | None:
    """Id of a group and what its page says, the group last; null for a page that is no group."""
    try:
        by_address = site.card_id(capture.uri)
    except ValueError:
        by_address = None
    if not is_page(capture):
        return unreadable(by_address, capture, "a group")
    soup = soup_of(capture.body, capture.content_type)
    native_id, address = address_of(soup, capture, site)
    is_sure = native_id is not None
    native_id = native_id or saved_as(capture)
    if native_id is None:
        return None
    title = heading(soup)
    for part in soup.select(site.selectors["messages"]):
        if not part.decomposed:
            part.decompose()
    root = content_of(soup, site)
    name = text_of(root.select_one(site.selectors["name"]))
    if not is_sure and not name:
        return None
    if re.match(site.settings["login_headings"], title, re.IGNORECASE) or site.error_heading.match(title):
        message = f"Instead of a group came a page that says '{title[:60]}'; not read."
        return native_id, [Finding("record_unreadable", message, native_id, level="warning")]
    if not name:
        message = "The page of a group without a name; check selectors.name in koonti.yml."
        return native_id, [Finding("service_without_name", message, native_id, "name")]
    item = Item("service", native_id, address, fetched_at=capture.fetched_at, service_kind="online_group")
    item.names = [Name(name, language_of(root))]
    for block in root.select(site.selectors["description"]):
        item.texts.append(Text("description", block.decode_contents().strip(), language_of(block), "html"))
        block.decompose()
    values = labelled(root, table, site.selectors["label"])
    found: list[Parsed] = [Unread(f"label:{label}") for label in values.unknown]
    if not is_sure and not values.parts("keeper"):
        return None
    _kept_by(item, values.parts("keeper"), found)
    _access(item, values.first("access"), site.settings["access"], found)
    for text in values.texts("time"):
        item.hours += worded(text)
    item.terms += [Term("theme", label=part) for part in values.parts("theme")]
    item.terms += [Term("target_group", label=part) for part in values.parts("audience")]
    item.languages += values.parts("language")
    item.modified = values.first("updated")
    return native_id, [*found, _channel(item), item]


def _kept_by(item: Item, keepers: list[str], found: list[Parsed]) -> None:
    """The organisations that keep the group."""
    names = list(dict.fromkeys(keepers))
    for number, name in enumerate(names):
        native_id = f"organization/{name}"
        found.append(Item("organization", native_id, fetched_at=item.fetched_at, names=[Name(name)]))
        if number == 0:
            item.organization, item.organization_name = native_id, name
    if len(names) > 1:
        item.texts.append(Text("organizers", "\n".join(names)))
    if not names:
        message = "The page names no keeper; check labels.keeper in koonti.yml."
        found.append(Finding("unknown_organization", message, item.native_id, "keeper", level="warning"))


def _access(item: Item, words: str | None, known: Mapping[str, str], found: list[Parsed]) -> None:
    """Open or closed; words that are not in source.yml are kept and told of."""
    if not words:
        return
    code = known.get(folded(words))
    item.terms.append(Term("access", code, words))
    if code is None:
        message = f"'{words[:60]}' is neither open nor closed; add it to `access` in source.yml."
        found.append(Finding("code_unknown", message, item.native_id, "access", words[:200], "warning"))


def _channel(item: Item) -> Item:
    """The web place where the group meets."""
    spot = Item("location", f"{item.native_id}/web", item.url, fetched_at=item.fetched_at, location_type="virtual")
    spot.channel_kind, spot.organization = "e_channel", item.organization
    item.locations = [spot.native_id]
    return spot
