"""Which place a name means where its spelling leaves two, told by the addresses of the records that carry it.

"Hoilolan kyläyhdistys" with an address in Joensuu is of Hoilola, and no mistyped Hollola; "Kupion Martat" of Kuopio
is a typing error. A village seldom written is a spelling of a more frequent one in the same municipality. Without any
address, a place one letter from a municipality's name is that municipality.

Belongs here: choosing among readings. Finding places in a name is in `transform.names` and in `villages`.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from operator import contains

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.coding import Codes, coded, codes_of, padded
from pipeline.dedupe.village_spelling import keys_of, known_places, towns_near
from pipeline.transform.names.place_words import PlaceWord, place_words
from pipeline.transform.names.stems import place_stem
from pipeline.transform.names.typing_errors import repaired
from pipeline.transform.names.word_lists import TEXT, exchanged, first_of
from pipeline.transform.names.word_lists import flat as flatten

MOSTLY = 0.5
"""Share of the known addresses that must lie in a municipality for the name to be a spelling of it."""
SELDOM = 2
"""A village in at most so many names may be a spelling of another."""
HOME = 0.15
"""Share of a village's addresses, and at least two, that put a village of the name into a municipality."""
SHORTEST = 5
"""Letters from which a village may be another one mistyped."""

Rows = npt.NDArray[np.int64]


def settled(parsed: pa.Table, flat: Rows, owner: Rows, records: pa.Table) -> pa.Table:
    """The parsed distinct names with the places that their records' addresses settle.

    `flat` and `owner` hold, for every name of every record, the row of `parsed` and of `records` (which has the
    column `municipality_code`).
    """
    parts = {c: flatten(parsed.column(c)) for c in ("places", "place_keys", "place_text", "ascii")}
    rows, village, villages, read_as = _written(parts)
    if not len(rows):
        return parsed
    often = dict(zip(villages, np.bincount(village).tolist(), strict=True))
    of_name = np.full(len(parsed), -1, dtype=np.int64)
    of_name[rows] = village
    meant = _villages(often, _addresses(of_name[flat], owner, records, villages), read_as)
    for n, column in enumerate(("places", "place_keys")):
        values = pa.array([meant[v][n] for v in villages], parts[column].type)
        parts[column] = exchanged(parts[column], rows, values, village)
    return pa.table({c: parts.get(c, parsed.column(c)) for c in parsed.column_names})


def namesake_towns(features: pa.Table) -> Codes:
    """Per record the code of its municipality where its village's name is that of villages elsewhere too, -2 where
    such a record tells no municipality, else -1.

    Two such records with different municipalities are of two villages. Elsewhere an address in another municipality
    only says that somebody moved.
    """
    village, values = padded(features.column("place_keys"))
    is_village = np.array([v[0] == "V" for v in values.to_pylist()] + [False])[village[:, 0]]
    town = codes_of(features.column("municipality_code"))
    told = np.flatnonzero(is_village & (town >= 0))
    if not len(told):
        return np.full(len(features), -1, dtype=np.int32)
    pair, n = np.unique(village[told, 0].astype(np.int64) << 32 | town[told], return_counts=True)
    total = np.bincount(village[told, 0], minlength=len(values))
    at_home = (n >= 2) & (n >= HOME * total[pair >> 32])
    several = np.bincount(pair[at_home] >> 32, minlength=len(values)) > 1
    is_namesake = is_village & np.append(several, False)[village[:, 0]]
    return np.where(is_namesake, np.where(town >= 0, town, -2), -1).astype(np.int32)


