"""From the snapshot of a source to its record tables: what is read again, and what is taken over from before.

What it decides: the record tables of the last run are built upon when they come from a snapshot that the new one is a
delta of and were made by the same code with the same options; else everything is read from the last full snapshot on,
and items that are as they were then are taken over (`takeover`) instead of being cleaned again.
Either way the tables are the same.
"""

import gc
import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline import drift, schema, storage, takeover
from pipeline.drift import Emptied
from pipeline.privacy import upkeep
from pipeline.privacy.suppression import Suppressions
from pipeline.schema.model import SchemaError
from pipeline.settings import SourceSettings
from pipeline.sources import registry, snapshots
from pipeline.sources.profile import Profile, sampled
from pipeline.sources.snapshots import Snapshot
from pipeline.transform.landing import Landed, land, land_onto, landed
from pipeline.transform.landing.closing import exchanged
from pipeline.transform.landing.earlier import Earlier

DANGLING, KNOWN, FILL = takeover.DANGLING, "source_field", "field_fill"
"""Files beside the record tables: links to records that do not exist, fields of the platform, how full records are."""
CODE = (
    "pipeline/sources",
    "pipeline/transform",
    "pipeline/privacy",
    "pipeline/schema",
    "pipeline/records.py",
    "pipeline/takeover.py",
    "data/reference",
)
LIBRARIES = ("duckdb", "numpy", "phonenumbers", "pyarrow")
"""What record tables depend on besides the snapshot."""
HELD = ("changed_identity", "reused_native_id")
"""Issues of records that were read and are held as they were before."""
ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Read:
    """The record tables of a snapshot, with what is kept beside them for the next time."""

    landed: Landed
    known: pa.Table
    """The fields that the platform has sent; see `drift`."""
    fill: pa.Table
    emptied: list[Emptied]
    """Fields that were usual and have become rare: a reason to hold the source back."""
    complete: bool
    """True when a record that is not among these is gone; false when the platform was only asked what changed."""
    removed: frozenset[str]
    """Records that the platform said to be gone."""
    anew: str | None
    """Why everything was cleaned anew; null when what had not changed was taken over."""

    def files(self, tables: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
        """Everything that lies in the folder of the source: the record tables after the life cycle, and the rest."""
        kept = {DANGLING: self.landed.dangling, KNOWN: self.known, FILL: self.fill}
        return {**tables, **kept, takeover.ENTANGLED: takeover.entangled(self.landed, tables)}


def are_of(
    folder: Path, manifest: dict[str, Any], source: SourceSettings, snapshot: Snapshot, rules: Suppressions
) -> bool:
    """Whether the record tables in a folder are those that reading the snapshot would give."""
    same = manifest.get("version") == snapshot.version and manifest.get("fingerprint") == fingerprint(source, rules)
    return same and _is_whole(folder, manifest)


def _is_whole(folder: Path, manifest: dict[str, Any]) -> bool:
    return all((folder / f"{name}.parquet").exists() for name in manifest["tables"])


def read(source: SourceSettings, snapshot: Snapshot, folder: Path, rules: Suppressions) -> Read:
    """The record tables of a snapshot; `folder` holds those of the last run. What `rules` suppress is in none of them.

    Raises `SourceFailed`.
    """
    before = storage.read_manifest(folder) or {}
    with few_collections():
        made, known, anew = _read(source, snapshots.chain(snapshot), folder, before, rules)
    told = drift.issues(known, source.id, snapshot.fetched_at)
    tables = {**made.tables, "issue": storage.in_key_order("issue", pa.concat_tables([made.tables["issue"], told]))}
    fill = drift.fill(tables)
    emptied = drift.emptied(_beside(folder, FILL, drift.FILL), fill)
    landed_with = replace(made, tables=tables, issues=tables["issue"].num_rows)
    chain = snapshots.chain(snapshot)
    removed = frozenset(f"{source.id}:{native_id}" for one in chain for native_id in one.removed())
    return Read(
        landed=landed_with,
        known=known,
        fill=fill,
        emptied=emptied,
        complete=snapshot.full or source.description.delta == "whole",
        removed=removed,
        anew=anew,
    )


def _read(
    source: SourceSettings, chain: list[Snapshot], folder: Path, before: dict[str, Any], rules: Suppressions
) -> tuple[Landed, pa.Table, str | None]:
    versions = [one.version for one in chain]
    made: Landed | None = None
    kept = takeover.earlier(folder, before, fingerprint(source, rules))
    earlier, anew = (None, kept) if isinstance(kept, str) else (kept, None)
    known = _beside(folder, KNOWN, drift.KNOWN) if before.get("options") == options_digest(source) else None
    known = drift.KNOWN.empty_table() if known is None else known
    if earlier and before.get("version") in versions and source.description.delta != "whole":
        made = _kept(folder, before, earlier)
        chain = chain[versions.index(before["version"]) + 1 :] if made else chain
    parse, own = registry.parse_of(source.kind), rules.of_source(source.id)
    while chain:
        together = chain if source.description.delta == "whole" else chain[:1]
        chain = chain[len(together) :]
        profiles = [Profile() for _ in together]
        looked_at = [sampled(one, profile) for one, profile in zip(together, profiles, strict=True)]
        captures = snapshots.layered(looked_at)
        parsed = parse(captures, source.description, source.options)
        last = together[-1]
        about: dict[str, Any] = {"source": source.id, "snapshot_version": last.version, "rules": own}
        about["snapshot_digest"] = last.sha256
        if made is None:
            made = land(parsed, earlier=earlier, **about)
        else:
            removed = last.removed()
            made = land_onto(made, parsed, removed=removed, **about)
        for one, profile in zip(together, profiles, strict=True):
            if one.full and not profile.fields:  # pages and files: what nobody reads tells of new columns and labels
                profile.count(_unread(made), made.read)
            known = drift.learned(known, profile, one.fetched_at, full=one.full)
    assert made is not None, "a chain holds at least the snapshot itself"
    return made, known, anew


def _unread(made: Landed) -> dict[str, int]:
    table = made.tables["unread_field"]
    return dict(zip(table.column("field").to_pylist(), table.column("occurrences").to_pylist(), strict=True))


def _beside(folder: Path, name: str, shape: pa.Schema) -> pa.Table:
    """A table that is kept beside the records; empty when there is none of that shape."""
    try:
        return pq.ParquetFile(folder / f"{name}.parquet").read().cast(shape)
    except (OSError, pa.ArrowException, ValueError):
        return shape.empty_table()


@contextmanager
def few_collections() -> Iterator[None]:
    """Lets the garbage collector look seldom: reading makes many small objects, and hardly any of them in circles."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _kept(folder: Path, manifest: dict[str, Any], earlier: Earlier) -> Landed | None:
    """The record tables of the last run; null when they cannot be read."""
    try:
        tables = {table.name: storage.read_table(folder, table.name) for table in schema.tables(stage="records")}
        dangling = storage.read_table(folder, DANGLING)
    except (OSError, pa.ArrowException, SchemaError):
        return None
    quiet = pc.invert(pc.is_in(tables["issue"].column("code"), value_set=pa.array(drift.CODES)))
    tables["issue"] = tables["issue"].filter(quiet)  # they are told anew
    tables, held = _as_sent(tables)
    made = landed(tables, dangling, read=manifest["read"] - held, repeated=manifest["repeated"])
    return replace(made, taken=tables["record"].num_rows, entangled=earlier.entangled)


def _as_sent(tables: dict[str, pa.Table]) -> tuple[dict[str, pa.Table], int]:
    """The tables without the records that the life cycle carries over, and how many of those were read all the same.

    It carries them over anew from what lies in the folder, so a delta must not make them look as if they were sent.
    """
    record = tables["record"]
    carried = record.filter(pc.is_valid(record.column("not_seen_since"))).column("record_id").to_pylist()
    if not carried:
        return tables, 0
    issue = tables["issue"]
    is_held = pc.is_in(issue.column("code"), value_set=pa.array(HELD))
    held = set(issue.filter(is_held).column("record_id").to_pylist()) & set(carried)
    nothing = {name: data.slice(0, 0) for name, data in tables.items()}
    return exchanged(tables, nothing, carried), len(held)


def marks(source: SourceSettings, rules: Suppressions) -> dict[str, str]:
    """What the manifest remembers, so that the next run knows what it may build upon."""
    return {
        "fingerprint": fingerprint(source, rules),
        "options": options_digest(source),
        upkeep.RULES: rules.of_source(source.id).fingerprint,
    }


def fingerprint(source: SourceSettings, rules: Suppressions) -> str:
    """Digest of the code, the lists, the options and the suppressions that the records of a source depend on."""
    own = rules.of_source(source.id).fingerprint
    return hashlib.sha256((options_digest(source) + own + _code()).encode()).hexdigest()[:32]


def options_digest(source: SourceSettings) -> str:
    """Digest of the options of a source without its secrets."""
    known = {k: v for k, v in source.options.items() if k not in source.description.secrets}
    return hashlib.sha256(json.dumps([source.kind, known], sort_keys=True, default=str).encode()).hexdigest()[:32]


@cache
def _code() -> str:
    digest = hashlib.sha256()
    for room in CODE:
        place = ROOT / room
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.suffix in (".py", ".yml", ".csv"):
                digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    digest.update("".join(f"{one}={version(one)};" for one in LIBRARIES).encode())
    return digest.hexdigest()
