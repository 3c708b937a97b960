"""The heavy steps of matching on Apache Spark, for more records than one machine holds.

The blocking SQL is the one that DuckDB runs, put into Spark's dialect by sqlglot; the batches are compared by the
same functions, in Python workers on the executors. What the driver keeps is one row of codes per record and one byte
per pair and feature; see docs/scaling.md for what that means at ten million records.

Belongs here: sessions, and how each step is spread. Does not belong here: anything that decides about records.
Needs `koonti[spark]` and Java 17, on the driver and on every executor.
"""

import os
import pickle
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from pipeline.dedupe.coding import Codes
from pipeline.dedupe.engine import Levels, One, Other, Work
from pipeline.transform.names.table import Reading, parsed_columns

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

BATCH = 200_000
"""Pairs in one batch of a Python worker."""
NAMES = 5_000
"""Names in one batch of a Python worker."""

DEFAULTS = {
    "spark.app.name": "koonti",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.execution.arrow.pyspark.enabled": "true",
    "spark.sql.execution.arrow.maxRecordsPerBatch": str(BATCH),
    "spark.driver.maxResultSize": "0",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.sql.adaptive.enabled": "true",
    "spark.cleaner.referenceTracking.cleanCheckpoints": "true",
}


class NoSpark(RuntimeError):
    """Spark cannot be used here; the message says what is missing."""


@contextmanager
def session(master: str, conf: Mapping[str, str] | None = None) -> Iterator["SparkSession"]:
    """A Spark session that is stopped afterwards.

    Args:
        master: As Spark names it: `local[2]`, `spark://host:7077`, `yarn`, `k8s://…`.
        conf: Spark's own settings, such as `spark.driver.memory`; they win over `DEFAULTS`.

    Raises:
        NoSpark: when PySpark or sqlglot is not installed, when no session comes up (no Java, no such master), and when
            a step fails on the executors.
    """
    try:
        import sqlglot  # noqa: F401
        from py4j.protocol import Py4JError
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession
    except ImportError as missing:
        raise NoSpark(f"The engine 'spark' needs {missing.name}: install koonti[spark].") from None
    running = SparkSession.getActiveSession()
    if running is not None and running.sparkContext.master != master:
        raise NoSpark(
            f"A Spark session on '{running.sparkContext.master}' is open in this process; '{master}' must wait."
        )
    if theirs := (conf or {}).get(
        "spark.pyspark.python"
    ):  # heeded by itself only where spark-submit starts the program
        os.environ["PYSPARK_PYTHON"] = theirs
    elif master.startswith("local"):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.master(master)
    own = {"spark.sql.shuffle.partitions": str(4 * (os.cpu_count() or 1))} if master.startswith("local") else {}
    for key, value in {**DEFAULTS, **own, **(conf or {})}.items():
        builder = builder.config(key, value)
    try:
        spark = builder.getOrCreate()
    except (PySparkException, OSError, RuntimeError) as error:
        raise NoSpark(f"No Spark session on '{master}': {error}. Is Java 17 installed and the master up?") from None
    try:
        spark.sparkContext.setLogLevel("ERROR")
        yield spark
    except (PySparkException, Py4JError) as error:
        raise NoSpark(
            f"Spark on '{master}' failed: {_last_line(error)}. Executors need Koonti with its dependencies, in the"
            " Python that spark.pyspark.python names (docs/scaling.md)."
        ) from error
    finally:
        spark.stop()


def _last_line(error: Exception) -> str:
    """Of an error that was passed on from a worker, the line that says what it was."""
    lines = [line for line in str(error).strip().splitlines() if line.strip() and not line.startswith((" ", "\t"))]
    return lines[-1].strip().removeprefix("Caused by: ").rstrip(".") if lines else type(error).__name__


