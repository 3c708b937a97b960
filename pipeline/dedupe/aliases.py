"""Which wordings the records themselves show to be one: "Kirjis" is "Kirjopaja", "Schackklubb" is "Shakkikerho".

A wording is what a name says beside its place. Where two wordings stand in the same places again and again and carry
the same Y-tunnus, phone or e-mail there, or are two names of one record, they are two words for one thing: an everyday
form, a translation, an abbreviation whose letters do not fit. No list can hold these. Two wordings that have different
Y-tunnus where both are known, or that share nothing in most places where both stand, are two bodies side by side.

Belongs here: finding such wordings and saying them by one. What two wordings share is in `wordings`, abbreviations told
by their letters are in `corpus`.
"""

from collections import defaultdict
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.coding import Numbers, distinct, numbered
from pipeline.dedupe.wordings import Uses, Wording, numbers_of, shared_in_places
from pipeline.transform.names.stems import stems_of
from pipeline.transform.names.word_lists import codes, first_of, firsts, replaced, spoken
from pipeline.transform.names.word_lists import flat as flatten

PLACES = 3
"""Places where two wordings must be seen to share something."""
SHARE = 0.25
"""Share of the places with both wordings where they must share something: many records tell nothing to share."""
CONTRARY = 0.5
"""Places with different Y-tunnus, per place with an equal one, above which two wordings are two bodies."""
STRANGE = 0.1
"""Share of the places with both wordings below which they plainly share nothing."""


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
    lists = cores.take(pa.array(rows))
    kind = codes(pa.array(of[rows]), spoken(lists))
    first, times = firsts(kind), np.bincount(kind)
    said: dict[int, list[tuple[int, tuple[str, ...]]]] = defaultdict(list)
    for k, n, core in zip(
        of[rows[first]].tolist(), times.tolist(), lists.take(pa.array(first)).to_pylist(), strict=True
    ):
        said[k].append((-n, tuple(core)))
    return {k: min(found)[1] for k, found in said.items()}


def _wordings(parts: dict[str, Any]) -> tuple[list[Wording], Numbers, Numbers]:
    """(the wordings that stand in at least `PLACES` places, in order; the wording of each distinct name, -1 for none;
    the code of its place).

    Only names of one place count, and none of an area without a register.
    """
    core, umbrella, beside = parts["stems"], parts["umbrella"], parts["dependent"]
    has_umbrella = pc.fill_null(pc.not_equal(umbrella, ""), False)
    told = (np.asarray(pc.list_value_length(parts["core"])) > 0) | np.asarray(has_umbrella)
    rows = np.flatnonzero((np.asarray(pc.list_value_length(parts["place_keys"])) == 1) & told)
    keys = first_of(parts["place_keys"].take(pa.array(rows)))
    placed = ~np.asarray(pc.starts_with(keys, "X"), dtype=bool)
    rows, keys = rows[placed], keys.filter(pa.array(placed))
    where, towns = numbered(keys)
    some = pa.array(rows)
    kind = codes(pc.fill_null(umbrella.take(some), ""), core.take(some), pc.fill_null(beside.take(some), ""))
    first = firsts(kind)
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
    uses = Uses(of[flat[use]], place[flat[use]], owner[use])
    shared, same_number = shared_in_places(names, uses, records)
    likely = {pair for pair, found in shared.items() if found >= PLACES}
    wanted = {k for pair in likely for k in pair}
    standing = _standing(of, place, wanted)
    ids = numbers_of(uses, records, wanted)

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
    often = np.bincount(uses.wording, minlength=len(names))
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


def _standing(of: Numbers, place: Numbers, wanted: set[int]) -> dict[int, set[int]]:
    """The places where each wanted wording stands; `of` and `place` are those of each distinct name."""
    rows = np.flatnonzero(np.isin(of, list(wanted)))
    size = int(place.max(initial=0)) + 1
    both = distinct(of[rows] * size + place[rows])
    starts = np.flatnonzero(np.append(True, both[1:] // size != both[:-1] // size)[: len(both)])
    parts = np.split(both % size, starts[1:]) if len(both) else []
    return {k: set(part.tolist()) for k, part in zip((both[starts] // size).tolist(), parts, strict=True)}
