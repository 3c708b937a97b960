"""Brings what is kept into line with the ledger: rules are loaded here, and old snapshots and records follow them.

It runs at the start of every stage that reads something kept, and does nothing when the rules have not changed since
(each manifest remembers their fingerprint); so a row that somebody writes into the ledger by hand counts from the next
run on, for everything that is on disk.
"""

import json
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import schema, storage
from pipeline.exports import release
from pipeline.privacy import captures, protect
from pipeline.privacy.suppression import Suppressions, load
from pipeline.settings import Settings, SourceSettings
from pipeline.sources import registry, snapshots
from pipeline.sources.errors import SourceFailed
from pipeline.sources.items import Parsed
from pipeline.sources.snapshots import SnapshotWriter

RULES = "suppressions"
"""Key of a manifest: the fingerprint of the rules that its files follow."""
MEMORY = "suppressed_entities.json"


def rules_of(settings: Settings) -> Suppressions:
    """What is suppressed now; raises `LedgerBroken` for rows that cannot be followed.

    An entity that was suppressed has no records in the release any more, so what it stood for is remembered beside the
    ledger's data (never published, readable for its owner only).
    """
    memory = settings.data_dir / "privacy" / MEMORY
    known: dict[str, list[str]] = {}
    if memory.exists():
        known = json.loads(memory.read_text(encoding="utf-8"))
    fresh: dict[str, list[str]] = {}

    def members(entity_id: str) -> Iterable[str]:
        found = set(known.get(entity_id, ())) | set(_records_of(settings, entity_id))
        if found:
            fresh[entity_id] = sorted(found)
        return sorted(found)

    rules = load(settings.ledger_dir, today=datetime.now(UTC).date(), members=members)
    if fresh and {**known, **fresh} != known:
        write_private(memory, json.dumps({**known, **fresh}, indent=2))
    return rules


