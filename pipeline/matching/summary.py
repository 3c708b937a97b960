"""An answer in words, for the terminal."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pipeline.matching.run import Answer


def lines(answer: Answer, path: Path, folder: Path) -> Iterator[str]:
    """What was read, what was found, what to look at, and where it lies."""
    read = answer.read
    yield f"{path.name}: {_n(len(read.ids))} records ({read.format})."
    taken = ", ".join(f"{name} from {' and '.join(repr(g) for g in given)}" for name, given in read.headers.items())
    yield f"  Columns: {taken}."
    if read.unread:
        yield f"  Not read: {', '.join(read.unread[:12])}{' …' if len(read.unread) > 12 else ''}."
    if not read.has_own_ids:
        yield "  There is no column of ids: records are named by the number of their row."
    if read.left_out:
        yield f"  {_n(read.left_out)} rows are titles, totals or remarks and were left out."
    for note in read.notes:
        yield f"  {note}."
    if answer.nameless:
        yield f"  {_n(answer.nameless)} records have no name; each stands alone."
    if answer.normalised.long_names:
        yield f"  {_n(answer.normalised.long_names)} names are very long; their beginnings were compared."
    for name, count in answer.normalised.unread.items():
        yield f"  {_n(count)} values of {name} could not be read and were left out."
    sizes = Counter(Counter(answer.clusters.column("cluster_id").to_pylist()).values())
    alone, total = sizes.get(1, 0), sum(sizes.values())
    yield f"They are {_n(total)} organisations: {_n(total - alone)} of several records, {_n(alone)} of one."
    if answer.release:
        own = set(answer.clusters.column("record_id").to_pylist())
        found = sum(c not in own for c in answer.clusters.column("cluster_id").to_pylist())
        yield f"  {_n(found)} records are organisations of the release {answer.release}; they carry its ids."
    decisions = Counter(answer.matches.column("decision").to_pylist())
    yield (
        f"Pairs: {_n(decisions['same'])} same, {_n(decisions['maybe'])} maybe (a person should look), "
        f"{_n(decisions['related'])} related and not one."
    )
    if answer.set_aside:
        yield (f"{_n(answer.set_aside)} records are equal to others in every value; each is in the same organisation.")
    hot = [r for r in answer.blocking_report.to_pylist() if r["capped_keys"]] if answer.blocking_report else []
    if hot:
        shown = ", ".join(f"{r['kind']} {_n(r['capped_keys'])}" for r in hot)
        yield f"Hot keys were capped (so many records share them that not all pairs were compared): {shown}."
    yield f"Written: {folder}/clusters.parquet, matches.parquet, reasons.parquet"


def _n(number: int) -> str:
    return f"{number:,}".replace(",", " ")
