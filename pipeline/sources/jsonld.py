"""JSON-LD in pages: finds it, bears what sites do to it, reads single values. What a node means is told elsewhere."""

import html
import json
from collections.abc import Mapping
from typing import Any

from bs4 import BeautifulSoup

Node = Mapping[str, Any]
DEEPEST = 8
"""Nodes nested deeper than this are not looked for."""


def scripts(soup: BeautifulSoup) -> tuple[list[Any], bool]:
    """The data of every JSON-LD script of a page, and whether some of it was broken."""
    found: list[Any] = []
    is_broken = False
    for script in soup.select('script[type*="ld+json" i]'):
        text = script.get_text().strip().removeprefix("<!--").removesuffix("-->").strip()
        data = loaded(text)
        is_broken |= data is None and bool(text)
        if data is not None:
            found.append(data)
    return found, is_broken


def loaded(text: str) -> Any:
    """JSON-LD, also when the site has escaped it for HTML; null when it is neither."""
    for attempt in (text, html.unescape(text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def several(value: Any) -> list[Any]:
    """The values of a property: one, many or none."""
    return value if isinstance(value, list) else [] if value is None else [value]


def types(node: Node) -> set[str]:
    """The types of a node, without the address of their vocabulary."""
    return {str(t).rsplit("/", 1)[-1] for t in several(node.get("@type"))}


def text(value: Any, *, or_name: bool = False) -> str | None:
    """A value as text, with character references of HTML undone; null when it is none.

    `or_name` takes the name of a node for its text.
    """
    if isinstance(value, Mapping):
        value = value.get("@value") or (value.get("name") if or_name else None)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return html.unescape(value) if isinstance(value, str) and value.strip() else None


def worded(value: Any, *, or_name: bool = False) -> list[tuple[str, str | None]]:
    """Texts with the language each declares."""
    found = []
    for entry in several(value):
        if said := text(entry, or_name=or_name):
            language = entry.get("@language") if isinstance(entry, Mapping) else None
            found.append((said, language if isinstance(language, str) else None))
    return found
