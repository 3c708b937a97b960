"""Villages that no list holds, found in names by the company they keep.

*A frame that recurs with many places is that of chapters*: beside "Kuopion Martat" and "Porin Martat", "Mustinlahden
Martat" is of a place called Mustinlahti. A frame is what is left of a name without its place.

Belongs here: which word of a name without a place is a village, and what that makes of the name. Which village a
doubtful spelling means is told by addresses, see `localities`.
"""

from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.coding import Bools, distinct
from pipeline.dedupe.cores import Cores, cores_of
from pipeline.dedupe.placed import placed
from pipeline.dedupe.village_spelling import spelled
from pipeline.transform.names.many_stems import place_stems, stems_joined
from pipeline.transform.names.word_lists import (
    TEXT,
    Ints,
    coded_words,
    codes,
    exchanged,
    firsts,
    spoken,
)

PLACES = 3
"""Places with which a frame must be seen to be one of chapters."""
OFTEN_BESIDE = 0.2
"""A word that stands beside a known place in more than this share of its names is no place itself."""

_BETWEEN = "\x1f"
_TOLD = ("umbrella", "level", "dependent")


def with_villages(parsed: dict[str, Any]) -> None:
    """Reads the names without a place again; a village becomes a place ("V" and a stem)."""
    frames = _frames(parsed)
    if not len(frames):
        return
    placeless = np.flatnonzero(np.asarray(pc.list_value_length(parsed["places"])) == 0)
    some = pa.array(placeless)
    told = {c: parsed[c].take(some) for c in (*_TOLD, "core")}
    kind = codes(spoken(told["core"]), *(told[c] for c in _TOLD))
    first = pa.array(firsts(kind))
    told = {c: column.take(first) for c, column in told.items()}
    cores = cores_of(told["umbrella"], told.pop("core"))
    villages = spelled(_seen(parsed, cores, np.bincount(kind), frames))
    rows, at = _villages_of(cores, frames, villages)
    parts = placed(cores, rows, at, {c: column.take(pa.array(rows)) for c, column in told.items()}, villages)
    parts["stems"] = stems_joined(parts["core"])
    number = np.full(len(first), -1, dtype=np.int64)
    number[rows] = np.arange(len(rows))
    again = np.flatnonzero(number[kind] >= 0)
    for column, values in parts.items():
        parsed[column] = exchanged(parsed[column], placeless[again], values, number[kind[again]])


def _frames(parsed: dict[str, Any]) -> pa.Array:
    """What is left of names without their place, where it is seen with enough places; see `_framed`."""
    stems = parsed["stems"]
    frame = codes(parsed["umbrella"], stems)
    owner, place, values = coded_words(parsed["places"])
    pairs = distinct(frame[owner] * max(len(values), 1) + place) // max(len(values), 1)
    often = np.flatnonzero(np.bincount(pairs, minlength=1) >= PLACES)
    rows = pa.array(firsts(frame)[often])
    texts = _framed(parsed["umbrella"].take(rows), stems.take(rows))
    return texts.filter(pc.not_equal(texts, _BETWEEN))


def _framed(umbrella: pa.Array, stems: pa.Array) -> pa.Array:
    """Umbrella and stems of the rest as one text."""
    return pc.binary_join_element_wise(pc.fill_null(umbrella, ""), stems, _BETWEEN)


def _seen(parsed: dict[str, Any], cores: Cores, times: Ints, frames: pa.Array) -> dict[str, int]:
    """Village -> in how many names it is seen; `times` tells how often each name of `cores` stands."""
    found = _village_at(cores, _fitting(cores, cores.may_be_places()[cores.code], frames))
    seen = np.bincount(cores.place[cores.code[found]], times[cores.row[found]], len(cores.places)).astype(np.int64)
    is_village = (seen > 0) & ~np.asarray(pc.is_in(cores.places, value_set=_often_beside(parsed)), dtype=bool)
    return dict(zip(cores.places.filter(pa.array(is_village)).to_pylist(), seen[is_village].tolist(), strict=True))


