"""One function per stage: what it reads from disk, which logic it calls, what it leaves on disk.

The assets of Dagster and the commands of `koonti` call these and nothing else. A function returns what happened;
it raises `Stop` only when nothing may be published.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

import duckdb
import pyarrow as pa

from pipeline import identity, outcomes, schema, storage
from pipeline import records as record_tables
from pipeline.changes import nightly as feed
from pipeline.dedupe import catalogue, gather, provenance, services, tonight
from pipeline.dedupe.engine import engine
from pipeline.dedupe.match import MatchResult
from pipeline.dedupe.spark import NoSpark
from pipeline.exports import release, taxonomy
from pipeline.identity import lifecycle, nightly
from pipeline.ledger import judgements, matched, published
from pipeline.locks import alone
from pipeline.outcomes import SourceOutcome
from pipeline.privacy import captures, final, protect, publication, upkeep
from pipeline.schema.checks import Violation, of_catalogue
from pipeline.settings import Settings, SourceSettings
from pipeline.sources import fetching, retention, snapshots
from pipeline.sources.errors import SourceFailed
from pipeline.sources.fetching import Taken
from pipeline.storage import Stop

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
    settings: Settings,
    source: SourceSettings,
    *,
    now: datetime,
    progress: Progress,
    offline: bool = False,
    full: bool = False,
) -> Taken:
    """Stage 1: the snapshot of one source; `full` asks for everything anew."""
    rules = upkeep.rules_of(settings)
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


@_exclusive
def land_source(
    settings: Settings, source: SourceSettings, *, accept_shrink: bool = False, accept_identity: tuple[str, ...] = ()
) -> SourceOutcome:
    """Stage 2: the record tables of one source from the snapshot that stage 1 chose.

    Records of the last good snapshot stay when the new one cannot be read, or has shrunk beyond the bound.
    """
    folder = settings.records_dir / source.id
    rules = upkeep.rules_of(settings)
    if reason := upkeep.opted_out(source, rules):
        return outcomes.left_out(source.id, reason)
    upkeep.clean_records(folder, source.id, rules)
    before = storage.read_manifest(folder)
    status = fetching.status(settings.snapshots_dir, source.id)
    if not status or not status["version"]:
        return outcomes.earlier(source.id, before, "missing", (status or {}).get("message") or "It was never fetched.")
    try:
        snapshot = snapshots.load(settings.snapshots_dir / source.id / status["version"])
        if before and record_tables.are_of(folder, before, source, snapshot, rules):
            return outcomes.earlier(source.id, before, status["state"], status["message"])
        read = record_tables.read(source, snapshot, folder, rules)
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
        issues=tables["issue"].num_rows,
        read=landed.read,
        repeated=landed.repeated,
    )
    storage.write_tables(folder, read.files(tables), asdict(outcome) | record_tables.marks(source, rules))
    return outcome


def record_folders(settings: Settings) -> list[Path]:
    """Folders of record tables that are there."""
    rules = upkeep.rules_of(settings)
    folders = [settings.records_dir / s.id for s in settings.sources if not upkeep.opted_out(s, rules)]
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

    Leaves clusters, match, match_reason and relations, and in the manifest what `tonight.Night.facts` says.
    """
    con = open_records(settings)
    try:
        records = gather.matching_input(con)
        if not records.num_rows:
            failed = "; ".join(f"{o.source}: {o.message}" for o in outcomes.read(settings) if o.message)
            raise Stop(f"no source has any organisation, so there is nothing to publish. {failed}")
        judged = judgements.judge(settings.ledger_dir, records)
        decided = {"must_link": judged.must_link, "must_not_link": judged.must_not_link}
        chosen = settings.matching
        order = tonight.Order(settings.matching_dir, now or datetime.now(UTC), chosen.weights, chosen.full_every_days)
        with engine(chosen.engine, chosen.master, chosen.spark) as running:
            night = tonight.match_tonight(records, order, **decided, engine=running)
        of_services = services.tables(con, night.result.clusters, **decided)
    except NoSpark as missing:
        raise Stop(f"matching could not run. {missing}") from None
    finally:
        con.close()
    result = matched.told(night.result, judged)
    storage.write_tables(
        settings.entities_dir,
        matched.tables(result, judged) | of_services,
        night.facts() | {"services": services.fingerprint()},
    )
    return result


