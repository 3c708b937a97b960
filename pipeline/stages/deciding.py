"""Stages 3 and 3b: who is who, and the persistent id of each."""

from contextlib import closing
from datetime import UTC, datetime

from pipeline import identity, outcomes, storage
from pipeline.dedupe import gather, services, tonight
from pipeline.dedupe.engine import engine
from pipeline.dedupe.match import MatchResult
from pipeline.dedupe.spark import NoSpark
from pipeline.exports import release
from pipeline.identity import nightly
from pipeline.ledger import judgements, matched, published, whole
from pipeline.privacy import upkeep
from pipeline.settings import Settings
from pipeline.stages.guard import exclusive
from pipeline.stages.records import open_records
from pipeline.storage import Stop


@exclusive
def match_records(settings: Settings, *, now: datetime | None = None) -> MatchResult:
    """Stage 3: which organisation records are one, and which services and places of one organisation.

    Leaves clusters, match, match_reason and relations, and in the manifest what `tonight.Night.facts` says.
    """
    whole.checked(settings.ledger_dir, lambda: upkeep.rules_of(settings))
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


@exclusive
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
