"""The five kinds of service channels of the invented PTV in the shapes of v12."""

from pipeline.demo.ptv12_shapes import (
    CHANNEL_TYPES,
    ORGANIZATION_TEXTS,
    area,
    emails,
    hours,
    in_language,
    location,
    map_of,
    no_contact_addresses,
    pages,
    phones,
    stamps,
    street,
    versions,
)
from pipeline.demo.ptv_shapes import Json

FILE_TYPES = {"PDF": "pdf", "DOC": "doc", "Excel": "excel"}


def channel(body: Json) -> Json:
    """A service channel of one of the five types; an address on the web is null where v11 has no page."""
    own: str = body["serviceChannelType"]
    kind = CHANNEL_TYPES.get(own, own)
    place: Json = {
        "location": location(body.get("addresses"), register=True),
        "contactAddresses": no_contact_addresses(),
        "serviceHours": hours(body["serviceHours"]),
    }
    special: dict[str, Json] = {
        "ServiceLocation": place,
        "EService": {
            "electronicSignature": {"type": "NotRequired"},
            "electronicIdentification": "NotRequired",
            "serviceHours": hours(body["serviceHours"]),
        },
        "TelephoneService": {"serviceHours": hours(body["serviceHours"])},
        "PrintableForm": {"deliveryAddresses": [_delivery(one) for one in body.get("deliveryAddresses") or []]},
        "WebPage": {},
    }
    return {
        **stamps(body["id"], body["modified"]),
        "contentId": body["id"],
        "organizationContentId": body["organizationId"],
        "allowedConnectionType": "OwnOrganizations",
        "serviceLanguages": body["languages"],
        "area": area(body),
        "serviceChannelType": kind,
        "languageVersions": versions_of(body, kind),
        **special[kind],
    }


def versions_of(body: Json, kind: str) -> Json:
    """The language versions, with the keys of the kind and no others."""

    def more(language: str) -> Json:
        if kind == "ServiceLocation":
            return {
                "isAlternativeNamePrimary": False,
                "contactEmails": emails(body["emails"], language),
                "contactFaxNumbers": phones(body["phoneNumbers"], language, kinds=("Fax",)),
                "contactWebPages": pages(body["webPages"], language),
                "contactPhoneNumbers": phones(body["phoneNumbers"], language),
            }
        support: Json = {"supportEmails": emails(body["supportEmails"], language)}
        if kind == "TelephoneService":
            numbers = phones(body["phoneNumbers"], language, kinds=("Phone", "Sms", "Fax"))
            return support | {"phoneNumbers": numbers, "webAddress": _web_address(body, language)}
        support["supportPhoneNumbers"] = phones(body["supportPhones"], language)
        links = [
            {"name": one["name"], "url": one["url"], "additionalInformation": one["description"]}
            for one in in_language(language, body.get("attachments"))
        ]
        if kind == "PrintableForm":
            files = [
                {"name": "", "url": one["value"], "type": FILE_TYPES[one["type"]]}
                for one in in_language(language, body["channelUrls"])
            ]
            number = map_of(body["formIdentifier"]).get(language)
            return support | {"formIdentifier": number, "formFiles": files, "attachmentLinks": links}
        support |= {"accessibilityClassificationLevel": "Unknown", "webAddress": _web_address(body, language)}
        return support | ({"attachmentLinks": links} if kind == "EService" else {})

    found = versions(body["serviceChannelNames"], body["serviceChannelDescriptions"], ORGANIZATION_TEXTS, more)
    if kind != "ServiceLocation":
        for version in found.values():
            del version["alternativeName"]
    return found


def _web_address(body: Json, language: str) -> Json:
    page = next(iter(in_language(language, body["webPages"])), None)
    return {"url": page["url"], "name": page["value"]} if page else {"url": None, "name": None}


def _delivery(body: Json) -> Json:
    return {
        **street(body["streetAddress"]),
        "recipient": map_of(body["receiver"]),
        "deliveryAddressType": "StreetAddress",
    }
