"""What `koonti` prints: progress while it works, tables of sources and rows, and the summary of the demo."""

import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import click

STATE_WORDS = {
    "fresh": "fetched",
    "replayed": "read from disk",
    "stale": "FAILED, older data used",
    "held": "HELD BACK, older data used",
    "missing": "FAILED, no data",
    "opted_out": "left out, as its operator asked",
}
EVERY = 1.0
"""Seconds between two lines of one stage."""


class Progress:
    """Prints a line per stage and second: `  12 s  ptv          services 1 200 of 30 000`."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._last: dict[str, float] = {}
        self._held: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, value: BaseException | None, tb: TracebackType | None) -> None:
        self._flush()

    def report(self, stage: str, text: str) -> None:
        """Prints now, or keeps the line back when the stage spoke a moment ago; its last word is always printed."""
        for other in [s for s in self._held if s != stage]:
            self._print(other, self._held.pop(other))
        now = time.monotonic()
        if now - self._last.get(stage, -EVERY) >= EVERY:
            self._held.pop(stage, None)
            self._print(stage, text)
        else:
            self._held[stage] = text

    def _print(self, stage: str, text: str) -> None:
        from pipeline.privacy.logs import clean

        self._last[stage] = time.monotonic()
        text = clean(text)
        click.echo(f"{time.monotonic() - self._started:5.0f} s  {stage:<13} {text}")
        sys.stdout.flush()

    def _flush(self) -> None:
        for stage, text in self._held.items():
            self._print(stage, text)
        self._held.clear()


def show_outcomes(outcomes: Iterable[Any]) -> None:
    """A table of sources; below it what was taken over from the run before, and a line for each failure."""
    outcomes = list(outcomes)
    rows = [
        (o.source, STATE_WORDS.get(o.state, o.state), o.fetched_at[:16].replace("T", " ") if o.fetched_at else "-",
         o.organizations, o.services, o.locations, o.issues)
        for o in outcomes
    ]  # fmt: skip
    click.echo()
    table(("source", "state", "fetched (UTC)", "organisations", "services", "places", "issues"), rows)
    for line in taken_over(outcomes):
        click.echo(line)
    for o in outcomes:
        if o.failed:
            click.echo(f"{o.source}: {o.message}", err=True)
    click.echo()


def taken_over(outcomes: Iterable[Any]) -> list[str]:
    """How many records were taken over as they were, and which sources were cleaned anew, and why."""
    read = [o for o in outcomes if o.taken is not None]
    partly = [f"{o.source} {o.taken} of {o.organizations + o.services + o.locations}" for o in read if o.anew is None]
    lines = [f"Records taken over unchanged from the run before: {', '.join(partly)}."] if partly else []
    why: dict[str, list[str]] = {}
    for o in read:
        if o.anew:
            why.setdefault(o.anew, []).append(o.source)
    return lines + [f"All cleaned anew, as {reason}: {', '.join(sources)}." for reason, sources in why.items()]


def show_rows(columns: Sequence[str], rows: Sequence[Sequence[Any]], *, more: bool) -> None:
    """Rows of a query, cut to the terminal."""
    table(columns, rows)
    if more:
        click.echo("… more rows; add LIMIT or open catalogue.duckdb.")


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, indent: str = "") -> None:
    """A plain table: numbers to the right, text to the left."""
    texts = [[_cell(v) for v in row] for row in rows]
    widths = [max([len(c), *(len(r[i]) for r in texts)]) for i, c in enumerate(columns)]
    numeric = [all(_is_number(r[i]) for r in texts) and bool(texts) for i in range(len(columns))]

    def line(cells: Sequence[str]) -> str:
        padded = (c.rjust(w) if n else c.ljust(w) for c, w, n in zip(cells, widths, numeric, strict=True))
        return (indent + "  ".join(padded)).rstrip()

    click.echo(line(columns))
    click.echo(indent + "  ".join("-" * w for w in widths))
    for row in texts:
        click.echo(line(row))


def explain_demo(result: Any, data_dir: Path) -> None:
    """The summary of a demo run: what came, what was found, how right it is, where it lies, what to ask it."""
    from pipeline.storage import read_table

    show_outcomes(result.run.outcomes)
    if not result.run.release or not result.score:
        click.echo(f"Nothing was published: {result.run.stop}", err=True)
        return
    folder = result.run.release.path
    bridge = read_table(folder / "parquet", "bridge").select(["kind", "match_basis"]).to_pylist()
    basis: dict[str, int] = {}
    for row in bridge:
        if row["kind"] == "organization":
            basis[row["match_basis"]] = basis.get(row["match_basis"], 0) + 1
    s = result.score
    click.echo(
        f"{s.records} organisation records on {len(result.run.outcomes)} platforms became {s.organisations_found} "
        f"organisations (truly {s.organisations_true})."
    )
    click.echo("\nWhat ties records to their organisation (strongest reasons of each record):")
    top = sorted(basis.items(), key=lambda kv: (-kv[1], kv[0]))
    table(("reason", "records"), [(WORDS.get(reason, reason), count) for reason, count in top[:8]], indent="  ")
    click.echo("\nHow right it was, against the known truth:")
    click.echo(f"  of the pairs it joined, {s.precision:.1%} are one organisation (precision)")
    click.echo(f"  of the pairs that are one organisation, it joined {s.recall:.1%} (recall)")
    click.echo(f"  F1 {s.f1:.3f}, B-cubed F1 {s.b_cubed_f1:.3f}, {s.exact:.1%} of organisations exactly right")
    if v := result.services:
        click.echo(
            f"  {v.records} service records became {v.organisations_found} services (truly {v.organisations_true}): "
            f"precision {v.precision:.1%}, recall {v.recall:.1%}"
        )
    click.echo(f"\nThe release: {_near(folder)}")
    click.echo(f"  open {_near(folder / 'catalogue.duckdb')} with any DuckDB from 1.2 on, or ask it here:\n")
    where = f" --data-dir {data_dir}" if str(data_dir) != "data/demo" else ""
    for about, sql in QUERIES:
        click.echo(f"  # {about}")
        click.echo(f'  .venv/bin/koonti query{where} "{sql}"\n')
    if not where:
        click.echo("  # The same in pictures: assets, checks and runs\n  make ui\n")


WORDS = {"single": "(stands alone)", "cluster": "(through others)"}
QUERIES = (
    (
        "Organisations that stand on most platforms",
        "SELECT name, municipality, source_count, sources FROM organization_flat ORDER BY 3 DESC, 1 LIMIT 5",
    ),
    (
        "Themes that few towns cover",
        "SELECT theme, count(*) AS towns FROM theme_coverage GROUP BY 1 ORDER BY 2 LIMIT 5",
    ),
    (
        "Data errors to send to each platform",
        "SELECT source, code, count(*) AS n FROM issue GROUP BY ALL ORDER BY 3 DESC LIMIT 8",
    ),
)


def _near(path: Path) -> str:
    """The path from the current folder where it lies below it."""
    absolute = path.resolve()
    return str(absolute.relative_to(Path.cwd())) if absolute.is_relative_to(Path.cwd()) else str(absolute)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}".replace(",", " ")
    text = " ".join(str(value).split())
    return text if len(text) <= 70 else text[:69] + "…"


def _is_number(text: str) -> bool:
    return text.replace(" ", "").replace(".", "").replace("-", "").isdigit()
