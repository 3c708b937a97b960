"""The keys that pairs of records are found by: their kinds, how many records carry one, and who meets whom.

A key is a number: its kind, and the place of its value among those of its kind. Belongs here: keys and their pairs,
whatever they are made of. What is a key is told by `shared_values` and `name_keys`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.dedupe.coding import Codes, Numbers, distinct

CAP = 20
"""Records of a key that all meet one another."""
CAPS = {"stem": 12, "ends": 12, "rare_token": 12, "short": 10, "short_place": 10, "start": 8}
"""Less for vague keys. With 20 for them, half of the pairs of a million records were theirs alone; one in 170 of those
was true."""
DROPPED = ("concept", "short", "rare_token", "stem", "ends", "start")
"""Kinds that are too vague to be divided when many carry them."""

KINDS = (
    "business_id", "association_number", "phone", "email", "host", "street", "umbrella_place", "umbrella_national",
    "name", "core", "token_place", "rare_token", "stem", "ends", "start", "short_place", "short", "concept", "judged",
)  # fmt: skip
"""What a key is made of."""

FEW = "SELECT a.kind, a.rid AS a, b.rid AS b FROM few a JOIN few b ON a.key = b.key AND a.rid < b.rid"
"""`kind, a, b`: the pairs of keys that few records carry."""

KEY_BITS = 40
"""Of a key, for its value; the kind stands before them."""


_Rows = tuple[npt.NDArray[np.int8], Numbers, Codes]
"""Kind, key and record of a row each."""


@dataclass(frozen=True, slots=True)
class Values:
    """Who has which value of one kind."""

    kind: str
    rid: Numbers
    code: Numbers | Codes
    """The value; below zero for none."""


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys that several records carry, as `kind, key, rid`."""

    few: pa.Table
    """Of at most `CAP` records, fewer for vague kinds."""
    many: pa.Table
    """Of more; kinds in `DROPPED` are not there."""
    counts: pa.Table
    """`kind, keys, capped_keys`, of every kind of which some record has a value."""


def keys_of(records: int, *told: Values) -> Keys:
    """The keys of so many records; a value that is told of a record twice, or in two lists of one kind, counts once."""
    bits = max(records - 1, 1).bit_length()
    few: list[_Rows] = []
    many: list[_Rows] = []
    counts: list[tuple[int, int, int]] = []
    for number, kind in enumerate(KINDS):
        given = [(v.rid[v.code >= 0], v.code[v.code >= 0]) for v in told if v.kind == kind]
        lists = [code.astype(np.int64) << bits | rid for rid, code in given]
        both = distinct(np.concatenate(lists)) if lists else np.zeros(0, dtype=np.int64)
        if not len(both):
            continue
        value = both >> bits
        starts = np.flatnonzero(np.append(True, value[1:] != value[:-1]))
        size = np.diff(np.append(starts, len(value)))
        is_many = size > CAPS.get(kind, CAP)
        counts.append((number, len(size), int(is_many.sum())))
        key = np.repeat((number << KEY_BITS) + np.arange(len(size)), size)
        rid = (both & (1 << bits) - 1).astype(np.int32)
        for into, chosen in ((few, ~is_many & (size > 1)), (many, is_many & (kind not in DROPPED))):
            rows = np.repeat(chosen, size)
            into.append((np.full(int(rows.sum()), number, dtype=np.int8), key[rows], rid[rows]))
    return Keys(_table(few), _table(many), _counted(counts))


def _table(parts: list[_Rows]) -> pa.Table:
    columns = [np.concatenate(c) for c in zip(*parts, strict=True)] if parts else [np.zeros(0, dtype=np.int64)] * 3
    kinds = zip(("kind", "key", "rid"), columns, (pa.int8(), pa.int64(), pa.int32()), strict=True)
    return pa.table({name: pa.array(column, kind) for name, column, kind in kinds})


def _counted(counts: list[tuple[int, int, int]]) -> pa.Table:
    columns = zip(*counts, strict=True) if counts else ((), (), ())
    kinds = zip(("kind", "keys", "capped_keys"), columns, (pa.int8(), pa.int64(), pa.int64()), strict=True)
    return pa.table({name: pa.array(column, kind) for name, column, kind in kinds})
