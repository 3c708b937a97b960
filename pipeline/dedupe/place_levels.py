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
        x, y = first[a], first[b]
        has_x, has_y = x >= 0, y >= 0
        level = np.full(len(a), P["missing"], dtype=np.int8)

        both = np.flatnonzero(has_x & has_y)
        level[both] = both_placed(a[both], b[both])
        same = (level == P["same"]) & (namesake[a] != -1) & (namesake[b] != -1)
        told = (namesake[a] >= 0) & (namesake[b] >= 0)
        level[same & ~told] = P["namesake"]
        level[same & told & (namesake[a] != namesake[b])] = P["other_municipality"]
        apart = (town[a] >= 0) & (town[b] >= 0) & (region_of_town[town[a]] != region_of_town[town[b]])
        level[(level == P["same"]) & apart & is_spot[x]] = P["same_elsewhere"]

        for one, mine, other in ((has_x & ~has_y, a, b), (has_y & ~has_x, b, a)):
            rows = np.flatnonzero(one)
            level[rows] = one_placed(mine[rows], other[rows])

        neither = ~has_x & ~has_y & (town[a] >= 0) & (town[b] >= 0)
        level[neither] = P["far"]
        level[neither & (region_of_town[town[a]] == region_of_town[town[b]])] = P["same_region"]
        both_local = neither & local[a] & local[b]
        level[both_local & (level == P["far"])] = P["far_local"]
        level[both_local & (level == P["same_region"])] = P["near_local"]
        level[neither & (town[a] == town[b])] = P["same_municipality"]
        return level

    return levels
