"""Takes the snapshot of one source: asks the platform, or reads an archive, and never breaks the run.

What it decides: a source that fails is `stale` when an older snapshot exists, and `missing` when none does.
Either way the sentence of the failure is kept in `status.json` beside the snapshots.
"""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.privacy.logs import clean
from pipeline.sources import archive, registry, snapshots
from pipeline.sources.contract import Base, FetchJob, SourceDescription
from pipeline.sources.earlier import Earlier
from pipeline.sources.errors import NeedsFull, SourceFailed
from pipeline.sources.http import HttpClient, HttpPolicy
from pipeline.sources.snapshots import Capture, Snapshot, SnapshotWriter

STATUS = "status.json"
HELSINKI = ZoneInfo("Europe/Helsinki")
NOT_ASKED = ("name", "publisher", "licence", "attribution", "url_for_people", "pace_seconds", "full_every_days")
"""Options that do not change what the platform is asked for."""


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
    transferred: int = 0
    """Bytes that came over the wire; `bytes` counts what the answers hold."""
    not_modified: int = 0
    """Answers that only said that nothing has changed (304)."""
    full: bool = True
    """False when the snapshot holds only what changed since the one before."""

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
    claimed: tuple[str, ...] = ()
    """Paths that the sources of this kind read."""
    landed: str | None = None
    """The snapshot that the records in use come from: a delta is built on no other, so never on one held back."""
    shield: Callable[[Capture], Capture | None] = lambda capture: capture
    """What is done to an answer before it is kept; null when it may not be kept."""
    forbid: Callable[[str], str | None] = lambda address: None
    """Why an address may not be fetched; null when it may."""


def take(
    order: Order, *, now: datetime, progress: Callable[[str], None], offline: bool = False, full: bool = False
) -> Taken:
    """Takes a fresh snapshot, or with `offline` points at the newest one on disk.

    `full` asks for everything anew, also where a delta would do and where the platform could say "not modified".
    """
    started = time.monotonic()
    newest = snapshots.latest(order.snapshots_dir, order.source)
    if offline:
        if newest:
            return _noted(order, "replayed", None, newest, None, started)
        message = "There is no snapshot on disk yet; run once without --offline."
        return _noted(order, "missing", message, None, None, started)
    client = HttpClient(order.http, pace_seconds=order.description.pace_seconds, notice=progress)
    chain = snapshots.chain(newest) if newest else []
    base = None if full else _base(order, chain, now)
    try:
        client.earlier = None if full else Earlier(chain)
        try:
            made = _written(order, client, base, now, progress, started)
        except NeedsFull as reason:
            progress(f"{reason}; fetching everything")
            made = _written(order, client, None, now, progress, started)
        taken = _noted(order, "fresh", None, made, client, started)
        progress(_summary(taken))
        return taken
    except SourceFailed as failure:
        taken = _noted(order, "stale" if newest else "missing", str(failure), newest, client, started)
        used = f"what came on {shown_moment(newest.fetched_at)} is used" if newest else "there is nothing older"
        progress(f"FAILED after {taken.seconds:.0f} s: {failure} Instead {used}.")
        return taken
    finally:
        client.close()


def left_out(order: Order, reason: str) -> Taken:
    """A source whose operator asked not to be fetched: nobody is asked, and no snapshot of it is used."""
    return _noted(order, "opted_out", reason, None, None, time.monotonic())


def _base(order: Order, chain: list[Snapshot], now: datetime) -> Snapshot | None:
    """The snapshot to ask changes since; null when everything must be fetched."""
    days = order.options.get("full_every_days", order.description.full_every_days)
    if not chain or not order.description.delta or order.options.get("archive"):
        return None
    if chain[-1].version != order.landed:
        return None
    is_recent = now - chain[0].fetched_at < timedelta(days=float(days))
    same = all(one.asked == _asked(order) for one in chain)
    can = bool(chain[-1].state().get("remember"))  # a connector that remembers nothing cannot ask for changes
    return chain[-1] if is_recent and same and can and now > chain[-1].fetched_at else None


def _asked(order: Order) -> str:
    """Digest of what is asked for: with other options a delta would not fit its base."""
    known = {k: v for k, v in order.options.items() if k not in order.description.secrets and k not in NOT_ASKED}
    text = json.dumps([order.kind, known, order.municipality_codes], sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _written(
    order: Order,
    client: HttpClient,
    base: Snapshot | None,
    now: datetime,
    progress: Callable[[str], None],
    started: float,
) -> Snapshot | None:
    """A new snapshot on disk: a delta of `base`, or a full one."""
    with SnapshotWriter(order.snapshots_dir, order.source, now, client.earlier) as writer:
        job = _fill(order, client, writer, base, now, progress)
        if not writer.count:
            raise SourceFailed("the source answered with nothing at all; check its entry in koonti.yml.")
        writer.state = {"remember": job.remember, "removed": list(job.removed)} if job.remember or job.removed else {}
        writer.facts = {
            "full": base is None,
            "base": base.version if base else None,
            "removed": len(job.removed),
            "asked": _asked(order),
            "seconds": round(time.monotonic() - started, 3),
            "requests": client.requests,
            "transferred": client.transferred,
            "not_modified": client.not_modified,
        }
    return writer.snapshot


def _fill(
    order: Order,
    client: HttpClient,
    writer: SnapshotWriter,
    base: Snapshot | None,
    now: datetime,
    progress: Callable[[str], None],
) -> FetchJob:
    if order.missing_environment:
        names = " and ".join(order.missing_environment)
        raise SourceFailed(f"{names} is not set in the environment; set it, or disable the source in koonti.yml.")

    def keep(capture: Capture) -> None:
        if (shielded := order.shield(capture)) is not None:
            writer.add(shielded)

    client.record, client.manners.forbid = keep, order.forbid
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
        claimed=order.claimed,
        base=Base(base.fetched_at, base.state().get("remember", {})) if base else None,
    )
    if base:
        progress(f"asking what has changed since {shown_moment(base.fetched_at)}")
    if order.options.get("archive"):
        archive.import_into(job, str(order.options["archive"]))
    else:
        registry.fetch_of(order.kind)(job)
    return job


def _noted(
    order: Order, state: str, message: str | None, used: Snapshot | None, client: HttpClient | None, started: float
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
        requests=client.requests if client else 0,
        seconds=round(time.monotonic() - started, 3),
        transferred=client.transferred if client else 0,
        not_modified=client.not_modified if client else 0,
        full=used.full if used else True,
    )
    note(order.snapshots_dir, taken)
    return taken


def _summary(taken: Taken) -> str:
    """One line for a coordinator: what came, how much, how long."""
    if not taken.requests:
        return f"{taken.captures} read from disk in {taken.seconds:.0f} s"
    what = "everything" if taken.full else "what has changed"
    same = f", {taken.not_modified} of them unchanged" if taken.not_modified else ""
    size = f"{taken.transferred / 1e6:.1f} MB" if taken.transferred >= 1e5 else f"{taken.transferred / 1e3:.0f} kB"
    requests = "1 request" if taken.requests == 1 else f"{taken.requests} requests"
    return f"fetched {what}: {requests}{same}, {size}, {taken.seconds:.0f} s"


def shown_moment(moment: datetime) -> str:
    """A moment as people in Finland write it."""
    local = moment.astimezone(HELSINKI)
    return f"{local.day}.{local.month}.{local.year} {local:%H:%M}"


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
