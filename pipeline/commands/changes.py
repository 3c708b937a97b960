"""`koonti changes`: what is not as it was in an earlier release, and why."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

WORDS = {
    "source": "the platforms changed it",
    "rule": "our code, rules or weights did it",
    "judgement": "a person decided who is who",
    "correction": "a person corrected it",
    "schema": "the schema is another",
    "policy": "what may be published was decided otherwise",
}


@click.command()
@click.option("--from", "start", metavar="VERSION", help="The older release; without it the one before.")
@click.option("--to", "end", metavar="VERSION", help="The newer release; without it the latest.")
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="How many rows are shown.")
@click.option("--all-kinds", is_flag=True, help="Show services and places too, not organisations alone.")
@click.option(
    "--config", "config_path", type=click.Path(path_type=Path), default=Path("koonti.yml"), envvar="KOONTI_CONFIG"
)
@click.option("--data-dir", type=click.Path(path_type=Path), default=None)
def changes(
    start: str | None, end: str | None, limit: int, all_kinds: bool, config_path: Path, data_dir: Path | None
) -> None:
    """Show what changed from one release to another, and whether the world or we changed it."""
    from pipeline.changes import history
    from pipeline.cli import newest_release

    folder, _ = newest_release(config_path, data_dir)
    try:
        found = history.span(folder.parent, start, end)
    except history.UnknownVersion as unknown:
        click.echo(str(unknown), err=True)
        sys.exit(2)
    show(found, limit=limit, kind=None if all_kinds else "organization")


def show(found: Any, *, limit: int, kind: str | None) -> None:
    """The counts by operation and cause, then the rows that matter most."""
    from pipeline.changes import history
    from pipeline.console import table

    counted = history.counts(found)
    steps = f" in {len(found.feeds)} steps" if len(found.feeds) > 1 else ""
    click.echo(f"From {found.first or 'nothing'} to {found.last}{steps}:")
    if not counted:
        click.echo("nothing has changed.")
        return
    table(("what", "kind", "entities", "why"), [
        (c["operation"], c["kind"], c["n"], f"{c['cause']}: {WORDS[c['cause']]}") for c in counted
    ])  # fmt: skip
    rows = history.rows(found, limit=limit + 1, kind=kind)
    if not rows or not limit:
        return
    click.echo()
    table(("what", "id", "name", "why", "sources", "fields or successors"), [
        (r["operation"], r["entity_id"], r["name"], r["cause"], _bars(r["sources"]), detail(r)) for r in rows[:limit]
    ])  # fmt: skip
    if len(rows) > limit:
        click.echo("… more rows; raise --limit, or read changes.parquet of the release.")


def detail(row: Mapping[str, Any]) -> str:
    """What differs in words: the successors, else the columns and tables."""
    if row["successors"]:
        return f"-> {_bars(row['successors'])}"
    if row["operation"] != "updated":
        return ""
    tables = [t for t in (row["tables"] or "").split("|") if t not in ("organization", "service", "location", "")]
    return ", ".join([*filter(None, (row["fields"] or "").split("|")), *tables])


def _bars(text: str | None) -> str:
    return (text or "").replace("|", ", ")
