"""A file with a list -> its columns as text, by the names of the columns. Spreadsheets are read by `sources.csv`.

Every row that names somebody stays one record: a row without a name is kept aside, titles and totals are left out
and counted. A record's id is what its `record_id` column says, else the number of its row: as a spreadsheet program
shows it, or counted from 1 in a Parquet file.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.matching.cells import MANY, TEXT, one
from pipeline.sources.csv import rows as kinds
from pipeline.sources.csv.headers import columns_of
from pipeline.sources.csv.parse import opened
from pipeline.sources.csv.rows import classified
from pipeline.sources.errors import SourceFailed

LARGEST = 2_000_000_000
"""Bytes of a file; a larger one does not fit into memory with what is made of it."""
_OURS = {"phones": "phone", "emails": "email", "hosts": "website", "other_names": "alternate_name"}
"""Columns of our own tables that hold lists."""


class BadList(Exception):
    """The list cannot be used; the message says what was found and what to do."""


@dataclass(slots=True)
class ReadList:
    """A list as read."""

    columns: dict[str, list[pa.Array]]
    """Field -> its columns, of text or lists of text."""
    ids: pa.Array
    has_own_ids: bool
    format: str
    headers: dict[str, list[str]]
    """Field -> the column names it was read from."""
    unread: list[str]
    """Names of columns that nothing reads."""
    left_out: int = 0
    """Rows that are a title, a total, a remark or repeated column names."""
    notes: list[str] = field(default_factory=list)


def read_list(path: Path) -> ReadList:
    """The list in a CSV, XLSX (XLS, ODS) or Parquet file; raises `BadList`."""
    if path.is_dir():
        raise BadList(f"{path}: is a folder; name the file with the list.")
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            start = stream.read(4)
    except OSError as error:
        raise BadList(f"{path}: cannot be read ({error.strerror}).") from error
    if size > LARGEST:
        raise BadList(f"{path}: has {size / 1e9:.1f} GB, more than {LARGEST / 1e9:.0f}; split the file.")
    try:
        found = _parquet(path) if start == b"PAR1" else _spreadsheet(path.read_bytes(), path.name)
    except SourceFailed as failure:
        message = str(failure).split(" Tell in koonti.yml")[0]
        raise BadList(message) from failure
    except OSError as error:
        raise BadList(f"{path}: cannot be read ({error}).") from error
    _check_ids(found, path.name)
    return found


def _spreadsheet(body: bytes, what: str) -> ReadList:
    book, sheets, passed = opened(body, what, {})
    total = 0
    parts: dict[str, list[tuple[int, list[list[str | None]]]]] = defaultdict(list)
    headers: dict[str, list[str]] = defaultdict(list)
    labels: list[str] = []
    left_out = 0
    beyond: list[str] = []
    for sheet in sheets:
        read = list(classified(sheet))
        kept = [row for row in read if row.kind in (kinds.ORGANISATION, kinds.WITHOUT_NAME)]
        left_out += len(read) - len(kept)
        place = f"{sheet.name}:" if len(sheets) > 1 else ""
        labels += [f"{place}{row.number}" for row in kept]
        unnamed = [c for c, name in enumerate(sheet.header) if not name.strip() and c not in sheet.columns]
        beyond += [f"{place}{row.number}" for row in kept if any(row.cells[c] is not None for c in unnamed)]
        own: dict[str, list[list[str | None]]] = defaultdict(list)
        for column, name in sheet.columns.items():
            own[name].append([row.cells[column] for row in kept])
            headers[name].append(" ".join(sheet.header[column].split()))
        for name, columns in own.items():
            parts[name].append((total, columns))
        total += len(kept)
    made = {name: _stacked(stacks, total) for name, stacks in parts.items()}
    known = {column for names in headers.values() for column in names}
    unread = [h for s in sheets for name in s.header if (h := " ".join(name.split())) and h not in known]
    notes = [*book.notes, *book.lost, *(f"sheet '{p.name}' was not read, because {p.reason}" for p in passed if p.rows)]
    if beyond:
        notes.append(_told_beyond(beyond))
    details = [book.format.upper(), book.encoding, f"cells parted by {book.delimiter}" if book.delimiter else None]
    ids = made.pop("record_id", None)
    return ReadList(
        made, ids[0] if ids else pa.array(labels, TEXT), ids is not None, ", ".join(d for d in details if d),
        dict(headers), list(dict.fromkeys(unread)), left_out, notes,
    )  # fmt: skip


def _told_beyond(rows: list[str]) -> str:
    shown = f"row {rows[0]}" if len(rows) == 1 else f"{len(rows)} rows, the first: {rows[0]}"
    return (
        f"values in columns without a name were not read ({shown}): name the column; in a CSV file, a value that"
        " holds the separator is put in quotes"
    )


def _stacked(stacks: list[tuple[int, list[list[str | None]]]], total: int) -> list[pa.Array]:
    """The columns of one field through all sheets; null where a sheet has none."""
    width = max(len(columns) for _, columns in stacks)
    made = []
    for i in range(width):
        values: list[str | None] = []
        for start, columns in stacks:
            if i < len(columns):
                values += [None] * (start - len(values)) + columns[i]
        made.append(pa.array(values + [None] * (total - len(values)), TEXT))
    return made


def _parquet(path: Path) -> ReadList:
    try:
        file = pq.ParquetFile(path)
        names = file.schema_arrow.names
        chosen = columns_of([_OURS.get(n.lower(), n) for n in names])
        if "name" not in chosen.values():
            shown = ", ".join(repr(n) for n in names)[:600] or "none"
            raise BadList(f"{path.name}: no column of names is recognised. The columns are: {shown}.")
        table = file.read([names[i] for i in chosen])
    except pa.ArrowException as error:
        raise BadList(f"{path.name} is a damaged Parquet file ({str(error).splitlines()[0][:150]}).") from error
    columns: dict[str, list[pa.Array]] = defaultdict(list)
    headers: dict[str, list[str]] = defaultdict(list)
    unread = [n for i, n in enumerate(names) if i not in chosen]
    for index, name in chosen.items():
        if (made := _text(one(table.column(names[index])))) is None:
            unread.append(names[index])
            continue
        columns[name].append(made)
        headers[name].append(names[index])
    ids = columns.pop("record_id", None)
    numbers = pa.array(range(1, len(table) + 1), pa.int64()).cast(TEXT)
    return ReadList(dict(columns), ids[0] if ids else numbers, bool(ids), "Parquet", dict(headers), unread)


def _text(column: pa.Array) -> pa.Array | None:
    """A column as text or lists of text, blank cells null; null for a type that is neither text nor number."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        values = _text(pc.list_flatten(column))
        return (
            None if values is None else column.cast(MANY) if pa.types.is_string(kind.value_type) else _relisted(column)
        )
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        read = {v: _decoded(v) for v in pc.unique(column).to_pylist() if v is not None}
        column = pa.array([None if v is None else read[v] for v in column.to_pylist()], TEXT)
    elif pa.types.is_floating(kind):
        whole = pc.all(pc.equal(pc.floor(column), column)).as_py() is not False
        column = (column.cast(pa.int64()) if whole else column).cast(TEXT)
    elif pa.types.is_struct(kind) or pa.types.is_map(kind):
        return None
    else:
        column = column.cast(TEXT)
    return pc.if_else(pc.match_substring_regex(column, r"^\s*$"), pa.scalar(None, TEXT), column)


def _relisted(column: pa.Array) -> pa.Array:
    return pa.array([None if c is None else [str(v) for v in c if v is not None] for c in column.to_pylist()], MANY)


def _decoded(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("cp1252", errors="replace")


def _check_ids(found: ReadList, what: str) -> None:
    ids = found.ids
    found.ids = ids = one(pa.chunked_array([ids]))
    if not found.has_own_ids or not len(ids):
        return
    name = found.headers["record_id"][0]
    advice = "Give each record an id of its own, or leave the column out: then the number of its row identifies it."
    if ids.null_count:
        raise BadList(f"{what}: the column '{name}' is empty in {ids.null_count} rows. {advice}")
    counts: Any = pc.value_counts(ids)
    twice = counts.filter(pc.greater(counts.field("counts"), 1)).field("values")
    if len(twice):
        shown = ", ".join(f"'{v[:40]}'" for v in twice[:3].to_pylist())
        more = f" and {len(twice) - 3} more" if len(twice) > 3 else ""
        raise BadList(f"{what}: the column '{name}' has ids that stand in several rows: {shown}{more}. {advice}")
