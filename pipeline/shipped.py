"""Reads the YAML files that ship beside the code: rules, code lists, descriptions of sources.

Does not belong here: files that people write, whose mistakes are told with their lines (`config_file`).
"""

from pathlib import Path
from typing import Any

import yaml

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The parser in C takes a tenth of the time; not every build of PyYAML has it."""


def shipped(path: Path) -> dict[str, Any]:
    """The mapping that a file holds."""
    with path.open(encoding="utf-8") as stream:
        read: dict[str, Any] = yaml.load(stream, Loader=_LOADER)  # noqa: S506 - both are safe loaders
    return read
