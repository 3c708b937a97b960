"""The reference lists of `data/reference`, loaded once and typed.

Belongs here: what the files say, and every written form of a place name that they imply.
Does not belong here: how a cell with a place, a theme or a code in it is read (`places`, `themes`).
"""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Literal

DIRECTORY = Path(__file__).parents[2] / "data" / "reference"


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality of the 2026 list with the areas it belongs to."""

    code: str
    """Three digits, as Statistics Finland writes it."""
    name_fi: str
    name_sv: str
    genitive_fi: str
    genitive_alt: str
    """A second genitive in use, or empty."""
    region_code: str
    region_fi: str
    region_sv: str
    county_code: str
    county_fi: str
    county_sv: str
    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True)
class FormerMunicipality:
    """A municipality that has merged or changed its name."""

    code: str
    """The code it had; a renamed municipality keeps its code."""
    name_fi: str
    name_sv: str
    genitive_fi: str
    date: str
    """When it ended under this name, ISO; empty when unknown."""
    change: str
    """merged or renamed."""
    current_codes: tuple[str, ...]
    """Municipalities of today; several when its land was divided."""


@dataclass(frozen=True, slots=True)
class AreaName:
    """A region (maakunta) or a wellbeing services county (hyvinvointialue)."""

    code: str
    name_fi: str
    name_sv: str
    name_en: str
    genitive_fi: str


@dataclass(frozen=True, slots=True)
class PostalCode:
    """A postal code that post is delivered to."""

    code: str
    name_fi: str
    """The post office (postitoimipaikka)."""
    name_sv: str
    kind: str
    """area, box (post-office boxes), company (one large receiver) or reply (reply mail)."""
    municipality_code: str


@dataclass(frozen=True, slots=True)
class PtvClass:
    """A service class, target group or life event of PTV, the national service catalogue."""

    code: str
    name_fi: str
    name_sv: str
    name_en: str
    uri: str
    parent_code: str


@dataclass(frozen=True, slots=True)
class LegalForm:
    """A word that tells the legal form or the kind of body in a name, such as "ry" or "säätiö"."""

    token: str
    legal_form: str
    """A value of the code list `legal_form`; empty when the word alone does not settle it."""
    organization_type: str
    """A value of the code list `organization_type`."""
    language: str
    position: str
    """suffix, prefix, prefix_or_suffix, infix, compound_or_suffix, suffix_inflected or head_noun."""


@dataclass(frozen=True, slots=True)
class PlaceForm:
    """What one written form of a place name stands for."""

    kind: Literal["municipality", "region", "county"]
    codes: tuple[str, ...]
    """Codes of `kind`; several when the form is ambiguous."""
    is_genitive: bool
    """True for "Kuopion"; false where the nominative looks the same."""
    language: str
    """fi or sv; fi when the form is the same in both."""
    is_former: bool
    """True when no place of today has the name."""


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of one reference file, as text."""
    with (DIRECTORY / f"{name}.csv").open(encoding="utf-8", newline="") as f:
        yield from csv.DictReader(f)


@cache
def municipalities() -> Mapping[str, Municipality]:
    """The municipalities of 2026 by code."""
    return MappingProxyType(
        {
            r["code"]: Municipality(
                **{k: v for k, v in r.items() if k not in ("latitude", "longitude")},
                latitude=float(r["latitude"]),
                longitude=float(r["longitude"]),
            )
            for r in rows("municipalities")
        }
    )


@cache
def former_municipalities() -> tuple[FormerMunicipality, ...]:
    """Municipalities that ended or were renamed since 1922, with those of today. Ceded areas are not in it."""
    return tuple(
        FormerMunicipality(**{**r, "current_codes": tuple(r["current_codes"].split())})  # type: ignore[arg-type]
        for r in rows("former_municipalities")
    )


@cache
def regions() -> Mapping[str, AreaName]:
    """The regions (maakunnat) by code."""
    return MappingProxyType({r["code"]: AreaName(**r) for r in rows("regions")})


@cache
def counties() -> Mapping[str, AreaName]:
    """The wellbeing services counties by code, with 90 (City of Helsinki) and 91 (Åland), which have none."""
    return MappingProxyType({r["code"]: AreaName(**r) for r in rows("counties")})


