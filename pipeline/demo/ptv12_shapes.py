"""What an object of the invented PTV v11 looks like in v12: the same ids and content in the other shapes.

Every required key of the platform's models is written. What v11 does not hold and v12 wants (who entered an
address, when a thing was copied) is derived from ids, so the same world always gives the same bytes.
"""

from datetime import datetime, timedelta
from typing import Any

from pipeline.demo.ptv_shapes import WEEKDAYS, Json, digest

ORGANIZATION_TEXTS = {"Summary": "summary", "Description": "description"}
SERVICE_TEXTS = ORGANIZATION_TEXTS | {
    "UserInstruction": "userInstructions",
    "ChargeTypeAdditionalInfo": "chargeTypeAdditionalInformation",
}
CHANNEL_TYPES = {"EChannel": "EService", "Phone": "TelephoneService"}
CHARGES = {"FreeOfCharge": "Free", "Chargeable": "Charged", "Other": "ExtraCharge"}
EXTENTS = {"Nationwide": "WholeCountry", "NationwideExceptAlandIslands": "WholeCountryExceptAland"}
LISTS = {"Municipality": "municipalities", "Region": "regions", "WellbeingServiceCounties": "wellbeingServicesCounties"}


def published(identifier: str, changed: str) -> str:
    """When v12 published it: a while after it changed in v11, in its own form of moments."""
    moment = datetime.fromisoformat(changed) + timedelta(minutes=60 + digest(identifier, "copied") % 30)
    return moment.isoformat(timespec="milliseconds") + "Z"


def stamps(identifier: str, changed: str) -> Json:
    """`publishedAt`, null now and then, and `migratedAt`, absent now and then."""
    moment = published(identifier, changed)
    number = digest(identifier, "stamps")
    found: Json = {"publishedAt": None if number % 11 == 0 else moment}
    return found | ({} if number % 3 == 0 else {"migratedAt": moment})


def map_of(values: list[Json] | None) -> dict[str, str]:
    """A list of localised values as a language map."""
    return {value["language"]: value["value"] for value in values or [] if value["value"] is not None}


def versions(names: list[Json], descriptions: list[Json], texts: dict[str, str], more: Any) -> Json:
    """The language versions: one for each language that has a name, a text or an entry of `more`."""
    used = {value["language"] for value in names + descriptions if value["value"]}
    found: Json = {}
    for language in sorted(used):
        typed = {value["type"]: value["value"] for value in names if value["language"] == language}
        own: Json = {"name": typed.get("Name", ""), "alternativeName": typed.get("AlternativeName")}
        own |= dict.fromkeys(texts.values())
        for value in descriptions:
            if value["language"] == language and value["type"] in texts:
                own[texts[value["type"]]] = value["value"]
        found[language] = own | more(language)
    return found


def in_language(language: str, values: list[Json] | None) -> list[Json]:
    return [value for value in values or [] if value["language"] == language]


def phones(values: list[Json] | None, language: str, *, kinds: tuple[str, ...] = ("Phone", "Sms")) -> list[Json]:
    """The numbers of a language; a service number has no dial code."""
    found = []
    for value in in_language(language, values):
        if (kind := value.get("type", "Phone")) not in kinds:
            continue
        shape: Json = {
            "type": kind if kind != "Phone" else "InternationalPhone",
            "additionalInformation": value["additionalInformation"],
            "chargeDescription": value["chargeDescription"],
            "chargeType": CHARGES[value["serviceChargeType"]],
            "number": value["number"],
        }
        if value["isFinnishServiceNumber"]:
            shape["type"] = "DomesticPhone"
        else:
            shape["dialCode"] = value["prefixNumber"]
        found.append(shape)
    return found


def pages(values: list[Json] | None, language: str) -> list[Json]:
    """The web pages of a language; a name is never null."""
    return [{"name": value["value"] or "", "url": value["url"]} for value in in_language(language, values)]


def emails(values: list[Json] | None, language: str) -> list[Json]:
    return [{"email": value["value"]} for value in in_language(language, values)]


def area(body: Json) -> Json | None:
    """Where the thing holds; null without an extent, one municipality alone for a municipal organisation."""
    if body.get("municipality"):
        return {"areaType": "LimitedArea", "municipalities": [body["municipality"]["code"]]}
    if body["areaType"] in EXTENTS:
        return {"areaType": EXTENTS[body["areaType"]]}
    if body["areaType"] is None:
        return None
    lists: dict[str, list[str]] = {name: [] for name in LISTS.values()}
    for entry in body["areas"] or []:
        codes = [m["code"] for m in entry["municipalities"]] if entry["type"] == "Municipality" else [entry["code"]]
        if entry["type"] in LISTS:
            lists[LISTS[entry["type"]]] += codes
    return {"areaType": "LimitedArea", **lists}


def street(place: Json, *, register: bool = False) -> Json:
    """A street address; its municipality and post office are not told."""
    points: list[Json] = []
    if place.get("latitude"):
        northing, easting = float(place["latitude"]), float(place["longitude"])
        points.append({"system": "EPSG:3067", "source": "NLS", "easting": easting, "northing": northing})
    found = {
        "addressSource": {"source": "Posti"},
        "streetName": map_of(place["street"]),
        "addressDetail": place["streetNumber"] or "",
        "postalCode": place["postalCode"],
        "coordinates": points,
        "additionalInformation": map_of(place["additionalInformation"]),
    }
    return found | ({"accessibilityRegisterServicePointId": None} if register else {})


