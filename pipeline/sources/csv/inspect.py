"""What we read in a spreadsheet, for the person who wants to add it: decisions, columns, first rows, and an entry
for koonti.yml. Nothing here decides; it shows what `parse` would do with the same options.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import yaml

from pipeline.sources.csv.layout import Sheet
from pipeline.sources.csv.parse import opened, read_all
from pipeline.sources.items import Finding, Item
from pipeline.sources.snapshots import Capture

FIRST_ROWS = 5
_LONGEST = 28


@dataclass(frozen=True, slots=True)
class SheetView:
    """One sheet that is read."""

    name: str | None
    header_row: int | None
    """Null when koonti.yml says that there is no header."""
    columns: tuple[tuple[str, str], ...]
    """Column name -> our field, in the order of the file."""
    unrecognised: tuple[str, ...]
    """Column names that nothing reads."""
    rows: int
    """Rows below the header that are not blank."""
    is_ended: bool
    first_rows: tuple[tuple[str | None, ...], ...]
    """The first rows below the header, as read."""
    header: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was read in one file."""

    filename: str
    format: str
    encoding: str | None
    """Null for workbooks."""
    delimiter: str | None
    """Null for everything but text files."""
    notes: tuple[str, ...]
    sheets: tuple[SheetView, ...]
    passed: tuple[tuple[str | None, int, str], ...]
    """Sheets that are not read: name, rows, reason."""
    organisations: int
    findings: tuple[tuple[str, int], ...]
    """Issue code -> how many, in alphabetical order."""
    first_findings: tuple[str, ...]
    """One message per issue code."""
    entry: str
    """The entry for koonti.yml, as YAML."""


def inspect(body: bytes, filename: str, options: Mapping[str, Any]) -> Inspection:
    """Reads a file as the source `csv` would; raises `SourceFailed` when it cannot be read.

    `filename` may be a path; what is shown is its last part.
    """
    filename = re.split(r"[/\\]", filename)[-1]
    book, sheets, passed = opened(body, filename, options)
    capture = Capture(f"file:{filename}", body, "", datetime(2000, 1, 1, tzinfo=UTC))
    organisations, counts = 0, Counter[str]()
    messages: dict[str, str] = {}
    for part in read_all([capture], options):
        if isinstance(part, Item):
            organisations += 1
        elif isinstance(part, Finding):
            counts[part.code] += 1
            messages.setdefault(part.code, part.message)
    return Inspection(
        filename=filename,
        format=book.format,
        encoding=book.encoding,
        delimiter=book.delimiter,
        notes=tuple(book.notes),
        sheets=tuple(_view(sheet) for sheet in sheets),
        passed=tuple((other.name, other.rows, other.reason) for other in passed),
        organisations=organisations,
        findings=tuple(sorted(counts.items())),
        first_findings=tuple(messages[code] for code in sorted(messages)),
        entry=_entry(filename, sheets[0], options),
    )


def _view(sheet: Sheet) -> SheetView:
    filled = [row for row in sheet.rows if any(row)]
    return SheetView(
        name=sheet.name,
        header_row=sheet.header_row,
        columns=tuple((_one_line(sheet.header[column]), field) for column, field in sheet.columns.items()),
        unrecognised=tuple(
            _one_line(name) for column, name in enumerate(sheet.header) if name and column not in sheet.columns
        ),
        rows=len(filled),
        is_ended=sheet.is_ended,
        first_rows=tuple(tuple(row) for row in filled[:FIRST_ROWS]),
        header=tuple(sheet.header),
    )


def _entry(filename: str, sheet: Sheet, options: Mapping[str, Any]) -> str:
    bare = unicodedata.normalize("NFKD", filename.rsplit(".", 1)[0].casefold())
    source = re.sub(r"[^a-z0-9]+", "_", "".join(s for s in bare if not unicodedata.combining(s))).strip("_") or "list"
    columns: dict[str, Any] = {}
    for column, field in sheet.columns.items():
        name = _one_line(sheet.header[column])
        if field in columns:
            before = columns[field]
            columns[field] = [*before, name] if isinstance(before, list) else [before, name]
        else:
            columns[field] = name
    entry: dict[str, Any] = {"kind": "csv", "path": f"inbox/{filename}"}
    entry |= {name: value for name, value in options.items() if name not in ("columns", "kind", "path")}
    for name in ("publisher", "licence", "attribution"):
        entry.setdefault(name, "…")
    entry["columns"] = columns
    return yaml.safe_dump({source: entry}, allow_unicode=True, sort_keys=False, width=110)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def render(inspection: Inspection) -> str:
    """An inspection as plain text for a terminal."""
    about = [inspection.format]
    about += [f"encoding {inspection.encoding}"] if inspection.encoding else []
    about += [f"delimiter {inspection.delimiter}"] if inspection.delimiter else []
    lines = [f"{inspection.filename}: {', '.join(about)}", *(f"  {note}" for note in inspection.notes)]
    for sheet in inspection.sheets:
        lines += ["", *_render_sheet(sheet)]
    for name, rows, reason in inspection.passed:
        lines.append(f"Not read: sheet '{name}' ({_rows(rows)}): {reason}.")
    lines += ["", f"Organisations: {inspection.organisations}"]
    for (code, count), message in zip(inspection.findings, inspection.first_findings, strict=True):
        lines += [f"{code}: {count}", f"  for one: {message}"]
    indented = "\n".join(f"  {line}" for line in inspection.entry.splitlines())
    lines += ["", "To import it, put the file there and add under `sources:` in koonti.yml:", "", indented]
    return "\n".join(lines) + "\n"


def _render_sheet(sheet: SheetView) -> list[str]:
    title = f"Sheet '{sheet.name}'" if sheet.name else "Table"
    where = f"column names in row {sheet.header_row}" if sheet.header_row else "no column names"
    ended = ", of organisations that have ended" if sheet.is_ended else ""
    lines = [f"{title}: {where}, {_rows(sheet.rows)} below{ended}"]
    width = max((len(name) for name, _ in sheet.columns), default=0)
    lines += [f"  {name:<{width}}  ->  {field}" for name, field in sheet.columns]
    if sheet.unrecognised:
        lines.append(f"  not read: {', '.join(sheet.unrecognised)}")
    shown = [column for column, name in enumerate(sheet.header) if name][:6]
    table = [[_cut(sheet.header[column]) for column in shown]]
    table += [[_cut(row[column]) for column in shown] for row in sheet.first_rows]
    widths = [max(len(row[index]) for row in table) for index in range(len(shown))]
    lines.append("")
    for row in table:
        lines.append("  " + "  ".join(cell.ljust(size) for cell, size in zip(row, widths, strict=True)).rstrip())
    return lines


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _cut(cell: str | None) -> str:
    text = _one_line(cell or "")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
