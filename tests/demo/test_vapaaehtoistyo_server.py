"""What the invented Vapaaehtoistyö.fi serves comes back from the connector as the very sightings."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.demo.server import serving
from pipeline.demo.vapaaehtoistyo_server import tasks_of, vapaaehtoistyo_site
from pipeline.demo.world import Activity, Organisation, Place, Sighting
from pipeline.sources.contract import FetchJob
from pipeline.sources.errors import SourceFailed
from pipeline.sources.http import HttpClient, HttpPolicy
from pipeline.sources.items import Finding, Item, Parsed, Unread
from pipeline.sources.registry import descriptions
from pipeline.sources.snapshots import Capture
from pipeline.sources.vapaaehtoistyo.fetch import fetch
from pipeline.sources.vapaaehtoistyo.parse import parse
from pipeline.sources.vapaaehtoistyo.task import PERSONAL


def sighting(n: int) -> Sighting:
    place = Place(f"Kivikatu {n}", "70100", "KUOPIO", "Kuopio", "297", 62.9 + n / 1000, 27.7 + n / 1000)
    activities = tuple(
        Activity(
            f"a{n}-{k}", kind, f"Tehtävä {n}.{k}", f"Uppgift {n}" if n % 2 else None, "Lyhyesti.", f"Pitkästi {n}.",
            f"T{n % 20 + 1:02d}", place, n % 7 + 1, "10:00", "12:30", True,
        )
        for k, kind in enumerate(("volunteering", "hobby", "volunteering")[: n % 4])
    )  # fmt: skip
    organisation = Organisation(
        truth_id=f"o{n}", name_fi=f"Kuopion Kerho {n} ry", name_sv=None, abbreviation=None, legal_form="ry",
        type="association", level="local", umbrella=None, business_id=None, association_number=None, place=place,
        phone=None, email=None, website=None, theme="T12", summary_fi="", description_fi="", description_sv=None,
        contact_name=None, contact_title=None, parent_truth_id=None, activities=activities,
    )  # fmt: skip
    return Sighting(str(500 + n), organisation)


SIGHTINGS = [sighting(n) for n in range(60)]


def read(base: str, token: str, tmp_path: Path) -> list[Parsed]:
    kept: list[Capture] = []
    client = HttpClient(HttpPolicy(backoff=0.01), record=kept.append)
    about = descriptions()["vapaaehtoistyo"]
    options = {"base_url": f"{base}/", "token": token}
    now = datetime(2026, 9, 2, tzinfo=UTC)
    try:
        fetch(FetchJob("vapaaehtoistyo", options, about, client, kept.append, tmp_path, (), now, lambda text: None))
    finally:
        client.close()
    return list(parse(kept, about, options))


@pytest.fixture(scope="module")
def parsed(tmp_path_factory: pytest.TempPathFactory) -> list[Parsed]:
    with serving(vapaaehtoistyo_site(SIGHTINGS, "avain", page_size=20)) as base:
        return read(base, "avain", tmp_path_factory.mktemp("base"))


def test_every_volunteer_task_and_its_organisation_come_back(parsed: list[Parsed]) -> None:
    items = [p for p in parsed if isinstance(p, Item)]
    services = [i for i in items if i.kind == "service"]
    places = {i.native_id: i for i in items if i.kind == "location"}
    bodies = {i.native_id: i for i in items if i.kind == "organization"}
    offered = [(s, a) for s in SIGHTINGS for a in s.organisation.activities if a.kind == "volunteering"]
    assert len(services) == len(offered)
    for item, (s, a) in zip(services, offered, strict=True):
        assert [n.value for n in item.names] == [n for n in (a.name_fi, a.name_sv) if n]
        assert item.organization == f"organization/{s.native_id}"
        assert [n.value for n in bodies[item.organization].names] == [s.organisation.name_fi]
        place = places[item.locations[0]]
        assert place.addresses[0].line == f"{a.place.street}, 70100 KUOPIO"
        assert (place.addresses[0].y, place.addresses[0].x) == (a.place.latitude, a.place.longitude)
        if place.hours:
            assert (place.hours[0].opens_at, place.hours[0].closes_at) == (a.opens_at, a.closes_at)
    assert {b.removeprefix("organization/") for b in bodies} == {s.native_id for s, _ in offered}


def test_drafts_are_left_out_and_only_persons_are_unread(parsed: list[Parsed]) -> None:
    drafts = [t for t in tasks_of(SIGHTINGS) if t["status"] == 0]
    findings = [p for p in parsed if isinstance(p, Finding)]
    assert drafts and {(f.native_id, f.level) for f in findings} == {(str(t["id"]), "info") for t in drafts}
    assert {p.field for p in parsed if isinstance(p, Unread)} == {PERSONAL}
    assert "Maija" not in repr(parsed) and "040 000" not in repr(parsed)


def test_a_wrong_key_is_refused(tmp_path: Path) -> None:
    with serving(vapaaehtoistyo_site(SIGHTINGS, "avain")) as base, pytest.raises(SourceFailed, match="key was refused"):
        read(base, "muu", tmp_path)


def test_the_same_sightings_are_served_the_same(parsed: list[Parsed], tmp_path: Path) -> None:
    with serving(vapaaehtoistyo_site(SIGHTINGS, "toinen", page_size=7)) as base:
        assert read(base, "toinen", tmp_path) == parsed
