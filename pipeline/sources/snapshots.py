"""Snapshots: what a platform sent, byte for byte, as WARC on disk; never changed once complete.

`data/snapshots/<source>/<version>/` holds `capture.warc.gz` (ISO 28500) and `manifest.json` (counts, digest,
time). A snapshot is written under a name that ends in `.partial` and renamed when it is complete, so a killed
run leaves nothing that could be mistaken for one. Requests are not kept: they could carry a secret.
"""

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from pipeline.sources.errors import SourceFailed

CAPTURE = "capture.warc.gz"
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True)
class Capture:
    """One answer or file: its address, its body without transfer coding, and when it came."""

    uri: str
    body: bytes
    content_type: str
    fetched_at: datetime
    status: int = 200

    @property
    def media_type(self) -> str:
        """The content type without its parameters, lower case."""
        return self.content_type.split(";")[0].strip().lower()


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
    full: bool = True
    """False when only what changed was asked for: then a record that is missing says nothing."""

    def captures(self) -> Iterator[Capture]:
        """The captures in the order they were made; raises `SourceFailed` when some have gone missing."""
        read = 0
        for capture in read_warc(self.path / CAPTURE):
            read += 1
            yield capture
        if read != self.captures_count:
            raise SourceFailed(
                f"snapshot {self.version} of {self.source}: {read} of {self.captures_count} captures can be read; "
                "the file is damaged, fetch again."
            )


def version_of(moment: datetime) -> str:
    """A moment as a version: UTC, YYYYMMDDTHHMMSSZ."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def read_warc(path: Path) -> Iterator[Capture]:
    """Captures of a WARC file, ours or anybody's; records other than answers and files are passed over.

    Raises `SourceFailed` when the file is not a WARC or ends early.
    """
    seen = 0
    try:
        with path.open("rb") as stream:
            start = stream.read(5)
            if not start.startswith((b"\x1f\x8b", b"WARC/")):
                raise SourceFailed(f"{path.name} is not a readable WARC file; capture it again.")
            stream.seek(0)
            for record in ArchiveIterator(stream):
                seen += 1
                if record.rec_type not in ("response", "resource"):
                    continue
                headers = record.http_headers
                kind = (headers or record.rec_headers).get_header("Content-Type", "") or ""
                yield Capture(
                    uri=record.rec_headers.get_header("WARC-Target-URI") or "",
                    body=record.content_stream().read(),
                    content_type=kind,
                    fetched_at=_warc_date(record.rec_headers.get_header("WARC-Date")),
                    status=int(headers.get_statuscode()) if headers else 200,
                )
    except SourceFailed:
        raise
    except Exception as error:
        raise SourceFailed(f"{path.name} is not a readable WARC file ({error}); capture it again.") from error
    if not seen:
        raise SourceFailed(f"{path.name} is not a readable WARC file (it holds no record); capture it again.")


def _warc_date(text: str | None) -> datetime:
    try:
        return datetime.fromisoformat((text or "").replace("Z", "+00:00")).astimezone(UTC)
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)


class SnapshotWriter:
    """Writes one snapshot; leaving the `with` block normally completes it, an exception discards it."""

    def __init__(self, root: Path, source: str, now: datetime) -> None:
        self.source = source
        self.version = version_of(now)
        self._final = root / source / self.version
        self._partial = root / source / f"{self.version}.partial"
        self._started = now
        self._digest = hashlib.sha256()
        self.count = 0
        self._bytes = 0
        self.snapshot: Snapshot | None = None

    def __enter__(self) -> Self:
        shutil.rmtree(self._partial, ignore_errors=True)
        self._partial.mkdir(parents=True)
        self._stream = (self._partial / CAPTURE).open("wb")
        self._writer = WARCWriter(self._stream, gzip=True)
        return self

    def add(self, capture: Capture) -> None:
        """Keeps one answer (http and https) or file (any other address)."""
        is_web = capture.uri.startswith(("http://", "https://"))
        headers = [("Content-Type", capture.content_type), ("Content-Length", str(len(capture.body)))]
        record = self._writer.create_warc_record(
            capture.uri,
            "response" if is_web else "resource",
            payload=BytesIO(capture.body),
            length=len(capture.body),
            http_headers=StatusAndHeaders(f"{capture.status} OK", headers, protocol="HTTP/1.1") if is_web else None,
            warc_content_type="" if is_web else capture.content_type,
            warc_headers_dict={"WARC-Date": capture.fetched_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")},
        )
        self._writer.write_record(record)
        for part in (capture.uri.encode(), capture.body):
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
            "bytes": self._bytes,
            "sha256": self._digest.hexdigest(),
        }
        (self._partial / MANIFEST).write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")
        self._final.parent.mkdir(parents=True, exist_ok=True)
        self._partial.replace(self._final)
        self.snapshot = load(self._final)


def load(path: Path) -> Snapshot:
    """The snapshot in a folder; raises `SourceFailed` when it is incomplete or damaged."""
    try:
        facts = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        return Snapshot(
            source=facts["source"],
            version=facts["version"],
            path=path,
            captures_count=facts["captures"],
            bytes=facts["bytes"],
            sha256=facts["sha256"],
            fetched_at=datetime.fromisoformat(facts["fetched_at"]),
            full=bool(facts.get("full", True)),
        )
    except (OSError, ValueError, KeyError) as error:
        raise SourceFailed(
            f"snapshot {path.name} of {path.parent.name} is incomplete ({error}); fetch again."
        ) from error


def latest(root: Path, source: str) -> Snapshot | None:
    """The newest complete snapshot of a source; null when there is none."""
    folder = root / source
    if not folder.is_dir():
        return None
    for path in sorted((p for p in folder.iterdir() if p.is_dir() and not p.name.endswith(".partial")), reverse=True):
        try:
            return load(path)
        except SourceFailed:
            continue
    return None


def prune(root: Path, source: str, keep: int, needed: str | None) -> list[str]:
    """Removes the oldest snapshots of a source beyond `keep`, but never the version that is `needed`.

    What a platform sent can hold personal data, so it is not kept longer than the coordinator says.
    Returns the versions that were removed.
    """
    folder = root / source
    versions = sorted(p.name for p in folder.iterdir() if p.is_dir() and (p / MANIFEST).exists())
    removed = [v for v in versions[: max(0, len(versions) - keep)] if v != needed]
    for version in removed:
        shutil.rmtree(folder / version)
    for left in folder.glob("*.partial"):
        if left.is_dir():
            shutil.rmtree(left)
    return removed
