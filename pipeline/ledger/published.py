"""What the release tells of the ledger: its tables, and its findings among the other issues."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa

from pipeline import storage
from pipeline.ledger.corrections import Corrections, finish, gather
from pipeline.ledger.judgements import newly_judged
from pipeline.ledger.spec import HELSINKI


def day_of(version: str) -> date:
    """The day in Finland of a release version (UTC `YYYYMMDDTHHMMSSZ`)."""
    return datetime.strptime(version, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).astimezone(HELSINKI).date()


def corrections_of(ledger_dir: Path, assignment: pa.Table, ids: Path, before: Path) -> Corrections:
    """The corrections of a run from its folder of ids and the tables of the release before, see `gather`."""
    return gather(
        ledger_dir,
        assignment,
        storage.read_table(ids, "entity_registry"),
        storage.read_table(before, "correction"),
        today=day_of((storage.read_manifest(ids) or {})["version"]),
    )


def tables(issue: pa.Table, entities: Path, corrections: Corrections, states: pa.Table) -> dict[str, pa.Table]:
    """`judgement`, `correction`, and `issue` with the findings of both.

    Args:
        issue: What was found so far.
        entities: Folder of the matching stage, which left the judgements.
        corrections: As gathered.
        states: What choosing golden values made of them.
    """
    corrected, found = finish(corrections, states)
    every = pa.concat_tables([issue, storage.read_table(entities, "issue"), found])
    return {
        "judgement": storage.read_table(entities, "judgement"),
        "correction": corrected,
        "issue": every.sort_by("id"),
    }


def concerned(entities: Path, release: Path | None) -> dict[str, set[str]]:
    """The records of judgements, for ids: `confirmed` to be one with another, and newly `judged` since the release."""
    now = storage.read_table(entities, "judgement")
    before = storage.read_table(release, "judgement") if release else now
    same = [r for r in now.to_pylist() if r["decision"] == "same" and r["state"] in ("applied", "stale")]
    confirmed = {r[c] for r in same for c in ("record_id_a", "record_id_b")}
    return {"confirmed": confirmed, "judged": newly_judged(now, before)}


def contradictory(made: Mapping[str, pa.Table]) -> list[str]:
    """One line per contradiction in the ledger, for the check that makes a run end with 1."""
    codes = ("judgement_conflict", "correction_conflict")
    return [row["message"] for row in made["issue"].to_pylist() if row["code"] in codes]
