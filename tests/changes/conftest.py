"""Small worlds of the change feed: published tables made by hand from who is who, with the real ids."""

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from pipeline import identity, schema
from pipeline.changes import compute
from pipeline.changes.coverage import covered
from pipeline.changes.feed import BESIDE

START = datetime(2026, 11, 1, 2, tzinfo=UTC)


class World:
    """Days of a catalogue. A record is id -> dict(name, group, phone, raw, content, lifecycle, region)."""

    def __init__(self):
        self.day, self.previous, self.memory = 0, None, identity.Memory.none()

    def publish(self, records, *, decided=None, judgement=(), correction=(), snapshots=None, sources=None, **columns):
        """Tables of the next day, with `change`."""
        version = (START + timedelta(days=self.day)).strftime("%Y%m%dT%H%M%SZ")
        seed = self.day
        groups = pa.table(
            {
                "record_id": pa.array(sorted(records), pa.string()),
                "cluster_id": pa.array([records[r]["group"] for r in sorted(records)], pa.string()),
            }
        )
        made = identity.assign(
            {"organization": groups},
            self.memory,
            version=version,
            mint=lambda prefix: identity.minter(START + timedelta(days=seed), seed=seed, prefix=prefix),
        )
        tables = self._tables(made, records, version, columns)
        listed = sources or sorted({r.split(":")[0] for r in records} | {"a", "b"})
        rows = {
            "source": [{"id": s, "name": s} for s in listed],
            "snapshot": [{"source": s, "version": "v", "sha256": (snapshots or {}).get(s, version)} for s in listed],
            "judgement": judgement,
            "correction": correction,
        }
        tables |= {name: schema.table_from_rows(name, found) for name, found in rows.items()}
        before = self.previous["version"] if self.previous else None
        options = {"decided": decided} if decided else {}
        changes = compute(
            self.previous and self.previous["tables"], tables, version=version, previous_version=before, **options
        )
        shown = {"version": version, "tables": tables, "change": changes, "before": self.previous}
        self.previous, self.memory, self.day = shown, made.memory, self.day + 1
        return shown

    def _tables(self, made, records, version, columns):
        rows = {name: [] for name in (*(c.name for c in covered()), *BESIDE)}
        of = dict(zip(*(made.assignment.column(c).to_pylist() for c in ("record_id", "entity_id")), strict=True))
        for entity in sorted(set(of.values())):
            own = sorted(r for r in of if of[r] == entity and records[r].get("region", True))
            if not own:
                continue
            name = min(records[r]["name"] for r in own)
            rows["organization"].append({"id": entity, "name": name, **columns})
            for number in sorted({records[r].get("phone") for r in own} - {None}):
                rows["phone"].append({"id": f"{entity}{number}", "organization_id": entity, "number": number})
            for r in own:
                one = records[r]
                rows["bridge"].append(
                    {
                        "record_id": r,
                        "entity_id": entity,
                        "source": r.split(":")[0],
                        "native_id": r.split(":")[1],
                        "kind": "organization",
                        "name": one["name"],
                        "raw_hash": one.get("raw", one["name"] + str(one.get("phone"))),
                        "content_hash": one.get("content", one["name"] + str(one.get("phone"))),
                        "last_seen": START + timedelta(days=self.day),
                        "lifecycle": one.get("lifecycle", "seen"),
                    }
                )
        tables = {name: schema.table_from_rows(name, found) for name, found in rows.items()}
        standing = dict(zip(*(tables["organization"].column(c).to_pylist() for c in ("id", "name")), strict=True))
        registry = made.registry.to_pylist()
        for row in registry:
            row["name"] = standing.get(row["entity_id"])
            if row["state"] == "live" and row["entity_id"] not in standing:
                row["state"] = "outside"
        tables["entity_registry"] = schema.table_from_rows("entity_registry", registry)
        return tables | {"entity_record": made.members, "entity_event": made.events}


@pytest.fixture
def new_world():
    """Makes a world; for tests that need several."""
    return World


@pytest.fixture
def world():
    return World()
