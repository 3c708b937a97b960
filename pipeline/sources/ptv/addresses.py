"""Addresses and areas of organisations, channels and services.

PTV repeats the parts of one address in every language. One address is one `Address` here, in the first of
`languages` that has the street. Coordinates are EPSG:3067 as text: `latitude` is the northing, `longitude` the
easting; those of a doubtful `coordinateState` are left out.
"""

from pipeline.sources.items import Address, Area
from pipeline.sources.ptv.tree import Tree, pick
from pipeline.sources.ptv.wording import first_words

PARTS = ("streetAddress", "postOfficeBoxAddress", "otherAddress", "foreignAddress", "locationAbroad")


def addresses(tree: Tree, key: str) -> list[Address]:
    """The addresses of a list; those without any content are left out."""
    found = (_address(entry) for entry in tree.branches(key, "address"))
    return [address for address in found if address is not None]


def _address(entry: Tree) -> Address | None:
    rules = entry.reading.rules
    kind, part_name, country = entry.word("type"), entry.word("subType"), entry.word("country")
    type_ = rules.address_types.get(kind or "", "postal" if part_name == "PostOfficeBox" else "physical")
    if part_name is not None and part_name in rules.address_parts:
        part = rules.address_parts[part_name]
    else:
        part = next((name for name in PARTS if entry.has(name)), None)
    if part in ("foreignAddress", "locationAbroad"):
        abroad = pick(entry.localized(part), rules)
        return Address(type_, line=abroad.value, country=country, language=abroad.language) if abroad else None
    place = entry.branch(part, "street") if part else None
    if place is None:
        return None
    return _inland(place, type_, country or "FI", has_state=part == "streetAddress")


def _inland(place: Tree, type_: str, country: str, *, has_state: bool) -> Address | None:
    """A street, a post-office box or a spot on the map; only a street carries a `coordinateState`."""
    reading = place.reading
    street = pick(place.localized("street") or place.localized("postOfficeBox"), reading.rules)
    language = street.language if street else None
    number = place.word("streetNumber")
    city = first_words(place.localized("postOffice"), reading, language)
    attention = first_words(place.localized("additionalInformation"), reading, language)
    municipality = place.branch("municipality", "municipality")
    state = place.word("coordinateState")
    y, x = place.word("latitude"), place.word("longitude")
    trusted = bool(y and x) and (state in reading.rules.coordinate_states or not has_state)
    address = Address(
        type_,
        street=" ".join(part for part in (street.value if street else None, number) if part) or None,
        postal_code=place.word("postalCode"),
        city=city,
        municipality=first_words(municipality.localized("name"), reading, language) if municipality else None,
        municipality_code=municipality.word("code") if municipality else None,
        attention=attention,
        country=country,
        language=language,
        y=y if trusted else None,
        x=x if trusted else None,
        crs="EPSG:3067" if trusted else None,
    )
    told = (address.street, address.postal_code, city, address.municipality_code, attention, address.y)
    return address if any(told) else None


def delivery_addresses(tree: Tree, key: str) -> list[Address]:
    """Where a printed form is sent; the receiver stands before the address."""
    found = []
    for entry in tree.branches(key, "address"):
        receiver = first_words(entry.localized("receiver"), entry.reading)
        address = _address(entry)
        text = pick(entry.localized("deliveryAddressInText"), entry.reading.rules)
        if address is None and text is not None:
            address = Address("postal", line=text.value, country=None, language=text.language)
        if address is None and receiver is not None:
            address = Address("postal", country=None)
        if address is not None:
            address.type = "postal"
            address.attention = "; ".join(part for part in (receiver, address.attention) if part) or None
            found.append(address)
    return found


def areas(tree: Tree) -> list[Area]:
    """Where the thing holds: the whole country, or its areas; municipalities of larger areas are implied by them."""
    rules, reading = tree.reading.rules, tree.reading
    extent, entries = tree.word("areaType"), tree.branches("areas", "area")
    found: dict[tuple[str, str | None, str | None], Area] = {}

    def add(kind: str, code: str | None, name: str | None) -> None:
        if code or name:
            found.setdefault((kind, code, name), Area(kind, code, name))

    if extent is not None and extent in rules.area_types:
        found[(extent, None, None)] = Area(rules.area_types[extent])
    elif extent not in (None, "LimitedType"):
        reading.note("code_unknown", "Unknown areaType; its areas are read one by one.", "areaType", extent)
    for entry in entries:
        type_ = entry.word("type")
        kind = rules.area_kinds.get(type_ or "", "other")
        if type_ not in rules.area_kinds:
            reading.note("code_unknown", "Unknown type of area; kept as another area.", "areas.type", type_)
        if kind != "municipality":
            add(kind, entry.word("code"), first_words(entry.localized("name"), reading))
        if kind in ("municipality", "other"):
            for municipality in entry.branches("municipalities", "municipality"):
                name = first_words(municipality.localized("name"), reading)
                add("municipality", municipality.word("code"), name)
        else:
            entry.ignore("municipalities")
        if kind == "municipality":
            entry.ignore("code", "name")
    return list(found.values())
