"""What one run of matching leaves for the next, and what of it still holds."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.coding import Codes
from pipeline.transform.names.table import Reading

Rows = npt.NDArray[np.int64]


@dataclass(slots=True)
class Memory:
    """The last run: parsed names, compared names, edges and groups. Empty before the first run."""

    names: pa.Array | None = None
    parts: pa.Table | None = None
    """The parsed `names`."""
    ids: pa.Array | None = None
    marks: npt.NDArray[np.uint64] | None = None
    """Per record a number of the groups that it meets others in, see `blocking_groups`."""
    blocked: Rows | None = None
    """The pairs of these groups, each as one number, see `blocking`."""
    signatures: pa.Array | None = None
    """Per record all that a comparison of names looks at."""
    next_signatures: pa.Array | None = None
    """Those of the run that is under way."""
    a: Codes | None = None
    b: Codes | None = None
    levels: dict[str, npt.NDArray[np.int8]] = field(default_factory=dict)
    """Levels of the features of names for the pairs `a, b`."""
    edges: npt.NDArray[Any] | None = None
    facts: pa.Array | None = None
    """Per record what the constraints look at."""
    root: Rows | None = None
    judged: frozenset[tuple[str, str, bool]] = frozenset()
    support: float = 0.0
    looked_up: tuple[pa.Array, pa.Array, Rows] | None = None
    """The ids of the last run, those of the run that is under way, and the row then of each of these."""
    reused: dict[str, int] = field(default_factory=dict)
    """How many `names`, `pairs` and `records` (in their groups) the last run took from the one before, and of how many
    records the candidate pairs were `blocked` then."""


def parsed_with(memory: Memory, read: Reading, names: Sequence[str | None]) -> pa.Table:
    """The parsed names; those of the last run are not read again. Only the names of this run are kept."""
    asked = pa.array(names, pa.string())
    at = pa.nulls(len(asked), pa.int32()) if memory.names is None else pc.index_in(asked, value_set=memory.names)
    fresh = np.flatnonzero(np.asarray(pc.is_null(at)))
    parts = read([names[i] for i in fresh.tolist()])
    if memory.parts is not None:
        index = np.asarray(pc.fill_null(at, 0)).copy()
        index[fresh] = np.arange(len(memory.parts), len(memory.parts) + len(fresh))
        parts = pa.concat_tables([memory.parts, parts]).take(pa.array(index))
    memory.names, memory.parts = asked, parts.combine_chunks()
    memory.reused["names"] = len(names) - len(fresh)
    return memory.parts


def old_rows(memory: Memory, ids: pa.Array) -> Rows:
    """For each record its row in the last run, -1 for a new one; looked up once in a run."""
    known = memory.ids
    if known is None or not len(known):
        return np.full(len(ids), -1, dtype=np.int64)
    if memory.looked_up is None or memory.looked_up[0] is not known or not memory.looked_up[1].equals(ids):
        rows = np.asarray(pc.fill_null(pc.index_in(ids, value_set=known), -1), dtype=np.int64)
        memory.looked_up = known, ids, rows
    return memory.looked_up[2]


def new_rows(memory: Memory, before: Rows) -> Rows:
    """For each record of the last run its row in this one, -1 for one that is gone."""
    after = np.full(0 if memory.ids is None else len(memory.ids), -1, dtype=np.int64)
    after[before[before >= 0]] = np.flatnonzero(before >= 0)
    return after


def known_pairs(memory: Memory, ids: pa.Array, signatures: pa.Array, a: Codes, b: Codes) -> Rows:
    """For each pair its place in the last comparison where neither name changed, -1 otherwise."""
    found = np.full(len(a), -1, dtype=np.int64)
    if memory.a is None or memory.b is None or memory.signatures is None or not len(a) or not len(memory.a):
        return found
    before = old_rows(memory, ids)
    was = memory.signatures.take(pa.array(np.maximum(before, 0)))
    same = (before >= 0) & np.asarray(pc.equal(was, signatures))
    key = memory.a.astype(np.int64) << 32 | memory.b  # rising, as pairs come in order
    x, y = before[a], before[b]  # both are sorted by id, so that x < y where both are old
    wanted = np.where((x >= 0) & (y >= 0), x << 32 | y, -1)
    at = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
    hit = same[a] & same[b] & (key[at] == wanted)
    found[hit] = at[hit]
    return found
