"""People's judgements on pairs as learning wants them, from a table `record_id_a, record_id_b, decision`.

Only `same` and `different` teach; `related` means two organisations; what nobody is sure of teaches nothing. A later
row on the same pair replaces an earlier one; one that a row revokes (column `revokes`) teaches nothing.
"""

import csv
from pathlib import Path

import pyarrow as pa

COLUMNS = ("record_id_a", "record_id_b", "decision")
ANSWERS = {"same": True, "different": False, "related": False}


def read_judgements(path: Path) -> pa.Table | None:
    """`record_id_a, record_id_b, is_same` of a CSV file; null when there is none.

    Raises `ValueError` that names a missing column.
    """
    if not path.exists():
        return None
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        if missing := set(COLUMNS) - set(reader.fieldnames or ()):
            raise ValueError(f"{path}: has no column {', '.join(sorted(missing))}; it needs {', '.join(COLUMNS)}.")
        rows = list(reader)
    return as_judged(rows)


def as_judged(rows: list[dict[str, str]]) -> pa.Table:
    """The same from rows."""
    last: dict[tuple[str, str], str] = {}
    revoked = {row.get("revokes") for row in rows} - {None, ""}
    for row in rows:
        if not row["decision"] or row.get("id") in revoked:
            continue
        a, b = sorted((row["record_id_a"], row["record_id_b"]))
        last[a, b] = row["decision"].strip().lower()
    told = [(a, b, ANSWERS[d]) for (a, b), d in sorted(last.items()) if d in ANSWERS]
    return pa.table(
        {
            "record_id_a": pa.array([a for a, _, _ in told], pa.string()),
            "record_id_b": pa.array([b for _, b, _ in told], pa.string()),
            "is_same": pa.array([same for _, _, same in told], pa.bool_()),
        }
    )
