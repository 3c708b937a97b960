"""Which value stands: rules as data, every loser kept, nothing invented."""

import pyarrow as pa
import pytest

from pipeline.dedupe.survivorship import RulesMistaken, choose, parse_rules, rules
from pipeline.storage import connect

COLUMNS = ("entity_id", "field", "record_id", "source", "value", "raw_value", "kind", "modified_at")


def decide(rows):
    """rows: (field, record, kind, value, modified) of one organisation -> {(field, value): (chosen, rule)}."""
    con = connect()
    full = [("e", f, r, r.split(":")[0], v, None, k, m) for f, r, k, v, m in rows]
    arrays = list(zip(*full, strict=True))
    con.register("raw", pa.table({c: pa.array(a, pa.string()) for c, a in zip(COLUMNS, arrays, strict=True)}))
    con.execute("CREATE TABLE stated AS SELECT * REPLACE (CAST(modified_at AS TIMESTAMP) AS modified_at) FROM raw")
    choose(con, rules())
    found = con.execute("SELECT field, value, chosen, rule FROM assertion").fetchall()
    return {(field, value): (chosen, rule) for field, value, chosen, rule in found}


def test_a_value_that_nobody_contradicts_is_the_only_one():
    assert decide([("business_id", "ptv:1", "ptv", "1234567-1", None)]) == {
        ("business_id", "1234567-1"): (True, "only")
    }


def test_conflicting_ids_are_both_kept_and_one_is_chosen():
    found = decide(
        [
            ("business_id", "ptv:1", "ptv", "1234567-1", None),
            ("business_id", "lahella:1", "lahella", "7654321-1", None),
            ("business_id", "lista:1", "csv", "7654321-1", None),
        ]
    )
    assert found["business_id", "7654321-1"] == (True, "business-id-1")
    assert found["business_id", "1234567-1"] == (False, "business-id-1")


def test_a_name_in_capitals_gives_way_to_one_that_is_written_properly():
    found = decide(
        [("name", "ptv:1", "ptv", "KUOPION LATU RY", None), ("name", "lista:1", "csv", "Kuopion Latu ry", None)]
    )
    assert found["name", "Kuopion Latu ry"][0] is True


def test_the_newest_e_mail_wins_when_sources_disagree():
    found = decide(
        [
            ("email", "a:1", "cards", "vanha@example.fi", "2019-01-01"),
            ("email", "b:1", "cards", "uusi@example.fi", "2026-01-01"),
        ]
    )
    assert found["email", "uusi@example.fi"][0] is True


def test_every_phone_is_kept():
    found = decide([("phone", "a:1", "ptv", "+3581", None), ("phone", "b:1", "csv", "+3582", None)])
    assert {chosen for chosen, _ in found.values()} == {True}


def test_a_value_written_in_several_ways_by_one_record_is_one_and_contradicts_nothing():
    con = connect()
    con.execute("""
        CREATE TABLE stated AS
        SELECT 'e' AS entity_id, 'business_id' AS field, 'a:1' AS record_id, 'a' AS source, '1234567-1' AS value,
               unnest(['FI12345671', '1234567 1', NULL]) AS raw_value, 'csv' AS kind, NULL::TIMESTAMP AS modified_at
    """).fetchall()
    choose(con, rules())
    assert con.execute("SELECT value, raw_value, chosen, rule FROM assertion").fetchall() == [
        ("1234567-1", "1234567 1", True, "only")
    ]


def test_an_address_goes_when_another_says_it_with_more_behind_it_whatever_the_case():
    said = ["Uusikatu 1", "UUSIKATU 1, 70100 Kuopio", "Uusikatu 11"]
    found = decide([("address", f"a:{n}", "csv", value, None) for n, value in enumerate(said)])
    assert [found["address", value] for value in said] == [
        (False, "fullest-1"),
        (True, "fullest-1"),
        (True, "fullest-1"),
    ]


def test_a_register_goes_before_what_an_organisation_says_itself_and_that_before_others():
    found = decide(
        [
            ("legal_status", "lista:1", "csv", "yhdistys", None),
            ("legal_status", "ptv:1", "ptv", "Yhdistys", None),
            ("legal_status", "ytj:1", "ytj", "Aatteellinen yhdistys", None),
        ]
    )
    assert [value for (_, value), (chosen, _) in found.items() if chosen] == ["Aatteellinen yhdistys"]


def test_a_text_that_repeats_itself_is_not_the_fuller_one():
    found = decide(
        [
            ("description@fi", "a:1", "ptv", "Kuorolaulua. " * 9, None),
            ("description@fi", "b:1", "ptv", "Kuorolaulua joka tiistai koululla.", None),
        ]
    )
    assert found["description@fi", "Kuorolaulua joka tiistai koululla."] == (True, "description-2")


def test_of_two_values_that_are_equal_otherwise_the_fuller_record_gives_its_own():
    found = decide(
        [
            ("email", "a:1", "csv", "a@example.fi", None),
            ("email", "b:1", "csv", "b@example.fi", None),
            ("phone", "b:1", "csv", "+3581", None),
        ]
    )
    assert found["email", "b@example.fi"] == (True, "email-2")


def test_a_swedish_description_never_stands_for_a_finnish_one():
    found = decide([("description@sv", "a:1", "ptv", "En förening.", None)])
    assert set(found) == {("description@sv", "En förening.")}


def test_an_unknown_criterion_is_named():
    with pytest.raises(RulesMistaken, match="name: unknown criterion loudest"):
        parse_rules(
            {"version": 1, "authority": {}, "fields": {"name": {"rule": "x", "order": ["loudest"]}}, "multiple": {}}
        )
