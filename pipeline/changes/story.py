"""The life of one entity, read from the releases that are kept: its records, ties, decisions, events and changes.

Works for organisations, services and places, for tombstones and redirects, and for ids that a record had before.
"""

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import storage
from pipeline.changes import history
from pipeline.storage import connect

TABLES = "bridge entity_registry entity_record entity_event match match_reason judgement correction".split()
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Story:
    """What is known of one id."""

    id: str
    name: str | None
    state: str
    successors: list[str]
    first_release: str | None
    last_release: str | None
    records: Rows
    """record_id, name, native_url, lifecycle, first_seen, last_seen; those of earlier days too (`lifecycle` ended)."""
    ties: Rows
    """record_id_a, record_id_b, rule, probability, reasons: the strongest pair of each record inside the entity."""
    decisions: Rows
    """what, id, decision, state, decided_at: judgements and corrections that concern it."""
    events: Rows
    """version, event, cause, detail, successors, of the id itself."""
    changes: Rows
    """Rows of `change` over the releases that are kept."""
    former: Rows
    """entity_id, state: ids that lead to this one."""


def story(releases: Path, release: Path, asked: str) -> Story | None:
    """The story of an entity, or of the entity of a record; null when the release knows neither.

    Args:
        releases: Folder of all releases, for what changed when.
        release: The release to ask.
        asked: An entity id or a record id.
    """
    with closing(connect()) as con:
        for name in TABLES:
            con.register(name, storage.read_table(release / "parquet", name))

        def rows(sql: str, **values: Any) -> Rows:
            cursor = con.execute(sql, values)
            columns = [d[0] for d in cursor.description or []]
            return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

        of_record = rows(
            "SELECT entity_id FROM entity_record WHERE record_id = $asked ORDER BY is_current DESC, last_release DESC",
            asked=asked,
        )
        wanted = of_record[0]["entity_id"] if of_record else asked
        registered = rows("SELECT * FROM entity_registry WHERE entity_id = $id", id=wanted)
        if not registered:
            return None
        one = registered[0]
        return Story(
            id=wanted,
            name=one["name"],
            state=one["state"],
            successors=one["successors"].split("|") if one["successors"] else [],
            first_release=one["first_release"],
            last_release=one["last_release"],
            records=rows(_RECORDS, id=wanted),
            ties=rows(_TIES, id=wanted),
            decisions=rows(_DECISIONS, id=wanted),
            events=rows(
                """SELECT version, event, cause, detail, successors FROM entity_event
                   WHERE entity_id = $id ORDER BY 1, 2""",
                id=wanted,
            ),
            changes=history.past(releases, [wanted]),
            former=rows(
                """SELECT entity_id, state FROM entity_registry
                   WHERE list_contains(string_split(successors, '|'), $id) ORDER BY 1""",
                id=wanted,
            ),
        )


_RECORDS = """
    SELECT m.record_id, b.name, b.native_url, CASE WHEN NOT m.is_current THEN 'until ' || m.last_release
           ELSE coalesce(b.lifecycle, 'seen') END AS lifecycle, b.first_seen, b.last_seen
    FROM entity_record m LEFT JOIN bridge b USING (record_id)
    WHERE m.entity_id = $id ORDER BY m.is_current DESC, m.record_id
"""

_TIES = """
    WITH own AS (
        SELECT record_id FROM entity_record WHERE entity_id = $id AND is_current
    ), pair AS (
        SELECT record_id_a, record_id_b, rule, probability, score FROM match
        WHERE in_same_entity AND record_id_a IN (FROM own) AND record_id_b IN (FROM own)
    ), best AS (
        SELECT record_id, arg_max(record_id_a, (probability, score, record_id_a, record_id_b)) AS record_id_a,
               arg_max(record_id_b, (probability, score, record_id_a, record_id_b)) AS record_id_b
        FROM (SELECT record_id_a AS record_id, * FROM pair UNION ALL SELECT record_id_b, * FROM pair) GROUP BY 1
    ), reason AS (
        SELECT record_id_a, record_id_b, string_agg(
                   feature || CASE WHEN value_a IS NULL THEN '' ELSE ' ' || value_a END, ', '
                   ORDER BY contribution DESC, feature) AS reasons
        FROM (SELECT *, row_number() OVER (PARTITION BY record_id_a, record_id_b
                                           ORDER BY contribution DESC, feature) AS place
              FROM match_reason WHERE contribution > 0 AND feature <> 'prior')
        WHERE place <= 3 GROUP BY ALL
    )
    SELECT DISTINCT p.record_id_a, p.record_id_b, p.rule, p.probability, r.reasons
    FROM best b JOIN pair p USING (record_id_a, record_id_b) LEFT JOIN reason r USING (record_id_a, record_id_b)
    ORDER BY p.probability DESC, 1, 2
"""

_DECISIONS = """
    WITH own AS (SELECT record_id FROM entity_record WHERE entity_id = $id)
    SELECT 'judgement' AS what, id, record_id_a || ' and ' || record_id_b || ': '
           || coalesce(relation_type, decision) AS decision, state, decided_at
    FROM judgement WHERE record_id_a IN (FROM own) OR record_id_b IN (FROM own)
    UNION ALL SELECT 'correction', id, field, state, decided_at FROM correction WHERE entity_id = $id
    ORDER BY decided_at, id
"""
