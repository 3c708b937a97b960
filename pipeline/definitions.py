"""Everything Dagster sees, on one page: `build_defs(settings) -> Definitions`.

Dagster and `dg` load this module from the repository's root. It reads the file that KOONTI_CONFIG names, or
koonti.yml. A mistake in it is shown line by line and loads nothing.
"""

import os
from collections.abc import Callable
from pathlib import Path

import dagster as dg

from pipeline.orchestration.catalogue_assets import catalogue_assets
from pipeline.orchestration.source_assets import source_assets
from pipeline.settings import Settings, load

JOB = "nightly"
TIMEZONE = "Europe/Helsinki"


def build_defs(settings: Settings, *, report: Callable[[str, str], None] = lambda stage, text: None) -> dg.Definitions:
    """All assets, the nightly job and its schedule for one configuration.

    The executor is in-process: starting a process for a step costs more than most steps do.
    """
    assets = [a for source in settings.sources for a in source_assets(settings, source, report)]
    assets += catalogue_assets(settings, report)
    job = dg.define_asset_job(
        JOB, selection=dg.AssetSelection.all(), description="All sources, matching, catalogue and release."
    )
    schedules = []
    if settings.schedule:
        schedules.append(
            dg.ScheduleDefinition(
                name=f"{JOB}_schedule",
                job=job,
                cron_schedule=settings.schedule,
                execution_timezone=TIMEZONE,
                description="Every night, Finnish time. Switch it on under Automation.",
            )
        )
    return dg.Definitions(assets=assets, jobs=[job], schedules=schedules, executor=dg.in_process_executor)


@dg.definitions
def defs() -> dg.Definitions:
    """What Dagster loads; made only when it asks, so that importing `build_defs` reads no configuration."""
    return build_defs(load(Path(os.environ.get("KOONTI_CONFIG", "koonti.yml"))))
