"""Chooses, field by field, which value of an organisation stands in the catalogue, by the rules in YAML.

Every value stays as an `assertion` row that says whether it was chosen and by which rule. No value is invented,
averaged or copied from one language into another.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from pipeline.shipped import shipped

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


_LOSES = {"fullest-1": "starts_with(lower(o.value), lower(v.value) || ', ')"}
"""Rules of fields with many values under which a value `v` is not kept when another `o` of its field says more."""


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
    return parse_rules(shipped(Path(__file__).with_name("survivorship.yml")))


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

    `stated` has entity_id, field, record_id, source, value, raw_value, kind (of the source), modified_at: one row per
    value that a record states, no value null. `assertion` has the columns of the schema table of that name, in any
    order of rows; of one value that a record writes in several ways the first by the alphabet stands as raw.
    Most fields are stated alike by all records, so only what is contradicted is weighed.
    """
    _disputes(con, rules)
    contradicted = {str(f) for (f,) in con.execute("SELECT DISTINCT field FROM disputed").fetchall()}
    con.execute(_winners(rules, contradicted)).fetchall()
    con.execute(_losers(rules)).fetchall()
    con.execute("""
        CREATE OR REPLACE TEMP TABLE assertion AS
        WITH said AS (
            SELECT entity_id, field, record_id, value, min(raw_value) AS raw_value FROM stated GROUP BY ALL
        )
        SELECT s.entity_id, s.field, s.record_id, s.value, s.raw_value,
               CASE WHEN r.is_single THEN w.winner IS NULL OR s.value = w.winner ELSE l.value IS NULL END AS chosen,
               CASE WHEN r.is_single AND w.winner IS NULL THEN 'only' ELSE r.rule END AS rule
        FROM said s
        JOIN field_rule r ON r.field = s.field
        LEFT JOIN field_winner w ON w.entity_id = s.entity_id AND w.field = s.field
        LEFT JOIN field_loser l ON l.entity_id = s.entity_id AND l.field = s.field AND l.value = s.value
    """).fetchall()


def _disputes(con: duckdb.DuckDBPyConnection, rules: Rules) -> None:
    """Tables `authority`, `field_rule` and `disputed`: the rows of `stated` that others contradict."""
    kinds, ranks = zip(*sorted(rules.authority.items()), strict=True)
    con.register("authority", pa.table({"kind": kinds, "authority": pa.array(ranks, pa.int32())}))
    rows = [(name, rule, True) for name, (rule, _) in rules.fields.items()]
    names, of, single = zip(*rows, *((*several, False) for several in rules.multiple.items()), strict=True)
    con.register("field_rule", pa.table({"field": names, "rule": of, "is_single": single}))
    con.execute("""
        CREATE OR REPLACE TEMP TABLE disputed AS
        SELECT s.* FROM stated s SEMI JOIN (
            SELECT entity_id, field FROM stated GROUP BY ALL HAVING min(value) <> max(value)
        ) d USING (entity_id, field)
    """).fetchall()


def _winners(rules: Rules, contradicted: Collection[str]) -> str:
    """Table `field_winner` (entity_id, field, winner): of each disputed field with one value the one that stands."""
    alike: dict[tuple[str, ...], list[str]] = {}
    for name, (_, order) in rules.fields.items():
        if name in contradicted:
            alike.setdefault(order, []).append(f"'{name}'")
    parts = ["SELECT entity_id, field, value AS winner FROM weighed WHERE false"] + [
        f"SELECT entity_id, field, value AS winner FROM weighed WHERE field IN ({', '.join(names)}) QUALIFY "
        f"row_number() OVER (PARTITION BY entity_id, field ORDER BY {', '.join(CRITERIA[c] for c in order)}, value, "
        f"record_id) = 1"
        for order, names in alike.items()
    ]
    return f"""
        CREATE OR REPLACE TEMP TABLE field_winner AS
        WITH rival AS (
            SELECT d.* FROM disputed d SEMI JOIN (FROM field_rule WHERE is_single) USING (field)
        ), agreement AS (
            SELECT entity_id, field, lower(value) AS folded, count(DISTINCT source) AS agreed FROM rival GROUP BY ALL
        ), filled AS (
            SELECT record_id, count(DISTINCT field) AS completeness FROM stated
            SEMI JOIN rival USING (record_id) GROUP BY ALL
        ), weighed AS MATERIALIZED (
            SELECT s.*, coalesce(a.authority, 9) AS authority, g.agreed, c.completeness
            FROM rival s
            LEFT JOIN authority a USING (kind)
            JOIN filled c USING (record_id)
            JOIN agreement g ON g.entity_id = s.entity_id AND g.field = s.field AND g.folded = lower(s.value)
        )
        {" UNION ALL ".join(parts)}
    """


def _losers(rules: Rules) -> str:
    """Table `field_loser` (entity_id, field, value): values of fields with many values that are not kept."""
    parts = ["SELECT entity_id, field, value FROM disputed WHERE false"] + [
        f"""SELECT DISTINCT v.entity_id, v.field, v.value FROM disputed v
            JOIN disputed o ON o.entity_id = v.entity_id AND o.field = v.field AND {_LOSES[rule]}
            WHERE v.field = '{name}' AND o.field = '{name}'"""
        for name, rule in rules.multiple.items()
        if rule in _LOSES
    ]
    return f"CREATE OR REPLACE TEMP TABLE field_loser AS {' UNION ALL '.join(parts)}"
