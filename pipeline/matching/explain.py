"""Why two records are or are not one organisation, and what is known about one: read from a release, nothing decided.

The reasons are those that were written when the pair was scored. A pair that was never scored shares no key, or was
plainly different; it is then compared on its own, which says less about rarity, and the answer says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.dedupe.calibration import probability
from pipeline.dedupe.comparison import compare
from pipeline.dedupe.features import features
from pipeline.dedupe.scoring import DECISIONS, reasons, score
from pipeline.dedupe.weights import load_weights
from pipeline.storage import connect

TABLES = "organization bridge assertion match match_reason relation entity_registry entity_record".split()


class NotKnown(Exception):
    """An id that the release does not have; the message says what to try."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records side by side."""

    a: str
    b: str
    name_a: str
    name_b: str
    decision: str
    """A value of `match_decision`."""
    rule: str
    probability: float
    is_one: bool
    """True when both stand for one organisation in the release."""
    reasons: list[Mapping[str, Any]]
    """feature, outcome, contribution in bits, value_a, value_b; the strongest first, the prior at the head."""
    compared_now: bool
    """True when the release holds no comparison of the two."""
    kind: str = "organization"
    """What both describe: organization or service."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """One organisation of the release."""

    id: str
    name: str
    state: str
    successors: list[str]
    records: list[Mapping[str, Any]]
    """record_id, name, source, match_basis, score."""
    values: list[Mapping[str, Any]]
    """field, value, chosen, rule, record_id; chosen first."""
    relations: list[Mapping[str, Any]]
    """relation_type, other_id, other_name, rule."""
    earlier: list[str]
    """Ids that were merged into it."""


class Release:
    """The tables of one release, for questions."""

    def __init__(self, folder: Path) -> None:
        self._con: duckdb.DuckDBPyConnection = connect()
        for name in TABLES:
            self._con.register(name, pq.read_table(folder / "parquet" / f"{name}.parquet"))

    def _rows(self, sql: str, *values: Any) -> list[dict[str, Any]]:
        cursor = self._con.execute(sql, list(values))
        columns = [d[0] for d in cursor.description or []]
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

    def records_of(self, asked: str) -> list[str]:
        """The records that an id means: itself, or those of an organisation; raises `NotKnown`."""
        found = self._rows("SELECT record_id FROM bridge WHERE record_id = ? OR entity_id = ? ORDER BY 1", asked, asked)
        if not found:
            raise NotKnown(f"'{asked}' is neither a record (source:id) nor an organisation (org_…) of this release.")
        return [row["record_id"] for row in found]

    def pair(self, one: str, other: str) -> Pair | None:
        """The strongest comparison between the records of two ids; null when the release holds none."""
        ours, theirs = self.records_of(one), self.records_of(other)
        best = self._rows(
            """
            SELECT m.*, a.name AS name_a, b.name AS name_b, a.entity_id = b.entity_id AS is_one
            FROM match m JOIN bridge a ON a.record_id = record_id_a JOIN bridge b ON b.record_id = record_id_b
            WHERE (list_contains(?, record_id_a) AND list_contains(?, record_id_b))
               OR (list_contains(?, record_id_b) AND list_contains(?, record_id_a))
            ORDER BY probability DESC, score DESC, record_id_a, record_id_b LIMIT 1
            """,
            ours, theirs, ours, theirs,
        )  # fmt: skip
        if not best:
            return None
        row = best[0]
        reasons = self._rows(
            """
            SELECT feature, outcome, contribution, value_a, value_b FROM match_reason
            WHERE record_id_a = ? AND record_id_b = ? ORDER BY feature <> 'prior', abs(contribution) DESC, feature
            """,
            row["record_id_a"], row["record_id_b"],
        )  # fmt: skip
        return Pair(
            row["record_id_a"], row["record_id_b"], row["name_a"], row["name_b"], row["decision"], row["rule"],
            row["probability"], row["is_one"], list(reasons), compared_now=False, kind=row.get("kind", "organization"),
        )  # fmt: skip

    def organisation(self, asked: str) -> Organisation:
        """The organisation of an entity or record id, a tombstone included; raises `NotKnown`."""
        entity = self._rows("SELECT entity_id FROM bridge WHERE record_id = ? AND kind = 'organization'", asked)
        wanted = entity[0]["entity_id"] if entity else asked
        registered = self._rows("SELECT * FROM entity_registry WHERE entity_id = ?", wanted)
        if not registered or not wanted.startswith("org_"):
            raise NotKnown(f"'{asked}' is neither a record (source:id) nor an organisation (org_…) of this release.")
        row = registered[0]
        name = self._rows("SELECT name FROM organization WHERE id = ?", wanted)
        return Organisation(
            id=wanted,
            name=name[0]["name"] if name else "(not in this release)",
            state=row["state"],
            successors=(row["successors"] or "").split("|") if row["successors"] else [],
            records=list(
                self._rows(
                    "SELECT record_id, name, source, match_basis, score FROM bridge WHERE entity_id = ? ORDER BY 1",
                    wanted,
                )
            ),
            values=list(
                self._rows(
                    """SELECT field, value, chosen, rule, record_id FROM assertion WHERE entity_id = ?
                       ORDER BY field, NOT chosen, value, record_id""",
                    wanted,
                )
            ),
            relations=list(
                self._rows(
                    """
                    SELECT relation_type, other_id, o.name AS other_name, rule FROM (
                        SELECT relation_type, organization_id_b AS other_id, rule FROM relation
                        WHERE organization_id_a = ?
                        UNION ALL
                        SELECT relation_type || ' (it is the second)', organization_id_a, rule FROM relation
                        WHERE organization_id_b = ?
                    ) JOIN organization o ON o.id = other_id ORDER BY 1, 3 LIMIT 20
                    """,
                    wanted,
                    wanted,
                )
            ),
            earlier=[
                r["entity_id"]
                for r in self._rows(
                    "SELECT entity_id FROM entity_registry WHERE list_contains(string_split(successors, '|'), ?)",
                    wanted,
                )
            ],
        )

    def is_one(self, one: str, other: str) -> bool:
        """True when two record ids stand for one organisation."""
        found = self._rows("SELECT count(DISTINCT entity_id) AS n FROM bridge WHERE record_id IN (?, ?)", one, other)
        return bool(found[0]["n"] == 1)


def compare_now(records: pa.Table, one: str, other: str, *, is_one: bool) -> Pair:
    """Compares two records of the matching input (`gather.matching_input`) on their own."""
    wanted = pa.array(sorted([one, other]))
    table = features(records.filter(pc.is_in(records.column("record_id"), value_set=wanted)))
    first, second = table.column("record_id").to_pylist()
    weights = load_weights()
    comparison = compare(table, pa.table({"a": [0], "b": [1], "by_number": [False]}))
    scored = score(comparison, weights)
    why = reasons(table, comparison, weights, np.array([0])).select(
        ["feature", "outcome", "contribution", "value_a", "value_b"]
    )
    named = dict(zip(records.column("record_id").to_pylist(), records.column("name").to_pylist(), strict=True))
    ordered = sorted(why.to_pylist(), key=lambda r: (r["feature"] != "prior", -abs(r["contribution"]), r["feature"]))
    return Pair(
        first, second, named[first], named[second], DECISIONS[scored.decision[0]], scored.rules[scored.rule[0]],
        float(probability(scored.score, weights.calibration)[0]), is_one, ordered, compared_now=True,
    )  # fmt: skip
