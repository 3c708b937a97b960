"""What the objects of v12 become: names, texts, contacts, addresses, areas, codes; and nothing is lost or broken."""

import copy
import json
from collections.abc import Callable
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.demo.ptv_v12_server import make_world12
from pipeline.sources.items import Address, Area, Email, Item, Link, Name, Phone, Term
from pipeline.sources.ptv.v12 import holidays
from pipeline.sources.ptv.v12.holidays import easter, next_date

Read = Callable[..., Any]


def thing(kind: str, **more: Any) -> dict[str, Any]:
    base: dict[str, dict[str, Any]] = {
        "organization": {"contentId": "o1", "organizationType": "Organization", "languageVersions": {}},
        "service": {"contentId": "s1", "serviceType": "Service", "languageVersions": {}},
        "channel": {"contentId": "c1", "serviceChannelType": "ServiceLocation", "languageVersions": {}},
        "connection": {"serviceContentId": "s1", "channelContentId": "c1", "languageVersions": {}},
    }
    return base[kind] | more


def page(*rows: Any) -> dict[str, Any]:
    return {"page": 1, "pageSize": 100, "totalItems": len(rows), "totalPages": 1, "items": list(rows)}


def only(found: Any) -> Item:
    (item,) = [p for p in found.parsed if isinstance(p, Item)]
    return item


def test_a_page_and_a_single_object_are_read_alike(read: Read) -> None:
    found = read(page(thing("organization")), [thing("service")], thing("channel"), page(thing("connection")))
    assert [p.native_id for p in found.parsed] == ["o1", "s1", "c1"]
    assert found.items("service")["s1"].locations == ["c1"]


def test_what_is_known_and_not_ours_is_passed_over(read: Read) -> None:
    collection = {"contentId": "k", "organizationContentId": "o1", "languageVersions": {"fi": {"name": "Kokoelma"}}}
    found = read(
        page({"contentId": "gone"}),
        {"edges": [{"childContentId": "a", "parentContentId": "b"}]},
        page(collection),
        collection | {"items": [{"itemType": "Service", "contentId": "s1"}]},
        page({"code": "FI", "isValid": True, "name": {"fi": "Suomi"}}),
        {"page": 1, "totalPages": 0, "items": None},
    )
    assert found.parsed == []


@pytest.mark.parametrize(
    "body",
    [
        {"contentId": "x", "languageVersions": {}},
        {"serviceType": "Service", "languageVersions": {}},
        {"contentId": 7, "organizationType": "Company"},
        {"serviceContentId": "s1"},
        {"serviceContentId": "s1", "channelContentId": ["c"]},
        {"contentId": " ", "serviceChannelType": "WebPage"},
    ],
    ids=json.dumps,
)
def test_what_cannot_be_read_is_a_finding(read: Read, body: Any) -> None:
    found = read(page(body, thing("organization")))
    assert [f.code for f in found.findings] == ["record_unreadable"]
    assert "o1" in found.items("organization")


def test_names_have_roles_as_in_v11(read: Read) -> None:
    versions = {
        "sv": {"name": "Exempel rf", "alternativeName": None, "isAlternativeNamePrimary": False},
        "fi": {"name": "Esimerkki ry", "alternativeName": "ESI", "isAlternativeNamePrimary": True},
        "se": {"name": "Ovdamearka", "alternativeName": "", "isAlternativeNamePrimary": True},
    }
    item = only(read(thing("organization", languageVersions=versions)))
    assert item.names == [
        Name("ESI", "fi"),
        Name("Esimerkki ry", "fi", "alternative"),
        Name("Exempel rf", "sv", "parallel"),
        Name("Ovdamearka", "se", "parallel"),
    ]


def test_texts_and_conditions_of_a_permit(read: Read) -> None:
    version = {
        "name": "Lupa",
        "summary": "S",
        "description": None,
        "userInstructions": "U",
        "conditions": "C",
        "deadlineAdditionalInformation": "D",
        "processingTimeAdditionalInformation": "P",
        "validityTimeAdditionalInformation": "V",
        "chargeTypeAdditionalInformation": "5 e",
        "freelyAssignedKeywords": ["vertaistuki", ""],
        "legislationLinks": [{"url": "https://example.fi", "name": "Laki"}],
        "voucher": {"voucherType": "WithUrl", "urls": []},
    }
    body = thing("service", serviceType="PermitOrOtherObligation", languageVersions={"fi": version}, chargeType="Free")
    found = read(body)
    item = only(found)
    assert [(t.field, t.value, t.format) for t in item.texts] == [
        ("summary", "S", "markdown"),
        ("user_instruction", "U", "markdown"),
        ("price", "5 e", "markdown"),
        ("deadline", "D", "markdown"),
        ("processing_time", "P", "markdown"),
        ("validity_time", "V", "markdown"),
        ("eligibility", "C", "markdown"),
    ]
    assert item.terms == [Term("ptv_keyword", None, "vertaistuki")]
    assert (item.is_free, item.service_kind, item.service_status) == (True, "public_service", "active")
    assert not found.unread


