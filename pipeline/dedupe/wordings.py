"""What two wordings share in the places where both stand: a Y-tunnus, a phone, an e-mail, or a record of two names.

Belongs here: counting it. Whether the two are one is decided in `aliases`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.coding import Numbers, codes_of, distinct
from pipeline.transform.names.word_lists import flat

CROWD = 4
"""Wordings of one place that one value may connect; an office's or an umbrella's connects more."""

Wording = tuple[str, str, str]
"""(umbrella or nothing, stems of the core, the noun of a body beside another or nothing)."""
Pairs = Counter[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Uses:
    """One entry per name of a record that has a wording in a place."""

    wording: Numbers
    place: Numbers
    row: Numbers
    """The record."""


def shared_in_places(names: list[Wording], uses: Uses, records: pa.Table) -> tuple[Pairs, Pairs]:
    """Two of the wordings `names`, the lesser first -> (places where they share something, Y-tunnus that they share in
    a place). `records` have the columns `business_id, phones, emails`.
    """
    beside = np.unique([n[2] for n in names], return_inverse=True)[1]
    size, towns = len(names), int(uses.place.max(initial=0)) + 1
    pairs: list[Numbers] = []
    numbers: list[Numbers] = []
    for is_number, count, values in _values(records):
        found, at = _connected(uses, count, values, size)
        alike = beside[found // size] == beside[found % size]
        pairs.append(found[alike] * towns + at[alike])
        if is_number:
            numbers.append(found[alike])
    return _counted(distinct(np.concatenate(pairs)) // towns, size), _counted(np.concatenate(numbers), size)


def numbers_of(uses: Uses, records: pa.Table, wanted: set[int]) -> dict[tuple[int, int], set[int]]:
    """The Y-tunnus that each wanted wording has in each place."""
    code = codes_of(records.column("business_id"))[uses.row]
    found: dict[tuple[int, int], set[int]] = defaultdict(set)
    use = np.flatnonzero(np.isin(uses.wording, list(wanted)) & (code >= 0))
    for x, t, c in zip(*(of[use].tolist() for of in (uses.wording, uses.place, code)), strict=True):
        found[x, t].add(c)
    return found


def _counted(pairs: Numbers, size: int) -> Pairs:
    found, times = np.unique(pairs, return_counts=True)
    return Counter({(k // size, k % size): n for k, n in zip(found.tolist(), times.tolist(), strict=True)})


def _connected(uses: Uses, count: Numbers, values: Numbers, size: int) -> tuple[Numbers, Numbers]:
    """(two wordings x < y as `x * size + y`, place) for each value that connects them there.

    `size` is the number of wordings; `count` tells how many of the `values` each record has. A value that stands once
    connects nothing.
    """
    many = count[uses.row]
    each = np.repeat(np.arange(len(many)), many)
    nth = np.arange(len(each)) - np.repeat(np.cumsum(many) - many, many)
    said = values[(np.cumsum(count) - count)[uses.row[each]] + nth]
    again = np.append(np.bincount(said[said >= 0]) > 1, False)[said]
    each, said = each[again], said[again]
    most = int(said.max(initial=0)) + 1
    key = distinct((uses.place[each] * most + said) * size + uses.wording[each])
    group, wording = key // size, key % size
    starts = np.flatnonzero(np.append(True, group[1:] != group[:-1])[: len(group)])
    crowd = np.repeat(np.diff(np.append(starts, len(group))), np.diff(np.append(starts, len(group))))
    pairs, places = [], []
    for step in range(1, CROWD):
        x = np.flatnonzero((group[step:] == group[:-step]) & (crowd[step:] <= CROWD))
        pairs.append(wording[x] * size + wording[x + step])
        places.append(group[x] // most)
    return np.concatenate(pairs), np.concatenate(places)


def _values(records: pa.Table) -> Iterator[tuple[bool, Numbers, Numbers]]:
    """(whether it is a Y-tunnus, how many each record has, the values, -1 for null) of what two records may share; a
    record shares itself."""
    n = len(records)
    one = np.ones(n, dtype=np.int64)
    yield True, one, codes_of(records.column("business_id")).astype(np.int64)
    for name in ("phones", "emails"):
        lists = flat(records.column(name))
        count = np.asarray(pc.fill_null(pc.list_value_length(lists), 0), dtype=np.int64)
        yield False, count, codes_of(pc.list_flatten(lists)).astype(np.int64)
    yield False, one, np.arange(n)
