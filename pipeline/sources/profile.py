"""Which fields a platform sends, of which types, and how often: a look at a sample of its JSON answers.

It knows no platform and reads no value: a field is a path, a value only its type and shape. Paths go through lists
(`items[].name`); keys that are ids themselves count as one field (`*`).
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from pipeline.sources import snapshots
from pipeline.sources.snapshots import Snapshot
from pipeline.sources.warc import Capture

BUDGET = 200_000
"""Compressed bytes of answers that are looked at, of each kind of address."""
USUAL = 5_000
"""What an answer counts for whose size the index does not tell."""
ID = re.compile(r"\d+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,}", re.IGNORECASE)
VERSION = re.compile(r"api|v\d+", re.IGNORECASE)
DEEPEST = 12
UNREAD = "unread"
"""The object of columns and labels, which stand in no JSON."""
TYPES = {bool: "truth value", int: "number", float: "number", str: "text", list: "list", dict: "object"}


@dataclass(slots=True)
class Seen:
    """A field as far as it was looked at."""

    filled: int = 0
    types: dict[str, str] = field(default_factory=dict)
    """Type -> the shape of the first value of it."""


@dataclass(slots=True)
class Profile:
    """What a sample of answers holds."""

    objects: dict[str, int] = field(default_factory=dict)
    """Path of an object -> how many there were."""
    fields: dict[str, Seen] = field(default_factory=dict)

    def rate(self, path: str) -> float:
        """In what share of its objects a field was filled."""
        parents = self.objects.get(parent(path), 0)
        return self.fields[path].filled / parents if path in self.fields and parents else 0.0

    def look(self, capture: Capture) -> None:
        """Adds one answer; what is no JSON is passed over."""
        try:
            body = json.loads(capture.body)
        except (ValueError, RecursionError):
            return
        self._walk(body, room(capture.uri), 0)

    def count(self, unread: Mapping[str, int], objects: int) -> None:
        """Adds what was filled and read by nobody in pages or files: columns and labels, by how often."""
        self.objects[UNREAD] = objects
        for name, filled in unread.items():
            self.fields[f"{UNREAD}.{name.replace('.', '·')}"] = Seen(
                filled, {"text": "a column or label that is not read"}
            )

    def _walk(self, value: Any, path: str, depth: int) -> None:
        if isinstance(value, list):
            for entry in value:
                if isinstance(entry, (dict, list)):
                    self._walk(entry, f"{path}[]", depth + 1)
            return
        if not isinstance(value, dict) or depth > DEEPEST:
            return
        self.objects[path] = self.objects.get(path, 0) + 1
        told = set()
        for key, inner in value.items():
            if inner in (None, "", [], {}):
                continue
            place = f"{path}.{'*' if ID.fullmatch(key) or len(key) > 60 else key}"
            seen = self.fields.get(place)
            if seen is None:
                seen = self.fields[place] = Seen()
            if place not in told:
                told.add(place)
                seen.filled += 1
            kind = TYPES.get(type(inner), "value")
            if kind not in seen.types:
                seen.types[kind] = shape(inner)
            if kind in ("list", "object"):
                self._walk(inner, place, depth + 1)


def parent(path: str) -> str:
    """The path of the object that holds a field."""
    return path.rpartition(".")[0]


def room(uri: str) -> str:
    """The kind of address: the words of its path without ids and versions, `file` for files."""
    parts = urlsplit(uri)
    if parts.scheme not in ("http", "https"):
        return "file"
    words = [
        w for w in parts.path.split("/") if w and "." not in w and not ID.fullmatch(w) and not VERSION.fullmatch(w)
    ]
    return "/".join(words) or "answer"


def shape(value: Any) -> str:
    """A value without what it says: letters as x, digits as 9."""
    if isinstance(value, bool):
        return "a truth value"
    if isinstance(value, (int, float)):
        return f"a number of {len(str(abs(value)))} characters"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, Mapping):
        keys = [key for key in value if isinstance(key, str) and key.isidentifier()]
        return f"an object with {', '.join(keys[:6]) or 'other keys'}"
    text = "".join("9" if c.isdigit() else "x" if c.isalpha() else c for c in str(value)[:30])
    return f"a text of {len(str(value))} characters like '{text}'"


def sampled(snapshot: Snapshot, profile: Profile) -> Iterator[Capture]:
    """The captures of a snapshot as they are; an even sample of them is looked at on the way."""
    chosen = _chosen(snapshot)
    for number, capture in enumerate(snapshot.captures()):
        if number in chosen and capture.status < 400 and capture.body[:1] in (b"{", b"[", b" ", b"\n"):
            profile.look(capture)
        yield capture


def _chosen(snapshot: Snapshot) -> set[int]:
    """Numbers of the captures to look at, spread evenly over each kind of address."""
    rooms: dict[str, list[tuple[int, int]]] = {}
    for number, entry in enumerate(snapshots.index(snapshot.path)):
        rooms.setdefault(room(entry["uri"]), []).append((number, int(entry.get("length", USUAL))))
    found: set[int] = set()
    for listed in rooms.values():
        total = sum(size for _, size in listed)
        step = max(1, -(-total // BUDGET))
        found.update(number for number, _ in listed[::step])
    return found
