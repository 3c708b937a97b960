"""Addresses settle which place a spelling means."""

import pyarrow as pa
import pytest

from pipeline.dedupe.comparison import compare
from pipeline.dedupe.features import features
from pipeline.dedupe.place_levels import P

FRAME = [("Kuopion Martat", "297"), ("Lahden Martat", "398"), ("Porin Martat", "609"), ("Turun Martat", "853")]


def table(*named: tuple[str, str | None]) -> pa.Table:
    rows = [*FRAME, *named]
    return pa.table(
        {
            "record_id": [f"{i:03d}" for i in range(len(rows))],
            "name": [n for n, _ in rows],
            "municipality_code": pa.array([c for _, c in rows], pa.string()),
        }
    )


def keys(*named: tuple[str, str | None]) -> list[list[str]]:
    return features(table(*named)).column("place_keys").to_pylist()[len(FRAME) :]


@pytest.mark.parametrize(
    ("name", "town", "key"),
    [
        ("Hoilolan Martat", "167", "Vhoilola"),
        ("Urajärven Martat", "016", "Vurajarvi"),
        ("Holloln Martat", "098", "098"),
        ("Holloln Martat", None, "098"),
        ("Kupion Martat", "297", "297"),
    ],
)
def test_a_spelling_near_a_municipality_is_that_only_where_its_addresses_are(
    name: str, town: str | None, key: str
) -> None:
    assert keys((name, town)) == [[key]]


def test_a_seldom_spelling_is_the_frequent_village_of_the_same_municipality() -> None:
    often = [("Hammaslahden Martat", "167"), ("Hammaslahden Latu", "167"), ("Hammaslahden Martat ry", "167")]
    assert keys(*often, ("Hammmaslahden Martat", "167"))[-1] == keys(*often)[0]
    assert keys(*often, ("Hammmaslahden Martat", "853"))[-1] != keys(*often)[0]


def test_a_place_said_twice_is_said_once() -> None:
    assert keys(("Kotvalan Martat / Kotvala", "931")) == [["Vkotvala"]]


def level(one: tuple[str, str | None], other: tuple[str, str | None]) -> int:
    two_villages = [("Rantakankaan Martat ry", c) for c in ("050", "050", "286", "286")]
    found = features(table(*two_villages, one, other))
    n = len(found)
    return int(compare(found, pa.table({"a": [n - 2], "b": [n - 1]})).levels["place"][0])


def test_villages_of_one_name_in_two_municipalities_are_two() -> None:
    eura, kouvola = ("Rantakankaan marttayhdistys", "050"), ("Rantakankaan Martat", "286")
    assert level(eura, kouvola) == P["other_municipality"]
    assert level(eura, ("Rantakankaan Martat", "050")) == P["same"]
    assert level(eura, ("Rantakankaan Martat", None)) == P["namesake"]
