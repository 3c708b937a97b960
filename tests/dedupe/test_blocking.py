"""Which pairs are looked at."""

import pyarrow as pa
import pytest

from pipeline.dedupe.blocking import CAP, WINDOW, candidate_pairs
from pipeline.dedupe.blocking_keys import CAPS
from pipeline.dedupe.engine import ONE_MACHINE
from pipeline.dedupe.features import features, normal_form
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
