"""`koonti`: thin commands over the same functions as the assets. Exit 0 done, 1 finished with failures, 2 wrong use.

Heavy modules are imported inside the commands, so that `koonti --help` is instant.
"""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

import click

from pipeline import __version__
from pipeline.commands.changes import changes
from pipeline.commands.correct import correct
from pipeline.commands.csv import csv_group
from pipeline.commands.explain import explain
from pipeline.commands.judge import judge, un_merge
from pipeline.commands.match import match
from pipeline.commands.suppress import suppress
from pipeline.commands.weights import weights_group
from pipeline.console import Progress, explain_demo, show_outcomes, show_rows

CONFIG = click.option(
    "--config", "config_path", type=click.Path(path_type=Path), default=Path("koonti.yml"), show_default=True,
    envvar="KOONTI_CONFIG", help="The configuration.",
)  # fmt: skip
DATA_DIR = click.option(
    "--data-dir", type=click.Path(path_type=Path), default=None, help="Where run-time data lies, instead of data_dir."
)
RELEASES = click.option(
    "--release",
    "release_path",
    type=click.Path(path_type=Path),
    default=None,
    help="A release folder; else the latest.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="koonti")
def cli() -> None:
    """One trusted catalogue of Finnish associations, foundations and parishes.

    Start with `koonti demo`; then edit koonti.yml and run `koonti sync`.
    """


@cli.command()
@click.option("--data-dir", type=click.Path(path_type=Path), default=Path("data/demo"), show_default=True)
@click.option("--organisations", type=click.IntRange(20, 3_000), default=600, show_default=True)
@click.option("--seed", type=int, default=2026, show_default=True)
def demo(data_dir: Path, organisations: int, seed: int) -> None:
    """Invent a region, serve it from local platforms, run the whole pipeline, and score the result."""
    from pipeline.demo.run import demo as run_demo

    with Progress() as progress:
        try:
            result = _or_stop(
                lambda: run_demo(data_dir, organisations=organisations, seed=seed, report=progress.report)
            )
        except ValueError as error:
            _fail(str(error), 2)
    explain_demo(result, data_dir)
    sys.exit(result.run.exit_code)


@cli.command()
@CONFIG
@DATA_DIR
@click.option("--source", "only", multiple=True, metavar="ID", help="Fetch only this source (may be repeated).")
@click.option("--offline", is_flag=True, help="Ask nobody: read the newest snapshots again.")
@click.option("--full", is_flag=True, help="Ask for everything anew, not only for what has changed.")
@click.option("--accept-shrink", multiple=True, metavar="ID", help="Accept that this source has become much smaller.")
@click.option("--accept-churn", is_flag=True, help="Accept that more ids change than may change unseen.")
@click.option(
    "--accept-identity", multiple=True, metavar="RECORD", help="Accept that this record is somebody else's now."
)
def sync(
    config_path: Path,
    data_dir: Path | None,
    only: tuple[str, ...],
    offline: bool,
    full: bool,
    accept_shrink: tuple[str, ...],
    accept_churn: bool,
    accept_identity: tuple[str, ...],
) -> None:
    """Fetch all sources, find out who is who, and publish a release."""
    from pipeline.orchestration.run import run

    settings = settings_of(config_path, data_dir)
    known = [s.id for s in settings.sources]
    for source in (*only, *accept_shrink, *(record.split(":")[0] for record in accept_identity)):
        if source not in known:
            _fail(f"{config_path}: has no enabled source '{source}'; it has {', '.join(known)}.", 2)
    chosen = [s for s in settings.sources if not only or s.id in only]
    if not offline and "@example." in settings.http.user_agent and any(s.asks_somebody for s in chosen):
        click.echo(f"{config_path}: http.contact is still the example; write an address that reaches you.", err=True)
    with Progress() as progress:
        result = _or_stop(
            lambda: run(
                settings,
                report=progress.report,
                only=only,
                offline=offline,
                full=full,
                accept_shrink=accept_shrink,
                accept_churn=accept_churn,
                accept_identity=accept_identity,
            )
        )
    show_outcomes(result.outcomes)
    for line in result.failed_checks:
        click.echo(line, err=True)
    if result.stop:
        click.echo(f"Nothing was published: {result.stop}", err=True)
    elif result.release:
        click.echo(f"Published {result.release.path}")
    sys.exit(result.exit_code)


@cli.command()
@CONFIG
@DATA_DIR
def status(config_path: Path, data_dir: Path | None) -> None:
    """Show how each source is, and what is published."""
    from pipeline import outcomes
    from pipeline.dedupe import tonight
    from pipeline.exports import release

    settings = settings_of(config_path, data_dir)
    states = outcomes.read(settings)
    show_outcomes(states)
    if drifted := tonight.warning(tonight.facts_of(settings.entities_dir)):
        click.echo(drifted, err=True)
    published = _or_stop(lambda: release.latest(settings.releases_dir))
    click.echo(f"Published: {published.path}" if published else "Nothing has been published yet.")
    sys.exit(1 if any(o.failed for o in states) else 0)


@cli.command()
@click.argument("path", type=click.Path(path_type=Path))
def verify(path: Path) -> None:
    """Check that a release folder is as its manifest says."""
    from pipeline.exports import release

    if not path.is_dir():
        _fail(f"{path}: is no folder. Name a release, such as data/releases/20260101T000000Z.", 2)
    wrong = release.verify(path)
    for line in wrong:
        click.echo(f"{path}: {line}", err=True)
    if wrong:
        sys.exit(1)
    click.echo(f"{path}: every file is as the manifest says.")


@cli.command()
@click.argument("sql")
@CONFIG
@DATA_DIR
@RELEASES
def query(sql: str, config_path: Path, data_dir: Path | None, release_path: Path | None) -> None:
    """Ask the published catalogue in SQL (read-only). Try: koonti query "SELECT * FROM source_overlap"."""
    import duckdb

    folder = release_path or newest_release(config_path, data_dir)[0]
    database = folder / "catalogue.duckdb"
    if not database.exists():
        _fail(f"{database}: there is no such file.", 2)
    con = duckdb.connect(str(database), read_only=True, config={"enable_external_access": "false"})
    try:
        cursor = con.execute(sql)
        columns = [d[0] for d in cursor.description or []]
        rows = cursor.fetchmany(51)
        show_rows(columns, rows[:50], more=len(rows) > 50)
    except duckdb.Error as error:
        _fail(str(error).splitlines()[0], 2)
    finally:
        con.close()


@cli.command()
@click.option("--config", "config_path", type=click.Path(path_type=Path), default=None, envvar="KOONTI_CONFIG")
@click.option("--port", type=int, default=3000, show_default=True)
def ui(config_path: Path | None, port: int) -> None:
    """Open Dagster on this machine: assets, checks, runs, and the nightly schedule."""
    from pipeline.orchestration.ui import serve

    sys.exit(serve(config_path, port))


cli.add_command(changes)
cli.add_command(correct)
cli.add_command(csv_group)
cli.add_command(explain)
cli.add_command(judge)
cli.add_command(un_merge)
cli.add_command(match)
cli.add_command(suppress)
cli.add_command(weights_group)


def settings_of(config_path: Path, data_dir: Path | None) -> Any:
    """The configuration; mistakes in it end the command with exit code 2."""
    from pipeline.config_file import ConfigMistakes
    from pipeline.settings import load

    try:
        return load(config_path, data_dir=data_dir)
    except ConfigMistakes as mistakes:
        for line in mistakes.lines:
            click.echo(line, err=True)
        sys.exit(2)


def newest_release(config_path: Path, data_dir: Path | None) -> tuple[Path, Path]:
    """The latest release and the configuration it belongs to; the demo's when only the demo has been run."""
    from pipeline.exports import release

    demo_config = Path("data/demo/koonti.yml")
    if data_dir is None and config_path.exists():
        places = [(settings_of(config_path, None).releases_dir, config_path), (Path("data/demo/releases"), demo_config)]
    else:
        own = (data_dir or Path("data")) / "koonti.yml"
        places = [((data_dir or Path("data")) / "releases", own if own.exists() else config_path)]
    for folder, config in places:
        found = _or_stop(partial(release.latest, folder))
        if found:
            if folder != places[0][0]:
                click.echo(f"({places[0][0]} has no release yet; asking the demo's.)", err=True)
            return Path(found.path), config
    return _fail("nothing has been published yet; run koonti sync or koonti demo.", 1)


def _or_stop(stage: Callable[[], Any]) -> Any:
    from pipeline.storage import Stop

    try:
        return stage()
    except Stop as stop:
        _fail(str(stop), 1)


def _fail(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(code)


def main() -> None:
    """Entry point; an interrupt ends quietly, the release before stays."""
    try:
        cli()
    except KeyboardInterrupt:
        click.echo("Interrupted. The release before stays published; the next run starts afresh.", err=True)
        sys.exit(130)


if __name__ == "__main__":
    main()
