"""Which wordings the records themselves show to be one: "Kirjis" is "Kirjopaja", "Schackklubb" is "Shakkikerho".

A wording is what a name says beside its place. Where two wordings stand in the same places again and again and carry
the same Y-tunnus, phone or e-mail there, or are two names of one record, they are two words for one thing: an everyday
form, a translation, an abbreviation whose letters do not fit. No list can hold these. Two wordings that have different
Y-tunnus where both are known, or that share nothing in most places where both stand, are two bodies side by side.

Belongs here: finding such wordings and saying them by one. Abbreviations told by their letters are in `corpus`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.coding import coded, distinct
from pipeline.transform.names.stems import stems_of
from pipeline.transform.names.word_lists import codes, replaced
from pipeline.transform.names.word_lists import flat as flatten

PLACES = 3
"""Places where two wordings must be seen to share something."""
SHARE = 0.25
"""Share of the places with both wordings where they must share something: many records tell nothing to share."""
CONTRARY = 0.5
"""Places with different Y-tunnus, per place with an equal one, above which two wordings are two bodies."""
STRANGE = 0.1
"""Share of the places with both wordings below which they plainly share nothing."""
CROWD = 4
"""Wordings of one place that one value may connect; an office's or an umbrella's connects more."""

Numbers = npt.NDArray[np.int64]
Wording = tuple[str, str, str]
"""(umbrella or nothing, stems of the core, the noun of a body beside another or nothing)."""


def with_aliases(parsed: pa.Table, flat: Numbers, owner: Numbers, records: pa.Table) -> pa.Table:
    """The parsed distinct names, those of one meaning said by the wording that is most often used.

    `flat` and `owner` hold, for every name of every record, the row of `parsed` and of `records` (which has the
    columns `business_id, phones, emails`).
    """
    columns = ("umbrella", "core", "stems", "dependent", "place_keys")
    parts: dict[str, Any] = {c: flatten(parsed.column(c)) for c in columns}
    names, of, place = _wordings(parts)
    known = _meant(names, of, place, flat, owner.astype(np.int64), records)
    if not known:
        return parsed
    best = _said(parts["core"], of, set(known.values()))
    rows = np.flatnonzero(np.isin(of, list(known)))
    meant = [known[k] for k in of[rows].tolist()]
    parts["core"] = replaced(parts["core"], rows, [best[k] for k in meant])
    stems = {k: stems_of(words) for k, words in best.items()}
    parts["stems"] = replaced(parts["stems"], rows, [stems[k] for k in meant])
    parts["umbrella"] = replaced(parts["umbrella"], rows, [names[k][0] or None for k in meant])
    return pa.table({c: parts.get(c, parsed.column(c)) for c in parsed.column_names})


def _said(cores: pa.Array, of: Numbers, wanted: set[int]) -> dict[int, tuple[str, ...]]:
    """Wording -> the words that mostly say it."""
    rows = np.flatnonzero(np.isin(of, list(wanted)))
    said: dict[int, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for k, core in zip(of[rows].tolist(), cores.take(pa.array(rows)).to_pylist(), strict=True):
        said[k][tuple(core)] += 1
    return {k: min(c.items(), key=lambda kv: (-kv[1], kv[0]))[0] for k, c in said.items()}


def _wordings(parts: dict[str, Any]) -> tuple[list[Wording], Numbers, Numbers]:
    """(the wordings that stand in at least `PLACES` places, in order; the wording of each distinct name, -1 for none;
    the code of its place).

    Only names of one place count, and none of an area without a register.
    """
    core, umbrella, beside = parts["stems"], parts["umbrella"], parts["dependent"]
    told = (np.asarray(pc.list_value_length(parts["core"])) > 0) | (np.asarray(pc.fill_null(umbrella, "")) != "")
    rows = np.flatnonzero((np.asarray(pc.list_value_length(parts["place_keys"])) == 1) & told)
    keys = pc.list_element(parts["place_keys"].take(pa.array(rows)), 0)
    placed = ~np.asarray(pc.starts_with(keys, "X"), dtype=bool)
    rows, keys = rows[placed], keys.filter(pa.array(placed))
    where, towns = coded(keys)
    some = pa.array(rows)
    kind = codes(pc.fill_null(umbrella.take(some), ""), core.take(some), pc.fill_null(beside.take(some), ""))
    _, first = np.unique(kind, return_index=True)
    seen = distinct(kind * max(len(towns), 1) + where) // max(len(towns), 1)
    often = np.flatnonzero(np.bincount(seen, minlength=len(first)) >= PLACES)
    told_by = pa.array(rows[first[often]])
    columns = (umbrella.take(told_by), core.take(told_by), beside.take(told_by))
    found = [(u or "", c, d or "") for u, c, d in zip(*(c.to_pylist() for c in columns), strict=True)]
    order = sorted(range(len(found)), key=found.__getitem__)
    number = np.full(len(first), -1, dtype=np.int64)
    number[often[order]] = np.arange(len(order))
    of, place = (np.full(len(core), -1, dtype=np.int64) for _ in range(2))
    of[rows], place[rows] = number[kind], where
    return [found[i] for i in order], of, place


def _meant(
    names: list[Wording], of: Numbers, place: Numbers, flat: Numbers, owner: Numbers, records: pa.Table
) -> dict[int, int]:
    """Wording -> the wording that stands for it; only those that change."""
    if not names:
        return {}
    use = np.flatnonzero(of[flat] >= 0)
    w, p, row = of[flat[use]], place[flat[use]], owner[use]
    shared, same_number = _shared(names, w, p, row, records)
    likely = {pair for pair, found in shared.items() if found >= PLACES}
    wanted = {k for pair in likely for k in pair}
    standing: dict[int, set[int]] = defaultdict(set)
    for x, y in zip(*(c[np.isin(of, list(wanted))].tolist() for c in (of, place)), strict=True):
        standing[x].add(y)
    ids = _ids(w, p, row, records, wanted)

    def are_two(x: int, y: int, share: float = STRANGE) -> bool:
        """Side by side in many places, sharing little."""
        common = standing[x] & standing[y]
        return len(common) >= PLACES and shared[min(x, y), max(x, y)] < share * len(common)

    def is_contrary(x: int, y: int) -> bool:
        common = standing[x] & standing[y]
        apart = sum((x, t) in ids and (y, t) in ids and ids[x, t].isdisjoint(ids[y, t]) for t in common)
        return apart > CONTRARY * same_number[x, y] + 1

    one = {pair for pair in likely if not (are_two(*pair, SHARE) or is_contrary(*pair))}
    beside: dict[int, list[int]] = defaultdict(list)
    for x, y in sorted(one):
        beside[x].append(y)
        beside[y].append(x)
    # "HKJ" of two bodies' initials is neither of them
    both = {k for k, of_k in beside.items() if any(are_two(x, y) for n, x in enumerate(of_k) for y in of_k[n + 1 :])}
    often = np.bincount(w, minlength=len(names))
    classes = {k: [k] for k in wanted}
    for x, y in sorted(one, key=lambda k: (-shared[k], names[k[0]], names[k[1]])):
        mine, other = classes[x], classes[y]
        if mine is other or x in both or y in both or len({names[k][0] for k in mine + other} - {""}) > 1:
            continue
        if not any(are_two(i, j) for i in mine for j in other):
            for k in other:
                classes[k] = mine
            mine += other
    best = {k: min(c, key=lambda i: (not names[i][0], -often[i], names[i])) for k, c in classes.items()}
    return {k: b for k, b in best.items() if b != k}


def _shared(
    names: list[Wording], w: Numbers, p: Numbers, row: Numbers, records: pa.Table
) -> tuple[Counter[tuple[int, int]], Counter[tuple[int, int]]]:
    """Two wordings, the lesser first -> (places where they share something, Y-tunnus that they share in a place).

    `w, p, row` are the wording, the place and the record of each name.
    """
    beside = np.unique([n[2] for n in names], return_inverse=True)[1]
    size, towns = len(names), int(p.max(initial=0)) + 1
    pairs: list[Numbers] = []
    where: list[Numbers] = []
    numbers: list[Numbers] = []
    for number, values in _values(records):
        found, at = _connected(w, p, row, values, size)
        alike = beside[found // size] == beside[found % size]
        pairs.append(found[alike])
        where.append(at[alike])
        if number:
            numbers.append(found[alike])
    places = distinct(np.concatenate(pairs) * towns + np.concatenate(where)) // towns
    return _counted(places, size), _counted(np.concatenate(numbers), size)


def _counted(pairs: Numbers, size: int) -> Counter[tuple[int, int]]:
    found, times = np.unique(pairs, return_counts=True)
    return Counter({(k // size, k % size): n for k, n in zip(found.tolist(), times.tolist(), strict=True)})


def _connected(
    w: Numbers, p: Numbers, row: Numbers, values: tuple[Numbers, Numbers], size: int
) -> tuple[Numbers, Numbers]:
    """(two wordings x < y as `x * size + y`, place) for each value that connects them there; `size` is their number."""
    of_row, value = values
    order = np.argsort(of_row, kind="stable")
    of_row, value = of_row[order], value[order]
    left = np.searchsorted(of_row, row)
    count = np.searchsorted(of_row, row, side="right") - left
    each = np.repeat(np.arange(len(row)), count)
    nth = np.arange(len(each)) - np.repeat(np.cumsum(count) - count, count)
    said = value[left[each] + nth]
    each, said = each[said >= 0], said[said >= 0]
    most = int(said.max(initial=0)) + 1
    key = distinct((p[each] * most + said) * size + w[each])
    group, wording = key // size, key % size
    starts = np.flatnonzero(np.append(True, group[1:] != group[:-1])[: len(group)])
    crowd = np.repeat(np.diff(np.append(starts, len(group))), np.diff(np.append(starts, len(group))))
    pairs, places = [], []
    for step in range(1, CROWD):
        x = np.flatnonzero((group[step:] == group[:-step]) & (crowd[step:] <= CROWD))
        pairs.append(wording[x] * size + wording[x + step])
        places.append(group[x] // most)
    return np.concatenate(pairs), np.concatenate(places)


def _values(records: pa.Table) -> Iterator[tuple[bool, tuple[Numbers, Numbers]]]:
    """(whether it is a Y-tunnus, (row, value)) of what two records may share; a record shares itself."""
    n = len(records)
    yield True, (np.arange(n), coded(records.column("business_id"))[0].astype(np.int64))
    for name in ("phones", "emails"):
        column = records.column(name).combine_chunks()
        yield False, (np.asarray(pc.list_parent_indices(column)), coded(pc.list_flatten(column))[0].astype(np.int64))
    yield False, (np.arange(n), np.arange(n))


def _ids(w: Numbers, p: Numbers, row: Numbers, records: pa.Table, wanted: set[int]) -> dict[tuple[int, int], set[int]]:
    """The Y-tunnus that each wanted wording has in each place."""
    code = coded(records.column("business_id"))[0][row]
    found: dict[tuple[int, int], set[int]] = defaultdict(set)
    use = np.flatnonzero(np.isin(w, list(wanted)) & (code >= 0))
    for x, t, c in zip(w[use].tolist(), p[use].tolist(), code[use].tolist(), strict=True):
        found[x, t].add(c)
    return found
