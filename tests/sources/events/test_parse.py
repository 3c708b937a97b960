"""Linked Events, feeds and JSON-LD as items; copies, odd values and archives."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.schema.model import codelists
from pipeline.sources.archive import import_into
from pipeline.sources.events.feed import happenings as feed_happenings
from pipeline.sources.events.parse import parse
from pipeline.sources.events.times import When, when
from pipeline.sources.items import Finding, Hours, Item, Unread
from pipeline.sources.registry import descriptions
from pipeline.sources.snapshots import Capture

Read = Callable[..., list[Any]]
EVENT: dict[str, Any] = {
    "id": "k:1",
    "name": {"sv": "Kväll", "fi": "Ilta", "en": None},
    "provider": {"fi": "Kuopion Martat ry"},
    "start_time": "2026-12-05T16:00:00Z",
    "end_time": "2026-12-05T18:00:00Z",
}
SPOT = {"@id": "https://k/place/p:1/", "name": {"fi": "Talo"}, "street_address": {"fi": "Katu 1"}}


def api(*events: Any) -> str:
    return json.dumps({"meta": {"count": len(events), "next": None}, "data": list(events)})


def services(parsed: list[Any]) -> list[Item]:
    return [p for p in parsed if isinstance(p, Item) and p.kind == "service"]


def places(parsed: list[Any]) -> list[Item]:
    return [p for p in parsed if isinstance(p, Item) and p.kind == "location"]


def codes(parsed: list[Any]) -> list[str]:
    return [p.code for p in parsed if isinstance(p, Finding)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-12-05T10:00:00Z", When(date(2026, 12, 5), "12:00")),
        ("2026-12-05T12:00:00.123+02:00", When(date(2026, 12, 5), "12:00")),
        ("2026-12-05T22:00:00Z", When(date(2026, 12, 6))),
        ("2026-12-05", When(date(2026, 12, 5))),
        ("5.12.2026", When(date(2026, 12, 5))),
        ("la 5.12.2026 klo 12.30", When(date(2026, 12, 5), "12:30")),
        ("Sat, 05 Dec 2026 12:00:00 +0200", When(date(2026, 12, 5), "12:00")),
        (1796464800000, When(date(2026, 12, 5), "12:00")),
        ("pian", None),
        (None, None),
        (True, None),
        ({}, None),
    ],
)
def test_dates_of_all_kinds_are_days_and_clocks_in_finland(value: Any, expected: When | None) -> None:
    assert when(value) == expected


def test_an_event_of_linked_events_with_everything(read: Read) -> None:
    raw = {
        **EVENT,
        "short_description": {"fi": "Lyhyesti"},
        "location": SPOT,
        "keywords": [{"@id": "https://k/keyword/yso:1/", "name": {"fi": "musiikki"}}, {"@id": "https://k/keyword/2/"}],
        "audience": [{"@id": "https://k/keyword/yso:9/", "name": {"fi": "lapset"}}],
        "audience_min_age": "kymmenen",
        "offers": [{"is_free": False, "price": {"fi": "5 €"}}],
        "event_status": "EventCancelled",
        "in_language": [{"@id": "https://k/language/fi/"}],
        "location_extra_info": {"fi": "2. kerros"},
        "external_links": [{"name": "x", "link": "https://x.example.fi", "language": "fi"}],
        "uusi_kentta": 1,
    }
    parsed = read(api(raw), organizer="Kunta")
    (item,) = services(parsed)
    assert [(n.value, n.language, n.kind) for n in item.names] == [
        ("Ilta", "fi", "official"),
        ("Kväll", "sv", "parallel"),
    ]
    assert {t.field: t.value for t in item.texts} == {
        "summary": "Lyhyesti", "price": "5 €", "location_note": "2. kerros"}  # fmt: skip
    assert [(t.scheme, t.code, t.label) for t in item.terms] == [
        ("event_keyword", "yso:1", "musiikki"),
        ("event_keyword", "2", None),
        ("target_group", "yso:9", "lapset"),
    ]
    assert (item.is_free, item.service_status, item.languages, item.minimum_age) == (False, "inactive", ["fi"], None)
    assert item.hours == [Hours(opens_at="18:00", closes_at="20:00", dtstart=date(2026, 12, 5))]
    assert (item.organization, item.valid_from, item.valid_to) == (
        "organizer/Kuopion Martat ry", date(2026, 12, 5), date(2026, 12, 5))  # fmt: skip
    assert places(parsed)[0].addresses[0].street == "Katu 1"
    assert [p for p in parsed if isinstance(p, Unread)] == [Unread("event.uusi_kentta")]


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        ("2026-12-04T22:00:00Z", "2026-12-05T22:00:00Z", 5, 5),
        ("2026-12-05", "2026-12-07", 5, 7),
        ("2026-12-05T10:00:00Z", "2026-12-07T12:00:00Z", 5, 7),
        ("2026-12-05T10:00:00Z", None, 5, 5),
        ("2026-12-05T10:00:00Z", "2026-12-01T10:00:00Z", 5, 5),
    ],
)
def test_first_and_last_day(read: Read, start: str, end: str | None, first: int, last: int) -> None:
    (item,) = services(read(api({**EVENT, "start_time": start, "end_time": end})))
    assert (item.valid_from, item.valid_to) == (date(2026, 12, first), date(2026, 12, last))


def test_the_parts_of_a_recurring_event_are_its_times(read: Read) -> None:
    whole = {**EVENT, "super_event_type": "recurring", "start_time": None, "end_time": None}
    parts = [
        {**EVENT, "id": f"k:{n}", "super_event": {"@id": "https://k/event/k:1/"}, "location": SPOT,
         "start_time": f"2026-12-0{n}T16:00:00Z", "end_time": None}
        for n in (3, 2)
    ]  # fmt: skip
    for order in ([whole, *parts], [*parts, whole]):
        parsed = read(api(*order))
        (item,) = services(parsed)
        assert [h.dtstart for h in item.hours] == [date(2026, 12, 2), date(2026, 12, 3)]
        assert item.locations == ["place/p:1"] and len(places(parsed)) == 1
    umbrella = {**whole, "super_event_type": "umbrella"}
    assert len(services(read(api(umbrella, *parts)))) == 3


def test_null_for_lists_wrong_types_and_unknown_codes_give_records_or_findings(read: Read) -> None:
    nulls = dict.fromkeys(("keywords", "offers", "location", "external_links", "in_language", "provider"))
    odd = {**EVENT, "id": 7, "event_status": "EventDreamt", "start_time": "pian", "keywords": "x", "offers": {"a": 1}}
    parsed = read(
        api({**EVENT, **nulls}, odd, None, "x", {"name": {"fi": "Ei tunnusta"}}, {**EVENT, "id": "k:3", "name": None})
    )
    assert [i.native_id for i in services(parsed)] == ["k:1", "7"]
    assert sorted(codes(parsed)) == [
        "code_unknown", "date_invalid", "record_unreadable", "record_unreadable", "record_unreadable",
        "service_without_name"]  # fmt: skip


def test_an_event_that_changes_between_pages_is_used_as_changed_last(read: Read) -> None:
    old = {**EVENT, "name": {"fi": "Vanha"}, "last_modified_time": "2026-11-01T00:00:00Z"}
    new = {**EVENT, "name": {"fi": "Uusi"}, "last_modified_time": "2026-11-02T00:00:00Z"}
    for order in ((api(old), api(new)), (api(new), api(old)), (api(new, old),)):
        parsed = read(*order)
        assert [i.names[0].value for i in services(parsed)] == ["Uusi"] and codes(parsed) == ["duplicate_native_id"]
    assert codes(read(api(new), api(new))) == []


@pytest.mark.parametrize("value", ["maija@example.fi", "https://x.example.fi", "", "  ", 5, None, "x" * 300])
def test_what_is_no_name_is_no_organiser(read: Read, value: Any) -> None:
    assert services(read(api({**EVENT, "provider": {"fi": value}})))[0].organization is None


def test_deleted_events_and_drafts_are_not_read(read: Read) -> None:
    assert read(api({**EVENT, "deleted": True}, {**EVENT, "publication_status": "draft"})) == []


def test_a_place_without_a_municipality_gets_that_of_the_calendar(read: Read) -> None:
    parsed = read(api({**EVENT, "location": SPOT}), municipality="Kuopio")
    assert places(parsed)[0].addresses[0].municipality == "Kuopio"
    online = {"@id": "https://k/place/i/", "name": {"fi": "Internet"}}
    assert places(read(api({**EVENT, "location": online})))[0].location_type == "virtual"


RSS = """<?xml version="1.0" encoding="{coding}"?>
<rss xmlns:ev="http://purl.org/rss/1.0/modules/event/" xmlns:x="urn:x">
<channel><item><title>Pöljän ilta &amp; yö</title><link>https://k.example.fi/1</link><guid>g-1</guid>
<pubDate>Sat, 05 Dec 2026 12:00:00 +0200</pubDate><category>Musiikki</category>
<author>maija@example.fi (Maija K)</author>
{more}<x:uusi>1</x:uusi></item></channel></rss>"""


def test_the_date_of_a_notice_is_its_publication_unless_the_options_say_otherwise(read: Read) -> None:
    text = RSS.format(coding="utf-8", more="<ev:organizer>Maija Keksitty</ev:organizer>")
    (unread, item) = read(text)
    assert (item.native_id, item.url, item.hours) == ("g-1", "https://k.example.fi/1", [])
    assert item.names[0].value == "Pöljän ilta & yö" and item.modified == "Sat, 05 Dec 2026 12:00:00 +0200"
    assert unread == Unread("entry.uusi") and "Maija" not in str(item)
    (item,) = services(read(text, published_is_start=True))
    assert item.hours == [Hours(opens_at="12:00", dtstart=date(2026, 12, 5))]
    assert codes(read(text.replace("<x:uusi>", "<ev:startdate>pian</ev:startdate><x:uusi>"))) == ["date_invalid"]


@pytest.mark.parametrize(
    ("claimed", "real"), [("utf-8", "utf-8"), ("iso-8859-1", "iso-8859-1"), ("utf-8", "utf-8-sig")]
)
def test_letters_of_a_feed(read: Read, claimed: str, real: str) -> None:
    assert services(read(RSS.format(coding=claimed, more="").encode(real)))[0].names[0].value == "Pöljän ilta & yö"


def test_broken_feeds_are_read_as_far_as_they_are_sound(read: Read) -> None:
    text = RSS.format(coding="utf-8", more="<description>a &nbsp; b <b>auki</description>")
    assert [i.native_id for i in services(read(text))] == ["g-1"]
    assert len(services(read(RSS.format(coding="utf-8", more="").encode("latin-1")))) == 1
    entry = "<rss><item><guid>1</guid><title>A&b;</title></item></rss>"
    bomb = f'<!DOCTYPE r [<!ENTITY a "xxxxxxxxxx"><!ENTITY b "&a;&a;&a;">]>{entry}'
    assert "xxxx" not in str(read(bomb))
    outside = f'<!DOCTYPE r [<!ENTITY b SYSTEM "file:///etc/hostname">]>{entry}'
    assert [i.names[0].value for i in services(read(outside))] == ["A&b;"]
    assert codes(read("<rss><channel><item><title>Ilman tunnusta</title></item></channel></rss>")) == [
        "record_unreadable"
    ]
    assert list(feed_happenings(Capture("x", b"", "", datetime.now(UTC)), {}, {}))


def test_atom_entries(read: Read) -> None:
    text = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:gd="http://schemas.google.com/g/2005"><entry><id>urn:1</id>
    <title>Ilta</title><link rel="self" href="https://k/x"/><link href="https://k.example.fi/1"/>
    <category term="Ruoka"/>
    <author><name>Maija Keksitty</name></author><updated>2026-11-01T00:00:00Z</updated>
    <content type="xhtml"><div>Teksti <b>lihava</b></div></content>
    <gd:when startTime="2026-12-05T10:00:00Z" endTime="2026-12-05T12:00:00Z"/>
    <gd:where valueString="Katu 1"/></entry></feed>"""
    parsed = read(text)
    (item,) = services(parsed)
    assert (item.native_id, item.url, item.terms[0].label) == ("urn:1", "https://k.example.fi/1", "Ruoka")
    assert item.hours == [Hours(opens_at="12:00", closes_at="14:00", dtstart=date(2026, 12, 5))]
    assert places(parsed)[0].addresses[0].line == "Katu 1" and "Maija" not in str(parsed) and codes(parsed) == []


