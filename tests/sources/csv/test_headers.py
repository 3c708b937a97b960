"""Column names are recognised in three languages, however they are spelled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.csv.headers import columns_of, field_of, key, known_fields, recognise


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("Y-tunnus | FO-nummer", "business_id"),
        ("Verovelvollisen nimi | Den skattskyldiges namn", "name"),
        ("Sähköposti[5]", "email"),
        ("SAHKOPOSTIOSOITE", "email"),
        ("s-posti", "email"),
        ("Puh.nro", "phone"),
        ("Puhelin 2", "phone"),
        ("Yhdistyksen puhelinnumero", "phone"),
        ("Puheenjohtajan puh.", "contact_phone"),
        ("Yhteyshenkilön sähköposti", "contact_email"),
        ("Yhteystiedot (nimi, puh, email)", "contact"),
        ("Nimi (sv)", "name_sv"),
        ("Namn på svenska", "name_sv"),
        ("Förening", "name"),
        ("Hemkommun", "municipality"),
        ("postal_code", "postal_code"),
        ("association_number", "association_number"),
        ("Postinumero ja -toimipaikka", "postal_code_and_city"),
        ("Kotisivu\n(www)", "website"),
        ("Asukasluku", None),
        ("Avustus 2024 (€)", None),
        ("", None),
    ],
)
def test_spellings(header: str, field: str | None) -> None:
    hit = field_of(header)
    assert (hit[0] if hit else None) == field


def test_every_column_that_the_match_command_names_is_recognised() -> None:
    names = (
        "record_id source name alternate_name legal_form business_id association_number phone email website "
        "street_address postal_code city municipality_code municipality latitude longitude"
    ).split()
    assert recognise(names) == {name: column for column, name in enumerate(names)}


def test_every_field_is_a_spelling_of_itself_or_known() -> None:
    assert {"name", "contact", "former_name", "abbreviation", "source_url"} <= set(known_fields())


def test_the_better_name_of_two_wins_and_the_other_is_not_read() -> None:
    assert columns_of(["Nimi", "Yhdistyksen nimi", "Puhelin", "GSM"]) == {1: "name", 2: "phone", 3: "phone"}


def test_osoite_is_the_street_beside_a_postal_code_and_else_the_whole_address() -> None:
    assert recognise(["Nimi", "Osoite", "Postinumero"])["street_address"] == 1
    assert recognise(["Nimi", "Osoite"])["address"] == 1


def test_single_letters_are_coordinates_only_together() -> None:
    assert recognise(["Nimi", "N", "E"]) == {"name": 0, "latitude": 1, "longitude": 2}
    assert recognise(["Nimi", "N"]) == {"name": 0}
    assert recognise(["Nimi", "N", "E", "lat", "lon"]) == {"name": 0, "latitude": 3, "longitude": 4}


def test_what_koonti_yml_says_goes_before_what_is_recognised() -> None:
    header = ["Yhdistys", "Toimijan titteli", "Puhelin"]
    assert columns_of(header, {"name": ["toimijan titteli"], "phone": []}) == {1: "name"}


def test_empty_headers_are_no_columns() -> None:
    assert recognise([None, "", "Nimi"]) == {"name": 2}


@given(st.text())
def test_a_key_stays_itself(text: str) -> None:
    assert key(key(text)) == key(text)
    field_of(text)
