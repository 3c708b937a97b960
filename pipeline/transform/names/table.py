"""The parsed parts of many names as columns: alike ones at once (see `bulk`), the rest one by one.

Reading names is mostly plain Python, so where there are many a second interpreter nearly halves the time. It is a fresh
one that reads names from its input and writes an Arrow stream: nothing is forked, and a caller needs no `__main__`
guard.
"""

import gc
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder

import numpy as np
import pyarrow as pa

from pipeline.transform.names.bulk import COLUMNS, SCALARS, read_alike
from pipeline.transform.names.parse import parse

__all__ = ["COLUMNS", "SCALARS", "collector_paused", "parsed_columns", "serve"]

WORTH = 50_000
"""Names from which a second interpreter gains time."""
START = 10_000
"""Names that are read here while the second interpreter starts; the others are halved."""
_MANY = pa.list_(pa.string())


def parsed_columns(names: Sequence[str | None]) -> pa.Table:
    """One row per name with `COLUMNS`, in the order of the names; names should be distinct."""
    if len(names) < WORTH or (os.cpu_count() or 1) < 2:
        return _read(names)
    cut = (len(names) + START) // 2
    worker = subprocess.Popen(
        [sys.executable, "-c", "from pipeline.transform.names.table import serve; serve()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
    )
    answer: list[bytes] = []
    asked = _stream(pa.table({"n": pa.array(names[cut:], pa.string())}))
    asking = threading.Thread(target=lambda: answer.append(worker.communicate(asked)[0]))
    asking.start()
    mine = _read(names[:cut])
    asking.join()
    if worker.returncode != 0:  # a machine that allows no second process still gets its answer
        return pa.concat_tables([mine, _read(names[cut:])]).combine_chunks()
    return pa.concat_tables([mine, pa.ipc.open_stream(answer[0]).read_all()]).combine_chunks()


def _read(names: Sequence[str | None]) -> pa.Table:
    """The parts of names, read by this interpreter."""
    with collector_paused():
        alike, known = read_alike(names)
        if known.all():
            return alike
        rest = np.flatnonzero(~known)
        order = np.empty(len(names), dtype=np.int64)
        order[known], order[rest] = np.arange(len(alike)), len(alike) + np.arange(len(rest))
        single = _columns([names[i] for i in rest.tolist()])
        return pa.concat_tables([alike, single]).combine_chunks().take(pa.array(order))


def serve() -> None:
    """Answers one stream of names on the standard input; run in the second interpreter."""
    sys.meta_path.insert(0, _WithoutPandas())
    names = pa.ipc.open_stream(sys.stdin.buffer.read()).read_all().column("n").to_pylist()
    sys.stdout.buffer.write(_stream(_read(names)))


class _WithoutPandas(MetaPathFinder):
    """Hides pandas: Arrow imports it, for a quarter of a second, only to ask whether a list is a series of pandas."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname == "pandas":
            raise ImportError(fullname)


def _stream(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


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
