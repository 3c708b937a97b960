"""`catalogue.duckdb`: every table with its comments, and views that answer the usual questions.

Written in the storage format of DuckDB 1.2, so that clients from 1.2 on can open it; the default format of
DuckDB 2.0 is refused by all 1.x clients.
"""

import re
from collections.abc import Mapping
from pathlib import Path

import pyarrow as pa

from pipeline import schema
from pipeline.schema import ddl
from pipeline.storage import connect

STORAGE_VERSION = "v1.2.0"
VIEWS = Path(__file__).parent / "views.sql"


def write(path: Path, tables: Mapping[str, pa.Table]) -> None:
    """Builds the database at a path that must not exist yet."""
    con = connect()
    try:
        con.execute(f"ATTACH '{path}' AS catalogue (STORAGE_VERSION '{STORAGE_VERSION}')")
        for table in schema.tables(stage="catalogue"):
            con.execute(ddl.create_table(table, schema="catalogue.main"))
            con.register("incoming", tables[table.name])
            con.execute(f'INSERT INTO catalogue.main."{table.name}" SELECT * FROM incoming')
            con.unregister("incoming")
            for comment in ddl.comments(table, schema="catalogue.main"):
                con.execute(comment)
        con.execute("USE catalogue.main")
        for statement in view_statements():
            con.execute(statement)
        con.execute("USE memory.main")
        con.execute("DETACH catalogue")
    finally:
        con.close()


def view_statements() -> list[str]:
    """The statements of views.sql, in order."""
    text = re.sub(r"--[^\n]*", "", VIEWS.read_text(encoding="utf-8"))
    return [s.strip() for s in text.split(";") if s.strip()]
