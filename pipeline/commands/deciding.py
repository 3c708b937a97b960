"""What the commands that write the ledger share: the release they look at, the author, and how they end."""

import getpass
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from pipeline.ledger.files import Row
    from pipeline.ledger.lookup import Published
    from pipeline.settings import Settings

C = TypeVar("C", bound=Callable[..., Any])
_OPTIONS = (
    click.option("--config", "config_path", type=click.Path(path_type=Path), default=Path("koonti.yml"),
                 envvar="KOONTI_CONFIG", help="The configuration."),
    click.option("--data-dir", type=click.Path(path_type=Path), default=None,
                 help="Where run-time data lies, instead of data_dir."),
    click.option("--author", default=None, envvar="KOONTI_AUTHOR",
                 help="Who decides; else KOONTI_AUTHOR, else your user name. It stays in the ledger."),
)  # fmt: skip


def decision_options(command: C) -> C:
    """The options --config, --data-dir and --author."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a person decides: the configuration, the release, and who it is."""

    settings: "Settings"
    release: "Published"
    signed: Mapping[str, str]
    """Author and time, as cells."""

    def evidence(self, pairs: Sequence[tuple[str, str]]) -> list[str]:
        """What the records of each pair show now; empty for one that has no record on disk any more."""
        from pipeline import stages
        from pipeline.dedupe import gather
        from pipeline.ledger.evidence import fingerprint

        con = stages.open_records(self.settings)
        try:
            table = gather.matching_input(con)
        finally:
            con.close()
        wanted = {r for pair in pairs for r in pair}
        ids = table.column("record_id").to_pylist()
        rows = {i: table.slice(n, 1).to_pylist()[0] for n, i in enumerate(ids) if i in wanted}
        return [fingerprint(rows[a], rows[b]) if a in rows and b in rows else "" for a, b in pairs]

    def write(self, name: str, rows: Sequence[Mapping[str, str]]) -> "list[Row]":
        """Adds rows to a file of the ledger, signed."""
        from pipeline.ledger import files

        signed = [{**row, **self.signed} for row in rows]
        return files.append_all(self.settings.ledger_dir, name, signed, data_dir=self.settings.data_dir)


@contextmanager
def desk(config_path: Path, data_dir: Path | None, author: str | None) -> Iterator[Desk]:
    """Opens the release and the ledger that belongs to it; what cannot be done ends the command with one sentence."""
    from pipeline.cli import newest_release, settings_of
    from pipeline.ledger.deciding import Unfit, signed
    from pipeline.ledger.lookup import NotKnown, Published
    from pipeline.ledger.sheet import LedgerBroken
    from pipeline.ledger.values import Refused
    from pipeline.storage import Stop

    folder, config = newest_release(config_path, data_dir)
    try:
        who = signed(author or _user(), datetime.now(UTC))
        yield Desk(settings_of(config, data_dir), Published(folder), who)
    except (NotKnown, Refused) as wrong:
        _end(str(wrong), 2)
    except LedgerBroken as broken:
        _end("\n".join(broken.lines), 1)
    except (Unfit, Stop) as stop:
        _end(str(stop), 1)


def show_written(settings: "Settings", rows: "Sequence[Row]") -> None:
    """Which rows were written where, and when they work."""
    from pipeline.ledger import files

    for row in rows[:20]:
        click.echo(f"Wrote {row['id']} to {files.path_of(settings.ledger_dir, row.file)}, line {row.line}.")
    if len(rows) > 20:
        click.echo(f"… and {len(rows) - 20} more.")
    click.echo("It takes effect at the next koonti sync. The ledger belongs in git: commit it.")


def _user() -> str:
    try:
        return os.environ.get("USER") or getpass.getuser()
    except (KeyError, OSError):
        return ""


def _end(message: str, code: int) -> None:
    click.echo(message, err=True)
    sys.exit(code)
