"""What becomes of the tasks of Vapaaehtoistyö.fi."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.schema.model import codelists
from pipeline.sources.items import Email, Finding, Hours, Identifier, Item, Name, Term, Text, Unread
from pipeline.sources.registry import descriptions
from pipeline.sources.snapshots import Capture
from pipeline.sources.vapaaehtoistyo.parse import parse
from pipeline.sources.vapaaehtoistyo.task import PERSONAL
from pipeline.sources.vapaaehtoistyo.words import Privacy, multilingual

Read = Callable[..., list[Any]]
ABOUT = descriptions()["vapaaehtoistyo"]
LANGUAGES = ABOUT.settings["languages"]


def only(parsed: list[Any], kind: str) -> Item:
    (found,) = [p for p in parsed if isinstance(p, Item) and p.kind == kind]
    return found


def findings(parsed: list[Any]) -> list[tuple[str, str | None, str]]:
    return [(p.code, p.field, p.level) for p in parsed if isinstance(p, Finding)]


def unread(parsed: list[Any]) -> list[str]:
    return [p.field for p in parsed if isinstance(p, Unread)]


def test_a_task_becomes_a_volunteering_service_with_its_place_and_organisation(
    read: Read, task: dict[str, Any]
) -> None:
    task["timeStampStartTask"] = int(datetime(2026, 12, 1, 8, tzinfo=UTC).timestamp())
    task["timeStampEndTask"] = int(datetime(2026, 12, 1, 10, tzinfo=UTC).timestamp())
    parsed = read(task)
    service, place, body = (only(parsed, kind) for kind in ("service", "location", "organization"))
    assert (service.native_id, service.service_kind, service.organization) == ("77", "volunteering", "organization/12")
    assert service.names == [Name("Lukuystävä", "fi"), Name("Läsvän", "sv")]
    assert service.texts == [Text("description", "<p>Luetaan yhdessä.</p>", "fi", "html")]
    assert service.url == "https://vapaaehtoistyo.fi/fi/task/77"
    assert service.terms == [Term("vapaaehtoistyo_theme", "5", "Ikäihmiset")]
    assert (service.valid_from, service.valid_to) == (date(2026, 9, 1), date(2026, 12, 1))
    assert service.service_status == "active"
    assert service.locations == [place.native_id] == ["77/place"]
    (address,) = place.addresses
    assert (address.line, address.y, address.x, address.crs) == ("Kivikatu 3, 70100 Kuopio", 62.9, 27.7, "EPSG:4326")
    assert place.hours == [Hours(opens_at="10:00", closes_at="12:00", dtstart=date(2026, 12, 1))]
    assert (body.native_id, body.names) == ("organization/12", [Name("Kuopion Ystävät ry", None)])
    assert body.identifiers == [Identifier("platform", "12")]
    assert findings(parsed) == [] and unread(parsed) == [PERSONAL]


def test_persons_in_contact_details_never_leave_the_parser(read: Read, task: dict[str, Any]) -> None:
    task["title"] = "Kysy Maijalta 040 000 0123"
    task["description"] = '{"fi": "Soita +358 40 000 0123, maija.malli@example.fi tai info@example.fi, klo 09-12."}'
    parsed = read(task)
    assert only(parsed, "service").emails == [Email("vapaaehtoistoiminta@example.fi")]
    assert only(parsed, "service").texts[0].value == "Soita […], […] tai info@example.fi, klo 09-12."
    told = repr(parsed)
    assert "Malli" not in told and "000 0123" not in told and "maija.malli" not in told


def test_contact_details_of_a_desk_only_are_not_counted_as_dropped(read: Read, task: dict[str, Any]) -> None:
    for details in ("info@example.fi", {"fi": "toimisto@example.fi"}, None, ""):
        assert unread(read({**task, "contactDetails": details})) == []
    assert unread(read({**task, "contactDetails": {"fi": {"phone": "040 000 0001"}}})) == [PERSONAL]


@pytest.mark.parametrize(
    ("address", "is_role"),
    [
        ("info@example.fi", True),
        ("vapaaehtoistoiminta.toimisto@example.fi", True),
        ("Ystävätoiminta@example.fi", True),
        ("info2@example.fi", True),
        ("info (at) example.fi", True),
        ("info@gmail.com", False),
        ("maija.malli@example.fi", False),
        ("maija.info@example.fi", False),
        ("malli@example.fi", False),
        ("infomaija@example.fi", False),
        ("040123@example.fi", False),
    ],
)
def test_only_addresses_made_of_role_words_are_an_organisations(address: str, is_role: bool) -> None:
    assert Privacy(ABOUT.settings).is_role(address) is is_role


@pytest.mark.parametrize(
    "text",
    ["Katu 5, 00100 2. krs", "1.1.2026 klo 10.00-12.00", "Vuosina 2020-2026", "12 000 ihmistä", "09:00-12:00"],
)
def test_dates_times_and_addresses_are_no_phone_numbers(text: str) -> None:
    assert Privacy(ABOUT.settings).without_persons(text) == text


@given(st.text(), st.sampled_from(["040 000 0123", "+358 44 0000 123", "(017) 000 0123", "maija.malli@example.fi"]))
def test_no_phone_and_no_person_survives_in_any_text(before: str, personal: str) -> None:
    shown = Privacy(ABOUT.settings).without_persons(f"{before} {personal} lopuksi")
    assert personal not in shown


def test_themes_go_to_the_axis_they_really_measure(read: Read, task: dict[str, Any]) -> None:
    task["themes"] = [
        {"id": 1, "name": '{"fi":"Herättäjäjuhlat"}'},
        {"id": 2, "name": "Also for English speakers"},
        {"id": 3, "name": {"fi": "Seurakuntatoiminta", "se": "Församling"}},
        {"id": 4, "name": {"se": "Nytt tema"}},
        {"id": 4, "name": {"se": "Nytt tema"}, "icon": "x"},
        {"id": None, "name": None},
        None,
    ]
    parsed = read(task)
    service = only(parsed, "service")
    assert [(t.scheme, t.code, t.label) for t in service.terms[:4]] == [
        ("vapaaehtoistyo_campaign", "1", "Herättäjäjuhlat"),
        ("vapaaehtoistyo_language", "2", "Also for English speakers"),
        ("vapaaehtoistyo_organiser", "3", "Seurakuntatoiminta"),
        ("vapaaehtoistyo_theme", "4", "Nytt tema"),
    ]
    assert service.languages == ["en"]
    assert findings(parsed) == [("code_unknown", "themes[].name", "info")]
    assert "task.themes[].icon" in unread(parsed)


def test_every_known_theme_has_an_axis_and_topics_lead_to_themes_of_ours() -> None:
    from pipeline.transform.themes import themes_for

    topics = [name for name, axis in ABOUT.settings["themes"].items() if axis == "theme"]
    assert len(ABOUT.settings["themes"]) == 25 and len(topics) == 12
    assert all(themes_for([("vapaaehtoistyo_theme", None, name)])[0] for name in topics)


def test_a_task_without_a_fixed_time_has_no_dates(read: Read, task: dict[str, Any]) -> None:
    for flag in (1, True, "1"):
        parsed = read({**task, "noActualTime": flag, "timeStampEndTask": 1000000000})
        assert only(parsed, "location").hours == []
        assert only(parsed, "service").valid_to is None
        assert only(parsed, "service").service_status == "active"


def test_a_task_that_ended_before_the_fetch_is_not_offered_now(read: Read, task: dict[str, Any]) -> None:
    parsed = read({**task, "timeStampStartTask": 1780000000, "timeStampEndTask": 1780500000})
    assert only(parsed, "service").service_status == "inactive"
    (hours,) = only(parsed, "location").hours
    assert (hours.valid_from, hours.valid_to, hours.opens_at) == (date(2026, 5, 28), date(2026, 6, 3), None)


@pytest.mark.parametrize("moment", [1796119200, 1796119200000, "1796119200", "2026-12-01T10:00:00Z", "1.12.2026 12:00"])
def test_dates_of_four_kinds_are_read(read: Read, task: dict[str, Any], moment: Any) -> None:
    parsed = read({**task, "timeStampStartTask": moment, "timeStampEndTask": None})
    assert only(parsed, "location").hours == [Hours(opens_at="12:00", dtstart=date(2026, 12, 1))]


@pytest.mark.parametrize("moment", ["huomenna", [1], {"a": 1}, 12, 10**30])
def test_what_is_no_date_is_a_finding(read: Read, task: dict[str, Any], moment: Any) -> None:
    parsed = read({**task, "timeStampStartTask": moment, "timeStampEndTask": 0})
    assert findings(parsed) == [("date_invalid", "timeStampStartTask", "warning")]
    assert only(parsed, "location").hours == []


def test_drafts_and_unknown_statuses_are_not_read(read: Read, task: dict[str, Any]) -> None:
    for status, code, level in (
        (0, "record_unreadable", "info"),
        ("0", "record_unreadable", "info"),
        (7, "code_unknown", "warning"),
        (None, "code_unknown", "warning"),
    ):
        parsed = read({**task, "status": status})
        assert not [p for p in parsed if isinstance(p, Item)]
        assert findings(parsed) == [(code, "status", level)]


def test_null_where_lists_and_objects_belong_is_nothing(read: Read) -> None:
    empty = dict.fromkeys(("themes", "addressCoordinates", "address", "description", "contactDetails", "title"))
    parsed = read({"id": "x/1", "status": 1, "organization": None, "organizationName": "Kerho ry", **empty})
    service = only(parsed, "service")
    assert (service.organization, service.organization_name, service.names) == (None, "Kerho ry", [])
    assert service.url == "https://vapaaehtoistyo.fi/fi/task/x%2F1"
    assert findings(parsed) == [] and service.locations == []


@pytest.mark.parametrize(
    ("point", "shown"),
    [
        ({"lat": "62.9", "lng": "27.7"}, ("62.9", "27.7")),
        ({"lat": 0, "lng": 0}, (None, None)),
        ({"lat": None, "lng": 27.7}, (None, None)),
        ("62.9,27.7", (None, None)),
    ],
)
def test_coordinates_need_both_degrees(read: Read, task: dict[str, Any], point: Any, shown: Any) -> None:
    (address,) = only(read({**task, "addressCoordinates": point}), "location").addresses
    assert (address.y, address.x) == shown


def test_an_organisation_goes_by_the_name_that_most_tasks_give(read: Read, task: dict[str, Any]) -> None:
    names = ["Kerho ry", "Kerho", "Kerho ry"]
    tasks = [{**task, "id": n, "organizationName": name} for n, name in enumerate(names)]
    expected = [Name("Kerho ry", None), Name("Kerho", None, "alternative")]
    assert only(read(*tasks), "organization").names == expected
    assert only(read(*tasks[::-1]), "organization").names == expected
    assert findings(read({**task, "organizationName": None})) == [("record_without_name", None, "error")]


def test_of_two_copies_the_one_changed_last_counts_in_any_order(read: Read, task: dict[str, Any]) -> None:
    newer = {**task, "title": "Uusi", "timeStampLastUpdated": task["timeStampLastUpdated"] + 60}
    for pair in ((task, newer), (newer, task)):
        parsed = read(*pair)
        assert only(parsed, "service").names == [Name("Uusi", None)]
        assert findings(parsed) == []
    clash = read(task, {**task, "title": "Toinen"})
    assert findings(clash) == [("duplicate_native_id", None, "warning")]
    assert findings(read(task, task)) == []


def test_a_single_task_as_its_own_answer_is_read(read: Read, task: dict[str, Any]) -> None:
    assert only(read(answer={"status": "ok", "data": task}), "service").native_id == "77"


@pytest.mark.parametrize("body", [b"", b"[1]", b"<html>", b"\xff\xfe", b'{"data": 3}', b'{"data":{"records":[1,{}]}}'])
def test_answers_that_are_no_tasks_are_findings(body: bytes) -> None:
    parsed = list(parse([Capture("https://a.example.fi/x", body, "", datetime(2026, 1, 1, tzinfo=UTC))], ABOUT, {}))
    assert parsed and all(isinstance(p, Finding) and p.code == "record_unreadable" for p in parsed)


def test_an_error_page_in_an_archive_is_a_finding(task: dict[str, Any]) -> None:
    capture = Capture("https://a.example.fi/x", b"{}", "", datetime(2026, 1, 1, tzinfo=UTC), 503)
    assert findings(list(parse([capture], ABOUT, {}))) == [("record_unreadable", None, "error")]


def test_a_key_of_a_language_that_is_not_known_stays_as_it_is() -> None:
    value = {"ru": "Ещё", "en": "Yes", "se": "Ja", "sv": "Jo", "fi": " ", "xx": 3}
    assert multilingual(value, LANGUAGES, None) == [("sv", "Ja"), ("en", "Yes"), ("ru", "Ещё")]
    assert multilingual('{"fi": rikki', LANGUAGES, "fi") == [("fi", '{"fi": rikki')]
    assert multilingual(7, LANGUAGES, None) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "name", "fi", "lat"]), inner),
    max_leaves=6,
)


ODD = (
    "organization organizationName title themes address addressCoordinates noActualTime contactDetails "
    "timeStampStartTask timeStampEndTask timeStampLastUpdated"
).split()


@given(st.dictionaries(st.sampled_from(ODD), JSON))
def test_odd_values_never_stop_the_source(fields: dict[str, Any]) -> None:
    body = json.dumps({"data": {"records": [{"id": 1, "status": 1, **fields}]}}).encode()
    capture = Capture("https://a.example.fi/x", body, "", datetime(2026, 1, 1, tzinfo=UTC))
    first = list(parse([capture], ABOUT, {}))
    assert only(first, "service").native_id == "1"
    assert first == list(parse([replace(capture)], ABOUT, {}))
    assert all(f.code in codelists()["issue_code"] for f in first if isinstance(f, Finding))
