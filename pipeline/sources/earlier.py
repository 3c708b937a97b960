"""What the last good snapshot holds of an address: makes conditional requests and revisit records possible."""

from pathlib import Path
from typing import Any

from pipeline.sources import snapshots, warc
from pipeline.sources.errors import SourceFailed
from pipeline.sources.snapshots import Snapshot
from pipeline.sources.warc import Capture, Reference


class Earlier:
    """The captures of a snapshot and of those it builds on, by address; the newest counts."""

    def __init__(self, chain: list[Snapshot]) -> None:
        self._entries: dict[str, dict[str, Any]] = {}
        self._folder = chain[-1].path.parent if chain else None
        self._bodies: dict[str, tuple[Path, dict[tuple[str, str], int]]] = {}
        """Version -> its file, and where in it each body begins."""
        for snapshot in chain:
            for entry in snapshots.index(snapshot.path):
                self._entries[entry["uri"]] = {"version": snapshot.version, "date": entry["at"], **entry}

    def validators(self, uri: str) -> dict[str, str]:
        """Headers that ask for the answer only if it has changed; empty when the platform gave no validator."""
        entry = self._entries.get(uri)
        if entry is None or entry["status"] != 200:
            return {}
        known = {name.lower(): value for name, value in entry["headers"].items()}
        pairs = (("If-None-Match", known.get("etag")), ("If-Modified-Since", known.get("last-modified")))
        return {name: value for name, value in pairs if value}

    def capture(self, uri: str) -> Capture | None:
        """The capture of an address; null when it cannot be read any more."""
        entry = self._entries.get(uri)
        if entry is None:
            return None
        try:
            place = self._place(entry)
            return warc.read_at(*place) if place else None
        except SourceFailed:
            return None

    def reference(self, capture: Capture, sha256: str) -> Reference | None:
        """Where the same body of the same address lies; null when it is new, or the earlier one cannot be read."""
        entry = self._entries.get(capture.uri)
        if entry is None or entry["sha256"] != sha256 or entry["status"] != capture.status:
            return None
        if not capture.not_modified:  # else it was read a moment ago
            known = self.capture(capture.uri)
            if known is None or known.body != capture.body:
                return None
        return Reference(entry["version"], entry["date"], sha256)

    def _place(self, entry: dict[str, Any]) -> tuple[Path, int] | None:
        """File and place of a body; null when it is gone."""
        if self._folder is None:
            return None
        version = entry["version"]
        if version not in self._bodies:
            folder = snapshots.bodies_of(self._folder, version)
            found = snapshots.offsets(folder) if (folder / snapshots.CAPTURE).exists() else {}
            self._bodies[version] = folder / snapshots.CAPTURE, found
        path, offsets = self._bodies[version]
        offset = offsets.get((entry["uri"], entry["sha256"]))
        return None if offset is None else (path, offset)
