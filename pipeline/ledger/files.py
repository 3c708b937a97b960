"""The ledger files on disk: read with every mistake named by file and line, and only ever added to.

A row that no longer holds is named by a later one in its column `revokes`; none is changed or taken away.
How a file is written is in `sheet`, which columns there are in `files.yml`.
"""

import os
import secrets
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from threading import RLock

from pipeline.identity.ids import ALPHABET
from pipeline.ledger.sheet import LedgerBroken, Row, Sheet, escaped, line_of, parse
from pipeline.ledger.spec import FileSpec, specs
from pipeline.locks import alone
from pipeline.storage import Stop

__all__ = ["LedgerBroken", "Row", "append", "append_all", "holding", "new_id", "path_of", "read", "revoked"]
_adding = RLock()


def path_of(ledger_dir: Path, name: str) -> Path:
    """Where a ledger file lies."""
    return ledger_dir / f"{name}.csv"


def read(ledger_dir: Path, name: str) -> list[Row]:
    """All rows of a ledger file in their order, revoked ones too; a file that is not there has none.

    Raises `LedgerBroken` with all mistakes of the file, each with its line.
    """
    return _read(path_of(ledger_dir, name), specs()[name]).rows


def holding(rows: Iterable[Row]) -> list[Row]:
    """The rows that hold: not revoked by a row that itself holds. Rows that only revoke are not among them."""
    gone = revoked(rows := list(rows))
    return [r for r in rows if r["id"] not in gone and not r.only_revokes]


def revoked(rows: Iterable[Row]) -> dict[str, Row]:
    """Id of each revoked row -> the row that revokes it. Revoking a revocation restores what it had revoked."""
    gone: dict[str, Row] = {}
    for row in reversed(list(rows)):
        if row["revokes"] and row["id"] not in gone:
            gone[row["revokes"]] = row
    return gone


def new_id(name: str) -> str:
    """A fresh id for a row of a file; it starts with letters, so that no spreadsheet takes it for a number."""
    return f"{specs()[name].prefix}_" + "".join(secrets.choice(ALPHABET) for _ in range(12))


def append(ledger_dir: Path, name: str, values: Mapping[str, str], *, data_dir: Path) -> Row:
    """Adds one row, see `append_all`."""
    return append_all(ledger_dir, name, [values], data_dir=data_dir)[0]


def append_all(ledger_dir: Path, name: str, rows: Sequence[Mapping[str, str]], *, data_dir: Path) -> list[Row]:
    """Adds rows, all or none; the file is replaced as a whole, so a reader or a crash finds it before or after.

    How the file is written (delimiter, line ends, order of columns) is kept.

    Args:
        ledger_dir: Folder of the ledger; it is made when missing.
        name: The file.
        rows: Cells by column; those left out are empty, and an `id` is given when there is none.
        data_dir: The data folder whose lock is held meanwhile.

    Raises `LedgerBroken` when the file, or a row in it, would not be read; `Stop` when a run is at work.
    """
    spec, path = specs()[name], path_of(ledger_dir, name)
    full = []
    for values in rows:
        if unknown := [c for c in values if c not in spec.columns]:
            raise ValueError(f"{name}.csv has no column '{unknown[0]}'")
        cells = {c: values.get(c, "").strip() for c in spec.columns}
        full.append(cells | {"id": cells["id"] or new_id(name)})
    if not full:
        return []
    with _adding, alone(data_dir):
        sheet = _read(path, spec)
        for cells in full:
            if homeless := [c for c, v in cells.items() if v and sheet.header and c not in sheet.header]:
                raise LedgerBroken([f"{path}: has no column '{homeless[0]}'; add it to the first line."])
        text = sheet.text
        if text and not text.endswith(("\n", "\r")):
            text += sheet.newline
        if not sheet.header:
            sheet.header = list(spec.columns)
            text += line_of(sheet, sheet.header)
        for cells in full:
            text += line_of(sheet, [escaped(cells.get(c, "")) for c in sheet.header])
        added = parse(text, path, spec).rows[-len(full) :]
        _replace(path, text)
    return added


def _replace(path: Path, text: str) -> None:
    aside = path.with_name(f".{path.name}.partial")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with aside.open("wb") as f:
            f.write(text.encode("utf-8"))
            f.flush()
            os.fsync(f.fileno())
        if path.exists():
            shutil.copymode(path, aside)
        aside.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except (OSError, UnicodeEncodeError) as error:
        aside.unlink(missing_ok=True)
        raise Stop(f"{path}: cannot be written ({error}).") from None


def _read(path: Path, spec: FileSpec) -> Sheet:
    try:
        body = path.read_bytes()
    except FileNotFoundError:
        return Sheet()
    except OSError as error:
        raise LedgerBroken([f"{path}: cannot be read ({error.strerror})."]) from None
    try:
        return parse(body.decode("utf-8"), path, spec)
    except UnicodeDecodeError as error:
        line = body[: error.start].count(b"\n") + 1
        wrong = f"holds a character that is not UTF-8 (byte {body[error.start]:#04x})"
        raise LedgerBroken([f"{path}:{line}: {wrong}; save the file as 'CSV UTF-8'."]) from None
