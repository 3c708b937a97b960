"""Reads what somebody saved earlier into a snapshot: a WARC file, or a folder or pattern of saved pages.

Closed platforms live on this way, and so do samples: the parser of a platform reads its pages the same,
whether they were fetched tonight or saved years ago.
"""

import glob
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pipeline.sources import registry
from pipeline.sources.contract import FetchJob
from pipeline.sources.errors import SourceFailed
from pipeline.sources.snapshots import Capture, read_warc

CONTENT_TYPES = {
    ".json": "application/json",
    ".html": "text/html",
    ".htm": "text/html",
    ".php": "text/html",
    ".xml": "application/xml",
    ".ics": "text/calendar",
    "": "text/html",
}


def import_into(job: FetchJob, archive: str) -> None:
    """Keeps every page of the archive; raises `SourceFailed` when there is nothing to read."""
    kept = 0
    keep = _keeper(job)
    for path in matching(job.base_dir, archive):
        if path.name.lower().endswith((".warc", ".warc.gz")):
            for capture in read_warc(path):
                keep(capture)
                kept += 1
        elif path.suffix.lower() in CONTENT_TYPES:
            keep(_page(path, job.base_dir))
            kept += 1
    if not kept:
        known = ", ".join(s for s in CONTENT_TYPES if s)
        raise SourceFailed(f"archive {archive}: holds no page (known: .warc, .warc.gz, {known}).")
    job.progress(f"{kept} pages from {archive}")


def _keeper(job: FetchJob) -> Callable[[Capture], None]:
    """Keeps a page as the connector may keep it, which is whole unless its package says otherwise."""
    archived = registry.archived_of(job.description.kind)
    if archived is None:
        return job.keep

    def keep(capture: Capture) -> None:
        if cut := archived(capture, job):
            job.keep(cut)

    return keep


def matching(base_dir: Path, pattern: str) -> list[Path]:
    """The files that a path, folder or pattern of koonti.yml names, sorted; raises `SourceFailed` for none."""
    full = str(base_dir / pattern)
    found = [Path(p) for p in glob.glob(full, recursive=True)]  # noqa: PTH207 - patterns may be absolute
    files = sorted({f for p in found for f in (p.rglob("*") if p.is_dir() else [p]) if f.is_file()})
    if not files:
        raise SourceFailed(f"{pattern}: there is no such file or folder (looked in the folder of koonti.yml).")
    return files


def _page(path: Path, base_dir: Path) -> Capture:
    try:
        body = path.read_bytes()
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError as error:
        raise SourceFailed(f"{path.name}: cannot be read ({error.strerror}).") from error
    name = path.relative_to(base_dir).as_posix() if path.is_relative_to(base_dir) else path.name
    return Capture(f"file:{name}", body, CONTENT_TYPES[path.suffix.lower()], changed)