def location(values: list[Json] | None, *, register: bool = False) -> Json:
    streets = [value["streetAddress"] for value in values or [] if value["streetAddress"]]
    return {
        "streetAddresses": [street(one, register=register) for one in streets],
        "otherAddresses": [],
        "foreignAddresses": [],
    }


def no_contact_addresses() -> Json:
    """The three empty lists."""
    return {"streetAddresses": [], "postOfficeBoxAddresses": [], "foreignAddresses": []}


def hours(rules: list[Json] | None) -> Json:
    """Service hours: weekly rules and exceptions, those that are closed all day on every weekday."""
    found = []
    for rule in rules or []:
        week: Json = {}
        for opening in rule["openingHour"]:
            one: Json = {"start": opening["from"][:5], "end": opening["to"][:5], "openingStatus": "Open"}
            one |= {"repetition": "Weekly", "additionalInformation": {}}
            week.setdefault(opening["dayFrom"].lower(), {"hours": []})["hours"].append(one)
        made: Json = {"heading": map_of(rule["additionalInformation"]), "additionalInformation": {}}
        if rule["serviceHourType"] == "Exceptional":
            shut: Json = {"start": "00:00", "end": "24:00", "openingStatus": "Closed"}
            shut |= {"repetition": "Weekly", "additionalInformation": {}}
            week = week or {day.lower(): {"hours": [dict(shut)]} for day in WEEKDAYS}
            dates = {"fromDate": rule["validFrom"][:10], "toDate": rule["validTo"][:10]}
            found.append({"type": "ExceptionalDateRangeServiceHour", **dates, **made, "weeklyHours": week})
        else:
            found.append({"type": "WeeklyUntilFurtherNoticeServiceHour", **made, "weeklyHours": week})
    return {"hours": found, "holidayServiceHours": None}


def organization(body: Json) -> Json:
    """An organisation of one of the five types."""

    def more(language: str) -> Json:
        shown = {choice["language"]: choice["type"] for choice in body["displayNameType"] or []}
        return {
            "isAlternativeNamePrimary": shown.get(language) == "AlternativeName",
            "contactEmails": [
                {"email": value["value"], "additionalInformation": value["description"]}
                for value in in_language(language, body["emails"])
            ],
            "contactWebPages": pages(body["webPages"], language),
            "contactPhoneNumbers": phones(body["phoneNumbers"], language),
        }

    held = versions(body["organizationNames"], body["organizationDescriptions"], ORGANIZATION_TEXTS, more)
    return {
        **stamps(body["id"], body["modified"]),
        "contentId": body["id"],
        "parentOrganizationContentId": body["parentOrganizationId"],
        "languageVersions": held,
        "businessId": body["businessCode"] or "",
        "oid": body["oid"],
        "eInvoiceAddresses": [],
        "contactAddresses": no_contact_addresses(),
        "location": location(body["addresses"]),
        "organizationType": body["organizationType"],
        "area": area(body),
    }


def service(body: Json) -> Json:
    """A service; its channels are in connections."""

    def more(language: str) -> Json:
        return {
            "conditions": map_of(body["requirements"]).get(language),
            "legislationLinks": [],
            "freelyAssignedKeywords": [value["value"] for value in in_language(language, body["keywords"])],
            "voucher": {"voucherType": "NotUsed"},
        }

    roles: dict[str, list[str]] = {}
    for entry in body["organizations"]:
        roles.setdefault(entry["roleType"], []).append(entry["organization"]["id"])
    nobody: Json = {"organizations": [], "other": []}
    return {
        **stamps(body["id"], body["modified"]),
        "contentId": body["id"],
        "organizationContentId": roles["Responsible"][0],
        "generalDescriptionContentId": body["generalDescriptionId"],
        "targetGroups": [term["code"] for term in body["targetGroups"] or []],
        "industrialClasses": [term["uri"] for term in body["industrialClasses"] or []],
        "lifeEvents": [term["code"] for term in body["lifeEvents"] or []],
        "ontologyTerms": [term["uri"] for term in body["ontologyTerms"] or []],
        "serviceClasses": [term["code"] for term in body["serviceClasses"] or []],
        "producers": {
            "selfProducedProducers": {"organizations": roles.get("Producer", [])},
            "procuredProducers": nobody,
            "otherProducers": nobody,
        },
        "otherResponsibleOrganizations": roles.get("OtherResponsible", []),
        "chargeType": CHARGES.get(body["serviceChargeType"] or ""),
        "fundingType": body["fundingType"],
        "serviceLanguages": body["languages"],
        "area": area(body),
        "serviceType": body["type"],
        "languageVersions": versions(body["serviceNames"], body["serviceDescriptions"], SERVICE_TEXTS, more),
    }


def connection(service_id: str, body: Json, channel_key: str) -> Json:
    """A connection of v11, taken out of its service."""
    channel = body["serviceChannel"]["id"]
    return {
        **stamps(service_id + channel, body["modified"]),
        "serviceContentId": service_id,
        channel_key: channel,
        "contactAddresses": no_contact_addresses(),
        "chargeType": None,
        "serviceHours": hours(body["serviceHours"]),
        "languageVersions": {},
    }
