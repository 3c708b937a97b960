"""Gathers the rows of one source and the issues found on the way; knows tables, not meanings.

Rows become Arrow chunks soon: a hundred thousand records as Python objects would take gigabytes.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from pipeline import schema
from pipeline.privacy import identity_codes
from pipeline.sources.items import Finding

LONGEST_VALUE = 200
"""Characters of a bad value that an issue shows."""
PERSONAL_FIELDS = frozenset({"phone", "email", "contact"})
"""Fields whose bad values may belong to a person: only their shape is shown."""
CHUNK = 5_000
"""Rows of a table that are held as Python objects before they become an Arrow chunk."""
OWNER_OF_KIND = {"organization": "organization_id", "service": "service_id", "location": "location_id"}


class Collector:
    """Rows by table, issues, and which records there are."""

    def __init__(
        self,
        source: str,
        snapshot_version: str,
        snapshot_digest: str | None = None,
        earlier: Mapping[str, str] | None = None,
    ) -> None:
        self.source = source
        self.snapshot_version = snapshot_version
        self.snapshot_digest = snapshot_digest
        self._rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.unread: Counter[str] = Counter()
        self.repeated = 0
        self.taken: dict[str, tuple[datetime | None, str | None]] = {}
        """Records whose rows are those of last time -> when they were fetched now, and what was sent."""
        self.entangled: set[str] = set()
        """Records of which more than one item tells."""
        self._earlier = earlier or {}
        self.has_earlier = bool(earlier)
        self.spoken: dict[str, str] = {}
        """Organisation -> the language of its name, where the source says."""
        self._chunks: dict[str, list[pa.Table]] = defaultdict(list)
        self._hashes: dict[str, str] = {}
        self._issues: set[str] = set()
        self._numbered = ""
        self._row_numbers: Counter[str] = Counter()

    def record_id(self, native_id: str) -> str:
        """Source and native id."""
        return f"{self.source}:{native_id}"

    def takes_over(self, record_id: str, content_hash: str, fetched_at: datetime | None, raw: str | None) -> bool:
        """True when the rows of last time stand for an item that was not seen before in this source."""
        if self._earlier.get(record_id) != content_hash or record_id in self._hashes:
            return False
        self._hashes[record_id] = content_hash
        self.taken[record_id] = (fetched_at, raw or self.snapshot_digest)
        return True

    def takes_over_all(
        self, record_ids: Sequence[str], content_hashes: Sequence[str], fetched_at: datetime | None, raws: Sequence[Any]
    ) -> list[int]:
        """The same for many at once; returns the places of those that are not taken over."""
        known, seen, taken, left = self._earlier.get, self._hashes, self.taken, []
        for place, (record_id, content, raw) in enumerate(zip(record_ids, content_hashes, raws, strict=True)):
            if known(record_id) == content and record_id not in seen:
                seen[record_id] = content
                taken[record_id] = (fetched_at, raw or self.snapshot_digest)
            else:
                left.append(place)
        return left

    def admit(self, record_id: str, content_hash: str, native_id: str) -> bool:
        """False when the id was seen before in this source: the same item again, or an issue when it differs."""
        before = self._hashes.get(record_id)
        if before is None:
            self._hashes[record_id] = content_hash
            return True
        self.repeated += 1
        self.entangled.add(record_id)
        if before != content_hash:
            self.issue(
                "duplicate_native_id",
                f"The id '{native_id}' stands twice with different content; the first was used. Ask the source.",
                record_id=record_id,
                field="id",
                value=native_id,
            )
        return False

    def has(self, record_id: str) -> bool:
        """Whether the record was admitted."""
        return record_id in self._hashes

    def admit_all(self, record_ids: Sequence[str], content_hashes: Sequence[str]) -> None:
        """Takes records none of which was seen before."""
        self._hashes.update(zip(record_ids, content_hashes, strict=True))

    def add(self, table: str, owner: str, **columns: Any) -> str:
        """A detail row of a record; its id is the record's id, the table and a running number."""
        if owner != self._numbered:  # the rows of an item come one after the other
            self._numbered = owner
            self._row_numbers.clear()
        self._row_numbers[table] += 1
        row_id = f"{owner}#{table}{self._row_numbers[table]}"
        self.put(table, {"id": row_id, **columns})
        return row_id

    def put(self, table: str, row: dict[str, Any]) -> None:
        """A row with an id of its own."""
        rows = self._rows[table]
        rows.append(row)
        if len(rows) >= CHUNK:
            self._chunks[table].append(schema.table_from_rows(table, rows))
            rows.clear()

    def put_columns(self, table: str, length: int, columns: Mapping[str, Any]) -> None:
        """Many rows with ids of their own, as columns."""
        self._chunks[table].append(schema.table_from_columns(table, columns, length))

    def record_ids(self) -> set[str]:
        """The records that were admitted."""
        return set(self._hashes)

    def tables(self) -> dict[str, pa.Table]:
        """All rows, still open (see `closing`) and in no order; the collector is empty afterwards."""
        self._rows["unread_field"] = [
            {"source": self.source, "field": field, "occurrences": count} for field, count in self.unread.items()
        ]
        return {table.name: self._table(table.name) for table in schema.tables(stage="records")}

    def _table(self, name: str) -> pa.Table:
        chunks = [*self._chunks.pop(name, []), schema.table_from_rows(name, self._rows.pop(name, []))]
        made = pa.concat_tables(chunks)
        return once(made) if name == "normalised" else made

    def owner(self, kind: str, record_id: str) -> dict[str, str]:
        """The owner column of a detail row."""
        return {OWNER_OF_KIND[kind]: record_id}

    def normalised(self, record_id: str, field: str, value: str | None, raw: str | None) -> None:
        """Remembers what the source wrote where cleaning changed it."""
        if value is not None and raw is not None and value != raw:
            self.put("normalised", {"record_id": record_id, "field": field, "value": value, "raw_value": raw})

    def issue(
        self,
        code: str,
        message: str,
        *,
        record_id: str | None = None,
        field: str | None = None,
        value: str | None = None,
        level: str = "error",
    ) -> None:
        """One row of `issue`; equal findings on one record are kept once."""
        row = issue_row(self.source, code, message, record_id=record_id, field=field, value=value, level=level)
        if row["id"] not in self._issues:
            self._issues.add(row["id"])
            self.put("issue", row)

    def problem(self, record_id: str, field: str, problem: str | None, raw: str | None, *, used: bool = False) -> None:
        """The issue that a `Reading` reports; nothing when it reports none. The code list says what it means."""
        if problem:
            meaning = schema.codelist("issue_code")[problem].rstrip(".")
            kept = "It was used as far as it could be read" if used else "It was left out"
            shown = _shown(raw, field)
            found = f" ('{shown}')" if shown else ""
            self.issue(
                problem,
                f"{field}: {meaning}{found}. {kept}; correct it in the source.",
                record_id=record_id,
                field=field,
                value=raw,
                level="warning" if used else "error",
            )

    def finding(self, found: Finding) -> None:
        """A parser's finding as an issue."""
        self.issue(
            found.code,
            found.message,
            record_id=self.record_id(found.native_id) if found.native_id else None,
            field=found.field,
            value=found.value,
            level=found.level,
        )


def once(normalised: pa.Table) -> pa.Table:
    """The table `normalised` with one row for each value."""
    key = ["record_id", "field", "value"]
    grouped = normalised.group_by(key).aggregate([("raw_value", "max")]).rename_columns([*key, "raw_value"])
    return schema.conform("normalised", grouped)


def issue_row(
    source: str,
    code: str,
    message: str,
    *,
    record_id: str | None,
    field: str | None,
    value: str | None,
    level: str,
) -> dict[str, Any]:
    """One row of `issue`; its id is that of what was found where, so the same finding has the same id every night."""
    key = "\x1f".join(str(p) for p in (source, record_id, code, field, value))
    return {
        "id": hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:20],
        "source": source,
        "record_id": record_id,
        "level": level,
        "code": code,
        "field": field,
        "value": _shown(value, field),
        "message": message,
    }


def _shown(value: str | None, field: str | None) -> str | None:
    """A value for an issue: shortened, identity codes masked, and letters and digits hidden where it may be private."""
    if value is None:
        return None
    text = str(value)
    if field in PERSONAL_FIELDS:
        text = "".join("9" if c.isdigit() else "x" if c.isalpha() else c for c in text)
    else:
        text = identity_codes.mask(text)
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"
