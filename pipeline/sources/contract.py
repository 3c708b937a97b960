"""What a platform's package must offer, and what it is given.

A package has `source.yml`, and two functions:

* `fetch(job: FetchJob) -> None` in `fetch.py`: asks the platform and keeps every answer with `job.keep`.
  It raises `SourceFailed` when the platform cannot be read whole; a half-fetched platform is a failed one.
  With `delta` in `source.yml` it may be asked for what has changed since `job.base`; it raises `NeedsFull` when the
  platform cannot tell.
* `archived(capture, job) -> Capture | None` beside it, only where not everything may be kept: what of a saved page is
  kept when an archive is read; null for a page that nobody may keep.
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
    only_with: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Option -> the values of other options with which alone it is read; else it may be unset."""
    pace_seconds: float = 0.5
    """Least time between two requests to one host."""
    shrink_limit: float = 0.5
    """A fetch with fewer organisations than this share of the last good one is held back."""
    delta: str = ""
    """How it can be fetched incrementally: empty for not at all, `items` when each changed item is sent with all that
    belongs to it, `whole` when the parser must see what came before as well."""
    full_every_days: float = 7.0
    """Days after which everything is fetched again although a delta would do: a delta misses what its platform does
    not tell. 0 fetches everything each time."""
    grace_days: int = 14
    """Days for which the catalogue still uses what a record said that full passes over the source no longer have."""
    settings: Mapping[str, Any] = field(default_factory=dict)
    """Everything else in source.yml: paths, selectors, field names, code maps, for the package itself."""


@dataclass(frozen=True, slots=True)
class Base:
    """What a delta starts from."""

    since: datetime
    """When the fetch of the last good snapshot began."""
    state: Mapping[str, Any]
    """What the connector remembered then with `FetchJob.remember`."""


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
    base: Base | None = None
    """Set when only what has changed since is wanted; a connector without deltas never sees one."""
    remember: dict[str, Any] = field(default_factory=dict)
    """What the next delta needs to know; kept beside the snapshot, so never a secret."""
    claimed: tuple[str, ...] = ()
    """Paths of files that the sources read, this one's among them."""
    removed: dict[str, None] = field(default_factory=dict)
    """Native ids that a delta found to be gone."""


class Fetch(Protocol):
    def __call__(self, job: FetchJob) -> None: ...


class Archived(Protocol):
    def __call__(self, capture: Capture, job: FetchJob) -> Capture | None: ...


class Parse(Protocol):
    def __call__(
        self, captures: Iterable[Capture], description: SourceDescription, options: Mapping[str, Any]
    ) -> Iterator[Parsed]: ...
