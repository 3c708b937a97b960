"""HTML tables that were saved under the name .xls, as old registers export them -> grids.

Every table of the page becomes a grid; nested tables are grids of their own. What is around the tables is left out.
"""

import re
from itertools import islice

from lxml import html  # type: ignore[import-untyped]
from lxml.etree import LxmlError  # type: ignore[import-untyped]

from pipeline.sources.csv.grid import LAST_ROW, MAX_COLUMNS, Grid, Merge, Row, tidy
from pipeline.sources.errors import SourceFailed

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\n]+")


def looks_like_html(body: bytes) -> bool:
    """True for a page or a bare table, whatever its name ends in."""
    start = body.lstrip(b"\xef\xbb\xbf \r\n\t")[:2000].lower()
    return start.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<head", b"<style")) or (
        start.startswith((b"<?xml", b"<!--")) and b"<html" in start
    )


def told_encoding(body: bytes) -> str | None:
    """The encoding that the page says it is in; null when it does not."""
    match = _CHARSET.search(body[:4000])
    return match.group(1).decode("ascii") if match else None


def grids(text: str, what: str) -> list[Grid]:
    """The tables of a page; raises `SourceFailed` when it has none."""
    try:
        page = html.document_fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    except (LxmlError, ValueError):
        raise SourceFailed(f"{what} is a web page that cannot be read; export the list again.") from None
    found = []
    for number, table in enumerate(page.iter("table"), 1):
        rows, merges = _table(table)
        if any(any(row) for row in rows):
            found.append(Grid(f"table {number}", tidy(rows, f"{what}, table {number},"), merges))
    if not found:
        raise SourceFailed(
            f"{what} is a web page without a table, not a spreadsheet; it may be a log-in page. Check the address."
        )
    return found


def _table(table: html.HtmlElement) -> tuple[list[Row], list[Merge]]:
    rows: list[list[str | None]] = []
    merges: list[Merge] = []
    taken: set[tuple[int, int]] = set()
    own = (row for row in table.iter("tr") if next(row.iterancestors("table")) is table)
    for top, element in enumerate(islice(own, LAST_ROW + 1)):
        row: list[str | None] = []
        for cell in element.iterchildren("td", "th"):
            while (top, len(row)) in taken:
                row.append(None)
            left, down, right = len(row), _span(cell, "rowspan"), _span(cell, "colspan")
            if down > 1 or right > 1:
                merges.append(Merge(top, left, top + down - 1, left + right - 1))
                taken.update((top + i, left + j) for i in range(1, min(down, 1000)) for j in range(right))
            row.append(_text(cell))
            row.extend([None] * (right - 1))
            if len(row) > 2 * MAX_COLUMNS:
                break
        rows.append(row)
    return list(rows), merges


def _text(cell: html.HtmlElement) -> str:
    for line_break in cell.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    lines = (_SPACE.sub(" ", line).strip() for line in cell.text_content().split("\n"))
    return "\n".join(line for line in lines if line)


def _span(cell: html.HtmlElement, name: str) -> int:
    value = cell.get(name, "1").strip()
    return max(1, min(int(value), 10_000 if name == "rowspan" else MAX_COLUMNS)) if value.isdigit() else 1