@_exclusive
def assign_ids(settings: Settings, *, now: datetime) -> identity.Identity:
    """Stage 3b: the persistent id of every cluster, carried over from the published release."""
    previous = release.latest(settings.releases_dir)
    old = previous.path / "parquet" if previous else None
    version = release.next_version(settings.releases_dir, now)
    rules = upkeep.rules_of(settings)
    files = {"organization": "clusters", "service": "clusters_service", "location": "clusters_location"}
    groups = {kind: storage.read_table(settings.entities_dir, name) for kind, name in files.items()}
    with closing(open_records(settings)) as con:
        made, churn = nightly.assigned(
            con,
            groups,
            old,
            version=version,
            mint=lambda prefix: identity.minter(now, seed=settings.id_seed, prefix=prefix),
            limit=settings.churn_limit,
            aside=nightly.Aside(
                suppressed=rules.entities | upkeep.gone(old),
                hidden=rules.records,
                **published.concerned(settings.entities_dir, old),
            ),
        )
    ended, members = upkeep.tombstones(made.registry, made.members, rules) if rules else (made.registry, made.members)
    tables = {"assignment": made.assignment, "entity_registry": ended, "entity_record": members}
    storage.write_tables(
        settings.data_dir / "identity",
        tables | {"entity_event": made.events},
        {"version": version, "previous": previous.version if previous else None, "churn": churn.facts()},
    )
    return made


@_exclusive
def build_catalogue(settings: Settings) -> tuple[dict[str, pa.Table], list[Violation]]:
    """Stage 4: golden rows and their provenance, and what breaks the schema in them.

    A catalogue with violations must not be published; `publish` refuses it.
    """
    ids = settings.data_dir / "identity"
    assignment = storage.read_table(ids, "assignment")
    previous = release.latest(settings.releases_dir)
    before = previous.path / "parquet" if previous else settings.data_dir / "nothing"
    corrected = published.corrections_of(settings.ledger_dir, assignment, ids, before)
    rules = upkeep.rules_of(settings)
    con = open_records(settings)
    try:
        withheld = publication.apply(con, assignment, settings=settings, rules=rules)
        built = catalogue.build(
            con,
            assignment,
            kinds={s.id: s.kind for s in settings.sources},
            municipality_codes=settings.municipality_codes,
            contact_persons=settings.contact_persons,
            corrections=corrected.allowed(assignment, withheld.hidden),
        )
        tables = dict(built.tables)
        tables |= provenance.tables(con, settings.entities_dir, ids, storage.read_table(before, "bridge"))
        records = con.sql("SELECT * FROM record").to_arrow_table()
    finally:
        con.close()
    tables |= published.tables(tables["issue"], settings.entities_dir, corrected, built.corrections)
    states = outcomes.read(settings)
    tables["source"] = outcomes.source_table(settings, states)
    tables["snapshot"] = outcomes.snapshot_table(states)
    tables |= taxonomy.tables(tables["attribute"])
    tables["unread_field"] = storage.union(record_folders(settings), "unread_field")
    tables["match_reason"] = publication.without_withheld(tables["match_reason"], withheld)
    tables = protect.without(tables, rules)
    version = (storage.read_manifest(ids) or {})["version"]
    tables["change"], prints = feed.changes(settings, tables, records, before=previous, version=version, rules=rules)
    with closing(storage.connect()) as con:
        found = of_catalogue(con, tables)
    facts = {"violations": [str(v) for v in found], feed.FINGERPRINTS: prints}
    storage.write_tables(settings.catalogue_dir, tables, facts)
    return tables, found


@_exclusive
def publish(settings: Settings, *, now: datetime, accept_churn: bool = False) -> release.Release:
    """Stage 5: the release; raises `Stop` when the catalogue breaks its schema or is empty, or too many ids change."""
    made = storage.read_manifest(settings.catalogue_dir) or {}
    broken = made.get("violations", ["there is no catalogue"])
    if broken:
        raise Stop("the catalogue breaks its schema: " + "; ".join(broken[:5]))
    facts = storage.read_manifest(settings.data_dir / "identity") or {}
    if facts.get("churn", {}).get("held") and not accept_churn:
        raise Stop(facts["churn"]["message"])
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
        fingerprints=made.get(feed.FINGERPRINTS, {}),
        inspect=lambda folder: final.inspect(folder, upkeep.rules_of(settings)),
        matching=tonight.facts_of(settings.entities_dir),
    )
