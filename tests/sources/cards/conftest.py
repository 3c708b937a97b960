"""A fetch of a site of cards as the pipeline makes it, and single pages as sites write them."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.sources.cards.parse import parse
from pipeline.sources.contract import FetchJob
from pipeline.sources.http import HttpClient, HttpPolicy
from pipeline.sources.registry import descriptions
from pipeline.sources.snapshots import Capture

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


@pytest.fixture
def read() -> Callable[..., list[Any]]:
    """Parses one page at a card's address, or several captures."""

    def reader(
        page: str | bytes | list[Capture],
        *,
        uri: str = "https://kortit.example.fi/toimijakortti/12/",
        content_type: str = "text/html",
        **options: Any,
    ) -> list[Any]:
        if isinstance(page, list):
            captures = page
        else:
            body = page.encode() if isinstance(page, str) else page
            captures = [Capture(uri, body, content_type, NOW)]
        return list(parse(captures, descriptions()["cards"], options))

    return reader


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Callable[..., tuple[FetchJob, list[Capture]]]]:
    """Makes a fetch job for an address, with a client that hardly waits, and the list of what was kept."""
    clients: list[HttpClient] = []

    def make(base_url: str, **options: Any) -> tuple[FetchJob, list[Capture]]:
        kept: list[Capture] = []
        client = HttpClient(HttpPolicy(backoff=0.01, max_wait=0.05, tries=3), record=kept.append)
        clients.append(client)
        made = FetchJob(
            source="kortit",
            options={"base_url": base_url, **options},
            description=descriptions()["cards"],
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
