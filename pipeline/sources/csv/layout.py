"""Where the table is in a grid: the header row, the columns, the first row of data; and which sheets are read.

Lists have titles, dates and remarks above the header, group headers above the column names, and sheets beside
the list. The header is the row, among the first thirty, that holds most known column names.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.sources.csv.grid import Book, Grid, Row
from pipeline.sources.csv.headers import columns_of, field_of, key, known_fields
from pipeline.sources.errors import SourceFailed

SEARCHED_ROWS = 30
ENDED = re.compile(
    r"lopettan|lakkautet|purettu|purkautu|poistet|arkisto|upplöst|avslutad|nedlagd|arkiv|archive|closed", re.I
)
_DATA = re.compile(r"\d{4,}|@|https?:|www\.", re.I)


@dataclass(slots=True)
class Sheet:
    """One table: its column names, which column is which field, and its rows below the header."""

    name: str | None
    """Name of the sheet; null in text files."""
    header: list[str]
    """Column names as written; a column without a name has an empty one."""
    columns: dict[int, str]
    """Column -> our field."""
    rows: list[Row]
    header_row: int | None
    """Number of the row with the column names, as a spreadsheet program shows it; null when there is none."""
    first_row: int
    """Number of the first row below the header."""
    is_ended: bool = False
    """True when the name of the sheet says that its organisations have ended."""
    titles: list[int] = field(default_factory=list)
    """Rows of the data that are merged across columns: section titles."""

    def column(self, wanted: str) -> int | None:
        """The leftmost column of a field; null when the sheet has none."""
        return next((column for column, name in self.columns.items() if name == wanted), None)


@dataclass(frozen=True, slots=True)
class Passed:
    """A sheet that is not read: it has no known column names, or koonti.yml names another."""

    name: str | None
    rows: int
    reason: str


def mapping_of(options: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The option `columns` as field -> column names; raises `SourceFailed` for a field that does not exist."""
    given = options.get("columns") or {}
    if not isinstance(given, Mapping):
        raise SourceFailed("columns: write it as {name: Yhdistys, business_id: Y-tunnus}.")
    for name in given:
        if name not in known_fields():
            raise SourceFailed(f"columns: there is no field '{name}'; the fields are {', '.join(known_fields())}.")
    found = {}
    for name, value in given.items():
        values = value if isinstance(value, (list, tuple)) else [value]
        found[name] = tuple(str(v) for v in values if v is not None and str(v).strip())
    return found


def recogniser(options: Mapping[str, Any]) -> Callable[[Sequence[str | None]], int]:
    """Counts the known column names of a row, with those that koonti.yml adds."""
    mapping = mapping_of(options)
    return lambda row: len(set(columns_of(row, mapping).values()))


def sheets_of(book: Book, what: str, options: Mapping[str, Any]) -> tuple[list[Sheet], list[Passed]]:
    """The sheets to read and those passed over.

    Raises `SourceFailed` when no sheet has a column of names, or when koonti.yml names what is not there.
    """
    mapping = mapping_of(options)
    header_row = _row_number(options.get("header_row"))
    grids, passed = _wanted(book.grids, options.get("sheet"), what)
    if not any(grid.rows for grid in grids):
        raise SourceFailed(f"{what} has no rows; put the list there again.")
    deep = [grid for grid in grids if len(grid.rows) >= (header_row or 1)]
    if not deep:
        longest = max(len(grid.rows) for grid in grids)
        raise SourceFailed(f"{what}: header_row is {header_row}, but the table has {longest} rows.")
    passed += [Passed(g.name, len(g.rows), "it ends before the header row") for g in grids if g.rows and g not in deep]
    found = [_sheet(grid, mapping, header_row) for grid in deep]
    read = [sheet for sheet in found if sheet.column("name") is not None]
    if not read:
        best = max(found, key=lambda sheet: (len(sheet.columns), len([h for h in sheet.header if h])))
        names = ", ".join(repr(" ".join(name.split())) for name in best.header if name)[:600] or "empty"
        raise SourceFailed(
            f"{what}: no column of names is recognised. The columns are: {names}. "
            "Tell in koonti.yml which one it is, for example columns: {name: " + _example(best.header) + "}."
        )
    _check_mapping(mapping, read, what)
    passed += [
        Passed(sheet.name, (sheet.header_row or 0) + len(sheet.rows), "it has no known column of names")
        for sheet in found
        if sheet.column("name") is None
    ]
    return read, passed


def _example(header: Iterable[str]) -> str:
    return next((" ".join(name.split()) for name in header if name), "Yhdistys")


def _row_number(given: Any) -> int | None:
    if given is None:
        return None
    if isinstance(given, bool) or not str(given).isdigit():
        raise SourceFailed(f"header_row: '{given}' is not a row number; write 1 for the first row, 0 for none.")
    return int(given)


