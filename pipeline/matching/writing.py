"""Puts an answer in its folder: three Parquet files, written aside and then put in place."""

import shutil
import tempfile
from pathlib import Path

from pipeline.matching.reading import BadList
from pipeline.matching.run import Answer
from pipeline.storage import replace_folder, write_table

FILES = ("clusters", "matches", "reasons")


def write(folder: Path, answer: Answer) -> None:
    """Writes the files; a folder that holds nothing else is replaced whole, in another one only our files are.

    Raises `BadList` when the folder cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise BadList(f"{folder}: is a file; name a folder for the result.")
    folder = folder.resolve()
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", suffix=".partial", dir=folder.parent))
        try:
            aside.chmod(0o755)
            for name in FILES:
                write_table(aside / f"{name}.parquet", getattr(answer, name), packed=True)
            ours = {f"{name}.parquet" for name in FILES}
            if not folder.exists() or {p.name for p in folder.iterdir()} <= ours:
                replace_folder(aside, folder)
            else:
                for name in FILES:
                    (aside / f"{name}.parquet").replace(folder / f"{name}.parquet")
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    except OSError as error:
        raise BadList(f"{folder}: cannot be written ({error.strerror or error}).") from error
