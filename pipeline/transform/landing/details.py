"""The values that organisations, services and places share: texts, contacts, addresses, areas, terms, hours."""

import re
from dataclasses import dataclass, field

from pipeline.privacy import identity_codes
from pipeline.sources.items import Address, Item
from pipeline.transform import texts
from pipeline.transform.contacts import emails, phones, url
from pipeline.transform.coordinates import to_wgs84
from pipeline.transform.landing.collector import Collector
from pipeline.transform.languages import language
from pipeline.transform.names import ascii_fold
from pipeline.transform.places import ResolvedAddress, area, resolve_address
from pipeline.transform.themes import themes_for

ORIGIN = {"EPSG:4326": "source", "EPSG:3067": "source_tm35fin"}


@dataclass(slots=True)
class Shared:
    """What the row of the record itself needs of its details; null when the source does not say."""

    description: str | None = None
    description_language: str | None = None
    email: str | None = None
    website: str | None = None
    place: ResolvedAddress | None = None
    latitude: float | None = None
    longitude: float | None = None
    coordinate_origin: str | None = None
    texts: dict[str, str] = field(default_factory=dict)
    """Field -> text in the first language given, Finnish before others."""

    def text(self, name: str) -> str | None:
        """A text by field."""
        return self.texts.get(name)


def land_details(c: Collector, record_id: str, item: Item) -> Shared:
    """Adds the detail rows of an item and returns what its own row needs."""
    shared = Shared()
    _texts(c, record_id, item, shared)
    _contacts(c, record_id, item, shared)
    _addresses(c, record_id, item, shared)
    _terms(c, record_id, item)
    if item.kind != "organization":
        for code in dict.fromkeys(item.languages):
            read = language(code)
            c.problem(record_id, "language", read.problem, code)
            if read.value:
                c.add("language", record_id, **c.owner(item.kind, record_id), code=read.value)
        for hours in item.hours:
            c.add(
                "schedule",
                record_id,
                **c.owner(item.kind, record_id),
                **{name: getattr(hours, name) for name in hours.__slots__},
            )
    if item.kind != "location":
        for one in item.areas:
            extent, problem = area(one.type, one.code, one.name)
            c.problem(record_id, "area", problem, one.name or one.code, used=extent is not None)
            if extent:
                kind, extent_code, label = extent
                c.add(
                    "service_area",
                    record_id,
                    **c.owner(item.kind, record_id),
                    name=label,
                    extent_type=kind,
                    extent=extent_code,
                )
    return shared


def _texts(c: Collector, record_id: str, item: Item, shared: Shared) -> None:
    """Plain texts in every language given; Finnish identity codes are masked at once and reported."""
    best: dict[str, tuple[int, str, str | None]] = {}
    for one in item.texts:
        if not one.value or not one.value.strip():
            continue
        plain = texts.plain(one.value, one.format)
        if not plain:
            continue
        masked = identity_codes.mask(plain)
        if masked != plain:
            c.problem(record_id, one.field, "personal_identity_code", None, used=True)
        if texts.is_damaged(masked):
            c.problem(record_id, one.field, "text_damaged", masked, used=True)
        code = language(one.language).value if one.language else None
        c.add("text", record_id, link_id=record_id, field=one.field, language=code, value=masked)
        rank = {"fi": 0, "sv": 1, "en": 2}.get(code or "", 3)
        if one.field not in best or rank < best[one.field][0]:
            best[one.field] = (rank, masked, code)
    shared.texts = {name: text for name, (_, text, _) in best.items()}
    for name in ("description", "summary"):
        if name in best:
            _, shared.description, shared.description_language = best[name]
            break


def _contacts(c: Collector, record_id: str, item: Item, shared: Shared) -> None:
    owner = c.owner(item.kind, record_id)
    seen_numbers = set()
    for phone in item.phones:
        for number, problem in phones(phone.value, phone.prefix, phone.is_service_number):
            c.problem(record_id, "phone", problem, phone.value, used=number is not None)
            if number is None or (number.number, phone.kind) in seen_numbers:
                continue
            seen_numbers.add((number.number, phone.kind))
            if item.kind == "organization":
                c.normalised(record_id, "phone", number.number, phone.value)
            c.add(
                "phone",
                record_id,
                **owner,
                number=number.number,
                type=phone.kind,
                description=phone.description or number.description,
                language=language(phone.language).value if phone.language else None,
            )
    people = [set(ascii_fold(p.name).split()) for p in item.contacts if p.name]
    seen_emails = set()
    for mail in item.emails:
        for address, problem in emails(mail.value):
            c.problem(record_id, "email", problem, mail.value, used=address is not None)
            if address and address not in seen_emails:
                seen_emails.add(address)
                if any(name <= set(re.split(r"[._-]", address.split("@")[0])) for name in people):
                    _person(c, record_id, None, None, address, None, owner)  # the mailbox of a person named beside it
                    continue
                shared.email = shared.email or address
                c.add("email", record_id, **owner, email=address, description=mail.description)
    _links(c, record_id, item, shared, owner)
    for person in item.contacts:
        _person(c, record_id, person.name, person.title, person.email, person.phone, owner)


