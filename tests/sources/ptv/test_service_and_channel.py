"""What services and the five kinds of service channels become."""

from collections.abc import Callable
from typing import Any

import pytest

from pipeline.sources.items import Email, Item, Link, Phone, Term

Read = Callable[..., Any]
Make = Callable[..., Item]


def loc(value: str | None, language: str = "fi", **more: Any) -> dict[str, Any]:
    return {"value": value, "language": language, **more}


STREET = {
    "street": [loc("Exempelgatan", "sv"), loc("Esimerkkikatu")],
    "streetNumber": "3 A",
    "postalCode": "70100",
    "postOffice": [loc("KUOPIO", "sv"), loc("KUOPIO")],
    "municipality": {"code": "297", "name": [loc("Kuopio")]},
    "additionalInformation": [loc("2. kerros")],
    "latitude": "6974202.909",
    "longitude": "534246.773",
    "coordinateState": "Ok",
}


def test_a_service_belongs_to_its_responsible_organisation_and_is_met_at_its_channels(service: Make) -> None:
    item = service(
        organizations=[
            {"organization": None, "roleType": "Producer", "provisionType": "Other", "additionalInformation": []},
            {"organization": {"id": "o9", "name": "x"}, "roleType": "OtherResponsible"},
            {"organization": {"id": "o1", "name": "y"}, "roleType": "Responsible"},
        ],
        serviceChannels=[
            {"serviceChannel": {"id": "c1", "name": "a"}, "contactDetails": None},
            {"serviceChannel": {"id": "c1", "name": "a"}},
            {"serviceChannel": None},
            {
                "serviceChannel": {"id": "c2", "name": "b"},
                "contactDetails": {"emails": [loc("b@example.fi")], "webPages": [{"url": "https://b.example.fi"}]},
                "serviceHours": [{"serviceHourType": "DaysOfTheWeek", "isAlwaysOpen": True}],
            },
        ],
    )
    assert (item.organization, item.organization_name) == ("o1", None)
    assert item.locations == ["c1", "c2"]
    assert item.emails == [Email("b@example.fi")]
    assert item.links == [Link("https://b.example.fi")]
    assert [h.opens_at for h in item.hours] == ["00:00"]


def test_texts_fees_and_requirements_of_a_service(service: Make) -> None:
    item = service(
        serviceDescriptions=[
            loc("Ota yhteyttä", type="UserInstruction"),
            loc("5 e", type="ChargeTypeAdditionalInfo"),
            loc(None, type="DeadLine"),
        ],
        requirements=[loc("Asut Kuopiossa"), loc(None, "sv")],
        serviceChargeType="Chargeable",
        languages=["fi", "sv", None],
        keywords=[loc("vertaistuki")],
    )
    assert [(t.field, t.value) for t in item.texts] == [
        ("user_instruction", "Ota yhteyttä"),
        ("price", "5 e"),
        ("eligibility", "Asut Kuopiossa"),
    ]
    assert (item.is_free, item.service_kind, item.languages) == (False, "public_service", ["fi", "sv"])
    assert item.terms == [Term("ptv_keyword", None, "vertaistuki")]
    assert service(serviceChargeType="FreeOfCharge").is_free is True
    assert service(serviceChargeType=None).is_free is None


def test_terms_have_their_code_or_the_code_in_their_address(service: Make) -> None:
    item = service(
        serviceClasses=[{"name": [loc("Mental", "en"), loc("Mieli")], "code": "P5.7", "uri": "http://urn.fi/x"}],
        targetGroups=[
            {"name": [loc("Yhdistykset")], "code": None, "newUri": "http://uri.suomi.fi/codelist/g/code/KR2.7"}
        ],
        lifeEvents=[{"name": [], "code": "KE1"}],
        ontologyTerms=[{"name": [loc("rajankäynti")], "code": None, "uri": "http://www.yso.fi/onto/koko/p1"}],
        industrialClasses=[{"name": None, "uri": "http://www.stat.fi/meta/luokitukset/toimiala/001-2008/94999"}],
    )
    assert item.terms == [
        Term("ptv_service_class", "P5.7", "Mieli"),
        Term("ptv_target_group", "KR2.7", "Yhdistykset"),
        Term("ptv_life_event", "KE1", None),
        Term("ptv_ontology", "http://www.yso.fi/onto/koko/p1", "rajankäynti"),
        Term("ptv_industrial_class", "94999", None),
    ]


@pytest.mark.parametrize(
    ("ptv", "ours", "where"),
    [
        ("ServiceLocation", "service_location", "physical"),
        ("EChannel", "e_channel", "virtual"),
        ("WebPage", "web_page", "virtual"),
        ("Phone", "phone", "virtual"),
        ("PrintableForm", "printable_form", "virtual"),
    ],
)
def test_the_five_kinds_of_channels(channel: Make, ptv: str, ours: str, where: str) -> None:
    item = channel(ptv, organizationId="o1")
    assert (item.channel_kind, item.location_type, item.organization) == (ours, where, "o1")


def test_emails_stand_under_two_keys_and_support_phones_count(channel: Make) -> None:
    phone = {"number": "400000123", "prefixNumber": "+358", "language": "fi", "isFinnishServiceNumber": False}
    assert channel(emails=[loc("a@example.fi")]).emails == [Email("a@example.fi")]
    item = channel("EChannel", supportEmails=[loc("b@example.fi")], supportPhones=[phone])
    assert item.emails == [Email("b@example.fi")]
    assert item.phones == [Phone("400000123", "+358", language="fi")]
    assert channel("Phone", phoneNumbers=[phone | {"type": "Sms"}]).phones[0].kind == "text"


def test_a_form_leads_to_its_file_and_has_a_delivery_address(channel: Make) -> None:
    item = channel(
        "PrintableForm",
        channelUrls=[loc("https://example.fi/l.pdf", type="PDF")],
        attachments=[
            {"name": "Ohje", "description": "x", "url": "https://example.fi/o", "language": "fi", "type": "Form"}
        ],
        deliveryAddresses=[
            {
                "subType": "Street",
                "streetAddress": STREET,
                "receiver": [loc("Toimisto")],
                "deliveryAddressInText": None,
            },
            {"subType": "NoAddress", "receiver": [], "deliveryAddressInText": [loc("Tuo paikalle")]},
        ],
    )
    assert item.links == [
        Link("https://example.fi/l.pdf", "PDF", "fi", is_main=True),
        Link("https://example.fi/o", "Ohje", "fi"),
    ]
    assert [(a.type, a.attention, a.line) for a in item.addresses] == [
        ("postal", "Toimisto; 2. kerros", None),
        ("postal", None, "Tuo paikalle"),
    ]
