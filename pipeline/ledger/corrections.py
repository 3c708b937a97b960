"""Corrections: from `corrections.csv` to the values that must stand, and how each row ended.

What it decides: which corrections hold today (not revoked, not expired, not contradictory) and which organisation of
this run each is about. Whether a source has caught up is found where golden values are chosen
(`dedupe.overriding`), which gets `Corrections.wanted` and answers with states.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from pipeline import schema
from pipeline.dedupe.overriding import WANTED
from pipeline.ledger import files, spec, values
from pipeline.ledger.findings import finding

PLACES = ("address", "coordinates")
"""Fields that tell exactly where an organisation is."""


@dataclass(frozen=True, slots=True)
class Corrections:
    """The corrections of a run before golden values are chosen."""

    wanted: pa.Table
    """Columns of `overriding.WANTED`: what must stand unless a source has caught up."""
    rows: Mapping[str, Mapping[str, Any]]
    """id -> row of the schema table `correction`; wanted ones get their state from `finish`."""
    places: Mapping[str, str]
    """id -> file and line."""
    issues: tuple[Mapping[str, Any], ...]

    def allowed(self, assignment: pa.Table, hidden: frozenset[str]) -> pa.Table:
        """What is wanted without where the organisations of `hidden` records are: privacy goes before corrections."""
        if not hidden or not len(self.wanted):
            return self.wanted
        of = dict(zip(*(assignment.column(c).to_pylist() for c in ("record_id", "entity_id")), strict=True))
        kept = [
            row
            for row in self.wanted.to_pylist()
            if row["field"] not in PLACES or row["entity_id"] not in {of.get(r) for r in hidden}
        ]
        return pa.Table.from_pylist(kept, schema=WANTED)


def gather(ledger_dir: Path, assignment: pa.Table, registry: pa.Table, before: pa.Table, *, today: date) -> Corrections:
    """Reads the corrections and finds out what they are about.

    Args:
        ledger_dir: Folder of the ledger.
        assignment: record_id, entity_id, kind of every record of this run.
        registry: `entity_registry` of this run, for ids that live on under others.
        before: `correction` of the release before: a correction that had ended does not begin again.
        today: The day of this run in Finland.

    Raises `LedgerBroken` when the file or a value in it cannot be used.
    """
    listed, checked = stated(ledger_dir)
    gone = files.revoked(listed)
    about = _Entities(assignment, registry)
    earlier = {r["id"]: r for r in before.to_pylist()}
    told: dict[str, dict[str, Any]] = {}
    wanted: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    issues: list[Mapping[str, Any]] = []
    for row, key, value in checked:
        entity = about.find(row["target"])
        if entity and key == "parent_organization_id" and value:
            value = about.find(value) or ""
            entity = entity if value and value != entity else None
        expires = spec.day(row["expires_at"]) if row["expires_at"] else None
        one = told[row["id"]] = {
            "id": row["id"],
            "entity_id": entity,
            "field": key,
            "state": "applied",
            "overruled": earlier.get(row["id"], {}).get("overruled"),
            "decided_at": spec.moment(row["decided_at"]),
            "expires_at": expires,
        }
        if row["id"] in gone:
            one["state"] = "revoked"
        elif expires and expires < today:
            one["state"] = "expired"
            issues.append(finding("correction_expired", "info", f"{row.place}: it ended on {expires}.", key=row["id"]))
        elif not entity:
            one["state"] = "dormant"
            why = (
                f"{row.place}: '{row['target']}' or the parent that it names is gone, was split, or is no organisation"
            )
            advice = "name one of its records, or revoke the correction."
            issues.append(finding("correction_dormant", "warning", f"{why}; {advice}", key=row["id"]))
        else:
            before_state = earlier.get(row["id"], {}).get("state")
            wanted[entity, key].append(
                {
                    "id": row["id"],
                    "entity_id": entity,
                    "field": key,
                    "value": value,
                    "has_ended": before_state == "caught_up",
                    "overruled": one["overruled"],
                    **_address_parts(key, value),
                }
            )
    places = {row["id"]: row.place for row, _, _ in checked}
    holding: list[dict[str, Any]] = []
    for (_, key), group in wanted.items():
        if len({g["value"] for g in group}) > 1 and not values.is_multiple(key):
            for g in group:
                told[g["id"]]["state"] = "conflicting"
            said = ", ".join(f"{places[g['id']]} ({g['id']})" for g in group)
            message = f"{said} correct {key} of {group[0]['entity_id']} to different values."
            message += " All are set aside; revoke the wrong one."
            key_of_issue = ",".join(sorted(g["id"] for g in group))
            issues.append(finding("correction_conflict", "error", message, key=key_of_issue))
        else:
            holding += group
    table = pa.Table.from_pylist(sorted(holding, key=lambda g: str(g["id"])), schema=WANTED)
    return Corrections(table, told, places, tuple(issues))


def finish(gathered: Corrections, states: pa.Table) -> tuple[pa.Table, pa.Table]:
    """The schema tables `correction` and `issue`, with the states that choosing golden values found."""
    told = {i: dict(row) for i, row in gathered.rows.items()}
    issues = list(gathered.issues)
    for id_ in gathered.wanted.column("id").to_pylist():
        told[id_]["state"] = "withheld"
    for row in states.to_pylist():
        told[row["id"]] |= {"state": row["state"], "overruled": row["overruled"]}
        if row["state"] == "caught_up":
            message = f"{gathered.places[row['id']]}: a source says the same now, so it has ended."
            issues.append(finding("correction_caught_up", "info", message, key=row["id"]))
    return (
        schema.table_from_rows("correction", [told[i] for i in sorted(told)]),
        schema.table_from_rows("issue", sorted(issues, key=lambda r: str(r["id"]))),
    )


def stated(ledger_dir: Path) -> tuple[list[files.Row], list[tuple[files.Row, str, str]]]:
    """All rows of the file, and of those that correct something (row, field as in `assertion`, value).

    Raises `LedgerBroken` with every row that cannot be used.
    """
    rows = files.read(ledger_dir, "corrections")
    return rows, _checked(rows)


def _checked(rows: list[files.Row]) -> list[tuple[files.Row, str, str]]:
    """(row, field as in `assertion`, value); raises `LedgerBroken` with every value that cannot be used."""
    found, mistakes = [], []
    gone = files.revoked(rows)
    for row in rows:
        if row.only_revokes:
            continue
        try:
            key = values.key_of(row["field"], row["language"])
            found.append((row, key, values.normalised(key, row["value"]) if row["id"] not in gone else ""))
        except values.Refused as refused:
            mistakes.append(f"{row.place}: {refused}.")
    if mistakes:
        raise files.LedgerBroken(mistakes)
    return found


def _address_parts(key: str, value: str) -> dict[str, str | None]:
    if key != "address" or not value:
        return dict.fromkeys(("street", "postal_code", "city", "municipality_code"))
    read = values.address(value)
    return {
        "street": read.street,
        "postal_code": read.postal_code,
        "city": read.city,
        "municipality_code": read.municipality_code,
    }


class _Entities:
    """Which organisation of this run an id means."""

    def __init__(self, assignment: pa.Table, registry: pa.Table) -> None:
        rows = assignment.select(["record_id", "entity_id", "kind"]).to_pydict()
        self._of = {r: e for r, e, k in zip(*(rows[c] for c in rows), strict=True) if k == "organization"}
        self._live = set(self._of.values())
        self._heirs = dict(
            zip(registry.column("entity_id").to_pylist(), registry.column("successors").to_pylist(), strict=True)
        )

    def find(self, asked: str) -> str | None:
        """The organisation of a record or of an id, through its successor; null when gone or when there are several."""
        if asked in self._of:
            return self._of[asked]
        if asked in self._live:
            return asked
        heirs = [h for h in (self._heirs.get(asked) or "").split("|") if h in self._live]
        return heirs[0] if len(heirs) == 1 else None
