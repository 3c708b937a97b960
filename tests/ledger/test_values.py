"""Corrected values are read as those of sources are, or refused with what is allowed."""

import pytest

from pipeline.ledger import values


@pytest.mark.parametrize(
    ("key", "written", "stands"),
    [
        ("business_id", "FI12345671", "1234567-1"),
        ("association_number", "012.345", "12345"),
        ("email", " Latu@Example.FI", "latu@example.fi"),
        ("website", "www.example.fi/", "https://www.example.fi"),
        ("phone", "044 000 0001", "+358440000001"),
        ("municipality_code", "Kuopio", "297"),
        ("coordinates", "62,8924 27,677", "62.892400,27.677000"),
        ("coordinates", "62.8924,27.677", "62.892400,27.677000"),
        ("legal_form", "RY", "ry"),
        ("address", "Esimerkkikatu 1 A, 70100 KUOPIO", "Esimerkkikatu 1 A, 70100 Kuopio"),
        ("name", " Kuopion  Latu ry", "Kuopion Latu ry"),
        ("description@sv", "En förening.", "En förening."),
        ("email", "  ", ""),
    ],
)
def test_a_value_stands_as_the_catalogue_writes_it(key, written, stands):
    assert values.normalised(key, written) == stands


@pytest.mark.parametrize(
    ("key", "written", "said"),
    [
        ("business_id", "1234567-2", "right check digit"),
        ("email", "latu at example", "no e-mail address"),
        ("email", "a@example.fi, b@example.fi", "no e-mail address"),
        ("phone", "soita", "no phone number"),
        ("municipality_code", "Atlantis", "no municipality"),
        ("coordinates", "1,2", "no place in Finland"),
        ("legal_form", "gmbh", "allowed: ry, "),
        ("address", "Kuopio", "write it like"),
        ("name", "", "needs one"),
        ("description@fi", "Soita 131052-308T", "personal identity code"),
    ],
)
def test_a_value_that_cannot_stand_is_refused_with_what_is_allowed(key, written, said):
    with pytest.raises(values.Refused, match=said):
        values.normalised(key, written)


def test_a_description_has_a_language_and_nothing_else_has():
    assert values.key_of("description", "sv") == values.key_of("description@sv", "") == "description@sv"
    assert values.key_of("name", "") == "name"
    with pytest.raises(values.Refused, match="has no language"):
        values.key_of("name", "fi")


def test_a_mistyped_field_gets_a_hint():
    with pytest.raises(values.Refused, match=r"allowed: name, .*Did you mean 'website'\?"):
        values.key_of("websit", "")
