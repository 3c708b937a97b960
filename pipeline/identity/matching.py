"""The best one-to-one matching of ids and groups of records: the greatest sum of weights, and one answer only.

Several matchings can have the same weight. Of those the one counts in which older ids live on, and then the one in
which older ids get the groups with the smaller record ids. This is written into the weights as smaller digits, so
that the greatest sum belongs to one matching and no order of input can tell.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

Edges = Mapping[tuple[int, int], int]
"""(id, group) -> weight above 0; ids are numbered by age, oldest first, groups by their smallest record."""

EXACT = 200_000
"""Largest work (short side squared times long side) that is done exactly, about a tenth of a second: up to 58 ids
against 58 groups, or any number against one."""


def best(edges: Edges) -> dict[int, int]:
    """Id -> group with the greatest sum of weights; beyond `EXACT` a good sum (`greedy`) instead of the greatest."""
    rows, columns = sorted({i for i, _ in edges}), sorted({j for _, j in edges})
    short, long = sorted((len(rows), len(columns)))
    if short * short * long > EXACT:
        return greedy(edges)
    row_at = {i: n for n, i in enumerate(rows)}
    column_at = {j: n for n, j in enumerate(columns)}
    local = {(row_at[i], column_at[j]): w for (i, j), w in edges.items()}
    found = _hungarian(_with_ties(local, len(rows), len(columns)), len(rows), len(columns))
    return {rows[i]: columns[j] for i, j in found.items() if (i, j) in local}


def _with_ties(edges: Edges, rows: int, columns: int) -> dict[tuple[int, int], int]:
    """Weights with two further orders of magnitude: which ids live on, oldest first, and which groups they get."""
    base = columns + 1
    unit = base**rows
    whole = unit << rows
    return {
        (i, j): w * whole + (1 << (rows - 1 - i)) * unit + (columns - j) * base ** (rows - 1 - i)
        for (i, j), w in edges.items()
    }


def _hungarian(weights: Mapping[tuple[int, int], int], rows: int, columns: int) -> dict[int, int]:
    """Assignment of every line of the short side by shortest augmenting paths (Kuhn, Munkres; Jonker, Volgenant).

    A pair without an edge weighs nothing; the caller drops it. Whole numbers of any size, so nothing is rounded.
    """
    if rows > columns:
        turned = _hungarian({(j, i): w for (i, j), w in weights.items()}, columns, rows)
        return {i: j for j, i in turned.items()}
    row_price, column_price = [0] * (rows + 1), [0] * (columns + 1)
    owner = [0] * (columns + 1)  # row that has the column; rows and columns count from 1, 0 is the free end
    for row in range(1, rows + 1):
        owner[0] = row
        at = 0
        least: list[int | None] = [None] * (columns + 1)
        came_from = [0] * (columns + 1)
        done = [False] * (columns + 1)
        while owner[at]:
            done[at] = True
            here, delta, following = owner[at], None, 0
            for column in range(1, columns + 1):
                if done[column]:
                    continue
                slack = -weights.get((here - 1, column - 1), 0) - row_price[here] - column_price[column]
                known = least[column]
                if known is None or slack < known:
                    least[column], came_from[column], known = slack, at, slack
                if delta is None or known < delta:
                    delta, following = known, column
            for column in range(columns + 1):
                if done[column]:
                    row_price[owner[column]] += delta or 0
                    column_price[column] -= delta or 0
                elif (known := least[column]) is not None:
                    least[column] = known - (delta or 0)
            at = following
        while at:
            owner[at] = owner[came_from[at]]
            at = came_from[at]
    return {owner[column] - 1: column - 1 for column in range(1, columns + 1) if owner[column]}


def greedy(edges: Edges) -> dict[int, int]:
    """Heaviest edge first, then exchanges of two as long as one raises the sum: at least half of the greatest sum.

    For components so large that the exact answer would take too long; ties go to the older id and smaller group.
    """
    group_of: dict[int, int] = {}
    id_of: dict[int, int] = {}
    for (i, j), _ in sorted(edges.items(), key=lambda e: (-e[1], e[0])):
        if i not in group_of and j not in id_of:
            group_of[i], id_of[j] = j, i
    choices: dict[int, list[int]] = defaultdict(list)
    for i, j in sorted(edges):
        choices[i].append(j)
    improved = True
    while improved:
        improved = False
        for i, j in sorted(edges):
            if group_of.get(i) != j and _exchange(edges, choices, group_of, id_of, i, j):
                improved = True
    return group_of


def _exchange(
    edges: Edges, choices: Mapping[int, Sequence[int]], group_of: dict[int, int], id_of: dict[int, int], i: int, j: int
) -> bool:
    """Gives group `j` to id `i` and the best free group to the id that had it, when the sum gains by it."""
    left, other = group_of.get(i), id_of.get(j)
    gain = edges[i, j] - (edges[i, left] if left is not None else 0)
    second = None
    if other is not None:
        gain -= edges[other, j]
        free = [k for k in choices[other] if k == left or k not in id_of]
        second = max(free, key=lambda k: (edges[other, k], -k), default=None)
        gain += edges[other, second] if second is not None else 0
    if gain <= 0:
        return False
    if left is not None:
        del id_of[left]
    if other is not None:
        del group_of[other]
    group_of[i], id_of[j] = j, i
    if other is not None and second is not None:
        group_of[other], id_of[second] = second, other
    return True
