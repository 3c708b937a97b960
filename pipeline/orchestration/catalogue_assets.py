"""The assets after the sources: `matches`, `entities`, `catalogue`, `release`."""

from datetime import UTC, datetime

import dagster as dg

from pipeline import schema, stages, storage
from pipeline.dedupe import tonight
from pipeline.exports.release import verify
from pipeline.ledger import published
from pipeline.orchestration.metadata import arrow_columns, counts, preview, table_schema
from pipeline.orchestration.source_assets import Report
from pipeline.orchestration.stopping import or_stop
from pipeline.schema.checks import RULES
from pipeline.settings import Settings


class ReleaseConfig(dg.Config):
    """What may be published."""

    accept_churn: bool = False
    """Accept that more ids change than may change unseen."""


def catalogue_assets(settings: Settings, report: Report) -> list[dg.AssetsDefinition]:
    """The four assets, each one stage."""
    sources = [f"records_{s.id}" for s in settings.sources]

    @dg.asset(
        group_name="dedupe",
        deps=sources,
        description="Which organisation records are one, how sure, and why.",
        metadata={"dagster/column_schema": table_schema("match")},
        kinds={"duckdb", "parquet"},
        check_specs=[
            dg.AssetCheckSpec("each_record_once", asset="matches", description="No record is lost or doubled."),
            dg.AssetCheckSpec("weights_steady", asset="matches", description="No weight has moved beyond its bound."),
        ],
    )
    def matches(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        result = or_stop(lambda: stages.match_records(settings, now=datetime.now(UTC)))
        night = tonight.facts_of(settings.entities_dir)
        drifted = tonight.warning(night)
        records = result.clusters.num_rows
        clusters = len(set(result.clusters.column("cluster_id").to_pylist()))
        report("matches", f"{records} records are {clusters} organisations ({night['run']})")
        if drifted:
            report("matches", drifted)
        decisions = result.matches.column("decision").value_counts().to_pylist()
        distinct = len(set(result.clusters.column("record_id").to_pylist()))
        return dg.MaterializeResult(
            metadata={
                "records": records,
                "organisations": clusters,
                "run": night["run"],
                **{f"weights/{key}": str(value) for key, value in night["weights"].items()},
                **{f"pairs/{d['values']}": d["counts"] for d in decisions},
                **{f"seconds/{name}": round(value, 3) for name, value in result.timings.items()},
                "dagster/row_count": result.matches.num_rows,
                "preview": preview("match", result.matches),
                "path": dg.MetadataValue.path(settings.entities_dir),
            },
            check_results=[
                dg.AssetCheckResult(check_name="each_record_once", passed=distinct == records),
                dg.AssetCheckResult(
                    check_name="weights_steady",
                    passed=drifted is None,
                    severity=dg.AssetCheckSeverity.WARN,
                    metadata={"found": drifted or "steady"},
                ),
            ],
        )

    @dg.asset(
        group_name="dedupe",
        deps=[matches],
        description="The persistent id of every organisation, service and place.",
        kinds={"parquet"},
    )
    def entities(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        made = or_stop(lambda: stages.assign_ids(settings, now=datetime.now(UTC)))
        report("entities", f"{made.carried} ids of organisations, services and places carried over, {made.minted} new")
        return dg.MaterializeResult(
            metadata={
                "carried": made.carried,
                "minted": made.minted,
                "dagster/row_count": made.assignment.num_rows,
                "dagster/column_schema": arrow_columns(made.assignment),
                "preview": preview("assignment", made.assignment),
                "path": dg.MetadataValue.path(settings.data_dir / "identity"),
            }
        )

    @dg.asset(
        group_name="dedupe",
        deps=[entities],
        description="Golden rows: for each field the chosen value, and where every value came from.",
        metadata={"dagster/column_schema": table_schema("organization")},
        kinds={"duckdb", "parquet"},
        check_specs=[
            dg.AssetCheckSpec(f"schema_{rule}", asset="catalogue", description=text, blocking=True)
            for rule, text in RULES.items()
        ]
        + [dg.AssetCheckSpec("decisions_agree", asset="catalogue", description="People's decisions fit each other.")],
    )
    def catalogue(context: dg.AssetExecutionContext) -> dg.MaterializeResult:
        tables, found = or_stop(lambda: stages.build_catalogue(settings))
        contradictory = published.contradictory(tables)
        told = (storage.read_manifest(settings.catalogue_dir) or {})["golden"]
        report("catalogue", f"{tables['organization'].num_rows} organisations, {tables['service'].num_rows} services")
        report("catalogue", f"worked out: {told['worked_out']} ({told['because']})")
        return dg.MaterializeResult(
            metadata={
                "worked_out": str(told["worked_out"]),
                "worked_out_because": told["because"],
                **counts({name: data.num_rows for name, data in tables.items()}),
                "dagster/row_count": tables["organization"].num_rows,
                "preview": preview("organization", tables["organization"]),
                "path": dg.MetadataValue.path(settings.catalogue_dir),
            },
            check_results=[
                dg.AssetCheckResult(
                    check_name=f"schema_{rule}",
                    passed=not [v for v in found if v.rule == rule],
                    metadata={"violations": "\n".join(str(v) for v in found if v.rule == rule) or "none"},
                )
                for rule in RULES
            ]
            + [
                dg.AssetCheckResult(
                    check_name="decisions_agree",
                    passed=not contradictory,
                    metadata={"contradictory": "\n".join(contradictory) or "none"},
                )
            ],
        )

    @dg.asset(
        group_name="exports",
        deps=[catalogue],
        description="The published files: one folder per release, and latest.json.",
        metadata={"dagster/column_schema": table_schema("source")},
        kinds={"duckdb", "parquet"},
        pool="publish",
        check_specs=[
            dg.AssetCheckSpec("files_as_promised", asset="release", description="Files are as the manifest says.")
        ],
    )
    def release(context: dg.AssetExecutionContext, config: ReleaseConfig) -> dg.MaterializeResult:
        accept = config.accept_churn
        made = or_stop(lambda: stages.publish(settings, now=datetime.now(UTC), accept_churn=accept))
        report("release", f"{made.version} published")
        wrong = verify(made.path)
        size = sum(int(f["bytes"]) for f in made.manifest["files"].values())
        return dg.MaterializeResult(
            metadata={
                "version": made.version,
                "schema_version": schema.SCHEMA_VERSION,
                "bytes": size,
                **counts(made.manifest["rows"]),
                "dagster/row_count": made.manifest["rows"]["organization"],
                "preview": preview("source", storage.read_table(settings.catalogue_dir, "source")),
                "path": dg.MetadataValue.path(made.path),
            },
            check_results=[
                dg.AssetCheckResult(
                    check_name="files_as_promised", passed=not wrong, metadata={"wrong": "\n".join(wrong) or "nothing"}
                )
            ],
        )

    return [matches, entities, catalogue, release]
