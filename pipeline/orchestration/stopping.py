"""How a `Stop` of a stage looks to Dagster."""

from collections.abc import Callable
from typing import TypeVar

import dagster as dg

from pipeline.storage import Stop

T = TypeVar("T")


def or_stop(stage: Callable[[], T]) -> T:
    """Runs a stage; a `Stop` becomes a failure that Dagster does not repeat, with its sentence as the reason."""
    try:
        return stage()
    except Stop as stop:
        raise dg.Failure(description=str(stop), allow_retries=False) from None
