"""Two assets for each source: `snapshot_<source>` and `records_<source>`.

Neither ever stops the others: a platform that fails leaves a failed check and its last good records.
"""

from collections.abc import Callable
from datetime import UTC, datetime

import dagster as dg
from pydantic import Field

from pipeline import outcomes, stages, storage
from pipeline.orchestration.metadata import counts, preview, table_schema
from pipeline.orchestration.stopping import or_stop
from pipeline.outcomes import SourceOutcome
from pipeline.privacy.logs import clean
from pipeline.settings import Settings, SourceSettings
from pipeline.sources.fetching import shown_moment

Report = Callable[[str, str], None]
"""Called with a source or stage and a sentence about how far it is."""


class SnapshotConfig(dg.Config):
    """How to take the snapshot."""

    offline: bool = False
    """Use the newest snapshot on disk and ask nobody."""
    full: bool = False
    """Ask for everything anew, also where asking for changes would do."""


class RecordsConfig(dg.Config):
    """How to read the snapshot."""

    accept_shrink: bool = False
    """Accept that the source has far fewer organisations than before."""
    accept_identity: list[str] = Field(default_factory=list)
    """Records that have become somebody else's, see `pipeline.identity.quarantine`."""


def source_assets(settings: Settings, source: SourceSettings, report: Report) -> list[dg.AssetsDefinition]:
    """The assets of one source, described by its `source.yml`."""
    about = source.description
    facts = {
        "publisher": about.publisher,
        "licence": about.licence,
        "attribution": about.attribution,
        "verified": about.verified,
        "platform": dg.MetadataValue.url(about.url),
        "kind": source.kind,
    }

    @dg.asset(
        name=f"snapshot_{source.id}",
        group_name="sources",
        description=f"What {about.name} sent, byte for byte (WARC).",
        metadata=facts,
        kinds={"warc"},
        tags={"source": source.id},
        pool=f"source_{source.id}",
        check_specs=[
            dg.AssetCheckSpec("reached", asset=f"snapshot_{source.id}", description="The platform answered whole.")
        ],
    )
    def snapshot(context: dg.AssetExecutionContext, config: SnapshotConfig) -> dg.MaterializeResult:
        def progress(text: str) -> None:
            text = clean(text)
            report(source.id, text)
            context.log.info(text)

        now, how = datetime.now(UTC), {"offline": config.offline, "full": config.full}
        taken = or_stop(lambda: stages.take_snapshot(settings, source, now=now, progress=progress, **how))
        return dg.MaterializeResult(
            metadata={
                "state": taken.state,
                "message": taken.message or "",
                "snapshot": taken.version or "none",
                "captures": taken.captures,
                "bytes": taken.bytes,
                "requests": taken.requests,
                "transferred": taken.transferred,
                "not_modified": taken.not_modified,
                "full": taken.full,
                "seconds": taken.seconds,
                "dagster/row_count": taken.captures,
            },
            check_results=[
                dg.AssetCheckResult(
                    check_name="reached",
                    passed=not taken.failed,
                    severity=dg.AssetCheckSeverity.WARN,
                    metadata={"message": taken.message or "answered"},
                )
            ],
        )

    @dg.asset(
        name=f"records_{source.id}",
        group_name="transform",
        deps=[snapshot],
        description=f"The items of {about.name} as rows of the one schema.",
        metadata={**facts, "dagster/column_schema": table_schema("organization")},
        kinds={"parquet"},
        tags={"source": source.id},
        check_specs=[
            dg.AssetCheckSpec("fresh", asset=f"records_{source.id}", description="Read from the newest snapshot."),
            dg.AssetCheckSpec(
                "nothing_lost", asset=f"records_{source.id}", description="Every item read is a record or an issue."
            ),
        ],
    )
    def records(context: dg.AssetExecutionContext, config: RecordsConfig) -> dg.MaterializeResult:
        shrink, others = config.accept_shrink, tuple(config.accept_identity)
        outcome = or_stop(lambda: stages.land_source(settings, source, accept_shrink=shrink, accept_identity=others))
        outcomes.note(settings, outcome)
        folder = settings.records_dir / source.id
        manifest = storage.read_manifest(folder) or {"tables": {}}
        report(source.id, _sentence(outcome))
        return dg.MaterializeResult(
            metadata={
                "state": outcome.state,
                "message": outcome.message or "",
                "issues": outcome.issues,
                **counts(manifest["tables"]),
                "dagster/row_count": manifest["tables"].get("record", 0),
                "preview": preview("organization", storage.read_table(folder, "organization")),
                "path": dg.MetadataValue.path(folder),
            },
            check_results=list(_checks(settings, source, outcome)),
        )

    return [snapshot, records]


def _checks(settings: Settings, source: SourceSettings, outcome: SourceOutcome) -> list[dg.AssetCheckResult]:
    unaccounted = outcomes.unaccounted(settings, source, outcome)
    return [
        dg.AssetCheckResult(
            check_name="fresh",
            passed=not outcome.failed,
            severity=dg.AssetCheckSeverity.WARN,
            metadata={"state": outcome.state, "message": outcome.message or ""},
        ),
        dg.AssetCheckResult(
            check_name="nothing_lost",
            passed=unaccounted == 0,
            severity=dg.AssetCheckSeverity.ERROR,
            metadata={"read": outcome.read, "unaccounted": unaccounted},
        ),
    ]


def _sentence(outcome: SourceOutcome) -> str:
    found = (
        f"{outcome.organizations:,} organisations, {outcome.services:,} services, {outcome.locations:,} places, "
        f"{outcome.issues:,} issues".replace(",", " ").replace("  ", ", ")
    )
    if outcome.state == "missing":
        return f"nothing to use: {outcome.message}"
    if outcome.failed:
        when = shown_moment(datetime.fromisoformat(outcome.fetched_at)) if outcome.fetched_at else "an earlier run"
        why = f"held back ({outcome.message})" if outcome.state == "held" else "failed"
        return f"{why}; the last good records, of {when}, are used: {found}"
    return found
