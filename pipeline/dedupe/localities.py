"""Which place a name means where its spelling leaves two, told by the addresses of the records that carry it.

"Hoilolan kyläyhdistys" with an address in Joensuu is of Hoilola, and no mistyped Hollola; "Kupion Martat" of Kuopio
is a typing error. A village seldom written is a spelling of a more frequent one in the same municipality. Without any
address, a place one letter from a municipality's name is that municipality.

Belongs here: choosing among readings. Finding places in a name is in `transform.names` and in `villages`.
"""

from collections import Counter, defaultdict

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.coding import Codes, coded, padded
from pipeline.dedupe.village_spelling import known_places
from pipeline.transform.names.place_words import PlaceWord, place_words
from pipeline.transform.names.slips import deletions
from pipeline.transform.names.stems import place_stem
from pipeline.transform.names.typing_errors import repaired
from pipeline.transform.names.word_lists import flat as flatten
from pipeline.transform.names.word_lists import replaced

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
    written, read_as = _written(parts)
    if not written:
        return parsed
    towns = _addresses(written, flat, owner, records)
    meant = _villages(Counter(written.values()), towns, read_as)
    rows = np.fromiter(written, dtype=np.int64)
    for n, column in enumerate(("places", "place_keys")):
        parts[column] = replaced(parts[column], rows, [meant[village][n] for village in written.values()])
    return pa.table({c: parts.get(c, parsed.column(c)) for c in parsed.column_names})


def namesake_towns(features: pa.Table) -> Codes:
    """Per record the code of its municipality where its village's name is that of villages elsewhere too, -2 where
    such a record tells no municipality, else -1.

    Two such records with different municipalities are of two villages. Elsewhere an address in another municipality
    only says that somebody moved.
    """
    village, values = padded(features.column("place_keys"))
    is_village = np.array([v[0] == "V" for v in values] + [False])[village[:, 0]]
    town = coded(features.column("municipality_code"))[0]
    told = np.flatnonzero(is_village & (town >= 0))
    if not len(told):
        return np.full(len(features), -1, dtype=np.int32)
    pair, n = np.unique(village[told, 0].astype(np.int64) << 32 | town[told], return_counts=True)
    total = np.bincount(village[told, 0], minlength=len(values))
    at_home = (n >= 2) & (n >= HOME * total[pair >> 32])
    several = np.bincount(pair[at_home] >> 32, minlength=len(values)) > 1
    is_namesake = is_village & np.append(several, False)[village[:, 0]]
    return np.where(is_namesake, np.where(town >= 0, town, -2), -1).astype(np.int32)


def _written(parts: dict[str, pa.Array]) -> tuple[dict[int, str], dict[str, PlaceWord]]:
    """(row -> the village as written, for names of a village and of a municipality read through a typing error;
    village -> the municipality it was read as)."""
    rows = np.flatnonzero(np.asarray(pc.list_value_length(parts["place_keys"])) == 1)
    keys = pc.list_element(parts["place_keys"].take(pa.array(rows)), 0)
    is_village = np.asarray(pc.starts_with(keys, "V"), dtype=bool)
    villages = pc.utf8_slice_codeunits(keys.filter(pa.array(is_village)), 1).to_pylist()
    found: dict[int, str] = dict(zip(rows[is_village].tolist(), villages, strict=True))
    read_as: dict[str, PlaceWord] = {}
    known = place_words()
    is_town = ~np.asarray(pc.match_substring_regex(keys, "^[RXV]"), dtype=bool)
    towns = pa.array(rows[is_town])
    texts, asciis = (parts[c].take(towns).to_pylist() for c in ("place_text", "ascii"))
    for i, text, ascii_ in zip(rows[is_town].tolist(), texts, asciis, strict=True):
        if text and text not in ascii_ and text in known:
            word = next((w for w in ascii_.split(" ") if repaired(w) == text), None)
            if word is not None:
                found[i] = place_stem(word)
                read_as[found[i]] = known[text]
    return found, read_as


def _addresses(written: dict[int, str], flat: Rows, owner: Rows, records: pa.Table) -> dict[str, Counter[str]]:
    """Village -> municipalities of the records whose names have it."""
    code, codes = coded(records.column("municipality_code"))
    is_asked = np.zeros(int(flat.max(initial=-1)) + 1, dtype=bool)
    is_asked[[i for i in written if i < len(is_asked)]] = True
    use = np.flatnonzero(is_asked[flat] & (code[owner] >= 0))
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for i, c in zip(flat[use].tolist(), code[owner[use]].tolist(), strict=True):
        found[written[i]][codes[c]] += 1
    return found


def _villages(
    often: Counter[str], towns: dict[str, Counter[str]], read_as: dict[str, PlaceWord]
) -> dict[str, tuple[list[str], list[str]]]:
    """Village -> (places, place keys) that it means."""
    known = known_places()
    near_town: dict[str, set[str]] = defaultdict(set)
    for word in known:
        for key in deletions(word):
            near_town[key].add(word)
    meant: dict[str, tuple[list[str], list[str]]] = {}
    frequent: dict[str, list[str]] = defaultdict(list)
    for village in sorted(often, key=lambda v: (-often[v], v)):
        at = towns.get(village, Counter())
        words = {w for k in deletions(village) for w in near_town.get(k, ()) if _alike(w, village)}
        near = {known[w].codes: known[w] for w in sorted(words)}  # several words of one municipality: one of them
        if village in read_as:
            near[read_as[village].codes] = read_as[village]
        town = _town(at, [near[c] for c in sorted(near)])
        if town is not None:
            meant[village] = (list(town.codes), list(town.keys))
            continue
        other = _other(village, at, often, frequent, towns)
        meant[village] = meant[other] if other else ([f"V{village}"], [f"V{village}"])
        if other is None:
            for key in deletions(village):
                frequent[key].append(village)
    return meant


def _town(at: Counter[str], near: list[PlaceWord]) -> PlaceWord | None:
    """The municipality one letter away, if the addresses are there or nobody tells an address."""
    total = sum(at.values())
    fits = [t for t in near if sum(at[c] for c in t.codes) >= MOSTLY * total]
    return fits[0] if len(fits) == 1 else None


def _other(
    village: str, at: Counter[str], often: Counter[str], frequent: dict[str, list[str]], towns: dict[str, Counter[str]]
) -> str | None:
    """The more frequent village one letter away in the same municipality."""
    if often[village] > SELDOM or len(village) < SHORTEST or not at:
        return None
    near = sorted({v for key in deletions(village) for v in frequent.get(key, ())})
    fits = [v for v in near if _alike(v, village) and not at.keys().isdisjoint(towns.get(v, {}))]
    return fits[0] if len(fits) == 1 else None


def _alike(one: str, other: str) -> bool:
    """Equal first letters, or the first two exchanged: Tuusjärvi and Kuusjärvi are two villages."""
    return one[0] == other[0] or one[:2] == other[1::-1]
