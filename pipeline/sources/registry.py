"""Which kinds of source there are: reads every package's `source.yml` and finds its `fetch` and `parse`.

Nothing here knows a platform; a new package with the three files is found by itself.
"""

import importlib
from functools import cache
from pathlib import Path

from pipeline.shipped import shipped
from pipeline.sources.contract import Archived, Fetch, Parse, SourceDescription

HERE = Path(__file__).parent
_KNOWN = set(SourceDescription.__dataclass_fields__) - {"kind", "settings"}


@cache
def descriptions() -> dict[str, SourceDescription]:
    """Kind -> description, for every package that has a `source.yml`, in alphabetical order."""
    return {path.parent.name: _read(path) for path in sorted(HERE.glob("*/source.yml"))}


def _read(path: Path) -> SourceDescription:
    raw = shipped(path)
    known = {key: value for key, value in raw.items() if key in _KNOWN}
    if "required" in known:
        known["required"] = tuple((group,) if isinstance(group, str) else tuple(group) for group in known["required"])
    if "secrets" in known:
        known["secrets"] = tuple(known["secrets"])
    rest = {key: value for key, value in raw.items() if key not in _KNOWN}
    return SourceDescription(kind=path.parent.name, settings=rest, **known)


def fetch_of(kind: str) -> Fetch:
    """The `fetch` function of a kind."""
    found: Fetch = importlib.import_module(f"pipeline.sources.{kind}.fetch").fetch
    return found


def archived_of(kind: str) -> Archived | None:
    """The `archived` function of a kind; null for the kinds that may keep everything."""
    found: Archived | None = getattr(importlib.import_module(f"pipeline.sources.{kind}.fetch"), "archived", None)
    return found


def parse_of(kind: str) -> Parse:
    """The `parse` function of a kind."""
    found: Parse = importlib.import_module(f"pipeline.sources.{kind}.parse").parse
    return found
