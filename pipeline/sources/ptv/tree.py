"""One object of PTV with everything nested in it, and what of all that nobody read.

Extends `Fields` by nesting: every object that is taken out of another is remembered, so that one question at
the end tells all filled fields that were neither taken nor named in `unused` of `source.yml`. Also here:
PTV's lists of localised values, `[{"language": "fi", "value": …, "type": …}]`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from pipeline.sources.fields import Fields
from pipeline.sources.items import Finding, Unread
from pipeline.sources.ptv.rules import Rules

LOCALIZED_KEYS = frozenset({"language", "value", "type"})
EMPTY: tuple[Any, ...] = (None, "", [], {})
NOTHING: frozenset[str] = frozenset()


class Localized(NamedTuple):
    """A value in one language; `type` is its role in the list (Name, Description…), null when it has none."""

    value: str
    language: str | None
    type: str | None


@dataclass(slots=True)
class Reading:
    """What comes up while one item is read."""

    rules: Rules
    native_id: str
    today: date | None = None
    """The day of the answer, for what repeats every year; null counts as never asked."""
    trees: list["Tree"] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    extra: dict[str, None] = field(default_factory=dict)
    """Paths of values that are not of the type they should be, and of unread fields of localised values."""

    def note(self, code: str, message: str, field: str, value: str | None) -> None:
        """Notes something odd about the item as a warning, once."""
        finding = Finding(code, message, self.native_id, field, value, level="warning")
        if finding not in self.findings:
            self.findings.append(finding)

    def unread(self) -> Iterator[Unread]:
        """The filled fields of the item that nobody read, each path once."""
        paths = dict(self.extra)
        for tree in self.trees:
            tree.collect_unread(paths)
        return (Unread(path) for path in paths)

    def close(self) -> None:
        """Lets go of the objects: they know this reading, so memory would wait for the garbage collector."""
        self.trees.clear()


class Tree(Fields):
    """An object under a path; `shape` is its name in `unused` of `source.yml`.

    Reading takes a field out of the parsed JSON, so what is left at the end is what nobody read.
    """

    __slots__ = ("_left", "_unused", "reading")

    def __init__(self, data: dict[str, Any], path: str, shape: str, reading: Reading) -> None:
        self._left = data
        self.path = path
        self.reading = reading
        self._unused = reading.rules.unused.get(shape, NOTHING)
        reading.trees.append(self)

    def take(self, key: str) -> Any:
        """The value as it is, null when absent or taken before."""
        return self._left.pop(key, None)

    def has(self, key: str) -> bool:
        """Whether the field is filled and not taken yet."""
        return self._left.get(key) not in EMPTY

    def word(self, key: str) -> str | None:
        """The value as text; the empty string is null."""
        value = self._left.pop(key, None)
        if value is None or value == "":
            return None
        if isinstance(value, str):
            return value
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return str(value)
        self._odd(key, value)
        return None

    def flag(self, key: str) -> bool:
        """Whether the value is true."""
        value = self._left.pop(key, None)
        if value is not None and not isinstance(value, bool):
            self._odd(key, value)
        return value is True

    def values(self, key: str) -> list[Any]:
        """The value as a list; null is the empty list."""
        value = self._left.pop(key, None)
        if isinstance(value, list):
            return value
        if value is not None:
            self._odd(key, value)
        return []

    def branch(self, key: str, shape: str) -> "Tree | None":
        """The nested object; null when the value is none."""
        value = self._left.pop(key, None)
        if value is None:
            return None
        if isinstance(value, dict):
            return Tree(value, f"{self.path}.{key}", shape, self.reading)
        self._odd(key, value)
        return None

    def branches(self, key: str, shape: str) -> list["Tree"]:
        """The nested objects of a list."""
        values = self.values(key)
        if not values:
            return []
        path = f"{self.path}.{key}[]"
        found = [Tree(value, path, shape, self.reading) for value in values if isinstance(value, dict)]
        if len(found) < len(values):
            self.reading.extra[path] = None
        return found

    def localized(self, key: str) -> list[Localized]:
        """The filled values of a localised list; null and empty values are left out."""
        values = self.values(key)
        return localized(values, f"{self.path}.{key}[]", self.reading) if values else []

    def worded(self, key: str) -> list[Localized]:
        """The filled values of a language map of v12, `{"fi": …, "sv": …}`."""
        value = self._left.pop(key, None)
        if isinstance(value, dict):
            return worded(value, f"{self.path}.{key}", self.reading)
        if value is not None:
            self._odd(key, value)
        return []

    def ignore(self, *keys: str) -> None:
        """Marks fields as known and not needed."""
        for key in keys:
            self._left.pop(key, None)

    def leave(self, below: str) -> None:
        """Counts something below this object as unread."""
        self.reading.extra[self.path + below] = None

    def collect_unread(self, paths: dict[str, None]) -> None:
        """Adds the paths of filled fields that were not read."""
        for key, value in self._left.items():
            if key not in self._unused and value not in EMPTY:
                paths[f"{self.path}.{key}"] = None

    def _odd(self, key: str, value: Any) -> None:
        """A value that is not of the type it should be counts as unread."""
        if value not in EMPTY:
            self.leave(f".{key}")


def localized(values: list[Any], path: str, reading: Reading) -> list[Localized]:
    """The filled values of a localised list that stands under a path."""
    found = []
    for entry in values:
        if not isinstance(entry, dict):
            reading.extra[path] = None
            continue
        value = entry.get("value")
        if isinstance(value, str):
            if value:
                language, role = entry.get("language"), entry.get("type")
                if not isinstance(language, str):
                    language = None
                if not isinstance(role, str):
                    role = None
                found.append(Localized(value, language or None, role or None))
        elif value is not None and value not in EMPTY:
            reading.extra[f"{path}.value"] = None
        if not entry.keys() <= LOCALIZED_KEYS:
            for key, other in entry.items():
                if key not in LOCALIZED_KEYS and other not in EMPTY:
                    reading.extra[f"{path}.{key}"] = None
    return found


def worded(values: dict[str, Any], path: str, reading: Reading) -> list[Localized]:
    """The filled values of a language map that stands under a path, in the order of `languages`."""
    found = []
    for language, value in values.items():
        if isinstance(value, str):
            if value:
                found.append(Localized(value, language or None, None))
        elif value is not None and value not in EMPTY:
            reading.extra[path] = None
    return sorted(found, key=lambda entry: reading.rules.rank.get(entry.language, 999))


def pick(values: list[Localized], rules: Rules, first: str | None = None) -> Localized | None:
    """The value in language `first`, else in the first language of `languages`, else the first value."""
    best, best_rank = None, 1000
    for entry in values:
        rank = -1 if first is not None and entry.language == first else rules.rank.get(entry.language, 999)
        if rank < best_rank:
            best, best_rank = entry, rank
    return best