def page(*nodes: Any) -> str:
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(n)}</script>' for n in nodes)
    return f"<!DOCTYPE html><html><head>{scripts}</head><body></body></html>"


def test_events_in_structured_data(read: Read) -> None:
    first = {
        "@type": ["Event", "MusicEvent"],
        "name": "Ilta &amp; yö",
        "startDate": "2026-12-05T18:00",
        "url": "/t/1",
        "organizer": [{"@type": "Person", "name": "Maija Keksitty"}, {"@type": "Organization", "name": "Martat ry"}],
        "performer": {"@type": "Person", "name": "Maija Keksitty"},
        "location": [{"@type": "Place", "name": "Talo", "address": "Katu 1, Kuopio"}, {"@type": "VirtualLocation"}],
        "offers": [{"price": "0.00"}, {"price": 0}],
        "eventStatus": "https://schema.org/EventPostponed",
        "typicalAgeRange": "7-12",
        "x-uusi": 1,
    }
    offers = {"price": "5", "priceCurrency": "EUR"}
    second = {"@type": "Event", "name": "Toinen", "isAccessibleForFree": False, "offers": offers, "location": "Tori"}
    listed = {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": second}]}
    parsed = read(
        page({"@graph": [first]}, listed, {"@type": "Organization", "name": "Ei"}), uri="https://k.example.fi/s"
    )
    one, two = services(parsed)
    assert (one.native_id, one.names[0].value, one.organization) == (
        "https://k.example.fi/t/1",
        "Ilta & yö",
        "organizer/Martat ry",
    )
    assert (one.is_free, one.service_status, one.minimum_age, one.maximum_age) == (True, "temporarily closed", 7, 12)
    assert (two.native_id, two.is_free, two.texts[0].value) == ("https://k.example.fi/s#2", False, "5 EUR")
    assert [p.location_type for p in places(parsed)] == ["physical", "virtual", "physical"]
    assert "Maija" not in str(parsed) and [p for p in parsed if isinstance(p, Unread)] == [Unread("Event.x-uusi")]
    broken = "<html><script type=application/ld+json>{rikki</script></html>"
    assert codes(read(broken)) == ["record_unreadable"]


def test_answers_of_every_format_in_one_archive_are_read(tmp_path: Path, job: Any) -> None:
    event = "BEGIN:VEVENT\nUID:d\nSUMMARY:D\nDTSTART:20261205\nEND:VEVENT"
    bodies = {
        "a.json": api(EVENT),
        "b.xml": RSS.format(coding="utf-8", more=""),
        "c.html": page({"@type": "Event", "name": "C"}),
        "d.ics": f"BEGIN:VCALENDAR\n{event}\nEND:VCALENDAR",
    }
    for name, body in bodies.items():
        (tmp_path / "vanhat").mkdir(exist_ok=True)
        (tmp_path / "vanhat" / name).write_text(body, encoding="utf-8")
    made, kept = job("")
    import_into(made, "vanhat")
    assert [i.native_id for i in services(list(parse(kept, made.description, {})))] == [
        "g-1",
        "file:vanhat/c.html",
        "d",
        "k:1",
    ]


def test_errors_and_junk_are_findings(read: Read) -> None:
    now = datetime.now(UTC)
    gone = Capture("https://k/v1/event/", b"<html>", "text/html", now, 404)
    assert codes(read(gone, b"\x00\xff", b"", b"{rikki")) == ["record_unreadable"] * 4


def test_when_something_shared_was_seen_is_when_it_was_first_seen() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    both = [Capture("u", api({**EVENT, "id": f"k:{n}"}).encode(), "", start + timedelta(n)) for n in range(2)]
    about = descriptions()["events"]
    found = [{str(p) for p in parse(order, about, {})} for order in (both, both[::-1])]
    assert found[0] == found[1]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["@id", "name", "fi", "price", "@type"]), inner)
    ),
    max_leaves=6,
)
KEYS = (
    "id @id name description info_url start_time end_time location keywords audience provider offers event_status "
    "super_event super_event_type in_language external_links url startDate endDate eventStatus organizer keywords geo"
).split()


@settings(max_examples=150, deadline=None)
@given(data=st.dictionaries(st.sampled_from(KEYS), JSON, max_size=9))
def test_any_junk_in_fields_gives_items_or_findings(data: dict[str, Any]) -> None:
    now = datetime.now(UTC)
    node = page({**data, "@type": "Event"}).encode("utf-8", "surrogatepass")
    both = [
        Capture("https://k/v1/event/", api({"id": "1", **data}).encode(), "", now),
        Capture("https://k/s", node, "", now),
    ]
    for parsed in parse(both, descriptions()["events"], {}):
        if isinstance(parsed, Finding):
            assert parsed.code in codelists()["issue_code"]
