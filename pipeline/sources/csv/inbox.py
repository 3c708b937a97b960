"""Which files of a folder or pattern are read, which are left alone for now, and which nobody reads.

A folder takes the newest spreadsheet in it, so that a coordinator only has to put the new version beside the old one;
a pattern reads every file as one list, unless `take: newest`. A file that is still being written or is open in a
spreadsheet program is left alone until the next run.
"""

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from pipeline.sources.errors import SourceFailed

SPREADSHEETS = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".ods")
UNFINISHED = (".part", ".partial", ".crdownload", ".tmp", ".download")
SETTLED = 5.0
"""A file that has not changed for so many seconds is taken to be whole."""
LOOK_AGAIN = 0.2
"""Seconds after which a younger file is looked at again, whether it grows."""


class Found(NamedTuple):
    """A file: as koonti.yml would write it, and where it is."""

    shown: str
    path: Path


def choose(path: str, base_dir: Path, take: str, say: list[str]) -> list[Found]:
    """The files to read; what is left alone or left out is told in `say`. Raises `SourceFailed` when none is there."""
    given = Path(path).expanduser()
    whole = given if given.is_absolute() else base_dir / given
    is_folder = whole.is_dir()
    if not is_folder and (whole.exists() or not any(sign in path for sign in "*?[")):
        if whole.exists() and (reason := _unfinished(whole, locks=False)):
            raise SourceFailed(f"path: {path} {reason}; the next run reads it.")
        return [Found(given.name if given.is_absolute() else path, whole)]
    listed = _listed(f"{path.rstrip('/')}/*" if is_folder else path, base_dir)
    if is_folder:
        listed = [one for one in listed if one.path.suffix.lower() in SPREADSHEETS]
    ready, every = [], take == "all" or (take == "auto" and not is_folder)
    for one in listed:
        if reason := _unfinished(one.path, locks=not every):
            if every:  # a part of the list would look like a list that has shrunk
                raise SourceFailed(f"path: {one.shown} {reason}; the next run reads it.")
            say.append(f"{one.shown} {reason}; it is left alone until the next run")
        else:
            ready.append(one)
    if not ready:
        left = f" ({'; '.join(say)})" if say else ""
        what = f"there is no spreadsheet in {path}" if is_folder else f"no file matches {path}"
        raise SourceFailed(f"path: {what}{left}; put the spreadsheet there, or correct the path.")
    if every:
        return ready
    ready.sort(key=lambda one: (one.path.stat().st_mtime_ns, one.shown))
    newest = ready[-1]
    moment = datetime.fromtimestamp(newest.path.stat().st_mtime, UTC)
    older = f"; {len(ready) - 1} older left out" if len(ready) > 1 else ""
    say.append(f"taking {newest.shown}, changed {moment:%d.%m.%Y %H:%M} UTC{older}")
    return [newest]


def unclaimed(base_dir: Path, claimed: Iterable[str]) -> list[str]:
    """Spreadsheets beside those that sources read which no source reads."""
    folders: dict[Path, str] = {}
    known: set[Path] = set()
    for path in claimed:
        given = Path(path).expanduser()
        whole = given if given.is_absolute() else base_dir / given
        if whole.is_dir():  # all of it is claimed
            known.update(whole.iterdir())
        elif any(sign in path for sign in "*?["):
            known.update(one.path for one in _listed(path, base_dir))
            parent = Path(*[part for part in given.parts[:-1] if not any(sign in part for sign in "*?[")])
            folders.setdefault(base_dir / parent, str(parent))
        else:
            known.add(whole)
            folders.setdefault(whole.parent, str(given.parent))
    found = []
    for folder, shown in folders.items():
        if folder == base_dir or not folder.is_dir():  # beside koonti.yml there may lie anything
            continue
        for one in sorted(folder.iterdir()):
            is_ours = one.suffix.lower() in SPREADSHEETS and not one.name.startswith(("~$", "."))
            if is_ours and one.is_file() and one not in known and not _unfinished(one):
                found.append(f"{shown}/{one.name}")
    return found


def _listed(path: str, base_dir: Path) -> list[Found]:
    """Files that a pattern names, in alphabetical order; lock files and hidden ones are none."""
    given = Path(path).expanduser()
    folder = Path(given.anchor) if given.is_absolute() else base_dir
    pattern = str(given.relative_to(given.anchor)) if given.is_absolute() else path
    if ".." in Path(pattern).parts:
        parents = len([part for part in Path(pattern).parts if part == ".."])
        folder, pattern = folder.joinpath(*[".."] * parents), str(Path(*Path(pattern).parts[parents:]))
    hits = sorted(hit for hit in folder.glob(pattern) if hit.is_file() and not hit.name.startswith(("~$", ".")))
    return [Found(hit.name if given.is_absolute() else hit.relative_to(folder).as_posix(), hit) for hit in hits]


def _unfinished(path: Path, *, locks: bool = True) -> str | None:
    """Why a file is not to be read yet; null when it is whole. A file that is open may be about to change."""
    names = (f"~${path.name}", f"~${path.name[2:]}", f".~lock.{path.name}#")  # Excel, Excel with a long name, Calc
    if locks and any(path.with_name(name).exists() for name in names):
        return "is open in a spreadsheet program"
    if path.suffix.lower() in UNFINISHED or any(path.with_name(path.name + end).exists() for end in UNFINISHED):
        return "is still being copied"
    try:
        before = path.stat()
        if time.time() - before.st_mtime < SETTLED:
            time.sleep(LOOK_AGAIN)
            after = path.stat()
            if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
                return "is still growing"
    except OSError:
        return None  # reading it will tell why
    return None
