"""A second interpreter that reads names beside this one, as reading is mostly plain Python.

It is a fresh one that reads names from its input and writes Arrow streams: nothing is forked, and a caller needs no
`__main__` guard. It may be started before there are names, while something else is done.

Does not belong here: how names are read, and which interpreter reads which; that is `table`.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib.abc import MetaPathFinder
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast

import pyarrow as pa

_HERE = Path(__file__).parents[3]
"""Where the package is."""
_SIZE = 8
"""Bytes that say how long a message is."""


class SecondReader:
    """One second interpreter; leaving the context ends it, whatever it does."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] = subprocess.Popen(
            [sys.executable, "-P", "-S", "-c", "from pipeline.transform.names.table import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(_paths())},
        )
        self._asked = cast(IO[bytes], self._process.stdin)
        self._answers = cast(IO[bytes], self._process.stdout)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.kill()
        for pipe in (self._asked, self._answers):
            with suppress(OSError):  # what was not sent is not wanted any more
                pipe.close()
        self._process.wait()

    def read(self, names: Sequence[str | None]) -> pa.Table | None:
        """The parts of the names; null when it has failed: a machine may allow no second process."""
        try:
            _send(self._asked, pa.table({"n": pa.array(names, pa.string())}))
            return _received(self._answers)
        except (OSError, ValueError):  # ended, or ended by us while it was asked
            return None


def _paths() -> list[str]:
    """Where modules are found, for an interpreter that does not look for itself, which takes a while."""
    return [*dict.fromkeys(p for p in (*sys.path, str(_HERE)) if p)]


def answer(read: Callable[[list[str | None]], pa.Table]) -> None:
    """In the second interpreter: answers lists of names until there are no more."""
    while (asked := _received(sys.stdin.buffer)) is not None:
        _send(sys.stdout.buffer, read(asked.column("n").to_pylist()))


def _send(pipe: IO[bytes], table: pa.Table) -> None:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    said = memoryview(sink.getvalue())
    pipe.write(len(said).to_bytes(_SIZE, "big"))
    pipe.write(said)
    pipe.flush()


def _received(pipe: IO[bytes]) -> pa.Table | None:
    """The next table; null when the other side has ended."""
    size = int.from_bytes(pipe.read(_SIZE), "big")
    said = pipe.read(size)
    return pa.ipc.open_stream(said).read_all() if size and len(said) == size else None


class WithoutPandas(MetaPathFinder):
    """Hides pandas: Arrow imports it, for a quarter of a second, only to ask whether a list is a series of pandas."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname == "pandas":
            raise ImportError(fullname)
