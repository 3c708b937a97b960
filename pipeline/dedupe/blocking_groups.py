"""Groups of records that meet: those of a key that few carry, and the divisions of one that many carry.

A key that many records carry says little and costs much. Its records are divided by what they claim to be (umbrella,
place, core); a division that is still too large is walked in order and each record meets only its next `WINDOW`
neighbours, so that ten thousand equal records cost ten thousand times `WINDOW`, not fifty million.

Belongs here: who stands in which group, how many pairs that makes, and the number that tells whether a record stands in
the groups of the night before. The pairs themselves are found in `blocking`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.dedupe.blocking_keys import CAP, KEY_BITS, KINDS, Keys
from pipeline.dedupe.coding import Bools, Codes, Numbers, codes_of, numbered
from pipeline.transform.names.word_lists import flat, ranked

WINDOW = 5
Marks = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows of records in groups."""

    few: pa.Table
    """`kind, key, rid`: keys that few records carry, whose records all meet."""
    hot: pa.Table
    """`kind, key, part, size, rn, rid`: divisions of the others, with their size and the place of each record in it."""

    def of(self, some: Bools) -> "Groups":
        """The rows of some records; places and sizes are those in the whole group."""
        kept = [t.filter(pa.array(some[np.asarray(t.column("rid"))])) for t in (self.few, self.hot)]
        return Groups(*kept)


def groups_of(features: pa.Table, *keys: Keys) -> Groups:
    """The groups of keys of features."""
    few, many = (pa.concat_tables([getattr(k, name) for k in keys]).combine_chunks() for name in ("few", "many"))
    rid = np.asarray(many.column("rid"))
    key, part = np.asarray(many.column("key")), codes_of(features.column("identity"))[rid]
    order = np.lexsort((rid, _near(features)[rid], part, key))
    key, part, rid = key[order], part[order], rid[order]
    start, size = _runs(key, part)
    columns = {
        "kind": (key >> KEY_BITS).astype(np.int8), "key": key, "part": part, "size": np.repeat(size, size),
        "rn": np.arange(len(key)) - np.repeat(start, size) + 1, "rid": rid,
    }  # fmt: skip
    return Groups(few, pa.table(columns))


def pairs_of(groups: Groups) -> Numbers:
    """Per kind how many pairs its groups make."""
    start, size = _runs(np.asarray(groups.few.column("key")))
    pairs = np.bincount(np.asarray(groups.few.column("kind"))[start], size * (size - 1) // 2, len(KINDS))
    first = np.asarray(groups.hot.column("rn")) == 1
    size = np.asarray(groups.hot.column("size"))[first]
    of_part = np.where(size <= CAP, size * (size - 1) // 2, WINDOW * size - WINDOW * (WINDOW + 1) // 2)
    kind = np.asarray(groups.hot.column("kind"))[first]
    return np.asarray(pairs + np.bincount(kind, of_part, len(KINDS))).astype(np.int64)


def marks(features: pa.Table, groups: Groups) -> Marks:
    """Per record a number of the groups it stands in: all their members, for a division their order as well.

    Two nights in which it is the same are nights of the same groups, but for a chance of one in 10¹⁹.
    """
    from pandas.util import hash_array  # takes long to import, and only a night needs it

    member = hash_array(flat(features.column("record_id")).to_numpy(zero_copy_only=False), categorize=False)
    found = np.zeros(len(features), dtype=np.uint64)
    few, hot = ({c: np.asarray(t.column(c)) for c in t.column_names} for t in (groups.few, groups.hot))
    place = hot["rn"].astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    for rows, runs, said in (
        (few, _runs(few["key"]), member[few["rid"]]),
        (hot, _runs(hot["key"], hot["part"]), member[hot["rid"]] + place),
    ):
        start, size = runs
        if len(start):
            of_group = np.add.reduceat(_mixed(said), start) + rows["kind"][start].astype(np.uint64)
            np.add.at(found, rows["rid"], np.repeat(_mixed(of_group), size))
    return found


def _near(features: pa.Table) -> Codes:
    """Per record the place of its postal code among all; those without one come last."""
    code, values = numbered(features.column("postal_code"))
    return np.append(ranked(values)[1], len(values)).astype(np.int32)[code]


def _runs(*columns: Numbers | Codes) -> tuple[Numbers, Numbers]:
    """(where each run of equal rows begins, its length)."""
    size = len(columns[0])
    is_new = np.ones(size, dtype=bool)
    if size:
        is_new[1:] = np.any([c[1:] != c[:-1] for c in columns], axis=0)
    start = np.flatnonzero(is_new)
    return start, np.diff(np.append(start, size))


def _mixed(numbers: Marks) -> Marks:
    """Numbers that look drawn by lot (the finaliser of SplitMix64)."""
    for factor in (0xBF58476D1CE4E5B9, 0x94D049BB133111EB):
        numbers = (numbers ^ numbers >> np.uint64(30)) * np.uint64(factor)
    return numbers ^ numbers >> np.uint64(31)
