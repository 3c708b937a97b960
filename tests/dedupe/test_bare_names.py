"""When a bare umbrella is a chapter of the town of its address."""

import pyarrow as pa
import pytest

from pipeline.dedupe import match
from pipeline.dedupe.features import features

Row = tuple[str, str | None]


def together(*rows: Row) -> list[list[int]]:
    """The groups of the rows, by their numbers."""
    ids = [str(i) for i in range(len(rows))]
    table = pa.table({"record_id": ids, "name": [r[0] for r in rows], "municipality_code": [r[1] for r in rows]})
    groups: dict[str, list[int]] = {}
    for record, cluster in zip(*(c.to_pylist() for c in match(table).clusters.columns), strict=True):
        groups.setdefault(cluster, []).append(int(record))
    return sorted(groups.values())


def test_a_bare_umbrella_in_a_town_with_a_chapter_is_that_chapter() -> None:
    found = together(("Martat", "762"), ("Sonkajärven Martat ry", "762"), ("Martat ry", "091"))
    assert found == [[0, 1], [2]]


def test_two_bare_umbrellas_in_towns_with_chapters_are_two() -> None:
    found = together(("Martat", "762"), ("Martat", "441"), ("Sonkajärven Martat", None), ("Luumäen Martat", None))
    assert found == [[0, 2], [1, 3]]


def test_with_a_known_office_the_bare_names_elsewhere_are_chapters() -> None:
    chapters = [(f"{t} Martat", None) for t in ("Kuopion", "Kajaanin", "Porin")]
    found = together(("Martat ry", "837"), ("Martat", "837"), ("Martat", "762"), *chapters)
    assert found == [[0, 1], [2], [3], [4], [5]]


@pytest.mark.parametrize("name", ["Suomen Punainen Risti", "Suomen Latu ry"])
def test_who_says_to_be_national_is_so_wherever_it_lives(name: str) -> None:
    table = pa.table({"record_id": ["1"], "name": [name], "municipality_code": ["762"]})
    chapter = pa.table(
        {"record_id": ["2"], "name": [name.replace("Suomen", "Sonkajärven")], "municipality_code": ["762"]}
    )
    assert features(pa.concat_tables([table, chapter])).column("level").to_pylist()[0] == "national"


def test_a_body_in_helsinki_stays_national_beside_the_chapter_of_helsinki() -> None:
    found = together(("Eläkeliitto ry", "091"), ("Eläkeliiton Helsingin yhdistys", "091"), ("Eläkeliitto", "091"))
    assert found == [[0, 2], [1]]


def test_an_ordinary_word_means_its_family_in_the_town_of_its_address() -> None:
    assert together(("Yrittäjät", "239"), ("Keiteleen Yrittäjät ry", None), ("Yrittäjät", "595")) == [[0, 1], [2]]


def test_an_ordinary_word_without_a_town_means_nothing_more() -> None:
    assert together(("Yrittäjät", None), ("Keiteleen Yrittäjät ry", None)) == [[0], [1]]


def test_the_order_of_records_does_not_count() -> None:
    rows: list[Row] = [("Martat", "762"), ("Sonkajärven Martat ry", "762"), ("Martat ry", "837"), ("Martat", "837")]
    turned = rows[::-1]
    groups = {frozenset(rows[i] for i in g) for g in together(*rows)}
    assert groups == {frozenset(turned[i] for i in g) for g in together(*turned)}
