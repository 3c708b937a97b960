"""Services and service channels of the invented PTV: what an activity becomes there.

A service is met at a service location, at the activity's place. An activity on the web has an e-service or a web
page besides; others have by chance of their id a phone line, a web page, an e-service or a form to print of the
organisation. The connection stands on both sides, as on the platform.
"""

from typing import Any

from pipeline.demo.ptv_shapes import (
    Json,
    digest,
    guid,
    hours,
    modified,
    municipal_area,
    nothing,
    phone,
    street_address,
    typed,
    web_page,
    words,
)
from pipeline.demo.world import Activity, Organisation, Sighting
from pipeline.transform import reference

CLASSES = {
    "T01": "P3.3", "T02": "P28.2", "T03": "P4.2", "T04": "P5.7", "T05": "P5.7", "T06": "P5.16", "T07": "P4.4",
    "T08": "P5.14", "T09": "P10.8", "T10": "P15.1", "T11": "P4.1", "T12": "P27.1", "T13": "P23.1", "T14": "P25.2",
    "T15": "P8.4", "T16": "P4.11", "T17": "P25.6", "T18": "P8.3", "T19": "P20.1", "T20": "P4.12",
}  # fmt: skip
"""Theme -> the service class that is typical of it."""
GROUPS = {"T01": "KR1.2", "T02": "KR1.3", "T03": "KR1.1", "T06": "KR1.4", "T07": "KR1.6"}
EXTRA_CHANNELS = (("WebPage", ""), ("EChannel", "/ilmoittaudu"), ("PrintableForm", "/lomake.pdf"))
"""Kinds of second channel, and their page below the organisation's site."""
LIFE_EVENTS = {"T08": "KE13", "T09": "KE8", "T10": "KE9", "T16": "KE5"}


def service(sighting: Sighting, activity: Activity, channels: list[Json]) -> Json:
    """A service (V11VmOpenApiService); `channels` are its connections."""
    own, owner = guid(sighting.native_id, activity.id, "service"), sighting.organisation
    ages = activity.age_range
    body = {"id": sighting.native_id, "name": owner.name_fi}
    group = GROUPS.get(activity.theme)
    return {
        "id": own,
        "sourceId": None,
        "generalDescriptionId": None,
        "type": "Service",
        "subType": None,
        "fundingType": "MarketFunded",
        "serviceNames": typed("Name", sv=activity.name_sv, fi=activity.name_fi),
        "serviceChargeType": "FreeOfCharge" if activity.is_free else "Chargeable",
        "areaType": "LimitedType",
        "areas": [municipal_area(activity.place)],
        "serviceDescriptions": [
            *typed("Description", fi=activity.description_fi),
            {"value": None, "type": "DeadLine", "language": "fi"},
            *typed("Summary", fi=activity.summary_fi[:150]),
            *typed("UserInstruction", fi="* Tule paikalle sovittuna aikana.\n* Kysy lisää järjestäjältä."),
            *typed("ChargeTypeAdditionalInfo", fi=None if activity.is_free else "Osallistumismaksu peritään paikalla."),
        ],
        "languages": ["fi", "sv"] if activity.name_sv else ["fi"],
        "serviceClasses": [_term("service_classes", CLASSES.get(activity.theme, "P8.4"), described=True)],
        "ontologyTerms": [],
        "targetGroups": [_term("target_groups", code) for code in ("KR1", group) if code],
        "lifeEvents": [_term("life_events", LIFE_EVENTS[activity.theme])] if activity.theme in LIFE_EVENTS else [],
        "industrialClasses": nothing(own, "industry"),
        "legislation": nothing(own, "legislation"),
        "keywords": nothing(own, "keywords"),
        "requirements": words(fi=f"{ages[0]}–{ages[1]}-vuotiaat" if ages else None),
        "serviceChannels": channels or None,
        "organizations": [
            _role(body, "Responsible", None),
            _role(dict(body), "Producer", "SelfProducedServices"),
        ],
        "serviceVouchersInUse": False,
        "serviceVouchers": nothing(own, "vouchers"),
        "serviceCollections": nothing(own, "collections"),
        "publishingStatus": "Published",
        "modified": modified(own),
        "responsibleSoteOrganization": None,
    }


def channels_of(sighting: Sighting, activity: Activity) -> list[Json]:
    """The channels of an activity: its place, and perhaps one more."""
    found = [location(sighting, activity)]
    owner, chance = sighting.organisation, digest(sighting.native_id, activity.id, "channel")
    if activity.online_url:
        kind = "EChannel" if chance % 2 else "WebPage"
        found.append(virtual(sighting, kind, activity.id, activity.name_fi, activity.online_url, activity))
    elif chance % 8 == 0 and owner.phone:
        found.append(virtual(sighting, "Phone", activity.id, f"{activity.name_fi}, puhelinneuvonta", None, activity))
    elif chance % 8 in (1, 2, 3) and owner.website:
        kind, page = EXTRA_CHANNELS[chance % 8 - 1]
        url = owner.website.rstrip("/") + page
        found.append(virtual(sighting, kind, activity.id, f"{activity.name_fi}, ilmoittautuminen", url, activity))
    return found


def own_channel(sighting: Sighting) -> Json | None:
    """A channel in the name of an organisation that has no activity: its phone, else its web site, else none."""
    owner = sighting.organisation
    if owner.phone:
        return virtual(sighting, "Phone", "own", f"{owner.name_fi}, puhelin", None)
    if owner.website:
        return virtual(sighting, "WebPage", "own", f"{owner.name_fi}, verkkosivut", owner.website)
    return None


