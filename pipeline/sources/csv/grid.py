"""Cells as they stand in a file, before anybody knows what they mean; and how many are too many.

A cell is text, or null when nothing but white space stands in it. What a row or column is for is decided in
`layout` and `rows`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.sources.errors import SourceFailed

MAX_ROWS = 1_000_000
LAST_ROW = MAX_ROWS + 1
"""As many rows beside one with the names of the columns."""
MAX_COLUMNS = 500
MAX_CELLS = 25_000_000
"""Rows × columns that are held in memory at once (about 2 GB)."""

Row = Sequence[str | None]


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged area, zero-based and inclusive; its value stands in the upper left cell."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(slots=True)
class Grid:
    """One sheet of a file, or a whole text file. Row `i` is row `i + 1` of a spreadsheet program."""

    name: str | None
    """Name of the sheet; null for text files."""
    rows: list[Row]
    merges: list[Merge] = field(default_factory=list)


@dataclass(slots=True)
class Book:
    """A file as read: its format, its grids, and notes for people on what was decided on the way."""

    format: str
    """csv, xlsx, xls, ods or html."""
    grids: list[Grid]
    encoding: str | None = None
    delimiter: str | None = None
    notes: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    """What of the file could not be read or was passed over: told in issues, not only to who inspects it."""


def tidy(rows: Iterable[Sequence[str | None]], what: str) -> list[Row]:
    """The rows with null for blank cells, without the blank columns and rows at the end.

    Raises `SourceFailed`, naming `what`, when more is left than fits.
    """
    found: list[list[str | None]] = [[cell if cell and not cell.isspace() else None for cell in row] for row in rows]
    width = 0
    for row in found:
        if len(row) > width:
            end = len(row)
            while end > width and row[end - 1] is None:
                end -= 1
            width = max(width, end)
    while found and not any(found[-1]):
        found.pop()
    check_size(len(found), width, what)
    return [row if len(row) == width else (row + [None] * (width - len(row)))[:width] for row in found]


def check_size(rows: int, columns: int, what: str) -> None:
    """Raises `SourceFailed` when a sheet is larger than can be meant."""
    if rows > LAST_ROW:
        raise SourceFailed(f"{what} has more than {MAX_ROWS} rows; split the file.")
    if columns > MAX_COLUMNS:
        raise SourceFailed(f"{what} has a value in column {columns} (at most {MAX_COLUMNS}); delete what is far right.")
    if rows * columns > MAX_CELLS:
        raise SourceFailed(f"{what} has {rows} rows and {columns} columns, too many to read; split the file.")
