"""The rows of the record tables for many plain organisations, as Arrow columns.

Plain means that each has one name, and at most one phone number, e-mail address, web address and address, in which
nothing is odd. Which organisations those are is decided in `listed`; the rows are those that `entities` and `details`
make of an item.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.sources.items import Item
from pipeline.transform.landing.collector import Collector
from pipeline.transform.landing.entities import ORG_ID_GUIDE
from pipeline.transform.places import ResolvedAddress
from pipeline.transform.values import Reading

Ints = npt.NDArray[np.int64]
TEXT = pa.string()


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A column after cleaning, by distinct values."""

    raw: list[Any]
    values: list[Any]
    """What each distinct value says; null for nothing."""
    is_plain: npt.NDArray[np.bool_]
    """Whether it is at most one value in which nothing is odd."""
    of: Ints
    """Row -> distinct value."""

    @classmethod
    def of_values(cls, column: Iterable[str | None], read: Callable[[str], Sequence[Reading[Any]]]) -> "Cleaned":
        """A column of cells, each of which `read` reads."""
        raw, of = _distinct(column)
        readings = [read(one) if one is not None else [] for one in raw]
        plain = [len(found) <= 1 and all(problem is None for _, problem in found) for found in readings]
        return cls(raw, [found[0].value if found else None for found in readings], np.array(plain, dtype=bool), of)

    @classmethod
    def of_places(cls, parts: Iterable[Any], resolve: Callable[[Any], ResolvedAddress]) -> "Cleaned":
        """A column of addresses in their parts."""
        raw, of = _distinct(parts)
        values = [resolve(one) for one in raw]
        return cls(raw, values, np.array([not one.problems for one in values], dtype=bool), of)

    def told(self, rows: Ints, get: Callable[[Any], str | None] = str) -> pa.Array:
        """A text of each row's value; null where there is none."""
        return self._taken(rows, [None if value is None else get(value) for value in self.values])

    def written(self, rows: Ints) -> pa.Array:
        """What the source wrote."""
        return self._taken(rows, self.raw)

    def _taken(self, rows: Ints, values: list[str | None]) -> pa.Array:
        return pa.array(values, TEXT).take(pa.array(self.of[rows]))


def _distinct(column: Iterable[Hashable]) -> tuple[list[Any], Ints]:
    numbers: dict[Hashable, int] = {}
    of = np.array([numbers.setdefault(one, len(numbers)) for one in column], np.int64)
    return list(numbers), of


@dataclass(frozen=True, slots=True)
class Plain:
    """Plain organisations of one shape."""

    sample: Item
    """An item of that shape: what it says beside the columns holds for all."""
    rows: Ints
    """Their rows in `cleaned`."""
    native_ids: list[str]
    record_ids: list[str]
    raw_hashes: list[str | None]
    hashes: list[str]
    names: list[str | None]
    cleaned: dict[str, Cleaned]


def put_plain(c: Collector, plain: Plain) -> None:
    """Adds the rows of these organisations to every table."""
    n, rows, cleaned, sample = len(plain.rows), plain.rows, plain.cleaned, plain.sample
    if not n:
        return
    ids, names = pa.array(plain.record_ids, TEXT), pa.array(plain.names, TEXT)
    c.admit_all(plain.record_ids, plain.hashes)
    c.put_columns(
        "record",
        n,
        {
            "record_id": ids,
            "source": [c.source] * n,
            "native_id": plain.native_ids,
            "kind": [sample.kind] * n,
            "name": names,
            "content_hash": plain.hashes,
            "raw_hash": plain.raw_hashes,
            "snapshot_version": [c.snapshot_version] * n,
            "fetched_at": [sample.fetched_at] * n,
        },
    )
    _details(c, "organization_name", ids, None, {"name": names, "name_kind": [sample.names[0].kind] * n})
    own = {"id": ids, "name": names, "organization_type": [sample.organization_type] * n, "status": [sample.status] * n}
    own |= _identifiers(c, plain, ids)
    if phone := cleaned.get("phone"):
        number, note = phone.told(rows, attrgetter("number")), phone.told(rows, attrgetter("description"))
        _details(c, "phone", ids, number, {"number": number, "type": ["voice"] * n, "description": note})
        _normalised(c, ids, "phone", number, phone.written(rows))
    for field, table, column in (("email", "email", "email"), ("website", "url", "url")):
        if found := cleaned.get(field):
            own[field] = found.told(rows)
            _details(c, table, ids, own[field], {column: own[field]})
    if place := cleaned.get("address"):
        own |= _addresses(c, place, rows, ids, sample.addresses[0].type)
    c.put_columns("organization", n, own)


