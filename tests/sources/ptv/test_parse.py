"""Recognising answers by shape, telling what was not read, and never losing or breaking on an object."""

import copy
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.sources.items import Item
from pipeline.sources.ptv.parse import parse

Read = Callable[..., Any]


def organization(guid: str = "o1", **more: Any) -> dict[str, Any]:
    names = [{"language": "fi", "value": "Esimerkki ry", "type": "Name"}]
    return {"id": guid, "organizationType": "Organization", "organizationNames": names} | more


def service(guid: str = "s1", **more: Any) -> dict[str, Any]:
    return {"id": guid, "serviceNames": [{"language": "fi", "value": "Tuki", "type": "Name"}]} | more


def channel(guid: str = "c1", kind: str = "ServiceLocation", **more: Any) -> dict[str, Any]:
    return {"id": guid, "serviceChannelType": kind, "serviceChannelNames": []} | more


def test_a_page_a_list_and_a_single_object_are_read_alike(read: Read) -> None:
    found = read({"pageCount": 1, "itemList": [organization()]}, [service()], channel())
    assert [p.native_id for p in found.parsed if isinstance(p, Item)] == ["o1", "s1", "c1"]
    assert not found.findings


def test_rows_of_lists_and_things_that_are_not_ours_are_passed_over(read: Read) -> None:
    found = read(
        {"itemList": [{"id": "x", "name": "n", "parentOrganizationId": None}, {"id": "x", "name": "n"}]},
        {"itemList": None},
        {"itemList": [{"id": "x", "type": "Service", "modified": "2020-01-01T00:00:00"}]},
        [{"code": "091", "names": []}],
        {"id": "h", "organizationNames": [], "parent": None, "subOrganizations": []},
        [{"id": "a", "serviceNames": [], "archivingDate": "2020-01-01T00:00:00"}],
        {"id": "k", "serviceCollectionNames": []},
    )
    assert found.parsed == []


def test_an_error_answer_is_not_data(read: Read) -> None:
    assert read({"errorMessage": "Services not found."}, status=404).parsed == []


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Huoltokatko</html>",
        b"",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"value": 1}',
        b'["text"]',
        b"[null]",
        b"7",
        b"[{}]",
        b'[{"serviceNames": []}]',
        b'[{"id": 7, "serviceNames": []}]',
    ],
    ids=lambda body: body[:12].decode("latin-1"),
)
def test_what_cannot_be_read_is_a_finding_that_names_the_answer(read: Read, body: bytes) -> None:
    found = read(body, [organization()])
    assert [f.code for f in found.findings] == ["record_unreadable"]
    assert found.findings[0].message.startswith("file:0.json: ")
    assert list(found.items("organization")) == ["o1"]


def test_a_byte_order_mark_is_no_obstacle(read: Read) -> None:
    assert list(read(b"\xef\xbb\xbf" + json.dumps([organization()]).encode()).items("organization")) == ["o1"]


def test_an_id_that_came_twice_alike_is_read_once(read: Read) -> None:
    found = read([service(), service()], {"itemList": [service()]})
    assert len(found.parsed) == 1


def test_of_two_versions_the_newest_is_used_and_told(read: Read) -> None:
    old = service(modified="2026-01-02T03:04:05.1", serviceNames=[{"value": "Vanha", "language": "fi"}])
    new = service(modified="2026-01-02T03:04:05.11", serviceNames=[{"value": "Uusi", "language": "fi"}])
    for order in ((old, new), (new, old)):
        found = read(list(order))
        assert found.items("service")["s1"].names[0].value == "Uusi"
        assert [(f.code, f.level, f.native_id) for f in found.findings] == [("duplicate_native_id", "warning", "s1")]


def test_filled_fields_that_nobody_reads_are_reported_once_per_item(read: Read) -> None:
    hours = {"serviceHourType": "DaysOfTheWeek", "openingHour": [], "newField": 1}
    found = read(
        [
            organization(somethingNew={"a": 1}, emptyNew=None, sourceId="x"),
            service(ontologyTerms=[{"name": [{"value": "a", "language": "fi", "weight": 3}], "uri": "u"}]),
            channel(serviceHours=[hours, hours]),
        ]
    )
    assert sorted(found.unread) == [
        "channel.serviceHours[].newField",
        "organization.somethingNew",
        "service.ontologyTerms[].name[].weight",
    ]


