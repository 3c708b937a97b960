"""Recognises PTV's answers, of v11 and v12, by their shape and reads them into items, wherever they come from.

A page, a bare list and a single object are read alike, so saved files of any origin work. Each id comes out
once: an object that came twice is read once, and of two different versions the newest counts. Objects that
describe nothing of ours (rows of id lists, code lists, service collections) are passed over; what is of no known
shape is a finding.
"""

import gc
import json
import marshal
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from hashlib import blake2b
from typing import Any

from pipeline.sources.contract import SourceDescription
from pipeline.sources.items import Finding, Item, Parsed
from pipeline.sources.ptv import channel, organization, service
from pipeline.sources.ptv.rules import Rules
from pipeline.sources.ptv.tree import Reading, Tree
from pipeline.sources.ptv.v12 import channel as channel_v12
from pipeline.sources.ptv.v12 import connection, shapes
from pipeline.sources.ptv.v12 import organization as organization_v12
from pipeline.sources.ptv.v12 import service as service_v12
from pipeline.sources.ptv.v12.joining import Joins
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
Key = tuple[str, str]
Age = tuple[str, str, bytes]
"""Modified, fetched, and a digest that decides when both are alike."""
ORDER = ("organization", "service", "location")
KINDS = {"organization": "organization", "service": "service", "channel": "location"}
"""Kind of object -> kind of item."""
_COMPARED = tuple(name for name in Item.__dataclass_fields__ if name not in ("fetched_at", "raw"))


def parse(captures: Iterable[Capture], description: SourceDescription, options: Mapping[str, Any]) -> Iterator[Parsed]:
    """Findings, unread fields and items of v11 as they come, then the items of v12.

    An item of which a newer version comes later is handed on again with `replaces`.
    """
    found = _Found(Rules.of(description.settings))
    for capture in captures:
        if capture.status < 400:
            with _without_collector():
                said = list(found.read(capture))
            yield from said
    yield from found.items()


class _Found:
    """What was read so far. Items of v11 are handed on at once; those of v12 wait for what belongs to them."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._seen: dict[Key, Age] = {}
        """Of v11: how old the version is that was handed on last."""
        self._waiting: dict[Key, Item] = {}
        self._joins = Joins(rules)

    def read(self, capture: Capture) -> Iterator[Parsed]:
        """Reads one answer: items of v11, and what came up."""
        for found in _objects(capture):
            if isinstance(found, Finding):
                yield found
                continue
            kind, data, native_id = found
            reading = Reading(self._rules, native_id, capture.fetched_at.date())
            if not kind.startswith("v12."):
                yield from self._at_once(kind, data, reading, capture)
            elif kind == "v12.code":
                self._joins.learn_code(Tree(data, "code", kind, reading), capture.uri)
                yield from reading.unread()
            else:
                yield from self._wait(Tree(data, kind.removeprefix("v12."), kind, reading), kind, capture)
            reading.close()

    def _at_once(self, kind: str, data: dict[str, Any], reading: Reading, capture: Capture) -> Iterator[Parsed]:
        """An object of v11, unless it came before alike or newer."""
        key = (KINDS[kind], reading.native_id)
        digest = blake2b(marshal.dumps(data, 2), digest_size=12).digest()
        earlier = self._seen.get(key)
        if earlier is not None and earlier[2] == digest:
            return
        tree = Tree(data, kind, kind, reading)
        tree.ignore("id")
        item = READERS[kind](tree, reading.native_id)
        item.fetched_at, item.raw = capture.fetched_at, digest.hex()
        yield from reading.findings
        yield from reading.unread()
        age = (_modified(item), _fetched(item), digest)
        if earlier is None or age > earlier:
            self._seen[key] = age
            item.replaces = earlier is not None
            yield item
        if earlier is not None:
            yield _twice(item.native_id, max(earlier, age)[0], item.kind)

    def _wait(self, tree: Tree, kind: str, capture: Capture) -> Iterator[Parsed]:
        """Reads an object of v12 and keeps it, unless it is kept already or a newer one is."""
        native_id = tree.reading.native_id
        into: dict[Any, Item]
        key: Any
        if kind == "v12.connection":
            channel_id = connection.channel_of(tree)
            item = connection.read(tree, native_id, channel_id)
            into, key = self._joins.connections.setdefault(native_id.lower(), {}), channel_id
        else:
            tree.ignore("contentId")
            item = READERS[kind](tree, native_id)
            if kind == "v12.general_description":
                into, key = self._joins.descriptions, native_id.lower()
            else:
                into, key = self._waiting, (item.kind, native_id)
        item.fetched_at = capture.fetched_at
        earlier = into.get(key)
        into[key] = item if earlier is None else max(earlier, item, key=_age)
        if earlier is None or not _same(earlier, item):
            yield from tree.reading.findings
            yield from tree.reading.unread()
            if earlier is not None:
                word = {"v12.connection": "connection of a service", "v12.general_description": "general description"}
                yield _twice(native_id, _modified(into[key]), word.get(kind, item.kind))

    def items(self) -> Iterator[Item]:
        """The items of v12, put together; of one that came from v11 too, the version that was fetched last counts."""
        for key in sorted(self._waiting, key=lambda one: (ORDER.index(one[0]), one[1])):
            item = self._waiting.pop(key)
            older = self._seen.get(key)
            if older is None or older[1] <= _fetched(item):
                finished = self._joins.finish(item)
                finished.replaces = older is not None
                yield finished


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
    return _modified(item), _fetched(item), repr(item)


def _modified(item: Item) -> str:
    return item.modified.isoformat() if isinstance(item.modified, datetime) else item.modified or ""


def _fetched(item: Item) -> str:
    return item.fetched_at.isoformat() if item.fetched_at else ""


def _twice(native_id: str, modified: str, word: str) -> Finding:
    return Finding(
        "duplicate_native_id",
        f"The {word} came twice with different content; the version of {modified or 'unknown age'} is used.",
        native_id,
        level="warning",
    )


def _looks(capture: Capture) -> str:
    return f"{len(capture.body)} bytes of {capture.media_type or 'no content type'}"


def _type_name(value: Any) -> str:
    names = {bool: "a truth value", int: "a number", float: "a number", str: "text", list: "a list"}
    return names.get(type(value), "null")
