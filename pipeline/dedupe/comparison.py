"""How each feature of a candidate pair came out: one level per feature, never a number.

Levels, not scores, because a person can read and correct their weights (`data/weights/default.yml`), and because
"missing" must not count as "different". Names are in `name_similarity`.

Every feature is a function of aligned row numbers that holds its coded columns; pairs pass through in chunks, so
that memory is bounded by the chunk and the one byte per pair and feature that stays.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.dedupe.coding import Codes, carriers, coded, padded, shared
from pipeline.dedupe.identifiers import weak_ids
from pipeline.dedupe.memory import Memory, known_pairs
from pipeline.dedupe.name_similarity import FULL, LEVELS, name_levels
from pipeline.dedupe.name_table import NameTable, name_signatures, name_table
from pipeline.transform.names.place_words import region_of

Levels = npt.NDArray[np.int8]
Comparer = Callable[[Codes, Codes], Levels]

CHUNK = 1 << 17
"""Pairs compared at once: few enough for what is worked out of them to stay near the processor."""

SHAREABLE = ("missing", "differ", "agree_shared", "agree_few", "agree_rare")
IDENTIFIER = ("missing", "differ", "agree_weak", "agree")
PLACE = (
    "missing", "far", "same_region", "same_municipality", "other_municipality", "one_missing", "region_of",
    "supported", "area_unknown", "conflict", "former", "same",
)  # fmt: skip
P = {name: i for i, name in enumerate(PLACE)}
FEW, RARE = 8, 3
"""A phone, e-mail or host of at most `RARE` identities is the body's own; of at most `FEW`, perhaps an office's."""

VOCABULARY: Mapping[str, tuple[str, ...]] = {
    "name": LEVELS,
    "full_name": FULL,
    "legal_form": ("missing", "differ", "same", "one_marked"),
    "umbrella": ("none", "one_missing", "differ", "same"),
    "level": ("missing", "conflict", "same"),
    "section": ("none", "section_and_body", "differ", "same"),
    "dependent": ("none", "one_sided", "differ", "same"),
    "head": ("missing", "differ", "same"),
    "place": PLACE,
    "business_id": IDENTIFIER,
    "association_number": IDENTIFIER,
    "phone": SHAREABLE,
    "email": SHAREABLE,
    "host": SHAREABLE,
    "street": ("missing", "differ", "agree_shared", "agree_rare"),
}
"""Feature -> its levels, in the order of the codes."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The compared pairs: rows `a[i] < b[i]` of the features, and per feature the level of each pair."""

    a: Codes
    b: Codes
    levels: dict[str, Levels]
    weak: dict[str, npt.NDArray[np.bool_]]
    """Identifier column -> per record, whether its value is carried by bodies that cannot be one."""
    by_number: npt.NDArray[np.bool_] | None = None
    """Pairs that nothing but a register number brought together; null where that is not known."""


def compare(features: pa.Table, pairs: pa.Table, memory: Memory | None = None) -> Comparison:
    """Compares the candidate pairs; names that a memory knows are not compared again, and it remembers these."""
    a = np.asarray(pairs.column("a"), dtype=np.int32)
    b = np.asarray(pairs.column("b"), dtype=np.int32)
    levels = {name: np.zeros(len(a), dtype=np.int8) for name in VOCABULARY}
    table = name_table(features)
    todo = np.arange(len(a)) if memory is None else _recalled(memory, features, table, a, b, levels)
    for part in _chunks(len(todo)):
        rows = todo[part]
        levels["name"][rows], levels["full_name"][rows] = name_levels(table, a[rows], b[rows])
    weak = {}
    comparers = _comparers(features)
    for name in ("business_id", "association_number"):
        code, _ = coded(features.column(name))
        weak[name] = weak_ids(features, code, a, b, levels["name"])
        comparers[name] = _identifier(code, weak[name])
    for part in _chunks(len(a)):
        for name, comparer in comparers.items():
            levels[name][part] = comparer(a[part], b[part])
    by_number = np.asarray(pairs.column("by_number")) if "by_number" in pairs.column_names else None
    return Comparison(a, b, levels, weak, by_number)


