"""`koonti csv inspect`: what is read in a spreadsheet, how its columns are understood, and its entry in koonti.yml."""

import shutil
import sys
from pathlib import Path
from typing import Any, NoReturn

import click


@click.group("csv")
def csv_group() -> None:
    """Look into spreadsheets before they become a source."""


@csv_group.command("inspect")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--column", "columns", metavar="FIELD=COLUMN", multiple=True, help="A column that is not recognised: name=Toimija."
)
@click.option("--sheet", help="Name or number of the only sheet to read.")
@click.option("--header-row", type=click.IntRange(min=0), help="Row with the column names; 0 for none.")
@click.option("--encoding", help="Encoding of a text file, such as cp1252.")
@click.option("--delimiter", help="Character between cells; write tab for the tabulator.")
@click.option("--id-column", help="Column that identifies an organisation from one version to the next.")
@click.option("--municipality", help="Home municipality where the file tells no place.")
@click.option("--write", is_flag=True, help="Add the entry to koonti.yml, and put the file into the inbox.")
@click.option("--id", "source_id", help="Id of the source; else after the name of the file.")
@click.option("--name", help="Name of the source, as shown to people.")
@click.option("--publisher", help="Who keeps the list.")
@click.option("--licence", help="On which terms it may be used.")
@click.option("--attribution", help="How the publisher wants to be named.")
@click.option(
    "--config",
    "config_path",
    type=click.Path(path_type=Path),
    default=Path("koonti.yml"),
    show_default=True,
    envvar="KOONTI_CONFIG",
    help="The configuration that --write adds to.",
)
def csv_inspect(
    path: Path,
    columns: tuple[str, ...],
    write: bool,
    source_id: str | None,
    config_path: Path,
    **given: Any,
) -> None:
    """Show what is read in a spreadsheet, and the entry of koonti.yml that imports it.

    With --write the entry is added to koonti.yml. A file from elsewhere is copied into a folder of its own in the
    inbox: a new version is just put beside it, and the newest is read.
    """
    from pipeline.config_file import ConfigMistakes
    from pipeline.source_settings import SOURCE_ID
    from pipeline.sources.csv.inspect import id_of, inspect, render, render_entry
    from pipeline.sources.errors import SourceFailed

    options = {name: value for name, value in given.items() if value is not None}
    if columns:
        options["columns"] = _columns(columns)
    source_id = source_id or id_of(path.name)
    if not SOURCE_ID.fullmatch(source_id):
        _fail(f"'{source_id}' is no source id: small letters, digits and _ only, a letter first.", 2)
    try:
        body = path.read_bytes()
    except OSError as error:
        _fail(f"{path}: cannot be read ({error.strerror}).", 2)
    stands = _stands(path, config_path, source_id)
    try:
        found = inspect(body, str(path), options, source_id=source_id, path=stands)
    except SourceFailed as failure:
        _fail(str(failure), 1)
    click.echo(render(found))
    if not write:
        click.echo(
            f"To import it, say so again with --write; or put the file there and add this to {config_path}:\n\nsources:"
        )
        click.echo(render_entry(found))
        return
    try:
        copied, line = _written(path, config_path, source_id, stands, found.entry)
    except ConfigMistakes as mistakes:
        _fail("\n".join(mistakes.lines), 2)
    except OSError as error:
        _fail(f"{path}: cannot be copied into the inbox ({error.strerror}).", 1)
    if copied:
        click.echo(f"Copied the file to {copied}. Put newer versions beside it.")
    click.echo(f"Added to {config_path}, line {line}:\n\n{render_entry(found)}")
    click.echo(f"Import it with: koonti sync --source {source_id}")


def _columns(given: tuple[str, ...]) -> dict[str, list[str]]:
    """`field=column` of the command line as the option `columns`."""
    found: dict[str, list[str]] = {}
    for one in given:
        field, sign, column = one.partition("=")
        if not (field.strip() and sign and column.strip()):
            _fail(f"--column {one}: write it as FIELD=COLUMN, for example name=Toimija.", 2)
        found.setdefault(field.strip(), []).append(column.strip())
    return found


def _stands(path: Path, config_path: Path, source_id: str) -> str:
    """Where the entry says that the file is: where it lies already, its folder in the inbox, or one to be made."""
    base = config_path.resolve().parent
    whole = path.resolve()
    if not whole.is_relative_to(base) or whole.parent == base:
        return f"inbox/{source_id}/"
    own = whole.parent.relative_to(base)
    return (
        f"{own.as_posix()}/" if len(own.parts) > 1 and own.parts[0] == "inbox" else whole.relative_to(base).as_posix()
    )


def _written(path: Path, config_path: Path, source_id: str, stands: str, entry: str) -> tuple[Path | None, int]:
    """Copies a file from elsewhere into its folder in the inbox and adds the entry.

    Returns where the copy is (null when the file lies where it is read) and the line of the entry; on a mistake neither
    stays.
    """
    from pipeline.config_entry import add_source, sources_of
    from pipeline.config_file import ConfigMistakes

    folder = config_path.resolve().parent / stands
    others = sources_of(config_path)
    if source_id in others:
        raise ConfigMistakes([f"{config_path}: there is a source '{source_id}' already; choose another with --id."])
    for other, options in others.items():
        if isinstance(options, dict) and str(options.get("path", "")).rstrip("/") == stands.rstrip("/"):
            raise ConfigMistakes([f"{config_path}: the source '{other}' reads {stands} already."])
    copy = folder / path.name if stands.endswith("/") and path.resolve().parent != folder.resolve() else None
    if copy and copy.exists():
        raise ConfigMistakes([f"{stands}{path.name} is there already; move it away, or inspect that one."])
    if copy:
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    try:
        return copy and Path(stands) / path.name, add_source(config_path, source_id, entry)
    except ConfigMistakes:
        if copy:
            copy.unlink()
        raise


def _fail(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(code)
