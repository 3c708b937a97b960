"""The parsed parts of many names as columns: alike ones at once (see `bulk`), the rest one by one.

Where there are many, a second interpreter reads some of them, see `second_reader`.
"""

import gc
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise

import numpy as np
import pyarrow as pa

from pipeline.transform.names.bulk import COLUMNS, SCALARS, read_alike
from pipeline.transform.names.many_stems import stems_joined
from pipeline.transform.names.many_words import cut
from pipeline.transform.names.second_reader import SecondReader, WithoutPandas, answer
from pipeline.transform.names.sequences import Templates
from pipeline.transform.names.singles import read_singly
from pipeline.transform.names.word_lists import flat

__all__ = ["COLUMNS", "SCALARS", "Reading", "collector_paused", "parsed_columns", "reading", "serve"]

Reading = Callable[[Sequence[str | None]], pa.Table]
"""Distinct names -> their parts."""
WORTH = 50_000
"""Names from which a second interpreter gains time."""
MINE, ITS, PIECES = 0.45, 0.3, 4
"""Shares of the words that this interpreter and the second begin with, and pieces into which the rest is cut."""


def parsed_columns(names: Sequence[str | None]) -> pa.Table:
    """One row per name with `COLUMNS`, and `stems`: the core's words without case and number in the order of the
    alphabet, parted by spaces. In the order of the names, which should be distinct."""
    with reading(len(names)) as read:
        return read(names)


@contextmanager
def reading(names: int) -> Iterator[Reading]:
    """`parsed_columns`, made ready for so many names before they are there."""
    if names < WORTH or (os.cpu_count() or 1) < 2:
        yield _Reader().read
        return
    try:
        beside = SecondReader()
    except OSError:  # a machine that allows no second process still gets its answer
        yield _Reader().read
        return
    with beside as second:
        yield lambda found: _read_by_two(found, second)


def _read_by_two(names: Sequence[str | None], second: SecondReader) -> pa.Table:
    """The names, read from both ends; what lies between goes piece by piece to whoever is ready."""
    read = _Reader().read
    if len(names) < WORTH:
        return read(names)
    pieces = _pieces([1 if name is None else 1 + name.count(" ") for name in names])
    left, found = deque(pieces), dict[int, pa.Table]()

    def next_of(take: Callable[[], slice]) -> slice | None:
        try:
            return take()
        except IndexError:
            return None

    def from_the_end() -> None:
        while (piece := next_of(left.pop)) and (answered := second.read(names[piece])) is not None:
            found[piece.start] = answered

    asking = threading.Thread(target=from_the_end, daemon=True)
    asking.start()
    while piece := next_of(left.popleft):
        found[piece.start] = read(names[piece])
    asking.join()
    # what the second took and did not read, whatever became of it, is read here
    parts = [found[p.start] if p.start in found else read(names[p]) for p in pieces]
    return pa.concat_tables(parts).combine_chunks()


def _pieces(words: list[int]) -> list[slice]:
    """The first is for this interpreter, and the last for the second, which has still to start; reading takes as long
    as there are `words` in the names."""
    done = np.cumsum(words)
    middle = np.linspace(MINE, 1 - ITS, PIECES + 1)
    cuts = [0, *np.searchsorted(done, middle * done[-1]).tolist(), len(words)]
    return [slice(start, end) for start, end in pairwise(cuts) if start < end]


class _Reader:
    """Reads lists of names in this interpreter; what one list taught serves the next."""

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}
        self._templates: Templates = {}

    def read(self, names: Sequence[str | None]) -> pa.Table:
        """The parts of the names."""
        with collector_paused():
            words = cut(names, self._numbers)
            alike, known = read_alike(words, self._templates)
            rest = np.flatnonzero(~known)
            order = np.empty(len(names), dtype=np.int64)
            order[known], order[rest] = np.arange(len(alike)), len(alike) + np.arange(len(rest))
            found = pa.concat_tables([alike, read_singly(words, rest)]).combine_chunks().take(pa.array(order))
            return found.append_column("stems", stems_joined(flat(found.column("core"))))


def serve() -> None:
    """Answers lists of names; run in the second interpreter."""
    sys.meta_path.insert(0, WithoutPandas())
    gc.disable()  # all that it makes lives on until it ends
    read = _Reader().read
    read(["Kuopion Tarmo ry", "Porin Reipas ry"])  # so that the word lists are there before there are names
    answer(read)


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
