"""What the folder of a source lets the next run take over, and when it lets nothing be taken over.

What it decides: record tables may be built upon when the same code, lists, libraries, options and suppressions made
them and every file is as it was written; a record may, when its rows are those that its item gave. The life cycle and
the issues of others change rows too, so these records are named in `entangled`.
Does not belong here: which items are the same (`transform.landing.earlier`).
"""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import schema, storage
from pipeline.identity.lifecycle import OWNERS
from pipeline.transform.landing import Landed
from pipeline.transform.landing.earlier import Earlier

ENTANGLED, DANGLING = "entangled", "dangling"
SEALS = "seals"
"""Key of the manifest: file -> its digest."""
SHAPE = pa.schema([("record_id", pa.string())])
NOTHING = "nothing was read before"
CHANGED = "the code, the lists, the options or what is suppressed have changed"
DAMAGED = "what was read before cannot be used again"


def earlier(folder: Path, manifest: Mapping[str, Any] | None, fingerprint: str) -> Earlier | str:
    """What can be taken over from the record tables in a folder, or why nothing can."""
    if not manifest:
        return NOTHING
    if manifest.get("fingerprint") != fingerprint:
        return CHANGED
    try:
        if not is_sealed(folder, manifest):
            return DAMAGED
        entangled = storage.read_table(folder, ENTANGLED).column("record_id").to_pylist()
        return Earlier(_reader(folder), storage.read_table(folder, DANGLING), frozenset(entangled))
    except (OSError, KeyError, ValueError, pa.ArrowException):
        return DAMAGED


def is_sealed(folder: Path, manifest: Mapping[str, Any]) -> bool:
    """Whether every file of the folder is as it was written."""
    seals = manifest.get(SEALS) or {}
    wanted = {table.name for table in schema.tables(stage="records")} | {ENTANGLED, DANGLING}
    return wanted <= seals.keys() and all(storage.seal(folder / f"{name}.parquet") == seals[name] for name in seals)


def _reader(folder: Path) -> Callable[[str], pa.Table]:
    return lambda name: storage.read_table(folder, name)


def entangled(made: Landed, settled: Mapping[str, pa.Table]) -> pa.Table:
    """The records of which nothing is taken over, given the tables before and after the life cycle."""
    found = set(made.entangled)
    added = pc.invert(pc.is_in(settled["issue"].column("id"), value_set=made.tables["issue"].column("id")))
    found.update(settled["issue"].filter(added).column("record_id").drop_null().to_pylist())
    for name, (key, owner) in OWNERS.items():
        if settled[name] is not made.tables[name]:
            found.update(_differing(made.tables[name], settled[name], key, owner))
    return pa.table({"record_id": pa.array(sorted(found), pa.string())}, schema=SHAPE)


def _differing(before: pa.Table, after: pa.Table, key: str, column: str) -> list[str]:
    """The rows of which the column is not the same in both."""
    was = before.column(column).take(pc.index_in(after.column(key), value_set=before.column(key)))
    now = after.column(column)
    same = pc.or_kleene(pc.equal(was, now), pc.and_(pc.is_null(was), pc.is_null(now)))
    found: list[str] = after.column(key).filter(pc.invert(pc.fill_null(same, False))).to_pylist()
    return found
