"""What an organisation of PTV becomes: names, identifiers, texts and contacts."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.sources.items import Email, Identifier, Item, Name, Phone, Text

Read = Callable[..., Any]
Make = Callable[..., Item]


def loc(value: str | None, language: str = "fi", **more: Any) -> dict[str, Any]:
    return {"value": value, "language": language, **more}


def test_the_finnish_name_is_official_the_swedish_parallel_others_alternative(organization: Make) -> None:
    names = [
        loc("Exempel rf", "sv", type="Name"),
        loc("ERY", type="AlternativeName"),
        loc("Esimerkki ry", type="Name"),
        loc(None, "en", type="Name"),
    ]
    assert organization(organizationNames=names).names == [
        Name("Esimerkki ry", "fi", "official"),
        Name("Exempel rf", "sv", "parallel"),
        Name("ERY", "fi", "alternative"),
    ]


def test_the_name_that_ptv_shows_is_the_official_one(organization: Make) -> None:
    item = organization(
        organizationNames=[loc("Pitkä nimi ry", type="Name"), loc("Lyhyt", type="AlternativeName")],
        displayNameType=[{"language": "fi", "type": "AlternativeName"}],
    )
    assert item.names == [Name("Lyhyt", "fi", "official"), Name("Pitkä nimi ry", "fi", "alternative")]


def test_an_organisation_with_a_swedish_name_only_has_it_as_official(organization: Make) -> None:
    assert organization(organizationNames=[loc("Exempel rf", "sv", type="Name")]).names == [
        Name("Exempel rf", "sv", "official")
    ]


def test_identifiers_parent_status_and_age(organization: Make) -> None:
    item = organization(
        businessCode="9000001-0",
        oid="",
        parentOrganizationId="o2",
        publishingStatus="Published",
        modified="2026-01-02T03:04:05.1234567",
    )
    assert item.identifiers == [Identifier("ptv", "o1"), Identifier("business_id", "9000001-0")]
    assert (item.organization, item.status, item.url) == ("o2", "Published", None)
    assert item.modified == datetime(2026, 1, 2, 3, 4, 5, 123456, tzinfo=UTC)
    assert organization(modified="eilen").modified == "eilen"


@pytest.mark.parametrize(
    ("ptv", "ours"),
    [("Organization", None), ("Company", "company"), ("State", "state"), ("Municipality", "municipality")],
)
def test_types_of_organisations(organization: Make, ptv: str, ours: str | None) -> None:
    assert organization(organizationType=ptv).organization_type == ours


def test_an_unknown_type_is_left_open_and_told(read: Read) -> None:
    found = read([{"id": "o1", "organizationNames": [], "organizationType": "Guild"}])
    assert found.items("organization")["o1"].organization_type is None
    assert [(f.code, f.value) for f in found.findings] == [("code_unknown", "Guild")]


def test_texts_keep_their_language_and_their_markdown(organization: Make) -> None:
    item = organization(
        organizationDescriptions=[
            loc("* a\n* b", "fi", type="Description"),
            loc("Kort", "sv", type="Summary"),
            loc(None, "en", type="Description"),
        ]
    )
    assert item.texts == [Text("description", "* a\n* b", "fi", "markdown"), Text("summary", "Kort", "sv", "markdown")]


def test_phones_keep_prefix_and_service_numbers_apart_and_say_what_a_call_costs(organization: Make) -> None:
    base = {"additionalInformation": None, "serviceChargeType": "Chargeable", "chargeDescription": None}
    item = organization(
        phoneNumbers=[
            base | {"prefixNumber": "+358", "number": "400000123", "language": "fi", "isFinnishServiceNumber": False},
            base
            | {"prefixNumber": None, "number": "0800000", "language": "sv", "isFinnishServiceNumber": True}
            | {"serviceChargeType": "FreeOfCharge", "additionalInformation": "Växel"},
            base | {"number": "0600000", "language": "fi", "chargeDescription": "1 e/min", "type": "Fax"},
            base | {"number": None, "language": "fi"},
        ]
    )
    assert item.phones == [
        Phone("400000123", "+358", language="fi"),
        Phone("0800000", description="Växel; avgiftsfri", language="sv", is_service_number=True),
        Phone("0600000", kind="fax", description="1 e/min", language="fi"),
    ]


def test_an_email_that_is_repeated_per_language_is_given_once(organization: Make) -> None:
    emails = [loc("a@example.fi") | {"description": None}, loc("a@example.fi", "sv") | {"description": None}]
    assert organization(emails=emails).emails == [Email("a@example.fi")]


def test_the_main_site_is_the_first_own_one_in_the_main_language(organization: Make) -> None:
    item = organization(
        organizationNames=[loc("Esimerkki ry", type="Name")],
        webPages=[
            {"url": "https://www.facebook.com/esimerkki", "value": None, "language": "fi"},
            {"url": "https://example.fi/sv", "value": "Sidor", "language": "sv"},
            {"url": "https://example.fi", "value": "Sivut", "language": "fi"},
            {"url": None, "value": "?", "language": "fi"},
        ],
    )
    assert [(link.value, link.is_main) for link in item.links] == [
        ("https://www.facebook.com/esimerkki", False),
        ("https://example.fi/sv", False),
        ("https://example.fi", True),
    ]
