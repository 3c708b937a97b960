"""What the invented OLKA site shows comes back from the connector."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.demo import sightings
from pipeline.demo.olka_server import HOURS, ROLES, olka_site, points_of
from pipeline.demo.region import make_world
from pipeline.demo.server import serving
from pipeline.sources.contract import FetchJob
from pipeline.sources.http import HttpClient, HttpPolicy
from pipeline.sources.items import Finding, Item, Unread
from pipeline.sources.olka.fetch import fetch
from pipeline.sources.olka.parse import parse
from pipeline.sources.registry import descriptions
from pipeline.sources.snapshots import Capture
from pipeline.transform.landing import land

ABOUT = descriptions()["olka"]
SEEN = sightings.observe(make_world(120, 5)).sightings["lahella"]
POINTS = points_of(SEEN)


@pytest.fixture(scope="module")
def captures() -> Iterator[list[Capture]]:
    site = olka_site(SEEN)
    kept: list[Capture] = []
    client = HttpClient(HttpPolicy(backoff=0.01), record=kept.append)
    now = datetime(2026, 11, 23, tzinfo=UTC)
    with serving(site) as base:
        fetch(FetchJob("o", {"base_url": base}, ABOUT, client, kept.append, Path(), (), now, lambda text: None))
    client.close()
    yield kept
    assert not [path for path in site.asked if "yhteydenotto" in path]


def test_every_point_comes_back_with_desks_days_and_roles(captures: list[Capture]) -> None:
    parsed = list(parse(captures, ABOUT, {}))
    assert [p for p in parsed if isinstance(p, (Finding, Unread))] == []
    items = {p.native_id: p for p in parsed if isinstance(p, Item)}
    names = {i.names[0].value for i in items.values() if i.kind == "organization"}
    assert names == {n for p in POINTS for n in (p.coordinator, *(d.organiser for d in p.days))}
    for point in POINTS:
        item = items[point.id]
        assert (item.names[0].value, item.organization_name) == (point.name, point.coordinator)
        desks = [items[native_id] for native_id in item.locations]
        assert len(desks) == len(point.desks)
        for desk, place in zip(desks, point.desks, strict=True):
            assert desk.addresses[0].line == f"{place.street}, {place.postal_code} {place.city}"
            assert [(h.description, h.byday, h.opens_at) for h in desk.hours] == [(HOURS, "MO,TU,WE,TH,FR", "10:00")]
            assert (desk.names[0].value or "").startswith(point.hospital)
        for day in point.days:
            event = items[f"{point.id}/day/{day.when}/{day.topic.casefold()}"]
            assert (event.service_kind, event.organization_name) == ("event", day.organiser)
            assert (event.hours[0].dtstart, event.hours[0].opens_at, event.valid_to) == (day.when, "10:00", day.when)
        for (name, _), code in zip(ROLES, ("ILONA", "TOIVO"), strict=True):
            role = items[f"{point.id}/role/{name.casefold()}"]
            assert (role.service_kind, [t.code for t in role.terms]) == ("volunteering", [code])
            assert role.organization == item.organization
    landed = land(parsed, source="olka", snapshot_version="1")
    assert (landed.organizations, landed.issues) == (len(names), 0)


def test_the_order_of_pages_does_not_change_the_items(captures: list[Capture]) -> None:
    assert sorted(map(str, parse(reversed(captures), ABOUT, {}))) == sorted(map(str, parse(captures, ABOUT, {})))
