"""Reads the area where an organisation works or a service is offered."""

from collections.abc import Mapping
from functools import lru_cache

from pipeline.transform.places.codes import fold, municipality, without_path
from pipeline.transform.reference import AreaName, counties, municipalities, regions
from pipeline.transform.values import NOTHING, Reading, is_empty

EXTENTS: Mapping[str, str] = {
    "municipality": "municipality",
    "kunta": "municipality",
    "city": "municipality",
    "region": "region",
    "province": "region",
    "maakunta": "region",
    "state": "region",
    "county": "county",
    "wellbeingservicecounty": "county",
    "wellbeingservicecounties": "county",
    "wellbeingservicescounty": "county",
    "wellbeingservicescounties": "county",
    "hyvinvointialue": "county",
    "nationwide": "nationwide",
    "wholecountry": "nationwide",
    "koko maa": "nationwide",
    "koko suomi": "nationwide",
    "valtakunnallinen": "nationwide",
    "hela landet": "nationwide",
    "hela finland": "nationwide",
    "nationwide_without_aland": "nationwide_without_aland",
    "nationwideexceptalandislands": "nationwide_without_aland",
    "wholecountryexceptaland": "nationwide_without_aland",
    "koko suomi paitsi ahvenanmaa": "nationwide_without_aland",
}
"""How sources call the kinds of area, casefolded: PTV v11 and v12, Lähellä, spreadsheets."""


@lru_cache(maxsize=10_000)
def area(kind: str | None, code: str | None = None, name: str | None = None) -> Reading[tuple[str, str | None, str]]:
    """The extent (a value of `area_extent`), code and Finnish name of an area where somebody works.

    The name decides when the source gives no kind: a region before a municipality of the same name.
    An area that the lists do not know is kept as `other` under its own name, with `municipality_unknown` when it
    was to be a municipality and `code_unknown` otherwise.
    """
    extent = EXTENTS.get(fold(kind or ""))
    if extent is None and name:
        extent = EXTENTS.get(fold(name)) or _extent_of_name(name)
    if extent in ("nationwide", "nationwide_without_aland"):
        return Reading((extent, None, "Koko Suomi" if extent == "nationwide" else "Koko Suomi paitsi Ahvenanmaa"))
    if extent == "municipality":
        read = municipality(code) if code and not is_empty(code) else NOTHING
        if read.value is None:
            read = municipality(name)
        if read.value:
            return Reading((extent, read.value, municipalities()[read.value].name_fi), read.problem)
    elif extent in ("region", "county"):
        areas = regions() if extent == "region" else counties()
        found = areas.get((code or "").strip().zfill(2)) or _named(areas, name)
        if found:
            return Reading((extent, found.code, found.name_fi))
    if is_empty(code) and is_empty(name):
        return Reading(None, "code_unknown") if extent or not is_empty(kind) else NOTHING
    problem = "municipality_unknown" if extent == "municipality" else "code_unknown"
    return Reading(("other", None if is_empty(code) else code, (name or code or "").strip()), problem)


def _extent_of_name(name: str) -> str | None:
    if _named(regions(), name):
        return "region"
    if _named(counties(), name):
        return "county"
    return "municipality" if municipality(name).value else None


def _named(areas: Mapping[str, AreaName], name: str | None) -> AreaName | None:
    """The area of that name in Finnish, Swedish or English; counties also without their last word."""
    wanted = fold(without_path(name or ""))
    for suffix in (" maakunta", " region", " landskap"):
        wanted = wanted.removesuffix(suffix)
    for a in areas.values():
        if wanted and wanted in (fold(a.name_fi), fold(a.name_sv), fold(a.name_en), fold(a.genitive_fi)):
            return a
        if wanted and wanted == fold(a.name_fi).removesuffix(" hyvinvointialue"):
            return a
    return None
