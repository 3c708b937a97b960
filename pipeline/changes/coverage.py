"""Which tables the feed covers, to which entity a row of each belongs, and which columns count (`coverage.yml`)."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline import schema
from pipeline.shipped import shipped

MAIN = ("organization", "service", "location")
"""The tables with one row per entity."""


@dataclass(frozen=True, slots=True)
class Covered:
    """One table of the feed."""

    name: str
    owners: tuple[str, ...]
    """Columns of which the first that is filled names the entity."""
    columns: tuple[str, ...]
    """Those that count."""
    references: tuple[str, ...]
    """Those that name another entity."""

    @property
    def owner(self) -> str:
        """The entity of a row, in SQL."""
        return f"coalesce({', '.join(self.owners)})" if len(self.owners) > 1 else self.owners[0]

    @property
    def text(self) -> str:
        """What counts of a row as one text, in SQL; null differs from empty."""
        said = ", ".join(f'coalesce(CAST("{c}" AS VARCHAR), chr(30))' for c in self.columns)
        return f"concat_ws(chr(31), '{self.name}', {said})"


@cache
def covered() -> tuple[Covered, ...]:
    """The tables of the feed, in the order of the schema."""
    raw = shipped(Path(__file__).with_name("coverage.yml"))
    found = []
    for table in schema.tables(stage="catalogue"):
        if table.name in raw["owner"]:
            owners = tuple(raw["owner"][table.name])
            columns = tuple(c for c in table.column_names if c not in raw["volatile"].get(table.name, ()))
            links = tuple(c for c, target in table.references.items() if target in MAIN and c not in owners)
            found.append(Covered(table.name, owners, columns, links))
    return tuple(found)
