"""A fetch of Vapaaehtoistyö.fi as the pipeline makes it, and single tasks as the platform writes them."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.demo.server import Site, serving
from pipeline.sources.contract import FetchJob
from pipeline.sources.http import HttpClient, HttpPolicy
from pipeline.sources.registry import descriptions
from pipeline.sources.snapshots import Capture
from pipeline.sources.vapaaehtoistyo.fetch import fetch
from pipeline.sources.vapaaehtoistyo.parse import parse

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ABOUT = descriptions()["vapaaehtoistyo"]

TASK: dict[str, Any] = {
    "id": 77,
    "organization": 12,
    "organizationName": "Kuopion Ystävät ry",
    "title": {"fi": "Lukuystävä", "se": "Läsvän"},
    "description": {"fi": "<p>Luetaan yhdessä.</p>"},
    "contactDetails": "Maija Malli, 040 000 0123, maija.malli@example.fi tai vapaaehtoistoiminta@example.fi",
    "address": "Kivikatu 3, 70100 Kuopio",
    "addressCoordinates": {"lat": 62.9, "lng": 27.7},
    "themes": [{"id": 5, "name": {"fi": "Ikäihmiset"}}],
    "timeStampStartTask": 1796119200,  # 1 December 2026, noon in Finland
    "timeStampEndTask": 1796126400,
    "noActualTime": 0,
    "timeStampPublicationDate": 1788210000,
    "timeStampAdded": 1788210000,
    "timeStampLastUpdated": 1788210000,
    "status": 1,
    "creator": 4,
}


@pytest.fixture
def task() -> dict[str, Any]:
    """A task that a test may change."""
    return deepcopy(TASK)


@pytest.fixture
def read() -> Callable[..., list[Any]]:
    """Parses tasks as one page, or any object as an answer."""

    def reader(*tasks: Any, answer: object = None, **options: Any) -> list[Any]:
        whole = answer or {"status": "ok", "data": {"totalRecords": len(tasks), "records": list(tasks)}}
        body = json.dumps(whole).encode()
        capture = Capture("https://api.example.fi/collection/task?page=1", body, "application/json", NOW)
        return list(parse([capture], ABOUT, options))

    return reader


@pytest.fixture
def harvest(tmp_path: Path) -> Iterator[Callable[..., tuple[list[Capture], list[Any]]]]:
    """Fetches a whole site over a socket and parses what was kept; the client hardly waits."""
    clients: list[HttpClient] = []

    def run(site: Site, *, token: str = "hemmelig", tries: int = 3) -> tuple[list[Capture], list[Any]]:
        kept: list[Capture] = []
        policy = HttpPolicy(backoff=0.01, max_wait=0.05, tries=tries, read_timeout=0.3)
        client = HttpClient(policy, record=kept.append)
        clients.append(client)
        with serving(site) as base:
            options = {"base_url": base, "token": token}
            fetch(FetchJob("vt", options, ABOUT, client, kept.append, tmp_path, (), NOW, lambda text: None))
        return kept, list(parse(kept, ABOUT, {}))

    yield run
    for client in clients:
        client.close()