def test_values_of_a_wrong_type_are_reported_as_unread_not_guessed(read: Read) -> None:
    found = read(
        [
            organization(phoneNumbers="040", emails=[{"value": {"a": 1}}], areas=[3]),
            channel(addresses=[{"subType": "Street", "streetAddress": "Katu 1"}], languages={"fi": 1}),
        ]
    )
    assert {
        "organization.phoneNumbers",
        "organization.emails[].value",
        "organization.areas[]",
        "channel.addresses[].streetAddress",
        "channel.languages",
    } <= set(found.unread)


def test_a_text_of_a_type_without_a_field_is_reported_as_unread(read: Read) -> None:
    texts = [{"language": "fi", "type": "GD_Description", "value": "Pohjakuvaus"}]
    found = read([service(serviceDescriptions=texts)])
    assert found.unread == ["service.serviceDescriptions[GD_Description]"]
    assert found.items("service")["s1"].texts == []


def _saved(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in sorted(folder.rglob("*.json"))]


def test_saved_answers_of_the_real_platform_lose_nothing(read: Read, shared_ptv: Path) -> None:
    bodies = _saved(shared_ptv)
    found = read(*bodies)
    told = {f.native_id for f in found.findings} | {p.native_id for p in found.parsed if isinstance(p, Item)}
    sent: set[str] = set()
    for body in bodies:
        data = json.loads(body)
        entries = data.get("itemList") or [] if isinstance(data, dict) and "itemList" in data else [data]
        named = [e for e in entries if isinstance(e, dict) and any(k.endswith("Names") for k in e)]
        sent |= {entry["id"] for entry in named}
    assert sent
    assert sent <= told
    counts = Counter(p.kind for p in found.parsed if isinstance(p, Item) and not p.replaces)
    assert counts == {"organization": 3, "service": 32, "location": 48}
    kinds = Counter(item.channel_kind for item in found.items("location").values())
    assert set(kinds) == {"service_location", "e_channel", "web_page", "phone", "printable_form", None}
    assert found.unread == ["channel.serviceChannelDescriptions[string]"]


def test_no_odd_value_in_a_real_answer_stops_the_others(read: Read, shared_ptv: Path, description: Any) -> None:
    """Any value of any object may be replaced by anything: one item comes out or one finding, and nothing raises."""
    folder = shared_ptv / "kunta-api-server" / "out"
    samples = [json.loads(next((folder / part).glob("*.json")).read_bytes()) for part in ("organizations", "services")]
    samples += [json.loads(path.read_bytes()) for path in sorted((folder / "servicechannels").glob("*.json"))[:12]]
    odd = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**30), 10**30),
        st.floats(allow_nan=False),
        st.text(max_size=5),
        st.just([]),
        st.just({}),
        st.just([[1, None, "x", {}, {"value": ["a"], "language": ["fi"], "type": {}}]]),
        st.just([{"value": 3, "language": 4, "type": 5, "id": None}]),
        st.just({"id": {}, "name": [], "code": False, "municipality": 1}),
        st.sampled_from(["9999-12-31T22:00:00", "0001-01-01T00:00:00", "2026-01-01T22:00:00+99:00", "24:00:00"]),
    )

    @settings(max_examples=120)
    @given(st.data())
    def check(data: st.DataObject) -> None:
        sample = json.loads(json.dumps(data.draw(st.sampled_from(samples))))
        for _ in range(data.draw(st.integers(1, 4))):
            node: Any = sample
            while True:
                keys = list(node) if isinstance(node, dict) else range(len(node))
                key = data.draw(st.sampled_from(list(keys)))
                if isinstance(node[key], (dict, list)) and node[key] and data.draw(st.integers(0, 3)):
                    node = node[key]
                else:
                    node[key] = copy.deepcopy(data.draw(odd))
                    break
        found = read([sample, organization("other")])
        assert "other" in found.items("organization")
        assert sum(isinstance(p, Item) for p in found.parsed) + bool(found.findings) >= 1

    check()


def test_parsing_is_lazy_about_captures_and_repeatable(read: Read, description: Any) -> None:
    captures = read([organization(), service()]).captures
    assert list(parse(iter(captures), description, {})) == list(parse(captures, description, {}))
