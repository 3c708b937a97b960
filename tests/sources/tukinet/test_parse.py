"""Pages of groups as online groups with their keepers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.sources.items import Finding, Item, Unread
from pipeline.sources.snapshots import Capture

URI = "https://t.example.fi/teema/7"


@pytest.fixture
def read(read_as: Any) -> Callable[..., list[Any]]:
    return lambda *bodies, uri=URI, **options: read_as("tukinet", *bodies, uri=uri, **options)


def group(rows: str, name: str = "Vertaisryhmä") -> str:
    return f"<html><body><main><h1>{name}</h1>{rows}</main></body></html>"


def service(parsed: list[Any]) -> Item:
    (item,) = [p for p in parsed if isinstance(p, Item) and p.kind == "service"]
    return item


def codes(parsed: list[Any]) -> list[str]:
    return [p.code for p in parsed if isinstance(p, Finding)]


@pytest.mark.parametrize(
    "rows",
    [
        "<dl><dt>Ylläpitäjä</dt><dd>A ry</dd><dd>B ry</dd><dt>Ryhmän tyyppi</dt><dd>Suljettu</dd></dl>",
        "<p><b>Ylläpitäjä:</b> A ry, B ry</p><p>Ryhmän tyyppi: suljettu</p>",
        "<table><tr><th>Ylläpitäjä</th><td>A ry<br>B ry</td></tr>"
        "<tr><th>Tyyppi</th><td>Suljettu ryhmä</td></tr></table>",
    ],
)
def test_keepers_and_access_however_they_are_laid_out(read: Any, rows: str) -> None:
    parsed = read(group(rows))
    item = service(parsed)
    assert (item.organization, item.organization_name, item.url) == ("organization/A ry", "A ry", URI)
    assert [(t.field, t.value) for t in item.texts] == [("organizers", "A ry\nB ry")]
    assert [t.code for t in item.terms if t.scheme == "access"] == ["closed"]
    assert [p.native_id for p in parsed if isinstance(p, Item)] == [
        "organization/A ry", "organization/B ry", "7/web", "7",
    ]  # fmt: skip


@pytest.mark.parametrize("time", ["24.11.2026 klo 18–20", "24.11.2026 18.00 - 20.00", "2026-11-24 klo 18-20"])
def test_a_single_chat_has_its_day(read: Any, time: str) -> None:
    (rule,) = service(read(group(f"<p>Ylläpitäjä: A ry</p><p>Ajankohta: {time}</p>"))).hours
    assert (str(rule.dtstart), rule.opens_at, rule.closes_at) == ("2026-11-24", "18:00", "20:00")


def test_what_is_odd_is_told_and_the_rest_is_read(read: Any) -> None:
    parsed = read(group("<dl><dt>Tyyppi</dt><dd>Kutsusta</dd><dt>Uusi kohta</dt><dd>x</dd></dl>"))
    assert codes(parsed) == ["unknown_organization", "code_unknown"]
    assert Unread("label:uusi kohta") in parsed and service(parsed).names[0].value == "Vertaisryhmä"


def test_pages_that_are_no_groups_are_told_once(read: Any) -> None:
    for body in (group("", "Kirjaudu sisään"), group("", "Huoltokatko"), group("", ""), b"%PDF-1.4 \xff", b"\x00" * 99):
        parsed = read(body)
        assert [p.native_id for p in parsed] == ["7"] and len(codes(parsed)) == 1
    assert codes(read("<html><h1>Etusivu</h1></html>", uri="https://t.example.fi/")) == ["record_unreadable"]


def test_of_several_copies_the_newest_that_could_be_read_counts_in_any_order(read: Any) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    bodies = (group("", "Vanha"), group("", "Uusi"), group("", "Kirjaudu"))
    copies = [Capture(URI, b.encode(), "text/html", start + timedelta(n)) for n, b in enumerate(bodies)]
    for order in (copies, copies[::-1]):
        assert service(read(*order)).names[0].value == "Uusi"


def test_a_saved_page_without_an_address_is_a_group_when_it_names_a_keeper(read: Any) -> None:
    known = group("<p>Ylläpitäjä: A ry</p>")
    assert service(read(known, group("<p>Etusivu</p>"), uri="file:sivut/12-omaiset.html")).native_id == "12-omaiset"
    for body in (group("<p>Etusivu</p>"), group("", ""), group("", "Kirjaudu")):
        assert [p for p in read(body, uri="file:sivut/etusivu.html") if isinstance(p, Item)] == []


def test_broken_letters_and_labels_of_koonti_yml(read: Any) -> None:
    body = group("<p>Pitäjä: Äänekosken ry</p>").encode("latin-1")
    assert service(read(body, labels={"keeper": ["Pitäjä"]})).organization_name == "Äänekosken ry"
