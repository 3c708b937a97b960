"""The numbers of `rules.yml`, read once."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def rules() -> dict[str, Any]:
    """The rules as they stand in the file."""
    with Path(__file__).with_name("rules.yml").open(encoding="utf-8") as stream:
        read: dict[str, Any] = yaml.load(stream, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    return read
