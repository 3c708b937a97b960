"""Cells of several organisations that only the other records give away: "Puijon Latu ja Kettulan Hiihto ry".

A name tells by itself where its parts have places that lists know or legal forms of their own (`names.several`). Of
villages the records tell: a part that is a whole name of another record has the place of that one.

Belongs here: which names those are. That such a record is none of those it names follows from its `dependent`.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz import fuzz

from pipeline.dedupe.coding import Codes
from pipeline.transform.names import tidy
from pipeline.transform.names.parse import words_of
from pipeline.transform.names.several import SEVERAL, first_and_other, is_several, sides
from pipeline.transform.names.word_lists import TEXT, Ints, flat

_MAY_BE = r"(?i)(?:[^ ] +[^ ].*(?:[&+]| ja | sekä | och | samt )|;) *[^ ]+ +[^ ]"
"""Two words on either side of what may stand between two names; before a semicolon one will do. A comma or a dash
stands in many names, and few of them are of several."""

ALIKE = 60.0
"""Percent of `token_sort_ratio` from which a record may be the body that a cell names first."""


def may_name_several(names: pa.Array) -> pa.Array:
    """Which names `with_several` has to look at. They are few."""
    return pc.fill_null(pc.match_substring_regex(names, _MAY_BE), False)


def with_several(parsed: pa.Table, names: pa.Array, may_be: pa.Array) -> pa.Table:
    """The parsed names, of which those that name two others get the dependent `SEVERAL`."""
    rows = np.flatnonzero(np.asarray(pc.and_(may_be, pc.is_null(flat(parsed.column("dependent"))))))
    cells = [words_of(tidy(name)) for name in names.take(pa.array(rows)).to_pylist()]
    parts = [sides(cell) for cell in cells]
    ascii_ = flat(parsed.column("ascii"))
    at = pc.indices_nonzero(pc.is_in(ascii_, value_set=pa.array(sorted(set().union(*parts)), TEXT)))
    places = flat(parsed.column("places")).take(at).to_pylist()
    known = {part: frozenset(codes) for part, codes in zip(ascii_.take(at).to_pylist(), places, strict=True) if codes}
    looked = zip(rows.tolist(), cells, parts, strict=True)
    found = [row for row, cell, of in looked if not known.keys().isdisjoint(of) and is_several(cell, known)]
    if not found:
        return parsed
    told = np.zeros(len(names), dtype=bool)
    told[found] = True
    dependent = pc.if_else(pa.array(told), SEVERAL, flat(parsed.column("dependent")))
    return parsed.set_column(parsed.column_names.index("dependent"), "dependent", dependent)


def only_of_one(parsed: pa.Table, name: Ints, row: Ints) -> tuple[Ints, Ints]:
    """(name, record) of all names but the other names that name several bodies: they say nothing of their record."""
    is_several = np.asarray(pc.fill_null(pc.equal(flat(parsed.column("dependent")), SEVERAL), False), dtype=bool)
    if not is_several.any():
        return name, row
    is_first = np.append(True, row[1:] != row[:-1])
    kept = is_first | ~is_several[name]
    return name[kept], row[kept]


def names_several(features: pa.Table) -> npt.NDArray[np.bool_]:
    """Per record whether its name is that of several organisations."""
    return np.asarray(pc.fill_null(pc.equal(flat(features.column("dependent")), SEVERAL), False), dtype=bool)


def is_of_the_first(features: pa.Table, several: Codes, other: Codes) -> npt.NDArray[np.bool_]:
    """Of pairs that share a number or a way to reach them, a cell of several and another record: whether that one is
    named first. The record is then that body's, which names another beside itself.
    """
    cells = features.column("name").take(pa.array(several)).to_pylist()
    names = pc.list_element(flat(features.column("asciis")).take(pa.array(other)), 0).to_pylist()
    found = np.zeros(len(cells), dtype=bool)
    for i, (cell, name) in enumerate(zip(cells, names, strict=True)):
        if (parts := first_and_other(words_of(tidy(cell)))) is not None:
            first, second = (fuzz.token_sort_ratio(name, part) for part in parts)
            found[i] = first > max(second, ALIKE)
    return found
