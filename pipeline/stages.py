"""One function per stage: what it reads from disk, which logic it calls, what it leaves on disk.

The assets of Dagster and the commands of `koonti` call these and nothing else. A function returns what happened;
it raises `Stop` only when nothing may be published.
"""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import duckdb
import pyarrow as pa

from pipeline import outcomes, schema, storage
from pipeline.dedupe import catalogue, gather, identity, nightly, provenance, services
from pipeline.dedupe.match import MatchResult
from pipeline.exports import release, taxonomy
from pipeline.locks import alone
from pipeline.outcomes import SourceOutcome
from pipeline.schema.checks import Violation, violations
from pipeline.settings import Settings, SourceSettings
from pipeline.sources import fetching, registry, snapshots
from pipeline.sources.errors import SourceFailed
from pipeline.sources.fetching import Taken
from pipeline.storage import Stop
from pipeline.transform.landing import land

Progress = Callable[[str], None]


P = ParamSpec("P")
T = TypeVar("T")


def _exclusive(stage: Callable[Concatenate[Settings, P], T]) -> Callable[Concatenate[Settings, P], T]:
    """A stage that writes: no other process may be at work on the same data; raises `Stop` when one is."""

    @wraps(stage)
    def guarded(settings: Settings, *args: P.args, **options: P.kwargs) -> T:
        with alone(settings.data_dir):
            return stage(settings, *args, **options)

    return guarded


@_exclusive
def take_snapshot(
    settings: Settings, source: SourceSettings, *, now: datetime, progress: Progress, offline: bool = False
) -> Taken:
    """Stage 1: the snapshot of one source."""
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
    )
    taken = fetching.take(order, now=now, progress=progress, offline=offline)
    if taken.state == "fresh":
        before = storage.read_manifest(settings.records_dir / source.id) or {}
        snapshots.prune(settings.snapshots_dir, source.id, settings.keep_snapshots, before.get("version"))
    return taken


@_exclusive
def land_source(settings: Settings, source: SourceSettings, *, accept_shrink: bool = False) -> SourceOutcome:
    """Stage 2: the record tables of one source from the snapshot that stage 1 chose.

    Records of the last good snapshot stay when the new one cannot be read, or has shrunk beyond the bound.
    """
    folder = settings.records_dir / source.id
    before = storage.read_manifest(folder)
    status = fetching.status(settings.snapshots_dir, source.id)
    if not status or not status["version"]:
        return outcomes.earlier(source.id, before, "missing", (status or {}).get("message") or "It was never fetched.")
    try:
        snapshot = snapshots.load(settings.snapshots_dir / source.id / status["version"])
        parse = registry.parse_of(source.kind)
        landed = land(
            parse(snapshot.captures(), source.description, source.options),
            source=source.id,
            snapshot_version=snapshot.version,
        )
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
    outcome = SourceOutcome(
        source=source.id,
        state=status["state"],
        message=status["message"],
        version=snapshot.version,
        fetched_at=snapshot.fetched_at.isoformat(),
        captures=snapshot.captures_count,
        bytes=snapshot.bytes,
        sha256=snapshot.sha256,
        organizations=landed.organizations,
        services=landed.services,
        locations=landed.locations,
        issues=landed.issues,
        read=landed.read,
        repeated=landed.repeated,
    )
    storage.write_tables(folder, landed.tables, asdict(outcome))
    return outcome


def record_folders(settings: Settings) -> list[Path]:
    """Folders of record tables that are there."""
    folders = [settings.records_dir / s.id for s in settings.sources]
    return [f for f in folders if storage.read_manifest(f)]


def open_records(settings: Settings) -> duckdb.DuckDBPyConnection:
    """A connection in which every record table of all sources together is a table of its name."""
    con = storage.connect()
    folders = record_folders(settings)
    for table in schema.tables(stage="records"):
        con.register(table.name, storage.union(folders, table.name))
    return con


@_exclusive
def match_records(settings: Settings, *, now: datetime | None = None) -> MatchResult:
    """Stage 3: which organisation records are one, and which services and places of one organisation.

    Leaves clusters, match, match_reason and relations, and in the manifest what `nightly.Night.facts` says.
    """
    con = open_records(settings)
    try:
        records = gather.matching_input(con)
        if not records.num_rows:
            failed = "; ".join(f"{o.source}: {o.message}" for o in outcomes.read(settings) if o.message)
            raise Stop(f"no source has any organisation, so there is nothing to publish. {failed}")
        order = nightly.Order(
            settings.data_dir / "matching", now or datetime.now(UTC), settings.pinned_weights, settings.full_every_days
        )
        night = nightly.match_tonight(records, order)
        result = night.result
        of_services = services.tables(con, result.clusters)
    finally:
        con.close()
    storage.write_tables(
        settings.entities_dir,
        {
            "clusters": result.clusters,
            "match": result.matches,
            "match_reason": result.reasons,
            "relations": result.relations,
            "blocking_report": result.blocking_report,
            **of_services,
        },
        night.facts() | {"services": services.fingerprint()},
    )
    return result


