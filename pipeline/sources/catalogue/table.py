"""Which row of a sheet holds the column names, and which column is which field of a service."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.sources.csv.grid import Grid, Row
from pipeline.sources.csv.headers import key
from pipeline.sources.errors import SourceFailed

SEARCHED = 25
"""Rows at the beginning of a sheet among which the column names are looked for."""


@dataclass(slots=True)
class Table:
    """A sheet with its columns told apart."""

    name: str | None
    header: list[str]
    columns: dict[str, list[int]]
    """Field -> its columns, the leftmost first."""
    rows: list[Row]
    first_row: int
    """Number of the first row below the column names, as a spreadsheet program shows it."""

    def all(self, row: Row, field: str) -> list[str]:
        """The cells of a field that are not blank."""
        return [cell for column in self.columns.get(field, ()) if (cell := row[column])]

    def one(self, row: Row, field: str) -> str | None:
        """The first cell of a field that is not blank; null for none."""
        return next(iter(self.all(row, field)), None)


def spellings(settings: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, str]:
    """Key of a column name -> field; a name of koonti.yml wins. Raises `SourceFailed` for an unknown field."""
    added = options.get("columns") or {}
    if not isinstance(added, Mapping):
        raise SourceFailed("columns: write it as {service: Palvelu, card: Kortti}. Correct koonti.yml.")
    known = settings["columns"]
    if unknown := sorted(set(added) - set(known)):
        fields = ", ".join(known)
        raise SourceFailed(f"columns: there is no field '{unknown[0]}'; the fields are {fields}. Correct koonti.yml.")
    found = {key(str(word)): field for field, words in known.items() if field not in added for word in words}
    for field, words in added.items():
        found |= {key(str(word)): field for word in (words if isinstance(words, (list, tuple)) else [words])}
    return found


def recognised(row: Sequence[str | None], known: Mapping[str, str]) -> int:
    """How many different fields a row of column names would give."""
    return len({known[key(cell)] for cell in row if cell and key(cell) in known})


def table_of(grid: Grid, known: Mapping[str, str]) -> Table | None:
    """The sheet as a table; null when no row at its beginning names a service, or a theme, and one thing more."""
    rows = grid.rows[:SEARCHED]
    counts = [recognised(row, known) for row in rows]
    best = max(range(len(rows)), key=lambda n: (counts[n], -n), default=None)
    if best is None or counts[best] < 2:
        return None
    header = [" ".join((cell or "").split()) for cell in rows[best]]
    columns: dict[str, list[int]] = {}
    for column, name in enumerate(header):
        if name and (field := known.get(key(name))):
            columns.setdefault(field, []).append(column)
    if "service" not in columns and not {"theme", "description"} <= set(columns):
        return None
    return Table(grid.name, header, columns, grid.rows[best + 1 :], best + 2)
