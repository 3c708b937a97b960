"""How the records of one organisation fall into groups again when a person takes it apart."""

from collections.abc import Iterable, Sequence
from itertools import combinations, product

Pair = tuple[str, str]


def along_weakest_tie(records: Sequence[str], ties: Iterable[tuple[str, str, float]]) -> list[list[str]]:
    """Two groups: those that hold together when the weakest tie between the records is cut.

    The ties that matter are those of the maximum spanning tree; where records hang together by no tie at all, the
    smallest loose group goes. Groups are sorted, the larger first.
    """
    strongest = sorted(ties, key=lambda t: (-t[2], t[0], t[1]))
    parts = _parts(records, tree := _spanning(records, strongest))
    if len(parts) == 1:
        parts = _parts(records, tree[:-1])
    smallest = min(parts, key=lambda p: (len(p), p))
    rest = sorted(r for r in records if r not in smallest)
    return sorted((rest, smallest), key=lambda p: (-len(p), p))


def without(records: Sequence[str], one: str) -> list[list[str]]:
    """Two groups: all but one record, and that one."""
    return [[r for r in sorted(records) if r != one], [one]]


def each(records: Sequence[str]) -> list[list[str]]:
    """Every record on its own."""
    return [[r] for r in sorted(records)]


def pairs_between(groups: Sequence[Sequence[str]]) -> list[Pair]:
    """Every pair of records of different groups: only all of them keep the groups apart however matching goes."""
    return sorted((min(a, b), max(a, b)) for x, y in combinations(groups, 2) for a, b in product(x, y))


def _spanning(records: Sequence[str], ties: Iterable[tuple[str, str, float]]) -> list[Pair]:
    """The pairs of the maximum spanning forest, the strongest first."""
    root = {r: r for r in records}
    kept = []
    for a, b, _ in ties:
        if root[a] != root[b]:
            old, new = root[a], root[b]
            root = {r: new if g == old else g for r, g in root.items()}
            kept.append((a, b))
    return kept


def _parts(records: Sequence[str], pairs: Iterable[Pair]) -> list[list[str]]:
    root = {r: r for r in records}
    for a, b in pairs:
        old, new = root[a], root[b]
        root = {r: new if g == old else g for r, g in root.items()}
    found: dict[str, list[str]] = {}
    for r in sorted(records):
        found.setdefault(root[r], []).append(r)
    return sorted(found.values())
