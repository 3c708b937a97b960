"""A fetch of the Lähellä feed as the pipeline makes it, and single objects as the platform writes them."""

from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.sources.contract import FetchJob
from pipeline.sources.http import HttpClient, HttpPolicy
from pipeline.sources.lahella.parse import parse
from pipeline.sources.registry import descriptions
from pipeline.sources.snapshots import Capture

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)

ACTIVITY: dict[str, Any] = {
    "_key": "12345",
    "status": "published",
    "group": "7103010551",
    "tags": {"visibility": {"start": 1788210000000, "end": None}},
    "traits": {
        "type": "hobby",
        "requiredLocales": ["fi", "en"],
        "translations": {
            "en": {"name": "Chess club"},
            "fi": {
                "name": "Shakkikerho",
                "summary": '<p dir="ltr">Pelataan shakkia.</p>',
                "pricing": '<p dir="ltr">5 euroa</p>',
                "registration": '<p dir="ltr">Tule paikalle.</p>',
            },
        },
        "theme": ["ht_kulttuuri", "xx_uusi"],
        "format": ["hm_ryhmat"],
        "locale": ["fi-FI", "fisl", "xx"],
        "demographic": ["ageGroup/range:30-64", "ageGroup/range:65-99", "gender/gender"],
        "region": ["city/FI/Kuopio", "state/FI/Pohjois-Savo"],
        "pricing": ["paid"],
        "contacts": [
            {"id": "c1", "type": "phone", "value": "044 901 0001", "translations": {"fi": {"description": "Ohjaaja"}}},
            {"id": "c2", "type": "www", "value": "https://shakki.example.fi"},
        ],
        "channels": [
            {
                "id": "u-1",
                "type": ["place"],
                "accessibility": ["ac_unknow"],
                "map": {"center": {"type": "Point", "coordinates": [27.68, 62.89]}, "zoom": 16},
                "translations": {
                    "fi": {
                        "address": {
                            "street": "Satamakatu 1",
                            "postalCode": "70100",
                            "city": "Kuopio",
                            "state": "Pohjois-Savo",
                            "country": "FI",
                        },
                        "summary": '<p dir="ltr">Toinen kerros</p>',
                        "registration": '<p dir="ltr">Tule paikalle.</p>',
                    },
                    "en": {"address": {"postalCode": "70100", "city": "Kuopio"}},
                },
                "events": [
                    {
                        "start": 1788210000000,
                        "timeZone": "Europe/Helsinki",
                        "type": "4",
                        "recurrence": {
                            "period": "P1W",
                            "end": 1811710800000,
                            "daySpecificTimes": [
                                {"weekday": 4, "startTime": "18:00", "endTime": "19:30"},
                                {"weekday": 2, "startTime": "18:00", "endTime": "19:30"},
                                {"weekday": 7, "startTime": "10:00", "endTime": "12:00"},
                            ],
                            "exclude": [],
                        },
                    }
                ],
                "registrationRequired": True,
                "registrationUrl": "https://shakki.example.fi/mukaan",
                "registrationEmail": "mukaan@shakki.example.fi",
            }
        ],
    },
}


@pytest.fixture
def activity() -> dict[str, Any]:
    """An activity that a test may change."""
    return deepcopy(ACTIVITY)


@pytest.fixture
def read() -> Callable[..., list[Any]]:
    """Parses answers: `read(activities=[...], groups=[...])`; an answer may be a list of items or a whole object."""

    def reader(activities: object = None, groups: object = None, **options: Any) -> list[Any]:
        import json

        captures = []
        for name, answer in (("groups", groups), ("activities", activities)):
            if answer is None:
                continue
            body = {"items": answer, "total": len(answer), "hasMore": False} if isinstance(answer, list) else answer
            uri = f"https://feed.example.fi/v1/{name}?skip=0"
            captures.append(Capture(uri, json.dumps(body).encode(), "application/json", NOW))
        return list(parse(captures, descriptions()["lahella"], options))

    return reader


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Callable[..., tuple[FetchJob, list[Capture]]]]:
    """Makes a fetch job for an address, with a client that hardly waits, and the list of what was kept."""
    clients: list[HttpClient] = []

    def make(base_url: str, token: str = "hemmelig", **options: Any) -> tuple[FetchJob, list[Capture]]:
        kept: list[Capture] = []
        client = HttpClient(HttpPolicy(backoff=0.01, max_wait=0.05, tries=3), record=kept.append)
        clients.append(client)
        made = FetchJob(
            source="lahella",
            options={"base_url": base_url, "token": token, **options},
            description=descriptions()["lahella"],
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