def _written(parts: dict[str, pa.Array]) -> tuple[Rows, Rows, list[str], dict[str, PlaceWord]]:
    """(names of a village and of a municipality read through a typing error; the village that each has as it is
    written, a number; the villages; village -> the municipality it was read as)."""
    rows = np.flatnonzero(np.asarray(pc.list_value_length(parts["place_keys"])) == 1)
    keys = first_of(parts["place_keys"].take(pa.array(rows)))
    is_village = np.asarray(pc.starts_with(keys, "V"), dtype=bool)
    villages = pc.utf8_slice_codeunits(keys.filter(pa.array(is_village)), 1)
    towns = rows[~np.asarray(pc.match_substring_regex(keys, "^[RXV]"), dtype=bool)]
    texts, asciis = (pc.fill_null(parts[c].take(pa.array(towns)), "").to_pylist() for c in ("place_text", "ascii"))
    other = np.flatnonzero(~np.fromiter(map(contains, asciis, texts), dtype=bool, count=len(towns)))
    read: dict[int, str] = {}
    read_as: dict[str, PlaceWord] = {}
    known = place_words()
    for i in other.tolist():
        if texts[i] in known:
            word = next((w for w in asciis[i].split(" ") if repaired(w) == texts[i]), None)
            if word is not None:
                read[i] = place_stem(word)
                read_as[read[i]] = known[texts[i]]
    every = pa.concat_arrays([villages, pa.array(list(read.values()), TEXT)]).dictionary_encode()
    village = np.asarray(every.indices, dtype=np.int64)
    return np.concatenate([rows[is_village], towns[list(read)]]), village, every.dictionary.to_pylist(), read_as


def _addresses(village: Rows, owner: Rows, records: pa.Table, villages: list[str]) -> dict[str, Counter[str]]:
    """Village -> municipalities of the records whose names have it; `village` is that of each name, -1 for none."""
    code, towns = coded(records.column("municipality_code"))
    use = np.flatnonzero(village >= 0)
    use = use[code[owner[use]] >= 0]
    size = max(len(towns), 1)
    pairs, times = np.unique(village[use] * size + code[owner[use]], return_counts=True)
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for pair, n in zip(pairs.tolist(), times.tolist(), strict=True):
        found[villages[pair // size]][towns[pair % size]] = n
    return found


def _villages(
    often: Mapping[str, int], towns: Mapping[str, Counter[str]], read_as: Mapping[str, PlaceWord]
) -> dict[str, tuple[list[str], list[str]]]:
    """Village -> (places, place keys) that it means."""
    known, near_town, nowhere = known_places(), towns_near(), Counter[str]()
    seldom = {v for v in often if often[v] <= SELDOM and len(v) >= SHORTEST and v in towns}
    asked = {key for v in seldom for key in keys_of(v)}
    meant: dict[str, tuple[list[str], list[str]]] = {}
    frequent: dict[str, list[str]] = defaultdict(list)
    for village in sorted(often, key=lambda v: (-often[v], v)):
        at = towns.get(village, nowhere)
        keys = keys_of(village)
        is_near = not near_town.keys().isdisjoint(keys)
        words = {w for k in keys for w in near_town.get(k, ()) if _alike(w, village)} if is_near else set[str]()
        near = {known[w].codes: known[w] for w in sorted(words)}  # several words of one municipality: one of them
        if village in read_as:
            near[read_as[village].codes] = read_as[village]
        town = _town(at, [near[c] for c in sorted(near)])
        if town is not None:
            meant[village] = (list(town.codes), list(town.keys))
            continue
        other = _other(village, at, frequent, towns) if village in seldom else None
        meant[village] = meant[other] if other else ([f"V{village}"], [f"V{village}"])
        if other is None:
            for key in asked.intersection(keys):
                frequent[key].append(village)
    return meant


def _town(at: Counter[str], near: list[PlaceWord]) -> PlaceWord | None:
    """The municipality one letter away, if the addresses are there or nobody tells an address."""
    total = sum(at.values()) if near else 0
    fits = [t for t in near if sum(at[c] for c in t.codes) >= MOSTLY * total]
    return fits[0] if len(fits) == 1 else None


def _other(
    village: str, at: Counter[str], frequent: Mapping[str, list[str]], towns: Mapping[str, Counter[str]]
) -> str | None:
    """The more frequent village one letter away in the same municipality."""
    near = sorted({v for key in keys_of(village) for v in frequent.get(key, ())})
    fits = [v for v in near if _alike(v, village) and not at.keys().isdisjoint(towns.get(v, {}))]
    return fits[0] if len(fits) == 1 else None


def _alike(one: str, other: str) -> bool:
    """Equal first letters, or the first two exchanged: Tuusjärvi and Kuusjärvi are two villages."""
    return one[0] == other[0] or one[:2] == other[1::-1]