def _often_beside(parsed: dict[str, Any]) -> pa.Array:
    """Words of cores, without their case, that stand too often beside a place to be one."""
    has = np.asarray(pc.list_value_length(parsed["places"])) > 0
    rows, code, words = coded_words(parsed["core"])
    stems = place_stems(words).dictionary_encode()
    code = np.asarray(stems.indices, dtype=np.int64)[code]
    beside, every = (np.bincount(c, minlength=len(stems.dictionary)) for c in (code[has[rows]], code))
    return stems.dictionary.filter(pa.array(beside > OFTEN_BESIDE * every))


def _village_at(cores: Cores, may_be: Bools) -> Ints:
    """Per name at most one of the words that may be its village: words that end like a village's go first, then those
    that stand first."""
    asked = np.flatnonzero(may_be)
    order = np.lexsort((cores.at[asked], ~cores.is_like[cores.code[asked]], cores.row[asked]))
    asked = asked[order]
    rows = cores.row[asked]
    return asked[np.append(True, rows[1:] != rows[:-1])[: len(rows)]]


def _fitting(cores: Cores, may_be: Bools, frames: pa.Array) -> Bools:
    """Which of the words stand where other names of the frame have a place, in the genitive or like a village's.

    `may_be` tells which can be a place at all. A name of one word without an umbrella is no place and something else.
    """
    alone = (cores.count < 2) & ~np.asarray(cores.umbrella.is_valid())
    asked = np.flatnonzero(may_be & ~alone[cores.row])
    found = np.zeros(len(may_be), dtype=bool)
    found[asked] = np.asarray(pc.is_in(_without(cores, asked), value_set=frames), dtype=bool)
    return found


def _without(cores: Cores, words: Ints) -> pa.Array:
    """The frame of each word's name without the word, and without others of its stem ("Kotvalan VPK / Kotvala")."""
    start = np.cumsum(cores.count) - cores.count
    many = cores.count[cores.row[words]]
    owner = np.repeat(np.arange(len(words)), many)
    other = np.repeat(start[cores.row[words]] - np.cumsum(many) + many, many) + np.arange(len(owner))
    kept = cores.place[cores.code[other]] != cores.place[cores.code[words[owner]]]
    owner, other = owner[kept], other[kept]
    size = max(len(cores.stems), 1)
    key = np.sort(owner * size + cores.stem[cores.code[other]])
    offsets = np.searchsorted(owner, np.arange(len(words) + 1)).astype(np.int32)
    text = pc.binary_join(pa.ListArray.from_arrays(pa.array(offsets), cores.stems.take(pa.array(key % size))), " ")
    return _framed(cores.umbrella.take(pa.array(cores.row[words])), text)


def _villages_of(cores: Cores, frames: pa.Array, villages: dict[str, str]) -> tuple[Ints, Ints]:
    """(names that have a village, its position): a known one in a known frame, else the first that ends like one."""
    known = np.asarray(pc.is_in(cores.places, value_set=pa.array(list(villages), TEXT)), dtype=bool)
    is_village = known[cores.place]
    has = np.zeros(len(cores.count), dtype=bool)
    has[cores.row[is_village[cores.code]]] = True
    at = np.full(len(cores.count), -1, dtype=np.int64)
    like = np.flatnonzero((is_village & cores.is_like)[cores.code] & (cores.count > 1)[cores.row])[::-1]
    at[cores.row[like]] = cores.at[like]  # the first of a name stands last here and counts
    may_be = cores.may_be_places() | (is_village & cores.is_word)
    found = _village_at(cores, _fitting(cores, may_be[cores.code] & has[cores.row], frames))
    found = found[is_village[cores.code[found]]]
    at[cores.row[found]] = cores.at[found]
    rows = np.flatnonzero(at >= 0)
    return rows, at[rows]
