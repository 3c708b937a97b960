"""How the places of two records compare: those in their names first, softer the towns of their addresses.

Belongs here: the levels of the feature `place`. Which place a name means is in `localities` and `transform.names`.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.dedupe.coding import Codes, coded, padded, shared
from pipeline.dedupe.localities import namesake_towns
from pipeline.transform.names.place_words import region_of

Levels = npt.NDArray[np.int8]

PLACE = (
    "missing", "far", "far_local", "same_region", "near_local", "same_municipality", "other_municipality",
    "one_missing", "region_of", "supported", "area_unknown", "conflict", "former", "namesake", "same_elsewhere", "same",
)  # fmt: skip
PARENTS = "vanhempainyhdistys"
"""The body beside a school that every town has."""
P = {name: i for i, name in enumerate(PLACE)}
"""Level -> its code."""


def _is_local(features: pa.Table) -> npt.NDArray[np.bool_]:
    """Bodies of one town by their kind: chapters, clubs, villages, the parents of a school."""
    level, levels = coded(features.column("level"))
    dependent, dependents = coded(features.column("dependent"))
    umbrella = np.asarray(features.column("umbrella").is_valid(), dtype=bool)
    is_told = np.array([w == "local" for w in levels] + [False])[level]
    of_umbrella = umbrella & (level < 0)
    return np.asarray(is_told | of_umbrella | np.array([w == PARENTS for w in dependents] + [False])[dependent])


def _has_other(x: Codes, y: Codes) -> npt.NDArray[np.bool_]:
    """Which rows of x have a code that y has not."""
    return ((x >= 0) & ~(x[:, :, None] == y[:, None, :]).any(2)).any(1)


def place_levels(features: pa.Table) -> Callable[[Codes, Codes], Levels]:
    """Places in names first; where one name has none, the municipality of its address speaks, more softly."""
    key, _ = padded(features.column("place_keys"))
    place, said = padded(features.column("places"))
    places = said.to_pylist()
    town, towns = coded(features.column("municipality_code"))
    known = region_of()
    regions = {r: i for i, r in enumerate(sorted({*known.values(), *(p for p in places if p[0] in "RX")}))}
    region_of_place = np.array([regions.get(known.get(p, p), -1) for p in places] + [-1], dtype=np.int32)
    is_area = np.array([p[0] == "X" for p in places] + [False])
    is_region = np.array([p[0] == "R" for p in places] + [False])
    number = {p: i for i, p in enumerate(places)}
    town_as_place = np.array([number.get(t, -1) for t in towns] + [-1], dtype=np.int32)
    region_of_town = np.array([regions.get(known.get(t, ""), -1) for t in towns] + [-1], dtype=np.int32)
    is_spot = np.array([p[0] not in "RX" for p in places] + [False])
    namesake = namesake_towns(features)
    local = _is_local(features)

    first, first_key = place[:, 0].copy(), key[:, 0].copy()
    has_several = ((place >= 0).sum(1) > 1) | ((key >= 0).sum(1) > 1)

    def both_placed(a: Codes, b: Codes) -> Levels:
        x, y = first[a], first[b]
        level = np.full(len(x), P["conflict"], dtype=np.int8)
        level[(is_region[x] != is_region[y]) & (region_of_place[x] == region_of_place[y])] = P["region_of"]
        # whether a town lies in an area without a register is not known; two such areas are two (Etelä-, Pohjois-Suomi)
        level[is_area[x] != is_area[y]] = P["area_unknown"]
        level[x == y] = P["former"]
        level[(first_key[a] == first_key[b]) & (first_key[a] >= 0)] = P["same"]
        several = np.flatnonzero(has_several[a] | has_several[b])
        level[several] = of_several(a[several], b[several], level[several])
        return level

    def of_several(a: Codes, b: Codes, level: Levels) -> Levels:
        """As levels of their first places, where one of two names has several."""
        x, y = place[a], place[b]
        common = shared(x, y)
        level[common >= 0] = P["former"]
        level[shared(key[a], key[b]) >= 0] = P["same"]
        # "Karjalan Liiton Satakunnan piiri" and "Karjalan Liiton Pirkanmaan piiri" name one place and another each
        level[(common >= 0) & _has_other(x, y) & _has_other(y, x)] = P["conflict"]
        return level

    def one_placed(mine: Codes, other: Codes) -> Levels:
        """Only `mine` has a place in its name."""
        p, t, r = first[mine], town_as_place[town[other]], region_of_town[town[other]]
        level = np.full(len(mine), P["other_municipality"], dtype=np.int8)
        level[town[other] < 0] = P["one_missing"]
        level[is_area[p]] = P["one_missing"]
        level[is_region[p] & (region_of_place[p] == r)] = P["region_of"]
        level[(place[mine] == t[:, None]).any(1) & (t >= 0)] = P["supported"]
        return level

    def levels(a: Codes, b: Codes) -> Levels:
        has_x, has_y = first[a] >= 0, first[b] >= 0
        level = np.full(len(a), P["missing"], dtype=np.int8)
        both = np.flatnonzero(has_x & has_y)
        level[both] = both_placed(a[both], b[both])
        same = both[level[both] == P["same"]]
        level[same] = of_same(a[same], b[same])
        for one, mine, other in ((has_x & ~has_y, a, b), (has_y & ~has_x, b, a)):
            rows = np.flatnonzero(one)
            level[rows] = one_placed(mine[rows], other[rows])
        rows = np.flatnonzero(~has_x & ~has_y)
        level[rows] = none_placed(a[rows], b[rows])
        return level

    def of_same(a: Codes, b: Codes) -> Levels:
        """Both names have the same place."""
        level = np.full(len(a), P["same"], dtype=np.int8)
        one, other = namesake[a], namesake[b]
        told = (one >= 0) & (other >= 0)
        level[(one != -1) & (other != -1) & ~told] = P["namesake"]
        level[told & (one != other)] = P["other_municipality"]
        x, y = town[a], town[b]
        apart = (x >= 0) & (y >= 0) & (region_of_town[x] != region_of_town[y])
        level[(level == P["same"]) & apart & is_spot[first[a]]] = P["same_elsewhere"]
        return level

    def none_placed(a: Codes, b: Codes) -> Levels:
        """Neither name has a place; the towns of the addresses speak."""
        x, y = town[a], town[b]
        both_local = local[a] & local[b]
        near = region_of_town[x] == region_of_town[y]
        level = np.where(near, P["same_region"], P["far"])
        level = np.where(both_local, np.where(near, P["near_local"], P["far_local"]), level)
        level[x == y] = P["same_municipality"]
        level[(x < 0) | (y < 0)] = P["missing"]
        return level.astype(np.int8)

    return levels
