"""Matching as a whole: nothing lost, the same whatever the order, bounded whatever the data."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.matching import quality
from benchmarks.organisations import synthetic
from pipeline.dedupe import MatchResult, match
from pipeline.schema import conform

LISTS = pa.list_(pa.string())


def table(*rows: dict[str, object]) -> pa.Table:
    columns = sorted({k for r in rows for k in r})
    many = ("phones", "emails", "hosts", "other_names")
    return pa.table({c: pa.array([r.get(c) for r in rows], LISTS if c in many else pa.string()) for c in columns})


def clusters(result: MatchResult) -> dict[str, str]:
    return dict(zip(*(c.to_pylist() for c in result.clusters.columns), strict=True))


@pytest.fixture(scope="module")
def measured() -> tuple[MatchResult, pa.Table, dict[str, int]]:
    records, truth = synthetic(1200, seed=11)
    return match(records), records, truth


def test_every_record_is_in_exactly_one_cluster_named_by_its_smallest_record(
    measured: tuple[MatchResult, pa.Table, dict[str, int]],
) -> None:
    result, records, _ = measured
    found = clusters(result)
    assert len(result.clusters) == len(records) and set(found) == set(records.column("record_id").to_pylist())
    for cluster in set(found.values()):
        assert cluster == min(r for r, c in found.items() if c == cluster)


def test_hard_synthetic_organisations_are_matched_precisely(
    measured: tuple[MatchResult, pa.Table, dict[str, int]],
) -> None:
    result, _, truth = measured
    reached = quality(result.clusters, truth)
    assert reached["precision"] > 0.97
    assert reached["f1"] > 0.88


def test_reasons_add_up_to_the_score(measured: tuple[MatchResult, pa.Table, dict[str, int]]) -> None:
    result, _, _ = measured
    keys = ["record_id_a", "record_id_b"]
    sums = result.reasons.group_by(keys).aggregate([("contribution", "sum")])
    both = result.matches.join(sums, keys)
    assert len(both) == len(result.matches) and not both.column("contribution_sum").null_count
    off = pc.max(pc.abs(pc.subtract(both.column("score"), both.column("contribution_sum")))).as_py()
    assert off < 1e-6


def test_matches_and_reasons_fit_the_schema(measured: tuple[MatchResult, pa.Table, dict[str, int]]) -> None:
    result, _, _ = measured
    assert len(conform("match", result.matches)) == len(result.matches)
    assert len(conform("match_reason", result.reasons)) == len(result.reasons)
    assert pc.all(pc.less(result.matches.column("record_id_a"), result.matches.column("record_id_b"))).as_py()


@settings(max_examples=3, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 10_000))
def test_the_order_of_records_changes_nothing(seed: int) -> None:
    records, _ = synthetic(150, seed=5)
    order = list(range(len(records)))
    random.Random(seed).shuffle(order)
    one, other = match(records), match(records.take(order))
    for name in ("clusters", "matches", "reasons", "relations", "blocking_report"):
        assert getattr(one, name).equals(getattr(other, name)), name


def test_records_that_come_in_order_and_from_the_middle_of_a_table_are_matched_alike() -> None:
    records, _ = synthetic(150, seed=5)
    records = records.sort_by("record_id").combine_chunks()
    part = records.slice(40)
    one, other = match(part), match(part.take(list(range(len(part)))[::-1]))
    for name in ("clusters", "matches", "reasons", "relations", "blocking_report"):
        assert getattr(one, name).equals(getattr(other, name)), name


def test_no_records_give_empty_tables() -> None:
    result = match(table({"record_id": "a", "name": "x"}).slice(0, 0))
    assert len(result.clusters) == len(result.matches) == len(result.reasons) == len(result.relations) == 0


@pytest.mark.parametrize("name", ["Sotkamon Martat", None, "", "ry"])
def test_one_record_is_its_own_organisation(name: str | None) -> None:
    assert clusters(match(table({"record_id": "a", "name": name}))) == {"a": "a"}


def test_records_without_names_are_joined_by_a_register_number_only() -> None:
    rows = [
        {"record_id": r, "name": None, "business_id": b}
        for r, b in (("a", "9000001-0"), ("b", "9000001-0"), ("c", None))
    ]
    assert clusters(match(table(*rows))) == {"a": "a", "b": "a", "c": "c"}


@pytest.mark.parametrize("ids", [["a", "a"], ["a", None], ["b", "a", "b"], [None]])
def test_record_ids_must_be_filled_and_unique(ids: list[str | None]) -> None:
    with pytest.raises(ValueError, match="record_id"):
        match(pa.table({"record_id": pa.array(ids, pa.string()), "name": ["x"] * len(ids)}))


def test_ten_thousand_records_of_one_name_stay_bounded() -> None:
    rows = pa.table(
        {
            "record_id": [f"{i:06d}" for i in range(10_000)],
            "name": ["Eläkeläiset"] * 10_000,
            "phones": pa.array([["+358440000001"]] * 10_000, LISTS),
            "postal_code": [f"{i:05d}" for i in range(10_000)],
        }
    )
    result = match(rows)
    report = result.blocking_report.to_pylist()
    assert sum(r["capped_keys"] for r in report) > 0
    assert sum(r["pairs"] for r in report) < 500_000


CHAPTER = {"name": "MLL Sotkamo", "phones": ["+358440000001"]}


def test_a_person_can_keep_apart_and_join_whatever_the_score() -> None:
    rows = table(
        {"record_id": "a", **CHAPTER}, {"record_id": "b", **CHAPTER}, {"record_id": "c", "name": "Aivan muu ry"}
    )

    def pair(x: str, y: str) -> pa.Table:
        return pa.table({"record_id_a": [x], "record_id_b": [y]})

    assert clusters(match(rows)) == {"a": "a", "b": "a", "c": "c"}
    assert clusters(match(rows, must_not_link=pair("a", "b"))) == {"a": "a", "b": "b", "c": "c"}
    joined = match(rows, must_link=pair("c", "a"))
    assert clusters(joined) == {"a": "a", "b": "a", "c": "a"}
    told = {(m["record_id_a"], m["record_id_b"]): m["rule"] for m in joined.matches.to_pylist()}
    assert told[("a", "c")] == "must_link"
    assert clusters(match(rows, must_link=pair("a", "gone"))) == {"a": "a", "b": "a", "c": "c"}


def test_an_umbrellas_number_copied_on_chapters_neither_joins_nor_parts_them() -> None:
    umbrella, own = "9000001-0", "9000002-9"
    rows = table(
        {"record_id": "n", "name": "Mannerheimin Lastensuojeluliitto ry", "business_id": umbrella},
        {"record_id": "s1", "name": "MLL Sotkamo", "business_id": umbrella},
        {"record_id": "s2", "name": "MLL:n Sotkamon yhdistys", "business_id": own, "phones": ["+358440000001"]},
        {"record_id": "k1", "name": "MLL Kajaani", "business_id": umbrella},
    )
    found = clusters(match(rows))
    assert found["s1"] == found["s2"]
    assert len({found["n"], found["s1"], found["k1"]}) == 3


def test_relations_follow_from_names_and_sources() -> None:
    rows = table(
        {"record_id": "n", "name": "Eläkeliitto ry"},
        {"record_id": "d", "name": "Eläkeliiton Kainuun piiri ry"},
        {"record_id": "l", "name": "Eläkeliiton Sotkamon yhdistys ry"},
        {"record_id": "t", "name": "Sotkamon Sädekehät ry"},
        {"record_id": "u", "name": "Sotkamon Sädekehät ry / nuorisojaosto"},
        {"record_id": "v", "name": "Sotkamon Sädekehäsäätiö sr"},
        {"record_id": "w", "name": "Sädekehien kahvila", "parent_record_id": "t"},
        {"record_id": "x", "name": "Sotkamon Sädekehien Tuki ry"},
    )
    found = {
        (r["record_id_a"], r["record_id_b"]): (r["relation_type"], r["rule"]) for r in match(rows).relations.to_pylist()
    }
    assert found[("n", "d")] == found[("n", "l")] == ("chapter", "chapter_of_national")
    assert found[("d", "l")] == ("chapter", "chapter_of_district")
    assert found[("t", "x")] == ("affiliated", "body_beside_body")
    assert ("t", "u") not in found, "a section is its body"
    assert found[("t", "w")] == ("parent", "source_parent")


def test_names_that_hold_nothing_distinctive_are_borne_in_any_place_of_the_list() -> None:
    """The last of several names has no distinctive word in any record."""
    rows = pa.table(
        {
            "record_id": ["a", "b"],
            "name": ["Kuopion Latu ry", "Kuopion Latu"],
            "other_names": pa.array([["Latu", "Kuopion yhdistys ry", "Kuopio"], ["Kuopion yhdistys"]], LISTS),
        }
    )
    assert len(set(match(rows).clusters.column("cluster_id").to_pylist())) == 1


def test_bodies_of_two_great_areas_are_two_whatever_site_they_share() -> None:
    rows = pa.table(
        {
            "record_id": ["a", "b", "c"],
            "name": [
                "Etelä-Suomen Alopeciayhdistys",
                "Pohjois-Suomen Alopeciayhdistys",
                "Etelä-Suomen Alopeciayhdistys ry",
            ],
            "hosts": pa.array([["alopecia.example.fi"]] * 3, LISTS),
        }
    )
    assert match(rows).clusters.column("cluster_id").to_pylist() == ["a", "b", "a"]


@pytest.mark.parametrize(
    ("one", "other", "outcome"),
    [
        (["facebook.com/kuvataide"], ["facebook.com/kuvataide"], "agree_rare"),
        (["facebook.com/kuvataide"], ["kuvataide.example.fi"], None),
        (["kuvataide.example.fi"], ["taide.example.org"], "differ"),
        (
            ["umbrella.example/kajaani", "umbrella.example"],
            ["umbrella.example/kajaani", "umbrella.example"],
            "agree_rare",
        ),
    ],
)
def test_a_page_is_a_site_but_no_page_contradicts_a_site(one: list[str], other: list[str], outcome: str | None) -> None:
    rows = pa.table(
        {
            "record_id": ["a", "b"],
            "name": ["Kajaanin Kuvataide ry", "Kajaanin Kuvataide"],
            "hosts": pa.array([one, other], LISTS),
        }
    )
    found = {r["feature"]: r["outcome"] for r in match(rows).reasons.to_pylist()}
    assert found.get("host") == outcome


SPELLINGS = """
import hashlib
import pyarrow as pa
from benchmarks.organisations import generate
from pipeline.dedupe.match import match

records = generate(1_200, 5)[0].select(["record_id", "name", "municipality_code", "phones", "business_id"])
frame = [("Kuopion Martat", "297"), ("Lahden Martat", "398"), ("Porin Martat", "609"), ("Turun Martat", "853")]
rows = [
    {"record_id": f"x{i}", "name": name, "municipality_code": town}
    for i, (name, town) in enumerate([*frame, ("Vnstanfjärdin Martat", "322"), ("Vnstanfjärdi Martat", "322")])
]
both = pa.concat_tables([records, pa.Table.from_pylist(rows)], promote_options="default")
result = match(both)
for name in ("clusters", "matches", "reasons", "relations"):
    print(name, hashlib.sha256(repr(getattr(result, name).to_pydict()).encode()).hexdigest())
"""


def test_the_order_in_which_python_keeps_sets_changes_nothing() -> None:
    """Two former names of one municipality are both one letter from a spelling: which is taken may not be chance."""
    root = Path(__file__).parents[2]
    told = set()
    for seed in ("1", "2", "3", "4"):
        environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(root)}
        done = subprocess.run(
            [sys.executable, "-c", SPELLINGS], env=environment, capture_output=True, text=True, check=True
        )
        told.add(done.stdout)
    assert len(told) == 1
