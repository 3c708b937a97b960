"""Whether an abbreviation that is a whole name (KuPS) fits one body of those it was compared with, or several."""

import numpy as np
import numpy.typing as npt

from pipeline.dedupe.coding import Bools, Codes, components, distinct
from pipeline.dedupe.name_table import NameTable
from pipeline.dedupe.name_vocabulary import L
from pipeline.transform.names.abbreviations import letters_fit
from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.typing_errors import repaired

Numbers = npt.NDArray[np.int64]
LETTERS = ("none", "of_several", "of_one")


def bare_pairs(table: NameTable, a: Codes, b: Codes, name: npt.NDArray[np.int8]) -> Bools:
    """Pairs in which one name is nothing but the abbreviation of the other. It tells no more than its letters: that it
    does not say "tuki" proves nothing."""
    short, other = table.alone[a], table.alone[b]
    return (name == L["abbreviation"]) & ((short >= 0) | (other >= 0)) & (short != other)


def letters(table: NameTable, a: Codes, b: Codes, bare: Bools, akin: Bools) -> npt.NDArray[np.int8]:
    """Level in `LETTERS` of each pair. `akin` are pairs that are roughly one body, however its name is worded."""
    level = np.zeros(len(a), dtype=np.int8)
    rows = np.flatnonzero(bare)
    if not len(rows):
        return level
    body = components(len(table.alone), a[akin].astype(np.int64), b[akin].astype(np.int64))
    first = table.alone[a[rows]] >= 0
    short, other = np.where(first, a[rows], b[rows]), np.where(first, b[rows], a[rows])
    both = distinct(short.astype(np.int64) << 32 | body[other])
    several = np.bincount(both >> 32, minlength=len(body)) > 1
    level[rows] = np.where(several[short], 1, 2)
    return level


def names_the_body(table: NameTable, a: Codes, b: Codes) -> Bools:
    """Whether the abbreviation of each pair stands for the body that the other name is beside, its letters being all
    spoken for without the noun of the body beside: "KPuS" is "Kustavin Puutarhaseura" and not its supporters.

    The pairs are `bare_pairs`; few of them are asked.
    """
    first = table.alone[a] >= 0
    short, other = np.where(first, table.alone[a], table.alone[b]), table.full_of[np.where(first, b, a), 0]
    nouns = lexicon().dependents
    found = np.zeros(len(a), dtype=bool)
    for i, (code, full) in enumerate(zip(short.tolist(), other.tolist(), strict=True)):
        words = table.spoken[full] if full >= 0 else []
        rest = [w for w in words if (repaired(w) or w) not in nouns]
        found[i] = len(rest) < len(words) and letters_fit(table.shorts[code], rest)
    return found


def of_many_bodies(table: NameTable, a: Codes, b: Codes, name: npt.NDArray[np.int8], place: Codes) -> Numbers:
    """Pairs of one bare abbreviation which is that of bodies in several places: equal letters are then no equal name
    ("KSaS" is Kiuruveden Saunaseura and Karvian Saunaseura).

    `place` holds the place of each record. What a family is called (MLL) is no such abbreviation.
    """
    alike = (table.alone[a] >= 0) & (table.alone[a] == table.alone[b])
    rows = np.flatnonzero(alike & np.isin(name, [L[f"exact_{how}"] for how in ("common", "some", "rare")]))
    if not len(rows):
        return rows
    asked = table.as_initials[a[rows]], table.as_skeleton[a[rows]]
    is_asked = np.zeros(int(table.initials_of.max(initial=-1)) + 2, dtype=bool)
    is_asked[np.concatenate(asked)] = True
    is_asked[-1] = False
    record, nth = np.nonzero(is_asked[table.initials_of])
    record, nth = record[place[record] >= 0], nth[place[record] >= 0]
    seen = distinct(table.initials_of[record, nth].astype(np.int64) << 32 | place[record])
    places = np.bincount(seen >> 32, minlength=len(is_asked))
    return rows[np.maximum(*(places[code] for code in asked)) > 1]
