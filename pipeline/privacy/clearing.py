"""Makes a suppression true of everything that is kept: snapshots, records, stages, releases, history.

The order matters: what is kept of the sources first, then a new release made from it, and only when that is in
place are the older ones taken away, so a reader of `latest.json` always finds a whole release.
"""

import json
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa

from pipeline import stages, storage
from pipeline.exports import release
from pipeline.locks import alone
from pipeline.privacy import history, protect, upkeep
from pipeline.privacy.masking import mask_bytes
from pipeline.privacy.needles import Needle
from pipeline.privacy.suppression import Suppressions
from pipeline.schema import table as schema_table
from pipeline.settings import Settings

TELLING = frozenset({"personal", "organisation_contact", "free_text", "sensitive_location"})
LONGEST = 200
"""Characters of a value that is looked for in the history of runs, which shows values shortened."""


@dataclass(slots=True)
class Cleared:
    """What was done."""

    snapshots: int = 0
    records: int = 0
    published: str | None = None
    """Version of the release that was made; null when there was none before."""
    withdrawn: list[str] = field(default_factory=list)
    history: int = 0
    left: list[str] = field(default_factory=list)
    """Folders of sources that koonti.yml no longer names: only their removal helps."""


def owned_records(settings: Settings, records: Iterable[str]) -> list[str]:
    """Records with the services and places that belong to them, as the record tables say."""
    wanted = frozenset(records)
    found = set(wanted)
    for folder in _folders(settings.records_dir):
        found |= protect.owned(storage.read_table(folder, "record"), wanted)
    return sorted(found)


def clear(settings: Settings, *, now: datetime | None = None) -> Cleared:
    """Applies the ledger to everything on disk; raises `Stop` when a step cannot be done, and says which."""
    done = Cleared()
    with alone(settings.data_dir):
        rules = upkeep.rules_of(settings)
        needles = (*rules.needles, *_values(settings, rules))
        for source in settings.sources:
            done.snapshots += upkeep.clean_snapshots(settings.snapshots_dir, source, rules)
            done.records += upkeep.clean_records(settings.records_dir / source.id, source.id, rules)
        known = {s.id for s in settings.sources}
        done.left = [
            str(p)
            for base in (settings.snapshots_dir, settings.records_dir)
            for p in _folders(base)
            if p.name not in known
        ]
        if release.latest(settings.releases_dir):
            done.published = _publish_again(settings, now or datetime.now(UTC))
        for folder in (settings.releases_dir, *(settings.base_dir / target for target in settings.publish_to)):
            done.withdrawn += withdraw(folder, keep=done.published)
        done.history += sum(history.clear(home, needles) for home in history.homes(settings))
        done.history += sum(_clear_file(path, needles) for path in settings.snapshots_dir.glob("**/*.json"))
    return done


def _publish_again(settings: Settings, now: datetime) -> str:
    """A new release from what is left; the older one stands until then."""
    for folder in (
        settings.entities_dir,
        settings.matching_dir,
        settings.data_dir / "identity",
        settings.catalogue_dir,
    ):
        shutil.rmtree(folder, ignore_errors=True)
    stages.match_records(settings)
    stages.assign_ids(settings, now=now)
    stages.build_catalogue(settings)
    return stages.publish(settings, now=now, accept_churn=True).version


def withdraw(releases: Path, *, keep: str | None) -> list[str]:
    """Takes the content of all releases but one away; their manifests stay and say so."""
    gone = []
    for path in _folders(releases):
        if path.name == keep or not (path / release.MANIFEST).exists():
            continue
        facts = json.loads((path / release.MANIFEST).read_text(encoding="utf-8"))
        if facts.get("withdrawn_at"):
            continue
        kept = {k: facts.get(k) for k in ("version", "created_at", "previous_version", "schema_version")}
        kept |= {"withdrawn_at": datetime.now(UTC).isoformat(timespec="seconds"), "rows": {}, "files": {}}
        aside = path.with_name(f"{path.name}.partial")
        shutil.rmtree(aside, ignore_errors=True)
        aside.mkdir()
        (aside / release.MANIFEST).write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
        storage.replace_folder(aside, path)
        gone.append(path.name)
    return gone


def _values(settings: Settings, rules: Suppressions) -> list[Needle]:
    """The values of suppressed records and fields as the kept record tables have them, for the history of runs."""
    found: set[str] = set()
    for folder in _folders(settings.records_dir):
        manifest = storage.read_manifest(folder) or {"tables": {}}
        tables = {name: storage.read_table(folder, name) for name in manifest["tables"] if name in storage.TABLES}
        if "record" not in tables:
            continue
        records = protect.owned(tables["record"], rules.records)
        left = protect.without(tables, Suppressions(records=records, fields=rules.fields))
        for name, data in tables.items():
            found |= _texts(name, data) - _texts(name, left[name])
    return [Needle("text", value, "") for value in sorted(found) if 4 < len(value) <= LONGEST]


def _texts(name: str, data: pa.Table) -> set[str]:
    telling = [c.name for c in schema_table(name).columns if c.data_class in TELLING and c.type == "string"]
    telling += [c for c in ("name", "alternate_name", "native_url", "url", "website") if c in data.column_names]
    return {v for c in telling for v in data.column(c).to_pylist() if v}


def _clear_file(path: Path, needles: tuple[Needle, ...]) -> int:
    body = path.read_bytes()
    made = mask_bytes(body, needles)
    if made is body:
        return 0
    path.write_bytes(made)
    return 1


def _folders(base: Path) -> list[Path]:
    if not base.is_dir():
        return []
    return sorted(p for p in base.iterdir() if p.is_dir() and not p.name.endswith((".partial", ".old")))
