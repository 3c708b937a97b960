"""How the tests of deltas take snapshots and land them, as a night would, in a folder of their own."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline import stages
from pipeline.demo.server import Site, serving
from pipeline.outcomes import SourceOutcome
from pipeline.settings import Settings, SourceSettings
from pipeline.sources.contract import FetchJob
from pipeline.sources.fetching import Taken
from pipeline.sources.http import HttpClient, HttpPolicy
from pipeline.sources.registry import descriptions, parse_of
from pipeline.sources.snapshots import Capture
from pipeline.storage import read_table

QUICK = HttpPolicy(backoff=0.01, max_wait=0.05, read_timeout=2.0, connect_timeout=2.0, tries=2, obey_robots=False)
START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
NOT_COMPARED = ("snapshot_version", "fetched_at", "raw_hash")
MEMORY = "ended_record"
"""What is remembered of records that are gone: a folder that never had them has none of it."""


@dataclass
class Night:
    """A source in a data folder; `run` is one night."""

    settings: Settings
    source: SourceSettings
    said: list[str] = field(default_factory=list)

    def run(self, day: float = 0, **how: Any) -> tuple[Taken, SourceOutcome]:
        """Takes the snapshot of a day and lands it."""
        now = START + timedelta(days=day)
        taken = stages.take_snapshot(self.settings, self.source, now=now, progress=self.said.append, **how)
        return taken, stages.land_source(self.settings, self.source)

    def rows(self, table: str) -> list[dict[str, Any]]:
        """A record table without what tells when a row was read."""
        data = read_table(self.settings.records_dir / self.source.id, table)
        return data.drop_columns([c for c in NOT_COMPARED if c in data.column_names]).to_pylist()

    def tables(self) -> dict[str, list[dict[str, Any]]]:
        """Everything that was landed, without the history of the platform's fields."""
        folder = self.settings.records_dir / self.source.id
        found = {path.stem: self.rows(path.stem) for path in sorted(folder.glob("*.parquet"))}
        for history in ("source_field", MEMORY):
            found.pop(history, None)
        found["issue"] = [row for row in found["issue"] if not row["code"].startswith("field_")]
        return found

    def bytes(self) -> dict[str, bytes]:
        """The record tables byte for byte."""
        folder = self.settings.records_dir / self.source.id
        return {path.name: path.read_bytes() for path in sorted(folder.glob("*.parquet")) if path.stem != MEMORY}


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Callable[..., Any]]:
    """Serves a site and gives a `Night` of a source on it; options may hold `{base}`."""

    @contextmanager
    def made(site: Site, kind: str, name: str = "data", *, codes: tuple[str, ...] = (), **options: Any) -> Any:
        with serving(site) as base:
            filled = {k: v.replace("{base}", base) if isinstance(v, str) else v for k, v in options.items()}
            source = SourceSettings(kind, kind, {"pace_seconds": 0, "grace_days": 0, **filled})
            yield Night(
                Settings(tmp_path / "koonti.yml", tmp_path / name, (source,), municipality_codes=codes, http=QUICK),
                source,
            )

    yield made


@pytest.fixture
def job_for(tmp_path: Path) -> Iterator[Callable[..., tuple[FetchJob, list[Capture]]]]:
    """Makes a fetch job for a kind and its options, with a client that hardly waits, and the list of what is kept."""
    clients: list[HttpClient] = []

    def make(kind: str, **options: Any) -> tuple[FetchJob, list[Capture]]:
        kept: list[Capture] = []
        policy = HttpPolicy(backoff=0.01, max_wait=0.05, tries=2, read_timeout=0.2, max_bytes=2_000_000)
        client = HttpClient(policy, record=kept.append)
        clients.append(client)
        about = descriptions()[kind]
        return FetchJob("s", options, about, client, kept.append, tmp_path, (), START, lambda text: None), kept

    yield make
    for client in clients:
        client.close()


@pytest.fixture
def read_as() -> Callable[..., list[Any]]:
    """Parses pages of a kind; a bare body is one answer at the address `uri`."""

    def reader(kind: str, *bodies: bytes | str | Capture, uri: str, **options: Any) -> list[Any]:
        raw = [body.encode() if isinstance(body, str) else body for body in bodies]
        captures = [one if isinstance(one, Capture) else Capture(uri, one, "text/html", START) for one in raw]
        return list(parse_of(kind)(captures, descriptions()[kind], options))

    return reader
