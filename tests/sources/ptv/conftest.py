"""A small invented PTV world, and how the tests fetch and parse it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import pytest

from pipeline.demo.ptv_v12_server import KEY
from pipeline.demo.server import Site, serving
from pipeline.demo.world import Activity, Organisation, Place, Sighting
from pipeline.sources import registry
from pipeline.sources.contract import FetchJob, SourceDescription
from pipeline.sources.http import HttpClient, HttpPolicy
from pipeline.sources.items import Finding, Item, Parsed, Unread
from pipeline.sources.ptv.fetch import fetch
from pipeline.sources.ptv.parse import parse
from pipeline.sources.snapshots import Capture

SHARED = Path(__file__).parents[3].parent / "shared"
KUOPIO = Place("Esimerkkikatu 3", "70100", "Kuopio", "Kuopio", "297", 62.8924, 27.6770)
IISALMI = Place("Mallitie 12 B", "74100", "Iisalmi", "Iisalmi", "140", 63.5570, 27.1900)


def guid(name: str) -> str:
    return str(uuid5(NAMESPACE_DNS, f"{name}.example.fi"))


def activity(key: str, kind: str = "support", place: Place = KUOPIO, **changes: Any) -> Activity:
    made = Activity(
        id=key,
        kind=kind,
        name_fi=f"Ryhmä {key}",
        name_sv=None,
        summary_fi="Vertaisryhmä kaikille.",
        description_fi="Vertaisryhmä kaikille. Tervetuloa!",
        theme="T04",
        place=place,
        weekday=2,
        opens_at="17:00",
        closes_at="19:30",
        is_free=True,
    )
    return replace(made, **changes)


def organisation(key: str, place: Place | None = KUOPIO, **changes: Any) -> Organisation:
    made = Organisation(
        truth_id=key,
        name_fi=f"Esimerkkiyhdistys {key} ry",
        name_sv=None,
        abbreviation=None,
        legal_form="ry",
        type="association",
        level="local",
        umbrella=None,
        business_id=None,
        association_number=None,
        place=place,
        phone=None,
        email=None,
        website=None,
        theme="T04",
        summary_fi="Yhdistys tukee.",
        description_fi="Yhdistys tukee jäseniään.",
        description_sv=None,
        contact_name=None,
        contact_title=None,
        parent_truth_id=None,
    )
    return replace(made, **changes)


def sighting(key: str, *, parent: str | None = None, **changes: Any) -> Sighting:
    return Sighting(guid(key), organisation(key, **changes), guid(parent) if parent else None)


def small_world() -> list[Sighting]:
    """Seven organisations: with and without content, parents without content, one nationwide, one Swedish name."""
    many = tuple(activity(f"t{i}", "hobby") for i in range(12))
    return [
        sighting("liitto", level="national", place=None),
        sighting("piiri", parent="liitto", place=IISALMI),
        sighting(
            "paikallis",
            parent="piiri",
            name_sv="Exempelföreningen rf",
            abbreviation="EP",
            business_id="9000001-0",
            phone="040 000 0123",
            email="info@paikallis.example.fi",
            website="https://paikallis.example.fi",
            description_sv="Föreningen stöder.",
            activities=(
                activity("a1"),
                activity("a2", "event"),
                activity("a3", online_url="https://verkko.example.fi"),
            ),
        ),
        sighting(
            "seura",
            place=IISALMI,
            website="https://seura.example.fi",
            phone="044 000 0456",
            activities=tuple(replace(a, place=IISALMI, is_free=False, age_range=(7, 12)) for a in many),
        ),
        sighting("puhelin", phone="040 000 0789"),
        sighting("sivu", website="https://sivu.example.fi"),
        sighting("piilo"),
    ]


@pytest.fixture(scope="session")
def invent() -> SimpleNamespace:
    """What tests make their worlds of."""
    return SimpleNamespace(
        guid=guid,
        activity=activity,
        organisation=organisation,
        sighting=sighting,
        small_world=small_world,
        KUOPIO=KUOPIO,
        IISALMI=IISALMI,
    )


@pytest.fixture(scope="session")
def shared_ptv() -> Path:
    """Saved answers of the real platform, where this machine has them."""
    folder = SHARED / "data" / "ptv"
    if not folder.is_dir():
        pytest.skip("no saved answers of PTV here")
    return folder


@dataclass
class Fetched:
    """Everything one fetch and parse gave."""

    captures: list[Capture]
    parsed: list[Parsed]
    said: list[str]

    def items(self, kind: str) -> dict[str, Item]:
        return {p.native_id: p for p in self.parsed if isinstance(p, Item) and p.kind == kind}

    @property
    def findings(self) -> list[Finding]:
        return [p for p in self.parsed if isinstance(p, Finding)]

    @property
    def unread(self) -> list[str]:
        return [p.field for p in self.parsed if isinstance(p, Unread)]


@pytest.fixture(scope="session")
def description() -> SourceDescription:
    return registry.descriptions()["ptv"]


@pytest.fixture
def read(description: SourceDescription) -> Callable[..., Fetched]:
    """Parses JSON bodies, as bytes or as objects, as if they had been saved."""

    def run(*bodies: Any, status: int = 200) -> Fetched:
        captures = [
            Capture(
                f"file:{i}.json",
                body if isinstance(body, bytes) else json.dumps(body).encode(),
                "application/json",
                datetime(2026, 1, 1, tzinfo=UTC),
                status,
            )
            for i, body in enumerate(bodies)
        ]
        return Fetched(captures, list(parse(iter(captures), description, {})), [])

    return run


@pytest.fixture
def harvest(description: SourceDescription) -> Iterator[Callable[..., Fetched]]:
    """Serves a site, fetches it and parses what came."""

    def run(
        site: Site, *codes: str, robots: bool = False, tries: int = 4, read_timeout: float = 5.0, **options: Any
    ) -> Fetched:
        captures: list[Capture] = []
        said: list[str] = []
        with serving(site) as base:
            policy = HttpPolicy(backoff=0.01, max_wait=0.05, read_timeout=read_timeout, tries=tries, obey_robots=robots)
            client = HttpClient(policy, record=captures.append)
            try:
                fetch(
                    FetchJob(
                        source="ptv",
                        options={"base_url": f"{base}/api/{options.get('version', 'v11')}/", **options},
                        description=description,
                        client=client,
                        keep=captures.append,
                        base_dir=Path(),
                        municipality_codes=codes,
                        now=datetime(2026, 1, 1, tzinfo=UTC),
                        progress=said.append,
                    )
                )
            finally:
                client.close()
        return Fetched(captures, list(parse(iter(captures), description, options)), said)

    yield run


@pytest.fixture
def harvest12(harvest: Callable[..., Fetched]) -> Callable[..., Fetched]:
    """The same through v12, with the key of the local platform."""
    return lambda site, *codes, **options: harvest(site, *codes, **{"version": "v12", "api_key": KEY, **options})


@pytest.fixture
def organization(read: Callable[..., Fetched]) -> Callable[..., Item]:
    return lambda **data: read([{"id": "o1", "organizationNames": [], **data}]).items("organization")["o1"]


@pytest.fixture
def service(read: Callable[..., Fetched]) -> Callable[..., Item]:
    return lambda **data: read([{"id": "s1", "serviceNames": [], **data}]).items("service")["s1"]


@pytest.fixture
def channel(read: Callable[..., Fetched]) -> Callable[..., Item]:
    def make(kind: str = "ServiceLocation", **data: Any) -> Item:
        body = {"id": "c1", "serviceChannelNames": [], "serviceChannelType": kind, **data}
        item: Item = read([body]).items("location")["c1"]
        return item

    return make
