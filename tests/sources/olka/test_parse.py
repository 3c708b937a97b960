"""Pages of points: desks, theme days and roles however they are laid out."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from pipeline.sources.items import Contact, Finding, Item, Unread

URI = "https://o.example.fi/olka-piste/kys/"
TOP = "<p>Koordinoiva järjestö: A ry</p>"


@pytest.fixture
def read(read_as: Any) -> Callable[..., list[Any]]:
    return lambda *bodies, uri=URI, **options: read_as("olka", *bodies, uri=uri, **options)


def page(body: str, name: str = "OLKA KYS") -> str:
    return f"<html><body><main><h1>{name}</h1>{TOP}{body}</main></body></html>"


def of(parsed: list[Any], kind: str) -> list[Item]:
    return [p for p in parsed if isinstance(p, Item) and p.service_kind == kind]


def codes(parsed: list[Any]) -> list[str]:
    return [p.code for p in parsed if isinstance(p, Finding)]


@pytest.mark.parametrize(
    "body",
    [
        "<ul class='teemapaivat'><li>2.12.2026 klo 10–14: Diabetes, B ry</li></ul>",
        "<ul class='teemapaivat'><li>ke 2.12.2026 klo 10–14 – Diabetes (B ry)</li></ul>",
        "<table class='teemapaivat'><tr><td>2.12.2026 klo 10–14</td><td>Diabetes</td><td>B ry</td></tr></table>",
        "<table class='teemapaivat'><tr><th>Aihe</th><th>Järjestäjä</th><th>Pvm</th></tr>"
        "<tr><td>Diabetes</td><td>B ry</td><td>2.12.2026 klo 10–14</td></tr></table>",
        "<div class='teemapaiva'><time>2.12.2026 klo 10–14</time><h3>Diabetes</h3><p class='yhdistys'>B ry</p></div>",
    ],
)
def test_a_theme_day_has_its_day_topic_and_organiser(read: Any, body: str) -> None:
    parsed = read(page(body))
    (event,) = of(parsed, "event")
    assert (event.native_id, event.organization) == ("kys/day/2026-12-02/diabetes", "organization/B ry")
    assert (event.hours[0].dtstart, event.hours[0].opens_at) == (date(2026, 12, 2), "10:00")
    assert codes(parsed) == []


def test_days_that_are_not_understood_are_told_and_none_is_guessed(read: Any) -> None:
    block = "<div class='teemapaiva'><span class='aika'>joka 2. keskiviikko</span><h3>Sydänpäivä</h3></div>"
    parsed = read(page(f"<ul class='teemapaivat'><li>Tulossa keväällä</li></ul>{block}"))
    assert codes(parsed) == ["record_unreadable", "unknown_organization", "date_invalid"]
    (event,) = of(parsed, "event")
    assert (event.valid_from, event.hours[0].description) == (None, "joka 2. keskiviikko")
    assert event.organization == "organization/A ry"


def test_desks_take_from_the_point_what_they_do_not_say(read: Any) -> None:
    desks = (
        "<div class=piste><h3>Pääaula</h3><p>Avoinna: ma–pe 10–14</p></div><div class=piste><h3>Sädesairaala</h3></div>"
    )
    parsed = read(page(f"<p>Sairaala: KYS</p><p>Osoite: Keksittykatu 2, Kuopio</p><p>Avoinna: ti 9–12</p>{desks}"))
    first, second = [p for p in parsed if isinstance(p, Item) and p.kind == "location"]
    assert [n.value for p in (first, second) for n in p.names] == ["KYS, Pääaula", "KYS, Sädesairaala"]
    assert [p.hours[0].byday for p in (first, second)] == ["MO,TU,WE,TH,FR", "TU"]
    assert {p.addresses[0].line for p in (first, second)} == {"Keksittykatu 2, Kuopio"}


def test_roles_know_ilona_and_toivo_by_their_words(read: Any) -> None:
    rows = "<li><b>Leikkitäti</b> lasten osastolla</li><li>Saattohoito: olet läsnä</li><li>Leipuri</li><li>Leipuri</li>"
    roles = of(read(page(f"<ul class='vapaaehtoistehtavat'>{rows}</ul>")), "volunteering")
    assert [(r.names[0].value, [t.code for t in r.terms]) for r in roles] == [
        ("Leikkitäti", ["ILONA"]), ("Saattohoito", ["TOIVO"]), ("Leipuri", []),
    ]  # fmt: skip


def test_a_contact_person_is_kept_apart_from_the_points_own_number(read: Any) -> None:
    body = "<dl><dt>Koordinaattori</dt><dd>Maija Malli, 044 000 0123, maija@example.fi</dd></dl>"
    body += "<p>Puhelin: 044 000 0700</p>"
    (item,) = of(read(page(body)), "support")
    assert item.contacts == [Contact("Maija Malli", None, "maija@example.fi", "044 000 0123")]
    assert [p.value for p in item.phones] == ["044 000 0700"]


def test_pages_that_are_no_points_are_told_once(read: Any) -> None:
    empty = "<html><main><p>x</p></main></html>"
    for body in (page("", "Huoltokatko"), empty, b"%PDF-1.4 \xff", b"\x00" * 99):
        assert len(codes(read(body))) == 1
    assert codes(read(page(""), uri="https://o.example.fi/")) == ["record_unreadable"]


def test_a_saved_page_without_an_address_is_a_point_when_it_names_a_coordinator(read: Any) -> None:
    (item,) = of(read(page(""), uri="file:sivut/kys.html"), "support")
    assert (item.native_id, item.url) == ("kys", None)
    assert codes(read("<main><h1>Etusivu</h1></main>", uri="file:sivut/etusivu.html")) == ["record_unreadable"]


def test_labels_nobody_knows_and_a_missing_coordinator_are_told(read: Any) -> None:
    parsed = read("<main><h1>OLKA</h1><dl><dt>Uusi kohta</dt><dd>x</dd></dl></main>")
    assert Unread("label:uusi kohta") in parsed and codes(parsed) == ["unknown_organization"]
