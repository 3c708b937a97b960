"""What the invented Lähellä serves comes back from the connector as the very sightings."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.demo.lahella_server import lahella_site
from pipeline.demo.server import serving
from pipeline.demo.world import Activity, Organisation, Place, Sighting
from pipeline.sources.contract import FetchJob
from pipeline.sources.errors import SourceFailed
from pipeline.sources.http import HttpClient, HttpPolicy
from pipeline.sources.items import Finding, Item, Parsed, Unread
from pipeline.sources.lahella.fetch import fetch
from pipeline.sources.lahella.parse import parse
from pipeline.sources.registry import descriptions
from pipeline.sources.snapshots import Capture

KINDS = ("support", "hobby", "volunteering", "event", "meeting_place")
AGES = (None, (65, 99), (7, 12), (18, 29))


def place(n: int) -> Place:
    return Place(f"Kivikatu {n}", "70100", "KUOPIO", "Kuopio", "297", 62.9 + n / 1000, 27.7 + n / 1000)


def sighting(n: int) -> Sighting:
    activities = tuple(
        Activity(
            f"a{n}-{k}", KINDS[(n + k) % 5], f"Kerho & <piiri> {n}.{k}", f"Krets {n}" if k else None, "Lyhyesti.",
            "Pitkästi.", f"T{n % 20 + 1:02d}", place(n), n % 7 + 1, "10:00", "12:30", n % 3 == 0, AGES[n % 4],
            "https://verkossa.example.fi" if n % 5 == 0 else None,
        )
        for k in range(n % 3)
    )  # fmt: skip
    organisation = Organisation(
        truth_id=f"o{n}", name_fi=f"Kuopion Kerho {n} ry", name_sv=f"Kuopio klubb {n} rf" if n % 2 else None,
        abbreviation=None, legal_form="ry", type="association", level="local", umbrella=None,
        business_id=f"9{n:06d}-0" if n % 2 else None, association_number=None, place=place(n) if n % 4 else None,
        phone=f"044 901 {n:04d}" if n % 3 else None, email=f"kerho{n}@example.fi" if n % 5 else None,
        website=f"https://kerho{n}.example.fi" if n % 2 else None, theme="T12", summary_fi="Lyhyesti.",
        description_fi="Pitkästi & <paljon>.", description_sv=None, contact_name=None, contact_title=None,
        parent_truth_id=None, activities=activities, is_active=n % 10 != 9,
    )  # fmt: skip
    return Sighting(str(7_103_000_000 + n), organisation, str(7_103_000_000) if n % 7 == 3 else None)


SIGHTINGS = [sighting(n) for n in range(130)]


def read(base: str, token: str, tmp_path: Path) -> list[Parsed]:
    kept: list[Capture] = []
    client = HttpClient(HttpPolicy(backoff=0.01), record=kept.append)
    about = descriptions()["lahella"]
    options = {"base_url": f"{base}/", "token": token}
    now = datetime(2026, 11, 23, tzinfo=UTC)
    try:
        fetch(FetchJob("lahella", options, about, client, kept.append, tmp_path, (), now, lambda text: None))
    finally:
        client.close()
    return list(parse(kept, about, options))


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Parsed]]:
    with serving(lahella_site(SIGHTINGS, "avain")) as base:
        yield read(base, "avain", tmp_path_factory.mktemp("base"))


def test_every_organisation_comes_back_as_it_was_shown(parsed: list[Parsed]) -> None:
    found = {i.native_id: i for i in parsed if isinstance(i, Item) and i.kind == "organization"}
    assert list(found) == [s.native_id for s in SIGHTINGS]
    for s in SIGHTINGS:
        o, item = s.organisation, found[s.native_id]
        assert [n.value for n in item.names] == [n for n in (o.name_fi, o.name_sv) if n]
        assert [i.value for i in item.identifiers] == [v for v in (o.business_id,) if v]
        assert [p.value for p in item.phones] == [v for v in (o.phone,) if v]
        assert [e.value for e in item.emails] == [v for v in (o.email,) if v]
        assert [link.value for link in item.links if link.is_main] == [v for v in (o.website,) if v]
        assert [(a.street, a.postal_code, a.city, a.y, a.x) for a in item.addresses] == [
            (p.street, p.postal_code, p.city, p.latitude, p.longitude) for p in (o.place,) if p
        ]
        assert item.organization == s.parent_native_id


def test_every_activity_comes_back_with_kind_place_and_time(parsed: list[Parsed]) -> None:
    services: dict[str | None, list[Item]] = {}
    places = {i.native_id: i for i in parsed if isinstance(i, Item) and i.kind == "location"}
    for i in parsed:
        if isinstance(i, Item) and i.kind == "service":
            services.setdefault(i.organization, []).append(i)
    for s in SIGHTINGS:
        for item, a in zip(services.get(s.native_id, []), s.organisation.activities, strict=True):
            assert [n.value for n in item.names] == [n for n in (a.name_fi, a.name_sv) if n]
            assert (item.service_kind, item.is_free) == (a.kind, a.is_free)
            assert item.service_status == ("active" if s.organisation.is_active else "inactive")
            low, high = a.age_range or (None, None)
            assert (item.minimum_age, item.maximum_age) == (low, None if high == 99 else high)
            at = places[item.locations[0]]
            assert [x.street for x in at.addresses] == [a.place.street]
            (hours,) = at.hours
            assert (hours.opens_at, hours.closes_at) == (a.opens_at, a.closes_at)
            days = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
            if a.kind == "event":
                assert hours.dtstart is not None and hours.dtstart.isoweekday() == a.weekday
            else:
                assert hours.byday == days[a.weekday - 1]
            assert len(item.locations) == (2 if a.online_url else 1)


def test_nothing_is_left_unread_or_odd(parsed: list[Parsed]) -> None:
    assert [p for p in parsed if isinstance(p, (Finding, Unread))] == []


def test_a_wrong_token_is_refused(tmp_path: Path) -> None:
    with serving(lahella_site(SIGHTINGS[:1], "avain")) as base, pytest.raises(SourceFailed, match="token was refused"):
        read(base, "väärä".encode().decode("latin-1"), tmp_path)


def test_the_same_sightings_are_served_the_same(parsed: list[Parsed], tmp_path: Path) -> None:
    def facts(some: list[Parsed]) -> list[Parsed]:
        return [p for p in some if not isinstance(p, Item)] + [i for i in some if isinstance(i, Item)]

    with serving(lahella_site(SIGHTINGS, "toinen")) as base:
        assert facts(read(base, "toinen", tmp_path)) == facts(parsed)