def _recalled(
    memory: Memory, features: pa.Table, table: NameTable, a: Codes, b: Codes, levels: dict[str, Levels]
) -> npt.NDArray[np.int64]:
    """Fills in the names that compare as last time; the pairs that are left to compare."""
    ids = features.column("record_id").combine_chunks()
    signatures = name_signatures(features, table)
    known = known_pairs(memory, ids, signatures, a, b)
    hit = np.flatnonzero(known >= 0)
    for name in ("name", "full_name") if len(hit) else ():
        levels[name][hit] = memory.levels[name][known[hit]]
    memory.reused["pairs"] = len(hit)
    memory.next_signatures = signatures
    return np.flatnonzero(known < 0)


def _chunks(n: int) -> list[slice]:
    return [slice(i, i + CHUNK) for i in range(0, n, CHUNK)]


def _comparers(features: pa.Table) -> dict[str, Comparer]:
    """All features but names and register numbers."""
    identity, _ = coded(features.column("identity"))
    return {
        "legal_form": _legal_form(features),
        "umbrella": _one_sided(features, "umbrella"),
        "level": _told(features, "level", ignored=("section",)),
        "section": _one_sided(features, "section"),
        "dependent": _one_sided(features, "dependent"),
        "head": _told(features, "head"),
        "place": _place(features),
        "phone": _shareable(features, "phones", identity),
        "email": _shareable(features, "emails", identity),
        "host": _shareable(features, "hosts", identity),
        "street": _street(features, identity),
    }


def _told(features: pa.Table, column: str, ignored: tuple[str, ...] = ()) -> Comparer:
    """missing, differ, same."""
    code, values = coded(features.column(column))
    code = np.where(np.isin(code, [i for i, v in enumerate(values) if v in ignored]), -1, code)

    def levels(a: Codes, b: Codes) -> Levels:
        x, y = code[a], code[b]
        return np.where((x < 0) | (y < 0), 0, np.where(x == y, 2, 1)).astype(np.int8)

    return levels


def _legal_form(features: pa.Table) -> Comparer:
    """ "Unregistered" is what a source believes, and a body of its own law is an association to most: no conflict.

    A name without a form is mostly an association's; a foundation, co-operative or company says so.
    """
    told = _told(features, "legal_form", ignored=("unregistered", "julkyht"))
    code, values = coded(features.column("legal_form"))
    marked = np.array([v in ("sr", "osk", "oy") for v in values] + [False])[code]
    one_marked = VOCABULARY["legal_form"].index("one_marked")

    def levels(a: Codes, b: Codes) -> Levels:
        level = told(a, b)
        level[(level == 0) & (marked[a] != marked[b])] = one_marked
        return level

    return levels


def _one_sided(features: pa.Table, column: str) -> Comparer:
    """Neither has it, only one has it, they differ, they are the same."""
    code, _ = coded(features.column(column))

    def levels(a: Codes, b: Codes) -> Levels:
        x, y = code[a], code[b]
        return np.where((x < 0) & (y < 0), 0, np.where((x < 0) | (y < 0), 1, np.where(x == y, 3, 2))).astype(np.int8)

    return levels


def _identifier(code: Codes, weak: npt.NDArray[np.bool_]) -> Comparer:
    """A weak number (an umbrella's, copied) neither proves nor disproves much, whichever record carries it."""

    def levels(a: Codes, b: Codes) -> Levels:
        x, y = code[a], code[b]
        either_weak = weak[a] | weak[b]
        unequal, equal = np.where(either_weak, 0, 1), np.where(either_weak, 2, 3)
        return np.where((x < 0) | (y < 0), 0, np.where(x == y, equal, unequal)).astype(np.int8)

    return levels


