"""`koonti match`: who is who in anybody's list."""

import sys
from pathlib import Path

import click


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", "folder", type=click.Path(path_type=Path), required=True, help="Folder for the result.")
@click.option("--against", type=click.Path(path_type=Path), default=None, help="A release to match the list to.")
@click.option("--no-identifiers", is_flag=True, help="Look at no Y-tunnus and no register number.")
@click.option("--engine", type=click.Choice(["duckdb", "spark"]), default="duckdb", show_default=True)
@click.option("--master", default="local[*]", show_default=True, help="Spark's master, for --engine spark.")
@click.option("--spark-conf", multiple=True, metavar="KEY=VALUE", help="A setting of Spark's own; may be repeated.")
def match(
    file: Path,
    folder: Path,
    against: Path | None,
    no_identifiers: bool,
    engine: str,
    master: str,
    spark_conf: tuple[str, ...],
) -> None:
    """Find who is who in a list (CSV, XLSX, Parquet), or match it to a release."""
    from pipeline.dedupe.engine import engine as running
    from pipeline.dedupe.spark import NoSpark
    from pipeline.matching.reading import BadList
    from pipeline.matching.run import match_list
    from pipeline.matching.summary import lines
    from pipeline.matching.writing import write

    for setting in spark_conf:
        if "=" not in setting:
            raise click.BadParameter(f"'{setting}' is no setting: write KEY=VALUE.", param_hint="--spark-conf")
    conf = dict(setting.split("=", 1) for setting in spark_conf)
    try:
        with running(engine, master, conf) as chosen:
            answer = match_list(file, against=against, identifiers=not no_identifiers, engine=chosen)
        write(folder, answer)
    except (BadList, NoSpark) as bad:
        click.echo(str(bad), err=True)
        sys.exit(2)
    for line in lines(answer, file, folder):
        click.echo(line)
