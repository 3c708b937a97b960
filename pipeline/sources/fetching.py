"""Takes the snapshot of one source: asks the platform, or reads an archive, and never breaks the run.

What it decides: a source that fails is `stale` when an older snapshot exists, and `missing` when none does.
Either way the sentence of the failure is kept in `status.json` beside the snapshots.
"""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipeline.privacy.logs import clean
from pipeline.sources import archive, registry, snapshots
from pipeline.sources.contract import FetchJob, SourceDescription
from pipeline.sources.errors import SourceFailed
from pipeline.sources.http import HttpClient, HttpPolicy
from pipeline.sources.snapshots import Capture, Snapshot, SnapshotWriter

STATUS = "status.json"


@dataclass(frozen=True, slots=True)
class Taken:
    """How taking a snapshot went."""

    source: str
    state: str
    """A value of the code list `snapshot_state`."""
    message: str | None
    version: str | None
    """The snapshot to use; null when there is none."""
    fetched_at: str | None
    captures: int
    bytes: int
    sha256: str | None
    requests: int
    seconds: float

    @property
    def failed(self) -> bool:
        return self.state in ("stale", "missing", "held")


@dataclass(frozen=True, slots=True)
class Order:
    """What to fetch and how: one source's entry with everything around it."""

    source: str
    kind: str
    description: SourceDescription
    options: Mapping[str, Any]
    base_dir: Path
    snapshots_dir: Path
    http: HttpPolicy
    municipality_codes: tuple[str, ...] = ()
    missing_environment: tuple[str, ...] = ()
    shield: Callable[[Capture], Capture | None] = lambda capture: capture
    """What is done to an answer before it is kept; null when it may not be kept."""
    forbid: Callable[[str], str | None] = lambda address: None
    """Why an address may not be fetched; null when it may."""


def take(order: Order, *, now: datetime, progress: Callable[[str], None], offline: bool = False) -> Taken:
    """Takes a fresh snapshot, or with `offline` points at the newest one on disk."""
    started = time.monotonic()
    if offline:
        newest = snapshots.latest(order.snapshots_dir, order.source)
        if newest:
            return _noted(order, "replayed", None, newest, 0, started)
        message = "There is no snapshot on disk yet; run once without --offline."
        return _noted(order, "missing", message, None, 0, started)
    client = HttpClient(order.http, pace_seconds=order.description.pace_seconds, notice=progress)
    try:
        with SnapshotWriter(order.snapshots_dir, order.source, now) as writer:
            _fill(order, client, writer, now, progress)
            if not writer.count:
                raise SourceFailed("the source answered with nothing at all; check its entry in koonti.yml.")
        return _noted(order, "fresh", None, writer.snapshot, client.requests, started)
    except SourceFailed as failure:
        newest = snapshots.latest(order.snapshots_dir, order.source)
        return _noted(order, "stale" if newest else "missing", str(failure), newest, client.requests, started)
    finally:
        client.close()


def left_out(order: Order, reason: str) -> Taken:
    """A source whose operator asked not to be fetched: nobody is asked, and no snapshot of it is used."""
    return _noted(order, "opted_out", reason, None, 0, time.monotonic())


def _fill(
    order: Order, client: HttpClient, writer: SnapshotWriter, now: datetime, progress: Callable[[str], None]
) -> None:
    if order.missing_environment:
        names = " and ".join(order.missing_environment)
        raise SourceFailed(f"{names} is not set in the environment; set it, or disable the source in koonti.yml.")

    def keep(capture: Capture) -> None:
        if (shielded := order.shield(capture)) is not None:
            writer.add(shielded)

    client.record, client.forbid = keep, order.forbid
    job = FetchJob(
        source=order.source,
        options=order.options,
        description=order.description,
        client=client,
        keep=keep,
        base_dir=order.base_dir,
        municipality_codes=order.municipality_codes,
        now=now,
        progress=progress,
    )
    if order.options.get("archive"):
        archive.import_into(job, str(order.options["archive"]))
    else:
        registry.fetch_of(order.kind)(job)


def _noted(
    order: Order, state: str, message: str | None, used: Snapshot | None, requests: int, started: float
) -> Taken:
    taken = Taken(
        source=order.source,
        state=state,
        message=clean(message) if message else None,
        version=used.version if used else None,
        fetched_at=used.fetched_at.isoformat() if used else None,
        captures=used.captures_count if used else 0,
        bytes=used.bytes if used else 0,
        sha256=used.sha256 if used else None,
        requests=requests,
        seconds=round(time.monotonic() - started, 3),
    )
    note(order.snapshots_dir, taken)
    return taken


def note(snapshots_dir: Path, taken: Taken) -> None:
    """Keeps the outcome beside the snapshots, for the next stage, `koonti status` and people."""
    facts = {**asdict(taken), "tried_at": datetime.now(UTC).isoformat(timespec="seconds")}
    note_file(snapshots_dir / taken.source / STATUS, facts)


def status(snapshots_dir: Path, source: str) -> dict[str, Any] | None:
    """The last outcome of a source; null when it was never tried."""
    return read_file(snapshots_dir / source / STATUS)


def note_file(path: Path, facts: Mapping[str, Any]) -> None:
    """A small JSON file, written aside and put in place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.partial")
    aside.write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    aside.replace(path)


def read_file(path: Path) -> dict[str, Any] | None:
    """A small JSON file; null when it is missing or damaged."""
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found
