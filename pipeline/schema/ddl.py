"""DuckDB statements of the tables: columns with types, NOT NULL, and comments on everything."""

from pipeline.schema.model import Table

_TYPES = {
    "string": "VARCHAR",
    "integer": "BIGINT",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMPTZ",
}


def create_table(table: Table, *, schema: str = "main") -> str:
    """CREATE TABLE for one table."""
    columns = ",\n    ".join(f'"{c.name}" {_TYPES[c.type]}{" NOT NULL" if c.required else ""}' for c in table.columns)
    return f'CREATE TABLE {schema}."{table.name}" (\n    {columns}\n)'


def comments(table: Table, *, schema: str = "main") -> list[str]:
    """COMMENT statements for a table and each of its columns."""
    full = f'{schema}."{table.name}"'
    lines = [f"COMMENT ON TABLE {full} IS {_quoted(f'{table.description} Grain: {table.grain}.')}"]
    lines += [
        f'COMMENT ON COLUMN {full}."{c.name}" IS {_quoted(f"{c.description} Data class: {c.data_class}.")}'
        for c in table.columns
    ]
    return lines


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
