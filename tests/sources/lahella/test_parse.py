"""What becomes of the objects of the Lähellä feed."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.schema.model import codelists
from pipeline.sources.items import Area, Finding, Hours, Item, Link, Name, Phone, Term, Text, Unread
from pipeline.sources.lahella.parse import parse
from pipeline.sources.registry import descriptions
from pipeline.sources.snapshots import Capture

Read = Callable[..., list[Any]]
GROUP = {"_key": "7103010551", "traits": {"translations": {"fi": {"name": "Kuopion Shakki ry"}}}}


def items(parsed: list[Any], kind: str) -> list[Item]:
    return [p for p in parsed if isinstance(p, Item) and p.kind == kind]


def findings(parsed: list[Any]) -> list[tuple[str, str | None, str]]:
    return [(p.code, p.field, p.level) for p in parsed if isinstance(p, Finding)]


def only(parsed: list[Any], kind: str) -> Item:
    (found,) = items(parsed, kind)
    return found


def test_an_activity_becomes_a_service_with_its_texts_codes_and_contacts(read: Read, activity: dict[str, Any]) -> None:
    parsed = read([activity])
    service = only(parsed, "service")
    assert (service.native_id, service.organization, service.url) == ("12345", "7103010551", None)
    assert service.names == [Name("Shakkikerho", "fi"), Name("Chess club", "en")]
    assert service.texts == [
        Text("summary", '<p dir="ltr">Pelataan shakkia.</p>', "fi", "html"),
        Text("price", '<p dir="ltr">5 euroa</p>', "fi", "html"),
        Text("user_instruction", '<p dir="ltr">Tule paikalle.</p>', "fi", "html"),
    ]
    assert (service.service_kind, service.service_status, service.is_free) == ("hobby", "active", False)
    assert Term("lahella_theme", "ht_kulttuuri", "Kulttuuri ja taide") in service.terms
    assert Term("lahella_theme", "xx_uusi", None) in service.terms
    assert service.languages == ["fi", "fse", "xx"]
    assert service.areas == [Area("municipality", name="Kuopio"), Area("region", name="Pohjois-Savo")]
    assert service.phones == [Phone("044 901 0001", description="Ohjaaja")]
    assert service.links == [
        Link("https://shakki.example.fi"),
        Link("https://shakki.example.fi/mukaan", "Ilmoittautuminen"),
    ]
    assert (service.valid_from, service.valid_to) == (date(2026, 9, 1), None)
    assert findings(parsed) == []
    assert [p for p in parsed if isinstance(p, Unread)] == []


def test_a_channel_becomes_a_place_with_longitude_first_and_weekdays_from_monday(
    read: Read, activity: dict[str, Any]
) -> None:
    parsed = read([activity])
    place = only(parsed, "location")
    assert place.native_id == "12345/channel/u-1"
    assert only(parsed, "service").locations == [place.native_id]
    (address,) = place.addresses
    assert (address.street, address.postal_code, address.city) == ("Satamakatu 1", "70100", "Kuopio")
    assert (address.x, address.y, address.crs) == (27.68, 62.89, "EPSG:4326")
    assert (place.location_type, place.channel_kind) == ("physical", "service_location")
    rule = {"freq": "WEEKLY", "interval": 1, "dtstart": date(2026, 9, 1), "valid_from": date(2026, 9, 1)}
    assert place.hours == [
        Hours(opens_at="18:00", closes_at="19:30", byday="TU,TH", valid_to=date(2027, 5, 31), **rule),
        Hours(opens_at="10:00", closes_at="12:00", byday="SU", valid_to=date(2027, 5, 31), **rule),
    ]


def test_channels_without_ids_are_numbered_and_shared_ids_kept_apart(read: Read, activity: dict[str, Any]) -> None:
    channels = activity["traits"]["channels"]
    activity["traits"]["channels"] = [{"type": ["online"]}, {"type": ["phone"]}, *channels, *channels]
    parsed = read([activity])
    assert [i.native_id for i in items(parsed, "location")] == [
        "12345/channel/1",
        "12345/channel/2",
        "12345/channel/u-1",
        "12345/channel/u-1/4",
    ]
    assert [i.channel_kind for i in items(parsed, "location")][:2] == ["e_channel", "phone"]


@pytest.mark.parametrize(
    ("kind", "formats", "event_type", "expected"),
    [
        ("support", [], "4", "support"),
        ("hobby", ["hm_ryhmat"], "4", "hobby"),
        ("voluntary", [], "4", "volunteering"),
        ("hobby", ["hm_kohtaamispaikka"], "4", "meeting_place"),
        ("support", ["hm_kohtaamispaikka"], "1", "meeting_place"),
        ("hobby", ["hm_tilaisuudet"], "1", "event"),
        ("voluntary", [], "1", "volunteering"),
    ],
)
def test_the_kind_follows_type_format_and_events(
    read: Read, activity: dict[str, Any], kind: str, formats: list[str], event_type: str, expected: str
) -> None:
    activity["traits"] |= {"type": kind, "format": formats}
    activity["traits"]["channels"][0]["events"][0]["type"] = event_type
    assert only(read([activity]), "service").service_kind == expected


def test_a_single_event_is_in_finnish_local_time_in_summer_and_winter(read: Read, activity: dict[str, Any]) -> None:
    def at(*when: int) -> int:
        return int(datetime(*when, tzinfo=UTC).timestamp() * 1000)  # type: ignore[misc, arg-type]

    events = activity["traits"]["channels"][0]["events"]
    events[:] = [
        {"type": "1", "start": at(2026, 7, 1, 15), "end": at(2026, 7, 1, 17)},
        {"type": "1", "start": at(2026, 12, 1, 22, 30)},
        {"type": "3", "start": at(2026, 7, 1, 21), "recurrence": {"end": at(2026, 7, 10, 21)}},
    ]
    assert only(read([activity]), "location").hours == [
        Hours(opens_at="18:00", closes_at="20:00", dtstart=date(2026, 7, 1)),
        Hours(opens_at="00:30", dtstart=date(2026, 12, 2)),
        Hours(valid_from=date(2026, 7, 2), valid_to=date(2026, 7, 11), dtstart=date(2026, 7, 2)),
    ]


def test_gaps_months_and_excluded_days_become_rules(read: Read, activity: dict[str, Any]) -> None:
    event = activity["traits"]["channels"][0]["events"][0]
    event["recurrence"] |= {"gap": "P2W", "exclude": [1798063200000, "2026-12-31", "pyhät"]}
    parsed = read([activity])
    first, _, *closed = only(parsed, "location").hours
    assert (first.freq, first.interval, first.description) == ("WEEKLY", 2, "period P1W, gap P2W")
    assert [(h.is_closed, h.dtstart) for h in closed] == [(True, date(2026, 12, 24)), (True, date(2026, 12, 31))]
    assert ("date_invalid", "channels[].events[].recurrence.exclude", "warning") in findings(parsed)
    event["recurrence"] = {"period": "P1M"}
    assert only(read([activity]), "location").hours[0].freq == "MONTHLY"


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        (["30-64", "65-99"], (30, None)),
        (["7-12"], (7, 12)),
        (["0-1", "2-6"], (None, 6)),
        (["7-12", "65-99"], (None, None)),
        (["30-64", "100-120"], (None, None)),
        ([], (None, None)),
    ],
)
def test_ages_are_told_only_when_the_groups_leave_no_gap(
    read: Read, activity: dict[str, Any], groups: list[str], expected: tuple[int | None, int | None]
) -> None:
    activity["traits"]["demographic"] = [f"ageGroup/range:{g}" for g in groups]
    service = only(read([activity]), "service")
    assert (service.minimum_age, service.maximum_age) == expected
    assert len([t for t in service.terms if t.scheme == "lahella_age_group"]) == len(groups)


PAST, FUTURE = 1700000000000, 1900000000000


@pytest.mark.parametrize(
    ("status", "visibility", "expected"),
    [
        ("published", {"end": PAST}, ("published", "active")),
        (None, {"end": PAST}, ("expired", "inactive")),
        (None, {"start": FUTURE}, ("pending", "inactive")),
        (None, {"start": PAST, "end": FUTURE}, (None, "active")),
        (None, {"start": 0, "end": 0}, (None, "active")),
        ("archived", {"end": PAST}, ("archived", "inactive")),
    ],
)
def test_a_null_status_is_told_by_visibility_and_the_time_of_fetching(
    read: Read, activity: dict[str, Any], status: str | None, visibility: dict[str, int], expected: tuple[str, str]
) -> None:
    activity |= {"status": status, "tags": {"visibility": visibility}}
    service = only(read([activity]), "service")
    assert (service.status, service.service_status) == expected


def test_drafts_are_told_of_and_not_read(read: Read, activity: dict[str, Any]) -> None:
    activity["status"] = "draft"
    (finding,) = read([activity])
    assert (finding.code, finding.level, finding.native_id) == ("record_unreadable", "info", "12345")


def test_unknown_codes_are_findings_and_never_stop_the_item(read: Read, activity: dict[str, Any]) -> None:
    traits = activity["traits"]
    traits |= {"type": "sauna", "pricing": ["barter"], "demographic": ["gender/other"], "region": ["moon/FI/Kuu"]}
    traits["channels"][0]["type"] = ["boat"]
    traits["contacts"].append({"type": "fax", "value": "1"})
    parsed = read([activity])
    service = only(parsed, "service")
    assert service.service_kind is None and service.is_free is None
    assert sorted(f[1] or "" for f in findings(parsed)) == [
        "channels[].type",
        "contacts[].type",
        "region",
        "traits.demographic",
        "traits.pricing",
        "traits.type",
    ]


def test_null_where_lists_belong_is_read_as_nothing(read: Read) -> None:
    traits = dict.fromkeys(("translations", "theme", "format", "locale", "region", "contacts", "channels", "pricing"))
    service = only(read([{"_key": 12, "group": 7, "traits": {"type": "support", **traits}}]), "service")
    assert (service.native_id, service.organization, service.names, service.locations) == ("12", "7", [], [])


def test_filled_fields_that_nobody_reads_are_told(read: Read, activity: dict[str, Any]) -> None:
    activity["traits"]["channels"][0]["capacity"] = 12
    activity["traits"]["season"] = "autumn"
    unread = {p.field for p in read([activity]) if isinstance(p, Unread)}
    assert unread == {"activity.traits.channels[].capacity", "activity.traits.season"}


def test_a_group_becomes_an_organisation_with_its_id_verbatim(read: Read) -> None:
    group = {
        **GROUP,
        "_key": "007103010551",
        "parent": "71",
        "traits": {
            "businessId": "1234567-1",
            "translations": {
                "fi": {"name": "Kuopion Shakki ry", "address": {"street": "Satamakatu 1", "city": "Kuopio"}},
                "sv": {"name": "Kuopio Schack rf", "description": "<p>Hej</p>"},
            },
            "region": ["city/FI/Kuopio"],
            "contacts": [{"type": "www", "value": "shakki.example.fi"}, {"type": "email", "value": "a@example.fi"}],
            "map": {"center": {"coordinates": "ei"}},
        },
    }
    parsed = read(groups=[group])
    found = only(parsed, "organization")
    assert (found.native_id, found.organization) == ("007103010551", "71")
    assert found.url == "https://www.lahella.fi/en-GB/organisation/007103010551"
    assert found.names == [Name("Kuopion Shakki ry", "fi"), Name("Kuopio Schack rf", "sv")]
    assert found.identifiers[0].value == "1234567-1"
    assert found.links == [Link("shakki.example.fi", is_main=True)]
    assert [a.street for a in found.addresses] == ["Satamakatu 1"]
    assert findings(parsed) == [("coordinates_invalid", "map.center.coordinates", "warning")]


def test_a_group_without_a_name_is_a_finding(read: Read) -> None:
    assert findings(read(groups=[{"_key": "1", "traits": {"translations": {"fi": {"name": " "}}}}])) == [
        ("record_without_name", "traits.translations", "error")
    ]


def test_linked_groups_are_read_when_no_list_gives_them(read: Read, activity: dict[str, Any]) -> None:
    short = {"_key": "7103010551", "traits": {"translations": {"fi": {"name": "Lyhyt"}}}}
    answer = {"items": [activity], "total": 1, "links": {"groups": [short]}}
    assert only(read(answer), "organization").names == [Name("Lyhyt", "fi")]
    assert only(read(answer, groups=[GROUP]), "organization").names == [Name("Kuopion Shakki ry", "fi")]
    activity["group"] = GROUP
    assert only(read([activity]), "organization").native_id == only(read([activity]), "service").organization


def test_a_repeated_object_is_read_once_and_a_differing_one_is_told(read: Read, activity: dict[str, Any]) -> None:
    other = {**activity, "status": None}
    assert len(items(read([activity, activity]), "service")) == 1
    parsed = read([activity, other])
    assert len(items(parsed, "service")) == 1 and findings(parsed) == [("duplicate_native_id", None, "error")]


def test_the_missing_list_of_groups_is_a_warning() -> None:
    capture = Capture("https://feed.example.fi/v1/groups?skip=0", b"{}", "application/json", datetime.now(UTC), 404)
    (finding,) = parse([capture], descriptions()["lahella"], {})
    assert isinstance(finding, Finding) and finding.level == "warning"


@pytest.mark.parametrize("body", [b"", b"[1]", b"<html>", b"\xff\xfe", b'{"items": {}}', b'{"items": [1, null]}'])
def test_answers_of_the_wrong_shape_never_raise(body: bytes) -> None:
    capture = Capture("https://feed.example.fi/v1/activities", body, "application/json", datetime.now(UTC))
    assert not [p for p in parse([capture], descriptions()["lahella"], {}) if isinstance(p, Item)]


def test_pages_are_patterns_of_source_yml_or_the_options(read: Read, activity: dict[str, Any]) -> None:
    parsed = read([activity], activity_page="https://lahella.example.fi/ilmoitus/{id}")
    assert only(parsed, "service").url == "https://lahella.example.fi/ilmoitus/12345"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_any_junk_in_any_field_gives_items_or_findings_of_known_codes(data: st.DataObject) -> None:
    keys = ("type", "translations", "theme", "format", "demographic", "region", "pricing", "contacts", "map", "locale")
    traits: dict[str, Any] = {key: data.draw(JSON) for key in keys}
    event = {key: data.draw(JSON) for key in ("type", "start", "end", "recurrence")}
    rule = {"period": "P1W", "daySpecificTimes": [dict(event)]}
    event["recurrence"] = data.draw(st.just(event["recurrence"]) | st.just(rule))
    traits["channels"] = [{"type": ["place"], "events": [event], "map": {"center": {"coordinates": traits["map"]}}}]
    raw = {"_key": "1", "group": data.draw(JSON), "status": data.draw(JSON), "tags": data.draw(JSON), "traits": traits}
    body = json.dumps({"items": [raw]}).encode()
    for name in ("activities", "groups"):
        capture = Capture(f"https://feed.example.fi/v1/{name}", body, "application/json", datetime.now(UTC))
        for parsed in parse([capture], descriptions()["lahella"], {}):
            if isinstance(parsed, Finding):
                assert parsed.code in codelists()["issue_code"]
            if isinstance(parsed, Item) and parsed.service_kind:
                assert parsed.service_kind in codelists()["service_kind"]
