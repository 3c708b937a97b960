"""The numbers of `rules.yml`, read once."""

from functools import cache
from pathlib import Path
from typing import Any

from pipeline.shipped import shipped


@cache
def rules() -> dict[str, Any]:
    """The rules as they stand in the file."""
    return shipped(Path(__file__).with_name("rules.yml"))