def _identifiers(c: Collector, plain: Plain, ids: pa.Array) -> dict[str, pa.Array]:
    """Register numbers, in the order of the sample; the second of a record has the row number 2."""
    found = {}
    number = np.ones(len(ids), np.int64)
    for one in plain.sample.identifiers:
        column = plain.cleaned[one.type]
        found[one.type] = values = column.told(plain.rows)
        n = len(values)
        columns = {
            "identifier_scheme": [ORG_ID_GUIDE.get(one.type)] * n,
            "identifier_type": [one.type] * n,
            "identifier": values,
        }
        _details(c, "organization_identifier", ids, values, columns, number)
        _normalised(c, ids, one.type, values, column.written(plain.rows))
        number = number + np.asarray(values.is_valid())
    return found


def _addresses(c: Collector, place: Cleaned, rows: Ints, ids: pa.Array, kind: str) -> dict[str, pa.Array]:
    """The rows of `address`, and what the organisation takes of it."""
    street, code, city = (place.told(rows, attrgetter(part)) for part in ("street", "postal_code", "city"))
    municipality, name = (place.told(rows, attrgetter(part)) for part in ("municipality_code", "municipality_fi"))
    region, county = (place.told(rows, attrgetter(part)) for part in ("region_code", "county_code"))
    n = len(ids)
    _details(
        c,
        "address",
        ids,
        pc.coalesce(street, code, city),
        {
            "address_1": street,
            "city": city,
            "region": name,
            "state_province": place.told(rows, attrgetter("region_fi")),
            "postal_code": code,
            "country": ["FI"] * n,
            "address_type": [kind] * n,
            "municipality_code": municipality,
        },
    )
    keys = ("municipality_code", "municipality", "region_code", "wellbeing_county_code")
    return dict(zip(keys, (municipality, name, region, county), strict=True))


def _details(
    c: Collector,
    table: str,
    ids: pa.Array,
    wanted: pa.Array | None,
    columns: dict[str, Any],
    number: Ints | None = None,
) -> None:
    """Detail rows of the records where `wanted` is there (null: of all); `number` is 1 where it is not given."""
    n = len(ids)
    running = pa.array(np.ones(n, np.int64) if number is None else number).cast(TEXT)
    row_ids = pc.binary_join_element_wise(ids, pa.scalar(f"#{table}"), running, "")
    made = {"id": row_ids, "organization_id": ids, **columns}
    arrays = {name: column if isinstance(column, pa.Array) else pa.array(column, TEXT) for name, column in made.items()}
    if wanted is not None:
        there = wanted.is_valid()
        arrays = {name: column.filter(there) for name, column in arrays.items()}
    c.put_columns(table, len(arrays["id"]), arrays)


def _normalised(c: Collector, ids: pa.Array, field: str, value: pa.Array, raw: pa.Array) -> None:
    """What the source wrote, where cleaning changed it."""
    changed = pc.fill_null(pc.not_equal(value, raw), False)
    kept = {"record_id": ids.filter(changed), "value": value.filter(changed), "raw_value": raw.filter(changed)}
    n = len(kept["record_id"])
    c.put_columns("normalised", n, {**kept, "field": [field] * n})