@_exclusive
def assign_ids(settings: Settings, *, now: datetime) -> identity.Identity:
    """Stage 3b: the persistent id of every cluster, carried over from the published release."""
    previous = release.latest(settings.releases_dir)
    old = previous.path / "parquet" if previous else None
    version = release.next_version(settings.releases_dir, now)
    clusters = {"organization": storage.read_table(settings.entities_dir, "clusters")}
    for kind in ("service", "location"):
        clusters[kind] = storage.read_table(settings.entities_dir, f"clusters_{kind}")
    made = identity.assign_kinds(
        clusters,
        storage.read_table(old, "entity_registry") if old else schema.empty("entity_registry"),
        storage.read_table(old, "entity_record") if old else schema.empty("entity_record"),
        version=version,
        mint=lambda prefix: identity.minter(now, seed=settings.id_seed, prefix=prefix),
    )
    storage.write_tables(
        settings.data_dir / "identity",
        {"assignment": made.assignment, "entity_registry": made.registry, "entity_record": made.members},
        {"version": version, "previous": previous.version if previous else None},
    )
    return made


@_exclusive
def build_catalogue(settings: Settings) -> tuple[dict[str, pa.Table], list[Violation]]:
    """Stage 4: golden rows and their provenance, and what breaks the schema in them.

    A catalogue with violations must not be published; `publish` refuses it.
    """
    ids = settings.data_dir / "identity"
    assignment = storage.read_table(ids, "assignment")
    con = open_records(settings)
    try:
        built = catalogue.build(
            con,
            assignment,
            kinds={s.id: s.kind for s in settings.sources},
            municipality_codes=settings.municipality_codes,
            contact_persons=settings.contact_persons,
        )
        previous = release.latest(settings.releases_dir)
        old_bridge = storage.read_table(previous.path / "parquet", "bridge") if previous else schema.empty("bridge")
        tables = dict(built.tables)
        tables |= provenance.tables(con, settings.entities_dir, ids, old_bridge)
    finally:
        con.close()
    states = outcomes.read(settings)
    tables["source"] = outcomes.source_table(settings, states)
    tables["snapshot"] = outcomes.snapshot_table(states)
    tables |= taxonomy.tables(tables["attribute"])
    tables["unread_field"] = storage.union(record_folders(settings), "unread_field")
    found = check_catalogue(tables)
    storage.write_tables(settings.catalogue_dir, tables, {"violations": [str(v) for v in found]})
    return tables, found


def check_catalogue(tables: dict[str, pa.Table]) -> list[Violation]:
    """Every key, required column, code list and reference of the published tables."""
    con = storage.connect()
    try:
        published = schema.tables(stage="catalogue")
        for table in published:
            con.register(table.name, schema.conform(table.name, tables[table.name]))
        return violations(con, published)
    finally:
        con.close()


@_exclusive
def publish(settings: Settings, *, now: datetime) -> release.Release:
    """Stage 5: the release; raises `Stop` when the catalogue breaks its schema or is empty."""
    broken = (storage.read_manifest(settings.catalogue_dir) or {}).get("violations", ["there is no catalogue"])
    if broken:
        raise Stop("the catalogue breaks its schema: " + "; ".join(broken[:5]))
    facts = storage.read_manifest(settings.data_dir / "identity") or {}
    tables = {t.name: storage.read_table(settings.catalogue_dir, t.name) for t in schema.tables(stage="catalogue")}
    if not tables["organization"].num_rows:
        raise Stop("the catalogue has no organisation in the configured region; the release before stays published.")
    return release.publish(
        settings.releases_dir,
        tables,
        version=facts["version"],
        sources=[asdict(o) for o in outcomes.read(settings)],
        region=settings.region,
        keep=settings.keep,
        copies=tuple(settings.base_dir / target for target in settings.publish_to),
        previous=facts.get("previous"),
        created_at=now,
        matching=nightly.facts_of(settings.entities_dir),
    )
