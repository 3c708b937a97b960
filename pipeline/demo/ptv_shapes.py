"""The JSON pieces of PTV's interface v11 that organisations, services and channels share, and the organisation.

Every key of the platform's models is written, nulls too; empty collections are null or `[]` without system, as on
the platform; moments carry no zone. Values that the world does not hold (ids of services, coordinates that the
platform has not looked up) are derived from ids, so the same world always gives the same bytes.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from pipeline.demo.projection import to_tm35fin
from pipeline.demo.world import Activity, Place, Sighting
from pipeline.transform import reference

Json = dict[str, Any]
LANGUAGES = ("fi", "sv", "en")
ORGANIZATION_TYPES = {"municipality": "Municipality", "state": "State", "company": "Company"}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CHANGES_FROM = datetime(2026, 1, 1)  # noqa: DTZ001 - the platform writes UTC without saying so
CHANGES_SECONDS = 300 * 86_400


def digest(*parts: str) -> int:
    """A large number that depends on the parts only."""
    return uuid5(NAMESPACE_URL, "https://ptv.example.fi/" + "/".join(parts)).int


def guid(*parts: str) -> str:
    """A GUID that depends on the parts only."""
    return str(UUID(int=digest(*parts), version=5))


def modified(identifier: str) -> str:
    """When the thing was last changed: UTC without offset, with six digits of a second, or none."""
    number = digest(identifier, "modified")
    moment = CHANGES_FROM + timedelta(seconds=number % CHANGES_SECONDS, microseconds=number % 999_983)
    return moment.isoformat(timespec="seconds" if number % 9 == 0 else "microseconds")


def nothing(identifier: str, key: str) -> list[Any] | None:
    """The empty collection, as null or as `[]`."""
    return None if digest(identifier, key) % 2 else []


def words(**by_language: str | None) -> list[Json]:
    """Values by language, without a type."""
    return [{"value": value, "language": language} for language, value in by_language.items() if value]


def typed(kind: str, **by_language: str | None) -> list[Json]:
    """Values by language, with a type."""
    return [{"value": value, "type": kind, "language": language} for language, value in by_language.items() if value]


def municipality(code: str, name: str) -> Json:
    """A municipality with its names, Swedish first as the platform often has it."""
    known = reference.municipalities().get(code)
    swedish = known.name_sv if known else name
    return {"code": code, "name": words(sv=swedish, en=name, fi=name)}


def municipal_area(place: Place) -> Json:
    """The area of one municipality; its own code and name are null."""
    inside = [municipality(place.municipality_code, place.municipality)]
    return {"type": "Municipality", "code": None, "name": None, "municipalities": inside}


def street_address(place: Place, identifier: str) -> Json:
    """A street address with coordinates, which one in twelve has not received."""
    name, _, number = place.street.rpartition(" ")
    if not name or not number[:1].isdigit():
        name, number = place.street, ""
    received = digest(identifier, "coordinates") % 12 != 0
    northing, easting = to_tm35fin(place.latitude, place.longitude)
    return {
        "street": words(fi=name, sv=name, en=name),
        "streetNumber": number or None,
        "postalCode": place.postal_code,
        "postOffice": words(sv=place.city.upper(), fi=place.city.upper()),
        "municipality": municipality(place.municipality_code, place.municipality),
        "additionalInformation": [],
        "latitude": f"{northing:.3f}" if received else None,
        "longitude": f"{easting:.3f}" if received else None,
        "coordinateState": "Ok" if received else "NotReceived",
    }


def phone(number: str, *, with_type: bool, about: str | None = None) -> Json:
    """A Finnish number with its prefix apart: 040 000 0123 is +358 and 400000123."""
    digits = "".join(c for c in number if c.isdigit())
    shape: Json = {
        "prefixNumber": "+358",
        "number": digits.removeprefix("0"),
        "language": "fi",
        "isFinnishServiceNumber": False,
        "additionalInformation": about,
        "serviceChargeType": "Chargeable",
        "chargeDescription": None,
    }
    return shape | ({"type": "Phone"} if with_type else {})


def web_page(url: str, label: str | None) -> Json:
    """A web address."""
    return {"url": url, "value": label, "language": "fi"}


def hours(activity: Activity) -> list[Json]:
    """The weekly opening of an activity, and for one in five a closed week at midsummer."""
    times = {"from": f"{activity.opens_at}:00", "to": f"{activity.closes_at}:00"}
    weekly = {"dayFrom": WEEKDAYS[activity.weekday - 1], "dayTo": "", **times}
    rules = [_rule("DaysOfTheWeek", openings=[weekly])]
    if digest(activity.id, "midsummer") % 5 == 0:
        rules.append(_rule("Exceptional", "2027-06-21T00:00:00", "2027-06-27T00:00:00", about="Juhannustauko"))
    return rules


def _rule(
    kind: str, start: str | None = None, end: str | None = None, *, about: str | None = None, openings: Any = ()
) -> Json:
    return {
        "serviceHourType": kind,
        "validFrom": start,
        "validTo": end,
        "isClosed": not openings,
        "validForNow": start is None,
        "isAlwaysOpen": False,
        "isReservation": False,
        "additionalInformation": words(fi=about),
        "openingHour": list(openings),
    }


def organization(sighting: Sighting, root: str, children: list[Json], services: list[Json]) -> Json:
    """An organisation (V10VmOpenApiOrganization, which v11 still answers with)."""
    seen, own = sighting.organisation, sighting.native_id
    areas = [municipal_area(seen.place)] if seen.place and seen.level != "national" else None
    descriptions = typed("Description", fi=seen.description_fi, sv=seen.description_sv)
    home = seen.place if seen.type == "municipality" else None
    return {
        "id": own,
        "sourceId": None,
        "oid": None if digest(own, "oid") % 2 else "",
        "parentOrganizationId": sighting.parent_native_id,
        "organizationRootId": root,
        "organizationType": ORGANIZATION_TYPES.get(seen.type, "Organization"),
        "municipality": municipality(home.municipality_code, home.municipality) if home else None,
        "businessCode": seen.business_id,
        "businessName": None,
        "organizationNames": [
            *typed("Name", sv=seen.name_sv),
            *typed("AlternativeName", fi=seen.abbreviation),
            *typed("Name", fi=seen.name_fi),
        ],
        "displayNameType": [
            {"type": "Name", "language": language} for language in ("fi", "sv") if language == "fi" or seen.name_sv
        ],
        "areaType": "LimitedType" if areas else "Nationwide",
        "areas": areas,
        "organizationDescriptions": typed("Summary", fi=seen.summary_fi[:150]) + descriptions,
        "emails": [{"value": seen.email, "language": "fi", "description": None}]
        if seen.email
        else nothing(own, "emails"),
        "phoneNumbers": [phone(seen.phone, with_type=False)] if seen.phone else nothing(own, "phones"),
        "webPages": [web_page(seen.website, seen.name_fi)] if seen.website else nothing(own, "pages"),
        "electronicInvoicings": nothing(own, "invoicing"),
        "addresses": [_visiting(seen.place, own)] if seen.place else nothing(own, "addresses"),
        "publishingStatus": "Published",
        "services": services or nothing(own, "services"),
        "modified": modified(own),
        "subOrganizations": children or nothing(own, "children"),
    }


def _visiting(place: Place, identifier: str) -> Json:
    return {
        "type": "Visiting",
        "subType": "Street",
        "postOfficeBoxAddress": None,
        "streetAddress": street_address(place, identifier),
        "otherAddress": None,
        "foreignAddress": None,
        "country": "FI",
    }
