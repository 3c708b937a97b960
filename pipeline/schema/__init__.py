"""The one schema: every table and column is described here once, everything else is derived.

`fields.yml` says what a column name means wherever it occurs, `tables.yml` which columns a table has,
`codelists.yml` which values a coded column may hold. `model` loads them, `arrow` and `ddl` turn them into
Arrow schemas and DuckDB statements, `dictionary` into the page `docs/data-dictionary.md`.

What does not belong here: how a value is found, cleaned or chosen.
"""

from pipeline.schema.arrow import arrow_schema, conform, empty, table_from_columns, table_from_rows, upgraded
from pipeline.schema.model import SCHEMA_VERSION, Column, Table, codelist, table, tables

__all__ = [
    "SCHEMA_VERSION",
    "Column",
    "Table",
    "arrow_schema",
    "codelist",
    "conform",
    "empty",
    "table",
    "table_from_columns",
    "table_from_rows",
    "tables",
    "upgraded",
]
