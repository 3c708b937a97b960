"""Takes out of tables what the ledger suppresses: records, fields, and the values of persons.

Works on record tables (per source) and on published tables alike, by the names of their columns; doing it twice
changes nothing more. A value that held a person's and nothing else becomes null, or its row goes when the column is
required; inside a longer text only the person's part is masked.
"""

import re
from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import schema
from pipeline.privacy.masking import MASK
from pipeline.privacy.needles import Needle, Seen, any_of
from pipeline.privacy.suppression import Suppressions

OWNERS = ("organization_id", "service_id", "location_id")
BELONGS = ("id", "record_id", "entity_id", "link_id", "record_id_a", "record_id_b", *OWNERS)
LINKS = ("parent_organization_id", "owner_record_id")
WHOLE_VALUES = ("email", "number", "website", "url", "native_url", "raw_value", "value_a", "value_b")
ENTITY_COLUMNS: dict[str, tuple[str, ...]] = {
    "alternate_name": ("alternate_name",),
    "description": ("description", "description_language"),
    "email": ("email",),
    "website": ("website", "url"),
    "url": ("url",),
    "coordinates": ("latitude", "longitude", "coordinate_origin"),
    "address": ("latitude", "longitude", "coordinate_origin"),
    "business_id": ("business_id",),
    "association_number": ("association_number",),
    "umbrella": ("umbrella",),
    "legal_status": ("legal_status",),
}
"""Suppressed field -> columns of organization, service and location that become null."""
DETAIL_TABLES: dict[str, tuple[str, ...]] = {
    "email": ("email",),
    "phone": ("phone",),
    "website": ("url",),
    "url": ("url",),
    "address": ("address",),
    "contact": ("contact",),
    "identifier": ("organization_identifier",),
    "text": ("text",),
}
"""Suppressed field -> tables whose rows of that owner go."""
ENTITIES = ("organization", "service", "location")
CONTACTS = frozenset(("email", "phone", "contact"))
"""Fields that, suppressed of an organisation, go from its services and places too."""

Tables = dict[str, pa.Table]
Row = Mapping[str, object]


def without(tables: Mapping[str, pa.Table], rules: Suppressions) -> Tables:
    """The tables without anything that is suppressed."""
    clean = dict(tables)
    if rules.records:
        clean = {name: without_records(data, rules.records) for name, data in clean.items()}
    for target, fields in _with_owned(rules.fields, clean.get("record")).items():
        for field in sorted(fields):
            clean = without_field(clean, target, field)
    if rules.needles:
        clean = {name: without_persons(name, data, rules.needles) for name, data in clean.items()}
        clean = _orphans_gone(clean)
    return clean


def _with_owned(fields: Mapping[str, frozenset[str]], record: pa.Table | None) -> dict[str, frozenset[str]]:
    """The suppressed fields; contacts of an organisation are those of its services and places as well."""
    found = dict(fields)
    if record is None or not fields:
        return found
    inner = record.filter(pc.is_in(record.column("owner_record_id"), value_set=pa.array(sorted(fields), pa.string())))
    for one, owner in zip(*(inner.column(c).to_pylist() for c in ("record_id", "owner_record_id")), strict=True):
        found[one] = found.get(one, frozenset()) | (fields[owner] & CONTACTS)
    return found


def owned(record: pa.Table, records: frozenset[str]) -> frozenset[str]:
    """The records with those that belong to them: services and places of a suppressed organisation go as well."""
    owners = record.column("owner_record_id")
    inner = record.filter(pc.is_in(owners, value_set=pa.array(sorted(records), pa.string())))
    return records | frozenset(inner.column("record_id").to_pylist())


def without_records(data: pa.Table, records: frozenset[str]) -> pa.Table:
    """The rows that belong to none of the records; links to them become null."""
    gone = pa.array(sorted(records), pa.string())
    keep = pa.array([True] * data.num_rows, pa.bool_())
    for column in data.column_names:
        values = data.column(column)
        if column in BELONGS and column != "entity_id":
            keep = pc.and_(keep, pc.invert(pc.is_in(values, value_set=gone)))
        elif column in LINKS:
            is_gone = pc.is_in(values, value_set=gone)
            values = pc.if_else(is_gone, pa.scalar(None, values.type), values)
            data = data.set_column(data.column_names.index(column), data.schema.field(column), values)
    data = data.filter(keep)
    if "message" in data.column_names:  # an issue of another record may name it
        named = "|".join(re.escape(r) for r in sorted(records))
        for column in ("message", "value"):
            if column in data.column_names and data.num_rows:
                found = pc.fill_null(pc.match_substring_regex(data.column(column), named), False)
                data = data.filter(pc.invert(found))
    return data


