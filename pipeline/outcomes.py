"""How each source ended in a run: kept beside its snapshots, shown to people, and published as `source`.

Belongs here: the outcome and what is made of it. How it comes about is in `stages`.
"""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import schema, storage
from pipeline.settings import Settings, SourceSettings
from pipeline.sources import fetching


@dataclass(frozen=True, slots=True)
class SourceOutcome:
    """How one source ended: the snapshot it used, and what became of it."""

    source: str
    state: str
    """A value of the code list `snapshot_state`."""
    message: str | None
    version: str | None
    fetched_at: str | None
    captures: int
    bytes: int
    sha256: str | None
    organizations: int
    services: int
    locations: int
    issues: int
    read: int
    """Items that the parser handed on."""
    repeated: int
    """Items that came again with an id that was there before."""
    taken: int | None = None
    """Records of items that are as they were the run before, whose rows were taken over; null when nothing was read."""
    anew: str | None = None
    """Why every item was cleaned anew; null when what had not changed was taken over, or nothing was read."""

    @property
    def failed(self) -> bool:
        """True when the newest material of the source is not in the catalogue."""
        return self.state in ("stale", "held", "missing")


def earlier(source: str, before: dict[str, Any] | None, state: str, message: str) -> SourceOutcome:
    """The outcome when the records of an earlier run stay, or when there are none."""
    known: dict[str, Any] = {"version": None, "fetched_at": None, "sha256": None} | (before or {})
    counts = "captures bytes organizations services locations issues read repeated".split()
    return SourceOutcome(
        source=source,
        state=state if before else "missing",
        message=message,
        version=known["version"],
        fetched_at=known["fetched_at"],
        sha256=known["sha256"],
        taken=None,
        anew=None,
        **{name: int(known.get(name) or 0) for name in counts},
    )


def left_out(source: str, reason: str) -> SourceOutcome:
    """The outcome of a source that opted out: nothing of it is used, whatever is kept."""
    return replace(earlier(source, None, "opted_out", reason), state="opted_out")


def unaccounted(settings: Settings, source: SourceSettings, outcome: SourceOutcome) -> int:
    """Items that the parser handed on and that are neither a record nor named by an issue; 0 is right."""
    folder = settings.records_dir / source.id
    record = storage.read_table(folder, "record")
    seen = record.filter(pc.not_equal(pc.fill_null(record.column("lifecycle"), "seen"), "not_seen"))
    records = set(seen.column("record_id").to_pylist())
    refused = set(storage.read_table(folder, "issue").column("record_id").to_pylist()) - records - {None}
    return max(0, outcome.read - len(records) - len(refused) - outcome.repeated)


def note(settings: Settings, outcome: SourceOutcome) -> None:
    """Keeps the outcome of this run for the manifest, `koonti status` and people."""
    fetching.note_file(settings.snapshots_dir / outcome.source / "outcome.json", asdict(outcome))


def read(settings: Settings) -> list[SourceOutcome]:
    """The outcome of every enabled source in its latest run."""
    found = []
    for source in settings.sources:
        facts = fetching.read_file(settings.snapshots_dir / source.id / "outcome.json")
        found.append(SourceOutcome(**facts) if facts else earlier(source.id, None, "missing", "It was never run."))
    return found


def source_table(settings: Settings, states: list[SourceOutcome]) -> pa.Table:
    """The published table `source`: who publishes what was read, on what terms, and how it ended."""
    rows = []
    for source, outcome in zip(settings.sources, states, strict=True):
        about = source.description
        rows.append(
            {
                "id": source.id,
                "name": about.name,
                "kind": source.kind,
                "publisher": about.publisher,
                "url": about.url,
                "licence": about.licence,
                "attribution": about.attribution,
                "status": outcome.state,
                "fetched_at": _moment(outcome.fetched_at),
                "organizations": outcome.organizations,
                "services": outcome.services,
                "locations": outcome.locations,
                "issues": outcome.issues,
            }
        )
    return schema.table_from_rows("source", rows)


def snapshot_table(states: list[SourceOutcome]) -> pa.Table:
    """The published table `snapshot`: the raw material that was used."""
    rows = [
        {
            "source": o.source,
            "version": o.version,
            "fetched_at": _moment(o.fetched_at),
            "status": o.state,
            "captures": o.captures,
            "bytes": o.bytes,
            "sha256": o.sha256,
            "message": o.message,
        }
        for o in states
        if o.version
    ]
    return schema.table_from_rows("snapshot", rows)


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
