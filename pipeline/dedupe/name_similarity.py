"""How alike two records' names are, judged on the distinctive core and by how rare it is.

The best pair of names counts where records have several. How alike two cores are is in `core_similarity`, what the
levels mean in `name_vocabulary`.
"""

import numpy as np
import numpy.typing as npt

from pipeline.dedupe.coding import Bools, Codes
from pipeline.dedupe.core_similarity import FEW_PLACES, SHORTEST, core_levels, ratio, unique_pairs
from pipeline.dedupe.name_table import NameTable
from pipeline.dedupe.name_vocabulary import FULL, L
from pipeline.transform.names.abbreviations import letters_fit

ALIKE = 90.0
"""Percent of `token_sort_ratio` on the full names without form."""


def name_levels(table: NameTable, a: Codes, b: Codes) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]:
    """(level of the core in `LEVELS`, of the full name in `FULL`) for aligned row numbers."""
    best = np.zeros(len(a), dtype=np.int8)
    full = np.zeros(len(a), dtype=np.int8)
    width_a, width_b = table.width[a], table.width[b]
    best[(width_a == 0) | (width_b == 0)] = L["nameless"]
    for i in range(int(width_a.max(initial=0))):
        for j in range(int(width_b.max(initial=0))):
            rows = np.flatnonzero((width_a > i) & (width_b > j))
            if not len(rows):
                continue
            x, y = a[rows], b[rows]
            level = core_levels(table, table.core_of[x, i], table.core_of[y, j], table.umbrella[x], table.umbrella[y])
            best[rows] = np.maximum(best[rows], level)
            full[rows] = np.maximum(full[rows], _full(table, table.full_of[x, i], table.full_of[y, j]))
    _lift(best, full, table, a, b)
    _raise_leagues(best, table, a, b)
    rows = np.flatnonzero(best == L["chapter"])
    x, y = a[rows], b[rows]
    national = table.is_national[x] & table.is_national[y] & ~_in_two_towns(table, x, y)
    best[rows[national]] = L["national_body"]
    rows = np.flatnonzero(best == L["different"])
    one, other = table.language[a[rows]], table.language[b[rows]]
    best[rows[(one >= 0) & (other >= 0) & (one != other)]] = L["other_language"]
    said = table.concept[a]
    rows = np.flatnonzero((said >= 0) & (said == table.concept[b]))
    rows = rows[table.is_swedish[a[rows]] != table.is_swedish[b[rows]]]
    rows = rows[(best[rows] < L["translation"]) & (best[rows] != L["other_number"])]
    best[rows] = L["translation"]
    open_ = np.flatnonzero(best < L["abbreviation"])
    best[open_[_abbreviated(table, a[open_], b[open_])]] = L["abbreviation"]
    return best, full


def _raise_leagues(best: npt.NDArray[np.int8], table: NameTable, a: Codes, b: Codes) -> None:
    """Leagues of common words are rare all the same: there is one Palloliitto."""
    rows = np.flatnonzero(best == L["exact_common"])
    x, y = a[rows], b[rows]
    core = table.core_of[x, 0]
    is_one = table.is_league[x] & table.is_league[y] & (core == table.core_of[y, 0])
    best[rows[is_one & (table.places[core] <= FEW_PLACES)]] = L["exact_rare"]


def _in_two_towns(table: NameTable, a: Codes, b: Codes) -> Bools:
    """Two addresses in different towns, neither in Helsinki: "Eläkeliitto" of Puolanka and of Suomussalmi may be two
    chapters that are called by their umbrella."""
    x, y = table.town[a], table.town[b]
    return (x >= 0) & (y >= 0) & (x != y) & ~table.in_capital[a] & ~table.in_capital[b]


def _lift(best: npt.NDArray[np.int8], full: npt.NDArray[np.int8], table: NameTable, a: Codes, b: Codes) -> None:
    """Equal full names are at least a typing error apart, nearly equal ones close, whatever the parser made of them.

    Not where all that is left of a name are a few letters (NMK: is it NMKY or NNKY?).
    """
    best[(full == FULL.index("same")) & (best < L["typo"])] = L["typo"]
    rows = np.flatnonzero(full == FULL.index("alike"))
    rows = rows[np.isin(best[rows], (L["one_empty"], L["partial"], L["other_language"]))]
    one, other = table.core_of[a[rows], 0], table.core_of[b[rows], 0]
    is_long = np.maximum(table.cores.length[one], table.cores.length[other]) >= SHORTEST
    best[rows[is_long]] = L["close"]


def _full(table: NameTable, x: Codes, y: Codes) -> npt.NDArray[np.int8]:
    """ "Viinaseura" and "Viina seura" are the same, and so are "Kotkan Taideyhdistys" and "Taideyhdistys Kotka"."""
    level = np.zeros(len(x), dtype=np.int8)
    both = (x >= 0) & (y >= 0)
    level[((table.joined[x] == table.joined[y]) | (table.inflected[x] == table.inflected[y])) & both] = 2
    rest = np.flatnonzero((level == 0) & both)
    level[rest] = ratio(table.fulls, x[rest], y[rest], ALIKE) > 0
    return level


def _abbreviated(table: NameTable, a: Codes, b: Codes) -> Bools:
    """One name is an abbreviation and the other has it, expands to it or has it as its initials."""
    found = np.zeros(len(a), dtype=bool)
    for x, y in ((a, b), (b, a)):
        rows = np.flatnonzero(table.is_short[x])
        for code in (table.as_initials, table.as_skeleton):
            mine = code[x[rows]]
            found[rows] |= (mine >= 0) & (table.initials_of[y[rows]] == mine[:, None]).any(1)
        rows = np.flatnonzero(~found & (table.alone[x] >= 0) & (table.alone[y] < 0) & (table.full_of[y, 0] >= 0))
        found[rows] |= _fit(table, table.alone[x[rows]], table.full_of[y[rows], 0])
    return found


def _fit(table: NameTable, short: Codes, full: Codes) -> Bools:
    """Whether the letters of a name that is nothing but an abbreviation fit the words of the other."""
    if not len(short):
        return np.zeros(0, dtype=bool)
    ux, uy, back = unique_pairs(short, full)
    spoken = table.spoken
    return np.array([letters_fit(table.shorts[i], spoken[j]) for i, j in zip(ux.tolist(), uy.tolist(), strict=True)])[
        back
    ]
