"""What an asset shows in Dagster: row counts as numbers, columns with their descriptions, and a few rows.

Previews show names and places of organisations only; contact data stays out of the history.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import dagster as dg
import pyarrow as pa

from pipeline import schema

PREVIEW_ROWS = 8
PREVIEW = {
    "organization": ("name", "legal_form", "municipality", "business_id"),
    "clusters": ("cluster_id", "record_id"),
    "assignment": ("entity_id", "record_id"),
    "match": ("record_id_a", "record_id_b", "probability", "decision"),
    "source": ("id", "name", "status", "organizations", "services", "issues"),
}
_TYPES = {"integer": "int", "double": "float"}


def table_schema(name: str) -> dg.TableSchema:
    """The columns of a schema table for Dagster."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=c.name,
                type=_TYPES.get(c.type, c.type),
                description=c.description,
                constraints=dg.TableColumnConstraints(
                    nullable=not c.required, unique=schema.table(name).key == (c.name,)
                ),
            )
            for c in schema.table(name).columns
        ]
    )


def arrow_columns(data: pa.Table) -> dg.TableSchema:
    """The columns of a table that is not in the schema."""
    return dg.TableSchema(columns=[dg.TableColumn(name=f.name, type=str(f.type)) for f in data.schema])


def preview(name: str, data: pa.Table) -> dg.MarkdownMetadataValue:
    """A few rows as a Markdown table, with columns that are safe to show."""
    columns = [c for c in PREVIEW.get(name, tuple(data.column_names[:4])) if c in data.column_names]
    rows = data.select(columns).slice(0, PREVIEW_ROWS).to_pylist()
    return dg.MetadataValue.md(markdown_table(columns, ([_cell(row[c]) for c in columns] for row in rows)))


def markdown_table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    columns = list(columns)
    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    lines += ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def counts(tables: Mapping[str, int]) -> dict[str, Any]:
    """Row counts as numbers under `rows/…`, so that Dagster plots them over time."""
    return {f"rows/{name}": count for name, count in sorted(tables.items())}


def _cell(value: Any) -> str:
    if value is None:
        return ""
    text = f"{value:.3f}" if isinstance(value, float) else str(value)
    return text.replace("|", "\\|").replace("\n", " ")[:80]
