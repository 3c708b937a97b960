"""Wordings that the records show to be one are said by one; bodies side by side stay two."""

import pyarrow as pa

from pipeline.dedupe import match
from pipeline.dedupe.features import features

TOWNS = (("Kuopion", "297"), ("Lahden", "398"), ("Porin", "609"), ("Turun", "853"), ("Oulun", "564"))


def records(*rows: dict[str, object]) -> pa.Table:
    lists = ("phones", "emails", "other_names")
    columns = sorted({k for r in rows for k in r})
    kind = {c: pa.list_(pa.string()) if c in lists else pa.string() for c in columns}
    return pa.table({c: pa.array([r.get(c) for r in rows], kind[c]) for c in columns})


def both(one: str, other: str, shared: int, towns: int = 5) -> pa.Table:
    """Both wordings in each town; in the first `shared` of them with one phone, elsewhere with two Y-tunnus."""
    rows: list[dict[str, object]] = []
    for n, (genitive, code) in enumerate(TOWNS[:towns]):
        for side, wording in enumerate((one, other)):
            row: dict[str, object] = {"record_id": f"{n}{side}", "name": f"{genitive} {wording}"}
            row |= {"municipality_code": code, "phones": [f"+35844000{n}00{0 if n < shared else side}"]}
            rows.append(row if n < shared else {**row, "business_id": f"900000{n}-{side}"})
    return records(*rows)


def cores(table: pa.Table) -> set[str]:
    return {c[0] for c in features(table).column("cores").to_pylist()}


def test_two_wordings_that_share_phones_in_three_towns_are_one() -> None:
    assert len(cores(both("Tähtipaja ry", "Kirjis", shared=5))) == 1


def test_two_towns_are_too_few() -> None:
    assert len(cores(both("Tähtipaja ry", "Kirjis", shared=2, towns=2))) == 2


def test_two_wordings_with_different_numbers_elsewhere_are_two() -> None:
    assert len(cores(both("Tähtipaja ry", "Kirjis", shared=3))) == 2


def test_a_body_beside_another_is_not_that_body_however_often_they_share_a_phone() -> None:
    found = match(both("Tähtipaja ry", "Tähtipajan Tuki ry", shared=5)).clusters
    assert len(set(found.column("cluster_id").to_pylist())) == 10


def test_an_abbreviation_of_two_bodies_is_neither() -> None:
    rows: list[dict[str, object]] = []
    for n, (genitive, code) in enumerate(TOWNS):
        for m, wording in enumerate(("Hallakaiku ry", "HKJ", "Hyljekaiku ry")):
            phones = [f"+3584400{n}0{k}" for k in ((0,), (0, 1), (1,))[m]]
            rows.append({"record_id": f"{n}{m}", "name": f"{genitive} {wording}", "municipality_code": code,
                         "phones": phones})  # fmt: skip
    assert len(cores(records(*rows))) == 3
