"""Which rows of two releases the feed has to look at: nearly all are as they were.

Of tables that are carried over it is known which rows went and came; of others with one column as key it is seen by
comparing column by column, which is many times quicker than comparing rows as sets. Too many rows are never wrong here,
one too few would be; what has changed is decided in `feed`.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import schema
from pipeline.dedupe import last_night
from pipeline.dedupe.carried import of_any
from pipeline.dedupe.last_night import Renewed
from pipeline.dedupe.touched import same

CARRIED = frozenset(last_night.TABLES) - {"schedule"}
"""Tables of which rows are taken over from night to night; opening times also hang on those of other entities."""
Side = Literal["old", "new"]
SIDES: tuple[Side, Side] = ("old", "new")
Tables = Mapping[str, pa.Table]


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of two releases."""

    previous: Tables
    """By name; none before the first release."""
    now: Tables
    touched: frozenset[str] | None = None
    """Entities to which every row of a carried table belongs, whole or in part, that may differ; null: not known."""
    renewed: Mapping[str, Renewed] | None = None
    """What went and came of carried tables."""

    def that_may_differ(self, name: str, columns: Collection[str]) -> dict[Side, pa.Table]:
        """The rows of both sides of which something in the columns may not be as on the other."""
        if known := self._known(name):
            old, new = known.gone, known.made
        else:
            old, new = self._side("old", name), self._side("new", name)
            if self.touched is not None and name in CARRIED:
                old, new = (cut(name, data, self.touched) for data in (old, new))
        return dict(zip(SIDES, apart(name, old, new, columns), strict=True))

    def of(self, side: Side, name: str, entities: frozenset[str]) -> list[tuple[pa.Table, frozenset[str]]]:
        """Tables, each with entities of which it has all rows: of any entity asked for exactly one has them."""
        known = self._known(name)
        if known is None or self.touched is None:
            return [(cut(name, self._side(side, name), entities), entities)]
        worked_out = [(known.gone if side == "old" else known.made, entities & self.touched)]
        if rest := entities - self.touched:
            worked_out.append((cut(name, self._side(side, name), rest), rest))
        return worked_out

    def _side(self, side: Side, name: str) -> pa.Table:
        found = (self.previous if side == "old" else self.now).get(name)
        return schema.empty(name) if found is None else schema.upgraded(name, found)

    def _known(self, name: str) -> Renewed | None:
        """What went and came of a table, as long as nothing was done to either side since."""
        one = self.renewed.get(name) if self.renewed and self.touched is not None else None
        if one and one.before is self.previous.get(name) and one.rows is self.now.get(name):
            return one
        return None


def cut(name: str, data: pa.Table, entities: Collection[str]) -> pa.Table:
    """The rows that belong to one of the entities, whole or in part: most tables are many times larger."""
    if not len(data):
        return data
    theirs = of_any(name, data, entities)
    return data if pc.all(theirs).as_py() else data.filter(theirs)  # on the first day all belong to somebody


def apart(name: str, before: pa.Table, now: pa.Table, columns: Collection[str]) -> tuple[pa.Table, pa.Table]:
    """Both tables without the rows that the other has too, seen by key; whole when the key has several columns."""
    key = schema.table(name).key
    if len(key) != 1 or not len(before) or not len(now):
        return before, now
    place = pc.index_in(before.column(key[0]), value_set=now.column(key[0]).combine_chunks())
    met = pc.is_valid(place)
    theirs = place.drop_null()
    old, new = before.select(columns).filter(met), now.select(columns).take(theirs)
    alike = pa.repeat(pa.scalar(True), len(theirs))
    for one, other in zip(old.columns, new.columns, strict=True):
        if one.null_count < len(one) or other.null_count < len(other):
            alike = pc.and_(alike, same(one, other))
    same_now = theirs.filter(alike)
    same_before = pc.indices_nonzero(met).filter(alike)
    return _without(before, same_before), _without(now, same_now)


def met(name: str, before: pa.Table, now: pa.Table, columns: Collection[str]) -> bool:
    """Whether a row of one side can still be on the other as well after `apart`.

    Only where rows could not be told by their key, because it has several columns, does not count or is there twice.
    """
    if not len(before) or not len(now):
        return False
    (first, *more) = schema.table(name).key
    unique = not more and all(pc.count_distinct(side.column(first)).as_py() == len(side) for side in (before, now))
    return not unique or first not in columns


def _without(data: pa.Table, places: pa.ChunkedArray) -> pa.Table:
    keep = np.ones(len(data), dtype=bool)
    keep[places.to_numpy()] = False
    return data.filter(pa.array(keep))
