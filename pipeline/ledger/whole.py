"""All mistakes of the whole ledger in one message, so that a person who edits files by hand mends them in one go.

Belongs here: which files are looked at before a run begins. What is wrong with a row, the module of its file says.
"""

from collections.abc import Callable
from pathlib import Path

from pipeline.ledger import corrections, judgements
from pipeline.ledger.files import LedgerBroken
from pipeline.privacy.suppression import Suppressions


def checked(ledger_dir: Path, load: Callable[[], Suppressions]) -> Suppressions:
    """The suppressions of a ledger in which nothing is wrong.

    Args:
        ledger_dir: Folder of the ledger; files that are missing say nothing.
        load: Reads suppressions and opt-outs (`suppression.load`).

    Raises `LedgerBroken` with the mistakes of every file, each with its file and line.
    """
    mistakes: list[str] = []
    for read in (judgements.stated, corrections.stated):
        try:
            read(ledger_dir)
        except LedgerBroken as broken:
            mistakes += broken.lines
    try:
        rules = load()
    except LedgerBroken as broken:
        raise LedgerBroken(mistakes + broken.lines) from None
    if mistakes:
        raise LedgerBroken(mistakes)
    return rules
