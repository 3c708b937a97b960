"""One run at a time on one data folder, whoever starts it: a command, the schedule, or the user interface.

The lock is the operating system's: it ends with the process that holds it, however that ends.
Inside one process it may be taken again, so a run holds it from start to end and each of its stages for itself.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pipeline.storage import Stop

_held: dict[Path, tuple[IO[str], int]] = {}


@contextmanager
def alone(data_dir: Path) -> Iterator[None]:
    """Holds the lock of a data folder; raises `Stop` when another process holds it."""
    path = data_dir.resolve() / ".lock"
    handle, depth = _held.get(path, (None, 0))
    if handle is None:
        data_dir.mkdir(parents=True, exist_ok=True)
        handle = path.open("a+")
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            handle.close()
            raise Stop(f"another run is at work on {data_dir}; wait for it to end.") from None
    _held[path] = (handle, depth + 1)
    try:
        yield
    finally:
        _, depth = _held[path]
        if depth == 1:
            del _held[path]
            handle.close()
        else:
            _held[path] = (handle, depth - 1)
