"""An abbreviation that is a whole name is no name: it may be that of several bodies."""

import pyarrow as pa

from pipeline.dedupe import load_weights, match
from pipeline.dedupe.incremental import changed
from pipeline.dedupe.match import rematch
from pipeline.dedupe.memory import Memory

KUOPIO, KARVIA, KOTKA = "297", "181", "285"


def record(record_id: str, name: str, municipality_code: str | None = None) -> dict[str, object]:
    return {"record_id": record_id, "source": "lista", "name": name, "municipality_code": municipality_code}


SHORT = [record("1", "KSaS ry"), record("2", "KSaS", KOTKA)]
ONE, OTHER = record("3", "Kuopion Saunaseura ry", KUOPIO), record("4", "Karvian Saunaseura ry", KARVIA)


def table(*rows: dict[str, object]) -> pa.Table:
    return pa.table({c: pa.array([r[c] for r in rows], pa.string()) for c in rows[0]})


def are_one(*rows: dict[str, object]) -> bool:
    found = {r["record_id"]: r["cluster_id"] for r in match(table(*rows)).clusters.to_pylist()}
    return found["1"] == found["2"]


def test_equal_abbreviations_are_one_name_where_nobody_else_has_these_letters() -> None:
    assert are_one(*SHORT)


def test_equal_abbreviations_say_little_where_bodies_in_several_places_have_these_letters() -> None:
    assert not are_one(*SHORT, ONE, OTHER)


def test_in_one_municipality_they_are_one_all_the_same() -> None:
    assert are_one(record("1", "KSaS ry", KOTKA), SHORT[1], ONE, OTHER)


def test_the_abbreviation_of_a_family_is_its_name_wherever_chapters_are() -> None:
    chapters = [record(str(i), f"MLL {town}") for i, town in enumerate(("Kuopio", "Karvia", "Kotka"), start=3)]
    assert are_one(record("1", "MLL ry"), record("2", "MLL", "091"), *chapters)


def test_memory_forgets_what_the_other_records_said() -> None:
    memory, weights = Memory(), load_weights()
    few, many = table(*SHORT, ONE), table(*SHORT, ONE, OTHER)
    for records in (few, many, few):
        assert rematch(memory, changed(records, records), weights=weights).clusters.equals(
            match(records, weights=weights).clusters
        )
