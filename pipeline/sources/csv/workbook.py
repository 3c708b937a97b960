"""Workbooks (XLSX, XLS, ODS) -> grids of text, the way the cells read on paper.

Formulas give the value that was last computed, dates are ISO 8601, whole numbers have no decimals, errors such as
#N/A are blank. Leading zeros that a number format shows are not in the file and are not made up here.
Hidden sheets are passed over unless koonti.yml names one.
"""

import io
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

import openpyxl
import python_calamine as calamine

from pipeline.sources.csv.archive import Archive, examine
from pipeline.sources.csv.grid import LAST_ROW, MAX_CELLS, MAX_COLUMNS, Book, Grid, Merge, check_size, tidy
from pipeline.sources.errors import SourceFailed

CFB = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""First bytes of the old container of Office files (MS-CFB)."""
ZIP = b"PK\x03\x04"


def _utf16(word: str) -> bytes:
    return word.encode("utf-16-le")


def check_container(body: bytes, what: str) -> Archive:
    """What a workbook is; raises `SourceFailed` when it is none."""
    if body.startswith(ZIP):
        return examine(body, what)
    if _utf16("EncryptedPackage") in body:
        raise SourceFailed(f"{what} is protected by a password; save a copy without one.")
    if _utf16("Workbook") not in body and _utf16("Book") not in body:
        raise SourceFailed(f"{what} is an old Office file but not a spreadsheet; save the list as .xlsx or .csv.")
    return Archive("xls", has_unplaced_cells=False)


def read(body: bytes, what: str, *, sheet: str | int | None = None) -> Book:
    """The sheets of a workbook; raises `SourceFailed` when it cannot be read."""
    about = check_container(body, what)
    lost = []
    if about.uncomputed:
        lost.append(
            f"formulas without a value: {about.uncomputed}, read as empty cells; open the file in a spreadsheet "
            "program and save it"
        )
    if about.has_unplaced_cells:
        notes = ["its cells do not say where they stand"]
        return Book(about.format, _with_openpyxl(body, what), notes=notes, lost=lost)
    try:
        return _with_calamine(body, what, about.format, sheet, lost)
    except calamine.PasswordError:
        raise SourceFailed(f"{what} is protected by a password; save a copy without one.") from None
    except (calamine.CalamineError, calamine.ZipError, calamine.XmlError, OSError, ValueError) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise SourceFailed(f"{what} is a damaged workbook ({reason}); save it again.") from None
    except BaseException as error:
        # A reader in Rust that gives up raises this, which is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise SourceFailed(f"{what} is a damaged workbook; save it again.") from None


def _with_calamine(body: bytes, what: str, kind: str, sheet: str | int | None, lost: list[str]) -> Book:
    book = Book(kind, [], lost=lost)
    with calamine.CalamineWorkbook.from_filelike(io.BytesIO(body)) as workbook:
        for number, about in enumerate(workbook.sheets_metadata, 1):
            if about.typ != calamine.SheetTypeEnum.WorkSheet:
                continue
            wanted = sheet is not None and str(sheet).strip().casefold() in (about.name.strip().casefold(), str(number))
            if about.visible != calamine.SheetVisibleEnum.Visible and not wanted:
                book.lost.append(f"sheet '{about.name}' is hidden and was not read; name it as `sheet` if it is meant")
                continue
            found = workbook.get_sheet_by_name(about.name)
            place = f"{what}, sheet '{about.name}',"
            if found.end is not None:
                check_size(min(found.end[0] + 1, MAX_CELLS), 1, place)
            rows = tidy((_texts(row) for row in found.to_python(skip_empty_area=False)), place)
            merges = [
                Merge(top, left, bottom, right) for (top, left), (bottom, right) in found.merged_cell_ranges or ()
            ]
            book.grids.append(Grid(about.name, rows, merges))
    return book


def _with_openpyxl(body: bytes, what: str) -> list[Grid]:
    """For files whose cells have no positions: read as a stream, so that their extent stays bounded."""
    try:
        workbook = openpyxl.load_workbook(io.BytesIO(body), read_only=True, data_only=True)
        grids = []
        for sheet in workbook.worksheets:
            place = f"{what}, sheet '{sheet.title}',"
            rows, cells = [], 0
            for row in sheet.iter_rows(values_only=True):
                rows.append(_texts(row[: MAX_COLUMNS + 1]))
                cells += len(rows[-1])
                if len(rows) > LAST_ROW or cells > MAX_CELLS:
                    raise SourceFailed(f"{place} has too many rows to read; split the file.")
            grids.append(Grid(sheet.title, tidy(rows, place)))
    except SourceFailed:
        raise
    except Exception as error:
        raise SourceFailed(f"{what} is a damaged workbook ({type(error).__name__}); save it again.") from None
    return grids


def _texts(row: Sequence[Any]) -> list[str | None]:
    return [cell if isinstance(cell, str) else _text(cell) for cell in row]


def _text(cell: Any) -> str | None:
    if cell is None:
        return None
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(sep=" ", timespec="seconds")
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        seconds = int(cell.total_seconds())
        return f"{seconds // 3600}:{seconds // 60 % 60:02}"
    return str(cell)
