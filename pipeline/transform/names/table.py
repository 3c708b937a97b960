"""The parsed parts of many names as columns: alike ones at once (see `bulk`), the rest one by one.

Where there are many, a second interpreter reads half of them, see `second_reader`.
"""

import gc
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import pyarrow as pa

from pipeline.transform.names.bulk import COLUMNS, SCALARS, read_alike
from pipeline.transform.names.parse import parse
from pipeline.transform.names.second_reader import SecondReader, WithoutPandas, names_asked, say
from pipeline.transform.names.stems import stem
from pipeline.transform.names.word_lists import flat, joined

__all__ = ["COLUMNS", "SCALARS", "Reading", "collector_paused", "parsed_columns", "reading", "serve"]

Reading = Callable[[Sequence[str | None]], pa.Table]
"""Distinct names -> their parts."""
WORTH = 50_000
"""Names from which a second interpreter gains time."""
START, STARTING = 22_000, 0.5
"""Names that are read here while the second interpreter starts, and the seconds that it takes."""
_MANY = pa.list_(pa.string())


def parsed_columns(names: Sequence[str | None]) -> pa.Table:
    """One row per name with `COLUMNS`, and `stems`: the core's words without case and number in the order of the
    alphabet, parted by spaces. In the order of the names, which should be distinct."""
    with reading(len(names)) as read:
        return read(names)


@contextmanager
def reading(names: int) -> Iterator[Reading]:
    """`parsed_columns`, made ready for so many names before they are there."""
    if names < WORTH or (os.cpu_count() or 1) < 2:
        yield _read
        return
    started = time.perf_counter()
    try:
        beside = SecondReader()
    except OSError:  # a machine that allows no second process still gets its answer
        yield _read
        return
    with beside as second:
        yield lambda found: _read_by_two(found, second, time.perf_counter() - started)


def _read_by_two(names: Sequence[str | None], second: SecondReader, waited: float) -> pa.Table:
    """The names halved, but for those that are read here while the second interpreter starts."""
    if len(names) < WORTH:
        return _read(names)
    cut = (len(names) + round(START * max(0.0, 1 - waited / STARTING))) // 2
    second.ask(names[cut:])
    mine = _read(names[:cut])
    other = second.answer()
    return pa.concat_tables([mine, _read(names[cut:]) if other is None else other]).combine_chunks()


def _read(names: Sequence[str | None]) -> pa.Table:
    """The parts of names, read by this interpreter."""
    with collector_paused():
        alike, known = read_alike(names)
        rest = np.flatnonzero(~known)
        order = np.empty(len(names), dtype=np.int64)
        order[known], order[rest] = np.arange(len(alike)), len(alike) + np.arange(len(rest))
        single = _columns([names[i] for i in rest.tolist()])
        found = pa.concat_tables([alike, single]).combine_chunks().take(pa.array(order))
        return found.append_column("stems", joined(flat(found.column("core")), stem))


def serve() -> None:
    """Answers one list of names; run in the second interpreter."""
    sys.meta_path.insert(0, WithoutPandas())
    warmed_up()
    say(_read(names_asked()))


def warmed_up() -> None:
    """Reads a name, so that the word lists are there before there are names to read."""
    _read(["Kuopion Tarmo ry", "Porin Reipas ry", "Porin Reipas ry, hiihtojaosto"])


@contextmanager
def collector_paused() -> Iterator[None]:
    """The collector waits: it would look again and again at objects that all live on."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _columns(names: Sequence[str | None]) -> pa.Table:
    parsed = [parse(name) for name in names]
    built = {c: pa.array([getattr(p, c) for p in parsed], pa.string()) for c in SCALARS}
    built["place_text"] = pa.array([p.place_text for p in parsed], pa.string())
    built["core"] = pa.array([p.core for p in parsed], _MANY)
    built["ascii"] = pa.array([p.ascii for p in parsed], pa.string())
    built["short"] = pa.array([p.abbreviation or p.initials for p in parsed], pa.string())
    for c in ("places", "place_keys"):
        built[c] = pa.array([getattr(p, c) for p in parsed], _MANY)
    return pa.table({c: built[c] for c in COLUMNS})
