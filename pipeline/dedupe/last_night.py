"""The catalogue of the night before as tonight's memory: what is kept of it, and when it may be relied on.

Its rows may be carried over when everything they rest on besides the records (code, rules, settings, versions of
libraries) is as it was and every file is as it was written. When anything is in doubt, all is worked out anew, and
the reason is told.
"""

import hashlib
import json
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline import storage
from pipeline.dedupe import survivorship
from pipeline.dedupe.touched import DETAIL_TABLES, ENTITY_TABLES

TABLES = (*ENTITY_TABLES, *DETAIL_TABLES, "assertion")
"""The tables that are carried over: those that `catalogue.build` makes."""
INPUT, STANDING, SAID = "carried_input", "carried_entity", "carried_schedule"
"""Kept beside them: `touched.digests`; the entities (`STANDS`); opening times before what is said twice goes."""
STANDS = pa.schema(
    [
        ("entity_id", pa.string()),
        ("parent_organization_id", pa.string()),
        ("is_golden", pa.bool_()),
        ("is_published", pa.bool_()),
    ]
)
"""Every organisation with its parent, in the region or not, and every entity that is published."""
KEY = "carried"
"""Of the manifest of the catalogue: what its rows rest on besides the records."""


@dataclass(frozen=True, slots=True)
class LastNight:
    """The catalogue that was built last."""

    folder: Path
    version: str | None
    """The release for which it was made."""
    corrected: frozenset[str]
    """Entities of which a person had corrected a value."""
    seal: str
    """`seal_of` its manifest."""
    reading: Future[dict[str, pa.Table]]
    """The tables that are carried over, which are read while others work."""
    beside: Future[dict[str, pa.Table]]
    """What is kept beside them, which is read first."""

    @property
    def inputs(self) -> pa.Table:
        """`touched.digests` of then."""
        return self.beside.result()[INPUT]

    @property
    def standing(self) -> pa.Table:
        """Which entities there were (`STANDS`)."""
        return self.beside.result()[STANDING]

    @property
    def tables(self) -> dict[str, pa.Table]:
        """The tables that are carried over."""
        return self.reading.result()

    @property
    def said(self) -> pa.Table:
        """Opening times before what is said twice goes."""
        return self.beside.result()[SAID]


@dataclass(frozen=True, slots=True)
class Leaving:
    """What of a table of the night before is not taken over."""

    name: str
    before: pa.Table
    """The table of the night before."""
    places: npt.NDArray[np.int64]
    """Where the rows stand that are not."""
    rows: pa.Table
    """These rows."""


@dataclass(frozen=True, slots=True)
class Renewed:
    """A table of tonight of which most rows are those of the night before."""

    before: pa.Table
    """The table of the night before."""
    rows: pa.Table
    """That of tonight."""
    gone: pa.Table
    """The rows of before that were not taken over."""
    made: pa.Table
    """The rows of tonight that were not."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What a catalogue took over."""

    before: LastNight
    touched: frozenset[str]
    """The entities that were worked out: a row that belongs to none of these is as it was in `before`."""
    renewed: Mapping[str, Renewed] = field(default_factory=dict)
    """By table, without opening times: those also hang on rows of others."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Nothing is carried over."""

    why: str


def frame(said: Mapping[str, str]) -> dict[str, str]:
    """What decides golden rows besides the records, by name: the digests given, the rules, versions of libraries."""
    rules = hashlib.sha256(repr(survivorship.rules()).encode()).hexdigest()[:16]
    return {**said, "survivorship": rules, "duckdb": duckdb.__version__, "pyarrow": pa.__version__}


def facts(parts: Mapping[str, str], version: str | None, corrected: frozenset[str]) -> dict[str, Any]:
    """What the manifest of a catalogue keeps under `KEY`."""
    return {"parts": dict(parts), "version": version, "corrected": sorted(corrected)}


def read(folder: Path, parts: Mapping[str, str]) -> LastNight | Doubt:
    """The catalogue of a folder when its rows may be carried over, else why not.

    Args:
        folder: Of the catalogue, written with `storage.write_tables(…, sealed=True)`.
        parts: `frame` of tonight.
    """
    made = storage.read_manifest(folder)
    if made is None:
        return Doubt("there is no catalogue of a night before")
    if made.get("violations"):
        return Doubt("the catalogue of the night before broke its schema")
    kept, seals = made.get(KEY), made.get(storage.SEALS)
    if not isinstance(kept, dict) or not isinstance(seals, dict) or not isinstance(kept.get("parts"), dict):
        return Doubt("the catalogue of the night before does not say what it was made from")
    differing = sorted(k for k in parts.keys() | kept["parts"].keys() if parts.get(k) != kept["parts"].get(k))
    if differing:
        return Doubt(f"not as in the night before: {', '.join(differing)}")
    files = {name: folder / f"{name}.parquet" for name in (*TABLES, INPUT, STANDING, SAID)}
    found = storage.at_once(lambda name: storage.seal(files[name]) if files[name].is_file() else None, files)
    for name, digest in found.items():
        if digest is None or digest != seals.get(name):
            return Doubt(f"{files[name].name} of the night before is missing or not as it was written")
    pool = ThreadPoolExecutor(1)
    beside, reading = (
        pool.submit(lambda names: {name: storage.read_table(folder, name) for name in names}, names)
        for names in ((INPUT, STANDING, SAID), TABLES)
    )
    pool.shutdown(wait=False)
    corrected = frozenset(kept.get("corrected", ()))
    return LastNight(folder, kept.get("version"), corrected, seal_of(made), reading, beside)


def seal_of(manifest: Mapping[str, Any]) -> str:
    """One digest of all files of a catalogue, so that a release can tell of which catalogue it was made."""
    return hashlib.sha256(json.dumps(manifest.get(storage.SEALS), sort_keys=True).encode()).hexdigest()[:16]


def standing(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """`STANDING` from `golden_id` (id, parent_organization_id of every organisation) and `published` (entity_id)."""
    found = con.sql("""
        SELECT coalesce(g.id, p.entity_id) AS entity_id, g.parent_organization_id, g.id IS NOT NULL AS is_golden,
               p.entity_id IS NOT NULL AS is_published
        FROM golden_id g FULL JOIN published p ON p.entity_id = g.id ORDER BY 1
    """)
    return found.to_arrow_table().cast(STANDS)
