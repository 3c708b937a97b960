"""Captures of spreadsheets -> organisations. Every row that is not blank becomes an item or a finding.

The cells of a row that no field reads are counted under the name of their column. Findings name file, sheet and
row, so that the keeper of the list finds the place.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from pipeline.schema.model import codelist
from pipeline.sources.contract import SourceDescription
from pipeline.sources.csv import rows as kinds
from pipeline.sources.csv.alike import Alike
from pipeline.sources.csv.grid import Book, Row
from pipeline.sources.csv.headers import key
from pipeline.sources.csv.ids import NativeIds, is_running_number
from pipeline.sources.csv.layout import Passed, Sheet, recogniser, sheets_of
from pipeline.sources.csv.organisation import Builder
from pipeline.sources.csv.reading import read
from pipeline.sources.csv.rows import Read, classified
from pipeline.sources.csv.several import parts
from pipeline.sources.errors import SourceFailed
from pipeline.sources.items import Finding, Identifier, Parsed, Unread
from pipeline.sources.raw import of_rows
from pipeline.sources.snapshots import Capture

FEW = 200
"""Rows up to which cleaning them together gains nothing."""
_NOT_ORGANISATIONS = {
    kinds.REPEATED_HEADER: "repeats the column names",
    kinds.TOTAL: "is a total",
    kinds.SECTION: "is a title or remark",
}


def parse(captures: Iterable[Capture], description: SourceDescription, options: Mapping[str, Any]) -> Iterator[Parsed]:
    """The organisations of every captured file, in the order of the file names.

    Rows that are alike are handed on together. Raises `SourceFailed` when a file cannot be read, has no column of
    names, or no rows.
    """
    return read_all(captures, options, few=FEW)


def read_all(captures: Iterable[Capture], options: Mapping[str, Any], *, few: int | None = None) -> Iterator[Parsed]:
    """The same, for callers without a description; rows are handed on together when more than `few` are alike."""
    check_options(options)
    ids = NativeIds()
    for capture in sorted(captures, key=lambda capture: capture.uri):
        if capture.status < 400:
            what = file_name(capture.uri)
            book, sheets, passed = opened(capture.body, what, options)
            if not any(any(row) for sheet in sheets for row in sheet.rows):
                raise SourceFailed(f"{what} has column names but no rows below them; put the list there again.")
            for lost in book.lost:
                yield Finding("record_unreadable", f"{what}: {lost}.", level="warning")
            yield from _of_file(capture, what, sheets, passed, options, ids, few)


def check_options(options: Mapping[str, Any]) -> None:
    """Raises `SourceFailed` for an option whose value is not in its code list."""
    given = options.get("organization_type")
    if given is not None and given not in codelist("organization_type"):
        allowed = ", ".join(codelist("organization_type"))
        raise SourceFailed(f"organization_type: '{given}' is not known; write one of {allowed}.")


def file_name(uri: str) -> str:
    """The last part of an address or path, as people know the file."""
    path = unquote(urlsplit(uri).path) if uri.startswith(("http://", "https://")) else uri.removeprefix("file:")
    return path.rstrip("/").rsplit("/", 1)[-1] or uri


def opened(body: bytes, what: str, options: Mapping[str, Any]) -> tuple[Book, list[Sheet], list[Passed]]:
    """A file as a book, the sheets to read and those passed over; raises `SourceFailed`."""
    book = read(body, what, recogniser(options), dict(options))
    sheets, passed = sheets_of(book, what, options)
    return book, sheets, passed


def _of_file(
    capture: Capture,
    what: str,
    sheets: list[Sheet],
    passed: list[Passed],
    options: Mapping[str, Any],
    ids: NativeIds,
    few: int | None,
) -> Iterator[Parsed]:
    for other in passed:
        if other.rows and other.reason != "koonti.yml names another":
            message = f"{what}, sheet '{other.name}' was not read, because {other.reason}; rows: {other.rows}."
            yield Finding("row_without_organization", message, level="info")
    for sheet in sheets:
        yield from _of_sheet(sheet, capture, what, options, ids, few)


def _of_sheet(
    sheet: Sheet, capture: Capture, what: str, options: Mapping[str, Any], ids: NativeIds, few: int | None
) -> Iterator[Parsed]:
    builder = Builder(sheet, options, capture.fetched_at)
    place = f"{what}, sheet '{sheet.name}'" if sheet.name else what
    read_rows = list(classified(sheet))
    id_column = _id_column(sheet, read_rows, options, what)
    names = sheet.column("name")
    business_ids = sheet.column("business_id")
    assert names is not None
    known = set(sheet.columns) | ({id_column} if id_column is not None else set())
    unread = [
        (c, Unread(" ".join(h.split()) or f"column {c + 1}")) for c, h in enumerate(sheet.header) if c not in known
    ]
    # A record_id that turned out to be a row count, and the name of another source, are read by nobody.
    unread += [
        (column, Unread(field))
        for column, field in sheet.columns.items()
        if (field == "record_id" and column != id_column) or field == "source"
    ]
    without_id: list[int] = []
    alike = Alike(sheet, builder)
    digest = of_rows(sheet.header)
    for row in read_rows:
        cells, number = row.cells, row.number
        if row.kind != kinds.ORGANISATION:
            yield _finding_of(row, place)
            continue
        name = cells[names]
        assert name is not None
        sent = digest(cells)
        named = parts(name)
        native_id = None
        if id_column is not None:
            native_id = cells[id_column]
            if native_id is None:
                without_id.append(number)
            elif not ids.claim(native_id):
                message = f"{place}, row {number}: an earlier row has the same id; name and place are used instead."
                yield Finding("duplicate_native_id", message, native_id, "record_id", native_id, "warning")
                native_id = None
        native_id = native_id or ids.of_name(name, builder.place(cells))
        for column, field in unread:
            if cells[column] is not None:
                yield field
        if few is not None and len(named) == 1 and alike.take(cells, native_id, sent):
            continue
        if len(named) == 1:
            item, troubles = builder.item(cells, name, native_id)
            item.raw = sent
            yield item
        else:
            message = f"{place}, row {number}: the cell names {len(named)} organisations; each is read on its own."
            yield Finding("several_organizations", message, f"{native_id}#1", "name", name, "info")
            numbers = (cells[business_ids] or "").replace("/", " ").split() if business_ids is not None else []
            for index, part in enumerate(named):
                item, troubles = builder.item(cells, part, f"{native_id}#{index + 1}")
                # Which of them a single number belongs to is not told.
                item.identifiers = [Identifier("business_id", numbers[index])] if len(numbers) == len(named) else []
                item.raw = sent
                yield item
        for trouble in troubles:
            message = f"{place}, row {number}: {trouble.message}."
            yield Finding(trouble.code, message, item.native_id, trouble.field, trouble.value, "warning")
    yield from alike.groups(few or 0)
    if without_id and id_column is not None:
        message = (
            f"{place}: column '{sheet.header[id_column]}' is empty in {len(without_id)} rows (first: row "
            f"{without_id[0]}); name and place identify them instead."
        )
        yield Finding("duplicate_native_id", message, field="record_id", level="warning")


def _id_column(sheet: Sheet, read_rows: list[Read], options: Mapping[str, Any], what: str) -> int | None:
    """The column that identifies: the one koonti.yml names, else a recognised one that is not a row count."""
    wanted = options.get("id_column")
    if wanted is not None:
        column = next((c for c, name in enumerate(sheet.header) if name and key(name) == key(str(wanted))), None)
        if column is None:
            names = ", ".join(f"'{name}'" for name in sheet.header if name)
            raise SourceFailed(f"{what}: id_column is {wanted}, but the columns are {names}.")
        return column
    column = sheet.column("record_id")
    if column is None or "record_id" in (options.get("columns") or {}):
        return column
    values = [row.cells[column] or "" for row in read_rows if row.kind == kinds.ORGANISATION]
    return None if is_running_number([value.strip(" .") for value in values]) else column


def _finding_of(row: Read, place: str) -> Finding:
    text = _shown(row.cells)
    if row.kind == kinds.WITHOUT_NAME:
        return Finding("record_without_name", f"{place}, row {row.number}: no name, so it was not read.", field="name")
    message = f"{place}, row {row.number} {_NOT_ORGANISATIONS[row.kind]}: {text}"
    return Finding("row_without_organization", message, value=text, level="info")


def _shown(cells: Row) -> str:
    text = " | ".join(" ".join(cell.split()) for cell in cells if cell)
    return text if len(text) <= 80 else text[:79] + "…"
