"""Persistent ids: which id each cluster of records carries on, and what became of the others.

An id is a prefix and a random, time-ordered part (like a ULID); it says nothing about its organisation and is
never used again. A cluster carries on the id with which it shares most records; each id goes to one cluster at
most. Larger overlaps are served first, ties go to the older id and then to the smaller cluster id, so the result
does not depend on the order of records.
"""

import random
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import schema

Row = dict[str, Any]
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no letters that look alike."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The ids of this release."""

    assignment: pa.Table
    """record_id, entity_id: one row per record."""
    registry: pa.Table
    """Schema table `entity_registry`."""
    members: pa.Table
    """Schema table `entity_record`."""
    minted: int
    carried: int


def minter(now: datetime, *, seed: int | None = None, prefix: str = "org") -> Callable[[], str]:
    """A source of new ids. With a seed they are reproducible and carry no time."""
    rng = random.Random(f"{prefix}{seed}") if seed is not None else random.SystemRandom()  # noqa: S311 - ids are no secrets
    moment = 0 if seed is not None else int(now.timestamp() * 1000)

    def mint() -> str:
        number = (moment << 80) | rng.getrandbits(80)
        return f"{prefix}_" + "".join(ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))

    return mint


def assign(
    clusters: pa.Table, registry: pa.Table, members: pa.Table, *, version: str, mint: Callable[[], str]
) -> Identity:
    """Gives every cluster an id.

    Args:
        clusters: record_id, cluster_id: every record of this run once.
        registry: `entity_registry` of the previous release (empty at first).
        members: `entity_record` of the previous release (empty at first).
        version: Version of the release being made.
        mint: Gives a new id at each call.
    """
    cluster_of: dict[str, str] = dict(
        zip(clusters.column("record_id").to_pylist(), clusters.column("cluster_id").to_pylist(), strict=True)
    )
    old = {row["entity_id"]: row for row in registry.to_pylist()}
    stood_for: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in members.to_pylist():
        stood_for[row["entity_id"]][row["record_id"]] = row
    id_of = _carry_over(cluster_of, old, stood_for)
    carried = len(id_of)
    for cluster in sorted(set(cluster_of.values()) - id_of.keys()):
        new = mint()
        while new in old or new in id_of.values():
            new = mint()
        id_of[cluster] = new
    entity_of = {record: id_of[cluster] for record, cluster in cluster_of.items()}
    return Identity(
        assignment=pa.table(
            {"record_id": sorted(entity_of), "entity_id": [entity_of[r] for r in sorted(entity_of)]},
            schema=pa.schema([("record_id", pa.string()), ("entity_id", pa.string())]),
        ),
        registry=_registry(entity_of, old, stood_for, version),
        members=_members(entity_of, stood_for, version),
        minted=len(id_of) - carried,
        carried=carried,
    )


def _carry_over(
    cluster_of: dict[str, str], old: dict[str, Row], stood_for: dict[str, dict[str, Row]]
) -> dict[str, str]:
    """Cluster -> id it carries on. Ids that were merged away or split do not come back by themselves."""
    overlap: dict[tuple[str, str], int] = defaultdict(int)
    for entity_id, records in stood_for.items():
        state = old.get(entity_id, {}).get("state")
        if state not in ("live", "retired"):
            continue
        for record, row in records.items():
            if record in cluster_of and (row["is_current"] or state == "retired"):
                overlap[entity_id, cluster_of[record]] += 1
    id_of: dict[str, str] = {}
    taken: set[str] = set()
    order = sorted(overlap.items(), key=lambda kv: (-kv[1], old[kv[0][0]]["state"] != "live", kv[0]))
    for (entity_id, cluster), _ in order:
        if cluster not in id_of and entity_id not in taken:
            id_of[cluster] = entity_id
            taken.add(entity_id)
    return id_of


def _registry(
    entity_of: dict[str, str],
    old: dict[str, Row],
    stood_for: dict[str, dict[str, Row]],
    version: str,
) -> pa.Table:
    live = set(entity_of.values())
    rows: list[Row] = [
        {
            "entity_id": entity_id,
            "state": "live",
            "successors": None,
            "first_release": old.get(entity_id, {}).get("first_release") or version,
            "last_release": version,
        }
        for entity_id in live
    ]
    for entity_id, row in old.items():
        if entity_id in live:
            continue
        if row["state"] == "live":
            heirs = {entity_of[r] for r, m in stood_for[entity_id].items() if m["is_current"] and r in entity_of}
            state = "retired" if not heirs else "merged" if len(heirs) == 1 else "split"
            row = {**row, "state": state, "successors": "|".join(sorted(heirs)) or None}
        rows.append(row)
    known = {r["entity_id"]: r for r in rows}
    for row in rows:
        row["successors"] = _resolved(row, known)
    return schema.table_from_rows("entity_registry", sorted(rows, key=lambda r: str(r["entity_id"])))


def _resolved(row: Row, known: dict[str, Row]) -> str | None:
    """Successors that are live, or that ended for good: one hop is always enough."""
    if not row["successors"]:
        return None
    found: set[str] = set()
    todo, seen = row["successors"].split("|"), set()
    while todo:
        one = todo.pop()
        if one in seen:
            continue
        seen.add(one)
        further = known[one]["successors"] if one in known else None
        if further:
            todo.extend(further.split("|"))
        else:
            found.add(one)
    return "|".join(sorted(found))


def _members(entity_of: dict[str, str], stood_for: dict[str, dict[str, Row]], version: str) -> pa.Table:
    rows = {
        (entity_id, record): {**row, "is_current": False}
        for entity_id, records in stood_for.items()
        for record, row in records.items()
    }
    for record, entity_id in entity_of.items():
        rows[entity_id, record] = {
            "entity_id": entity_id,
            "record_id": record,
            "is_current": True,
            "last_release": version,
        }
    return schema.table_from_rows("entity_record", [rows[key] for key in sorted(rows)])


PREFIX = {"organization": "org", "service": "svc", "location": "loc"}
"""Prefix of the ids of each kind of record."""


def assign_kinds(
    clusters: dict[str, pa.Table],
    registry: pa.Table,
    members: pa.Table,
    *,
    version: str,
    mint: Callable[[str], Callable[[], str]],
) -> Identity:
    """`assign` for each kind of record on its own part of the registry; `mint` gives a minter for a prefix.

    The assignment has a third column `kind`.
    """
    made: dict[str, Identity] = {}
    for kind, table in clusters.items():
        own = PREFIX[kind] + "_"
        made[kind] = assign(
            table,
            registry.filter(pc.starts_with(registry.column("entity_id"), own)),
            members.filter(pc.starts_with(members.column("entity_id"), own)),
            version=version,
            mint=mint(PREFIX[kind]),
        )
    parts = [
        m.assignment.append_column("kind", pa.array([k] * len(m.assignment), pa.string())) for k, m in made.items()
    ]
    return Identity(
        assignment=pa.concat_tables(parts),
        registry=pa.concat_tables(m.registry for m in made.values()),
        members=pa.concat_tables(m.members for m in made.values()),
        minted=sum(m.minted for m in made.values()),
        carried=sum(m.carried for m in made.values()),
    )
