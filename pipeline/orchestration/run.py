"""Runs the whole graph in this process and leaves the same history as a run from the user interface."""

import logging
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import dagster as dg

from pipeline import outcomes
from pipeline.definitions import JOB, build_defs
from pipeline.exports import release
from pipeline.locks import alone
from pipeline.orchestration.instance import open_instance
from pipeline.outcomes import SourceOutcome
from pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class RunResult:
    """How a run ended."""

    outcomes: list[SourceOutcome]
    release: release.Release | None
    """What this run published; null when it published nothing."""
    stop: str | None
    """Why nothing was published."""
    failed_checks: list[str]
    """Checks that failed as errors, one line each; the release was published all the same."""

    @property
    def exit_code(self) -> int:
        """0 everything done, 1 finished with failures that are named."""
        return 1 if self.stop or self.failed_checks or any(o.failed for o in self.outcomes) else 0


def run(
    settings: Settings,
    *,
    report: Callable[[str, str], None],
    only: tuple[str, ...] = (),
    offline: bool = False,
    full: bool = False,
    accept_shrink: tuple[str, ...] = (),
    accept_churn: bool = False,
    accept_identity: tuple[str, ...] = (),
    instance: dg.DagsterInstance | None = None,
) -> RunResult:
    """One full run. `only` fetches just those sources; the others are read from their newest snapshot.
    `full` asks for everything anew, also where asking for changes would do.

    The history goes to the instance of the data folder, unless another `instance` is given.
    Raises `Stop` when another run is at work on the same data.
    """
    with alone(settings.data_dir), _quiet():
        before = release.latest(settings.releases_dir)
        ops: dict[str, Any] = {}
        for source in settings.sources:
            replay = offline or bool(only and source.id not in only)
            ops[f"snapshot_{source.id}"] = {"config": {"offline": replay, "full": full}}
            ops[f"records_{source.id}"] = {
                "config": {
                    "accept_shrink": source.id in accept_shrink,
                    "accept_identity": [r for r in accept_identity if r.startswith(f"{source.id}:")],
                }
            }
        ops["release"] = {"config": {"accept_churn": accept_churn}}
        definitions = build_defs(settings, report=report)
        history = instance or open_instance(settings.data_dir)
        try:
            ended = definitions.resolve_job_def(JOB).execute_in_process(
                instance=history,
                run_config={"ops": ops, "loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
                raise_on_error=False,
            )
            stop = None if ended.success else _reason(ended)
            failed_checks = _failed_checks(ended)
        finally:
            if instance is None:
                history.dispose()
        after = release.latest(settings.releases_dir)
    published = after if after and (before is None or after.version != before.version) else None
    return RunResult(outcomes=outcomes.read(settings), release=published, stop=stop, failed_checks=failed_checks)


def _failed(check: Any) -> str:
    """A failed check in one line, with what it found."""
    found = "; ".join(f"{name} {value.value}".replace("\n", "; ") for name, value in check.metadata.items())
    return f"the check '{check.check_name}' of {check.asset_key.to_user_string()} failed: {found}"


def _failed_checks(ended: dg.ExecuteInProcessResult) -> list[str]:
    """Checks that failed as errors without stopping the run; a source that is late is told by its outcome."""
    return [
        _failed(event.asset_check_evaluation_data)
        for event in ended.all_events
        if event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION
        and not event.asset_check_evaluation_data.passed
        and not event.asset_check_evaluation_data.blocking
        and event.asset_check_evaluation_data.severity == dg.AssetCheckSeverity.ERROR
    ]


def _reason(ended: dg.ExecuteInProcessResult) -> str:
    """The sentence of the check or step that failed first."""
    for event in ended.all_events:
        if event.event_type == dg.DagsterEventType.ASSET_CHECK_EVALUATION:
            check = event.asset_check_evaluation_data
            if check.blocking and not check.passed:
                return _failed(check)
        if event.is_step_failure:
            data = event.step_failure_data
            if data.user_failure_data and data.user_failure_data.description:
                return str(data.user_failure_data.description)
            error = data.error.cause or data.error if data.error else None
            text = error.message.strip().splitlines()[0] if error else "unknown"
            return f"{event.step_key}: {text} (a fault of Koonti; the run's log in Dagster has the details)"
    return "a check failed that guards the release; see the checks of the last run in Dagster"


@contextmanager
def _quiet() -> Iterator[None]:
    """Keeps Dagster's own chatter off the terminal; everything is in the run's log."""
    logger = logging.getLogger("dagster")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)
