"""What becomes of STEA's organisations."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.schema.model import codelists
from pipeline.sources.items import Finding, Identifier, Item, Name, Unread
from pipeline.sources.registry import descriptions
from pipeline.sources.snapshots import Capture
from pipeline.sources.stea.parse import parse

Read = Callable[..., list[Any]]
ABOUT = descriptions()["stea"]
ONE: dict[str, Any] = {
    "organisationId": 774,
    "name": "Esimerkkiseura ry",
    "businessId": "2077474-0",
    "nameHistory": ["Vanha Esimerkkiseura", "Esimerkkiseura  RY", "Vanha Esimerkkiseura"],
    "allAidTargets": [
        {"year": 2025, "granted": 1000, "purpose": "x"},
        {"year": 2026, "granted": 0, "requested": 5},
    ],
}


def items(parsed: list[Any]) -> list[Item]:
    return [p for p in parsed if isinstance(p, Item)]


def findings(parsed: list[Any]) -> list[tuple[str, str | None, str]]:
    return [(p.code, p.field, p.level) for p in parsed if isinstance(p, Finding)]


def test_an_organisation_comes_with_its_former_names_and_its_business_id(read: Read) -> None:
    parsed = read(ONE)
    (item,) = items(parsed)
    assert (item.kind, item.native_id, item.url) == (
        "organization",
        "774",
        "https://avustukset.stea.fi/organisation/774",
    )
    assert item.names == [Name("Esimerkkiseura ry"), Name("Vanha Esimerkkiseura", kind="former")]
    assert item.identifiers == [Identifier("platform", "774"), Identifier("business_id", "2077474-0")]
    assert item.status == "applied 2026"
    assert len(parsed) == 1


@pytest.mark.parametrize(
    ("targets", "status"),
    [
        ([{"year": 2024, "granted": 5}, {"year": 2023, "granted": 0}], "granted 2024"),
        ([{"year": 2024, "granted": 0}, {"year": 2024, "granted": 7}], "granted 2024"),
        ([{"year": "2024", "granted": "1 000,50"}], "granted 2024"),
        ([{"year": 2024, "granted": None}], "applied 2024"),
        ([{"year": "ensi vuonna", "granted": 1}, {"year": 20260, "granted": 1}, None, 3], None),
        (None, None),
        ({}, None),
    ],
)
def test_the_latest_year_of_applications_is_the_status(read: Read, targets: Any, status: str | None) -> None:
    assert items(read({**ONE, "allAidTargets": targets}))[0].status == status


def test_former_names_as_objects_are_read_and_other_things_reported(read: Read) -> None:
    parsed = read({**ONE, "nameHistory": [{"name": "Vanha ry", "to": 2010}, {"to": 2010}, 5, None, " "]})
    assert [n.value for n in items(parsed)[0].names] == ["Esimerkkiseura ry", "Vanha ry"]
    assert findings(parsed) == [("record_unreadable", "nameHistory", "warning")] * 4
    assert findings(read({**ONE, "nameHistory": None})) == []


def test_new_fields_are_counted_as_unread(read: Read) -> None:
    parsed = read({**ONE, "homePage": "x", "allAidTargets": [{"year": 2026, "granted": 1, "theme": "y"}]})
    assert [p.field for p in parsed if isinstance(p, Unread)] == [
        "organisation.homePage",
        "organisation.allAidTargets[].theme",
    ]


def test_gaps_are_nothing_and_odd_answers_are_findings(read: Read) -> None:
    assert read({"message": "no"}, None) == []
    assert read(ONE, status=404) == []
    assert findings(read(ONE, status=503)) == [("record_unreadable", None, "error")]
    assert findings(read([1])) == [("record_unreadable", None, "error")]
    assert findings(read({"organisationId": 1, "name": " "})) == [("record_without_name", "name", "error")]


def test_the_id_of_the_address_stands_in_for_a_missing_one(read: Read) -> None:
    assert items(read({"name": "Kerho ry"}))[0].native_id == "1"
    capture = Capture("file:tallenne.json", b'{"name": "Kerho ry"}', "", datetime(2026, 1, 1, tzinfo=UTC))
    assert findings(list(parse([capture], ABOUT, {}))) == [("record_unreadable", "organisationId", "error")]


def test_the_newest_copy_counts_in_any_order() -> None:
    captures = [
        Capture("https://s.example.fi/api/organisation/774", json.dumps({**ONE, "name": name}).encode(), "", moment)
        for name, moment in (("Vanha", datetime(2025, 1, 1, tzinfo=UTC)), ("Uusi", datetime(2026, 1, 1, tzinfo=UTC)))
    ]
    for order in (captures, captures[::-1]):
        parsed = list(parse(order, ABOUT, {}))
        assert items(parsed)[0].names[0].value == "Uusi" and findings(parsed) == []


def test_two_different_answers_for_one_id_in_one_fetch_are_reported(read: Read) -> None:
    assert findings(read(ONE, {**ONE, "name": "Toinen"})) == [("duplicate_native_id", None, "warning")]
    assert findings(read(ONE, ONE)) == []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["year", "granted", "name"]), inner),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["businessId", "nameHistory", "allAidTargets", "organisationId"]), JSON))
def test_odd_values_never_stop_the_source(fields: dict[str, Any]) -> None:
    body = json.dumps({"name": "Kerho ry", **fields}).encode()
    capture = Capture("https://s.example.fi/api/organisation/5", body, "", datetime(2026, 1, 1, tzinfo=UTC))
    parsed = list(parse([capture], ABOUT, {}))
    assert len(items(parsed)) == 1
    assert all(f.code in codelists()["issue_code"] for f in parsed if isinstance(f, Finding))
