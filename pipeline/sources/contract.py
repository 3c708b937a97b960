"""What a platform's package must offer, and what it is given.

A package has `source.yml`, and two functions:

* `fetch(job: FetchJob) -> None` in `fetch.py`: asks the platform and keeps every answer with `job.keep`.
  It raises `SourceFailed` when the platform cannot be read whole; a half-fetched platform is a failed one.
* `parse(captures, description, options) -> Iterator[Parsed]` in `parse.py`: reads answers in any order and any
  mixture, from the live platform or from an archive, and never asks the network.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from pipeline.sources.http import HttpClient
from pipeline.sources.items import Parsed
from pipeline.sources.snapshots import Capture


@dataclass(frozen=True, slots=True)
class SourceDescription:
    """What `source.yml` says about a platform; shown in the catalogue, in Dagster and in the docs."""

    kind: str
    name: str
    publisher: str
    url: str
    licence: str
    attribution: str
    verified: str
    """What of the connector is verified and what only inferred, in a sentence or two."""
    options: Mapping[str, str]
    """Keys allowed for it in koonti.yml -> what each means."""
    required: tuple[tuple[str, ...], ...] = ()
    """Each entry: at least one of these keys must be given."""
    secrets: tuple[str, ...] = ()
    """Options that must come from the environment as ${NAME}."""
    pace_seconds: float = 0.5
    """Least time between two requests to one host."""
    shrink_limit: float = 0.5
    """A fetch with fewer organisations than this share of the last good one is held back."""
    grace_days: int = 14
    """Days for which the catalogue still uses what a record said that full passes over the source no longer have."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Everything else in source.yml: paths, selectors, field names, code maps, for the package itself."""


@dataclass(slots=True)
class FetchJob:
    """One fetch: the options of this source, the client to use, and where to keep what comes."""

    source: str
    options: Mapping[str, Any]
    description: SourceDescription
    client: HttpClient
    keep: Callable[[Capture], None]
    """Keeps an answer in the snapshot; `client` has already done so for every page it fetched."""
    base_dir: Path
    """Folder that relative paths in the options are relative to (that of koonti.yml)."""
    municipality_codes: tuple[str, ...]
    """The configured region; empty means the whole country."""
    now: datetime
    progress: Callable[[str], None]
    """Says how far it is, in words for a coordinator: 'services 1 200 of 30 000'."""


class Fetch(Protocol):
    def __call__(self, job: FetchJob) -> None: ...


class Parse(Protocol):
    def __call__(
        self, captures: Iterable[Capture], description: SourceDescription, options: Mapping[str, Any]
    ) -> Iterator[Parsed]: ...
