"""What the invented calendar shows comes back from the connector, in each of its formats."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.demo.events_server import SEASON, events_site, first_day
from pipeline.demo.server import serving
from pipeline.demo.world import Activity, Organisation, Place, Sighting
from pipeline.sources.contract import FetchJob
from pipeline.sources.events.fetch import fetch
from pipeline.sources.events.parse import parse
from pipeline.sources.http import HttpClient, HttpPolicy
from pipeline.sources.items import Finding, Item, Parsed, Unread
from pipeline.sources.registry import descriptions
from pipeline.sources.snapshots import Capture
from pipeline.transform.landing import land

KINDS = ("support", "hobby", "event", "meeting_place")


def sighting(n: int) -> Sighting:
    def place(k: int) -> Place:
        return Place(f"Mäkikatu {k}", "70100", "KUOPIO", "Kuopio", "297", 62.9 + k / 1000, 27.7 + k / 1000)

    activities = tuple(
        Activity(
            f"a{n}-{k}", KINDS[(n + k) % 4], f"Kerho & <piiri>, {n}.{k}; ilta", f"Krets {n}" if k else None,
            "Lyhyesti: näin.", "Pitkästi, toinen;\nrivi \\ loppu.", "T01", place(n % 6), n % 7 + 1, "10:00", "12:30",
            n % 2 == 0, (7, 12) if k else None,
        )
        for k in range(n % 3)
    )  # fmt: skip
    organisation = Organisation(
        truth_id=f"o{n}", name_fi=f"Pöljän Äijät & Ämmät {n} ry", name_sv=None, abbreviation=None, legal_form="ry",
        type="association", level="local", umbrella=None, business_id=None, association_number=None, place=place(n),
        phone="044 901 0000", email=f"kerho{n}@example.fi", website=None, theme="T01", summary_fi="", description_fi="",
        description_sv=None, contact_name="Aino Keksitty", contact_title=None, parent_truth_id=None,
        activities=activities,
    )  # fmt: skip
    return Sighting(str(1000 + n), organisation)


SIGHTINGS = [sighting(n) for n in range(45)]
SHOWN = [
    (f"kunta:{s.native_id}-{k}", s.organisation, a)
    for s in SIGHTINGS
    for k, a in enumerate(s.organisation.activities, 1)
]
ADDRESSES: dict[str, tuple[str, dict[str, Any]]] = {
    "linkedevents": ("/v1/", {}),
    "ical": ("/kalenteri.ics", {}),
    "rss": ("/feed/", {}),
    "jsonld": ("/tapahtumat/", {"event_page": r"/tapahtumat/[^/?]+/$"}),
}


def fetched(base: str, tmp_path: Path, address: str, **options: Any) -> list[Capture]:
    kept: list[Capture] = []
    client = HttpClient(HttpPolicy(backoff=0.01), record=kept.append)
    about = descriptions()["events"]
    now = datetime(2026, 11, 23, tzinfo=UTC)
    options["url"] = base + address
    try:
        fetch(FetchJob("kalenteri", options, about, client, kept.append, tmp_path, (), now, lambda text: None))
    finally:
        client.close()
    return kept


@pytest.fixture(params=ADDRESSES)
def read(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, list[Capture], list[Parsed]]:
    address, options = ADDRESSES[request.param]
    with serving(events_site(SIGHTINGS)) as base:
        captures = fetched(base, tmp_path, address, **options)
    return request.param, captures, list(parse(captures, descriptions()["events"], options))


def test_every_event_comes_back_with_its_organiser_place_and_time(read: tuple[str, Any, list[Parsed]]) -> None:
    kind, _, parsed = read
    items = [p for p in parsed if isinstance(p, Item)]
    services = [i for i in items if i.kind == "service"]
    places = {i.native_id: i for i in items if i.kind == "location"}
    organizers = {i.native_id: i for i in items if i.kind == "organization"}
    assert set(organizers) == {f"organizer/{o.name_fi}" for _, o, _ in SHOWN}
    for item, (native_id, o, a) in zip(services, SHOWN, strict=True):
        assert native_id in item.native_id and item.service_kind == "event"
        assert item.names[0].value == a.name_fi
        assert (item.organization, item.organization_name) == (f"organizer/{o.name_fi}", o.name_fi)
        day = first_day(a, SEASON)
        (hours,) = item.hours
        assert (hours.opens_at, hours.closes_at, hours.dtstart) == (a.opens_at, a.closes_at, day)
        assert item.valid_from == day
        is_weekly = kind == "ical" and a.kind != "event"
        assert (hours.freq, item.valid_to) == (("WEEKLY", datetime(2027, 5, 31).date()) if is_weekly else (None, day))  # noqa: DTZ001
        (address,) = places[item.locations[0]].addresses
        line = address.line or f"{address.street}, {address.postal_code} {address.city}"
        assert line == f"{a.place.street}, {a.place.postal_code} {a.place.city}"
        if kind in ("linkedevents", "jsonld"):
            assert item.is_free is (a.is_free if kind == "linkedevents" else a.is_free or None)
        if kind == "linkedevents":
            assert [n.value for n in item.names] == [n for n in (a.name_fi, a.name_sv) if n]
            assert (item.minimum_age, item.maximum_age) == (a.age_range or (None, None))
            assert [(t.code, t.label) for t in item.terms] == [("T01", "Aihe T01")]


def test_nothing_is_left_unread_and_no_person_is_harvested(read: tuple[str, Any, list[Parsed]]) -> None:
    _, _, parsed = read
    assert [p for p in parsed if isinstance(p, (Finding, Unread))] == []
    assert not any(word in str(parsed) for word in ("Keksitty", "kerho1@", "044 901"))


def test_the_order_of_captures_does_not_change_the_items(read: tuple[str, list[Capture], list[Parsed]]) -> None:
    kind, captures, parsed = read
    turned = list(parse(reversed(captures), descriptions()["events"], ADDRESSES[kind][1]))
    assert sorted(map(str, turned)) == sorted(map(str, parsed))


def test_organisers_land_as_records_that_own_their_events(read: tuple[str, Any, list[Parsed]]) -> None:
    landed = land(read[2], source="kalenteri", snapshot_version="1")
    owners = landed.tables["service"].column("organization_id").to_pylist()
    assert landed.services == len(SHOWN) and None not in owners and landed.organizations == len(set(owners))
    # The address of a page on loopback is no address to publish.
    assert set(landed.tables["issue"].column("code").to_pylist()) <= {"url_invalid"}
