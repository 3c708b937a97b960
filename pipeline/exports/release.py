"""Publishes a release: written aside, checked, moved in place; `latest.json` is moved last.

`releases/<version>/` holds `catalogue.duckdb`, `parquet/<table>.parquet`, `changes.parquet` and `manifest.json`.
A reader who follows `latest.json` sees the old release or the new one, never a half. A killed run leaves a folder that
ends in `.partial`, which the next run removes.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline import __version__, schema
from pipeline.exports import database
from pipeline.sources.snapshots import version_of
from pipeline.storage import Stop, in_key_order, write_table

LATEST = "latest.json"
MANIFEST = "manifest.json"
CHANGES = "changes.parquet"
"""The table `change`, where an importing service looks first."""


@dataclass(frozen=True, slots=True)
class Release:
    """A published release."""

    version: str
    path: Path
    manifest: Mapping[str, Any]


def latest(releases: Path) -> Release | None:
    """The release that `latest.json` names; null when nothing has been published.

    Raises `Stop` when it names a release that is not there or not readable: ids would be lost by going on.
    """
    pointer = releases / LATEST
    if not pointer.exists():
        return None
    try:
        version = json.loads(pointer.read_text(encoding="utf-8"))["version"]
        manifest = json.loads((releases / version / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Stop(
            f"{pointer}: does not name a readable release ({error}). Restore that folder, or edit the file to name "
            "the newest good one; the ids of organisations are carried over from it."
        ) from error
    return Release(version, releases / version, manifest)


def next_version(releases: Path, now: datetime) -> str:
    """The version of a release made now; a second later when that name is taken."""
    moment = now
    while (releases / version_of(moment)).exists():
        moment = datetime.fromtimestamp(moment.timestamp() + 1, UTC)
    return version_of(moment)


def publish(
    releases: Path,
    tables: Mapping[str, pa.Table],
    *,
    version: str,
    sources: list[Mapping[str, Any]],
    region: tuple[str, ...],
    keep: int,
    copies: tuple[Path, ...] = (),
    previous: str | None = None,
    created_at: datetime,
    fingerprints: Mapping[str, str] | None = None,
    catalogue: str | None = None,
    inspect: Callable[[Path], None] = lambda folder: None,
    matching: Mapping[str, Any] | None = None,
) -> Release:
    """Writes and publishes a release; raises `Stop` when the disk refuses, and then the old one stays.

    `catalogue` is the digest of the catalogue that it is made of, so that the next night knows what it can rely on.
    """
    aside = releases / f"{version}.partial"
    try:
        _sweep(releases)
        (aside / "parquet").mkdir(parents=True)
        for table in schema.tables(stage="catalogue"):
            data = in_key_order(table.name, tables[table.name])
            write_table(aside / "parquet" / f"{table.name}.parquet", data, packed=True)
        shutil.copyfile(aside / "parquet" / "change.parquet", aside / CHANGES)
        in_order = {name: pq.read_table(aside / "parquet" / f"{name}.parquet") for name in tables}
        database.write(aside / "catalogue.duckdb", in_order)
        manifest = {
            "version": version,
            "created_at": created_at.astimezone(UTC).isoformat(timespec="seconds"),
            "previous_version": previous,
            "schema_version": schema.SCHEMA_VERSION,
            "koonti_version": __version__,
            "duckdb_storage_version": database.STORAGE_VERSION,
            "region": list(region),
            "fingerprints": dict(fingerprints or {}),
            "catalogue": catalogue,
            "sources": list(sources),
            "matching": dict(matching or {}),
            "rows": {t.name: tables[t.name].num_rows for t in schema.tables(stage="catalogue")},
            "files": {p.relative_to(aside).as_posix(): _facts(p) for p in sorted(aside.rglob("*")) if p.is_file()},
        }
        text = json.dumps(manifest, indent=2, ensure_ascii=False)
        (aside / MANIFEST).write_text(text + "\n", encoding="utf-8")
        inspect(aside)  # may stop it; nothing of it has been seen yet
        for target in copies:
            _copy(aside, target, version)
        aside.replace(releases / version)
        _point(releases, version)
        _prune(releases, keep, version)
    except OSError as error:
        raise Stop(f"release {version}: cannot be written ({error}). The release before it stays published.") from error
    return Release(version, releases / version, manifest)


def verify(path: Path) -> list[str]:
    """What is wrong with a release on disk, one line each; empty when every file is as its manifest says."""
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        return [f"{path / MANIFEST}: cannot be read ({error})."]
    wrong = []
    for name, facts in manifest["files"].items():
        file = path / name
        if not file.exists():
            wrong.append(f"{name}: is missing.")
        elif _facts(file) != facts:
            wrong.append(f"{name}: its content is not what the manifest says ({facts['bytes']} bytes expected).")
    known = {*manifest["files"], MANIFEST}
    present = {p.relative_to(path).as_posix() for p in path.rglob("*") if p.is_file()}
    wrong += [f"{name}: is not in the manifest." for name in sorted(present - known)]
    for table, rows in manifest["rows"].items():
        file = path / "parquet" / f"{table}.parquet"
        if file.exists() and not wrong and pq.read_metadata(file).num_rows != rows:
            wrong.append(f"{table}: has {pq.read_metadata(file).num_rows} rows, the manifest says {rows}.")
    return wrong


def _facts(path: Path) -> dict[str, Any]:
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"bytes": path.stat().st_size, "sha256": digest}


def _point(releases: Path, version: str) -> None:
    aside = releases / f"{LATEST}.partial"
    text = json.dumps({"version": version, "path": version, "manifest": f"{version}/{MANIFEST}"}, indent=2)
    aside.write_text(text + "\n", encoding="utf-8")
    aside.replace(releases / LATEST)


def _sweep(releases: Path) -> None:
    """Removes what a killed run left."""
    for path in releases.glob("*.partial"):
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _prune(releases: Path, keep: int, current: str) -> None:
    versions = sorted(p.name for p in releases.iterdir() if p.is_dir() and (p / MANIFEST).exists())
    for version in versions[:-keep] if keep < len(versions) else []:
        if version != current:
            shutil.rmtree(releases / version)


def _copy(aside: Path, target: Path, version: str) -> None:
    """A copy for another machine or share: whole under its name before its `latest.json` moves."""
    target.mkdir(parents=True, exist_ok=True)
    partial = target / f"{version}.partial"
    shutil.rmtree(partial, ignore_errors=True)
    shutil.copytree(aside, partial)
    partial.replace(target / version)
    _point(target, version)
