"""Tables between the stages: Parquet files in a folder that appears whole or not at all.

Files are byte-equal for equal tables: rows are sorted by the table's key before they are written, and nothing
that depends on time or machine goes into them.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Self, TypeVar
from weakref import WeakKeyDictionary, WeakValueDictionary

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import schema

MANIFEST = "manifest.json"
SEALS = "sha256"
"""Key of the manifest of a sealed folder: table -> digest of its file."""
WORKERS = 2
"""Files that are read or written at the same time."""
RUN = 2000
"""Bytes of a column that stay beside each other, on average, from which on they are copied run by run."""
PIECE = 1 << 14
"""Rows of a table that one thread reads at a time."""
T = TypeVar("T")
TABLES = frozenset(t.name for t in schema.tables())


if "jemalloc" in pa.supported_memory_backends():  # keeps freed pages: mimalloc returns them and pays for each again
    pa.set_memory_pool(pa.jemalloc_memory_pool())


class Stop(Exception):
    """Nothing may be published: the message says why, in one line; the old release stays."""


class Writing:
    """A folder of tables that is written aside while others work; for `with`, and `finish` puts it in its place.

    Without `finish` nothing of it stays but the old folder. Of a `sealed` folder the manifest holds the digest of every
    file (under the key `seals`), so that a reader can tell whether it is whole.
    """

    def __init__(self, folder: Path, *, sealed: bool = False, seals: str = SEALS) -> None:
        self.folder = folder
        self._aside = folder.with_name(f"{folder.name}.partial")
        self._given: dict[str, pa.Table] = {}
        self._pool = ThreadPoolExecutor(WORKERS)
        self._begun: dict[str, Future[str | None]] = {}
        self._sealed = sealed
        self._seals = seals
        shutil.rmtree(self._aside, ignore_errors=True)
        self._aside.mkdir(parents=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True)
        shutil.rmtree(self._aside, ignore_errors=True)

    def add(self, tables: Mapping[str, pa.Table]) -> None:
        """Begins to write tables, the largest first, so that no thread is left alone with it at the end.

        A table that was given before is not written again; another one of its name raises `ValueError`.
        """
        for name, data in sorted(tables.items(), key=lambda item: -item[1].nbytes):
            if self._given.setdefault(name, data) is not data:
                raise ValueError(f"{name} is being written already, and is another table now")
            if name in self._begun:
                continue
            self._begun[name] = self._pool.submit(self._write, name, data)

    def finish(self, manifest: Mapping[str, Any] | None = None) -> None:
        """Waits for the files, writes the manifest and replaces the older folder; raises what writing raised."""
        self._pool.shutdown(wait=True)
        digests = {name: one.result() for name, one in sorted(self._begun.items())}
        facts = {**(manifest or {}), "tables": {name: len(data) for name, data in sorted(self._given.items())}}
        if self._sealed:
            facts[self._seals] = digests
        text = json.dumps(facts, indent=2, ensure_ascii=False)
        (self._aside / MANIFEST).write_text(text + "\n", encoding="utf-8")
        replace_folder(self._aside, self.folder)

    def _write(self, name: str, data: pa.Table) -> str | None:
        path = self._aside / f"{name}.parquet"
        write_table(path, data)
        return seal(path) if self._sealed else None


def write_tables(
    folder: Path,
    tables: Mapping[str, pa.Table],
    manifest: Mapping[str, Any] | None = None,
    *,
    sealed: bool = False,
    seals: str = SEALS,
) -> None:
    """Writes tables aside and puts the folder in place; an older folder of that name is replaced (see `Writing`)."""
    with Writing(folder, sealed=sealed, seals=seals) as writing:
        writing.add(tables)
        writing.finish(manifest)


def seal(path: Path) -> str:
    """The digest of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def replace_folder(aside: Path, folder: Path) -> None:
    """Puts a finished folder in the place of another; a reader finds the old one or the new one."""
    old = folder.with_name(f"{folder.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if folder.exists():
        folder.replace(old)
    aside.replace(folder)
    shutil.rmtree(old, ignore_errors=True)


def write_table(path: Path, data: pa.Table, *, packed: bool = False) -> None:
    """One Parquet file; descriptions of table and columns travel in its schema.

    `packed` is for files that are handed on: about half as large (zstd), and with the bounds of each column, by which
    others find rows. Those between the stages are written and read whole, in two thirds of the time (lz4).
    """
    if packed:
        pq.write_table(data, path, compression="zstd", compression_level=3)
    else:
        pq.write_table(data, path, compression="lz4", use_dictionary=False, write_statistics=False)


def in_key_order(name: str, data: pa.Table) -> pa.Table:
    """The rows of a schema table sorted by its key, so that equal content gives equal bytes."""
    return data.sort_by([(column, "ascending") for column in schema.table(name).key])


def read_table(folder: Path, name: str, columns: Sequence[str] | None = None) -> pa.Table:
    """One table of a folder; a schema table that was not written is empty, columns newer than the file are null.

    `columns` are those to be read, in this order; null reads all.
    """
    path = folder / f"{name}.parquet"
    if path.exists():
        found = pq.ParquetFile(path).read(columns)
        found = schema.upgraded(name, found) if name in TABLES else found
    else:
        found = schema.empty(name)
    return found.select(columns) if columns else found


def read_others(folder: Path, names: Iterable[str], known: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """Tables of a folder by name; those that are known already are not read again."""
    return at_once(lambda name: known[name] if name in known else read_table(folder, name), names)


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a folder; null when the folder is missing or incomplete."""
    try:
        found: dict[str, Any] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found


def at_once(work: Callable[[str], T], names: Iterable[str]) -> dict[str, T]:
    """What `work` makes of each name, several at a time: for work that Arrow does, which leaves Python free."""
    listed = list(names)
    with ThreadPoolExecutor(WORKERS) as pool:
        return dict(zip(listed, pool.map(work, listed), strict=True))


def union(folders: Iterable[Path], name: str) -> pa.Table:
    """One schema table gathered from several folders."""
    parts = [read_table(folder, name) for folder in folders]
    target = schema.arrow_schema(name)
    return pa.concat_tables([p.select(target.names).cast(target) for p in parts]) if parts else schema.empty(name)


def connect(*, threads: int = 2, memory: str = "4GB") -> duckdb.DuckDBPyConnection:
    """An in-memory DuckDB that never reaches for the network and stays within bounds."""
    con = duckdb.connect(":memory:")
    con.execute("SET autoinstall_known_extensions = false")
    con.execute("SET autoload_known_extensions = false")
    con.execute(f"SET threads = {threads}")
    con.execute(f"SET memory_limit = '{memory}'")
    con.execute("SET TimeZone = 'UTC'")
    return con


def session() -> duckdb.DuckDBPyConnection:
    """A connection as `connect` gives, in no time: all share one database, so only temporary tables may be made in it.

    No session sees the temporary tables and the registered data of another.
    """
    with _OPENING:
        try:
            return _begun()
        except duckdb.Error:  # a fatal error of an earlier query makes a database useless for good
            _database.cache_clear()
            return _begun()


def _begun() -> duckdb.DuckDBPyConnection:
    made = _database().cursor()
    made.execute("SET TimeZone = 'UTC'")
    return made


@cache
def _database() -> duckdb.DuckDBPyConnection:
    return connect()


_OPENING = Lock()
_put: WeakKeyDictionary[duckdb.DuckDBPyConnection, WeakValueDictionary[str, pa.Table]] = WeakKeyDictionary()
"""Tables that connections hold; none is kept for longer than its connection keeps it."""


def put(con: duckdb.DuckDBPyConnection, name: str, data: pa.Table) -> None:
    """Puts a table on a connection under a name, in the place of an older one, so that `held` finds it again."""
    con.unregister(name)
    con.register(name, data)
    _put.setdefault(con, WeakValueDictionary())[name] = data


def held(con: duckdb.DuckDBPyConnection, name: str) -> pa.Table:
    """A table of a connection: the very one that was `put` there, or else what a query of it gives."""
    found = _put[con].get(name) if con in _put else None
    return con.sql(f"SELECT * FROM {name}").to_arrow_table() if found is None else found


def in_pieces(data: pa.Table) -> pa.Table:
    """The same rows in pieces, without a copy: DuckDB reads as many pieces at the same time as it has threads."""
    return pa.Table.from_batches(data.to_batches(max_chunksize=PIECE), data.schema)


def taken(data: pa.Table, order: npt.NDArray[np.integer[Any]]) -> pa.Table:
    """The rows of a table in another order, also of some only."""
    if not len(order):
        return data.slice(0, 0).combine_chunks()
    starts = np.concatenate([[0], np.flatnonzero(np.diff(order) != 1) + 1, [len(order)]])
    if len(starts) == 2 and len(order) == len(data):
        return data.combine_chunks()
    places, lengths = pa.array(order), np.diff(starts)
    long = [column.nbytes >= RUN * len(lengths) for column in data.columns]
    found = dict(zip(np.flatnonzero(long).tolist(), _run_by_run(data, long, order[starts[:-1]], lengths), strict=True))
    columns = [found[n] if n in found else _row_by_row(column, places) for n, column in enumerate(data.columns)]
    return pa.table(columns, schema=data.schema)


def _run_by_run(
    data: pa.Table, wanted: Sequence[bool], first: npt.NDArray[np.integer[Any]], length: npt.NDArray[np.integer[Any]]
) -> list[pa.Array]:
    """Some columns, all of them in one go: a step for every run and column would keep other threads from working."""
    if not any(wanted):
        return []
    batches = data.select(np.flatnonzero(wanted).tolist()).to_batches()
    ends = np.cumsum([len(batch) for batch in batches])
    parts = []
    runs = (np.searchsorted(ends, first, "right"), first, length)
    for at, start, left in zip(*(numbers.tolist() for numbers in runs), strict=True):
        while left:
            here = batches[at].slice(start - int(ends[at]) + len(batches[at]), left)
            parts.append(here)
            at, start, left = at + 1, start + len(here), left - len(here)
    return list(pa.concat_batches(parts).columns)


def _row_by_row(column: pa.ChunkedArray, places: pa.Array) -> pa.Array:
    if column.null_count == len(column):
        return pa.nulls(len(places), column.type)
    return column.combine_chunks().take(places)
