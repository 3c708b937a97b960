"""`koonti weights`: read, compare and learn the weights of matching."""

import sys
from pathlib import Path
from typing import Any

import click

FILE = click.Path(path_type=Path)


@click.group("weights")
def weights_group() -> None:
    """Read, compare and learn the weights of matching."""


@weights_group.command("show")
@click.argument("file", type=FILE, required=False)
def show(file: Path | None) -> None:
    """Print a weights file (else the shipped one) as it is understood."""
    from pipeline.dedupe.weights import weights_text

    click.echo(weights_text(_load(file)), nl=False)


@weights_group.command("diff")
@click.argument("one", type=FILE)
@click.argument("other", type=FILE)
def diff(one: Path, other: Path) -> None:
    """Show the weights in which two files differ."""
    from pipeline.console import table
    from pipeline.dedupe.drift import diff as find

    found = find(_load(one), _load(other))
    if not len(found):
        click.echo("The weights are equal.")
        return
    table(found.column_names, [tuple(row.values()) for row in found.to_pylist()])


@weights_group.command("learn")
@click.argument("file", type=FILE, required=False)
@click.option("--out", type=FILE, default=None, help="The weights file to write; else it is printed.")
@click.option("--config", "config_path", type=FILE, default=Path("koonti.yml"), envvar="KOONTI_CONFIG")
@click.option("--data-dir", type=FILE, default=None)
def learn(file: Path | None, out: Path | None, config_path: Path, data_dir: Path | None) -> None:
    """Learn weights from a list, or without one from the newest records of koonti.yml and people's judgements.

    Too few records keep the shipped ones. Name the file in koonti.yml under matching: weights: to pin it.
    """
    from pipeline.dedupe.learning import learn as teach
    from pipeline.dedupe.weights import weights_text

    judged = None
    if file is not None:
        records = _records_of_list(file)
    else:
        from pipeline import stages
        from pipeline.cli import settings_of
        from pipeline.dedupe import gather
        from pipeline.dedupe.judged import read_judgements

        settings = settings_of(config_path, data_dir)
        con = stages.open_records(settings)
        records = gather.matching_input(con)
        con.close()
        if not len(records):
            _stop(f"{settings.records_dir}: there are no records yet; run koonti sync first.")
        try:
            judged = read_judgements(settings.data_dir / "ledger" / "judgements.csv")
        except ValueError as error:
            _stop(str(error))
    text = weights_text(teach(records, judged))
    if out is None:
        click.echo(text, nl=False)
        return
    aside = out.with_name(f"{out.name}.partial")
    try:
        aside.write_text(text, encoding="utf-8")
        aside.replace(out)
    except OSError as error:
        _stop(f"{out}: cannot be written ({error.strerror}).")
    click.echo(f"Wrote {out}")


def _records_of_list(file: Path) -> Any:
    """The named records of a list, ready for matching."""
    import pyarrow.compute as pc

    from pipeline.matching.normalise import normalise
    from pipeline.matching.reading import BadList, read_list

    try:
        read = read_list(file)
    except BadList as bad:
        _stop(str(bad))
    records = normalise(read.columns, len(read.ids)).records.add_column(0, "record_id", read.ids)
    records = records.filter(pc.is_valid(records.column("name")))
    if not len(records):
        _stop(f"{file}: has no record with a name; nothing can be learned from it.")
    return records


def _load(path: Path | None) -> Any:
    import yaml

    from pipeline.dedupe.weights import DEFAULT, WeightsError, load_weights

    try:
        return load_weights(path or DEFAULT)
    except OSError as error:
        _stop(f"{path}: cannot be read ({error.strerror}).")
    except (WeightsError, yaml.YAMLError, AttributeError, ValueError) as error:
        _stop(f"{path}: is no weights file ({str(error).splitlines()[0]}).")


def _stop(message: str) -> Any:
    click.echo(message, err=True)
    sys.exit(2)
