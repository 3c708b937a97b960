"""Recognises PTV's answers, of v11 and v12, by their shape and reads them into items, wherever they come from.

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
from pipeline.sources.ptv.v12 import channel as channel_v12
from pipeline.sources.ptv.v12 import connection, shapes
from pipeline.sources.ptv.v12 import organization as organization_v12
from pipeline.sources.ptv.v12 import service as service_v12
from pipeline.sources.ptv.v12.joining import Joins
from pipeline.sources.raw import digest
from pipeline.sources.snapshots import Capture

READERS: dict[str, Callable[[Tree, str], Item]] = {
    "organization": organization.read,
    "service": service.read,
    "channel": channel.read,
    "v12.organization": organization_v12.read,
    "v12.service": service_v12.read,
    "v12.channel": channel_v12.read,
    "v12.general_description": service_v12.read_general_description,
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
_COMPARED = tuple(name for name in Item.__dataclass_fields__ if name not in ("fetched_at", "raw"))


def parse(captures: Iterable[Capture], description: SourceDescription, options: Mapping[str, Any]) -> Iterator[Parsed]:
    """Findings and unread fields as they come, then the items by kind and id, whatever the order of the captures."""
    found = _Found(Rules.of(description.settings))
    for capture in captures:
        if capture.status < 400:
            with _without_collector():
                said = list(found.read(capture))
            yield from said
    yield from found.items()


class _Found:
    """What was read so far."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._kept: dict[bool, dict[Key, Item]] = {False: {}, True: {}}
        """By whether they came from v12."""
        self._joins = Joins(rules)

    def read(self, capture: Capture) -> Iterator[Finding | Unread]:
        """Reads one answer and tells what came up."""
        for found in _objects(capture):
            if isinstance(found, Finding):
                yield found
                continue
            kind, data, native_id = found
            reading = Reading(self._rules, native_id, capture.fetched_at.date())
            tree = Tree(data, kind.removeprefix("v12."), kind, reading)
            if kind == "v12.code":
                self._joins.learn_code(tree, capture.uri)
                yield from reading.unread()
            else:
                sent = None if kind.startswith("v12.") else digest(data)  # what v12 sends comes in parts
                yield from self._keep(tree, kind, native_id, capture, sent)
            reading.close()

    def _keep(
        self, tree: Tree, kind: str, native_id: str, capture: Capture, sent: str | None
    ) -> Iterator[Finding | Unread]:
        """Reads an object and keeps it, unless it is kept already or a newer one is."""
        into: dict[Any, Item]
        key: Any
        if kind == "v12.connection":
            channel_id = connection.channel_of(tree)
            item = connection.read(tree, native_id, channel_id)
            into, key = self._joins.connections.setdefault(native_id.lower(), {}), channel_id
        else:
            tree.ignore("contentId" if kind.startswith("v12.") else "id")
            item = READERS[kind](tree, native_id)
            if kind == "v12.general_description":
                into, key = self._joins.descriptions, native_id.lower()
            else:
                into, key = self._kept[kind.startswith("v12.")], (KINDS.index(item.kind), native_id)
        item.fetched_at = capture.fetched_at
        item.raw = sent
        earlier = into.get(key)
        into[key] = item if earlier is None else max(earlier, item, key=_age)
        if earlier is None or not _same(earlier, item):
            yield from tree.reading.findings
            yield from tree.reading.unread()
            if earlier is not None:
                yield _twice(into[key], kind)

    def items(self) -> Iterator[Item]:
        """Every item once; what v12 keeps apart is put together here."""
        older, newer = self._kept[False], self._kept[True]
        for key in sorted(older.keys() | newer.keys()):
            one, other = older.pop(key, None), newer.pop(key, None)
            if other is None or (one is not None and _fetched(one) > _fetched(other)):
                if one is not None:
                    yield one
            else:
                yield self._joins.finish(other)


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
    entries = shapes.entries_of(body)
    if entries is None:
        entries = body.get("itemList") if isinstance(body, dict) and "itemList" in body else body
    if entries is None:  # PTV writes null for the empty page
        return
    for place, entry in enumerate(entries if isinstance(entries, list) else [entries], start=1):
        found = _recognise(entry)
        if isinstance(found, str):
            yield Finding("record_unreadable", f"{capture.uri}: object {place} {found}.", _id_of(entry))
        elif found is not None:
            yield found


def _recognise(entry: Any) -> Recognised | str | None:
    """Kind, object and id; null for a shape that is not ours; a sentence about what is wrong."""
    if not isinstance(entry, dict):
        return f"is no object but {_type_name(entry)}"
    if shapes.is_v12(entry):
        known = shapes.recognise(entry)
        return (f"v12.{known[0]}", entry, known[1]) if isinstance(known, tuple) else known
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


def _id_of(entry: Any) -> str | None:
    found = (entry.get("id") or entry.get("contentId")) if isinstance(entry, dict) else None
    return found if isinstance(found, str) else None


def _same(one: Item, other: Item) -> bool:
    return all(getattr(one, name) == getattr(other, name) for name in _COMPARED)


def _age(item: Item) -> tuple[str, str, str]:
    """What decides between two versions: modified, then fetched, then anything that is always the same."""
    modified = item.modified.isoformat() if isinstance(item.modified, datetime) else item.modified or ""
    return modified, _fetched(item), repr(item)


def _fetched(item: Item) -> str:
    return item.fetched_at.isoformat() if item.fetched_at else ""


def _twice(used: Item, kind: str) -> Finding:
    word = {"v12.connection": "connection of a service", "v12.general_description": "general description"}
    modified = used.modified.isoformat() if isinstance(used.modified, datetime) else used.modified
    return Finding(
        "duplicate_native_id",
        f"The {word.get(kind, used.kind)} came twice with different content; "
        f"the version of {modified or 'unknown age'} is used.",
        used.native_id,
        level="warning",
    )


def _looks(capture: Capture) -> str:
    return f"{len(capture.body)} bytes of {capture.media_type or 'no content type'}"


def _type_name(value: Any) -> str:
    names = {bool: "a truth value", int: "a number", float: "a number", str: "text", list: "a list"}
    return names.get(type(value), "null")
