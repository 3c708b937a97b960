"""A second interpreter that reads names beside this one, as reading is mostly plain Python.

It is a fresh one that reads names from its input and writes an Arrow stream: nothing is forked, and a caller needs no
`__main__` guard. It may be started before there are names, while something else is done.

Does not belong here: how names are read, and which interpreter reads which; that is `table`.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import TracebackType
from typing import Self

import pyarrow as pa


class SecondReader:
    """One second interpreter, for one list of names; leaving the context ends it."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", "from pipeline.transform.names.table import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        )
        self._asking: threading.Thread | None = None
        self._answer = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.kill()
        if self._asking is None:
            self._process.communicate()
        else:
            self._asking.join()

    def ask(self, names: Sequence[str | None]) -> None:
        """Sends it the names and goes on."""
        asked = stream(pa.table({"n": pa.array(names, pa.string())}))
        self._asking = threading.Thread(target=self._ask, args=(asked,))
        self._asking.start()

    def answer(self) -> pa.Table | None:
        """Waits for the parts of the names; null when it failed: a machine may allow no second process."""
        if self._asking is not None:
            self._asking.join()
        return pa.ipc.open_stream(self._answer).read_all() if self._process.returncode == 0 else None

    def _ask(self, asked: bytes) -> None:
        self._answer, _ = self._process.communicate(asked)


def names_asked() -> list[str | None]:
    """In the second interpreter: the names on its input."""
    names: list[str | None] = pa.ipc.open_stream(sys.stdin.buffer.read()).read_all().column("n").to_pylist()
    return names


def say(table: pa.Table) -> None:
    """In the second interpreter: the answer."""
    sys.stdout.buffer.write(stream(table))


def stream(table: pa.Table) -> bytes:
    """A table as the bytes that pass between the two."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


class WithoutPandas(MetaPathFinder):
    """Hides pandas: Arrow imports it, for a quarter of a second, only to ask whether a list is a series of pandas."""

    def find_spec(self, fullname: str, path: object, target: object = None) -> None:
        if fullname == "pandas":
            raise ImportError(fullname)
