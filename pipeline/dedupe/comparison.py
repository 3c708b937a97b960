"""How each feature of a candidate pair came out: one level per feature, never a number.

Levels, not scores, because a person can read and correct their weights (`data/weights/default.yml`), and because
"missing" must not count as "different". Names are in `name_similarity`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.dedupe.coding import Codes, carriers, coded, padded, shared
from pipeline.dedupe.identifiers import weak_ids
from pipeline.dedupe.name_similarity import FULL, LEVELS, name_levels
from pipeline.transform.names.place_words import region_of

Levels = npt.NDArray[np.int8]

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


def compare(features: pa.Table, pairs: pa.Table) -> Comparison:
    """Compares the candidate pairs."""
    a = np.asarray(pairs.column("a"), dtype=np.int32)
    b = np.asarray(pairs.column("b"), dtype=np.int32)
    levels: dict[str, Levels] = {}
    levels["name"], levels["full_name"] = name_levels(features, a, b)
    levels["legal_form"] = _legal_form(features, a, b)
    levels["umbrella"] = _umbrella(features, a, b)
    levels["level"] = _told(features, "level", a, b, ignored=("section",))
    levels["section"] = _section(features, a, b)
    levels["head"] = _told(features, "head", a, b)
    levels["place"] = _place(features, a, b)
    weak = {}
    for name in ("business_id", "association_number"):
        code, _ = coded(features.column(name))
        weak[name] = weak_ids(features, code, a, b, levels["name"])
        levels[name] = _identifier(code, weak[name], a, b)
    identity, _ = coded(features.column("identity"))
    for name, column in (("phone", "phones"), ("email", "emails"), ("host", "hosts")):
        levels[name] = _shareable(features, column, identity, a, b)
    levels["street"] = _street(features, identity, a, b)
    return Comparison(a, b, levels, weak)


def _told(features: pa.Table, column: str, a: Codes, b: Codes, ignored: tuple[str, ...] = ()) -> Levels:
    """missing, differ, same."""
    code, values = coded(features.column(column))
    for value in ignored:
        if value in values:
            code = np.where(code == values.index(value), -1, code)
    x, y = code[a], code[b]
    return np.where((x < 0) | (y < 0), 0, np.where(x == y, 2, 1)).astype(np.int8)


def _legal_form(features: pa.Table, a: Codes, b: Codes) -> Levels:
    """ "Unregistered" is what a source believes, and a body of its own law is an association to most: no conflict.

    A name without a form is mostly an association's; a foundation, co-operative or company says so.
    """
    level = _told(features, "legal_form", a, b, ignored=("unregistered", "julkyht"))
    code, values = coded(features.column("legal_form"))
    marked = np.array([v in ("sr", "osk", "oy") for v in values] + [False])[code]
    level[(level == 0) & (marked[a] != marked[b])] = VOCABULARY["legal_form"].index("one_marked")
    return level


def _umbrella(features: pa.Table, a: Codes, b: Codes) -> Levels:
    code, _ = coded(features.column("umbrella"))
    x, y = code[a], code[b]
    return np.where((x < 0) & (y < 0), 0, np.where((x < 0) | (y < 0), 1, np.where(x == y, 3, 2))).astype(np.int8)


def _section(features: pa.Table, a: Codes, b: Codes) -> Levels:
    code, _ = coded(features.column("section"))
    x, y = code[a], code[b]
    return np.where((x < 0) & (y < 0), 0, np.where((x < 0) | (y < 0), 1, np.where(x == y, 3, 2))).astype(np.int8)


def _identifier(code: Codes, weak: npt.NDArray[np.bool_], a: Codes, b: Codes) -> Levels:
    """A weak number (an umbrella's, copied) neither proves nor disproves much, whichever record carries it."""
    x, y = code[a], code[b]
    either_weak = weak[a] | weak[b]
    differ = np.where(either_weak, 0, 1)
    agree = np.where(either_weak, 2, 3)
    return np.where((x < 0) | (y < 0), 0, np.where(x == y, agree, differ)).astype(np.int8)


def _shareable(features: pa.Table, column: str, identity: Codes, a: Codes, b: Codes) -> Levels:
    matrix, values = padded(features.column(column))
    many = carriers(matrix, identity, len(values))
    x, y = matrix[a], matrix[b]
    common = shared(x, y)
    level = np.where((x[:, 0] < 0) | (y[:, 0] < 0), 0, 1)
    hit = common >= 0
    n = many[common[hit]]
    level[hit] = np.where(n <= RARE, 4, np.where(n <= FEW, 3, 2))
    return level.astype(np.int8)


def _street(features: pa.Table, identity: Codes, a: Codes, b: Codes) -> Levels:
    code, values = coded(features.column("street_key"))
    many = carriers(code[:, None], identity, len(values))
    x, y = code[a], code[b]
    level = np.where((x < 0) | (y < 0), 0, 1)
    hit = (x == y) & (x >= 0)
    level[hit] = np.where(many[x[hit]] <= RARE, 3, 2)
    return level.astype(np.int8)


def _place(features: pa.Table, a: Codes, b: Codes) -> Levels:
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

    x, y = place[a], place[b]
    has_x, has_y = x[:, 0] >= 0, y[:, 0] >= 0
    level = np.full(len(a), P["missing"], dtype=np.int8)

    both = has_x & has_y
    same_region = region_of_place[x[:, 0]] == region_of_place[y[:, 0]]
    one_region = (is_region[x[:, 0]] != is_region[y[:, 0]]) & same_region
    area = is_area[x[:, 0]] | is_area[y[:, 0]]
    level[both] = P["conflict"]
    level[both & one_region] = P["region_of"]
    level[both & area] = P["area_unknown"]
    level[both & (shared(x, y) >= 0)] = P["former"]
    level[both & (shared(key[a], key[b]) >= 0)] = P["same"]

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