def write_private(path: Path, text: str) -> None:
    """A file that only its owner can read."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600)
    path.chmod(0o600)
    path.write_text(text + "\n", encoding="utf-8")


def _records_of(settings: Settings, entity_id: str) -> list[str]:
    published = release.latest(settings.releases_dir)
    if not published:
        return []
    rows = storage.read_table(published.path / "parquet", "entity_record").to_pylist()
    return [r["record_id"] for r in rows if r["entity_id"] == entity_id and r["is_current"]]


def opted_out(source: SourceSettings, rules: Suppressions) -> str | None:
    """Why nothing of a source may be fetched or used; null when it may."""
    if source.id in rules.sources:
        return f"{source.id} has opted out (opt_outs.csv); nothing of it is fetched or used."
    addresses = [str(v) for v in source.options.values() if isinstance(v, str) and "://" in v]
    return next((why for a in addresses if (why := rules.forbids(a))), None)


def clean_snapshots(root: Path, source: SourceSettings, rules: Suppressions) -> int:
    """Writes the kept snapshots of a source anew where they hold what is suppressed; returns how many it wrote."""
    own = rules.of_source(source.id)
    folder = root / source.id
    written = 0
    if not folder.is_dir():
        return 0
    for version in reversed(snapshots.versions(root, source.id)):  # newer ones refer to answers in older ones
        path = folder / version
        facts = json.loads((path / snapshots.MANIFEST).read_text(encoding="utf-8"))
        if facts.get(RULES, "") == own.fingerprint:
            continue
        if own:
            written += _rewritten(path, source, own)
            if not path.exists():
                continue
            facts = json.loads((path / snapshots.MANIFEST).read_text(encoding="utf-8"))
        _note(path / snapshots.MANIFEST, {**facts, RULES: own.fingerprint})
    if written:
        for left in folder.glob(f"*{snapshots.BODIES}"):  # nobody refers to them any more
            shutil.rmtree(left)
    return written


def _rewritten(path: Path, source: SourceSettings, rules: Suppressions) -> bool:
    """Writes one snapshot anew; false when nothing in it had to go, or when it cannot be read."""
    facts = json.loads((path / snapshots.MANIFEST).read_text(encoding="utf-8"))
    try:
        snapshot = snapshots.load(path)
        before = list(snapshot.captures())
        parsed: list[Parsed] = []
        if rules.records or rules.fields:
            parsed = _readable(registry.parse_of(source.kind)(before, source.description, source.options))
        after = list(captures.scrubbed(before, parsed, source.id, rules))
        stands_alone = not facts.get("revisits")
        if stands_alone and len(after) == len(before) and all(a is b for a, b in zip(after, before, strict=True)):
            return False
        aside = path.parent / f"{path.name}.scrub.partial"
        shutil.rmtree(aside, ignore_errors=True)
        with SnapshotWriter(aside, source.id, snapshot.fetched_at) as writer:
            for capture in after:
                writer.add(capture)
            writer.state = snapshot.state()
    except SourceFailed:
        shutil.rmtree(path)  # it can be neither read nor cleaned, so it may hold anything
        return True
    made = aside / source.id / snapshots.version_of(snapshot.fetched_at)
    fresh = json.loads((made / snapshots.MANIFEST).read_text(encoding="utf-8"))
    scrubbed_at = datetime.now(UTC).isoformat(timespec="seconds")
    counted = {k: fresh[k] for k in ("captures", "revisits", "bytes", "sha256")}
    _note(made / snapshots.MANIFEST, {**facts, **counted, "scrubbed_at": scrubbed_at})
    storage.replace_folder(made, path)
    shutil.rmtree(aside, ignore_errors=True)
    return True


def _readable(parsed: Iterator[Parsed]) -> list[Parsed]:
    """What a parser makes of a snapshot, up to where it fails: an old layout may not be readable any more."""
    found: list[Parsed] = []
    try:
        found.extend(parsed)
    except SourceFailed:
        return found
    return found


def clean_records(folder: Path, source: str, rules: Suppressions) -> bool:
    """Takes what is suppressed out of the kept record tables of a source; false when nothing had to be done."""
    own = rules.of_source(source)
    manifest = storage.read_manifest(folder)
    if manifest is None or manifest.get(RULES, "") == own.fingerprint:
        return False
    lying = {name: storage.read_table(folder, name) for name in manifest["tables"]}
    tables = {name: data for name, data in lying.items() if name in storage.TABLES}
    before = tables["record"]
    own = replace(own, records=protect.owned(before, own.records))
    clean = protect.without(tables, own)
    kinds = clean["record"].column("kind").to_pylist()
    facts: dict[str, Any] = {k: v for k, v in manifest.items() if k != "tables"}
    facts |= {f"{kind}s": kinds.count(kind) for kind in ("organization", "service", "location")}
    facts |= {"issues": clean["issue"].num_rows, "read": facts["read"] - (before.num_rows - len(kinds))}
    if (dangling := lying.get("dangling")) is not None:
        names = pa.array(sorted(own.records), pa.string())
        told = pc.or_(*(pc.is_in(dangling.column(c), value_set=names) for c in ("record_id", "wanted")))
        lying["dangling"] = dangling.filter(pc.invert(told))
    storage.write_tables(folder, {**lying, **clean}, {**facts, RULES: own.fingerprint})
    return True


def gone(release_tables: Path | None) -> frozenset[str]:
    """Ids that an earlier release suppressed with all their records: nothing but the registry knows of them."""
    if release_tables is None:
        return frozenset()
    rows = storage.read_table(release_tables, "entity_registry")
    ids = rows.filter(pc.equal(rows.column("state"), "suppressed")).column("entity_id").to_pylist()
    told = storage.read_table(release_tables, "entity_record").column("entity_id").to_pylist()
    return frozenset(ids) - frozenset(told)


def tombstones(registry_table: pa.Table, members: pa.Table, rules: Suppressions) -> tuple[pa.Table, pa.Table]:
    """`entity_registry` and `entity_record` after suppression: nothing tells any more which records there were.

    An entity that ended because every record it last stood for is suppressed (or that was named itself) is
    `suppressed` for good; the others live on with the records that are left.
    """
    last: dict[str, list[tuple[str, str]]] = {}
    for row in members.to_pylist():
        last.setdefault(row["entity_id"], []).append((row["last_release"], row["record_id"]))
    rows = registry_table.to_pylist()
    for row in rows:
        if row["state"] == "suppressed":
            row |= {c: None for c in ("name", "successors") if c in row}
        if row["state"] != "retired":
            continue
        stood = last.get(row["entity_id"], [])
        newest = max((release for release, _ in stood), default=None)
        final = {record for release, record in stood if release == newest}
        if row["entity_id"] in rules.entities or (final and final <= rules.records):
            row |= {"state": "suppressed"} | {c: None for c in ("name", "successors") if c in row}
    left = members.filter(
        pc.invert(pc.is_in(members.column("record_id"), value_set=pa.array(sorted(rules.records), pa.string())))
    )
    made = schema.table_from_rows("entity_registry", rows)
    return protect.without_persons("entity_registry", made, rules.needles) if rules.needles else made, left


def _note(path: Path, facts: dict[str, Any]) -> None:
    aside = path.with_name(f"{path.name}.partial")
    aside.write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
    aside.replace(path)
