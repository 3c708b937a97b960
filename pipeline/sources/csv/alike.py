"""Rows of a sheet that fill the same columns, gathered so that they can be cleaned together.

Only columns whose values go into the item as written count: what is taken apart (a contact cell, a list of themes) or
judged by its size (coordinates) makes a row one of its own.
"""

from collections.abc import Iterator

from pipeline.sources.csv.grid import Row
from pipeline.sources.csv.layout import Sheet
from pipeline.sources.csv.organisation import Builder
from pipeline.sources.items import Item, Listed, Parsed

VERBATIM = frozenset(
    "name municipality municipality_code street_address postal_code city address phone email website business_id "
    "association_number".split()
)
UNREAD = frozenset(("record_id", "source"))
"""Fields that no part of an item is made of."""


class Alike:
    """Gathers the rows of one sheet by the columns that they fill."""

    def __init__(self, sheet: Sheet, builder: Builder) -> None:
        names = sheet.column("name")
        assert names is not None
        self._names: int = names
        self._builder = builder
        self._columns = [column for column, field in sheet.columns.items() if field not in UNREAD]
        self._verbatim = frozenset(column for column, field in sheet.columns.items() if field in VERBATIM)
        self._groups: dict[tuple[int, ...], Listed] = {}

    def take(self, cells: Row, native_id: str, raw: str) -> bool:
        """True when the row was taken; a row with a number behind its id (`#2`) keeps its place among the others."""
        shape = tuple([column for column in self._columns if cells[column]])
        group = self._groups.get(shape)
        if group is None:
            if not self._verbatim.issuperset(shape):
                return False
            group = self._groups[shape] = Listed([], [], self._item, [])
        if "#" in native_id:
            return False
        group.native_ids.append(native_id)
        group.rows.append(cells)
        group.raw.append(raw)
        return True

    def groups(self, few: int) -> Iterator[Parsed]:
        """What was gathered; rows of which there are only a few come one by one."""
        for group in self._groups.values():
            if len(group.rows) > few:
                yield group
            else:
                yield from group.items()

    def _item(self, native_id: str, cells: Row) -> Item:
        name = cells[self._names]
        assert name is not None
        item, _ = self._builder.item(cells, name, native_id)
        return item
