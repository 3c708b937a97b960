"""Which wordings the records themselves show to be one: "Kirjis" is "Kirjopaja", "Schackklubb" is "Shakkikerho".

A wording is what a name says beside its place. Where two wordings stand in the same places again and again and carry
the same Y-tunnus, phone or e-mail there, or are two names of one record, they are two words for one thing: an everyday
form, a translation, an abbreviation whose letters do not fit. No list can hold these. Two wordings that have different
Y-tunnus where both are known, or that share nothing in most places where both stand, are two bodies side by side.

Belongs here: finding such wordings and saying them by one. Abbreviations told by their letters are in `corpus`.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.coding import coded
from pipeline.transform.names.stems import stem

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
    cores, umbrellas = parsed.column("core").to_pylist(), parsed.column("umbrella").to_pylist()
    wording, place = _wordings(parsed, cores, umbrellas)
    number = {w: i for i, w in enumerate(sorted({w for w in wording if w is not None}))}
    of = np.array([-1 if w is None else number[w] for w in wording] + [-1], dtype=np.int64)
    known = _meant(list(number), of, place, flat, owner.astype(np.int64), records)
    if not known:
        return parsed
    said: dict[int, Counter[tuple[str, ...]]] = defaultdict(Counter)
    for i in np.flatnonzero(np.isin(of[:-1], list(set(known.values())))).tolist():
        said[int(of[i])][tuple(cores[i])] += 1
    best = {k: min(c.items(), key=lambda kv: (-kv[1], kv[0]))[0] for k, c in said.items()}
    names = list(number)
    for i in np.flatnonzero(np.isin(of[:-1], list(known))).tolist():
        k = known[int(of[i])]
        cores[i], umbrellas[i] = list(best[k]), names[k][0] or None
    changed = {"core": pa.array(cores, pa.list_(pa.string())), "umbrella": pa.array(umbrellas, pa.string())}
    return pa.table({c: changed.get(c, parsed.column(c)) for c in parsed.column_names})


def _wordings(
    parsed: pa.Table, cores: list[list[str]], umbrellas: list[str | None]
) -> tuple[list[Wording | None], Numbers]:
    """(wording, code of the place) of each distinct name that has one place."""
    keys = parsed.column("place_keys").to_pylist()
    beside = parsed.column("dependent").to_pylist()
    wording: list[Wording | None] = [
        (u or "", " ".join(sorted(map(stem, c))), d or "") if len(k) == 1 and k[0][0] != "X" and (c or u) else None
        for u, c, k, d in zip(umbrellas, cores, keys, beside, strict=True)
    ]
    towns = {p: i for i, p in enumerate(sorted({k[0] for k in keys if k}))}
    return wording, np.array([towns[k[0]] if k else -1 for k in keys] + [-1], dtype=np.int64)


def _meant(
    names: list[Wording], of: Numbers, place: Numbers, flat: Numbers, owner: Numbers, records: pa.Table
) -> dict[int, int]:
    """Wording -> the wording that stands for it; only those that change."""
    pairs = np.unique(np.stack([of, place], 1)[of >= 0], axis=0)
    if not len(pairs):
        return {}
    recurs = np.append(np.bincount(pairs[:, 0], minlength=len(names)) >= PLACES, False)
    use = np.flatnonzero(recurs[of[flat]])
    w, p, row = of[flat[use]], place[flat[use]], owner[use]
    shared: dict[tuple[int, int], set[int]] = defaultdict(set)
    same_number: Counter[tuple[int, int]] = Counter()
    for number, values in _values(records):
        for where, some in _connected(w, p, row, values):
            for pair in ((x, y) for n, x in enumerate(some) for y in some[n + 1 :]):
                if names[pair[0]][2] != names[pair[1]][2]:
                    continue
                shared[pair].add(where)
                same_number[pair] += number
    likely = {pair for pair, found in shared.items() if len(found) >= PLACES}
    wanted = {k for pair in likely for k in pair}
    standing: dict[int, set[int]] = defaultdict(set)
    for x, y in pairs[np.isin(pairs[:, 0], list(wanted))].tolist():
        standing[x].add(y)
    ids = _ids(w, p, row, records, wanted)

    def are_two(x: int, y: int, share: float = STRANGE) -> bool:
        """Side by side in many places, sharing little."""
        common = standing[x] & standing[y]
        return len(common) >= PLACES and len(shared.get((min(x, y), max(x, y)), ())) < share * len(common)

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
    for x, y in sorted(one, key=lambda k: (-len(shared[k]), names[k[0]], names[k[1]])):
        mine, other = classes[x], classes[y]
        if mine is other or x in both or y in both or len({names[k][0] for k in mine + other} - {""}) > 1:
            continue
        if not any(are_two(i, j) for i in mine for j in other):
            for k in other:
                classes[k] = mine
            mine += other
    best = {k: min(c, key=lambda i: (not names[i][0], -often[i], names[i])) for k, c in classes.items()}
    return {k: b for k, b in best.items() if b != k}


def _values(records: pa.Table) -> Iterator[tuple[bool, tuple[Numbers, Numbers]]]:
    """(whether it is a Y-tunnus, (row, value)) of what two records may share; a record shares itself."""
    n = len(records)
    yield True, (np.arange(n), coded(records.column("business_id"))[0].astype(np.int64))
    for name in ("phones", "emails"):
        column = records.column(name).combine_chunks()
        yield False, (np.asarray(pc.list_parent_indices(column)), coded(pc.list_flatten(column))[0].astype(np.int64))
    yield False, (np.arange(n), np.arange(n))


def _connected(
    w: Numbers, p: Numbers, row: Numbers, values: tuple[Numbers, Numbers]
) -> Iterator[tuple[int, list[int]]]:
    """(place, wordings) that one value connects there."""
    of_row, value = values
    order = np.argsort(of_row, kind="stable")
    of_row, value = of_row[order], value[order]
    left = np.searchsorted(of_row, row)
    count = np.searchsorted(of_row, row, side="right") - left
    each = np.repeat(np.arange(len(row)), count)
    nth = np.arange(len(each)) - np.repeat(np.cumsum(count) - count, count)
    found = np.stack([p[each], value[left[each] + nth], w[each]], 1)
    found = np.unique(found[found[:, 1] >= 0], axis=0)
    new = np.r_[True, (found[1:, :2] != found[:-1, :2]).any(1), True] if len(found) else np.array([True])
    starts = np.flatnonzero(new)
    many = np.flatnonzero((np.diff(starts) > 1) & (np.diff(starts) <= CROWD))
    for begin, end in zip(starts[many].tolist(), starts[many + 1].tolist(), strict=True):
        yield int(found[begin, 0]), found[begin:end, 2].tolist()


def _ids(w: Numbers, p: Numbers, row: Numbers, records: pa.Table, wanted: set[int]) -> dict[tuple[int, int], set[int]]:
    """The Y-tunnus that each wanted wording has in each place."""
    code = coded(records.column("business_id"))[0][row]
    found: dict[tuple[int, int], set[int]] = defaultdict(set)
    use = np.flatnonzero(np.isin(w, list(wanted)) & (code >= 0))
    for x, t, c in zip(w[use].tolist(), p[use].tolist(), code[use].tolist(), strict=True):
        found[x, t].add(c)
    return found
