"""Checks that follow from the schema: keys, required columns, code lists and references, as one list of SQL.

A check finds rows that break a rule; what follows from that (stop or warn) is decided by the caller.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from pipeline import schema
from pipeline.schema.model import Table, codelist, table


@dataclass(frozen=True, slots=True)
class Violation:
    """Rows that break one rule."""

    rule: str
    """key, required, codelist or reference."""
    table: str
    column: str
    count: int
    example: str

    def __str__(self) -> str:
        return f"{self.table}.{self.column}: {self.count} rows break '{self.rule}', for example {self.example}"


RULES = {
    "key": "Every key is there and stands once.",
    "required": "Every required column is filled.",
    "codelist": "Every coded value is in its list.",
    "reference": "Every reference points to a row that exists.",
}


def violations(con: duckdb.DuckDBPyConnection, tables: Iterable[Table]) -> list[Violation]:
    """Runs every check of the given tables; each must be a table or view of its name in the connection."""
    tables = list(tables)
    present = {t.name for t in tables}
    found: list[Violation] = []
    for one in tables:
        for rule, column, sql in _statements(one, present):
            count, example = con.execute(f"SELECT count(*), min(CAST(what AS VARCHAR)) FROM ({sql})").fetchone() or (
                0,
                "",
            )
            if count:
                found.append(Violation(rule, one.name, column, int(count), str(example)))
    return found


def of_catalogue(con: duckdb.DuckDBPyConnection, tables: Mapping[str, pa.Table]) -> list[Violation]:
    """Every check of the published tables, which become views of the connection."""
    every = schema.tables(stage="catalogue")
    for one in every:
        con.register(one.name, schema.conform(one.name, tables[one.name]))
    return violations(con, every)


def _statements(one: Table, present: set[str]) -> Iterable[tuple[str, str, str]]:
    key = ", ".join(f'"{c}"' for c in one.key)
    shown = " || ' / ' || ".join(f"coalesce(CAST(\"{c}\" AS VARCHAR), '')" for c in one.key)
    yield "key", ",".join(one.key), f"SELECT {shown} AS what FROM {one.name} GROUP BY {key} HAVING count(*) > 1"
    for c in one.columns:
        if c.required:
            yield "required", c.name, f'SELECT {shown} AS what FROM {one.name} WHERE "{c.name}" IS NULL'
        if c.codelist:
            allowed = ", ".join("'" + value.replace("'", "''") + "'" for value in codelist(c.codelist))
            yield (
                "codelist",
                c.name,
                f'SELECT "{c.name}" AS what FROM {one.name} WHERE "{c.name}" NOT IN ({allowed})',
            )
    for column, target in one.references.items():
        if target in present:
            other = table(target).key[0]
            yield (
                "reference",
                column,
                f'SELECT t."{column}" AS what FROM {one.name} t ANTI JOIN {target} o ON o."{other}" = t."{column}" '
                f'WHERE t."{column}" IS NOT NULL',
            )
