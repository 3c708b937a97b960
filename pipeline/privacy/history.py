"""Clears the history of runs: Dagster's SQLite files and logs keep what assets and messages once showed.

What it decides: every text and every packed value of every table is masked where a value occurs, and the file is
written anew, so that no free page keeps the old bytes.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from pipeline.privacy.masking import MASK, mask_bytes
from pipeline.privacy.needles import Needle, mask_text
from pipeline.settings import Settings
from pipeline.storage import Stop

LEFT = ("-journal", "-wal", "-shm")


def homes(settings: Settings) -> list[Path]:
    """Folders in which runs on this data have left their history."""
    shared = Path.cwd() / "data" / ".dagster"
    own = settings.data_dir / ".dagster"
    return [p for p in dict.fromkeys((own, shared)) if p.is_dir()]


def clear(folder: Path, needles: tuple[Needle, ...]) -> int:
    """Masks the values in every file below a folder; returns how many files were changed.

    Raises `Stop` when a file is in use: a history that cannot be cleared now must not be taken for cleared.
    """
    if not needles:
        return 0
    changed = 0
    for path in sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.endswith(LEFT)):
        body = path.read_bytes()
        if body.startswith(b"SQLite format 3"):
            changed += _clear_database(path, needles)
        else:
            made = mask_bytes(body, needles)
            if made is not body:
                path.write_bytes(made)
                changed += 1
    return changed


def _clear_database(path: Path, needles: tuple[Needle, ...]) -> bool:
    try:
        with closing(sqlite3.connect(path, timeout=10)) as con:
            con.execute("PRAGMA secure_delete = ON")
            changed = sum(_clear_table(con, table, needles) for table in _tables(con)) > 0
            con.commit()
            if changed:
                con.execute("VACUUM")
            con.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError as error:
        raise Stop(f"{path}: cannot be cleared ({error}); stop koonti ui and say the same again.") from None
    return changed


def _tables(con: sqlite3.Connection) -> Iterable[str]:
    found = con.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'").fetchall()
    return [name for (name,) in found]


def _clear_table(con: sqlite3.Connection, table: str, needles: tuple[Needle, ...]) -> bool:
    columns = [row[1] for row in con.execute(f'PRAGMA table_info("{table}")')]
    changed = False
    for column in columns:
        rows = con.execute(f'SELECT rowid, "{column}" FROM "{table}" WHERE typeof("{column}") IN (\'text\', \'blob\')')
        for row, value in rows.fetchall():
            made = mask_text(value, needles, MASK) if isinstance(value, str) else mask_bytes(value, needles)
            if made != value:
                con.execute(f'UPDATE OR IGNORE "{table}" SET "{column}" = ? WHERE rowid = ?', (made, row))
                changed = True
    return changed