def phone(kind: str, number: str, **more: Any) -> dict[str, Any]:
    base = {"type": kind, "number": number, "chargeType": "Charged", "additionalInformation": None}
    return base | {"chargeDescription": None} | more


def test_phones_of_all_kinds(read: Read) -> None:
    numbers = [
        phone("DomesticPhone", "0800 00 123", chargeType="Free"),
        phone("InternationalPhone", "400000123", dialCode="+358", additionalInformation="Neuvonta"),
        phone("Sms", "17000", dialCode="+358"),
        phone("Fax", "9000001", dialCode="+358", chargeDescription="Paikallispuhelu"),
        phone("InternationalPhone", ""),
    ]
    body = thing("channel", serviceChannelType="TelephoneService")
    body["languageVersions"] = {"sv": {"name": "Telefon", "phoneNumbers": numbers, "supportEmails": []}}
    assert only(read(body)).phones == [
        Phone("0800 00 123", description="avgiftsfri", language="sv", is_service_number=True),
        Phone("400000123", "+358", description="Neuvonta", language="sv"),
        Phone("17000", "+358", "text", language="sv"),
        Phone("9000001", "+358", "fax", "Paikallispuhelu", "sv"),
    ]


def test_contacts_and_links_of_a_place_and_a_form(read: Read) -> None:
    link = {"name": "", "url": "https://example.fi"}
    fi = {"name": "Paikka", "contactEmails": [{"email": "a@example.fi"}], "contactWebPages": [link]}
    sv = {"name": "Plats", "contactEmails": [{"email": "a@example.fi"}], "contactWebPages": []}
    item = only(read(thing("channel", languageVersions={"sv": sv, "fi": fi})))
    assert item.emails == [Email("a@example.fi")]
    assert item.links == [Link("https://example.fi", None, "fi", is_main=True)]
    form = {
        "name": "Lomake",
        "formFiles": [{"name": "L1", "url": "https://example.fi/l.pdf", "type": "pdf"}],
        "attachmentLinks": [{"name": "Ohje", "url": "https://example.fi/o", "additionalInformation": "x"}],
    }
    deliveries = [
        {"deliveryAddressType": "PostOfficeBox", "postOfficeBox": {"fi": "PL 1"}, "postalCode": "70101"}
        | {"recipient": {"fi": "Toimisto", "sv": None}, "additionalInformation": {}},
        {"deliveryAddressType": "DeliveryInformation", "deliveryInformation": {"fi": "Tuo paikalle"}, "recipient": {}},
    ]
    body = thing("channel", serviceChannelType="PrintableForm", languageVersions={"fi": form})
    found = read(body | {"deliveryAddresses": deliveries})
    item = only(found)
    assert item.links == [
        Link("https://example.fi/l.pdf", "PDF", "fi", is_main=True),
        Link("https://example.fi/o", "Ohje", "fi"),
    ]
    assert item.addresses == [
        Address("postal", street="PL 1", postal_code="70101", attention="Toimisto", language="fi"),
        Address("postal", line="Tuo paikalle", country=None, language="fi"),
    ]
    assert not found.unread


def street(*points: dict[str, Any], **more: Any) -> dict[str, Any]:
    base = {"streetName": {"sv": "Exempelgatan", "fi": "Esimerkkikatu"}, "addressDetail": "3 A", "postalCode": "70100"}
    return base | {"coordinates": list(points), "additionalInformation": {"fi": "2. kerros"}} | more


def point(source: str, northing: Any, system: str = "EPSG:3067") -> dict[str, Any]:
    return {"system": system, "source": source, "northing": northing, "easting": 534246.7734}


