"""What a record says of who it describes, as sets that can be compared: names, register numbers, contacts, places.

For a record that has ended the sets are kept as short digests (`kept`), so that an id of a platform that comes back
years later can be told from one that was given to somebody else. A digest is too short to find a phone number by.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.transform.contacts import host, is_shared_host
from pipeline.transform.names import ascii_fold, parse
from pipeline.transform.names.lexicon import lexicon

STEM = 5
"""Letters of a distinctive word that are compared: the rest is inflection."""
DIGITS = 5
"""Hexadecimal digits of a digest: a million values, so a hundred phone numbers share each."""
REGISTERS = ("business_id", "association_number")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Empty sets mean that the record does not say it."""

    names: frozenset[str] = frozenset()
    """`n:` the whole name, `w:` a distinctive word, `u:` umbrella, `a:` abbreviation, `p:` place in the name."""
    registers: frozenset[str] = frozenset()
    """Register and number."""
    contacts: frozenset[str] = frozenset()
    """Phone numbers, e-mail addresses, hosts of own web sites; of a service or place also who owns it."""
    places: frozenset[str] = frozenset()
    """Street address with postal code: a municipality alone would not tell neighbours apart."""

    def __or__(self, other: "Evidence") -> "Evidence":
        return Evidence(*(getattr(self, f.name) | getattr(other, f.name) for f in fields(self)))

    def digested(self) -> "Evidence":
        """The same with digests for values."""
        return Evidence(*(frozenset(_digest(v) for v in getattr(self, f.name)) for f in fields(self)))


@dataclass(slots=True)
class _Gathered:
    names: set[str] = field(default_factory=set)
    registers: set[str] = field(default_factory=set)
    contacts: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)


def evidence(tables: Mapping[str, pa.Table], records: Iterable[str]) -> dict[str, Evidence]:
    """Evidence of some records of the record tables of a source; for few of them, as names are read in Python."""
    wanted = pa.array(sorted(set(records)), pa.string())
    found: dict[str, _Gathered] = defaultdict(_Gathered)
    for row in _rows(tables, "record", "record_id", wanted):
        one = found[row["record_id"]]
        one.names |= name_keys(row["name"])
        if row["owner_record_id"]:
            one.contacts.add(f"o:{row['owner_record_id']}")
    for row in _rows(tables, "organization_name", "organization_id", wanted):
        found[row["organization_id"]].names |= name_keys(row["name"])
    for row in _rows(tables, "organization", "id", wanted):
        one = found[row["id"]]
        one.registers |= {f"{r}:{row[r]}" for r in REGISTERS if row[r]}
        one.contacts |= _contacts({"email": row["email"], "url": row["website"]})
    for column in ("organization_id", "service_id", "location_id"):
        for table in ("phone", "email", "url"):
            for row in _rows(tables, table, column, wanted):
                found[row[column]].contacts |= _contacts(row)
        if column != "service_id":
            for row in _rows(tables, "address", column, wanted):
                if row["address_1"]:
                    found[row[column]].places.add(f"{ascii_fold(row['address_1'])} {row['postal_code'] or ''}")
    return {
        record: Evidence(*(frozenset(getattr(found[record], f.name)) for f in fields(Evidence)))
        for record in wanted.to_pylist()
    }


def name_keys(name: str | None) -> set[str]:
    """What two names are compared by, see `Evidence.names`."""
    if not name:
        return set()
    parsed = parse(name)
    short = parsed.abbreviation or (parsed.initials if len(parsed.initials) > 2 else None)
    words = lexicon()
    passed = {*words.heads, *words.national, *words.stops, *(parsed.place_text or "").split()}
    telling = {*parsed.core, *(word for word in parsed.ascii.split() if len(word) >= STEM and word not in passed)}
    keys = {f"n:{parsed.ascii}"} | {f"w:{word[:STEM]}" for word in telling}
    keys |= {f"p:{place}" for place in parsed.place_keys}
    return keys | ({f"u:{parsed.umbrella}"} if parsed.umbrella else set()) | ({f"a:{short}"} if short else set())


def kept(found: Evidence) -> dict[str, str | None]:
    """Evidence as columns of `ended_record`: digests joined by a bar."""
    short = found.digested()
    return {f.name: "|".join(sorted(getattr(short, f.name))) or None for f in fields(short)}


def remembered(row: Mapping[str, Any]) -> Evidence:
    """Evidence, as digests, from a row of `ended_record`."""
    return Evidence(*(frozenset((row[f.name] or "").split("|")) - {""} for f in fields(Evidence)))


def _digest(value: str) -> str:
    kind, colon, rest = value.partition(":")
    return f"{kind if colon else ''}:{hashlib.sha256(rest.encode()).hexdigest()[:DIGITS]}"


def _rows(tables: Mapping[str, pa.Table], table: str, column: str, wanted: pa.Array) -> list[dict[str, Any]]:
    data = tables[table]
    rows: list[dict[str, Any]] = data.filter(pc.is_in(data.column(column), value_set=wanted)).to_pylist()
    return rows


def _contacts(row: Mapping[str, Any]) -> set[str]:
    """The contacts in a row of phone, email or url."""
    found = {f"c:{row[c]}" for c in ("number", "email") if row.get(c)}
    site = host(row["url"]) if row.get("url") else None
    return found | ({f"h:{site}"} if site and not is_shared_host(site) else set())