def without_field(tables: Mapping[str, pa.Table], target: str, field: str) -> Tables:
    """The tables without one field of one record or entity, in whatever table it stands."""
    clean = dict(tables)
    for name in ENTITIES:
        if name in clean:
            for column in ENTITY_COLUMNS.get(field, ()):
                clean[name] = _nulled(clean[name], column, "id", target)
    for name in DETAIL_TABLES.get(field, ()):
        if name in clean:
            clean[name] = _dropped(clean[name], target)
    if field == "contact" and "phone" in clean:
        clean["phone"] = _dropped(clean["phone"], target, lambda row: row["contact_id"] is not None)
    if field == "alternate_name" and "organization_name" in clean:
        clean["organization_name"] = _dropped(
            clean["organization_name"], target, lambda row: row["name_kind"] != "official"
        )
    if field in ("business_id", "association_number") and "organization_identifier" in clean:
        clean["organization_identifier"] = _dropped(
            clean["organization_identifier"], target, lambda row: row["identifier_type"] == field
        )
    if field in ("description", "text") and "text" in clean:
        fields = ("description", "summary")
        if field == "description":
            clean["text"] = _dropped(clean["text"], target, lambda row: row["field"] in fields)
    if field == "coordinates" and "address" in clean:
        for column in ("latitude", "longitude", "coordinate_origin"):
            clean["address"] = _nulled(clean["address"], column, OWNERS, target)
    columns = (field, *ENTITY_COLUMNS.get(field, ()))
    for name in ("normalised", "assertion", "issue"):
        if name in clean:
            clean[name] = _dropped(clean[name], target, lambda row: str(row["field"] or "").split("@")[0] in columns)
    return clean


def without_persons(name: str, data: pa.Table, needles: tuple[Needle, ...]) -> pa.Table:
    """A table in which no value of a person occurs."""
    known = {t.name for t in schema.tables()}
    required = {c.name for c in schema.table(name).columns if c.required} if name in known else set()
    for index, column in enumerate(data.column_names):
        if not pa.types.is_string(data.schema.field(column).type) or not data.num_rows:
            continue
        values = data.column(column).combine_chunks()
        rows = pc.indices_nonzero(pc.fill_null(pc.match_substring_regex(values, any_of(needles)), False)).to_pylist()
        changed: dict[int, str | None] = {}
        for row in rows:
            before = values[row].as_py()
            after = masked(before, needles)
            if after != before:
                emptied = column in WHOLE_VALUES and not _is_prose(before)
                changed[row] = None if emptied or not _says_more(after) else after
        if not changed:
            continue
        drop = set()
        if column in required:
            if name not in (*ENTITIES, "record", "bridge"):
                drop = {row for row, value in changed.items() if value is None}
            changed = {row: value or MASK for row, value in changed.items()}
        listed = values.to_pylist()
        for row, value in changed.items():
            listed[row] = value
        data = data.set_column(index, data.schema.field(column), pa.array(listed, values.type))
        if drop:
            data = data.filter(pa.array([row not in drop for row in range(data.num_rows)], pa.bool_()))
    return data


def masked(text: str, needles: tuple[Needle, ...]) -> str:
    """A value with every needle masked."""
    seen = Seen(text)
    for needle in needles:
        if needle.may_be_in(seen):
            text = needle.pattern.sub(MASK, text)
    return text


def _is_prose(text: str) -> bool:
    return len(text.split()) > 6


def _says_more(text: str) -> bool:
    return any(c.isalnum() for c in text.replace(MASK, ""))


def _dropped(data: pa.Table, target: str, gone: Callable[[Row], bool] = lambda row: True) -> pa.Table:
    """The table without the rows of one record or entity for which `gone` holds."""
    rows = pc.indices_nonzero(_is_of(data, target))
    drop = [i for i, row in zip(rows.to_pylist(), data.take(rows).to_pylist(), strict=True) if gone(row)]
    if not drop:
        return data
    return data.filter(pc.invert(pc.is_in(pa.array(range(data.num_rows)), value_set=pa.array(drop))))


def _is_of(data: pa.Table, target: str) -> pa.Array:
    """Which rows belong to a record or entity."""
    meant = pa.array([False] * data.num_rows, pa.bool_())
    for column in (*OWNERS, "link_id", "record_id", "entity_id"):
        if column in data.column_names:
            meant = pc.or_(meant, pc.fill_null(pc.equal(data.column(column), target), False))
    return meant.combine_chunks() if isinstance(meant, pa.ChunkedArray) else meant


def _nulled(data: pa.Table, column: str, key: str | tuple[str, ...], target: str) -> pa.Table:
    if column not in data.column_names:
        return data
    keys = [key] if isinstance(key, str) else [k for k in key if k in data.column_names]
    meant = pa.array([False] * data.num_rows, pa.bool_())
    for one in keys:
        meant = pc.or_(meant, pc.fill_null(pc.equal(data.column(one), target), False))
    values = data.column(column)
    nulled = pc.if_else(meant, pa.scalar(None, values.type), values)
    return data.set_column(data.column_names.index(column), data.schema.field(column), nulled)


def _orphans_gone(tables: Tables) -> Tables:
    """Contacts of which nothing is left go; so do phones of contacts that went."""
    if "contact" not in tables:
        return tables
    contact = tables["contact"]
    left = [bool(row["name"] or row["email"]) for row in contact.to_pylist()]
    phone = tables["phone"]
    with_phone = set(phone.column("contact_id").to_pylist())
    left = [ok or row in with_phone for ok, row in zip(left, contact.column("id").to_pylist(), strict=True)]
    contact = contact.filter(pa.array(left, pa.bool_()))
    ids = pa.array(contact.column("id").to_pylist(), pa.string())
    here = pc.or_(pc.is_null(phone.column("contact_id")), pc.is_in(phone.column("contact_id"), value_set=ids))
    return {**tables, "contact": contact, "phone": phone.filter(here)}
