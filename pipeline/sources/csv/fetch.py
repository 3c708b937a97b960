"""Brings a spreadsheet into the snapshot, byte for byte: from a folder, or from a web address.

A file is kept under `file:` and its path as koonti.yml writes it, never under a path of the machine. What is
plainly no spreadsheet (a log-in page, a half-copied workbook) fails here, so that the last good version stays.
"""

from pathlib import Path
from typing import Any

from pipeline.sources.contract import FetchJob
from pipeline.sources.csv.inbox import choose, unclaimed
from pipeline.sources.csv.parse import file_name
from pipeline.sources.csv.reading import check
from pipeline.sources.errors import SourceFailed
from pipeline.sources.snapshots import Capture

MAX_BYTES = 200_000_000
_TYPES = {
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".txt": "text/plain",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12",
    ".xls": "application/vnd.ms-excel",
    ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    ".htm": "text/html",
    ".html": "text/html",
}


def content_type(name: str) -> str:
    """The media type that a file name announces; the content may be another."""
    return _TYPES.get(Path(name).suffix.lower(), "application/octet-stream")


def fetch(job: FetchJob) -> None:
    """Keeps every file that `path` names, and the one at `url`; raises `SourceFailed` when one is missing."""
    path, url = _option(job, "path"), _option(job, "url")
    if not path and not url:
        raise SourceFailed(f"{job.source}: neither path nor url is given; write where the spreadsheet is.")
    if path:
        say: list[str] = []
        chosen = choose(path, job.base_dir, _take(job), say)
        for text in say:
            job.progress(text)
        for shown, found in chosen:
            job.progress(f"reading {shown}")
            body = _body(shown, found)
            check(body, file_name(shown))
            job.keep(Capture(f"file:{shown}", body, content_type(shown), job.now))
        job.remember["taken"] = [shown for shown, _ in chosen]
        for stranger in unclaimed(job.base_dir, job.claimed or (path,)):
            job.progress(f"{stranger}: no source reads this file. Look at it with: koonti csv inspect {stranger}")
    if url:
        page = job.client.get(url)
        check(page.body, file_name(url))


def _option(job: FetchJob, name: str) -> str | None:
    value: Any = job.options.get(name)
    return str(value).strip() or None if value is not None else None


def _take(job: FetchJob) -> str:
    take = _option(job, "take") or "auto"
    if take not in ("auto", "newest", "all"):
        raise SourceFailed(f"{job.source}: take is '{take}'; write newest or all in koonti.yml.")
    return take


def _body(shown: str, found: Path) -> bytes:
    try:
        before = found.stat()
        if before.st_size > MAX_BYTES:
            raise SourceFailed(
                f"path: {shown} is larger than {MAX_BYTES // 1_000_000} MB ({before.st_size / 1e6:.0f} MB); split it."
            )
        body = found.read_bytes()
        after = found.stat()
    except FileNotFoundError:
        raise SourceFailed(f"path: there is no file {shown}; put the spreadsheet there, or correct the path.") from None
    except OSError as error:
        raise SourceFailed(f"path: {shown} cannot be read ({error.strerror}); check its permissions.") from None
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise SourceFailed(f"path: {shown} was being written while it was read; the next run reads it again.")
    if not body:
        raise SourceFailed(f"path: {shown} is empty; put the list there again.")
    return body
