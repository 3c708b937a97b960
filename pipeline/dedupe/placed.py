"""What a village makes of a name: a place, and a core without it.

Belongs here: the parts of names whose village is known. Which word of a name that is, `villages` decides.
"""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.coding import Bools, distinct
from pipeline.dedupe.cores import Cores
from pipeline.dedupe.village_spelling import known_places
from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.umbrellas import find_umbrella, may_be_umbrella
from pipeline.transform.names.word_lists import TEXT, Ints, replaced

_MANY = pa.list_(TEXT)


def placed(cores: Cores, rows: Ints, at: Ints, told: dict[str, pa.Array], villages: dict[str, str]) -> dict[str, Any]:
    """The parts of some names (`rows`, rising) without the village that stands `at` a position of each.

    `told` are `umbrella, level, dependent` of these names; `villages` tells how each village is meant. One that is a
    municipality in an unusual position or spelling is that. Gives these parts, `core, places` and `place_keys`.
    """
    village = cores.place[cores.word_at(rows, at)]
    name, code = _rest(cores, rows, village)
    offsets = np.searchsorted(name, np.arange(len(rows) + 1)).astype(np.int32)
    parts: dict[str, Any] = dict(told)
    parts["core"] = pa.ListArray.from_arrays(pa.array(offsets), cores.words.take(pa.array(code)))
    is_higher = pc.fill_null(pc.equal(told["level"], "national"), True)
    parts["level"] = pc.if_else(is_higher, "local", told["level"])
    parts["places"], parts["place_keys"] = _places(cores, village, villages)
    again = np.flatnonzero(_tell_more(cores, name, code, offsets, told))
    some = pa.array(again)
    columns = ("umbrella", "core", "dependent")
    found = [_read_again(*of) for of in zip(*(parts[c].take(some).to_pylist() for c in columns), strict=True)]
    for n, column in enumerate(columns):
        parts[column] = replaced(parts[column], again, [of[n] for of in found])
    return parts


def _rest(cores: Cores, rows: Ints, village: Ints) -> tuple[Ints, Ints]:
    """(name, its number among `rows`, distinct word) of all words but the village, however it is inflected."""
    number = np.full(len(cores.count), -1, dtype=np.int64)
    number[rows] = np.arange(len(rows))
    name = number[cores.row]
    is_rest = (name >= 0) & (cores.place[cores.code] != np.append(village, -1)[name])
    return name[is_rest], cores.code[is_rest]


def _places(cores: Cores, village: Ints, villages: dict[str, str]) -> tuple[pa.Array, pa.Array]:
    """(places, place keys) that each village means."""
    each = distinct(village)
    meant = [villages[v] for v in cores.places.take(pa.array(each)).to_pylist()]
    towns = [known_places().get(m) for m in meant]
    places = [[f"V{m}"] if town is None else list(town.codes) for m, town in zip(meant, towns, strict=True)]
    keys = [[f"V{m}"] if town is None else list(town.keys) for m, town in zip(meant, towns, strict=True)]
    at = pa.array(np.searchsorted(each, village))
    return pa.array(places, _MANY).take(at), pa.array(keys, _MANY).take(at)


def _tell_more(cores: Cores, name: Ints, code: Ints, offsets: pa.Array, told: dict[str, pa.Array]) -> Bools:
    """Names of which the rest may have an umbrella or end in a body beside another, where they told none."""
    words = cores.words.take(pa.array(each := distinct(code))).to_pylist()
    of = np.searchsorted(each, code)
    may_be = np.array([may_be_umbrella(w) for w in words], dtype=bool)[of]
    has_umbrella = np.bincount(name[may_be], minlength=len(offsets) - 1) > 0
    is_body = np.array([w in lexicon().dependents for w in words], dtype=bool)[of]
    ends_in_body = np.zeros(len(offsets) - 1, dtype=bool)
    filled = np.flatnonzero(offsets[1:] - offsets[:-1] > 1)
    ends_in_body[filled] = is_body[offsets[1:][filled] - 1]
    no_umbrella, no_dependent = (np.asarray(told[c].is_null(), dtype=bool) for c in ("umbrella", "dependent"))
    return (no_umbrella & has_umbrella) | (no_dependent & ends_in_body)


def _read_again(
    umbrella: str | None, core: list[str], dependent: str | None
) -> tuple[str | None, list[str], str | None]:
    """(umbrella, core, dependent) of what is left of a name, where it told less before."""
    if umbrella is None and (found := find_umbrella(list(core))) is not None:
        umbrella = found.pattern.umbrella
        del core[found.start : found.end]
    if dependent is None and len(core) > 1 and core[-1] in lexicon().dependents:
        dependent = lexicon().dependents[core.pop()]  # "Eläkkeensaajien Veteraanit Mustinlahden"
    return umbrella, core, dependent