def _wanted(grids: list[Grid], given: Any, what: str) -> tuple[list[Grid], list[Passed]]:
    if given is None:
        return grids, []
    word = str(given).strip().casefold()
    chosen = [grid for grid in grids if (grid.name or "").strip().casefold() == word]
    if not chosen and word.isdigit() and 1 <= int(word) <= len(grids):
        chosen = [grids[int(word) - 1]]
    if not chosen:
        names = ", ".join(f"'{grid.name}'" for grid in grids if grid.name) or "none"
        raise SourceFailed(f"{what}: there is no sheet '{given}'; the sheets are {names}.")
    others = [Passed(g.name, len(g.rows), "koonti.yml names another") for g in grids if g not in chosen]
    return chosen, others


def _check_mapping(mapping: Mapping[str, Iterable[str]], sheets: list[Sheet], what: str) -> None:
    keys = {key(name) for sheet in sheets for name in sheet.header}
    for name, headers in mapping.items():
        for header in headers:
            if key(header) not in keys:
                names = ", ".join(repr(" ".join(h.split())) for h in sheets[0].header if h)
                raise SourceFailed(f"{what}: columns says {name}: {header}, but the columns are {names}.")


def _sheet(grid: Grid, mapping: Mapping[str, Iterable[str]], given: int | None) -> Sheet:
    rows = grid.rows
    if given == 0:
        header, top, bottom = [_letters(column) for column in range(len(rows[0]))], -1, -1
    elif given is not None:
        top = bottom = given - 1
        header = [cell or "" for cell in rows[top]]
    else:
        header, top, bottom = _find_header(grid, mapping)
    columns = columns_of(header, mapping)
    return Sheet(
        name=grid.name,
        header=header,
        columns=columns,
        rows=_filled_down(grid, bottom + 1),
        header_row=bottom + 1 if bottom >= 0 else None,
        first_row=bottom + 2,
        is_ended=bool(grid.name and ENDED.search(grid.name)),
        titles=[m.top + 1 for m in grid.merges if m.top > bottom and m.right - m.left > 1 and m.top == m.bottom],
    )


def _letters(column: int) -> str:
    """0 -> A, 26 -> AA, as spreadsheet programs call columns."""
    word = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        word = chr(65 + rest) + word
    return word


def _find_header(grid: Grid, mapping: Mapping[str, Iterable[str]]) -> tuple[list[str], int, int]:
    """Column names, and the first and last row of the header."""
    rows = grid.rows[:SEARCHED_ROWS]

    def score(header: Sequence[str | None]) -> tuple[int, float]:
        fields = set(columns_of(header, mapping).values())
        filled = sum(1 for cell in header if cell) or 1
        return len(fields) + ("name" in fields), len(fields) / filled

    widths = [sum(1 for cell in row if cell) for row in rows]
    scores = [score(row) if _may_be_header(widths, index) else (0, 0.0) for index, row in enumerate(rows)]
    best = max(range(len(rows)), key=lambda index: (scores[index], -index))
    if scores[best][0] == 0:  # nothing known: the first row that is as wide as any other
        best = widths.index(max(widths))
    header = [cell or "" for cell in rows[best]]
    chosen = (header, best, best)
    if scores[best][0]:
        for top in (best - 1, best):
            if top < 0 or top + 1 >= len(rows) or any(cell and _DATA.search(cell) for cell in rows[top + 1]):
                continue
            joined = _joined(grid, top)
            if joined and score(joined)[0] > max(score(chosen[0])[0], scores[best][0]):
                chosen = (joined, top, top + 1)
    return chosen


def _may_be_header(widths: list[int], index: int) -> bool:
    """False below several rows that are as wide: those would be data, and a header stands above its data."""
    above = sum(1 for width in widths[:index] if width >= widths[index])
    return above <= (2 if widths[index] > 1 else 5)


def _joined(grid: Grid, top: int) -> list[str] | None:
    """Two rows as one header: a group name above counts for every column below it."""
    upper, lower = list(grid.rows[top]), grid.rows[top + 1]
    if sum(1 for cell in upper if cell) < 2:
        return None
    spans = {merge.left: merge.right for merge in grid.merges if merge.top == top}
    group, until = None, -1
    for column, cell in enumerate(upper):
        if cell:
            group, until = cell, spans.get(column, len(upper) if not spans else column)
        elif group and column <= until and lower[column]:
            upper[column] = group
    header = []
    for above, below in zip(upper, lower, strict=True):
        both = " ".join(dict.fromkeys(part for part in (above, below) if part))
        options = [word for word in (both, below, above) if word]
        header.append(next((word for word in options if field_of(word)), both))
    return header


def _filled_down(grid: Grid, start: int) -> list[Row]:
    """The rows from `start`, where a cell merged over several rows counts for each of them."""
    rows = grid.rows[start:]
    for merge in grid.merges:
        if merge.bottom > merge.top >= start and merge.top - start < len(rows):
            value = rows[merge.top - start][merge.left] if merge.left < len(rows[0]) else None
            for index in range(merge.top + 1 - start, min(merge.bottom + 1 - start, len(rows))):
                if value and rows[index][merge.left] is None:
                    filled = list(rows[index])
                    filled[merge.left] = value
                    rows[index] = filled
    return rows
