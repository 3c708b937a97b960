"""Organisations and records of the published release, for people who decide on them: by id, or nearly by id or name.

Reads only; what is decided on them is in `deciding` and `parting`.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from rapidfuzz import fuzz, process, utils

from pipeline.storage import connect

TABLES = ("bridge", "assertion", "entity_registry", "match")


class NotKnown(Exception):
    """An id that the release does not have, with the nearest that it has."""


@dataclass(frozen=True, slots=True)
class Known:
    """What an id means."""

    asked: str
    record_id: str
    """The record itself, or the one that gives its organisation most of its values."""
    entity_id: str
    name: str
    """Name of the record."""

    def __str__(self) -> str:
        return (
            f"{self.record_id} ({self.name}), the record that stands for {self.asked}"
            if self.is_entity
            else (f"{self.record_id} ({self.name})")
        )

    @property
    def is_entity(self) -> bool:
        """True when an organisation was asked for, not a record."""
        return self.asked != self.record_id


class Published:
    """The tables of one release."""

    def __init__(self, folder: Path) -> None:
        self._con = connect()
        for name in TABLES:
            self._con.register(name, pq.read_table(folder / "parquet" / f"{name}.parquet"))
        has_ended = ("lifecycle",) in self._con.execute("SELECT column_name FROM (DESCRIBE bridge)").fetchall()
        kept = "lifecycle IS DISTINCT FROM 'ended'" if has_ended else "true"  # older releases hold no such records
        self._con.execute(f"CREATE TEMP TABLE seen AS SELECT * FROM bridge WHERE {kept}")

    def _all(self, sql: str, *given: Any) -> list[Any]:
        return list(self._con.execute(sql, list(given)).fetchall())

    def find(self, asked: str) -> Known:
        """A record or an organisation, through its successor; raises `NotKnown`."""
        asked = asked.strip()
        found = self._all("SELECT record_id, entity_id, name FROM seen WHERE record_id = ?", asked)
        if not found:
            found = self._all(
                """
                SELECT b.record_id, b.entity_id, b.name FROM seen b
                LEFT JOIN assertion a ON a.record_id = b.record_id AND a.entity_id = b.entity_id AND a.chosen
                WHERE b.entity_id = ? GROUP BY ALL ORDER BY count(a.field) DESC, b.record_id LIMIT 1
                """,
                self._live(asked),
            )
        if not found:
            raise NotKnown(self._unknown(asked))
        record, entity, name = found[0]
        if not str(entity).startswith("org_"):
            raise NotKnown(f"'{asked}' is no organisation; people decide on organisations and their records.")
        return Known(asked, record, entity, name or "")

    def records_of(self, entity_id: str) -> list[str]:
        """The records of an organisation, sorted."""
        return [r for (r,) in self._all("SELECT record_id FROM seen WHERE entity_id = ? ORDER BY 1", entity_id)]

    def ties(self, entity_id: str) -> list[tuple[str, str, float]]:
        """(record, record, bits) of the compared pairs inside an organisation; people's ties are infinitely strong."""
        return self._all(
            """
            SELECT m.record_id_a, m.record_id_b, CASE WHEN m.rule = 'must_link' THEN 'inf'::DOUBLE ELSE m.score END
            FROM match m JOIN seen a ON a.record_id = m.record_id_a JOIN seen b ON b.record_id = m.record_id_b
            WHERE a.entity_id = ? AND b.entity_id = a.entity_id AND m.decision IN ('same', 'maybe') ORDER BY 1, 2
            """,
            entity_id,
        )

    def stands(self, entity_id: str, field: str) -> list[str]:
        """The chosen values of a field of an organisation."""
        sql = "SELECT DISTINCT value FROM assertion WHERE entity_id = ? AND field = ? AND chosen ORDER BY 1"
        return [v for (v,) in self._all(sql, entity_id, field)]

    def _live(self, asked: str) -> str:
        found = self._all("SELECT state, successors FROM entity_registry WHERE entity_id = ?", asked)
        if not found or not found[0][1] or found[0][0] == "live":
            return asked
        heirs = str(found[0][1]).split("|")
        if len(heirs) > 1:
            raise NotKnown(f"'{asked}' was split into {', '.join(heirs)}; name one of them, or a record.")
        return heirs[0]

    def _unknown(self, asked: str) -> str:
        rows = self._all("SELECT record_id, entity_id, name FROM seen WHERE kind = 'organization' ORDER BY 1")
        choices = [text for r, e, n in rows for text in (r, e, n or "")]
        near = process.extract(
            asked, choices, scorer=fuzz.ratio, processor=utils.default_process, limit=6, score_cutoff=60
        )
        hits = dict.fromkeys(rows[place // 3][0] for _, _, place in near)
        names = {r: n for r, _, n in rows}
        hint = ", ".join(f"{r} ({names[r]})" for r in list(hits)[:3])
        said = f"'{asked}' is neither a record (source:id) nor an organisation (org_…) of the release."
        return f"{said} Did you mean {hint}?" if hint else said