def _shareable(features: pa.Table, column: str, identity: Codes) -> Comparer:
    matrix, values = padded(features.column(column))
    many = np.append(carriers(matrix, identity, len(values)), 0)

    def levels(a: Codes, b: Codes) -> Levels:
        x, y = matrix[a], matrix[b]
        level = np.where((x[:, 0] < 0) | (y[:, 0] < 0), 0, 1).astype(np.int8)
        told = np.flatnonzero(level)
        common = shared(x[told], y[told])
        n = many[common]
        level[told] = np.where(common < 0, 1, np.where(n <= RARE, 4, np.where(n <= FEW, 3, 2)))
        return level

    return levels


def _street(features: pa.Table, identity: Codes) -> Comparer:
    code, values = coded(features.column("street_key"))
    many = np.append(carriers(code[:, None], identity, len(values)), 0)

    def levels(a: Codes, b: Codes) -> Levels:
        x, y = code[a], code[b]
        agree = np.where(many[x] <= RARE, 3, 2)
        return np.where((x < 0) | (y < 0), 0, np.where(x == y, agree, 1)).astype(np.int8)

    return levels


def _place(features: pa.Table) -> Comparer:
    """Places in names first; where one name has none, the municipality of its address speaks, more softly."""
    key, _ = padded(features.column("place_keys"))
    place, places = padded(features.column("places"))
    town, towns = coded(features.column("municipality_code"))
    known = region_of()
    regions = {r: i for i, r in enumerate(sorted({*known.values(), *(p for p in places if p[0] in "RX")}))}
    region_of_place = np.array([regions.get(known.get(p, p), -1) for p in places] + [-1], dtype=np.int32)
    is_area = np.array([p[0] == "X" for p in places] + [False])
    is_region = np.array([p[0] == "R" for p in places] + [False])
    town_as_place = np.array([places.index(t) if t in set(places) else -1 for t in towns] + [-1], dtype=np.int32)
    region_of_town = np.array([regions.get(known.get(t, ""), -1) for t in towns] + [-1], dtype=np.int32)

    def both_placed(x: Codes, y: Codes, key_x: Codes, key_y: Codes) -> Levels:
        level = np.full(len(x), P["conflict"], dtype=np.int8)
        same_region = region_of_place[x[:, 0]] == region_of_place[y[:, 0]]
        level[(is_region[x[:, 0]] != is_region[y[:, 0]]) & same_region] = P["region_of"]
        # whether a town lies in an area without a register is not known; two such areas are two (Etelä-, Pohjois-Suomi)
        level[is_area[x[:, 0]] != is_area[y[:, 0]]] = P["area_unknown"]
        level[shared(x, y) >= 0] = P["former"]
        level[shared(key_x, key_y) >= 0] = P["same"]
        return level

    def levels(a: Codes, b: Codes) -> Levels:
        x, y = place[a], place[b]
        has_x, has_y = x[:, 0] >= 0, y[:, 0] >= 0
        level = np.full(len(a), P["missing"], dtype=np.int8)

        both = np.flatnonzero(has_x & has_y)
        level[both] = both_placed(x[both], y[both], key[a[both]], key[b[both]])

        for p, other in ((x, b), (y, a)):
            one = (p[:, 0] >= 0) & ~(place[other][:, 0] >= 0)
            t, r = town_as_place[town[other]], region_of_town[town[other]]
            level[one] = P["other_municipality"]
            level[one & (town[other] < 0)] = P["one_missing"]
            level[one & is_area[p[:, 0]]] = P["one_missing"]
            level[one & is_region[p[:, 0]] & (region_of_place[p[:, 0]] == r)] = P["region_of"]
            level[one & (p == t[:, None]).any(1) & (t >= 0)] = P["supported"]

        neither = ~has_x & ~has_y & (town[a] >= 0) & (town[b] >= 0)
        level[neither] = P["far"]
        level[neither & (region_of_town[town[a]] == region_of_town[town[b]])] = P["same_region"]
        level[neither & (town[a] == town[b])] = P["same_municipality"]
        return level

    return levels
