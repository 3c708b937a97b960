"""An answer in words, for the terminal."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from pipeline.matching.run import Answer


def lines(answer: Answer, path: Path, folder: Path) -> Iterator[str]:
    """What was read, what was found, what to look at, and where it lies."""
    read = answer.read
    yield f"{path.name}: {_n(len(read.ids), 'record')} ({read.format})."
    taken = ", ".join(f"{name} from {' and '.join(repr(g) for g in given)}" for name, given in read.headers.items())
    yield f"  Columns: {taken}."
    if read.unread:
        yield f"  Not read: {', '.join(read.unread[:12])}{' …' if len(read.unread) > 12 else ''}."
    if not read.has_own_ids:
        yield "  There is no column of ids: records are named by the number of their row."
    if read.left_out:
        yield f"  Left out: {_n(read.left_out, 'row')} of titles, totals or remarks."
    for note in read.notes:
        yield f"  {note[:1].upper()}{note[1:]}."
    if answer.nameless:
        yield f"  Without a name: {_n(answer.nameless, 'record')}; each stands alone."
    if answer.normalised.long_names:
        yield f"  Very long: {_n(answer.normalised.long_names, 'name')}; only the beginnings were compared."
    if answer.several:
        shown = f"{', '.join(answer.several[:5])}{' …' if len(answer.several) > 5 else ''}"
        records = f"{_n(len(answer.several), 'record')} ({shown})"
        yield f"  Several organisations in one cell: {records}; give each organisation a row of its own."
    for name, count in answer.normalised.unread.items():
        yield f"  Could not be read and left out: {_n(count, 'value')} of {name}."
    sizes = Counter(Counter(answer.clusters.column("cluster_id").to_pylist()).values())
    alone, total = sizes.get(1, 0), sum(sizes.values())
    yield f"They are {_n(total, 'organisation')}: {_n(total - alone)} of several records, {_n(alone)} of one."
    if answer.release:
        own = set(answer.clusters.column("record_id").to_pylist())
        found = sum(c not in own for c in answer.clusters.column("cluster_id").to_pylist())
        yield f"  Found in the release {answer.release}: {_n(found, 'record')}; they carry its ids."
    decisions = Counter(answer.matches.column("decision").to_pylist())
    yield (
        f"Pairs: {_n(decisions['same'])} same, {_n(decisions['maybe'])} maybe (a person should look), "
        f"{_n(decisions['related'])} related and not one."
    )
    if answer.set_aside:
        yield f"Equal to others in every value, and in the same organisation: {_n(answer.set_aside, 'record')}."
    hot = [r for r in answer.blocking_report.to_pylist() if r["capped_keys"]] if answer.blocking_report else []
    if hot:
        shown = ", ".join(f"{KEYS[r['kind']]} {_n(r['capped_keys'])}" for r in hot)
        yield f"Hot keys were capped (so many records share them that not all pairs were compared): {shown}."
    yield f"Written: {folder}/clusters.parquet, matches.parquet, reasons.parquet"


KEYS = {
    "business_id": "Y-tunnus", "association_number": "register numbers", "phone": "phones", "email": "e-mails",
    "host": "sites", "street": "addresses", "umbrella_place": "umbrellas in one place",
    "umbrella_national": "umbrellas",
    "name": "whole names", "core": "names without place and form", "token_place": "words in one place",
    "rare_token": "rare words", "stem": "beginnings of words in one place", "ends": "beginnings with ends of words",
    "start": "beginnings of words", "short_place": "initials in one place", "short": "initials",
    "concept": "meanings in both languages",
}  # fmt: skip
"""What a person calls the kinds of `blocking_keys.KINDS`."""


def _n(number: int, noun: str = "") -> str:
    """A number with its noun, in the plural where it is not one."""
    plain = f"{number:,}".replace(",", " ")
    return f"{plain} {noun}{'' if number == 1 else 's'}" if noun else plain
