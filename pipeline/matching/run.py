"""One list from file to answer: read, normalise, match alone or against a release."""

import time
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.engine import ONE_MACHINE, Engine
from pipeline.matching.against import MARK, one_organisation_each, release_records
from pipeline.matching.cells import TEXT
from pipeline.matching.normalise import Normalised, normalise
from pipeline.matching.reading import ReadList, read_list

PAIR = ("record_id_a", "record_id_b")
REASONS = (*PAIR, "feature", "outcome", "contribution", "value_a", "value_b")


@dataclass(slots=True)
class Answer:
    """What was found in a list."""

    clusters: pa.Table
    """`record_id, cluster_id`: every record once; the id of the release's organisation where one is found."""
    matches: pa.Table
    """`record_id_a, record_id_b, probability, decision`."""
    reasons: pa.Table
    read: ReadList
    normalised: Normalised
    nameless: int
    blocking_report: pa.Table | None
    set_aside: int = 0
    """Records that follow others which are equal to them in every value."""
    several: list[str] = field(default_factory=list)
    """Records of the list whose name is that of several organisations."""
    release: str | None = None
    timings: dict[str, float] = field(default_factory=dict)


def match_list(
    path: Path, *, against: Path | None = None, identifiers: bool = True, engine: Engine = ONE_MACHINE
) -> Answer:
    """Finds who is who in a file; raises `BadList` when the file or the release cannot be used.

    Records without a name are clusters of their own: nothing says who they are. With `identifiers` false neither
    Y-tunnus nor register number is looked at, on either side.
    """
    start = time.perf_counter()
    timings: dict[str, float] = {}

    def lap(stage: str) -> None:
        nonlocal start
        now = time.perf_counter()
        timings[stage] = round(now - start, 3)
        start = now

    known = release_records(against) if against else None
    read = read_list(path)
    lap("reading")
    normalised = normalise(read.columns, len(read.ids))
    table = normalised.records.add_column(0, "record_id", read.ids)
    source = read.columns.get("source", [pa.nulls(len(read.ids), TEXT)])[0]
    table = table.add_column(1, "source", source if source.type == TEXT else pa.nulls(len(read.ids), TEXT))
    named = table.filter(pc.is_valid(table.column("name")))
    records = pa.concat_tables([named, known], promote_options="permissive") if known is not None else named
    if not identifiers:
        for column in ("business_id", "association_number"):
            at = records.schema.get_field_index(column)
            records = records.set_column(at, column, pa.nulls(len(records), TEXT))
    lap("normalising")
    nameless = len(table) - len(named)
    release = against.resolve().name if against else None
    if not len(named):
        alone = pa.table({"record_id": read.ids, "cluster_id": read.ids}).sort_by("record_id")
        return Answer(alone, _matches(), _reasons(), read, normalised, nameless, None, 0, [], release, timings)

    from pipeline.dedupe import match

    result = match(records, engine=engine)
    lap("matching")
    clusters, matches, reasons = result.clusters, result.matches, result.reasons
    if known is not None:
        clusters, matches, reasons = _against(clusters, matches, reasons)
    if nameless:
        ids = table.filter(pc.is_null(table.column("name"))).column("record_id")
        clusters = pa.concat_tables([clusters, pa.table({"record_id": ids, "cluster_id": ids})])
    clusters = clusters.sort_by("record_id")
    matches = matches.select([*PAIR, "probability", "decision"])
    lap("answer")
    return Answer(
        clusters, matches, reasons.select(REASONS), read, normalised, nameless, result.blocking_report,
        result.set_aside, [i for i in result.several.to_pylist() if not i.startswith(MARK)], release, timings,
    )  # fmt: skip


def _against(clusters: pa.Table, matches: pa.Table, reasons: pa.Table) -> tuple[pa.Table, pa.Table, pa.Table]:
    """The answer for the records of the list: organisations of the release stay apart and give their ids."""
    of = dict(zip(*(c.to_pylist() for c in clusters.columns), strict=True))
    inside = matches.filter(pc.and_(matches.column("in_same_entity"), pc.equal(matches.column("decision"), "same")))
    inside = inside.sort_by([("score", "descending"), *((c, "ascending") for c in PAIR)])
    of = one_organisation_each(of, zip(*(inside.column(c).to_pylist() for c in PAIR), strict=True))
    smallest: dict[str, str] = {}
    for record in sorted(r for r in of if not r.startswith(MARK)):
        smallest.setdefault(of[record], record)
    own = [r for r in of if not r.startswith(MARK)]
    named = [c[1:] if (c := of[r]).startswith(MARK) else smallest[c] for r in own]
    made = pa.table({"record_id": pa.array(own, TEXT), "cluster_id": pa.array(named, TEXT)})
    return made, _of_list(matches), _of_list(reasons)


def _of_list(pairs: pa.Table) -> pa.Table:
    """The pairs with at least one record of the list, which stands first; marks are taken off."""
    a, b = (pairs.column(c) for c in PAIR)
    of_release = pc.starts_with(a, MARK)  # the mark sorts first: only `a` can be alone from the release
    kept = pairs.filter(pc.invert(pc.starts_with(b, MARK)))
    a, b, of_release = (
        pc.filter(c, pc.invert(pc.starts_with(pairs.column(PAIR[1]), MARK))) for c in (a, b, of_release)
    )
    swapped = {PAIR[0]: pc.if_else(of_release, b, a), PAIR[1]: pc.if_else(of_release, pc.utf8_slice_codeunits(a, 1), b)}
    if "value_a" in kept.column_names:
        x, y = kept.column("value_a"), kept.column("value_b")
        swapped |= {"value_a": pc.if_else(of_release, y, x), "value_b": pc.if_else(of_release, x, y)}
    for name, column in swapped.items():
        kept = kept.set_column(kept.schema.get_field_index(name), name, column)
    order = [*PAIR, "feature"] if "feature" in kept.column_names else [*PAIR]
    return kept.sort_by([(c, "ascending") for c in order])


def _matches() -> pa.Table:
    return pa.schema([*((c, TEXT) for c in PAIR), ("probability", pa.float64()), ("decision", TEXT)]).empty_table()


def _reasons() -> pa.Table:
    return pa.schema([(c, pa.float64() if c == "contribution" else TEXT) for c in REASONS]).empty_table()
