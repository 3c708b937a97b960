"""Snapshots: what a platform sent, byte for byte, as WARC on disk; never changed once complete.

`data/snapshots/<source>/<version>/` holds `capture.warc.gz`, `index.jsonl` (one line per capture: address, digest,
place), `manifest.json` (counts, digest, times) and, when the connector remembers anything for its next delta,
`state.json`. A snapshot is written under a name that ends in `.partial` and renamed when it is complete, so a killed
run leaves nothing that could be mistaken for one. Requests are not kept: they could carry a secret.

A snapshot is *full*, or a *delta*: what changed since the snapshot it names as its `base`.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from warcio.warcwriter import WARCWriter

from pipeline.sources import warc
from pipeline.sources.errors import SourceFailed
from pipeline.sources.warc import Capture as Capture
from pipeline.sources.warc import read_warc as read_warc

if TYPE_CHECKING:
    from pipeline.sources.earlier import Earlier

CAPTURE = "capture.warc.gz"
INDEX = "index.jsonl"
MANIFEST = "manifest.json"
STATE = "state.json"
BODIES = ".bodies"
"""Ending of a folder that keeps only the bodies that later snapshots refer to."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A complete snapshot on disk."""

    source: str
    version: str
    path: Path
    captures_count: int
    bytes: int
    sha256: str
    fetched_at: datetime
    base: str | None = None
    """The snapshot that this one is the delta of; null for a full one."""
    asked: str | None = None
    """Digest of the options it was fetched with; a delta needs the same."""

    @property
    def full(self) -> bool:
        return self.base is None

    def captures(self) -> Iterator[Capture]:
        """The captures in the order they were made; raises `SourceFailed` when some have gone missing.

        Those of a delta are its own only; `chain` gives the snapshots it builds on.
        """
        read = 0
        known: dict[str, dict[tuple[str, str], int]] = {}
        for record, _ in warc.records(self.path / CAPTURE):
            if record.rec_type in warc.READ:
                read += 1
                yield warc.capture_of(record)
            elif record.rec_type == "revisit":
                read += 1
                yield warc.revisited(record, self._original(record, known))
        if read != self.captures_count:
            raise SourceFailed(
                f"snapshot {self.version} of {self.source}: {read} of {self.captures_count} captures can be read; "
                "the file is damaged, fetch again."
            )

    def _original(self, record: Any, known: dict[str, dict[tuple[str, str], int]]) -> Capture:
        header = record.rec_headers.get_header
        folder = bodies_of(self.path.parent, header(warc.REFERS_TO) or "")
        if folder.name not in known:
            known[folder.name] = offsets(folder)
        key = (header("WARC-Target-URI"), (header("WARC-Payload-Digest") or "").removeprefix("sha256:"))
        if key not in known[folder.name]:
            raise SourceFailed(
                f"snapshot {self.version} of {self.source} refers to an answer of {folder.name or 'nowhere'} that is "
                "gone; fetch again with --full."
            )
        return warc.read_at(folder / CAPTURE, known[folder.name][key])

    def state(self) -> dict[str, Any]:
        """What the connector remembered for its next delta; empty when nothing."""
        try:
            found: dict[str, Any] = json.loads((self.path / STATE).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return found

    def removed(self) -> list[str]:
        """Native ids that a delta found to be gone."""
        return list(self.state().get("removed", []))


def version_of(moment: datetime) -> str:
    """A moment as a version: UTC, YYYYMMDDTHHMMSSZ."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


class SnapshotWriter:
    """Writes one snapshot; leaving the `with` block normally completes it, an exception discards it.

    Bodies that `earlier` holds are referred to, not written again. `facts` go into the manifest, `state` beside it.
    """

    def __init__(self, root: Path, source: str, now: datetime, earlier: "Earlier | None" = None) -> None:
        self.source = source
        while (root / source / version_of(now)).exists():  # two fetches within one second
            now += timedelta(seconds=1)
        self.version = version_of(now)
        self._final = root / source / self.version
        self._partial = root / source / f"{self.version}.partial"
        self._started = now
        self._digest = hashlib.sha256()
        self._earlier = earlier
        self._lines: list[str] = []
        self.count = 0
        self.revisits = 0
        self._bytes = 0
        self.facts: dict[str, Any] = {}
        self.state: dict[str, Any] = {}
        self.snapshot: Snapshot | None = None

    def __enter__(self) -> Self:
        shutil.rmtree(self._partial, ignore_errors=True)
        self._partial.mkdir(parents=True)
        self._stream = (self._partial / CAPTURE).open("wb")
        self._writer = WARCWriter(self._stream, gzip=True)
        return self

    def add(self, capture: Capture) -> None:
        """Keeps one answer or file."""
        sha256 = hashlib.sha256(capture.body).hexdigest()
        refers_to = self._earlier.reference(capture, sha256) if self._earlier else None
        start = self._stream.tell()
        warc.write(self._writer, capture, refers_to)
        about: dict[str, Any] = {"uri": capture.uri, "sha256": sha256, "at": warc.stamp(capture.fetched_at)}
        about |= {"status": capture.status, "headers": dict(capture.headers)}
        if refers_to:
            about |= {"version": refers_to.version, "date": refers_to.date}
            self.revisits += 1
        else:
            about |= {"offset": start, "length": self._stream.tell() - start}
        self._lines.append(json.dumps(about, ensure_ascii=False))
        for part in (capture.uri.encode("utf-8", "surrogatepass"), capture.body):
            self._digest.update(len(part).to_bytes(8, "big") + part)
        self.count += 1
        self._bytes += len(capture.body)

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self._stream.close()
        if kind is not None:
            shutil.rmtree(self._partial, ignore_errors=True)
            return
        facts: dict[str, Any] = {
            "source": self.source,
            "version": self.version,
            "fetched_at": self._started.astimezone(UTC).isoformat(),
            "captures": self.count,
            "revisits": self.revisits,
            "bytes": self._bytes,
            "sha256": self._digest.hexdigest(),
            **self.facts,
        }
        if self.state:
            (self._partial / STATE).write_text(json.dumps(self.state, ensure_ascii=False), encoding="utf-8")
        (self._partial / INDEX).write_text("".join(line + "\n" for line in self._lines), encoding="utf-8")
        (self._partial / MANIFEST).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
        self._partial.replace(self._final)
        self.snapshot = load(self._final)


def manifest(path: Path) -> dict[str, Any]:
    """The manifest of a folder; raises `SourceFailed` when it is missing or damaged."""
    try:
        found: dict[str, Any] = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise SourceFailed(
            f"snapshot {path.name} of {path.parent.name} is incomplete ({error}); fetch again."
        ) from error
    return found


def load(path: Path) -> Snapshot:
    """The snapshot in a folder; raises `SourceFailed` when it is incomplete or damaged."""
    facts = manifest(path)
    try:
        return Snapshot(
            source=facts["source"],
            version=facts["version"],
            path=path,
            captures_count=facts["captures"],
            bytes=facts["bytes"],
            sha256=facts["sha256"],
            fetched_at=datetime.fromisoformat(facts["fetched_at"]),
            base=facts.get("base"),
            asked=facts.get("asked"),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise SourceFailed(
            f"snapshot {path.name} of {path.parent.name} is incomplete ({error}); fetch again."
        ) from error


def index(path: Path) -> Iterator[dict[str, Any]]:
    """One entry per capture of a snapshot; none for a snapshot that has no index."""
    try:
        lines = (path / INDEX).read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        try:
            entry: Mapping[str, Any] = json.loads(line)
        except ValueError:
            continue
        yield dict(entry)


def offsets(path: Path) -> dict[tuple[str, str], int]:
    """(address, digest) -> where the record with the body begins."""
    return {(e["uri"], e["sha256"]): e["offset"] for e in index(path) if "offset" in e}


def bodies_of(folder: Path, version: str) -> Path:
    """Where the bodies of a version lie: in the snapshot, or in what retention left of it."""
    whole = folder / version
    return whole if whole.is_dir() else folder / f"{version}{BODIES}"


def versions(root: Path, source: str) -> list[str]:
    """The versions of a source that are snapshots of their own, oldest first; kept bodies alone are none."""
    folder = root / source
    found = [p for p in folder.iterdir() if (p / MANIFEST).exists()] if folder.is_dir() else []
    return sorted(p.name for p in found if not p.name.endswith((".partial", BODIES)))


def latest(root: Path, source: str) -> Snapshot | None:
    """The newest complete snapshot of a source whose bases are there too; null when there is none."""
    for version in reversed(versions(root, source)):
        try:
            found = load(root / source / version)
            chain(found)
        except SourceFailed:
            continue
        return found
    return None


def layered(parts: Iterable[Iterable[Capture]]) -> Iterator[Capture]:
    """The captures of a chain, each marked with its layer: 0 for the full snapshot, then the deltas."""
    for layer, captures in enumerate(parts):
        for capture in captures:
            yield capture if layer == 0 else replace(capture, layer=layer)


def chain(snapshot: Snapshot) -> list[Snapshot]:
    """The full snapshot that a snapshot builds on, the deltas between, and itself; raises when one is missing."""
    found = [snapshot]
    while (base := found[0].base) is not None:
        if base >= found[0].version:
            raise SourceFailed(f"snapshot {found[0].version} of {snapshot.source} names a base that is not older.")
        found.insert(0, load(snapshot.path.parent / base))
    return found
