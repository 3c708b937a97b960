"""Recognises PTV's answers by their shape and reads them into items; addresses of the answers do not matter.

A page, a bare list and a single object are read alike, so saved files of any origin work. Each id comes out
once: an object that came twice is read once, and of two different versions the newest is used. Objects that
describe nothing of ours (rows of id lists, code lists, service collections) are passed over; what is of no known
shape is a finding.
"""

import gc
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from pipeline.sources.contract import SourceDescription
from pipeline.sources.items import Finding, Item, Parsed, Unread
from pipeline.sources.ptv import channel, organization, service
from pipeline.sources.ptv.rules import Rules
from pipeline.sources.ptv.tree import Reading, Tree
from pipeline.sources.snapshots import Capture

READERS: dict[str, Callable[[Tree, str], Item]] = {
    "organization": organization.read,
    "service": service.read,
    "channel": channel.read,
}
OTHER_SHAPES = (
    frozenset({"id", "name", "parentOrganizationId"}),  # a row of an id list
    frozenset({"id", "type", "modified"}),  # a row of EntitiesByOrganization
    frozenset({"code", "names", "prefixNumbers"}),  # a row of a code list
)
OTHER_MARKS = ("archivingDate", "serviceCollectionNames", "generalDescriptionType")
"""Fields that only archived things, service collections and general descriptions have."""
Key = tuple[int, str]
KINDS = ("organization", "service", "location")
_COMPARED = tuple(name for name in Item.__dataclass_fields__ if name != "fetched_at")


def parse(captures: Iterable[Capture], description: SourceDescription, options: Mapping[str, Any]) -> Iterator[Parsed]:
    """Findings and unread fields as they come, then the items by kind and id, whatever the order of the captures."""
    rules = Rules.of(description.settings)
    kept: dict[Key, Item] = {}
    for capture in captures:
        if capture.status < 400:
            with _without_collector():
                said = list(_read(capture, rules, kept))
            yield from said
    for key in sorted(kept):
        yield kept.pop(key)


def _read(capture: Capture, rules: Rules, kept: dict[Key, Item]) -> Iterator[Finding | Unread]:
    """Reads one answer into `kept` and tells what came up."""
    for found in _objects(capture):
        if isinstance(found, Finding):
            yield found
            continue
        kind, data, native_id = found
        reading = Reading(rules, native_id)
        tree = Tree(data, kind, kind, reading)
        tree.ignore("id")
        item = READERS[kind](tree, native_id)
        item.fetched_at = capture.fetched_at
        key = (KINDS.index(item.kind), native_id)
        earlier = kept.get(key)
        kept[key] = item if earlier is None else max(earlier, item, key=_age)
        if earlier is None or not _same(earlier, item):
            yield from reading.findings
            yield from reading.unread()
            if earlier is not None:
                yield _twice(kept[key])
        reading.close()


@contextmanager
def _without_collector() -> Iterator[None]:
    """Rests the garbage collector over one answer: the many small objects of a page would set it off all the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


Recognised = tuple[str, dict[str, Any], str]


def _objects(capture: Capture) -> Iterator[Recognised | Finding]:
    """The objects of one answer with kind and id, and findings about what is none."""
    try:
        body = json.loads(capture.body)
    except (ValueError, RecursionError):
        yield Finding("record_unreadable", f"{capture.uri}: not JSON of PTV, but {_looks(capture)}; left out.")
        return
    entries = body.get("itemList") if isinstance(body, dict) and "itemList" in body else body
    if entries is None:  # PTV writes null for the empty page
        return
    for place, entry in enumerate(entries if isinstance(entries, list) else [entries], start=1):
        found = _recognise(entry)
        if isinstance(found, str):
            native_id = entry.get("id") if isinstance(entry, dict) and isinstance(entry.get("id"), str) else None
            yield Finding("record_unreadable", f"{capture.uri}: object {place} {found}.", native_id)
        elif found is not None:
            yield found


def _recognise(entry: Any) -> Recognised | str | None:
    """Kind, object and id; null for a shape that is not ours; a sentence about what is wrong."""
    if not isinstance(entry, dict):
        return f"is no object but {_type_name(entry)}"
    if any(mark in entry for mark in OTHER_MARKS) or any(entry.keys() <= shape for shape in OTHER_SHAPES):
        return None if entry else "is empty"
    if "serviceChannelNames" in entry:
        kind = "channel"
    elif "serviceNames" in entry:
        kind = "service"
    elif "organizationNames" in entry:
        if "parent" in entry:  # a tree of organisations, without their data
            return None
        kind = "organization"
    else:
        return "is neither organisation, service nor service channel"
    guid = entry.get("id")
    if not isinstance(guid, str) or not guid.strip():
        return f"is a {kind} without an id"
    return kind, entry, guid


def _same(one: Item, other: Item) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in _COMPARED)


def _age(item: Item) -> tuple[str, str, str]:
    """What decides between two versions: modified, then fetched, then anything that is always the same."""
    modified = item.modified.isoformat() if isinstance(item.modified, datetime) else item.modified or ""
    return modified, item.fetched_at.isoformat() if item.fetched_at else "", repr(item)


def _twice(used: Item) -> Finding:
    modified = used.modified.isoformat() if isinstance(used.modified, datetime) else used.modified
    return Finding(
        "duplicate_native_id",
        f"The {used.kind} came twice with different content; the version of {modified or 'unknown age'} is used.",
        used.native_id,
        level="warning",
    )


def _looks(capture: Capture) -> str:
    return f"{len(capture.body)} bytes of {capture.media_type or 'no content type'}"


def _type_name(value: Any) -> str:
    names = {bool: "a truth value", int: "a number", float: "a number", str: "text", list: "a list"}
    return names.get(type(value), "null")
