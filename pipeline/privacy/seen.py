"""Puts what may be seen in the place of the record tables of a connection; shared by `publication` and `refuges`."""

from collections.abc import Callable

import duckdb
import pyarrow as pa

from pipeline import storage

TEXTS = {
    "text": ("value",),
    "organization": ("description",),
    "location": ("description",),
    "service": ("description", "fees_description", "eligibility_description", "application_process"),
}
"""Tables and their columns of running text."""


def replaced(con: duckdb.DuckDBPyConnection, table: str, sql: str) -> None:
    """Puts the answer of a query in the place of a record table."""
    put(con, table, con.sql(sql).to_arrow_table())


def put(con: duckdb.DuckDBPyConnection, table: str, data: pa.Table) -> None:
    """Puts an Arrow table in the place of a record table."""
    storage.put(con, table, data)


def masked_texts(
    con: duckdb.DuckDBPyConnection, table: str, mask: Callable[[str], str], *, where: str, holding: str
) -> None:
    """Puts texts through `mask`: those of the rows that are meant and that match the RE2 pattern `holding`."""
    for column in TEXTS[table]:
        rows = con.execute(
            f"SELECT DISTINCT {column} FROM {table} WHERE {where} AND regexp_matches({column}, $holding)",
            {"holding": holding},
        ).fetchall()
        changed = {text: made for (text,) in rows if (made := mask(text)) != text}
        if not changed:
            continue
        con.register("masked", pa.table({"before": list(changed), "after": list(changed.values())}))
        replaced(
            con,
            table,
            f"""SELECT t.* REPLACE (CASE WHEN m.after IS NOT NULL AND ({where}) THEN m.after ELSE t.{column} END
                                    AS {column})
                FROM {table} t LEFT JOIN masked m ON m.before = t.{column}""",
        )
        con.unregister("masked")