@dataclass(slots=True)
class OnSpark:
    """The engine of one session; made by `with session(master) as s: match(records, engine=OnSpark(s))`."""

    spark: "SparkSession"
    name: str = "spark"

    def reading(self, names: int) -> AbstractContextManager[Reading]:
        return nullcontext(self.parsed)

    def parsed(self, names: Sequence[str | None]) -> pa.Table:
        """Names are spread in batches; each is read by the same function as on one machine."""
        if not names:
            return parsed_columns(names)
        shape = parsed_columns(names[:1]).schema.append(pa.field("i", pa.int64()))
        table = pa.table({"i": pa.array(range(len(names)), pa.int64()), "name": pa.array(names, pa.string())})

        def read(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            for batch in batches:
                found = parsed_columns(batch.column("name").to_pylist())
                yield from found.append_column("i", batch.column("i")).combine_chunks().to_batches()

        found = self._frame(table, NAMES).mapInArrow(read, _ddl(shape)).toArrow()
        return _in_order(found).cast(shape.remove(len(shape) - 1)).combine_chunks()

    def query(self, tables: Mapping[str, pa.Table], select: str) -> pa.Table:
        """The query in Spark's dialect; every table stands for itself, however often it is joined."""
        import sqlglot

        for name, table in tables.items():
            self._view(name, self._frame(table, 50_000))
        found = self.spark.sql(sqlglot.parse_one(select, read="duckdb").sql(dialect="spark")).toArrow().combine_chunks()
        for name in tables:
            self.spark.catalog.dropTempView(name)
        return pa.table(found.columns, names=found.column_names)  # every column may hold nulls

    def spread(self, work: Work, a: Codes, b: Codes) -> dict[str, Levels]:
        """The work, with all it knows about the records, goes to each worker once; pairs pass in batches."""
        from pyspark import cloudpickle

        names = list(work(a[:0], b[:0]))
        sent = self.spark.sparkContext.broadcast(cloudpickle.dumps(work))
        number = next(_sent)

        def levels(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            mine = _work(number, sent)
            for batch in batches:
                found = mine(np.asarray(batch.column("a")), np.asarray(batch.column("b")))
                columns = [batch.column("i"), *(pa.array(found[name]) for name in names)]
                yield pa.record_batch(columns, names=["i", *names])

        pairs = pa.table({"i": pa.array(np.arange(len(a))), "a": pa.array(a), "b": pa.array(b)})
        shape = pa.schema([("i", pa.int64()), *((name, pa.int8()) for name in names)])
        if not len(pairs):
            return {name: np.zeros(0, dtype=np.int8) for name in names}
        found = _in_order(self._frame(pairs, BATCH).mapInArrow(levels, _ddl(shape)).toArrow())
        sent.unpersist()
        return {name: np.asarray(found.column(name)).astype(np.int8) for name in names}

    def both(self, one: Callable[[], One], other: Callable[[], Other]) -> tuple[One, Other]:
        """One after the other: views of one name would meet in the session, and the cluster is busy with either."""
        return one(), other()

    def _frame(self, table: pa.Table, batch: int) -> "DataFrame":
        """The table in as many parts as there are batches, and at least two per core."""
        least = 2 * self.spark.sparkContext.defaultParallelism
        return self.spark.createDataFrame(table).repartition(max(least, -(-len(table) // batch)))

    def _view(self, name: str, frame: "DataFrame") -> None:
        """With `spark.checkpoint.dir` the table outlives the executor that worked it out; without, it does not."""
        safe = self.spark.sparkContext.getCheckpointDir() is not None
        (frame.checkpoint() if safe else frame.localCheckpoint()).createOrReplaceTempView(name)


_sent = count()
_loaded: dict[int, Work] = {}
"""In a Python worker: the work that it was sent last."""


def _work(number: int, sent: Any) -> Work:
    if number not in _loaded:
        _loaded.clear()
        _loaded[number] = pickle.loads(sent.value)  # noqa: S301 - written by our own driver
    return _loaded[number]


def _in_order(table: pa.Table) -> pa.Table:
    """The rows by `i`, without it."""
    order = np.argsort(np.asarray(table.column("i")), kind="stable")
    return table.drop_columns(["i"]).take(pa.array(order))


def _ddl(shape: pa.Schema) -> str:
    names = {pa.string(): "string", pa.int8(): "tinyint", pa.int64(): "bigint", pa.list_(pa.string()): "array<string>"}
    return ", ".join(f"`{f.name}` {names[f.type]}" for f in shape)
