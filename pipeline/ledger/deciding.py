"""A new decision as rows of the ledger: what it revokes, and whether it fits those that hold.

Belongs here: which rows a decision needs. Looking ids up is in `lookup`, writing in `files`.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from pipeline.ledger import files, spec, values
from pipeline.ledger.contradictions import Contradiction, Decision, contradictions
from pipeline.ledger.lookup import Known

RELATIONS = ("parent", "chapter", "affiliated")
DECISIONS = ("same", "different", "unsure", *RELATIONS)
"""What a person can say of two records; the last three say how they belong together."""
Cells = Mapping[str, str]


class Unfit(Exception):
    """A decision that cannot be taken; the message says why and what to do."""


def signed(author: str, now: datetime) -> dict[str, str]:
    """The cells that every decision has."""
    if not author.strip():
        raise Unfit("nobody is named as the author; give --author, or set KOONTI_AUTHOR.")
    return {"author": author, "decided_at": now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")}


def judgement(a: str, b: str, said: str) -> dict[str, str]:
    """The cells of a judgement; `said` is one of `DECISIONS`."""
    if a == b:
        raise Unfit(f"both are the record {a}; a judgement is about two.")
    related = said in RELATIONS
    return {
        "record_id_a": a,
        "record_id_b": b,
        "decision": "related" if related else said,
        "relation": said if related else "",
    }


def judged(ledger_dir: Path, decisions: Sequence[Cells]) -> list[dict[str, str]]:
    """The rows to write for judgements: each revokes what it replaces; what holds already is left out.

    Raises `Unfit` with the smallest contradiction when they do not fit the judgements that hold.
    """
    rows = files.holding(files.read(ledger_dir, "judgements"))
    held = {r["id"]: _of(r.values, r.line) for r in rows}
    new: list[dict[str, str]] = []
    gone: set[str] = set()
    for cells in decisions:
        id_ = files.new_id("judgements")
        one = _of({**cells, "id": id_}, 0)
        earlier = [d for d in held.values() if d.pair == one.pair and d.id not in gone]
        evidence = {r["evidence"] for r in rows if r["id"] in {d.id for d in earlier}}
        if earlier and {d.meaning for d in earlier} == {one.meaning} and evidence == {cells.get("evidence", "")}:
            continue
        gone |= {d.id for d in earlier}
        revokes = [d.id for d in earlier]
        new.append({**cells, "id": id_, "revokes": revokes[0] if revokes else ""})
        keep = {c: cells.get(c, "") for c in ("author", "decided_at")}
        new += [{**keep, "id": files.new_id("judgements"), "revokes": r} for r in revokes[1:]]
    coming = [_of(c, 10**9 + i) for i, c in enumerate(new) if c.get("decision")]
    ids = {d.id for d in coming}
    standing = [d for d in held.values() if d.id not in gone]
    for found in contradictions([*standing, *coming]):
        if ids & {d.id for d in found.decisions}:
            raise Unfit(_told(found, ids))
    return new


def _told(found: Contradiction, new: set[str]) -> str:
    old = [d for d in found.decisions if d.id not in new]
    said = str(Contradiction(tuple(old)))
    return (
        f"this contradicts what was decided before: {said}. Revoke one of them first: koonti judge --revoke {old[0].id}"
    )


def _of(cells: Mapping[str, str], line: int) -> Decision:
    return Decision(
        cells["id"], line, cells["record_id_a"], cells["record_id_b"], cells["decision"], cells.get("relation", "")
    )


def revocation(ledger_dir: Path, name: str, id_: str) -> tuple[dict[str, str], files.Row]:
    """(the cells that revoke a row, the row); raises `Unfit` when it is not there or no longer holds."""
    rows = files.read(ledger_dir, name)
    found = {r["id"]: r for r in rows}
    if id_ not in found:
        raise Unfit(f"{files.path_of(ledger_dir, name)} has no row '{id_}'; its ids stand in its first column.")
    if by := files.revoked(rows).get(id_):
        raise Unfit(f"'{id_}' is revoked already, by {by['id']} ({by.place}).")
    return {"revokes": id_}, found[id_]


def correction(
    ledger_dir: Path, target: Known, key: str, value: str, *, until: str, today: date, same: Iterable[str]
) -> dict[str, str]:
    """The cells of a correction; it revokes the one that it replaces.

    Args:
        ledger_dir: Folder of the ledger.
        target: What it is about.
        key: The field as in `assertion`.
        value: As a person writes it.
        until: The last day, or empty.
        today: The day in Finland.
        same: All ids that mean the same organisation.
    """
    field, _, language = key.partition("@")
    expires = spec.day(until) if until else None
    if until and not expires:
        raise Unfit(f"'{until}' is no date; write it like 2026-12-31 or 31.12.2026.")
    if expires and expires < today:
        raise Unfit(f"'{until}' has passed; a correction holds until a day that comes.")
    targets = set(same)
    earlier = [
        r["id"]
        for r in files.holding(files.read(ledger_dir, "corrections"))
        if r["target"] in targets and values.key_of(r["field"], r["language"]) == key and not values.is_multiple(key)
    ]
    return {
        "target": target.entity_id if target.is_entity else target.record_id,
        "field": field,
        "language": language,
        "value": value,
        "expires_at": expires.isoformat() if expires else "",
        "revokes": earlier[-1] if earlier else "",
    }
