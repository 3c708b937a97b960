"""Captures and the WARC files (ISO 28500) that hold them: writing, reading, and records that refer to earlier ones.

An answer that came before with the same body is written as a *revisit* record: headers and date, no body. What a
folder of captures is called and when it is complete is in `snapshots`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders

from pipeline.sources.errors import SourceFailed

REFERS_TO = "Koonti-Refers-To-Snapshot"
"""Version of the snapshot that holds the body of a revisit; other tools find it by address and date."""
NOT_MODIFIED = "http://netpreserve.org/warc/1.0/revisit/server-not-modified"
READ = ("response", "resource")


@dataclass(frozen=True, slots=True)
class Capture:
    """One answer or file: its address, its body without transfer coding, and when it came."""

    uri: str
    body: bytes
    content_type: str
    fetched_at: datetime
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict, compare=False)
    """The headers worth keeping: ETag, Last-Modified, Link, and counts of listings."""
    not_modified: bool = field(default=False, compare=False)
    """True when the platform only said that nothing has changed (304); the body is the earlier one."""
    layer: int = field(default=0, compare=False)
    """0 in a full snapshot; 1, 2, … in what deltas added to it, the newest last."""

    @property
    def media_type(self) -> str:
        """The content type without its parameters, lower case."""
        return self.content_type.split(";")[0].strip().lower()


@dataclass(frozen=True, slots=True)
class Reference:
    """Where the body of an unchanged answer lies."""

    version: str
    date: str
    sha256: str


def write(writer: Any, capture: Capture, refers_to: Reference | None) -> None:
    """Writes an answer (http and https) or a file (any other address), or a revisit when its body is kept already."""
    is_web = capture.uri.startswith(("http://", "https://"))
    date = {"WARC-Date": stamp(capture.fetched_at)}
    length = [] if refers_to else [("Content-Length", str(len(capture.body)))]
    headers = [("Content-Type", capture.content_type), *length, *capture.headers.items()]
    http = StatusAndHeaders(f"{capture.status} OK", headers, protocol="HTTP/1.1") if is_web else None
    if refers_to:
        digest = f"sha256:{refers_to.sha256}"
        date[REFERS_TO] = refers_to.version
        record = writer.create_revisit_record(capture.uri, digest, capture.uri, refers_to.date, http, date)
        if capture.not_modified:
            record.rec_headers.replace_header("WARC-Profile", NOT_MODIFIED)
    else:
        record = writer.create_warc_record(
            capture.uri,
            "response" if is_web else "resource",
            payload=BytesIO(capture.body),
            length=len(capture.body),
            http_headers=http,
            warc_content_type="" if is_web else capture.content_type,
            warc_headers_dict=date,
        )
    writer.write_record(record)


def read_warc(path: Path) -> Iterator[Capture]:
    """Captures of a WARC file, ours or anybody's; records other than answers and files are passed over.

    Revisits of other programs are resolved within the file by their digest; those without their original are left
    out. Raises `SourceFailed` when the file is not a WARC or ends early.
    """
    originals: dict[str, int] = {}
    for record, archive in records(path):
        digest = record.rec_headers.get_header("WARC-Payload-Digest") or ""
        if record.rec_type in READ:
            capture = capture_of(record)
            originals.setdefault(digest, archive.get_record_offset())  # reads to the end of the record
            yield capture
        elif record.rec_type == "revisit" and digest in originals:
            yield revisited(record, read_at(path, originals[digest]))


def records(path: Path) -> Iterator[tuple[Any, Any]]:
    """The records of a WARC file, each with the reader that is at it; raises `SourceFailed` when it breaks off."""
    seen = 0
    try:
        with path.open("rb") as stream:
            start = stream.read(5)
            if not start.startswith((b"\x1f\x8b", b"WARC/")):
                raise SourceFailed(f"{path.name} is not a readable WARC file; capture it again.")
            stream.seek(0)
            archive = ArchiveIterator(stream)
            for record in archive:
                seen += 1
                yield record, archive
    except SourceFailed:
        raise
    except Exception as error:
        raise SourceFailed(f"{path.name} is not a readable WARC file ({error}); capture it again.") from error
    if not seen:
        raise SourceFailed(f"{path.name} is not a readable WARC file (it holds no record); capture it again.")


def read_at(path: Path, offset: int) -> Capture:
    """The capture that begins at a place of a file; raises `SourceFailed` when none does."""
    try:
        with path.open("rb") as stream:
            stream.seek(offset)
            return capture_of(next(iter(ArchiveIterator(stream))))
    except Exception as error:
        raise SourceFailed(f"{path.parent.name}/{path.name} is damaged ({error}); fetch again with --full.") from error


def capture_of(record: Any) -> Capture:
    """The capture in a record with a body."""
    http = record.http_headers
    return Capture(
        uri=record.rec_headers.get_header("WARC-Target-URI") or "",
        body=record.content_stream().read(),
        content_type=(http or record.rec_headers).get_header("Content-Type", "") or "",
        fetched_at=moment(record.rec_headers.get_header("WARC-Date")),
        status=int(http.get_statuscode()) if http else 200,
        headers=kept_headers(dict(http.headers)) if http else {},
    )


def revisited(record: Any, original: Capture) -> Capture:
    """What a revisit stands for: the body of the original, with its own address, date and headers."""
    http = record.http_headers
    return Capture(
        uri=record.rec_headers.get_header("WARC-Target-URI") or "",
        body=original.body,
        content_type=(http.get_header("Content-Type") if http else None) or original.content_type,
        fetched_at=moment(record.rec_headers.get_header("WARC-Date")),
        status=original.status,
        headers={**original.headers, **(kept_headers(dict(http.headers)) if http else {})},
        not_modified=record.rec_headers.get_header("WARC-Profile") == NOT_MODIFIED,
    )


def kept_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers that are kept: what makes conditional requests possible, links, and counts of listings."""
    return {name: value for name, value in headers.items() if _is_kept(name.lower())}


def _is_kept(name: str) -> bool:
    return name in ("etag", "last-modified", "link") or (name.startswith("x-") and "total" in name)


def stamp(when: datetime) -> str:
    """A moment as WARC writes it."""
    return when.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def moment(text: str | None) -> datetime:
    """The moment of a WARC date; the beginning of 1970 for none."""
    try:
        return datetime.fromisoformat((text or "").replace("Z", "+00:00")).astimezone(UTC)
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)
