"""What two wordings share in one place."""

from collections import Counter
from itertools import combinations

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedupe.wordings import CROWD, Uses, Wording, numbers_of, shared_in_places

NAMES: list[Wording] = [
    ("", "kirj", ""),
    ("", "kirjopaj", ""),
    ("", "kirjopaj", "nuoret"),
    ("Martat", "", ""),
    ("", "x", ""),
]
Record = tuple[str | None, list[str], list[str]]
RECORD = st.tuples(
    st.none() | st.sampled_from(["1", "2"]),
    st.lists(st.sampled_from(["a", "b"]), max_size=2),
    st.lists(st.sampled_from("cd"), max_size=2),
)
USE = st.tuples(st.integers(0, len(NAMES) - 1), st.integers(0, 2), st.integers(0, 3))


def one_by_one(uses: list[tuple[int, int, int]], records: list[Record]) -> tuple[Counter[object], Counter[object]]:
    """As `shared_in_places`, by looking at each two names."""
    told: list[tuple[int, str, object, int]] = []
    for wording, place, row in uses:
        number, phones, emails = records[row]
        values = [("number", number)] * (number is not None) + [("phone", p) for p in phones]
        told += [(place, *v, wording) for v in [*values, *(("mail", e) for e in emails), ("record", row)]]
    there: dict[tuple[int, str, object], set[int]] = {}
    for place, kind, value, wording in told:
        there.setdefault((place, kind, value), set()).add(wording)
    places: set[tuple[int, int, int]] = set()
    numbers: Counter[object] = Counter()
    for (place, kind, _), wordings in there.items():
        for x, y in combinations(sorted(wordings), 2):
            if len(wordings) <= CROWD and NAMES[x][2] == NAMES[y][2]:
                places.add((x, y, place))
                numbers[x, y] += kind == "number"
    return Counter((x, y) for x, y, _ in places), +numbers


@given(st.lists(USE, max_size=12), st.lists(RECORD, min_size=4, max_size=4))
def test_two_wordings_share_what_two_of_their_names_share(
    uses: list[tuple[int, int, int]], records: list[Record]
) -> None:
    many = pa.list_(pa.string())
    table = pa.table(
        {
            "business_id": pa.array([r[0] for r in records], pa.string()),
            "phones": pa.array([r[1] for r in records], many),
            "emails": pa.array([r[2] for r in records], many),
        }
    )
    columns = Uses(*np.array(uses, dtype=np.int64).reshape(-1, 3).T)
    assert shared_in_places(NAMES, columns, table) == one_by_one(uses, records)
    numbers = numbers_of(columns, table, {0, 1})
    assert {k: len(v) for k, v in numbers.items()} == {
        (w, p): len({records[r][0] for x, q, r in uses if (x, q) == (w, p)} - {None})
        for w, p, row in uses
        if w < 2 and records[row][0] is not None
    }
