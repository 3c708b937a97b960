"""The first organisations of a spreadsheet the way they will stand in the catalogue, and what is wrong in all of it.

It lands the file as a nightly run would, keeps nothing, and decides nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.sources.csv.parse import FEW, read_all
from pipeline.sources.items import Item
from pipeline.sources.snapshots import Capture
from pipeline.transform.landing import land

FIRST = 5
SOURCE = "preview"
FIELDS = ("name", "business_id", "municipality", "street_address", "postal_code", "phone", "email", "website")
"""What is shown, as far as the file has it."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would give."""

    organisations: int
    first: tuple[Mapping[str, str], ...]
    """The first organisations in the order of the file: field -> value as cleaned, as far as it has one."""
    issues: tuple[tuple[str, int, str], ...]
    """Issue code, how many, and the message of one of them; in alphabetical order."""


def preview(capture: Capture, options: Mapping[str, Any]) -> Preview:
    """Reads and cleans the whole file; raises `SourceFailed` when it cannot be read."""
    items = (one for one in read_all([capture], options) if isinstance(one, Item))
    first = [f"{SOURCE}:{one.native_id}" for one in islice(items, FIRST)]
    made = land(read_all([capture], options, few=FEW), source=SOURCE, snapshot_version="20000101T000000Z")
    return Preview(
        organisations=made.organizations,
        first=tuple(_shown(made.tables, record_id) for record_id in first),
        issues=tuple(_counted(made.tables["issue"])),
    )


def _shown(tables: Mapping[str, pa.Table], record_id: str) -> dict[str, str]:
    def rows(table: str, column: str) -> list[dict[str, Any]]:
        data = tables[table]
        found: list[dict[str, Any]] = data.filter(pc.equal(data.column(column), record_id)).to_pylist()
        return found

    values: dict[str, Any] = next(iter(rows("organization", "id")), {})
    address = next(iter(rows("address", "organization_id")), {})
    phones = [row["number"] for row in rows("phone", "organization_id")]
    values |= {"street_address": address.get("address_1"), "postal_code": address.get("postal_code")}
    values |= {"phone": ", ".join(phones)}
    return {field: str(values[field]) for field in FIELDS if values.get(field)}


def _counted(issues: pa.Table) -> list[tuple[str, int, str]]:
    counts: dict[str, tuple[int, str]] = {}
    for code, message in zip(issues.column("code").to_pylist(), issues.column("message").to_pylist(), strict=True):
        before = counts.get(code)
        counts[code] = (before[0] + 1, before[1]) if before else (1, message)
    return [(code, count, message) for code, (count, message) in sorted(counts.items())]
