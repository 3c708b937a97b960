"""Chooses, field by field, which value of an organisation stands in the catalogue, by the rules in YAML.

Every value stays as an `assertion` row that says whether it was chosen and by which rule. No value is invented,
averaged or copied from one language into another.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml

CRITERIA = {
    "authority": "authority ASC",
    "agreed": "agreed DESC",
    "newest": "modified_at DESC NULLS LAST",
    "longest": "length(value) DESC",
    "meaningful": r"len(list_distinct(regexp_extract_all(lower(value), '\p{L}{3,}'))) DESC",
    "complete": "completeness DESC",
    "written_properly": "CAST(value = upper(value) AS INTEGER) ASC",
    "with_legal_form": (
        r"CAST(regexp_matches(value, '(?i)(\b(ry|rf|r\.y\.|r\.f\.|rp|sr|osk)\b|säätiö|stiftelse|seurakunta|"
        r"församling|osuuskunta|andelslag)') AS INTEGER) DESC"
    ),
}


_KEPT = {
    "fullest-1": """NOT EXISTS (
        SELECT 1 FROM weighed o WHERE o.entity_id = w.entity_id AND o.field = w.field
          AND starts_with(lower(o.value), lower(w.value) || ', '))"""
}
"""Rules of fields with many values under which not every value is kept: what another says with more behind it goes."""


class RulesMistaken(Exception):
    """survivorship.yml contradicts itself; the message names the field."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The parsed survivorship.yml."""

    version: str
    authority: Mapping[str, int]
    fields: Mapping[str, tuple[str, tuple[str, ...]]]
    """field -> (rule id, criteria in order)."""
    multiple: Mapping[str, str]
    """field -> rule id, for fields of which every value is kept."""


@cache
def rules() -> Rules:
    """The rules that ship with Koonti."""
    return parse_rules(yaml.safe_load((Path(__file__).parent / "survivorship.yml").read_text(encoding="utf-8")))


def parse_rules(raw: Mapping[str, Any]) -> Rules:
    """Rules from parsed YAML; raises `RulesMistaken` for an unknown criterion."""
    fields = {}
    for name, spec in raw["fields"].items():
        unknown = [c for c in spec["order"] if c not in CRITERIA]
        if unknown:
            known = ", ".join(CRITERIA)
            raise RulesMistaken(f"survivorship.yml: {name}: unknown criterion {unknown[0]}; known: {known}")
        fields[name] = (str(spec["rule"]), tuple(spec["order"]))
    return Rules(str(raw["version"]), dict(raw["authority"]), fields, dict(raw["multiple"]))


def choose(con: duckdb.DuckDBPyConnection, rules: Rules) -> None:
    """Makes the table `assertion` from the table `stated`.

    `stated` has entity_id, field, record_id, value, raw_value, kind (of the source), modified_at: one row per
    value that a record states. `assertion` has the columns of the schema table of that name.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE authority (kind VARCHAR, authority INTEGER)")
    con.executemany("INSERT INTO authority VALUES (?, ?)", sorted(rules.authority.items()))
    con.execute("""
        CREATE OR REPLACE TEMP TABLE weighed AS
        WITH agreement AS (
            SELECT entity_id, field, lower(value) AS folded, count(DISTINCT source) AS agreed
            FROM stated GROUP BY ALL
        ), filled AS (
            SELECT record_id, count(DISTINCT field) AS completeness FROM stated GROUP BY ALL
        )
        SELECT s.*, coalesce(a.authority, 9) AS authority, g.agreed, c.completeness,
               count(DISTINCT s.value) OVER (PARTITION BY s.entity_id, s.field) AS alternatives
        FROM stated s
        LEFT JOIN authority a USING (kind)
        JOIN filled c USING (record_id)
        JOIN agreement g ON g.entity_id = s.entity_id AND g.field = s.field AND g.folded = lower(s.value)
    """)
    single = " UNION ALL ".join(
        f"""SELECT entity_id, field, record_id, value, raw_value, alternatives, '{rule}' AS rule,
            first_value(value) OVER (PARTITION BY entity_id, field ORDER BY {", ".join(CRITERIA[c] for c in order)},
                                     value, record_id) AS winner
            FROM weighed WHERE field = '{name}'"""
        for name, (rule, order) in rules.fields.items()
    )
    several = " UNION ALL ".join(
        f"SELECT entity_id, field, record_id, value, raw_value, {_KEPT.get(rule, 'true')} AS chosen, '{rule}' AS rule "
        f"FROM weighed w WHERE field = '{name}'"
        for name, rule in rules.multiple.items()
    )
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE assertion AS
        SELECT DISTINCT ON (entity_id, field, record_id, value) * FROM (
            SELECT entity_id, field, record_id, value, raw_value, value = winner AS chosen,
                   CASE WHEN alternatives = 1 THEN 'only' ELSE rule END AS rule
            FROM ({single})
            UNION ALL {several}
        ) ORDER BY entity_id, field, record_id, value, raw_value
    """)
