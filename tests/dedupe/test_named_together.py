"""A record whose name is that of several organisations is none of them, and joins none of them to another."""

import pyarrow as pa

from pipeline.dedupe import match
from pipeline.dedupe.features import features
from pipeline.transform.names.several import SEVERAL

LISTS = pa.list_(pa.string())


def table(*rows: dict[str, object]) -> pa.Table:
    columns = sorted({k for r in rows for k in r})
    many = ("phones", "emails", "hosts", "other_names")
    return pa.table({c: pa.array([r.get(c) for r in rows], LISTS if c in many else pa.string()) for c in columns})


def record(record_id: str, name: str, **more: object) -> dict[str, object]:
    return {"record_id": record_id, "source": "lista", "name": name, "municipality_code": "297", **more}


def groups(*rows: dict[str, object]) -> list[set[str]]:
    found: dict[str, set[str]] = {}
    for row in match(table(*rows)).clusters.to_pylist():
        found.setdefault(row["cluster_id"], set()).add(row["record_id"])
    return sorted(found.values(), key=min)


ONE = record("1", "Kuopion Kirjopaja ry", street_address="Asemakatu 1", postal_code="70100")
OTHER = record("2", "Kuopion Sädekehät ry", street_address="Asemakatu 1", postal_code="70100")
CELL = record("3", "Kuopion Kirjopaja ja Kuopion Sädekehät ry", street_address="Asemakatu 1", postal_code="70100")


def test_a_cell_of_two_bodies_is_neither_and_joins_neither() -> None:
    assert groups(ONE, OTHER, CELL) == [{"1"}, {"2"}, {"3"}]


def test_nor_where_its_other_name_is_that_of_one() -> None:
    assert groups(ONE, OTHER, {**CELL, "other_names": ["Kuopion Kirjopaja"]}) == [{"1"}, {"2"}, {"3"}]


def test_an_other_name_of_two_bodies_keeps_its_record_where_it_belongs() -> None:
    again = {**ONE, "record_id": "4", "other_names": [str(CELL["name"])]}
    assert groups(ONE, OTHER, again) == [{"1", "4"}, {"2"}]


def test_a_cell_that_shares_a_number_with_the_body_it_names_first_is_that_body() -> None:
    phone = {"phones": ["+358440000001"], "emails": ["toimisto@example.fi"]}
    assert groups({**ONE, **phone}, OTHER, {**CELL, **phone}) == [{"1", "3"}, {"2"}]


def test_a_cell_that_shares_a_number_with_the_body_it_names_second_is_not_that_body() -> None:
    phone = {"phones": ["+358440000001"], "emails": ["toimisto@example.fi"]}
    assert groups(ONE, {**OTHER, **phone}, {**CELL, **phone}) == [{"1"}, {"2"}, {"3"}]


def test_a_cell_that_shares_a_number_with_both_does_not_join_them() -> None:
    rows = [{**r, "phones": ["+358440000001"]} for r in (ONE, OTHER, CELL)]
    assert groups(*rows) == [{"1", "3"}, {"2"}]


def test_whole_names_of_other_records_are_found_in_a_cell_with_villages() -> None:
    towns = ["Kuopion", "Porin", "Oulun", "Lahden", "Vaasan", "Kotkan"]
    chapters = [record(f"a{i}", f"{town} Sädekehät ry") for i, town in enumerate(towns)]
    chapters += [record("b1", "Hoilolan Sädekehät ry"), record("b2", "Hoilolan Sädekehät")]
    cell = record("c", "Kuopion Kirjopaja ja Hoilolan Sädekehät ry")
    found = {r["record_id"]: r["dependent"] for r in features(table(*chapters, cell)).to_pylist()}
    assert found["c"] == SEVERAL
    assert {v for k, v in found.items() if k != "c"} == {None}
    assert features(table(cell)).column("dependent").to_pylist() == [None]
