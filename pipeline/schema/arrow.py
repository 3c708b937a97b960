"""Arrow schemas of the tables, and the one way to turn rows into a table that fits its schema."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import Any

import pyarrow as pa

from pipeline.schema.model import SchemaError, table

_TYPES: dict[str, pa.DataType] = {
    "string": pa.string(),
    "integer": pa.int64(),
    "double": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us", tz="UTC"),
}


@cache
def arrow_schema(name: str) -> pa.Schema:
    """The Arrow schema of a table; descriptions travel as field and schema metadata into Parquet."""
    spec = table(name)
    fields = [
        pa.field(
            c.name,
            _TYPES[c.type],
            nullable=not c.required,
            metadata={"description": c.description, "data_class": c.data_class},
        )
        for c in spec.columns
    ]
    return pa.schema(fields, metadata={"description": spec.description, "grain": spec.grain})


def empty(name: str) -> pa.Table:
    """A table of that schema with no rows."""
    return arrow_schema(name).empty_table()


def table_from_rows(name: str, rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Rows (dicts; missing keys are null) as a table; raises `SchemaError` for an unknown column or a bad type."""
    listed = list(rows)
    return table_from_columns(name, _columns(listed), len(listed))


def _columns(rows: list[Mapping[str, Any]]) -> dict[str, Sequence[Any]]:
    """The values by column; rows of one shape, as most are, are turned at once."""
    keys = tuple(rows[0]) if rows else ()
    if len(keys) > 1 and all(row.keys() == rows[0].keys() for row in rows):
        return dict(zip(keys, zip(*map(itemgetter(*keys), rows), strict=True), strict=True))
    return {key: [row.get(key) for row in rows] for key in dict.fromkeys(chain.from_iterable(rows))}


def table_from_columns(name: str, columns: Mapping[str, Sequence[Any] | pa.Array], length: int) -> pa.Table:
    """Columns of equal length (missing ones are null) as a table; raises `SchemaError` as `table_from_rows` does."""
    schema = arrow_schema(name)
    if unknown := columns.keys() - set(schema.names):
        raise SchemaError(f"{name}: no such column {', '.join(sorted(unknown))}")
    try:
        arrays = [
            column
            if isinstance(column := columns.get(field.name), pa.Array)
            else pa.nulls(length, field.type)
            if column is None
            else pa.array(column, field.type)
            for field in schema
        ]
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        raise SchemaError(f"{name}: {error}") from error
    return conform(name, pa.table(arrays, names=schema.names))


def upgraded(name: str, data: pa.Table) -> pa.Table:
    """A table that an older version wrote, with the columns that it did not have yet: null where that is allowed."""
    for field in arrow_schema(name):
        if field.name not in data.column_names and field.nullable:
            data = data.append_column(field.name, pa.nulls(len(data), field.type))
    return data


def conform(name: str, data: pa.Table) -> pa.Table:
    """Puts columns in order, casts them, checks that required ones are filled; never adds or drops data."""
    schema = arrow_schema(name)
    if missing := [c for c in schema.names if c not in data.column_names]:
        raise SchemaError(f"{name}: column {', '.join(missing)} is missing")
    if extra := [c for c in data.column_names if c not in schema.names]:
        raise SchemaError(f"{name}: column {', '.join(extra)} is not in the schema")
    data = data.select(schema.names)
    for field in schema:
        if not field.nullable and data.column(field.name).null_count:
            raise SchemaError(f"{name}.{field.name}: required, but {data.column(field.name).null_count} rows have none")
    try:
        return data.cast(schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError) as error:
        raise SchemaError(f"{name}: {error}") from error