@cache
def postal_codes() -> Mapping[str, PostalCode]:
    """The postal codes by code. The largest list; loaded when first asked for."""
    with (DIRECTORY / "postal_codes.csv").open(encoding="utf-8", newline="") as f:
        lines = csv.reader(f)
        next(lines)
        return MappingProxyType({line[0]: PostalCode(*line) for line in lines})


@cache
def ptv_classes(name: Literal["service_classes", "target_groups", "life_events"]) -> Mapping[str, PtvClass]:
    """One of the three classifications of PTV by code."""
    return MappingProxyType({r["code"]: PtvClass(**r) for r in rows(f"ptv_{name}")})


@cache
def legal_forms() -> Mapping[str, LegalForm]:
    """The words of legal forms, by casefolded token."""
    return MappingProxyType({r["token"].casefold(): LegalForm(**r) for r in rows("legal_forms")})


@cache
def place_forms() -> Mapping[str, PlaceForm]:
    """Every written form of a municipality, region or wellbeing services county, casefolded.

    Many are common words as well (Salo, Lieto, Ii, Lappi): they are given as they are, the caller judges.
    Where one form has several readings, the first of these wins, and within one kind all codes are kept:
    a municipality of today in the nominative, in the genitive; a region; a county; a former municipality.
    """
    forms: dict[str, PlaceForm] = {}
    for candidates in (
        _nominatives(),
        _genitives(),
        _areas("region", regions().values()),
        _areas("county", (c for c in counties().values() if c.code < "90")),
        _former(),
    ):
        found: dict[str, PlaceForm] = {}
        for text, form in candidates:
            key = text.casefold()
            if not text or key in forms:
                continue
            first = found.setdefault(key, form)
            if first.codes != form.codes:
                codes = tuple(sorted({*first.codes, *form.codes}))
                found[key] = PlaceForm(form.kind, codes, first.is_genitive, first.language, first.is_former)
        forms.update(found)
    return MappingProxyType(forms)


Candidates = Iterator[tuple[str, PlaceForm]]


def _swedish_genitive(name: str) -> str:
    """Swedish adds -s, but not to a name that ends in a sibilant."""
    return "" if name.endswith(("s", "x", "z")) else f"{name}s"


def _nominatives() -> Candidates:
    for m in municipalities().values():
        for name in (m.name_fi, *_short_names(m.name_fi)):
            yield name, PlaceForm("municipality", (m.code,), False, "fi", False)
        yield m.name_sv, PlaceForm("municipality", (m.code,), False, "sv", False)


def _genitives() -> Candidates:
    for m in municipalities().values():
        for name in (m.genitive_fi, m.genitive_alt):
            yield name, PlaceForm("municipality", (m.code,), True, "fi", False)
        yield _swedish_genitive(m.name_sv), PlaceForm("municipality", (m.code,), True, "sv", False)


def _short_names(name: str) -> Iterator[str]:
    """Official names carry a mark that people leave out: Koski Tl, Pedersören kunta."""
    if name.endswith(" Tl"):
        yield name.removesuffix(" Tl")


def _areas(kind: Literal["region", "county"], areas: Iterable[AreaName]) -> Candidates:
    for a in areas:
        yield a.name_fi, PlaceForm(kind, (a.code,), False, "fi", False)
        yield a.genitive_fi, PlaceForm(kind, (a.code,), True, "fi", False)
        yield a.name_sv, PlaceForm(kind, (a.code,), False, "sv", False)
        yield _swedish_genitive(a.name_sv), PlaceForm(kind, (a.code,), True, "sv", False)


def _former() -> Candidates:
    for f in former_municipalities():
        base = PlaceForm("municipality", f.current_codes, False, "fi", True)
        genitive = PlaceForm("municipality", f.current_codes, True, "fi", True)
        yield f.name_fi, base
        yield f.genitive_fi, genitive
        if f.name_fi.endswith(" mlk"):  # maalaiskunta, the rural municipality around a town
            yield f.genitive_fi.removesuffix("kunnan") + "kunta", base
        if f.name_sv != f.name_fi:
            yield f.name_sv, PlaceForm("municipality", f.current_codes, False, "sv", True)