def _links(c: Collector, record_id: str, item: Item, shared: Shared, owner: dict[str, str]) -> None:
    seen = set()
    for link in sorted(item.links, key=lambda one: not one.is_main):
        address, problem = url(link.value)
        c.problem(record_id, "website", problem, link.value, used=address is not None)
        if not address or address in seen:
            continue
        seen.add(address)
        if link.is_main or item.kind != "organization":
            shared.website = shared.website or address
        label = texts.tidy(link.label) if link.label else None
        c.add(
            "url",
            record_id,
            **owner,
            label=label,
            url=address,
            language=language(link.language).value if link.language else None,
        )


def _person(
    c: Collector,
    record_id: str,
    name: str | None,
    title: str | None,
    mail: str | None,
    number: str | None,
    owner: dict[str, str],
) -> None:
    found = [address for address, _ in emails(mail) if address] if mail else []
    tidy_name = texts.tidy(name) if name else None
    numbers = [read.number for read, _ in phones(number) if read] if number else []
    if not (tidy_name or found or numbers):
        return
    contact = c.add(
        "contact",
        record_id,
        **owner,
        name=tidy_name,
        title=texts.tidy(title) if title else None,
        email=found[0] if found else None,
    )
    for one in numbers:
        c.add("phone", record_id, **owner, contact_id=contact, number=one, type="voice")


def _addresses(c: Collector, record_id: str, item: Item, shared: Shared) -> None:
    physical_first = sorted(item.addresses, key=lambda a: a.type != "physical")
    for one in physical_first:
        resolved = resolve_address(
            street=one.street,
            postal_code=one.postal_code,
            city=one.city,
            municipality=one.municipality,
            municipality_code=one.municipality_code,
            line=one.line,
        )
        abroad = bool(one.country and one.country.upper() != "FI")
        if not abroad:
            for name, problem, raw in resolved.problems:
                used = problem in ("municipality_merged", "postal_code_mismatch")
                c.problem(record_id, name, problem, raw, used=used)
        latitude, longitude, origin = _coordinates(c, record_id, one)
        if shared.latitude is None and latitude is not None:
            shared.latitude, shared.longitude, shared.coordinate_origin = latitude, longitude, origin
        if shared.place is None and resolved.municipality_code and not abroad:
            shared.place = resolved
        said = [resolved.street, resolved.postal_code, resolved.city, latitude]
        if item.kind == "location":
            said.append(resolved.municipality_code)
        if item.kind == "service" or all(value is None for value in said):
            continue
        c.add(
            "address",
            record_id,
            **c.owner(item.kind, record_id),
            attention=texts.tidy(one.attention) if one.attention else None,
            address_1=resolved.street,
            city=resolved.city,
            region=resolved.municipality_fi,
            state_province=resolved.region_fi,
            postal_code=resolved.postal_code,
            country=(one.country or "FI").upper(),
            address_type=one.type,
            municipality_code=None if abroad else resolved.municipality_code,
            language=language(one.language).value if one.language else None,
            latitude=latitude,
            longitude=longitude,
            coordinate_origin=origin,
        )


def _coordinates(c: Collector, record_id: str, one: Address) -> tuple[float | None, float | None, str | None]:
    if one.crs is None or one.x in (None, "") or one.y in (None, ""):
        return None, None, None
    point, problem = to_wgs84(one.y, one.x, one.crs)
    c.problem(record_id, "coordinates", problem, f"{one.y}, {one.x}", used=point is not None)
    if point is None:
        return None, None, None
    return point[0], point[1], ORIGIN.get(one.crs, "source")


def _terms(c: Collector, record_id: str, item: Item) -> None:
    """Terms as the source gave them, and the themes that the crosswalk makes of them."""
    given = [(t.scheme, t.code or None, t.label or None) for t in item.terms if t.code or t.label]
    seen = set()
    for scheme, code, label in given:
        taxonomy = scheme if scheme.startswith("ptv_") else f"{c.source}:{scheme}"
        key = code or label
        if (taxonomy, key) in seen:
            continue
        seen.add((taxonomy, key))
        c.add(
            "attribute",
            record_id,
            link_id=record_id,
            link_entity=item.kind,
            taxonomy=taxonomy,
            code=key,
            label=label,
            origin="source",
        )
    themes, unmapped = themes_for(given)
    for theme in dict.fromkeys(themes):
        c.add(
            "attribute",
            record_id,
            link_id=record_id,
            link_entity=item.kind,
            taxonomy="theme",
            code=theme,
            label=None,
            origin="crosswalk",
        )
    for scheme, code, label in unmapped:
        if "theme" in scheme:
            c.problem(record_id, scheme, "theme_unmapped", label or code, used=True)
