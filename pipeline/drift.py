"""How a platform's fields change from one landing to the next, and when that holds a source back.

A field that is new, has gone or is of another type becomes an issue, with the shape of an example and never its value,
and is told for `TELL_DAYS`. A field of our records that was filled nearly always and now hardly ever is holds the
source back: its last good records stay until the coordinator accepts the change.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import schema
from pipeline.sources.profile import Profile, parent
from pipeline.transform.landing.collector import issue_row

NEW, MISSING, RETYPED = "field_new", "field_missing", "field_retyped"
CODES = (NEW, MISSING, RETYPED)
TELL_DAYS = 30
FEW = 20
"""Fewer objects or records than these tell nothing."""
SELDOM = 0.05
"""A field filled in less than this share may be missing from a sample by chance."""
USUAL, RARE = 0.9, 0.2
KNOWN = pa.schema(
    [("path", pa.string()), ("type", pa.string()), ("example", pa.string())]
    + [("filled", pa.int64()), ("objects", pa.int64())]
    + [(name, pa.timestamp("us", tz="UTC")) for name in ("first_seen", "last_seen", "looked_at")]
)
"""One row per field and type: the first moment it was seen, the last, and the last full look."""
FILL = pa.schema([("kind", pa.string()), ("field", pa.string()), ("filled", pa.int64()), ("records", pa.int64())])
OWNED = ("phone", "email", "url", "address", "service_area", "schedule", "language", "contact")
KINDS = {"organization": "organization_id", "service": "service_id", "location": "location_id"}


def learned(before: pa.Table, profile: Profile, moment: datetime, *, full: bool) -> pa.Table:
    """What is known of the fields after another look; only a full one can tell that something is missing."""
    known = {(row["path"], row["type"]): row for row in before.to_pylist()}
    for path, seen in profile.fields.items():
        for kind, example in seen.types.items():
            row = known.setdefault(
                (path, kind), {"path": path, "type": kind, "example": example, "first_seen": moment, "filled": 0}
            )
            row["last_seen"] = moment
            if full or not row.get("objects"):
                row |= {"filled": seen.filled, "objects": profile.objects.get(parent(path), 0)}
    for row in known.values():
        if full and profile.objects.get(parent(row["path"]), 0) >= FEW:
            row["looked_at"] = moment
    return pa.Table.from_pylist([known[key] for key in sorted(known)], schema=KNOWN)


def issues(known: pa.Table, source: str, moment: datetime) -> pa.Table:
    """The issues of fields that are new, gone or of another type, the topmost of what belongs together."""
    rows = known.to_pylist()
    if not rows:
        return schema.empty("issue")
    start = min(row["first_seen"] for row in rows)
    recent = moment - timedelta(days=TELL_DAYS)
    types: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        types.setdefault(row["path"], []).append(row)
    gone_above: set[str] = set()
    met: dict[str, datetime] = {}
    """Object -> when it was first seen: a field is new only in an object that was there without it."""
    for row in (row for row in rows if (row["objects"] or 0) >= FEW):
        met[parent(row["path"])] = min(row["first_seen"], met.get(parent(row["path"]), row["first_seen"]))
    found = []
    for path in sorted(types):
        first, *others = sorted(types[path], key=lambda row: (row["first_seen"], row["type"]))
        gone = all((row["looked_at"] or start) > row["last_seen"] for row in types[path])
        newest = max(row["last_seen"] for row in types[path])
        usual = max(row["filled"] / max(1, row["objects"] or 1) for row in types[path]) >= SELDOM
        if gone and usual and newest >= recent and not _below(path, gone_above):
            text = f"The field was sent until {newest:%d.%m.%Y} ({first['example']}) and is missing now."
            found.append((MISSING, path, text, first, "warning"))
            gone_above.add(path)
        elif max(met.get(parent(path), moment), recent) < first["first_seen"]:
            found.append((NEW, path, f"A field that was not sent before: {first['example']}.", first, "info"))
        elif later := [row for row in others if row["first_seen"] > max(first["first_seen"], recent)]:
            text = f"The field was {first['example']}, and now is also {later[-1]['example']}."
            found.append((RETYPED, path, text, later[-1], "warning"))
    return schema.table_from_rows(
        "issue",
        [
            issue_row(
                source, code, text + " Compare the parser.", record_id=None, field=path, value=row["type"], level=level
            )
            for code, path, text, row, level in found
        ],
    )


def _below(path: str, told: Iterable[str]) -> bool:
    return any(path.startswith((f"{one}.", f"{one}[")) for one in told)


def fill(tables: dict[str, pa.Table]) -> pa.Table:
    """How many records of each kind have each field: columns of the record itself, and its detail rows."""
    rows = []
    for kind, owner in KINDS.items():
        data = tables[kind]
        counts = {name: len(data) - data.column(name).null_count for name in data.column_names if name != "id"}
        for name in OWNED:
            if owner in tables[name].column_names:
                counts[name] = pc.count_distinct(tables[name].column(owner)).as_py()
        attribute = tables["attribute"].filter(pc.equal(tables["attribute"].column("link_entity"), kind))
        counts["attribute"] = pc.count_distinct(attribute.column("link_id")).as_py()
        rows += [{"kind": kind, "field": f, "filled": n, "records": len(data)} for f, n in sorted(counts.items())]
    return pa.Table.from_pylist(rows, schema=FILL)


@dataclass(frozen=True, slots=True)
class Emptied:
    """A field of our records that was usual and has become rare."""

    kind: str
    field: str
    before: float
    now: float

    def __str__(self) -> str:
        return f"{self.field} of {self.kind}s was filled in {self.before:.0%} of records, now in {self.now:.0%}"


def emptied(before: pa.Table, now: pa.Table) -> list[Emptied]:
    """The fields that hold a source back; none where there are too few records to tell."""
    rates = {(r["kind"], r["field"]): r["filled"] / r["records"] for r in before.to_pylist() if r["records"] >= FEW}
    found = []
    for row in now.to_pylist():
        rate = rates.get((row["kind"], row["field"]), 0.0)
        if row["records"] >= FEW and rate >= USUAL and row["filled"] <= RARE * row["records"]:
            found.append(Emptied(row["kind"], row["field"], rate, row["filled"] / row["records"]))
    return found
