"""Which snapshots go when there are too many, without taking a body away that a kept one refers to.

What a platform sent can hold personal data, so it is not kept longer than the coordinator says: of an old snapshot
only those answers stay that have been the same ever since.
"""

import json
import shutil
from pathlib import Path

from pipeline.sources import snapshots
from pipeline.sources.errors import SourceFailed

Wanted = dict[str, set[tuple[str, str]]]
"""Version -> (address, digest) of the bodies that are referred to there."""


def prune(root: Path, source: str, keep: int, needed: str | None) -> list[str]:
    """Removes the oldest snapshots beyond `keep`, never the `needed` version nor what a kept delta builds on.

    Returns the versions that were removed.
    """
    folder = root / source
    for left in folder.glob("*.partial"):
        if left.is_dir():
            shutil.rmtree(left)
    versions = snapshots.versions(root, source)
    kept = {v for v in (*versions[-keep:], needed) if v in versions}
    for version in list(kept):
        kept |= _bases(folder / version)
    removed = [v for v in versions if v not in kept]
    wanted = _wanted(folder, kept)
    for path in [folder / v for v in removed] + list(folder.glob(f"*{snapshots.BODIES}")):
        _reduce(path, wanted.get(path.name.removesuffix(snapshots.BODIES), set()))
    return removed


def _bases(path: Path) -> set[str]:
    try:
        return {one.version for one in snapshots.chain(snapshots.load(path))}
    except SourceFailed:
        return set()


def _wanted(folder: Path, kept: set[str]) -> Wanted:
    found: Wanted = {}
    for version in kept:
        for entry in snapshots.index(folder / version):
            if "version" in entry:
                found.setdefault(entry["version"], set()).add((entry["uri"], entry["sha256"]))
    return found


def _reduce(path: Path, wanted: set[tuple[str, str]]) -> None:
    """Leaves of a snapshot the records that are wanted, or nothing. Each record is compressed by itself, so its bytes
    are copied as they are."""
    target = path.with_name(path.name.removesuffix(snapshots.BODIES) + snapshots.BODIES)
    entries = [e for e in snapshots.index(path) if "offset" in e and (e["uri"], e["sha256"]) in wanted]
    if entries and path == target and len(entries) == sum(1 for _ in snapshots.index(path)):
        return
    if entries:
        aside = target.with_name(f"{target.name}.partial")
        aside.mkdir()
        lines = []
        with (path / snapshots.CAPTURE).open("rb") as old, (aside / snapshots.CAPTURE).open("wb") as new:
            for entry in entries:
                old.seek(entry["offset"])
                start = new.tell()
                new.write(old.read(entry["length"]))
                lines.append(json.dumps({**entry, "offset": start}, ensure_ascii=False) + "\n")
        (aside / snapshots.INDEX).write_text("".join(lines), encoding="utf-8")
        shutil.rmtree(target, ignore_errors=True)
        aside.replace(target)
    if path != target or not entries:
        shutil.rmtree(path, ignore_errors=True)
