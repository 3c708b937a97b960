"""Keeps suppressed values out of snapshots: while one is written, and in those that are kept.

A person's values are known, so they are masked before an answer is written. Which values a suppressed record or field
has is only known once its answers have been read: the snapshot is then written anew without them, before it is used.
In JSON the smallest object that names the record is emptied, a page of the record's own goes, in a spreadsheet its
row is emptied; elsewhere its distinctive values (those that no other item has) are masked.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import fields as dataclass_fields
from dataclasses import is_dataclass, replace
from typing import Any

from pipeline.privacy.masking import MASK, changed, mask_bytes
from pipeline.privacy.needles import Needle, mask_text
from pipeline.privacy.protect import CONTACTS
from pipeline.privacy.suppression import Suppressions
from pipeline.sources.items import Item, Parsed
from pipeline.sources.snapshots import Capture

LONGEST_PIECE = 120
ITEM_FIELDS: dict[str, tuple[str, ...]] = {
    "email": ("emails",),
    "phone": ("phones",),
    "website": ("links",),
    "url": ("links", "url"),
    "address": ("addresses",),
    "coordinates": (),
    "contact": ("contacts",),
    "text": ("texts",),
    "description": ("texts",),
    "identifier": ("identifiers",),
    "business_id": ("identifiers",),
    "association_number": ("identifiers",),
    "alternate_name": (),
    "umbrella": (),
    "legal_status": ("legal_form",),
}
"""Suppressed field -> parts of an item whose values go from the snapshot."""
CODES = frozenset(
    "kind type format language scheme crs country service_kind service_status location_type channel_kind "
    "organization_type freq byday modified organization code".split()
)
"""Parts of items that are codes or links, shared by many."""


def shield(rules: Suppressions) -> Callable[[Capture], Capture | None]:
    """What is done to every answer before it is kept; null when it may not be kept at all."""

    def shielded(capture: Capture) -> Capture | None:
        if rules.forbids(capture.uri):
            return None
        if not rules.needles:
            return capture
        body = mask_bytes(capture.body, rules.needles)
        uri = mask_text(capture.uri, rules.needles, "poistettu")
        return capture if body is capture.body and uri == capture.uri else replace(capture, body=body, uri=uri)

    return shielded


def scrubbed(
    captures: Iterable[Capture], parsed: Iterable[Parsed], source: str, rules: Suppressions
) -> Iterator[Capture]:
    """The captures of a kept snapshot without anything that is suppressed.

    Args:
        captures: The snapshot, in its order.
        parsed: What the source's parser makes of the same captures.
        source: The source's id.
        rules: What is suppressed.
    """
    hidden = Hidden.of(parsed, source, rules)
    kept = shield(rules)
    for capture in captures:
        clean = kept(capture)
        if clean is not None and (hidden.ids or hidden.values):
            clean = hidden.taken_out(clean)
        if clean is not None:
            yield clean


class Hidden:
    """The suppressed items of one snapshot: their ids, pages and distinctive values."""

    def __init__(self, ids: set[str], pages: set[str], names: set[str], values: set[str]) -> None:
        self.ids, self.pages, self.names, self.values = ids, pages, names, values
        pieces = sorted({p for v in values for p in _pieces(v)}, key=lambda p: (-len(p), p))
        self._needles = tuple(Needle("text", p, "") for p in pieces)
        self._names = tuple(Needle("text", n, "") for n in sorted(names))

    @classmethod
    def of(cls, parsed: Iterable[Parsed], source: str, rules: Suppressions) -> "Hidden":
        """Sorts the values of a snapshot into those that only suppressed items have, and the others."""
        ids: set[str] = set()
        pages: set[str] = set()
        names: set[str] = set()
        values: set[str] = set()
        others: set[str] = set()
        gone = {r.partition(":")[2] for r in rules.records}
        for one in parsed:
            if not isinstance(one, Item):
                continue
            if one.native_id in gone or (one.organization in gone and one.kind != "organization"):
                ids.add(one.native_id)
                pages.add(one.url or "")
                names |= {n.value.strip() for n in one.names if n.value and n.value.strip()}
                values |= set(_strings(one))
                continue
            fields = rules.fields.get(f"{source}:{one.native_id}", frozenset())
            if one.organization and one.kind != "organization":
                fields |= rules.fields.get(f"{source}:{one.organization}", frozenset()) & CONTACTS
            parts = {part for field in fields for part in ITEM_FIELDS[field]}
            for part in dataclass_fields(one):
                found = set(_strings(getattr(one, part.name)))
                (values if part.name in parts else others).update(found)
            if "alternate_name" in fields:
                values |= {n.value for n in one.names[1:] if n.value}
        values = {v for v in values - others if len(v.strip()) >= 4 and any(c.isalnum() for c in v)}
        return cls(ids, pages - {""}, names - others, values)

    def taken_out(self, capture: Capture) -> Capture | None:
        """A capture without the items; null when it is a page of one of them."""
        start = capture.body[:200].lstrip().lower()
        if start.startswith(b"<") and not start.startswith(b"<?xml"):
            path = capture.uri.rstrip("/").rpartition("/")[2]
            if capture.uri in self.pages or (path in self.ids and len(path) > 3):
                return None
        body = changed(capture.body, self._without)
        if body.startswith(b"PK\x03\x04") and self.names:
            body = _rows_of_workbook(body, self.names)
        return capture if body is capture.body else replace(capture, body=body)

    def _without(self, text: str) -> str:
        if text.lstrip()[:1] in ("{", "["):
            try:
                tree = json.loads(text)
            except ValueError:
                pass
            else:
                emptied = self._emptied(tree)
                if emptied is not None:
                    text = json.dumps(emptied[0], ensure_ascii=False)
                    return mask_text(text, self._needles, MASK)
        elif "<" not in text[:500] and self._names:
            text = _rows_of_text(text, self._names)
        return mask_text(text, self._needles, MASK)

    def _emptied(self, tree: Any) -> tuple[Any] | None:
        """The tree with the objects of hidden items emptied, in a tuple; null when it has none."""
        hits = 0

        def walk(node: Any) -> tuple[Any, bool]:
            """The node, and whether a hidden item is named inside it and has been dealt with."""
            nonlocal hits
            if isinstance(node, list):
                made = [walk(n) for n in node]
                return [m[0] for m in made], any(m[1] for m in made)
            if isinstance(node, dict):
                inner = {k: walk(v) for k, v in node.items()}
                done = any(m[1] for m in inner.values())
                if not done and any(self._is_id(k, v) for k, v in node.items()):
                    hits += 1
                    return {k: v if self._is_id(k, v) else _emptied(v) for k, v in node.items()}, True
                return {k: m[0] for k, m in inner.items()}, done
            if isinstance(node, str) and node.strip() in self.values:
                hits += 1
                return MASK, False
            return node, False

        made, _ = walk(tree)
        return (made,) if hits else None

    def _is_id(self, key: str, value: Any) -> bool:
        if isinstance(value, (dict, list)) or value is None or str(value) not in self.ids:
            return False
        return len(str(value)) >= 8 or key.lower() in ("id", "guid", "uuid", "_id", "slug")


def _emptied(node: Any) -> Any:
    if isinstance(node, dict):
        return {k: _emptied(v) for k, v in node.items()}
    if isinstance(node, list):
        return [_emptied(n) for n in node]
    return (
        "" if isinstance(node, str) else None if isinstance(node, (int, float)) and not isinstance(node, bool) else node
    )


def _strings(node: Any) -> Iterator[str]:
    """Every text of an item that is not a code."""
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for one in node:
            yield from _strings(one)
    elif is_dataclass(node):
        for part in dataclass_fields(node):
            if part.name not in CODES:
                yield from _strings(getattr(node, part.name))


def _pieces(value: str) -> Iterator[str]:
    """A value in pieces of whole words, short enough to look for."""
    words, piece = value.split(), ""
    for word in words:
        if piece and len(piece) + len(word) >= LONGEST_PIECE:
            yield piece
            piece = ""
        piece = f"{piece} {word}".strip()
    if len(piece) >= 4:
        yield piece


def _rows_of_text(text: str, names: tuple[Needle, ...]) -> str:
    """A text file of lines with every cell emptied in the lines that name a hidden item."""
    lines = text.splitlines(keepends=True)
    if any(mask_text(text, (name,), "") != text for name in names):
        lines = [re.sub(r"[^;,\t\r\n\"]+", "", line) if mask_text(line, names, "") != line else line for line in lines]
    return "".join(lines)


def _rows_of_workbook(body: bytes, names: set[str]) -> bytes:
    """A workbook with the rows emptied that name a hidden item; the file is returned as it is when there is none."""
    from io import BytesIO

    from openpyxl import load_workbook

    try:
        book = load_workbook(BytesIO(body))
    except Exception:
        return body
    wanted = {" ".join(n.split()).casefold() for n in names} | {MASK}
    touched = False
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            if any(" ".join(str(c.value).split()).casefold() in wanted for c in row if c.value is not None):
                touched = True
                for cell in row:
                    if type(cell).__name__ == "Cell":
                        cell.value = None
    if not touched:
        return body
    out = BytesIO()
    book.save(out)
    return out.getvalue()
