"""Stages 1 and 2: what each source sent, and its records."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

from pipeline import outcomes, storage, takeover
from pipeline import records as record_tables
from pipeline.exports import release
from pipeline.identity import lifecycle, nightly
from pipeline.ledger import whole
from pipeline.outcomes import SourceOutcome
from pipeline.privacy import captures, upkeep
from pipeline.privacy.suppression import Suppressions
from pipeline.settings import Settings, SourceSettings
from pipeline.sources import fetching, retention, snapshots
from pipeline.sources.errors import SourceFailed
from pipeline.sources.fetching import Taken
from pipeline.sources.snapshots import Snapshot
from pipeline.stages.guard import exclusive
from pipeline.stages.records import record_folders

Progress = Callable[[str], None]


@exclusive
def take_snapshot(
    settings: Settings,
    source: SourceSettings,
    *,
    now: datetime,
    progress: Progress,
    offline: bool = False,
    full: bool = False,
) -> Taken:
    """Stage 1: the snapshot of one source; `full` asks for everything anew."""
    rules = whole.checked(settings.ledger_dir, lambda: upkeep.rules_of(settings))
    order = fetching.Order(
        source=source.id,
        kind=source.kind,
        description=source.description,
        options=source.options,
        base_dir=settings.base_dir,
        snapshots_dir=settings.snapshots_dir,
        http=settings.http,
        municipality_codes=settings.municipality_codes,
        missing_environment=source.missing_environment,
        landed=(storage.read_manifest(settings.records_dir / source.id) or {}).get("version"),
        claimed=tuple(str(s.options["path"]) for s in settings.sources if "path" in s.options),
        shield=captures.shield(rules),
        forbid=rules.forbids,
    )
    if reason := upkeep.opted_out(source, rules):
        return fetching.left_out(order, reason)
    taken = fetching.take(order, now=now, progress=progress, offline=offline, full=full)
    upkeep.clean_snapshots(settings.snapshots_dir, source, rules)
    if taken.state == "fresh":
        before = storage.read_manifest(settings.records_dir / source.id) or {}
        retention.prune(settings.snapshots_dir, source.id, settings.keep_snapshots, before.get("version"))
    return taken


@exclusive
def land_source(
    settings: Settings, source: SourceSettings, *, accept_shrink: bool = False, accept_identity: tuple[str, ...] = ()
) -> SourceOutcome:
    """Stage 2: the record tables of one source from the snapshot that stage 1 chose.

    Records of the last good snapshot stay when the new one cannot be read, or has shrunk beyond the bound.
    """
    folder = settings.records_dir / source.id
    rules = whole.checked(settings.ledger_dir, lambda: upkeep.rules_of(settings))
    if reason := upkeep.opted_out(source, rules):
        return outcomes.left_out(source.id, reason)
    upkeep.clean_records(folder, source.id, rules)
    before = storage.read_manifest(folder)
    status = fetching.status(settings.snapshots_dir, source.id)
    if not status or not status["version"]:
        return outcomes.earlier(source.id, before, "missing", (status or {}).get("message") or "It was never fetched.")
    try:
        if before and record_tables.are_of(folder, before, source, _loaded(settings, source, status["version"]), rules):
            return outcomes.earlier(source.id, before, status["state"], status["message"])
        snapshot, read, trouble = _readable(settings, source, status["version"], rules, alone=before is not None)
        landed = read.landed
    except SourceFailed as failure:
        return outcomes.earlier(source.id, before, "stale" if before else "missing", str(failure))
    bound = source.description.shrink_limit
    if before and not accept_shrink and landed.organizations < bound * before["organizations"]:
        return outcomes.earlier(
            source.id,
            before,
            "held",
            f"It gave {landed.organizations} organisations, {before['organizations']} before: less than "
            f"{bound:.0%}. If that is right, run koonti sync --accept-shrink {source.id}.",
        )
    if before and not accept_shrink and read.emptied:
        return outcomes.earlier(
            source.id,
            before,
            "held",
            f"{'; '.join(str(one) for one in read.emptied[:3])}. The platform may have changed. If that is right, run "
            f"koonti sync --accept-shrink {source.id}.",
        )
    previous = release.latest(settings.releases_dir)
    tables = nightly.settled(
        landed.tables,
        folder,
        lifecycle.Pass(
            source.id,
            snapshot.version,
            snapshot.fetched_at,
            full=read.complete,
            grace_days=source.description.grace_days,
            removed=read.removed,
        ),
        accepted=accept_identity,
        release=previous.path / "parquet" if previous else None,
        folders=record_folders(settings),
    )
    outcome = SourceOutcome(
        source=source.id,
        state="stale" if trouble else status["state"],
        message=trouble or status["message"],
        version=snapshot.version,
        fetched_at=snapshot.fetched_at.isoformat(),
        captures=snapshot.captures_count,
        bytes=snapshot.bytes,
        sha256=snapshot.sha256,
        organizations=landed.organizations,
        services=landed.services,
        locations=landed.locations,
        issues=tables["issue"].num_rows,
        read=landed.read,
        repeated=landed.repeated,
        taken=landed.taken,
        anew=read.anew,
    )
    facts = asdict(outcome) | record_tables.marks(source, rules)
    storage.write_tables(folder, read.files(tables), facts, sealed=True, seals=takeover.SEALS)
    return outcome


def _readable(
    settings: Settings, source: SourceSettings, newest: str, rules: Suppressions, *, alone: bool
) -> tuple[Snapshot, record_tables.Read, str | None]:
    """The newest snapshot that can be read, its records, and why it is not the one that was wanted.

    With `alone` no other is tried, as the records of the last good one are still there. Raises `SourceFailed` when none
    can be read.
    """
    known = [] if alone else snapshots.versions(settings.snapshots_dir, source.id)
    older = [version for version in reversed(known) if version < newest]
    folder = settings.records_dir / source.id
    trouble: SourceFailed | None = None
    for version in (newest, *older):
        try:
            one = _loaded(settings, source, version)
            return one, record_tables.read(source, one, folder, rules), str(trouble) if trouble else None
        except SourceFailed as failure:
            trouble = trouble or failure
    assert trouble is not None
    raise trouble


def _loaded(settings: Settings, source: SourceSettings, version: str) -> Snapshot:
    return snapshots.load(settings.snapshots_dir / source.id / version)
