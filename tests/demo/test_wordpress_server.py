"""What the invented Toimeksi site shows comes back from the connector, live and from saved files."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline.demo.server import serving
from pipeline.demo.wordpress_server import SEASON, keyword, wordpress_pages, wordpress_site
from pipeline.demo.world import Activity, Organisation, Place, Sighting
from pipeline.sources.archive import import_into
from pipeline.sources.contract import FetchJob
from pipeline.sources.http import HttpClient, HttpPolicy
from pipeline.sources.items import Finding, Item, Parsed, Unread
from pipeline.sources.registry import descriptions
from pipeline.sources.snapshots import Capture, SnapshotWriter
from pipeline.sources.wordpress.fetch import fetch
from pipeline.sources.wordpress.parse import parse
from pipeline.transform.landing import land

ABOUT = descriptions()["wordpress"]
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def sighting(n: int) -> Sighting:
    place = Place(f"Mäkikatu {n}", "70100", "KUOPIO", "Kuopio", "297", 62.9 + n / 1000, 27.7)
    activities = tuple(
        Activity(
            f"a{n}-{k}", "volunteering", f"Ystävä & apu {n}–{k}", None, "", "Käydään <yhdessä> & ulkona.",
            f"T{n % 20 + 1:02d}", place, 1, "10:00", "12:00", True, None, "https://x.example.fi" if k else None,
        )
        for k in range(n % 3)
    )  # fmt: skip
    organisation = Organisation(
        truth_id=f"o{n}", name_fi=f"Äijät & Ämmät {n} ry", name_sv=None, abbreviation=None, legal_form="ry",
        type="association", level="local", umbrella=None, business_id=None, association_number=None, place=place,
        phone="044 901 0000", email=f"kerho{n}@example.fi", website=f"https://k{n}.example.fi", theme="T01",
        summary_fi="", description_fi="Kuvaus.", description_sv=None, contact_name=None, contact_title=None,
        parent_truth_id=None, activities=activities,
    )  # fmt: skip
    return Sighting(str(n), organisation)


SIGHTINGS = [sighting(n) for n in range(60)]
TASKS = [(s.organisation, a) for s in SIGHTINGS for a in s.organisation.activities]


def fetched(tmp_path: Path, *, archive: str = "", with_cards: bool = False, **options: Any) -> list[Capture]:
    kept: list[Capture] = []
    client = HttpClient(HttpPolicy(backoff=0.01), record=kept.append)
    job = FetchJob("toimeksi", options, ABOUT, client, kept.append, tmp_path, (), NOW, lambda text: None)
    try:
        if archive:
            import_into(job, archive)
            return kept
        with serving(wordpress_site(SIGHTINGS, with_cards=with_cards)) as base:
            options.update(base_url=base, per_page=20)
            fetch(job)
    finally:
        client.close()
    return kept


@pytest.fixture(scope="module")
def captures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Capture]]:
    yield fetched(tmp_path_factory.mktemp("base"))


def services(parsed: list[Parsed]) -> list[Item]:
    return [p for p in parsed if isinstance(p, Item) and p.kind == "service"]


def test_every_task_comes_back(captures: list[Capture]) -> None:
    parsed = list(parse(captures, ABOUT, {}))
    places = {p.native_id: p for p in parsed if isinstance(p, Item) and p.kind == "location"}
    owners = {p.native_id: p.names[0].value for p in parsed if isinstance(p, Item) and p.kind == "organization"}
    assert len(captures) == 1 + 3 + 1 and set(owners.values()) == {o.name_fi for o, _ in TASKS}
    for number, (item, (o, a)) in enumerate(zip(services(parsed), TASKS, strict=True), 1000):
        assert (item.native_id, item.names[0].value, item.service_kind) == (str(number), a.name_fi, "volunteering")
        assert (item.organization, item.organization_name) == (f"organization/{o.name_fi}", o.name_fi)
        assert item.texts[0].value == "<p>Käydään &lt;yhdessä&gt; &amp; ulkona.</p>\n"
        key = keyword(a.theme)
        assert [(t.code, t.label) for t in item.terms] == [(str(key), f"Aihe {key - 300} & muut")]
        end = SEASON + timedelta(days=90 if number % 2 else 100)
        assert (item.valid_from, item.valid_to) == (SEASON, end)
        (address,) = places[item.locations[0]].addresses
        assert address.line == f"{a.place.street}, 70100 KUOPIO, Suomi" and address.crs == "EPSG:4326"
        assert [places[p].channel_kind for p in item.locations[1:]] == (["e_channel"] if a.online_url else [])
    assert [p for p in parsed if isinstance(p, (Finding, Unread))] == []


def test_saved_files_and_a_warc_give_the_same_items_as_the_site(captures: list[Capture], tmp_path: Path) -> None:
    def content(parsed: list[Parsed]) -> list[str]:
        for p in parsed:
            if isinstance(p, Item):
                p.fetched_at = None
        return sorted(map(str, parsed))

    expected = content(list(parse(captures, ABOUT, {})))
    (tmp_path / "vanhat").mkdir()
    for number, capture in enumerate(captures):
        (tmp_path / "vanhat" / f"{number}.json").write_bytes(capture.body)
    assert content(list(parse(fetched(tmp_path, archive="vanhat"), ABOUT, {}))) == expected
    with SnapshotWriter(tmp_path / "kuvat", "toimeksi", NOW) as writer:
        for capture in captures:
            writer.add(capture)
    found = fetched(tmp_path, archive="kuvat/toimeksi/**/*.warc.gz")
    assert content(list(parse(found, ABOUT, {}))) == expected
    assert content(list(parse(reversed(found), ABOUT, {}))) == expected


def test_organisation_cards_own_the_tasks_that_name_them(tmp_path: Path) -> None:
    captures = fetched(tmp_path, with_cards=True)
    parsed = list(parse(captures, ABOUT, {}))
    cards = {p.native_id: p for p in parsed if isinstance(p, Item) and p.kind == "organization"}
    assert [c.names[0].value for c in cards.values()] == [s.organisation.name_fi for s in SIGHTINGS]
    for item, (o, _) in zip(services(parsed), TASKS, strict=True):
        assert cards[item.organization or ""].emails[0].value == o.email
    landed = land(parsed, source="toimeksi", snapshot_version="1")
    assert (landed.organizations, landed.services, landed.issues) == (len(SIGHTINGS), len(TASKS), 0)


def test_saved_pages_of_the_closed_site_give_the_same_cards_and_tasks_as_its_interface(tmp_path: Path) -> None:
    live = {p.native_id: p for p in parse(fetched(tmp_path, with_cards=True), ABOUT, {}) if isinstance(p, Item)}
    (tmp_path / "sivut").mkdir()
    for path, body in wordpress_pages(SIGHTINGS).items():
        (tmp_path / "sivut" / f"{path.strip('/').replace('/', '_')}.html").write_bytes(body)
    parsed = list(parse(fetched(tmp_path, archive="sivut"), ABOUT, {}))
    assert [p for p in parsed if isinstance(p, (Finding, Unread))] == []
    saved = {p.native_id: p for p in parsed if isinstance(p, Item)}
    assert saved.keys() == {key for key in live if not key.endswith("/online")}
    for key, item in saved.items():
        for field in ("kind", "names", "service_kind", "organization", "phones", "emails", "links", "addresses", "url"):
            if field != "addresses" or item.kind == "organization":
                assert getattr(item, field) == getattr(live[key], field), (key, field)
