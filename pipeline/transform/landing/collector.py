"""Gathers the rows of one source and the issues found on the way; knows tables, not meanings."""

import hashlib
from collections import Counter, defaultdict
from typing import Any

import pyarrow as pa

from pipeline import schema
from pipeline.privacy import identity_codes
from pipeline.sources.items import Finding
from pipeline.storage import in_key_order

LONGEST_VALUE = 200
"""Characters of a bad value that an issue shows."""
PERSONAL_FIELDS = frozenset({"phone", "email", "contact"})
"""Fields whose bad values may belong to a person: only their shape is shown."""
CHUNK = 20_000
"""Rows of a detail table that are held as Python objects before they become an Arrow chunk."""
OPEN_TO_THE_END = frozenset({"organization", "service", "location", "record", "service_at_location", "normalised"})
"""Tables whose rows may change when the books are closed."""
OWNER_OF_KIND = {"organization": "organization_id", "service": "service_id", "location": "location_id"}


class Collector:
    """Rows by table, issues, and the owners to look up when everything has been read."""

    def __init__(self, source: str, snapshot_version: str, snapshot_digest: str | None = None) -> None:
        self.source = source
        self.snapshot_version = snapshot_version
        self.snapshot_digest = snapshot_digest
        self.rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self.unread: Counter[str] = Counter()
        self.repeated = 0
        self._chunks: dict[str, list[pa.Table]] = defaultdict(list)
        self._hashes: dict[str, str] = {}
        self._kinds: dict[str, str] = {}
        self._issues: set[str] = set()
        self._numbered = ""
        self._row_numbers: Counter[str] = Counter()

    def record_id(self, native_id: str) -> str:
        """Source and native id."""
        return f"{self.source}:{native_id}"

    def admit(self, record_id: str, kind: str, content_hash: str, native_id: str) -> bool:
        """False when the id was seen before in this source: the same item again, or an issue when it differs."""
        before = self._hashes.get(record_id)
        if before is None:
            self._hashes[record_id] = content_hash
            self._kinds[record_id] = kind
            return True
        self.repeated += 1
        if before != content_hash:
            self.issue(
                "duplicate_native_id",
                f"The id '{native_id}' stands twice with different content; the first was used. Ask the source.",
                record_id=record_id,
                field="id",
                value=native_id,
            )
        return False

    def add(self, table: str, owner: str, **columns: Any) -> str:
        """A detail row of a record; its id is the record's id, the table and a running number."""
        if owner != self._numbered:  # the rows of an item come one after the other
            self._numbered = owner
            self._row_numbers.clear()
        self._row_numbers[table] += 1
        row_id = f"{owner}#{table}{self._row_numbers[table]}"
        self._append(table, {"id": row_id, **columns})
        return row_id

    def _append(self, table: str, row: dict[str, Any]) -> None:
        rows = self.rows[table]
        rows.append(row)
        if len(rows) >= CHUNK and table not in OPEN_TO_THE_END:
            self._chunks[table].append(schema.table_from_rows(table, rows))
            rows.clear()

    def table(self, name: str) -> pa.Table:
        """All rows of a table, in the order of its key."""
        chunks = [*self._chunks.pop(name, []), schema.table_from_rows(name, self.rows.pop(name, []))]
        return in_key_order(name, pa.concat_tables(chunks))

    def owner(self, kind: str, record_id: str) -> dict[str, str]:
        """The owner column of a detail row."""
        return {OWNER_OF_KIND[kind]: record_id}

    def normalised(self, record_id: str, field: str, value: str | None, raw: str | None) -> None:
        """Remembers what the source wrote where cleaning changed it."""
        if value is not None and raw is not None and value != raw:
            self.rows["normalised"].append({"record_id": record_id, "field": field, "value": value, "raw_value": raw})

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
        shown = _shown(value, field)
        key = "\x1f".join(str(p) for p in (self.source, record_id, code, field, value))
        issue_id = hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()[:20]
        if issue_id in self._issues:
            return
        self._issues.add(issue_id)
        self._append(
            "issue",
            {
                "id": issue_id,
                "source": self.source,
                "record_id": record_id,
                "level": level,
                "code": code,
                "field": field,
                "value": shown,
                "message": message,
            },
        )

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

    def close(self) -> None:
        """Looks up owners and parents: one that the source does not have becomes an issue and null."""
        for table in ("organization", "service", "location"):
            column = "parent_organization_id" if table == "organization" else "organization_id"
            for row in self.rows[table]:
                self._check_owner(row, column, row["id"])
        for row in self.rows["record"]:
            if row["owner_record_id"] and self._kinds.get(row["owner_record_id"]) != "organization":
                row["owner_record_id"] = None
        kept = []
        for row in self.rows["service_at_location"]:
            if self._kinds.get(row["location_id"]) == "location":
                kept.append(row)
            else:
                self.issue(
                    "unknown_location",
                    f"The service names the place '{row['location_id']}', which the source does not have.",
                    record_id=row["service_id"],
                    field="locations",
                    value=row["location_id"],
                    level="warning",
                )
        self.rows["service_at_location"] = kept
        self.rows["unread_field"] = [
            {"source": self.source, "field": field, "occurrences": count} for field, count in self.unread.items()
        ]
        unique = {(r["record_id"], r["field"], r["value"]): r for r in self.rows["normalised"]}
        self.rows["normalised"] = list(unique.values())

    def _check_owner(self, row: dict[str, Any], column: str, record_id: str) -> None:
        wanted = row.get(column)
        if wanted and self._kinds.get(wanted) != "organization":
            self.issue(
                "unknown_organization",
                f"Names the organisation '{wanted}', which the source does not have; the link was left out.",
                record_id=record_id,
                field=column,
                value=wanted,
                level="warning",
            )
            row[column] = None


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
