"""The invented organisations: the same for a seed, with the stated rates, with the whole truth."""

import csv
from collections import Counter
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks import misspellings
from benchmarks.geography import all_places, genitive
from benchmarks.observation import business_ids
from benchmarks.organisations import difficulty, generate, synthetic
from benchmarks.vocabulary import families
from pipeline.dedupe.features import INPUT, normal_form

REFERENCE = Path(__file__).parents[2] / "data" / "reference"


@pytest.fixture(scope="module")
def made() -> tuple[pa.Table, list[dict[str, object]]]:
    records, truth = generate(20_000, seed=3)
    return records, truth.to_pylist()


def share(rows: list[dict[str, object]], test: object) -> float:
    return sum(map(test, rows)) / len(rows)  # type: ignore[arg-type]


def test_one_seed_gives_one_world() -> None:
    one, other, another = generate(600, seed=4), generate(600, seed=4), generate(600, seed=5)
    assert one[0].equals(other[0]) and one[1].equals(other[1])
    assert not one[0].equals(another[0])


@pytest.mark.parametrize("records", [1, 10, 150, 3000])
def test_exactly_as_many_records_as_asked_for(records: int) -> None:
    table, truth = synthetic(records, seed=2)
    assert len(table) == len(truth) == records


def test_records_are_the_input_of_matching_and_each_has_its_truth(
    made: tuple[pa.Table, list[dict[str, object]]],
) -> None:
    records, truth = made
    assert set(records.column_names) <= set(INPUT)
    assert all(records.schema.field(c).type == INPUT[c] for c in records.column_names)
    ids = normal_form(records).column("record_id").to_pylist()
    assert sorted(str(r["record_id"]) for r in truth) == ids
    assert all(r["entity_id"] and r["kind"] and r["name"] for r in truth)
    assert not records.column("name").null_count


def test_a_truth_is_one_body_unless_the_cell_holds_several(made: tuple[pa.Table, list[dict[str, object]]]) -> None:
    name_of: dict[object, set[object]] = {}
    for r in made[1]:
        if "several_in_one_cell" not in r["confusions"]:  # type: ignore[operator]
            name_of.setdefault(r["entity_id"], set()).add(r["name"])
    assert all(len(names) == 1 for names in name_of.values())
    assert len({n for (n,) in name_of.values()}) == len(name_of), "no two bodies have one formal name"
    several = [r["entity_id"] for r in made[1] if "several_in_one_cell" in r["confusions"]]  # type: ignore[operator]
    assert several and not set(several) & set(name_of)


def test_chapters_dominate_and_half_of_the_umbrellas_are_in_no_list(
    made: tuple[pa.Table, list[dict[str, object]]],
) -> None:
    chapters = [r for r in made[1] if r["kind"] == "chapter"]
    assert len(chapters) > 0.5 * len(made[1])
    assert 0.4 < share(chapters, lambda r: r["vocabulary"] == "invented") < 0.65


def test_invented_umbrellas_are_in_none_of_the_parsers_lists() -> None:
    listed: set[str] = set()
    for name, columns in (("umbrellas", ("umbrella", "pattern")), ("abbreviations", ("abbreviation", "expansion"))):
        with (REFERENCE / f"{name}.csv").open(encoding="utf-8") as stream:
            for row in csv.DictReader(stream):
                listed |= {row[c].casefold().rstrip("*") for c in columns}
    invented = [f for f in families() if not f.known]
    assert len(invented) >= len(families()) / 2
    for f in invented:
        assert f.abbreviation.casefold() not in listed - {""}
        words = {w for w in f.national.casefold().split() if w not in ("ry", "rf", "suomen")}
        assert not words <= {w for text in listed for w in text.split()}, f.national


@pytest.mark.parametrize("what", sorted(set(difficulty()["record"]) & {
    "typo", "capitals", "small_letters", "moved", "nothing_but_a_name", "several_in_one_cell", "second_typo",
}))  # fmt: skip
def test_what_goes_wrong_goes_wrong_at_its_rate(what: str, made: tuple[pa.Table, list[dict[str, object]]]) -> None:
    rate = difficulty()["record"][what]
    found = share(made[1], lambda r: what in r["confusions"])
    assert 0.75 * rate - 0.002 < found < 1.15 * rate + 0.002


def test_every_confusion_of_the_file_happens(made: tuple[pa.Table, list[dict[str, object]]]) -> None:
    happened = Counter(c for r in made[1] for c in r["confusions"])  # type: ignore[attr-defined]
    silent = {"other_name", "swedish_as_other_name", "legal_form_column", "place_appended", "abbreviation_appended"}
    assert set(difficulty()["record"]) - silent <= set(happened)
    assert {"renamed", "ptv_double"} <= set(happened)


def test_a_record_with_nothing_but_a_name_has_nothing_but_a_name(
    made: tuple[pa.Table, list[dict[str, object]]],
) -> None:
    bare = {r["record_id"] for r in made[1] if "nothing_but_a_name" in r["confusions"]}  # type: ignore[operator]
    for row in made[0].to_pylist():
        if row["record_id"] in bare:
            assert not any(v for k, v in row.items() if k not in ("record_id", "source", "name"))


def test_most_pairs_could_be_told_by_a_reader(made: tuple[pa.Table, list[dict[str, object]]]) -> None:
    assert share(made[1], lambda r: r["solvable"]) > 0.97


def test_umbrellas_numbers_and_sites_stand_on_many_chapters(made: tuple[pa.Table, list[dict[str, object]]]) -> None:
    entity = {r["record_id"]: r["entity_id"] for r in made[1]}
    for column in ("business_id", "hosts", "emails"):
        carriers: dict[object, set[object]] = {}
        for record, value in zip(
            made[0].column("record_id").to_pylist(), made[0].column(column).to_pylist(), strict=True
        ):
            for v in value if isinstance(value, list) else [value] if value else []:
                carriers.setdefault(v, set()).add(entity[record])
        assert max(map(len, carriers.values())) > 10, column


def test_the_genitives_of_villages() -> None:
    said = {"Vuolijoki": "Vuolijoen", "Kotilahti": "Kotilahden", "Ylämaa": None, "Haukivuori": None, "Otava": "Otavan"}
    assert {name: genitive(name) for name in said} == said
    assert len({p.name.casefold() for p in all_places() if p.kind == "village"}) > 300


@given(st.lists(st.integers(0, 999_999), min_size=1, max_size=50))
def test_invented_business_ids_pass_their_check(numbers: list[int]) -> None:
    import numpy as np

    for made_id in business_ids(np.array(numbers)):
        digits = [int(d) for d in made_id.replace("-", "")]
        assert len(digits) == 8
        assert (sum(d * w for d, w in zip(digits, (7, 9, 10, 5, 8, 4, 2, 1), strict=True))) % 11 == 0


@settings(max_examples=60)
@given(st.text(alphabet="abcdefghijklmnoprstuvyäöå -", max_size=40), st.integers(0, 99))
def test_misspellings_take_any_name(name: str, seed: int) -> None:
    import random

    for spoil in (misspellings.typo, misspellings.mojibake, misspellings.spacing, misspellings.legal_form_inflected):
        assert isinstance(spoil(name, random.Random(seed)), str)
    assert abs(len(misspellings.typo(name, random.Random(seed))) - len(name)) <= 1
