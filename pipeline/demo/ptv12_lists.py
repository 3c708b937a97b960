"""The code lists of the invented PTV v12, from the reference lists; names that are missing are empty texts."""

from collections.abc import Iterable
from typing import Any

from pipeline.demo.ptv_shapes import Json
from pipeline.transform import reference

ONTOLOGY = {"http://www.yso.fi/onto/koko/p38": ("vertaistuki", "kamratstöd")}
INDUSTRIES = {
    "94999": ("http://www.stat.fi/meta/luokitukset/toimiala/001-2008/94999", "Muut järjestöt"),
}


def names(finnish: str, swedish: str = "", english: str = "") -> Json:
    """A name in the platform's languages; missing ones are empty (verified)."""
    return {"fi": finnish, "sv": swedish, "en": english, "se": "", "smn": "", "sms": ""}


def code_lists(used: Iterable[Json]) -> dict[str, list[Json]]:
    """All lists by their path; `used` are street addresses of v11, whose post offices are listed too."""
    towns = reference.municipalities().values()
    postal = {p.code: names(p.name_fi.upper(), p.name_sv.upper()) for p in reference.postal_codes().values()}
    for address in used:
        told = {word["language"]: word["value"] for word in address["postOffice"]}
        postal[address["postalCode"]] = names(told.get("fi", ""), told.get("sv", ""))
    return {
        "service-classes": _classes("service_classes"),
        "target-groups": _classes("target_groups"),
        "life-events": _classes("life_events"),
        "industrial-classes": [
            {"code": code, "uri": uri, "parentUri": None, "isValid": True, "name": names(name)}
            for code, (uri, name) in INDUSTRIES.items()
        ],
        "ontology-terms": [
            {"uri": uri, "type": None, "parentUris": [], "isValid": True, "name": names(*words)}
            for uri, words in ONTOLOGY.items()
        ],
        "municipality-codes": [
            {"code": town.code, "isValid": True, "name": names(town.name_fi, town.name_sv, town.name_fi)}
            for town in towns
        ],
        "region-codes": [
            _area(area, [town.code for town in towns if town.region_code == area.code])
            for area in reference.regions().values()
        ],
        "wellbeing-services-county-codes": [
            _area(area, [town.code for town in towns if town.county_code == area.code])
            for area in reference.counties().values()
        ],
        "postal-codes": [{"code": code, "isValid": True, "name": name} for code, name in postal.items()],
        "country-codes": [{"code": "FI", "isValid": True, "name": names("Suomi", "Finland", "Finland")}],
        "language-codes": [{"code": "fi", "isValid": True, "name": names("suomi", "finska", "Finnish")}],
    }


def _area(area: reference.AreaName, inside: list[str]) -> Json:
    name = names(area.name_fi, area.name_sv, area.name_en)
    return {"code": area.code, "isValid": True, "name": name, "municipalities": inside}


def _classes(scheme: Any) -> list[Json]:
    known = reference.ptv_classes(scheme)
    return [
        {
            "code": one.code,
            "uri": one.uri,
            "parentUri": known[one.parent_code].uri if one.parent_code else None,
            "isValid": True,
            "name": names(one.name_fi, one.name_sv, one.name_en),
        }
        for one in known.values()
    ]
