"""Rows that stand hundreds of times in a list follow the first of them."""

import pyarrow as pa
import pytest

from pipeline.dedupe import match
from pipeline.dedupe.repeats import MOST


def equal_rows(n: int, first: int = 0, **values: object) -> list[dict[str, object]]:
    base: dict[str, object] = {"name": "Kuopion Latu ry", "municipality_code": "297", "phones": ["+358440000001"]}
    return [{"record_id": f"r{i:05d}", **base, **values} for i in range(first, first + n)]


def table(rows: list[dict[str, object]]) -> pa.Table:
    return pa.Table.from_pylist(rows)


def test_many_equal_rows_are_one_organisation_and_few_are_compared() -> None:
    result = match(table(equal_rows(3_000)))
    assert result.set_aside == 3_000 - MOST
    assert set(result.clusters.column("cluster_id").to_pylist()) == {"r00000"}
    assert result.clusters.column("record_id").to_pylist() == [f"r{i:05d}" for i in range(3_000)]
    assert len(result.matches) == MOST * (MOST - 1) // 2


@pytest.mark.parametrize(
    "other",
    [{"municipality_code": "405"}, {"phones": ["+358440000002"]}, {"phones": []}, {"name": "Porin Latu ry"}],
)
def test_rows_that_differ_in_any_value_are_not_set_aside(other: dict[str, object]) -> None:
    rows = [*equal_rows(MOST), *equal_rows(MOST, first=MOST, **other)]
    assert match(table(rows)).set_aside == 0


@pytest.mark.parametrize("name", [None, ""])
def test_rows_without_a_name_are_not_one_organisation(name: str | None) -> None:
    ids = [f"r{i:05d}" for i in range(3 * MOST)]
    result = match(pa.table({"record_id": ids, "name": pa.array([name] * len(ids), pa.string())}))
    assert result.set_aside == 0
    assert result.clusters.column("cluster_id").to_pylist() == ids


def test_a_row_that_a_person_judged_is_compared() -> None:
    apart = pa.table({"record_id_a": ["r00000"], "record_id_b": ["r00150"]})
    result = match(table(equal_rows(200)), must_not_link=apart)
    assert result.set_aside == 200 - MOST - 1
    of = dict(zip(*(c.to_pylist() for c in result.clusters.columns), strict=True))
    assert of["r00000"] != of["r00150"] and of["r00199"] == "r00000"


def test_a_judgement_that_joins_reaches_the_rows_that_follow() -> None:
    rows = [*equal_rows(100), {"record_id": "x", "name": "Aivan Muu Seura ry"}]
    joined = pa.table({"record_id_a": ["r00000"], "record_id_b": ["x"]})
    result = match(table(rows), must_link=joined)
    assert set(result.clusters.column("cluster_id").to_pylist()) == {"r00000"}


def test_reasons_are_told_when_asked_and_join_the_timings() -> None:
    result = match(table(equal_rows(3)))
    assert "reasons" not in result.timings
    assert result.reasons is result.reasons and len(result.reasons) > 0
    assert "reasons" in result.timings
