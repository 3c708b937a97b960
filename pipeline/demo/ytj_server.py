"""PRH's open data (YTJ v3) as a local server: companies by Y-tunnus, filled from sightings.

It repeats the habits of the register: numeric codes, descriptions in three languages, former names beside those in
force, streets in parts, an empty list for what it does not know, 429 for who asks too fast. How these are read back
is in `pipeline.sources.ytj`.
"""

import json
from collections.abc import Sequence
from itertools import count
from typing import Any

from pipeline.demo.server import Reply, Request, Site
from pipeline.demo.world import Organisation, Place, Sighting

FORMS = {"ry": ("6", "Aatteellinen yhdistys"), "sr": ("18", "Säätiö"), "osk": ("14", "Osuuskunta")}
"""Legal form -> code and Finnish name there; every other form is 29, another association."""
SINCE = "2001-05-14"
PATH = "/opendata-ytj-api/v3"


def ytj_site(sightings: Sequence[Sighting], *, busy_every: int = 0) -> Site:
    """A site that knows the sightings with a Y-tunnus; every `busy_every`-th question is answered with 429."""
    known = {s.organisation.business_id: _company(s.organisation) for s in sightings if s.organisation.business_id}
    asked = count(1)

    def handler(request: Request) -> Reply:
        if busy_every and next(asked) % busy_every == 0:
            return Reply(b"Too many requests", "text/plain", 429, {"Retry-After": "0"})
        found = known.get(request.first("businessId"))
        answer = {"totalResults": 1 if found else 0, "companies": [found] if found else []}
        return Reply(json.dumps(answer, ensure_ascii=False).encode())

    site = Site()
    site.route(f"{PATH}/companies", handler)
    return site


def former_name(o: Organisation) -> str:
    """What the invented organisation was called before."""
    return f"Entinen {o.name_fi}"


def _described(text: str) -> list[dict[str, str]]:
    return [{"languageCode": "3", "description": f"{text} (en)"}, {"languageCode": "1", "description": text}]


def _name(name: str, kind: str, version: int, ended: str | None = None) -> dict[str, Any]:
    since = {"registrationDate": SINCE, "endDate": ended}
    return {"name": name, "type": kind, **since, "version": version, "source": "1"}


def _company(o: Organisation) -> dict[str, Any]:
    code, form = FORMS.get(o.legal_form, ("29", "Muu yhdistys"))
    names = [_name(o.name_fi, "1", 1), _name(former_name(o), "1", 2, "2010-01-01")]
    if o.name_sv:
        names.append(_name(o.name_sv, "2", 1))
    if o.abbreviation:
        names.append(_name(o.abbreviation, "3", 1))
    return {
        "businessId": {"value": o.business_id, "registrationDate": SINCE, "source": "3"},
        "names": names,
        "mainBusinessLine": {
            "type": "94999",
            "descriptions": _described("Muualla luokittelemattomat järjestöt"),
            "typeCodeSet": "TOIMI3",
            "registrationDate": SINCE,
            "source": "2",
        },
        "website": {"url": o.website, "registrationDate": SINCE, "source": "0"} if o.website else None,
        "companyForms": [
            {
                "type": code,
                "descriptions": _described(form),
                "registrationDate": SINCE,
                "endDate": None,
                "version": 1,
                "source": "1",
            }
        ],
        "companySituations": [],
        "registeredEntries": [{"type": "1", "register": "1", "authority": "2", "registrationDate": SINCE}],
        "addresses": [_address(o.place)] if o.place else [],
        "tradeRegisterStatus": "1" if o.is_active else "4",
        "status": "2",
        "registrationDate": SINCE,
        "endDate": None if o.is_active else "2020-12-31",
        "lastModified": "2026-03-01 10:20:30",
    }


def _address(place: Place) -> dict[str, Any]:
    """The street and its number are kept apart, as the register does; somebody takes the post in."""
    street, _, number = place.street.rpartition(" ")
    offices = (("1", place.city), ("2", f"{place.city} (sv)"))
    return {
        "type": 1,
        "street": street or number,
        "buildingNumber": number if street else "",
        "entrance": "",
        "apartmentNumber": "",
        "apartmentIdSuffix": "",
        "postOfficeBox": "",
        "co": "Maija Esimerkki",
        "country": None,
        "freeAddressLine": None,
        "postCode": place.postal_code,
        "postOffices": [
            {"city": city, "languageCode": code, "municipalityCode": place.municipality_code} for code, city in offices
        ],
        "registrationDate": SINCE,
        "source": "0",
    }
