"""A fetch of a calendar as the pipeline makes it, and single answers as calendars write them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.sources.contract import FetchJob
from pipeline.sources.events.parse import parse
from pipeline.sources.http import HttpClient, HttpPolicy
from pipeline.sources.registry import descriptions
from pipeline.sources.snapshots import Capture

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture
def read() -> Callable[..., list[Any]]:
    """Parses answers; a bare body is one answer at an address."""

    def reader(*bodies: bytes | str | Capture, uri: str = "https://kunta.example.fi/v1/event/", **options: Any) -> Any:
        captures = [
            b if isinstance(b, Capture) else Capture(uri, b.encode() if isinstance(b, str) else b, "text/plain", NOW)
            for b in bodies
        ]
        return list(parse(captures, descriptions()["events"], options))

    return reader


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Callable[..., tuple[FetchJob, list[Capture]]]]:
    """Makes a fetch job for an address, with a client that hardly waits, and the list of what was kept."""
    clients: list[HttpClient] = []

    def make(url: str, **options: Any) -> tuple[FetchJob, list[Capture]]:
        kept: list[Capture] = []
        policy = HttpPolicy(backoff=0.01, max_wait=0.05, tries=2, read_timeout=0.2, max_bytes=2_000_000)
        client = HttpClient(policy, record=kept.append)
        clients.append(client)
        made = FetchJob(
            source="kalenteri",
            options={"url": url, **options},
            description=descriptions()["events"],
            client=client,
            keep=kept.append,
            base_dir=tmp_path,
            municipality_codes=(),
            now=NOW,
            progress=lambda text: None,
        )
        return made, kept

    yield make
    for client in clients:
        client.close()
