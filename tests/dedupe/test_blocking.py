"""Which pairs are looked at."""

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dedupe.blocking import candidate_pairs
from pipeline.dedupe.blocking_groups import WINDOW
from pipeline.dedupe.blocking_keys import CAP, CAPS
from pipeline.dedupe.engine import ONE_MACHINE
from pipeline.dedupe.features import features, normal_form
from pipeline.dedupe.memory import Memory
from pipeline.dedupe.shared_values import shared_values


def pairs(*rows: dict[str, object]) -> set[tuple[int, int]]:
    lists = ("phones", "emails", "hosts", "other_names")
    columns = sorted({k for r in rows for k in r} | {"name"})
    data = {
        c: pa.array([r.get(c) for r in rows], pa.list_(pa.string()) if c in lists else pa.string()) for c in columns
    }
    table = features(pa.table({"record_id": [f"{i:05d}" for i in range(len(rows))], **data}))
    found, _ = candidate_pairs(table)
    return {(r["a"], r["b"]) for r in found.to_pylist()}


@pytest.mark.parametrize(
    "shared",
    [
        {"business_id": "9000001-0"},
        {"association_number": "123456"},
        {"phones": ["+358440000001"]},
        {"emails": ["a@example.fi"]},
        {"hosts": ["example.fi"]},
        {"street_address": "Esimerkkikatu 1 A 3", "postal_code": "88600"},
    ],
)
def test_one_shared_key_is_enough(shared: dict[str, object]) -> None:
    assert pairs({"name": "Yksi", **shared}, {"name": "Toinen", **shared}) == {(0, 1)}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("MLL Sotkamo", "Mannerheimin Lastensuojeluliiton Sotkamon yhdistys"),
        ("Sädekehät ry", "Sotkamon Sädekehät"),
        ("Jyväskylän Sädekehät", "JYVASKYLAN SADEKEHAT RY"),
        ("KaPS", "Kajaanin Palloseura"),
        ("Kajaanin Sädekehät", "Kajaanin Sädekhät"),
    ],
)
def test_names_alone_meet(one: str, other: str) -> None:
    rows = (
        [{"name": n, "municipality_code": "205"} for n in (one, other)]
        if "KaPS" in one
        else [{"name": one}, {"name": other}]
    )
    assert pairs(*rows) == {(0, 1)}


def test_another_name_is_a_key_as_well() -> None:
    assert pairs({"name": "Vasa Konstförening"}, {"name": "Taiteilijat", "other_names": ["Vasa Konstförening"]})


def test_a_street_without_a_number_is_no_key() -> None:
    street = {"street_address": "Kirkonkylä", "postal_code": "88600"}
    assert pairs({"name": "Yksi", **street}, {"name": "Toinen", **street}) == set()


def test_a_hot_key_is_divided_by_what_the_records_claim_to_be() -> None:
    phone = {"phones": ["+358440000001"]}
    strangers = [{"name": f"Nimi{chr(97 + i // 26)}{chr(97 + i % 26)}q", **phone} for i in range(CAP + 10)]
    assert pairs(*strangers, dict(strangers[0])) == {(0, CAP + 10)}


def telling_only_a_beginning(many: int) -> list[dict[str, object]]:
    """Names of one town whose words share their first four letters, and neither their first six nor their end."""
    return [{"name": f"Kajaanin Nalk{chr(97 + i)}{chr(113 + i % 3)}{chr(98 + i)}{chr(99 + i)}"} for i in range(many)]


def test_vague_keys_stop_at_fewer_records() -> None:
    most = CAPS["stem"]
    assert most < CAP
    assert len(pairs(*telling_only_a_beginning(most))) == most * (most - 1) // 2
    assert pairs(*telling_only_a_beginning(most + 1)) == set()


def test_the_report_counts_keys_and_their_pairs() -> None:
    table = features(
        pa.table({"record_id": list("abc"), "name": ["Yksi", "Kaksi", "Kolme"], "phones": [["+3581"]] * 3})
    )
    found, report = candidate_pairs(table)
    assert len(found) == 3
    assert [r for r in report.to_pylist() if r["kind"] == "phone"] == [
        {"kind": "phone", "keys": 1, "capped_keys": 0, "pairs": 3}
    ]


def test_values_looked_up_before_names_are_understood_find_the_same_pairs() -> None:
    rows = {
        "record_id": [f"{i:03d}" for i in range(60)],
        "name": [f"Nimi{chr(97 + i % 26)}{chr(97 + i // 26)}q" for i in range(60)],
        "business_id": ["9000001-0" if i % 7 == 0 else None for i in range(60)],
        "phones": [[f"+35844000{i % 5:04d}"] for i in range(60)],
        "street_address": [f"Katu {i % 9} A 1" for i in range(60)],
        "postal_code": ["88600"] * 60,
    }
    records = normal_form(pa.table(rows))
    table = features(records)
    values = shared_values(records, ONE_MACHINE)
    assert values.street.to_pylist() == table.column("street_key").to_pylist()
    for one, other in zip(candidate_pairs(table), candidate_pairs(table, values=values), strict=True):
        assert one.equals(other) and len(one)


