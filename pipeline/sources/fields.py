"""Reads a JSON object field by field and remembers which filled fields nobody read.

PTV and others write null where a list belongs; `take_list` gives an empty list then, and `take_text` gives
null for a value that is not text, so that one odd item never stops a source.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.sources.items import Unread


class Fields:
    """One JSON object under a path; every `take_…` marks its field as read."""

    __slots__ = ("_data", "_read", "path")

    def __init__(self, data: Mapping[str, Any], path: str = "") -> None:
        self._data = data
        self._read: set[str] = set()
        self.path = path

    def take(self, key: str) -> Any:
        """The value as it is, null when absent."""
        self._read.add(key)
        return self._data.get(key)

    def is_null(self, key: str) -> bool:
        """True when the field is there and null, which a list never should be."""
        return key in self._data and self._data[key] is None

    def take_text(self, key: str) -> str | None:
        """The value as text: numbers are written out, everything that is neither is null."""
        value = self.take(key)
        if isinstance(value, str):
            return value
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return str(value)
        return None

    def take_list(self, key: str) -> list[Any]:
        """The value as a list; null, absent and wrong types are the empty list."""
        value = self.take(key)
        return value if isinstance(value, list) else []

    def take_objects(self, key: str) -> list["Fields"]:
        """The objects of a list, each as `Fields`; anything else in the list is left out."""
        return [Fields(v, f"{self._dot(key)}[]") for v in self.take_list(key) if isinstance(v, Mapping)]

    def take_object(self, key: str) -> "Fields | None":
        """The object, or null when the value is none."""
        value = self.take(key)
        return Fields(value, self._dot(key)) if isinstance(value, Mapping) else None

    def ignore(self, *keys: str) -> None:
        """Marks fields as known and not needed."""
        self._read.update(keys)

    def unread(self) -> Iterator[Unread]:
        """The filled fields that nobody took."""
        for key, value in self._data.items():
            if key not in self._read and value not in (None, "", [], {}):
                yield Unread(self._dot(key))

    def _dot(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key
