"""Judgements: from `judgements.csv` to the pairs that matching must join or keep apart, and how each row ended.

What it decides: which decisions hold (not revoked, not contradictory), what they mean for the records of this run
(some may be gone), and which of them somebody should look at again because their records have changed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline import schema
from pipeline.ledger import evidence, files, spec
from pipeline.ledger.contradictions import APART, Contradiction, Decision, Pair, contradictions
from pipeline.ledger.findings import finding

PAIRS = pa.schema([("record_id_a", pa.string()), ("record_id_b", pa.string())])


@dataclass(frozen=True, slots=True)
class Judged:
    """What people decided, ready for matching."""

    must_link: pa.Table
    """record_id_a, record_id_b."""
    must_not_link: pa.Table
    """record_id_a, record_id_b; contains the related ones, for they are two."""
    unsure: frozenset[Pair]
    """Pairs that nobody should be asked about, smaller record first."""
    related: tuple[tuple[str, str, str], ...]
    """(first, second, relation); in parent and chapter the first is the parent."""
    table: pa.Table
    """Schema table `judgement`."""
    issues: pa.Table
    """Schema table `issue`."""
    contradictions: tuple[Contradiction, ...]


def judge(ledger_dir: Path, records: pa.Table) -> Judged:
    """Reads the judgements and weighs them against the records of this run (`gather.matching_input`).

    Raises `LedgerBroken` with every row that cannot be used.
    """
    rows, decisions = stated(ledger_dir)
    gone = files.revoked(rows)
    held = [d for d in decisions.values() if d.id not in gone]
    found = contradictions(held)
    conflicting = {d.id: c for c in reversed(found) for d in c.decisions}
    present = _present(records, {r for d in held for r in (d.a, d.b)})
    applied = [d for d in held if d.id not in conflicting]
    told: list[dict[str, Any]] = []
    issues: list[dict[str, Any]] = [
        finding("judgement_conflict", "error", f"judgements.csv: {c}. All are set aside; revoke the wrong one.")
        for c in found
    ]
    fresh = []
    for row in rows:
        if row["id"] not in decisions:
            continue
        one = decisions[row["id"]]
        state, changed = "applied", []
        if one.id in gone:
            state = "revoked"
        elif one.id in conflicting:
            state = "conflicting"
        elif one.a not in present or one.b not in present:
            state = "dormant"
            missing = " and ".join(r for r in (one.a, one.b) if r not in present)
            issues.append(finding("judgement_dormant", "info", f"{row.place}: {missing} is gone; kept.", key=one.id))
        elif row["evidence"]:
            changed = evidence.changed(row["evidence"], evidence.fingerprint(present[one.a], present[one.b]))
            if changed:
                state = "stale"
                what = f"{row.place}: {one.a} and {one.b} were judged '{one.decision}'; since then their"
                advice = "It still holds; judge again to confirm it."
                issues.append(
                    finding(
                        "judgement_stale", "warning", f"{what} {', '.join(changed)} changed. {advice}", one.a, one.id
                    )
                )
        if state == "applied":
            fresh.append(one)
        told.append(_told(row, one, state, changed, conflicting.get(one.id)))
    together, apart = _closure(applied, present.keys())
    return Judged(
        must_link=_pairs(together),
        must_not_link=_pairs(apart),
        unsure=frozenset(d.pair for d in fresh if d.decision == "unsure"),
        related=tuple(sorted({(d.a, d.b, d.relation) for d in applied if d.decision == "related"})),
        table=schema.table_from_rows("judgement", sorted(told, key=lambda r: str(r["id"]))),
        issues=schema.table_from_rows("issue", sorted(issues, key=lambda r: str(r["id"]))),
        contradictions=tuple(found),
    )


def newly_judged(now: pa.Table, before: pa.Table) -> set[str]:
    """Records of judgements that hold now and did not in the release before, or the other way round."""
    held = [
        {(r["id"], r["record_id_a"], r["record_id_b"]) for r in table.to_pylist() if r["state"] in ("applied", "stale")}
        for table in (now, before)
    ]
    return {record for _, *records in held[0] ^ held[1] for record in records}


def stated(ledger_dir: Path) -> tuple[list[files.Row], dict[str, Decision]]:
    """All rows of the file, and the decision of each that makes one, by id.

    Raises `LedgerBroken` with every row that cannot be used.
    """
    rows = files.read(ledger_dir, "judgements")
    decisions = {r["id"]: _decision(r) for r in rows if not r.only_revokes}
    if mistakes := [f"{r.place}: {m}" for r in rows if r["id"] in decisions and (m := _mistake(decisions[r["id"]]))]:
        raise files.LedgerBroken(mistakes)
    return rows, decisions


def _decision(row: files.Row) -> Decision:
    return Decision(row["id"], row.line, row["record_id_a"], row["record_id_b"], row["decision"], row["relation"])


def _mistake(one: Decision) -> str | None:
    """What is wrong with a decision."""
    if one.a == one.b:
        return f"both records are '{one.a}'; a judgement is about two."
    if (one.decision == "related") != bool(one.relation):
        wrong = f"decision is '{one.decision}' and relation is '{one.relation}'"
        return f"{wrong}; related needs a relation (parent, chapter, affiliated), the others have none."
    return None


def _present(records: pa.Table, wanted: set[str]) -> Mapping[str, Mapping[str, Any]]:
    """The matching input of the judged records that this run has."""
    kept = pc.is_in(records.column("record_id"), value_set=pa.array(sorted(wanted), pa.string()))
    return {row["record_id"]: row for row in records.filter(kept).to_pylist()}


def _told(
    row: files.Row, one: Decision, state: str, changed: Sequence[str], conflict: Contradiction | None
) -> dict[str, Any]:
    return {
        "id": one.id,
        "record_id_a": one.a,
        "record_id_b": one.b,
        "decision": one.decision,
        "relation_type": one.relation or None,
        "state": state,
        "changed": ", ".join(changed) or None,
        "conflicts_with": ", ".join(d.id for d in conflict.decisions if d.id != one.id) if conflict else None,
        "decided_at": spec.moment(row["decided_at"]),
    }


def _closure(decisions: Iterable[Decision], present: Iterable[str]) -> tuple[set[Pair], set[Pair]]:
    """(pairs to join, pairs to keep apart) among the records that are there, through those that are gone as well."""
    here, of = set(present), dict[str, str]()
    listed = list(decisions)

    def root(x: str) -> str:
        while of.setdefault(x, x) != x:
            of[x] = x = of[of[x]]
        return x

    same = [d.pair for d in listed if d.decision == "same"]
    for a, b in same:
        of[root(a)] = root(b)
    groups: dict[str, list[str]] = defaultdict(list)
    for record in sorted(of):
        if record in here:
            groups[root(record)].append(record)
    through_gone = {root(x) for pair in same for x in pair if x not in here}
    together = {p for p in same if p[0] in here and p[1] in here}
    for group in (groups[g] for g in through_gone if g in groups):
        together |= set(pairwise(group))
    apart = set()
    for one in listed:
        if one.decision in APART:
            left = [one.a] if one.a in here else groups.get(root(one.a), [])
            right = [one.b] if one.b in here else groups.get(root(one.b), [])
            apart |= {(min(x, y), max(x, y)) for x in left for y in right}
    return together, apart


def _pairs(pairs: set[Pair]) -> pa.Table:
    listed = sorted(pairs)
    return pa.table([[a for a, _ in listed], [b for _, b in listed]], schema=PAIRS)
