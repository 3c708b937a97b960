"""What the invented catalogue files say comes back from the connector."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.demo import sightings
from pipeline.demo.catalogue_files import CARD, FIELDS, catalogue_site
from pipeline.demo.region import make_world
from pipeline.demo.server import serving
from pipeline.sources.catalogue.fetch import fetch
from pipeline.sources.catalogue.parse import parse
from pipeline.sources.contract import FetchJob
from pipeline.sources.http import HttpClient, HttpPolicy
from pipeline.sources.items import Finding, Item, Parsed, Unread
from pipeline.sources.registry import descriptions
from pipeline.sources.snapshots import Capture
from pipeline.transform.landing import land

ABOUT = descriptions()["catalogue"]
SEEN = sightings.observe(make_world(80, 5)).sightings["lahella"]


@pytest.fixture(scope="module")
def fetched() -> dict[str, list[Parsed]]:
    site = catalogue_site(SEEN)
    now = datetime(2026, 11, 23, tzinfo=UTC)
    found = {}
    with serving(site) as base:
        for name in ("kotipalvelut.csv", "palvelukatalogi.xlsx"):
            kept: list[Capture] = []
            client = HttpClient(HttpPolicy(backoff=0.01), record=kept.append)
            options = {"url": f"{base}/{name}"}
            fetch(FetchJob("c", options, ABOUT, client, kept.append, Path(), (), now, lambda text: None))
            client.close()
            found[name] = list(parse(kept, ABOUT, {}))
    return found


def items(parsed: list[Parsed], kind: str) -> list[Item]:
    return [p for p in parsed if isinstance(p, Item) and p.kind == kind]


def test_every_home_service_comes_back_with_its_organisation(fetched: dict[str, list[Parsed]]) -> None:
    parsed = fetched["kotipalvelut.csv"]
    assert [p for p in parsed if isinstance(p, (Finding, Unread))] == []
    told = [(s.organisation, a) for s in SEEN for a in s.organisation.activities]
    owners = {o.native_id: o for o in items(parsed, "organization")}
    assert {o.names[0].value for o in owners.values()} == {o.name_fi for o, _ in told}
    for item, (o, a) in zip(items(parsed, "service"), told, strict=True):
        assert (item.names[0].value, item.organization_name, item.service_kind) == (a.name_fi, o.name_fi, "support")
        assert [i.value for i in owners[item.organization or ""].identifiers] == (
            [o.business_id] if o.business_id else []
        )
        assert [t.label for t in item.terms] == ["Ikäihmiset"] and [x.name for x in item.areas] == [
            a.place.municipality
        ]
        assert item.is_free is (True if a.is_free else None)
        assert (item.hours[0].byday, item.hours[0].opens_at) == ("MO,TU,WE,TH,FR", a.opens_at)
    landed = land(parsed, source="tarjoomo", snapshot_version="1")
    assert (landed.organizations, landed.services) == (len(owners), len(told))
    assert landed.issues == 0


def test_general_descriptions_name_their_organisations_with_cards(fetched: dict[str, list[Parsed]]) -> None:
    parsed = fetched["palvelukatalogi.xlsx"]
    assert [p for p in parsed if isinstance(p, (Finding, Unread))] == []
    cards = {s.organisation.name_fi: CARD.format(s.native_id) for s in SEEN}
    assert {o.names[0].value: o.url for o in items(parsed, "organization")} == cards
    for number, (item, name) in enumerate(zip(items(parsed, "service"), FIELDS, strict=True)):
        actors = [s.organisation.name_fi for s in SEEN[number :: len(FIELDS)]]
        assert (item.names[0].value, item.organization) == (name, None)
        assert [t.value for t in item.texts if t.field == "organizers"] == ["\n".join(actors)]
        assert [(link.label, link.value) for link in item.links] == [(a, cards[a]) for a in actors]
    landed = land(parsed, source="katalogi", snapshot_version="1")
    assert (landed.organizations, landed.services) == (len(cards), len(FIELDS))