def test_addresses_of_all_kinds_with_the_post_office_of_the_code_list(read: Read) -> None:
    location = {
        "streetAddresses": [street(point("NLS", 6974202.909))],
        "otherAddresses": [{"postalCode": None, "coordinates": [point("User", 7)], "additionalInformation": {}}],
        "foreignAddresses": [{"address": {"en": "1 Example Street"}, "countryCode": "EE"}],
    }
    contact = {"postOfficeBoxAddresses": [{"postOfficeBox": {"sv": "PB 2"}, "postalCode": "70101"}]}
    codes = page(
        {"code": "70100", "isValid": True, "name": {"fi": "KUOPIO", "sv": ""}},
        {"code": "70101", "isValid": True, "name": {"fi": "KUOPIO", "sv": "KUOPIO SV"}},
    )
    found = read(page(thing("channel", location=location, contactAddresses=contact)), codes)
    assert only(found).addresses == [
        Address("physical", street="Esimerkkikatu 3 A", postal_code="70100", city="KUOPIO", attention="2. kerros",
                language="fi", y="6974202.909", x="534246.773", crs="EPSG:3067"),
        Address("physical", y="7.000", x="534246.773", crs="EPSG:3067"),
        Address("physical", line="1 Example Street", country="EE", language="en"),
        Address("postal", street="PB 2", postal_code="70101", city="KUOPIO SV", language="sv"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("points", "northing"),
    [
        ([], None),
        ([point("NLS", 1), point("AccessibilityRegister", 3), point("User", 2)], "3.000"),
        ([point("User", 2), point("NLS", 1)], "2.000"),
        ([point("AccessibilityRegister", 3, "Unknown"), point("NLS", 1)], "1.000"),
        ([point("NLS", None)], None),
        ([point("NLS", "6974202")], None),
        ([point("NLS", 1e300)], None),
        ([point("Satellite", 5)], None),
    ],
)
def test_of_several_coordinates_the_best_source_counts(read: Read, points: list[Any], northing: str | None) -> None:
    item = only(read(thing("channel", location={"streetAddresses": [street(*points)]})))
    assert item.addresses[0].y == northing


def test_areas_have_names_of_their_lists(read: Read) -> None:
    area = {"areaType": "LimitedArea", "municipalities": ["297"], "regions": ["11"], "wellbeingServicesCounties": []}
    codes = page({"code": "297", "isValid": True, "name": {"fi": "Kuopio"}})
    item = only(read(page(thing("service", area=area)), codes))
    assert item.areas == [Area("municipality", "297", "Kuopio"), Area("region", "11")]
    assert only(read(thing("service", area={"areaType": "WholeCountry"}))).areas == [Area("nationwide")]
    assert only(read(thing("channel", area=None))).areas == []


def test_codes_are_codes_addresses_are_shortened_as_in_v11_and_names_are_joined(read: Read) -> None:
    industry = "http://www.stat.fi/meta/luokitukset/toimiala/001-2008/94999"
    koko = "http://www.yso.fi/onto/koko/p1"
    body = thing("service", serviceClasses=["P5.7"], ontologyTerms=[koko], industrialClasses=[industry, None])
    codes = page(
        {
            "code": "P5.7",
            "uri": "http://x.example.fi/P5.7",
            "parentUri": None,
            "isValid": True,
            "name": {"fi": "Mieli"},
        },
        {"uri": koko, "type": None, "parentUris": [], "isValid": True, "name": {"fi": "", "sv": "rågång"}},
        {
            "code": "94999",
            "uri": industry,
            "parentUri": "http://p.example.fi",
            "isValid": False,
            "name": {"en": "Other"},
        },
    )
    for bodies in ((page(body), codes), (codes, page(body))):
        found = read(*bodies)
        assert only(found).terms == [
            Term("ptv_service_class", "P5.7", "Mieli"),
            Term("ptv_ontology", koko, "rågång"),
            Term("ptv_industrial_class", "94999", "Other"),
        ]
        assert not found.unread


def test_a_connection_adds_contacts_and_hours_once_to_its_service(read: Read) -> None:
    version = {"contactPhoneNumbers": [phone("DomesticPhone", "1")], "contactEmails": [{"email": "b@example.fi"}]}
    always = {"hours": [{"type": "ContinuousAlwaysValidServiceHour", "openingStatus": "Open"}]}
    links = [
        thing("connection", channelContentId=key, serviceHours=always, languageVersions={"fi": version})
        for key in ("c2", "c1")
    ]
    item = only(read(page(*links, links[0]), page(thing("service", contentId="S1".lower()))))
    assert item.locations == ["c1", "c2"]
    assert (len(item.phones), len(item.emails), len(item.hours)) == (1, 1, 2)


def test_moments_of_four_kinds(read: Read) -> None:
    for text, expected in {
        "2025-09-22T07:32:52.026Z": datetime(2025, 9, 22, 7, 32, 52, 26000, UTC),
        "2025-09-22T10:32:52+03:00": datetime(2025, 9, 22, 7, 32, 52, tzinfo=UTC),
        "2025-09-22": datetime(2025, 9, 22, tzinfo=UTC),
        "eilen": "eilen",
        None: None,
    }.items():
        assert only(read(thing("service", publishedAt=text))).modified == expected


def test_unknown_values_are_told_once_and_stop_nothing(read: Read) -> None:
    found = read(
        thing("organization", organizationType="Guild", area={"areaType": "Moon"}),
        thing("channel", serviceChannelType="Pigeon"),
        thing("service", chargeType="Barter", languageVersions={"fi": {"name": "x"}}),
    )
    assert sorted((f.code, f.field, f.value) for f in found.findings) == [
        ("code_unknown", "areaType", "Moon"),
        ("code_unknown", "chargeType", "Barter"),
        ("code_unknown", "organizationType", "Guild"),
        ("code_unknown", "serviceChannelType", "Pigeon"),
    ]
    assert {f.level for f in found.findings} == {"warning"}


def test_filled_fields_that_nobody_reads_are_reported(read: Read) -> None:
    found = read(
        thing("organization", newField=1, migratedAt="x", languageVersions={"fi": {"name": "x", "motto": "y"}}),
        thing("service", area={"areaType": "WholeCountry", "planet": "Earth"}, serviceLanguages="fi"),
        thing("connection", weight=3),
    )
    assert sorted(found.unread) == [
        "connection.weight",
        "organization.languageVersions[].motto",
        "organization.newField",
        "service.area.planet",
        "service.serviceLanguages",
    ]


def test_of_two_versions_of_one_thing_the_newest_is_used_and_told(read: Read) -> None:
    versions = [
        thing("service", publishedAt=f"2026-01-0{day}T00:00:00Z", languageVersions={"fi": {"name": f"{day}"}})
        for day in (1, 2)
    ]
    for order in (versions, versions[::-1]):
        found = read(page(*order))
        assert only(found).names[0].value == "2"
        assert [f.code for f in found.findings] == ["duplicate_native_id"]


@pytest.mark.parametrize(
    ("year", "month", "day"), [(2025, 4, 20), (2026, 4, 5), (2027, 3, 28), (2000, 4, 23), (2038, 4, 25)]
)
def test_easter(year: int, month: int, day: int) -> None:
    assert easter(year).timetuple()[:3] == (year, month, day)


@pytest.mark.parametrize(
    ("name", "today", "years", "expected"),
    [
        ("IndependenceDay", "2026-12-06", None, "2026-12-06"),
        ("IndependenceDay", "2026-12-07", None, "2027-12-06"),
        ("MidsummerEve", "2026-01-01", None, "2026-06-19"),
        ("MidsummerDay", "2026-01-01", None, "2026-06-20"),
        ("AllSaintsDay", "2026-01-01", None, "2026-10-31"),
        ("AscensionDay", "2026-01-01", None, "2026-05-14"),
        ("WhitSunday", "2026-01-01", None, "2026-05-24"),
        ("ChristmasDay", "2026-01-01", (2030, 2028), "2028-12-25"),
        ("ChristmasDay", "2026-01-01", (2020, 10**9), None),
        ("Vappu", "2026-01-01", None, None),
    ],
)
def test_the_next_date_of_a_holiday(name: str, today: str, years: Any, expected: str | None) -> None:
    found = next_date(name, datetime.fromisoformat(today).date(), years)
    assert (found.isoformat() if found else None) == expected
    assert len({*holidays.FIXED, *holidays.FROM_EASTER, *holidays.ON_WEEKDAY}) == 18


def test_no_odd_value_stops_the_others(read: Read, invent: SimpleNamespace) -> None:
    """Any value of any object may be replaced by anything: one item comes out or one finding, and nothing raises."""
    world = make_world12(invent.small_world())
    samples = [row for kind in world.rows for row in world.rows[kind][:8]] + world.lists["region-codes"][:1]
    odd = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**30), 10**30),
        st.floats(allow_nan=False),
        st.text(max_size=5),
        st.just([]),
        st.just({}),
        st.just([[1, None, "x", {}]]),
        st.just({"fi": {"name": 3}, "sv": [], "hours": {}, "areaType": [], "type": {}}),
        st.just({"fi": "x", "monday": 3, "holidays": [1], "coordinates": [2]}),
        st.sampled_from(["9999-12-31T22:00:00Z", "0001-01-01", "2026-01-01T22:00:00+99:00", "24:00"]),
    )

    @settings(max_examples=150, deadline=None)
    @given(st.data())
    def check(data: st.DataObject) -> None:
        sample = json.loads(json.dumps(data.draw(st.sampled_from(samples))))
        for _ in range(data.draw(st.integers(1, 4))):
            node: Any = sample
            while True:
                key = data.draw(st.sampled_from(list(node) if isinstance(node, dict) else list(range(len(node)))))
                if isinstance(node[key], (dict, list)) and node[key] and data.draw(st.integers(0, 3)):
                    node = node[key]
                else:
                    node[key] = copy.deepcopy(data.draw(odd))
                    break
        found = read(page(sample, thing("organization", contentId="other")))
        assert "other" in found.items("organization")

    check()
