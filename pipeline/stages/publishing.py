"""Stages 4 and 5: the golden rows with their provenance, and the release."""

from contextlib import closing
from dataclasses import asdict
from datetime import datetime
from typing import Any

import pyarrow as pa

from pipeline import outcomes, schema, storage
from pipeline.changes import fingerprints
from pipeline.changes import nightly as feed
from pipeline.dedupe import catalogue, last_night, provenance, tonight
from pipeline.exports import release, taxonomy
from pipeline.ledger import published
from pipeline.privacy import final, protect, publication, upkeep
from pipeline.schema.checks import Violation, of_catalogue
from pipeline.settings import Settings
from pipeline.stages.guard import exclusive
from pipeline.stages.records import open_records, record_folders
from pipeline.storage import Stop


@exclusive
def build_catalogue(settings: Settings) -> tuple[dict[str, pa.Table], list[Violation]]:
    """Stage 4: golden rows and their provenance, and what breaks the schema in them.

    Of entities that nothing touched the rows are those of the catalogue before, and the manifest says under `golden`
    how many were worked out, and why all were. A catalogue with violations must not be published; `publish` refuses it.
    """
    ids = settings.data_dir / "identity"
    assignment = storage.read_table(ids, "assignment")
    previous = release.latest(settings.releases_dir)
    before = previous.path / "parquet" if previous else settings.data_dir / "nothing"
    corrected = published.corrections_of(settings.ledger_dir, assignment, ids, before)
    rules = upkeep.rules_of(settings)
    prints = fingerprints.of(settings)
    parts = last_night.frame({**prints, "suppressed": rules.fingerprint})
    kept = last_night.read(settings.catalogue_dir, parts)
    with storage.Writing(settings.catalogue_dir, sealed=True) as writing:  # while others are made and all is checked
        with closing(open_records(settings)) as con:
            withheld = publication.apply(con, assignment, settings=settings, rules=rules)
            built = catalogue.build(
                con,
                assignment,
                kinds={s.id: s.kind for s in settings.sources},
                municipality_codes=settings.municipality_codes,
                contact_persons=settings.contact_persons,
                corrections=corrected.allowed(assignment, withheld.hidden),
                before=kept if isinstance(kept, last_night.LastNight) else None,
                remember=True,
                done=(lambda made: None) if rules else writing.add,  # else `protect` has to see them first
            )
            tables = dict(built.tables)
            old_bridge = storage.read_table(before, "bridge")
            tables |= provenance.tables(con, settings.entities_dir, ids, old_bridge)
            records = storage.held(con, "record")
        tables |= published.tables(tables["issue"], settings.entities_dir, corrected, built.corrections)
        states = outcomes.read(settings)
        tables["source"] = outcomes.source_table(settings, states)
        tables["snapshot"] = outcomes.snapshot_table(states)
        tables |= taxonomy.tables(tables["attribute"])
        tables["unread_field"] = storage.union(record_folders(settings), "unread_field")
        tables["match_reason"] = publication.without_withheld(tables["match_reason"], withheld)
        tables = protect.without(tables, rules)
        writing.add(tables | dict(built.memory))
        version = (storage.read_manifest(ids) or {})["version"]
        tables["change"] = feed.changes(
            tables,
            records,
            before=previous,
            version=version,
            rules=rules,
            now=prints,
            carried=built.carried,
            read={"bridge": old_bridge},
        )
        with closing(storage.session()) as con:
            found = of_catalogue(con, tables)
        facts = {
            "violations": [str(v) for v in found],
            feed.FINGERPRINTS: prints,
            last_night.KEY: last_night.facts(parts, version, built.corrected),
            "golden": _told(built, kept),
        }
        writing.add({"change": tables["change"]})
        writing.finish(facts)
    return tables, found


def _told(built: catalogue.Catalogue, kept: last_night.LastNight | last_night.Doubt) -> dict[str, Any]:
    """For the manifest: how many entities were worked out, and why."""
    if built.carried:
        return {"worked_out": len(built.carried.touched), "because": "what their rows are made of changed"}
    why = kept.why if isinstance(kept, last_night.Doubt) else "most of the records changed"
    return {"worked_out": "all", "because": why}


@exclusive
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
        catalogue=last_night.seal_of(made),
        inspect=lambda folder: final.inspect(folder, upkeep.rules_of(settings)),
        matching=tonight.facts_of(settings.entities_dir),
    )