def location(sighting: Sighting, activity: Activity) -> Json:
    """A service location at the place of an activity."""
    own = guid(sighting.native_id, activity.id, "ServiceLocation")
    address: Json = {
        "type": "Location",
        "subType": "Single",
        "postOfficeBoxAddress": None,
        "streetAddress": street_address(activity.place, own),
        "otherAddress": None,
        "locationAbroad": None,
        "entrances": [],
        "country": "FI",
    }
    owner = sighting.organisation
    special = {
        "oid": None,
        "displayNameType": [{"type": "Name", "language": "fi"}],
        "phoneNumbers": [phone(owner.phone, with_type=True)] if owner.phone else [],
        "emails": words(fi=owner.email),
        "webPages": [web_page(owner.website, None)] if owner.website else [],
        "addresses": [address],
        "serviceHours": hours(activity),
    }
    name = f"{activity.name_fi}, {activity.place.street}"
    return _channel(sighting, own, "ServiceLocation", name, activity) | special


def virtual(
    sighting: Sighting, kind: str, key: str, name: str, url: str | None, activity: Activity | None = None
) -> Json:
    """A phone line, web page, e-service or form; without an activity it is the organisation's own."""
    own = guid(sighting.native_id, key, kind)
    shape = _channel(sighting, own, kind, name, activity)
    owner = sighting.organisation
    shape["webPages"] = [web_page(url, None)] if url and kind != "PrintableForm" else []
    if kind == "Phone":
        shape["phoneNumbers"] = [phone(owner.phone, with_type=True, about="Neuvonta")] if owner.phone else []
    else:
        shape["supportPhones"] = [phone(owner.phone, with_type=False)] if owner.phone else nothing(own, "support")
    shape["supportEmails"] = words(fi=owner.email) or nothing(own, "support")
    if kind == "EChannel":
        shape |= {
            "signatureQuantity": 0,
            "requiresSignature": False,
            "requiresAuthentication": False,
            "attachments": [],
        }
    if kind in ("EChannel", "WebPage"):
        shape["accessibilityClassification"] = nothing(own, "accessibility")
    if kind == "PrintableForm":
        shape["formIdentifier"] = words(fi="L1")
        shape["channelUrls"] = typed("PDF", fi=url)
        shape["deliveryAddresses"] = _delivery(owner, own)
        shape["attachments"] = nothing(own, "attachments")
    return shape


def connection(other: str, identifier: str, name: str) -> Json:
    """A connection; `other` is serviceChannel or service, what stands at its far end."""
    return {
        other: {"id": identifier, "name": name},
        "serviceChargeType": None,
        "description": [],
        "extraTypes": [],
        "serviceHours": [],
        "contactDetails": None,
        "digitalAuthorizations": [],
        "modified": modified(identifier + other),
    }


def _channel(sighting: Sighting, own: str, kind: str, name: str, activity: Activity | None) -> Json:
    """The fields that all five kinds have."""
    place = activity.place if activity else sighting.organisation.place
    about = activity.summary_fi if activity else sighting.organisation.summary_fi
    return {
        "id": own,
        "sourceId": None,
        "serviceChannelType": kind,
        "organizationId": sighting.native_id,
        "serviceChannelNames": typed("Name", fi=name),
        "serviceChannelDescriptions": typed("Summary", fi=about[:150]) + typed("Description", fi=about),
        "areaType": "LimitedType" if place else "Nationwide",
        "areas": [municipal_area(place)] if place else None,
        "languages": ["fi"],
        "webPages": [],
        "serviceHours": [],
        "services": [],
        "serviceCollections": nothing(own, "collections"),
        "publishingStatus": "Published",
        "modified": modified(own),
        "responsibleSoteOrganization": None,
        "ontologyTerms": nothing(own, "ontology"),
    }


def _delivery(owner: Organisation, identifier: str) -> list[Json]:
    if owner.place is None:
        return []
    street = street_address(owner.place, identifier)
    for key in ("latitude", "longitude", "coordinateState"):
        del street[key]
    return [
        {
            "subType": "Street",
            "postOfficeBoxAddress": None,
            "streetAddress": street,
            "deliveryAddressInText": None,
            "receiver": words(fi=owner.name_fi),
        }
    ]


def _role(body: Json, role: str, provision: str | None) -> Json:
    return {"organization": body, "roleType": role, "provisionType": provision, "additionalInformation": []}


def _term(scheme: Any, code: str, *, described: bool = False) -> Json:
    """A class of one of PTV's code lists with its present address; the old URN is a stand-in."""
    known = reference.ptv_classes(scheme)[code]
    parent = known.parent_code or None
    above = reference.ptv_classes(scheme).get(parent) if parent else None
    return {
        "name": words(fi=known.name_fi, sv=known.name_sv, en=known.name_en),
        **({"description": []} if described else {}),
        "code": code,
        "ontologyType": {"service_classes": "PTVL", "target_groups": "TARGETGROUP"}.get(scheme, "LIFESITUATION"),
        "uri": f"http://urn.example.fi/{code}",
        "parentId": guid(scheme, parent) if parent else None,
        "parentUri": f"http://urn.example.fi/{parent}" if parent else None,
        "newUri": known.uri,
        "newParentUri": above.uri if above else None,
    }


def organization_role(row: Json) -> Json:
    """A service as its organisation lists it (here the platform writes the inner word SelfProduced)."""
    return {"service": row, "roleType": "Responsible", "provisionType": "SelfProduced", "additionalInformation": []}
