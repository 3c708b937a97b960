"""Nobody else is at work on the data while a stage writes."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from pipeline.locks import alone
from pipeline.settings import Settings

P = ParamSpec("P")
T = TypeVar("T")


def exclusive(stage: Callable[Concatenate[Settings, P], T]) -> Callable[Concatenate[Settings, P], T]:
    """A stage that writes: no other process may be at work on the same data; raises `Stop` when one is."""

    @wraps(stage)
    def guarded(settings: Settings, *args: P.args, **options: P.kwargs) -> T:
        with alone(settings.data_dir):
            return stage(settings, *args, **options)

    return guarded
