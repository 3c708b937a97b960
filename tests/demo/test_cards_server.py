"""What the invented site of actor cards shows comes back from the connector as the very sightings."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.demo.cards_server import THEMES, cards_site
from pipeline.demo.server import serving
from pipeline.demo.world import Activity, Organisation, Place, Sighting
from pipeline.sources.cards.fetch import fetch
from pipeline.sources.cards.parse import parse
from pipeline.sources.contract import FetchJob
from pipeline.sources.http import HttpClient, HttpPolicy
from pipeline.sources.items import Finding, Item, Parsed, Unread
from pipeline.sources.registry import descriptions
from pipeline.sources.snapshots import Capture

KINDS = ("support", "hobby", "volunteering", "event", "meeting_place")


def place(n: int) -> Place:
    return Place(f"Mäkikatu {n}", "70100", "KUOPIO", "Kuopio", "297", 62.9 + n / 1000, 27.7 + n / 1000)


def sighting(n: int) -> Sighting:
    activities = tuple(
        Activity(
            f"a{n}-{k}", KINDS[(n + k) % 5], f"Kerho & <piiri> {n}.{k}", f"Krets {n}" if k else None,
            "Lyhyesti: näin.", "Pitkästi.", "T01", place(n + 1), n % 7 + 1, "10:00", "12:30", n % 4 == 0,
            (7, 12) if k else None,
        )
        for k in range(n % 3)
    )  # fmt: skip
    organisation = Organisation(
        truth_id=f"o{n}", name_fi=f"Pöljän Äijät & Ämmät {n} ry", name_sv=f"Pöljä {n} rf" if n % 2 else None,
        abbreviation=f"PÄ{n}" if n % 5 == 0 else None, legal_form="ry", type="association", level="local",
        umbrella=None, business_id=f"9{n:06d}-0" if n % 4 else None,
        association_number=f"{n}.123" if n % 6 == 0 else None, place=place(n) if n % 5 else None,
        phone=f"044 901 {n:04d}" if n % 7 else None, email=f"kerho{n}@example.fi" if n % 4 != 1 else None,
        website=f"https://kerho{n}.example.fi" if n % 3 else None, theme=f"T{n % 20 + 1:02d}",
        summary_fi=f"Lyhyesti kerhosta {n}.", description_fi="Pitkästi & <paljon>.",
        description_sv="Mera på svenska." if n % 8 == 0 else None,
        contact_name=f"Aino Keksitty-{n}" if n % 3 == 1 else None, contact_title="sihteeri" if n % 2 else None,
        parent_truth_id=None, activities=activities,
    )  # fmt: skip
    return Sighting(str(1000 + n) if n % 9 else f"pöljän-kerho-{n}", organisation)


SIGHTINGS = [sighting(n) for n in range(120)]


def fetched(base: str, tmp_path: Path) -> list[Capture]:
    kept: list[Capture] = []
    client = HttpClient(HttpPolicy(backoff=0.01), record=kept.append)
    about = descriptions()["cards"]
    now = datetime(2026, 11, 23, tzinfo=UTC)
    try:
        fetch(FetchJob("kortit", {"base_url": base}, about, client, kept.append, tmp_path, (), now, lambda text: None))
    finally:
        client.close()
    return kept


@pytest.fixture(scope="module")
def captures(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Capture]]:
    site = cards_site(SIGHTINGS)
    with serving(site) as base:
        yield fetched(base, tmp_path_factory.mktemp("base"))
    assert not any("wp-admin" in path or "yhteydenotto" in path for path in site.asked)


@pytest.fixture(scope="module")
def parsed(captures: list[Capture]) -> list[Parsed]:
    return list(parse(captures, descriptions()["cards"], {}))


def test_listing_pages_and_every_card_are_fetched_once(captures: list[Capture]) -> None:
    assert len({c.uri for c in captures}) == len(captures) == 3 + len(SIGHTINGS)


def test_every_organisation_comes_back_as_it_was_shown(parsed: list[Parsed]) -> None:
    found = {i.native_id: i for i in parsed if isinstance(i, Item) and i.kind == "organization"}
    assert list(found) == [s.native_id for s in SIGHTINGS]
    for s in SIGHTINGS:
        o, item = s.organisation, found[s.native_id]
        assert {n.value for n in item.names} == {n for n in (o.name_fi, o.name_sv, o.abbreviation) if n}
        assert item.names[0].value == o.name_fi
        assert [i.value for i in item.identifiers] == [v for v in (o.business_id, o.association_number) if v]
        assert [p.value for p in item.phones] == [v for v in (o.phone,) if v]
        assert [e.value for e in item.emails] == [v for v in (o.email,) if v]
        assert [link.value for link in item.links] == [v for v in (o.website,) if v]
        assert [(t.scheme, t.label) for t in item.terms] == [("theme", THEMES[o.theme])]
        person = [(o.contact_name, o.contact_title)] if o.contact_name else []
        assert [(c.name, c.title) for c in item.contacts] == person
        assert [(t.value, t.language) for t in item.texts if t.field == "summary"] == [(o.summary_fi, "fi")]
        described = {t.language: t.value for t in item.texts if t.field == "description"}
        assert described["fi"] == "<p>Pitkästi &amp; &lt;paljon&gt;.</p>"
        assert ("sv" in described) == bool(o.description_sv)
        assert len(item.addresses) == (1 if o.place else 0)
        for address, p in zip(item.addresses, (o.place,), strict=False):
            assert p is not None
            whole = f"{p.street}, {p.postal_code} {p.city}"
            assert address.line == whole or f"{address.street}, {address.postal_code} {address.city}" == whole
            assert address.line or (address.y, address.x) == (str(p.latitude), str(p.longitude))
        assert item.url is not None and "/toimijakortti/" in item.url


def test_every_activity_comes_back_with_kind_place_and_price(parsed: list[Parsed]) -> None:
    services = [i for i in parsed if isinstance(i, Item) and i.kind == "service"]
    places = {i.native_id: i for i in parsed if isinstance(i, Item) and i.kind == "location"}
    shown = [(s, a) for s in SIGHTINGS for a in s.organisation.activities]
    for item, (s, a) in zip(services, shown, strict=True):
        assert (item.native_id, item.organization) == (f"{s.native_id}#{a.id}", s.native_id)
        assert [n.value for n in item.names] == [n for n in (a.name_fi, a.name_sv) if n]
        assert (item.service_kind, item.is_free) == (a.kind, a.is_free or None)
        (line,) = places[item.locations[0]].addresses
        assert line.line == f"{a.place.street}, {a.place.postal_code} {a.place.city}"
        assert [t.value for t in item.texts if t.field == "summary"] == ["Lyhyesti: näin."]


def test_nothing_is_left_unread_or_odd(parsed: list[Parsed]) -> None:
    assert [p for p in parsed if isinstance(p, (Finding, Unread))] == []


def test_the_order_of_pages_does_not_change_the_items(captures: list[Capture], parsed: list[Parsed]) -> None:
    def key(item: Parsed) -> str:
        return str(item)

    turned = list(parse(reversed(captures), descriptions()["cards"], {}))
    assert sorted(turned, key=key) == sorted(parsed, key=key)
