"""A fetch of STEA's service as the pipeline makes it, with the stop rule shortened so that tests are quick."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.demo.server import Site, serving
from pipeline.sources.contract import FetchJob
from pipeline.sources.http import HttpClient, HttpPolicy
from pipeline.sources.registry import descriptions
from pipeline.sources.snapshots import Capture
from pipeline.sources.stea.fetch import fetch
from pipeline.sources.stea.parse import parse

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ABOUT = descriptions()["stea"]
SHORT = replace(ABOUT, settings={**ABOUT.settings, "surely_to": 10, "misses_at_end": 5, "last_id": 60})


@pytest.fixture
def read() -> Callable[..., list[Any]]:
    """Parses objects, each as the answer for the next id."""

    def reader(*answers: Any, status: int = 200) -> list[Any]:
        captures = [
            Capture(
                f"https://s.example.fi/api/organisation/{n}", json.dumps(a).encode(), "application/json", NOW, status
            )
            for n, a in enumerate(answers, 1)
        ]
        return list(parse(captures, ABOUT, {}))

    return reader


@pytest.fixture
def harvest(tmp_path: Path) -> Iterator[Callable[..., tuple[list[Capture], list[Any]]]]:
    """Fetches a whole site over a socket and parses what was kept; the client hardly waits."""
    clients: list[HttpClient] = []

    def run(site: Site, *, tries: int = 3, **options: Any) -> tuple[list[Capture], list[Any]]:
        kept: list[Capture] = []
        policy = HttpPolicy(backoff=0.01, max_wait=0.05, tries=tries, read_timeout=0.3)
        client = HttpClient(policy, record=kept.append)
        clients.append(client)
        with serving(site) as base:
            given = {"base_url": f"{base}/", **options}
            fetch(FetchJob("stea", given, SHORT, client, kept.append, tmp_path, (), NOW, lambda text: None))
        return kept, list(parse(kept, SHORT, {}))

    yield run
    for client in clients:
        client.close()
