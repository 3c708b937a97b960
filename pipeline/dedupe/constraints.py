"""What keeps groups of records apart: the values that each record tells of what one organisation has one of.

Two groups contradict one another when both tell of something and agree in no value of it. Belongs here: reading the
values of the records. Who joins whom is in `clustering`, what is asked about a contradiction in `questions`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.coding import Bools, Codes, coded, codes_of, distinct, padded
from pipeline.dedupe.comparison import NO_FORM, VOCABULARY, Comparison
from pipeline.dedupe.localities import namesake_towns
from pipeline.dedupe.name_vocabulary import FULL
from pipeline.dedupe.named_together import names_several
from pipeline.transform.names.word_lists import digits_of, first_of, flat

Numbers = npt.NDArray[np.int64]
Facts = list[frozenset[int]]
"""Per constraint the values that a record or a group tells."""
_NOTHING: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Constraints:
    """The values of all records; -1 where a record tells nothing."""

    codes: tuple[Codes, ...]
    """One code per record, for each constraint; the last is that of the first place."""
    several: dict[int, frozenset[int]]
    """Records with several places -> all of them."""

    def __len__(self) -> int:
        return len(self.codes[0])

    def facts(self, rows: Numbers) -> list[Facts]:
        """The values of some records."""
        found = [list(values) for values in zip(*(_sets(column[rows]) for column in self.codes), strict=True)]
        for i in np.flatnonzero(np.isin(rows, list(self.several))).tolist():
            found[i][-1] = self.several[int(rows[i])]
        return found

    def told(self) -> Iterator[tuple[Numbers, Numbers]]:
        """Per constraint (record, value); a record with several places stands once for each."""
        for k, column in enumerate(self.codes, start=1):
            rows = np.flatnonzero(column >= 0)
            values = column[rows].astype(np.int64)
            if k == len(self.codes) and self.several:
                more = [(row, v) for row, places in self.several.items() for v in places if v != column[row]]
                rows = np.append(rows, [row for row, _ in more])
                values = np.append(values, [v for _, v in more])
            yield rows, values


def constraints(features: pa.Table, comparison: Comparison) -> Constraints:
    """What the records tell. A weak number constrains nothing; a body has the dependent "none"."""
    ids = [
        np.where(comparison.weak[column], -1, codes_of(features.column(column)))
        for column in ("business_id", "association_number")
    ]
    level, levels = coded(features.column("level"))
    if "section" in levels:
        level = np.where(level == levels.index("section"), -1, level)
    dependent = codes_of(features.column("dependent"))
    dependent = np.where(tells_no_dependent(features, comparison), -1, dependent + 1)
    number = codes_of(digits_of(features.column("core")))
    form, forms = coded(features.column("legal_form"))
    form = np.where(np.isin(form, [i for i, f in enumerate(forms) if f in NO_FORM]), -1, form)
    umbrella = codes_of(features.column("umbrella"))
    namesake = np.maximum(namesake_towns(features), -1)
    place, several = _places(features)
    return Constraints((*ids, level, form, number, umbrella, dependent, namesake, place), several)


def tells_no_dependent(features: pa.Table, comparison: Comparison) -> Bools:
    """Records that say neither that they are a body beside another nor that they are none: bare abbreviations, and
    names that another record has with a body beside it in the very same words ("Musiikin ystävät", "Musiikinystävät").
    A cell of several says it, but for that of the body it names first (`comparison`).
    """
    dependent = codes_of(features.column("dependent"))
    found = (dependent < 0) & is_bare(features)
    a, b = comparison.a, comparison.b
    one = np.flatnonzero(comparison.levels["full_name"] == FULL.index("same"))
    one = one[(dependent[a[one]] < 0) != (dependent[b[one]] < 0)]
    several = names_several(features)
    one = one[~(several[a[one]] | several[b[one]])]
    found[a[one]] = found[b[one]] = True
    if several.any():
        silent = np.flatnonzero(comparison.levels["dependent"] == VOCABULARY["dependent"].index("none"))
        found[a[silent[several[a[silent]]]]] = found[b[silent[several[b[silent]]]]] = True
    return found


def is_bare(features: pa.Table) -> Bools:
    """Records whose name is nothing but an abbreviation, which tells no dependent though it may stand for one."""
    first = first_of(flat(features.column("asciis")))
    short = pc.utf8_lower(flat(features.column("abbreviation")))
    return np.asarray(pc.fill_null(pc.equal(first, short), False))


def _sets(codes: Codes) -> list[frozenset[int]]:
    known = {c: frozenset((c,)) for c in distinct(codes).tolist()}
    known[-1] = _NOTHING
    return [known[c] for c in codes.tolist()]


def _places(features: pa.Table) -> tuple[Codes, dict[int, frozenset[int]]]:
    """Municipalities in the name; a region or an area in it keeps nobody apart here (its pairs are judged apart)."""
    keys, values = padded(features.column("place_keys"))
    towns = np.array([v[0] not in "RX" for v in values.to_pylist()] + [False])
    keys = np.where(towns[keys], keys, -1)
    many = np.flatnonzero((keys >= 0).sum(1) > 1).tolist()
    return keys[:, 0], {row: frozenset(int(k) for k in keys[row] if k >= 0) for row in many}
