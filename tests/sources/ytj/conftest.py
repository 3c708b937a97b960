"""A fetch of PRH's open data as the pipeline makes it, and one company as the register writes it."""

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
from pipeline.sources.ytj.fetch import fetch
from pipeline.sources.ytj.parse import parse

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
ABOUT = descriptions()["ytj"]

COMPANY: dict[str, Any] = {
    "businessId": {"value": "9000001-0", "registrationDate": "1999-01-01", "source": "3"},
    "names": [
        {"name": "Esimerkkiyhdistys ry", "type": "1", "version": 1, "endDate": None, "source": "1"},
        {"name": "Exempelförening rf", "type": "2", "version": 1, "languageCode": "2"},
        {"name": "Esimerkki", "type": "3", "version": 1},
        {"name": "Vanha Esimerkki ry", "type": "1", "version": 2, "endDate": "2005-01-01"},
    ],
    "companyForms": [
        {"type": "6", "descriptions": [{"languageCode": "1", "description": "Aatteellinen yhdistys"}], "version": 1}
    ],
    "mainBusinessLine": {
        "type": "93120",
        "descriptions": [
            {"languageCode": "3", "description": "Activities of sport clubs"},
            {"languageCode": "1", "description": "Urheiluseurojen toiminta"},
        ],
    },
    "website": {"url": "www.esimerkki.example.fi"},
    "addresses": [
        {
            "type": 1,
            "street": "Kivikatu",
            "buildingNumber": "3",
            "entrance": "B",
            "apartmentNumber": "12",
            "apartmentIdSuffix": "a",
            "postCode": "70100",
            "co": "Maija Malli",
            "postOffices": [
                {"city": "KUOPIO SV", "languageCode": "2", "municipalityCode": "297"},
                {"city": "KUOPIO", "languageCode": "1", "municipalityCode": "297"},
            ],
        },
        {"type": 2, "postOfficeBox": "17", "postCode": "70101", "postOffices": None},
    ],
    "tradeRegisterStatus": "1",
    "status": "2",
    "lastModified": "2026-03-01 10:20:30",
}


@pytest.fixture
def company() -> dict[str, Any]:
    """A company that a test may change."""
    return deepcopy(COMPANY)


@pytest.fixture
def read() -> Callable[..., list[Any]]:
    """Parses companies as the answer for the first one's id, or any object as an answer."""

    def reader(*companies: Any, answer: Any = None, status: int = 200) -> list[Any]:
        whole = answer if answer is not None else {"totalResults": len(companies), "companies": list(companies)}
        uri = "https://a.example.fi/v3/companies?businessId=9000001-0"
        return list(parse([Capture(uri, json.dumps(whole).encode(), "", NOW, status)], ABOUT, {}))

    return reader


@pytest.fixture
def harvest(tmp_path: Path) -> Iterator[Callable[..., tuple[list[Capture], list[Any]]]]:
    """Fetches ids of a whole site over a socket and parses what was kept; the client hardly waits."""
    clients: list[HttpClient] = []

    def run(site: Site, ids: Any = None, *, tries: int = 3, **options: Any) -> tuple[list[Capture], list[Any]]:
        kept: list[Capture] = []
        policy = HttpPolicy(backoff=0.01, max_wait=0.05, tries=tries, read_timeout=0.3)
        client = HttpClient(policy, record=kept.append)
        clients.append(client)
        with serving(site) as base:
            given = {"base_url": f"{base}/v3", "business_ids": ids, **options}
            fetch(FetchJob("ytj", given, ABOUT, client, kept.append, tmp_path, (), NOW, lambda text: None))
        return kept, list(parse(kept, ABOUT, {}))

    yield run
    for client in clients:
        client.close()
