"""What addresses and areas of PTV become."""

from collections.abc import Callable
from typing import Any

import pytest

from pipeline.sources.items import Address, Area, Item

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
HERE = Address(
    "physical",
    street="Esimerkkikatu 3 A",
    postal_code="70100",
    city="KUOPIO",
    municipality="Kuopio",
    municipality_code="297",
    attention="2. kerros",
    language="fi",
    y="6974202.909",
    x="534246.773",
    crs="EPSG:3067",
)


def test_a_street_address_is_given_once_with_its_coordinates_as_written(organization: Make) -> None:
    padding = {"latitude": "61.6", "longitude": "27.2", "postalCode": "12345", "postOffice": [loc("x")]}
    address = {
        "type": "Visiting",
        "subType": "Street",
        "streetAddress": STREET,
        "otherAddress": padding,
        "country": "FI",
    }
    assert organization(addresses=[address]).addresses == [HERE]


@pytest.mark.parametrize("state", ["NotReceived", "Failed", "MultipleResultsReceived", "Loading", None, "OK"])
def test_doubtful_coordinates_are_left_out(organization: Make, state: str | None) -> None:
    address = {"type": "Visiting", "subType": "Street", "streetAddress": STREET | {"coordinateState": state}}
    (found,) = organization(addresses=[address]).addresses
    assert (found.y, found.x, found.crs) == (None, None, None)
    assert found.street == "Esimerkkikatu 3 A"


def test_boxes_spots_and_places_abroad(organization: Make) -> None:
    box = {
        "postOfficeBox": [loc("PL 12")],
        "postalCode": "70101",
        "postOffice": [loc("KUOPIO")],
        "municipality": None,
        "additionalInformation": [loc(None)],
    }
    spot = {
        "latitude": "6974202",
        "longitude": "534246",
        "postalCode": "70100",
        "postOffice": [],
        "additionalInformation": [loc("Rannan laituri")],
    }
    item = organization(
        addresses=[
            {"type": "Postal", "subType": "PostOfficeBox", "postOfficeBoxAddress": box, "country": "FI"},
            {"type": "Visiting", "subType": "Other", "otherAddress": spot, "country": "FI"},
            {
                "type": "Visiting",
                "subType": "Foreign",
                "foreignAddress": [loc("Storgatan 1, Haparanda")],
                "country": "SE",
            },
            {"type": "Postal", "subType": "NoAddress"},
            {"type": "Visiting", "subType": "Multipoint", "streetAddress": STREET},
        ]
    )
    assert item.addresses == [
        Address("postal", street="PL 12", postal_code="70101", city="KUOPIO", language="fi"),
        Address("physical", postal_code="70100", attention="Rannan laituri", y="6974202", x="534246", crs="EPSG:3067"),
        Address("physical", line="Storgatan 1, Haparanda", country="SE", language="fi"),
        HERE,
    ]


def test_areas_are_the_country_or_municipalities_regions_and_counties(organization: Make) -> None:
    kuopio = {"code": "297", "name": [loc("Kuopio", "sv"), loc("Kuopio")]}
    areas = [
        {"type": "Municipality", "code": None, "name": None, "municipalities": [kuopio, kuopio]},
        {"type": "Region", "code": "11", "name": [loc("Pohjois-Savo")], "municipalities": [kuopio]},
        {"type": "WellbeingServiceCounties", "code": "11", "name": [loc("PS")], "municipalities": []},
        {"type": "HospitalDistrict", "code": "13", "name": [loc("PSSHP")], "municipalities": [kuopio]},
    ]
    assert organization(areaType="LimitedType", areas=areas).areas == [
        Area("municipality", "297", "Kuopio"),
        Area("region", "11", "Pohjois-Savo"),
        Area("county", "11", "PS"),
        Area("other", "13", "PSSHP"),
    ]
    assert organization(areaType="Nationwide", areas=None).areas == [Area("nationwide")]
    assert organization(areaType="NationwideExceptAlandIslands").areas == [Area("nationwide_without_aland")]
    assert organization(municipality=kuopio).areas == [Area("municipality", "297", "Kuopio")]
