"""`koonti suppress`: takes a record, a field or a person out of everything, published or kept, now and for the future.

It writes the rows of the ledger and calls `privacy.clearing`; no message shows what was suppressed.
"""

import sys
from pathlib import Path
from typing import Any

import click

from pipeline.console import Progress


@click.command()
@click.argument("targets", nargs=-1, metavar="[TARGET]...")
@click.option("--field", "field_name", default=None, help="Only this field of the target (email, phone, address…).")
@click.option(
    "--person",
    "persons",
    multiple=True,
    metavar="VALUE",
    help="A name, phone number or e-mail address that may occur nowhere; may be repeated. '-' asks for it unseen.",
)
@click.option("--reason", required=True, help="Why, without naming the person; it stays in the ledger.")
@click.option("--author", default=None, help="Who decided; you, unless told.")
@click.option("--config", "config_path", type=click.Path(path_type=Path), default=Path("koonti.yml"), show_default=True,
              envvar="KOONTI_CONFIG", help="The configuration.")  # fmt: skip
@click.option("--data-dir", type=click.Path(path_type=Path), default=None, help="Instead of data_dir.")
def suppress(
    targets: tuple[str, ...],
    field_name: str | None,
    persons: tuple[str, ...],
    reason: str,
    author: str | None,
    config_path: Path,
    data_dir: Path | None,
) -> None:
    """Take each TARGET (a record source:id, or an org_… id), one field of it, or a person out of everything.

    Snapshots and records on disk are cleaned, a new release is published at once, older releases are withdrawn, and
    the history of runs is cleared. Copies that others have made are theirs to remove: tell them.
    """
    from pipeline.cli import settings_of
    from pipeline.privacy.asking import ask
    from pipeline.privacy.clearing import clear
    from pipeline.storage import Stop

    if bool(targets) == bool(persons) or (field_name and persons):
        _fail("name either a TARGET (with or without --field) or one or more --person.", 2)
    values = [click.prompt("Value", hide_input=True) if p == "-" else p for p in persons]
    settings: Any = settings_of(config_path, data_dir)
    try:
        rows = ask(settings, targets=targets, field_name=field_name, values=values, reason=reason, author=author)
        click.echo(f"{len(rows)} row(s) written to {settings.ledger_dir / 'suppressions.csv'}")
        with Progress() as progress:
            progress.report("suppress", "cleaning what is kept")
            done = clear(settings)
    except Stop as stop:
        _fail(str(stop), 1)
    click.echo(f"{done.snapshots} snapshots and the records of {done.records} sources were cleaned.")
    if done.published:
        click.echo(f"Published {done.published}; {len(done.withdrawn)} older releases were withdrawn.")
    click.echo(f"{done.history} files of the history of runs were cleared.")
    for folder in done.left:
        click.echo(f"{folder}: belongs to no source of koonti.yml and was not cleaned; remove it.", err=True)
    sys.exit(1 if done.left else 0)


def _fail(message: str, code: int) -> None:
    click.echo(message, err=True)
    sys.exit(code)
