"""Columns of a list as written -> the input of matching, cleaned by the same functions as records of platforms.

What cannot be read is left out and counted; nothing is guessed. Addresses are resolved once per distinct
combination of their parts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.matching.cells import MANY, TEXT, expanded, flat, gathered, grouped, lists_of, mapped
from pipeline.matching.express import read_emails, read_hosts, read_phones
from pipeline.sources.csv.contacts import taken_apart
from pipeline.sources.csv.coordinates import pair, placed
from pipeline.transform import texts
from pipeline.transform.coordinates import LATITUDES, LONGITUDES, to_wgs84
from pipeline.transform.identifiers import association_number, business_id
from pipeline.transform.places import resolve_address
from pipeline.transform.places.addresses import split_line
from pipeline.transform.reference import legal_forms
from pipeline.transform.values import EMPTY_MARKS

Columns = Mapping[str, Sequence[pa.Array]]
"""Field -> its columns, each of text or lists of text; a field may have several."""

LONGEST_NAME = 500
"""Letters of a name that are compared. The register of associations has none of half that length."""
_PLAIN_NAME = r"""^[0-9A-Za-zÅÄÖåäöÉéÜü:.,&'()/+!"-]+(?: [0-9A-Za-zÅÄÖåäöÉéÜü:.,&'()/+!"-]+)*$"""
_OTHER_NAMES = ("alternate_name", "former_name", "abbreviation", "name_sv")
_BESIDE_CITY = r"^\s*(?P<code>(?:FI|AX|FIN|fi|ax|fin)?[- ]?\d{3,5})[\s,]+(?P<city>\D(?s:.*))$"


@dataclass(frozen=True, slots=True)
class Normalised:
    """The records to match."""

    records: pa.Table
    """Columns of `dedupe.features.INPUT` but `record_id` and `source`; `name` is null where there is none."""
    unread: dict[str, int] = field(default_factory=dict)
    """Field -> cells that are filled and could not be read."""
    long_names: int = 0


def normalise(columns: Columns, n: int) -> Normalised:
    """Cleans the columns of a list of `n` rows."""
    unread: dict[str, int] = {}

    def first(name: str) -> pa.Array:
        given = columns.get(name)
        if not given:
            return pa.nulls(n, TEXT)
        return pc.list_element(_padded(given[0]), 0) if pa.types.is_list(given[0].type) else given[0]

    def checked(name: str, raw: pa.Array, read: pa.Array) -> pa.Array:
        lost = len(raw) - raw.null_count - pc.sum(pc.is_in(pc.utf8_lower(raw), _EMPTY)).as_py() if len(raw) else 0
        if (missing := (lost or 0) - (len(read) - read.null_count)) > 0:
            unread[name] = missing
        return read

    name = _names(first("name"))
    long_names = int(pc.sum(pc.greater(pc.fill_null(pc.utf8_length(name), 0), LONGEST_NAME)).as_py() or 0)
    name = pc.utf8_slice_codeunits(name, 0, LONGEST_NAME)
    others = [c for f in _OTHER_NAMES for c in columns.get(f, ())]
    other_names = gathered(others, n, lambda v: _as_lists(pc.utf8_slice_codeunits(_names(v), 0, LONGEST_NAME)))

    phone, email, web = (list(columns.get(f, ())) for f in ("phone", "email", "website"))
    if "contact" in columns:
        reached = [_reached(columns["contact"], n, part) for part in ("phones", "emails", "links")]
        phone, email, web = [*phone, reached[0]], [*email, reached[1]], [*web, reached[2]]
    lists = {
        "phones": ("phone", phone, gathered(phone, n, read_phones)),
        "emails": ("email", email, gathered(email, n, read_emails)),
        "hosts": ("website", web, gathered(web, n, read_hosts)),
    }
    for field_name, raw, found in (lists["phones"], lists["emails"]):
        rows, values = flat(raw)
        rows = np.unique(rows[~np.asarray(pc.is_in(pc.utf8_lower(values), _EMPTY))]) if len(rows) else rows
        if missing := int((np.asarray(pc.list_value_length(found))[rows] == 0).sum()):
            unread[field_name] = missing
    numbers = {
        f: checked(f, raw := first(f), mapped(raw, lambda v, read=read: read(v).value))  # type: ignore[misc]
        for f, read in (("business_id", business_id), ("association_number", association_number))
    }
    street, postal, town = _addresses(first, columns, n)
    latitude, longitude = _coordinates(first, n)
    table = pa.table(
        {
            "name": name,
            "other_names": other_names,
            "legal_form": mapped(first("legal_form"), _legal_form),
            **numbers,
            **{column: found for column, (_, _, found) in lists.items()},
            "street_address": street,
            "postal_code": postal,
            "municipality_code": town,
            "latitude": latitude,
            "longitude": longitude,
        }
    )
    return Normalised(table, unread, long_names)


_EMPTY = pa.array(sorted(EMPTY_MARKS), TEXT)


def _padded(lists: pa.Array) -> pa.Array:
    """Lists with at least one entry, so that the first can be taken."""
    empty = pc.equal(pc.fill_null(pc.list_value_length(lists), 0), 0)
    return pc.if_else(empty, pa.scalar([None], MANY), lists)


def _as_lists(values: pa.Array) -> pa.Array:
    return lists_of([v] if v else [] for v in values.to_pylist())


def _names(values: pa.Array) -> pa.Array:
    """Names with broken letters put right and white space tidied; null where no letter or digit is left."""
    encoded = values.dictionary_encode()
    distinct = encoded.dictionary
    odd = pc.invert(pc.match_substring_regex(distinct, _PLAIN_NAME))
    if pc.any(odd).as_py():
        fixed = {v: texts.tidy(texts.repair_mojibake(v)[0]) for v in distinct.filter(odd).to_pylist()}
        distinct = pa.array([fixed.get(v, v) for v in distinct.to_pylist()], TEXT)
    spoken = pc.match_substring_regex(distinct, r"[\p{L}\p{N}]")
    return pc.if_else(spoken, distinct, pa.scalar(None, TEXT)).take(encoded.indices)


def _legal_form(value: str) -> str | None:
    worded = texts.tidy(value)
    stated = legal_forms().get(worded.casefold()) if worded else None
    return (stated.legal_form or None) if stated else None  # "yhdistys" alone settles nothing


def _reached(columns: Sequence[pa.Array], n: int, part: str) -> pa.Array:
    """Phones, e-mails or links that stand in cells of mixed contact details."""
    rows, values = expanded(columns, lambda v: lists_of(getattr(taken_apart(text), part) for text in v.to_pylist()))
    return grouped(rows, values, n)


def _clean(values: pa.Array) -> pa.Array:
    """Single spaces; null for what says nothing."""
    plain = pc.utf8_trim_whitespace(pc.replace_substring_regex(values, r"\s+", " "))
    return pc.if_else(pc.is_in(pc.utf8_lower(plain), _EMPTY), pa.scalar(None, TEXT), plain)


def _addresses(first: object, columns: Columns, n: int) -> tuple[pa.Array, pa.Array, pa.Array]:
    """Street, postal code and municipality of each row: from its parts, then its line, then its postal address."""
    assert callable(first)
    street, code, city = (_clean(first(f)) for f in ("street_address", "postal_code", "city"))
    if "postal_code_and_city" in columns:
        both = first("postal_code_and_city")
        parts = pc.extract_regex(both, _BESIDE_CITY)
        code = pc.coalesce(_clean(pc.struct_field(parts, "code")), code)
        city = pc.coalesce(_clean(pc.struct_field(parts, "city")), city, _clean(both))
    if "address" in columns:
        street, code, city = _with_line(first("address"), street, code, city)
    postal, town = _resolved(code, city, first("municipality"), first("municipality_code"))
    if "postal_address" in columns:
        empty = pa.nulls(n, TEXT)
        lane, lane_code, lane_city = _with_line(first("postal_address"), empty, empty, empty)
        lane_postal, lane_town = _resolved(lane_code, lane_city, empty, empty)
        use = pc.is_null(street)
        street, town = pc.coalesce(street, lane), pc.coalesce(town, lane_town)
        postal = pc.if_else(use, pc.coalesce(lane_postal, postal), postal)
    return street, postal, town


def _with_line(line: pa.Array, street: pa.Array, code: pa.Array, city: pa.Array) -> tuple[pa.Array, pa.Array, pa.Array]:
    """The parts, filled from an address on one line where they are missing."""
    encoded = _clean(line).dictionary_encode()
    split = [split_line(text) for text in encoded.dictionary.to_pylist()]
    own = [pa.array([s[i] for s in split], TEXT).take(encoded.indices) for i in range(3)]
    return pc.coalesce(street, own[0]), pc.coalesce(code, own[1]), pc.coalesce(city, own[2])


def _resolved(code: pa.Array, city: pa.Array, name: pa.Array, number: pa.Array) -> tuple[pa.Array, pa.Array]:
    """Postal code and municipality code, for each distinct combination once."""
    parts = (code, city, name, number)
    joined = pc.binary_join_element_wise(*(pc.fill_null(p, "") for p in parts), "\x1f")
    encoded = joined.dictionary_encode()
    found = []
    for text in encoded.dictionary.to_pylist():
        given = [p or None for p in text.split("\x1f")] if text.count("\x1f") == 3 else [None] * 4
        found.append(
            resolve_address(postal_code=given[0], city=given[1], municipality=given[2], municipality_code=given[3])
        )
    postal = pa.array([a.postal_code for a in found], TEXT).take(encoded.indices)
    return postal, pa.array([a.municipality_code for a in found], TEXT).take(encoded.indices)


def _coordinates(first: object, n: int) -> tuple[pa.Array, pa.Array]:
    """Latitude and longitude in WGS84; degrees in Finland are taken as they are, all else is read with care."""
    assert callable(first)
    y, x, whole = first("latitude"), first("longitude"), first("coordinates")
    if y.null_count == n and x.null_count == n and whole.null_count == n:
        return pa.nulls(n, pa.float64()), pa.nulls(n, pa.float64())
    degrees = r"^\d{2}\.\d{1,15}$"
    plain = pc.and_(pc.match_substring_regex(y, degrees), pc.match_substring_regex(x, degrees))
    numbers = [
        np.array(pc.fill_null(pc.if_else(plain, v, pa.scalar(None, TEXT)).cast(pa.float64()), np.nan)) for v in (y, x)
    ]
    inside = (numbers[0] >= LATITUDES[0]) & (numbers[0] <= LATITUDES[1])
    inside &= (numbers[1] >= LONGITUDES[0]) & (numbers[1] <= LONGITUDES[1])
    latitude, longitude = (np.where(inside, np.round(v, 6), np.nan) for v in numbers)
    filled = np.asarray(pc.or_(pc.or_(pc.is_valid(y), pc.is_valid(x)), pc.is_valid(whole)))
    for row in np.flatnonzero(filled & ~inside).tolist():
        if point := _point(y[row].as_py(), x[row].as_py(), whole[row].as_py()):
            latitude[row], longitude[row] = point
    return pa.array(latitude, mask=np.isnan(latitude)), pa.array(longitude, mask=np.isnan(longitude))


def _point(y: str | None, x: str | None, whole: str | None) -> tuple[float, float] | None:
    if whole and not (y or x):
        y, x = pair(whole) or (whole, None)
    found = placed(y, x)
    return to_wgs84(*found).value if found else None
