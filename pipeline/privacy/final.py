"""The last look before publication: the bytes to be published are searched for everything that is suppressed.

It trusts none of the earlier steps. Tables are read back from their files, the DuckDB file and all others are
searched as they are. A hit stops the release; the message names the file and the ledger row, never the value.
"""

from contextlib import closing
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.privacy.masking import found_in
from pipeline.privacy.needles import Needle, any_of
from pipeline.privacy.protect import BELONGS, LINKS, masked
from pipeline.privacy.suppression import Suppressions
from pipeline.storage import Stop


def inspect(folder: Path, rules: Suppressions) -> None:
    """Raises `Stop` when a file below the folder holds a suppressed value, record or field."""
    if not rules:
        return
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name = path.relative_to(folder).as_posix()
        if path.suffix == ".parquet":
            _inspect_table(name, pq.read_table(path), rules)
        else:
            if path.suffix == ".duckdb":
                _inspect_database(name, path, rules)
            body = path.read_bytes()
            for needle in found_in(body, rules.needles):
                raise _stop(name, f"row {needle.row} of suppressions.csv")
            for record in rules.records:
                if record.encode() in body:
                    raise _stop(name, "a suppressed record")


def _inspect_database(name: str, path: Path, rules: Suppressions) -> None:
    """Every table of a DuckDB file; its raw bytes are searched as well, for pages that no table uses."""
    try:
        con = duckdb.connect(str(path), read_only=True, config={"enable_external_access": "false"})
    except duckdb.Error:
        return
    with closing(con):
        for (table,) in con.execute("SELECT table_name FROM duckdb_tables() ORDER BY 1").fetchall():
            _inspect_table(f"{name}, table {table}", con.sql(f'SELECT * FROM "{table}"').to_arrow_table(), rules)


def _inspect_table(name: str, data: pa.Table, rules: Suppressions) -> None:
    for column in data.column_names:
        if not pa.types.is_string(data.schema.field(column).type):
            continue
        values = data.column(column)
        if rules.records and (column in BELONGS or column in LINKS) and _holds(values, rules.records):
            raise _stop(f"{name}, column {column}", "a suppressed record")
        if needle := _first(values, rules.needles):
            raise _stop(f"{name}, column {column}", f"row {needle.row} of suppressions.csv")
    if {"field", "record_id"} <= set(data.column_names) and rules.fields:
        pairs = set(zip(data.column("record_id").to_pylist(), data.column("field").to_pylist(), strict=True))
        for target, fields in rules.fields.items():
            if any((target, field) in pairs for field in fields):
                raise _stop(name, f"a suppressed field of {target}")


def _holds(values: pa.ChunkedArray, wanted: frozenset[str]) -> bool:
    return bool(pc.any(pc.is_in(values, value_set=pa.array(sorted(wanted), pa.string()))).as_py())


def _first(values: pa.ChunkedArray, needles: tuple[Needle, ...]) -> Needle | None:
    if not needles or not len(values):
        return None
    possible = values.filter(pc.fill_null(pc.match_substring_regex(values, any_of(needles)), False))
    for text in possible.to_pylist():
        for needle in needles:
            if masked(text, (needle,)) != text:
                return needle
    return None


def _stop(where: str, what: str) -> Stop:
    return Stop(
        f"{where}: would publish {what}. Nothing was published; run koonti sync again, and if it stays, report it "
        "as a fault of Koonti."
    )
