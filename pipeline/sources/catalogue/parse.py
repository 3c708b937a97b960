"""Captures of catalogue files -> services with their organisations. Every row becomes an item or a finding.

Cells that no field reads are counted under the name of their column. Findings name file, sheet and row, so that the
keeper of the catalogue finds the place.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipeline.schema.model import codelist
from pipeline.sources.catalogue.row import Words, names_of, read, title_of
from pipeline.sources.catalogue.table import Table, recognised, spellings, table_of
from pipeline.sources.contract import SourceDescription
from pipeline.sources.csv import reading
from pipeline.sources.csv.grid import Book
from pipeline.sources.csv.headers import key
from pipeline.sources.csv.ids import NativeIds
from pipeline.sources.csv.parse import file_name
from pipeline.sources.errors import SourceFailed
from pipeline.sources.items import Finding, Item, Parsed, Term, Unread
from pipeline.sources.snapshots import Capture


def parse(captures: Iterable[Capture], description: SourceDescription, options: Mapping[str, Any]) -> Iterator[Parsed]:
    """Services in the order of the file names and rows, then the organisations that they name.

    Raises `SourceFailed` when a file cannot be read or has no sheet with column names of a catalogue.
    """
    settings = description.settings
    words = _words(settings, options)
    known = spellings(settings, options)
    ids = NativeIds()
    bodies: dict[str, Item] = {}
    for capture in sorted(captures, key=lambda one: one.uri):
        if capture.status < 400:
            what = file_name(capture.uri)
            book = reading.read(capture.body, what, lambda row: recognised(row, known), dict(options))
            for lost in book.lost:
                yield Finding("record_unreadable", f"{what}: {lost}.", level="warning")
            for table in _tables(book, what, known, options):
                for one in _rows(table, what, words, ids, capture):
                    if isinstance(one, Item) and one.kind == "organization":
                        _merge(bodies, one)
                    else:
                        yield one
    yield from bodies.values()


def _words(settings: Mapping[str, Any], options: Mapping[str, Any]) -> Words:
    kind = options.get("service_kind") or "support"
    if kind not in codelist("service_kind"):
        allowed = ", ".join(codelist("service_kind"))
        raise SourceFailed(f"service_kind: '{kind}' is not known; write one of {allowed}. Correct koonti.yml.")
    return Words(
        kinds={key(word): name for name, listed in settings["kinds"].items() for word in listed},
        free=frozenset(settings["free_words"]),
        service_kind=kind,
        areas=_several(options.get("area")),
        terms=[Term(scheme, label=v) for scheme in ("theme", "target_group") for v in _several(options.get(scheme))],
    )


def _several(value: Any) -> list[str]:
    """One or several values of koonti.yml as texts."""
    return [str(one) for one in (value if isinstance(value, (list, tuple)) else [value]) if one]


def _tables(book: Book, what: str, known: Mapping[str, str], options: Mapping[str, Any]) -> list[Table]:
    wanted = str(options.get("sheet") or "").strip().casefold()
    grids = [
        grid
        for number, grid in enumerate(book.grids, 1)
        if not wanted or wanted in (str(number), (grid.name or "").strip().casefold())
    ]
    if not grids:
        names = ", ".join(f"'{grid.name}'" for grid in book.grids)
        raise SourceFailed(f"{what}: there is no sheet '{options['sheet']}'; the sheets are {names}.")
    found = [table for grid in grids if grid.rows and (table := table_of(grid, known))]
    if not found:
        first = next((cell for grid in grids for row in grid.rows for cell in row if cell), "nothing")
        raise SourceFailed(
            f"{what}: no column names of a catalogue (a service, or a theme with a description); it begins with "
            f"'{' '.join(first.split())[:60]}'. Name the columns in koonti.yml: columns: {{service: …}}."
        )
    missing = [f for f in options.get("columns") or {} if not any(f in table.columns for table in found)]
    if not any(any(row) for table in found for row in table.rows):
        raise SourceFailed(f"{what} has column names but no rows below them; put the list there again.")
    if missing:
        header = ", ".join(f"'{name}'" for name in found[0].header if name)
        raise SourceFailed(f"{what}: columns names {missing[0]}, but the columns are {header}. Correct koonti.yml.")
    return found


def _rows(table: Table, what: str, words: Words, ids: NativeIds, capture: Capture) -> Iterator[Parsed]:
    place = f"{what}, sheet '{table.name}'" if table.name else what
    used = {column for columns in table.columns.values() for column in columns}
    unread = [(c, Unread(name or f"column {c + 1}")) for c, name in enumerate(table.header) if c not in used]
    for number, row in enumerate(table.rows, table.first_row):
        if not any(row):
            continue
        name = title_of(table, row)
        if name is None or [cell for cell in row if cell] == [name]:
            text = " | ".join(" ".join(cell.split()) for cell in row if cell)[:80]
            message = f"{place}, row {number} is no service: {text}"
            yield Finding("row_without_organization", message, value=text, level="info")
            continue
        yield from (field for column, field in unread if row[column] is not None)
        native_id = table.one(row, "id")
        if native_id is not None and not ids.claim(native_id):
            message = f"{place}, row {number}: an earlier row has the same id; its names are used instead."
            yield Finding("duplicate_native_id", message, native_id, "id", native_id, "warning")
            native_id = None
        native_id = native_id or ids.of_name(name, next(iter(names_of(table, row)), None))
        found = read(table, row, native_id, words, capture.fetched_at)
        yield from found.organizations
        yield found.item
        if found.place:
            yield found.place
        yield from found.odd


def _merge(bodies: dict[str, Item], one: Item) -> None:
    """Rows that name one organisation add up: the first card and the first number count."""
    before = bodies.setdefault(one.native_id, one)
    before.url = before.url or one.url
    before.identifiers = before.identifiers or one.identifiers
