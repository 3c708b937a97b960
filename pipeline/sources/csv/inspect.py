"""What we read in a spreadsheet, for the person who wants to add it: decisions, columns, first rows, the first
organisations as they will stand in the catalogue, and an entry for koonti.yml.

Nothing here decides; it shows what an import with the same options would do.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import yaml

from pipeline.sources.csv.layout import Sheet
from pipeline.sources.csv.parse import opened
from pipeline.sources.csv.preview import FIELDS, preview
from pipeline.sources.snapshots import Capture

FIRST_ROWS = 5
UNSAID = {
    "publisher": "who keeps the list",
    "licence": "on which terms it may be used",
    "attribution": "how the publisher wants to be named",
}
"""What no file tells and a coordinator should, with what it means."""
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
    preview: tuple[Mapping[str, str], ...]
    """The first organisations, cleaned: field -> value."""
    findings: tuple[tuple[str, int], ...]
    """Issue code -> how many, in alphabetical order."""
    first_findings: tuple[str, ...]
    """One message per issue code."""
    source_id: str
    """The id of the source in the entry."""
    entry: str
    """The entry for koonti.yml, as YAML."""


def inspect(
    body: bytes, filename: str, options: Mapping[str, Any], *, source_id: str | None = None, path: str | None = None
) -> Inspection:
    """Reads a file as the source `csv` would; raises `SourceFailed` when it cannot be read.

    `filename` may be a path; what is shown is its last part. `source_id` and `path` go into the entry; null takes them
    from the file's name.
    """
    filename = re.split(r"[/\\]", filename)[-1]
    source_id = source_id or id_of(filename)
    book, sheets, passed = opened(body, filename, options)
    capture = Capture(f"file:{filename}", body, "", datetime(2000, 1, 1, tzinfo=UTC))
    would_be = preview(capture, options)
    return Inspection(
        filename=filename,
        format=book.format,
        encoding=book.encoding,
        delimiter=book.delimiter,
        notes=(*book.notes, *book.lost),
        sheets=tuple(_view(sheet) for sheet in sheets),
        passed=tuple((other.name, other.rows, other.reason) for other in passed),
        organisations=would_be.organisations,
        preview=would_be.first,
        findings=tuple((code, count) for code, count, _ in would_be.issues),
        first_findings=tuple(message for _, _, message in would_be.issues),
        source_id=source_id,
        entry=_entry(source_id, path or f"inbox/{filename}", sheets[0], options),
    )


def id_of(filename: str) -> str:
    """A source id after the name of a file: small letters, digits and _, a letter first."""
    bare = unicodedata.normalize("NFKD", filename.rsplit(".", 1)[0].casefold())
    found = re.sub(r"[^a-z0-9]+", "_", "".join(s for s in bare if not unicodedata.combining(s))).strip("_")
    return found if found[:1].isalpha() else f"list_{found}".rstrip("_")


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


def _entry(source_id: str, path: str, sheet: Sheet, options: Mapping[str, Any]) -> str:
    columns: dict[str, Any] = {}
    for column, field in sheet.columns.items():
        name = _one_line(sheet.header[column])
        if field in columns:
            before = columns[field]
            columns[field] = [*before, name] if isinstance(before, list) else [before, name]
        else:
            columns[field] = name
    entry: dict[str, Any] = {"kind": "csv", "path": path}
    entry |= {name: value for name, value in options.items() if name not in ("columns", "kind", "path")}
    entry["columns"] = columns
    text = yaml.safe_dump({source_id: entry}, allow_unicode=True, sort_keys=False, width=110)
    unsaid = [f"  # {name}: …  # {about}\n" for name, about in UNSAID.items() if name not in entry]
    return text + "".join(unsaid)


def _one_line(text: str) -> str:
    return _visible(" ".join(text.split()))


def _visible(text: str) -> str:
    """A text without characters that a terminal would obey or that nobody sees."""
    return "".join(sign if sign.isprintable() else "·" for sign in text)


def render(inspection: Inspection) -> str:
    """An inspection as plain text for a terminal."""
    about = [inspection.format]
    about += [f"encoding {inspection.encoding}"] if inspection.encoding else []
    about += [f"delimiter {inspection.delimiter}"] if inspection.delimiter else []
    lines = [f"{_one_line(inspection.filename)}: {', '.join(about)}", *(f"  {note}" for note in inspection.notes)]
    for sheet in inspection.sheets:
        lines += ["", *_render_sheet(sheet)]
    for name, rows, reason in inspection.passed:
        lines.append(f"Not read: sheet '{name}' ({_rows(rows)}): {reason}.")
    lines += ["", f"Organisations: {inspection.organisations}"]
    if inspection.preview:
        lines += ["The first of them as they will stand in the catalogue:", ""]
        fields = [field for field in FIELDS if any(field in one for one in inspection.preview)]
        lines += _table([fields, *([one.get(field) for field in fields] for one in inspection.preview)])
        lines.append("")
    for (code, count), message in zip(inspection.findings, inspection.first_findings, strict=True):
        lines += [f"{code}: {count}", f"  for one: {message}"]
    return "\n".join(_visible(line) for line in lines) + "\n"


def render_entry(inspection: Inspection) -> str:
    """The entry as it is added under `sources:`, for a terminal."""
    return "".join(f"  {_visible(line)}\n" for line in inspection.entry.split("\n") if line)


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
    table = [[sheet.header[column] for column in shown]]
    return [*lines, "", *_table([*table, *([row[column] for column in shown] for row in sheet.first_rows)])]


def _table(rows: Sequence[Sequence[str | None]]) -> list[str]:
    """Rows of cells in columns as wide as their widest cell."""
    table = [[_cut(cell) for cell in row] for row in rows]
    widths = [max(len(row[index]) for row in table) for index in range(len(table[0]))]
    return ["  " + "  ".join(c.ljust(size) for c, size in zip(row, widths, strict=True)).rstrip() for row in table]


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count} rows"


def _cut(cell: str | None) -> str:
    text = _one_line(cell or "")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