def test_equal_records_meet_their_next_neighbours_only() -> None:
    equal = [{"name": "Eläkeläiset", "phones": ["+358440000001"]}] * (CAP * 3)
    found = pairs(*equal)
    assert len(found) <= CAP * 3 * WINDOW
    assert {(i, i + 1) for i in range(CAP * 3 - 1)} <= found


TOWNS = ("88600", "87100", None)
RECORDS = st.lists(
    st.tuples(
        st.sampled_from(["Kipinä", "Sädekehät", "Kajaanin Tarmo", "Tarmo", "KaTa", "MLL Kajaani", "Kajaanin Martat"]),
        st.sampled_from([None, "+358440000001", "+358440000002"]),
        st.sampled_from([None, "9000001-0"]),
        st.sampled_from(TOWNS),
    ),
    min_size=30,
    max_size=70,
)


def told(records: dict[str, tuple[str, str | None, str | None, str | None]]) -> pa.Table:
    rows = [(record_id, *of) for record_id, of in sorted(records.items())]
    columns = {"record_id": 0, "name": 1, "business_id": 3, "postal_code": 4}
    table = {c: pa.array([row[i] for row in rows], pa.string()) for c, i in columns.items()}
    table["phones"] = pa.array([[row[2]] if row[2] else [] for row in rows], pa.list_(pa.string()))
    return features(pa.table(table))


@settings(max_examples=40, deadline=None)
@given(RECORDS, RECORDS, st.lists(st.integers(0, 69), max_size=3), st.lists(st.integers(0, 69), max_size=3))
def test_pairs_from_a_memory_are_those_of_everything(
    first: list[Any], then: list[Any], changed: list[int], gone: list[int]
) -> None:
    memory = Memory()
    records = {f"{i:03d}": of for i, of in enumerate(first)}
    for night in range(3):
        table = told(records)
        for one, other in zip(candidate_pairs(table, memory=memory), candidate_pairs(table), strict=True):
            assert one.equals(other), night
        memory.ids = table.column("record_id").combine_chunks()
        records |= {f"{i:03d}": then[i % len(then)] for i in changed}
        records = {record_id: of for record_id, of in records.items() if int(record_id) not in gone}
        changed, gone = gone, [changed[0] + 1] if changed else []


def test_only_records_of_groups_that_changed_are_paired_again() -> None:
    memory = Memory()
    strangers = {f"{i:03d}": (f"Nimi{chr(97 + i % 26)}{chr(97 + i // 26)}q", None, None, None) for i in range(100)}
    for records in (strangers, strangers | {"100": (strangers["007"][0], None, None, None)}):
        table = told(records)
        found, _ = candidate_pairs(table, memory=memory)
        memory.ids = table.column("record_id").combine_chunks()
    assert found.select(["a", "b"]).to_pylist() == [{"a": 7, "b": 100}]
    assert memory.reused["blocked"] == 99


Record = tuple[str, str | None, str | None, str | None]


def second_night(first: dict[str, Record], then: dict[str, Record]) -> pa.Table:
    """The pairs of a second night, which are those of everything."""
    memory = Memory()
    for records in (first, then):
        table = told(records)
        found, report = candidate_pairs(table, memory=memory)
        memory.ids = table.column("record_id").combine_chunks()
    everything, counted = candidate_pairs(table)
    assert found.equals(everything) and report.equals(counted)
    return found


def test_who_moved_in_a_row_of_equal_records_has_other_neighbours() -> None:
    row = {f"{i:03d}": ("Eläkeläiset", "+358440000001", None, "00100") for i in range(3 * CAP)}
    moved = row | {"000": ("Eläkeläiset", "+358440000001", None, "99999")}
    pairs = {(p["a"], p["b"]) for p in second_night(row, moved).to_pylist()}
    assert (0, 1) not in pairs and (0, 3 * CAP - 1) in pairs


def test_a_pair_that_shares_another_kind_of_value_now_is_not_by_number() -> None:
    shared = {"000": ("Yksi", None, "9000001-0", None), "001": ("Toinen", None, "9000001-0", None)}
    assert second_night(shared, shared).column("by_number").to_pylist() == [True]
    phones = {i: (name, "+358440000001", None, None) for i, (name, *_) in shared.items()}
    assert second_night(shared, phones).column("by_number").to_pylist() == [False]


def test_the_report_counts_the_pairs_of_a_row() -> None:
    table = told({f"{i:03d}": ("Eläkeläiset", "+358440000001", None, None) for i in range(3 * CAP)})
    found, report = candidate_pairs(table)
    (pairs,) = (r["pairs"] for r in report.to_pylist() if r["kind"] == "phone")
    assert pairs == len(found)
