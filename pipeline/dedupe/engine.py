"""Where the heavy steps of matching run: on this machine, or on a cluster.

Three steps grow with the records and with the pairs: reading names, the SQL that finds candidate pairs, and the
comparison of the pairs in batches. An engine runs these three; everything around them (what a name means, which keys
there are, how a pair compares, which records are one) is the same code whatever the engine.

Belongs here: what an engine must offer, and the engine of one machine. The engine for Apache Spark is in `spark`.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TypeVar

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline.dedupe.coding import Codes
from pipeline.transform.names.table import Reading, reading

Levels = npt.NDArray[np.int8]
Work = Callable[[Codes, Codes], dict[str, Levels]]
"""Aligned row numbers of a batch of pairs -> one level per pair and feature."""

One = TypeVar("One")
Other = TypeVar("Other")
THREADS = min(4, os.cpu_count() or 1)
"""Batches compared side by side; more would wait for Python's lock."""
CHUNK = 1 << 17
"""Pairs compared at once: few enough for what is worked out of them to stay near the processor."""


class Engine(Protocol):
    """Runs the three heavy steps. Every engine gives the same answers."""

    name: str

    def reading(self, names: int) -> AbstractContextManager[Reading]:
        """What reads distinct names, see `names.table`, made ready for about so many."""
        ...

    def query(self, tables: Mapping[str, pa.Table], select: str) -> pa.Table:
        """What a query in the SQL of DuckDB says of the tables. The rows come in any order unless it orders them."""
        ...

    def spread(self, work: Work, a: Codes, b: Codes) -> dict[str, Levels]:
        """Does the work for all pairs, batch by batch; the levels come in the order of the pairs."""
        ...

    def both(self, one: Callable[[], One], other: Callable[[], Other]) -> tuple[One, Other]:
        """Does two things of which neither needs the other, side by side where that gains anything."""
        ...


class OneMachine:
    """DuckDB for the SQL, rapidfuzz and numpy for the batches, all in this process."""

    name = "duckdb"

    def reading(self, names: int) -> AbstractContextManager[Reading]:
        return reading(names)

    def query(self, tables: Mapping[str, pa.Table], select: str) -> pa.Table:
        with duckdb.connect(config={"preserve_insertion_order": False}) as con:
            for name, table in tables.items():
                con.register(name, table)
            return con.sql(select).to_arrow_table()

    def spread(self, work: Work, a: Codes, b: Codes) -> dict[str, Levels]:
        batches = [slice(start, start + CHUNK) for start in range(0, max(len(a), 1), CHUNK)]
        levels: dict[str, Levels] = {}
        with ThreadPoolExecutor(THREADS) as pool:
            for rows, found in zip(batches, pool.map(lambda r: work(a[r], b[r]), batches), strict=True):
                for name, level in found.items():
                    levels.setdefault(name, np.zeros(len(a), dtype=np.int8))[rows] = level
        return levels

    def both(self, one: Callable[[], One], other: Callable[[], Other]) -> tuple[One, Other]:
        with ThreadPoolExecutor(1) as pool:  # numpy, Arrow and DuckDB work without Python's lock
            waiting = pool.submit(other)
            return one(), waiting.result()


ONE_MACHINE = OneMachine()


@contextmanager
def engine(name: str, master: str = "local[*]", conf: Mapping[str, str] | None = None) -> Iterator[Engine]:
    """The engine of that name, ready for use; a Spark session is stopped afterwards.

    Raises `NoSpark` (a `RuntimeError`) when Spark was asked for and cannot be used.
    """
    if name == "spark":
        from pipeline.dedupe.spark import OnSpark, session

        with session(master, conf) as spark:
            yield OnSpark(spark)
    else:
        yield ONE_MACHINE
