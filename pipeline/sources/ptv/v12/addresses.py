"""Addresses and areas of v12.

Addresses stand in lists by their kind, each once with its street in all languages. Coordinates are numbers in
EPSG:3067, none, one or several by source. The post office is in a code list (`joining` adds it); the municipality
is not told at all.
"""

from typing import Any

from pipeline.sources.items import Address, Area
from pipeline.sources.ptv.tree import Tree, pick
from pipeline.sources.ptv.wording import first_words

METRES = "EPSG:3067"
LISTS = ("streetAddresses", "postOfficeBoxAddresses", "otherAddresses", "foreignAddresses")


def located(tree: Tree) -> list[Address]:
    """Where one goes, then where one writes to; addresses without any content are left out."""
    return grouped(tree, "location", "physical") + grouped(tree, "contactAddresses", "postal")


def grouped(tree: Tree, key: str, type_: str) -> list[Address]:
    """The addresses of one group of lists."""
    group = tree.branch(key, "v12.addresses")
    if group is None:
        return []
    entries = [(name, entry) for name in LISTS for entry in group.branches(name, "v12.address")]
    made = (_abroad(e, type_) if name == "foreignAddresses" else _inland(e, type_) for name, e in entries)
    return [address for address in made if address is not None]


def _abroad(entry: Tree, type_: str) -> Address | None:
    line, country = pick(entry.worded("address"), entry.reading.rules), entry.word("countryCode")
    return Address(type_, line=line.value, country=country, language=line.language) if line else None


def _inland(place: Tree, type_: str) -> Address | None:
    reading = place.reading
    street = pick(place.worded("streetName") or place.worded("postOfficeBox"), reading.rules)
    language = street.language if street else None
    detail = place.word("addressDetail")
    address = Address(
        type_,
        street=" ".join(part for part in (street.value if street else None, detail) if part) or None,
        postal_code=place.word("postalCode"),
        attention=first_words(place.worded("additionalInformation"), reading, language),
        language=language,
    )
    _put_on_map(address, place)
    told = (address.street, address.postal_code, address.attention, address.y)
    return address if any(told) else None


def _put_on_map(address: Address, place: Tree) -> None:
    """The coordinates of the best source in `coordinate_sources`, to the millimetre as in v11."""
    order: list[str] = place.reading.rules.v12["coordinate_sources"]
    best = len(order)
    for point in place.branches("coordinates", "v12.coordinates"):
        system, source = point.word("system"), point.word("source")
        northing, easting = _metres(point, "northing"), _metres(point, "easting")
        if system != METRES or northing is None or easting is None:
            continue
        if source not in order:
            place.reading.note("code_unknown", "Unknown source of coordinates; left out.", "coordinates.source", source)
        elif order.index(source) < best:
            best = order.index(source)
            address.y, address.x, address.crs = northing, easting, METRES


def _metres(point: Tree, key: str) -> str | None:
    value: Any = point.take(key)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e9:
        return f"{value:.3f}"
    if value is not None:
        point.leave(f".{key}")
    return None


def delivery_addresses(tree: Tree) -> list[Address]:
    """Where a printed form is sent; the receiver stands before the address."""
    found = []
    for entry in tree.branches("deliveryAddresses", "v12.address"):
        receiver = first_words(entry.worded("recipient"), entry.reading)
        text = pick(entry.worded("deliveryInformation"), entry.reading.rules)
        entry.ignore("deliveryAddressType")
        address = _inland(entry, "postal")
        if address is None and text is not None:
            address = Address("postal", line=text.value, country=None, language=text.language)
        if address is None and receiver is not None:
            address = Address("postal", country=None)
        if address is not None:
            address.attention = "; ".join(part for part in (receiver, address.attention) if part) or None
            found.append(address)
    return found


def areas(tree: Tree) -> list[Area]:
    """Where the thing holds; the names of the codes are added by `joining`. A null area is none, as in v11."""
    area = tree.branch("area", "v12.area")
    if area is None:
        return []
    rules, extent = tree.reading.rules, area.word("areaType")
    if extent in rules.v12["area_types"]:
        return [Area(rules.v12["area_types"][extent])]
    if extent != "LimitedArea":
        tree.reading.note("code_unknown", "Unknown areaType; its areas are read one by one.", "areaType", extent)
    found: dict[tuple[str, str], Area] = {}
    for key, kind in rules.v12["area_lists"].items():
        for code in area.values(key):
            if isinstance(code, str) and code:
                found.setdefault((kind, code), Area(kind, code))
            elif code is not None:
                area.leave(f".{key}[]")
    return list(found.values())
