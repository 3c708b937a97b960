"""What the invented Hyvinvointitarjotin shows comes back from the connector, and its contact form is never asked."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from pipeline.demo.hyvinvointitarjotin_server import FORBIDDEN, forms, hyvinvointitarjotin_site, needs
from pipeline.demo.server import serving
from pipeline.demo.world import Organisation, Place, Sighting
from pipeline.sources.contract import FetchJob
from pipeline.sources.http import HttpClient, HttpPolicy
from pipeline.sources.hyvinvointitarjotin.fetch import fetch
from pipeline.sources.hyvinvointitarjotin.parse import parse
from pipeline.sources.items import Finding, Item, Unread
from pipeline.sources.registry import descriptions
from pipeline.sources.snapshots import Capture

ABOUT = descriptions()["hyvinvointitarjotin"]
NOW = datetime(2026, 11, 23, tzinfo=UTC)


def sighting(n: int) -> Sighting:
    place = Place(f"Mäkikatu {n}", "70100", "KUOPIO", "Kuopio", "297", 62.9, 27.7)
    return Sighting(
        str(100 + n),
        Organisation(
            truth_id=f"o{n}", name_fi=f"Kuopion Äijät & Ämmät {n} ry", name_sv=None, abbreviation=None, legal_form="ry",
            type="association", level="local", umbrella=None, business_id=None, association_number=None,
            place=place if n % 3 else None, phone=f"044 901 {n:04d}", email=f"kerho{n}@example.fi",
            website=f"https://k{n}.example.fi" if n % 2 else None, theme="T01", summary_fi="",
            description_fi="Kuvaus & lisää.", description_sv=None, contact_name=None, contact_title=None,
            parent_truth_id=None,
        ),
    )  # fmt: skip


SIGHTINGS = [sighting(n) for n in range(50)]


@pytest.fixture(scope="module")
def captures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Capture]]:
    site = hyvinvointitarjotin_site(SIGHTINGS)
    kept: list[Capture] = []
    client = HttpClient(HttpPolicy(backoff=0.01), record=kept.append)
    folder = tmp_path_factory.mktemp("base")
    with serving(site) as base:
        job = FetchJob("hvt", {"base_url": base}, ABOUT, client, kept.append, folder, (), NOW, lambda text: None)
        fetch(job)
    client.close()
    yield kept
    assert not any(word in path for path in site.asked for word in FORBIDDEN)


def test_every_card_comes_back_with_needs_forms_of_support_and_area(captures: list[Capture]) -> None:
    parsed = list(parse(captures, ABOUT, {}))
    assert [p for p in parsed if isinstance(p, (Finding, Unread))] == [] and len(captures) == 2 + len(SIGHTINGS)
    items = [p for p in parsed if isinstance(p, Item)]
    for number, (item, s) in enumerate(zip(items, SIGHTINGS, strict=True)):
        o = s.organisation
        assert (item.kind, item.native_id, item.names[0].value) == ("organization", s.native_id, o.name_fi)
        assert ([p.value for p in item.phones], [e.value for e in item.emails]) == ([o.phone], [o.email])
        assert [link.value for link in item.links] == [v for v in (o.website,) if v]
        assert [t.label for t in item.terms if t.scheme == "support_need"] == needs(number)
        assert [t.label for t in item.terms if t.scheme == "support_form"] == forms(number)
        assert [(a.type, a.name) for a in item.areas] == [("other", "Kuopio") if o.place else ("nationwide", None)]
        assert [a.line for a in item.addresses] == ([f"{o.place.street}, 70100 KUOPIO"] if o.place else [])
        assert item.texts[0].value == "<p>Kuvaus &amp; lisää.</p>"


def test_the_order_of_pages_does_not_change_the_items(captures: list[Capture]) -> None:
    turned = parse(reversed(captures), ABOUT, {})
    assert sorted(map(str, turned)) == sorted(map(str, parse(captures, ABOUT, {})))


def test_saved_pages_are_read_the_same(captures: list[Capture]) -> None:
    saved = [Capture(f"file:{n}.html", c.body, "text/html", c.fetched_at) for n, c in enumerate(captures)]
    items = [p for p in parse(saved, ABOUT, {}) if isinstance(p, Item)]
    assert [i.names[0].value for i in items] == [s.organisation.name_fi for s in SIGHTINGS]
    assert all(len([t for t in i.terms if t.scheme == "support_need"]) == 2 for i in items)
