"""Municipalities, postal codes, areas and addresses as platforms write them."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.transform.places import area, calm, municipality, postal_code, resolve_address
from pipeline.transform.reference import municipalities, postal_codes

LIPAS = Path(__file__).parents[3] / "shared" / "data" / "lists" / "lipas_sports_places_1000.json"
LINE_PARTS = st.lists(
    st.sampled_from(["Asemakatu 44", "70110", "Kuopio", ",", "\n", "PL 12", "A 3", "FI-"]), max_size=6
)


@pytest.mark.parametrize(
    "raw",
    ["297", 297, "297.0", "297 Kuopio", "Kuopio (297)", "KUOPIO", " kuopio ", "Kuopion kaupunki", "city/FI/Kuopio",
     "Kuopio, Suomi", "City of Kuopio", "KUOPION  KAUPUNKI"],
)  # fmt: skip
def test_a_municipality_is_read_from_code_or_name(raw):
    assert municipality(raw) == ("297", None)


@pytest.mark.parametrize(
    ("raw", "code"),
    [("91", "091"), ("5", "005"), ("Borgå stad", "638"), ("Helsingfors", "091"), ("PEDERSÖREN KUNTA", "599"),
     ("Pedersöre", "599"), ("Koski Tl", "284"), ("Maarianhamina - Mariehamn", "478"), ("Korsholms kommun", "499")],
)  # fmt: skip
def test_lost_zeros_and_swedish_names_are_understood(raw, code):
    assert municipality(raw) == (code, None)


@pytest.mark.parametrize("raw", ["588", "Pertunmaa", "588 Pertunmaa", "Pertunmaan kunta", "city/FI/Pertunmaa"])
def test_a_former_municipality_is_the_present_one_and_is_reported(raw):
    assert municipality(raw) == ("507", "municipality_merged")


@pytest.mark.parametrize("raw", ["Längelmäki", "Kuopion mlk", "999", "Atlantis", "Kuopion", "Pohjois-Savo", "x" * 500])
def test_a_divided_or_unknown_place_is_never_guessed(raw):
    assert municipality(raw) == (None, "municipality_unknown")


@pytest.mark.parametrize("raw", [None, "", "  ", "-", "n/a"])
def test_an_empty_cell_is_no_problem(raw):
    assert municipality(raw) == (None, None)
    assert postal_code(raw) == (None, None)
    assert area(raw, raw, raw) == (None, None)


def test_every_name_of_every_municipality_reads_back():
    for m in municipalities().values():
        assert municipality(m.code) == (m.code, None)
        assert municipality(m.name_fi.upper()) == (m.code, None)
        assert municipality(m.name_sv).value == m.code
        assert municipality(f"{m.genitive_fi} kunta").value == m.code


@pytest.mark.parametrize(
    ("raw", "code"),
    [("70100", "70100"), ("70100 Kuopio", "70100"), ("70100, Kuopio", "70100"), ("FI-70100", "70100"), (100, "00100"),
     ("2100", "02100"), ("70100.0", "70100"), ("FIN-70100 KUOPIO", "70100")],
)  # fmt: skip
def test_a_postal_code_is_read_and_lost_zeros_come_back(raw, code):
    assert postal_code(raw) == (code, None)


@pytest.mark.parametrize("raw", ["12345", "00000", "7010O", "701001", "Kuopio", "1", "1.2.2024", "PL 70100"])
def test_what_is_not_in_use_is_no_postal_code(raw):
    assert postal_code(raw) == (None, "postal_code_invalid")


@given(st.text(max_size=40))
def test_any_text_gets_an_answer_and_answers_are_stable(text):
    for read in (municipality, postal_code):
        first = read(text)
        assert first.problem is not None or first.value is not None or first == (None, None)
        if first.value is not None:
            assert read(first.value) == (first.value, None)
    area(text, text, text)
    resolve_address(line=text, city=text, municipality=text)


@pytest.mark.parametrize(
    ("kind", "code", "name", "expected"),
    [
        ("Municipality", "297", None, ("municipality", "297", "Kuopio")),
        ("Region", "11", "Norra Savolax", ("region", "11", "Pohjois-Savo")),
        ("Province", None, "North Savo", ("region", "11", "Pohjois-Savo")),
        ("WellbeingServiceCounty", "13", None, ("county", "13", "Pohjois-Savon hyvinvointialue")),
        ("hyvinvointialue", None, "Pohjois-Savon", ("county", "13", "Pohjois-Savon hyvinvointialue")),
        ("Nationwide", None, None, ("nationwide", None, "Koko Suomi")),
        ("WholeCountryExceptAland", None, None, ("nationwide_without_aland", None, "Koko Suomi paitsi Ahvenanmaa")),
        (None, None, "Pohjois-Savo", ("region", "11", "Pohjois-Savo")),
        (None, None, "state/FI/Lappi", ("region", "19", "Lappi")),
        (None, None, "Siilinjärvi", ("municipality", "749", "Siilinjärvi")),
        ("", "", "koko maa", ("nationwide", None, "Koko Suomi")),
    ],
)
def test_an_area_is_read_from_kind_code_or_name(kind, code, name, expected):
    assert area(kind, code, name) == (expected, None)


def test_an_unknown_area_keeps_its_own_name():
    assert area("BusinessSubRegion", "88855", "Lahden seutu") == (("other", "88855", "Lahden seutu"), "code_unknown")
    assert area("Municipality", "999", "Atlantis") == (("other", "999", "Atlantis"), "municipality_unknown")
    assert area("Municipality", "588", None) == (("municipality", "507", "Mäntyharju"), "municipality_merged")


@pytest.mark.parametrize(
    ("line", "street", "code", "city"),
    [
        ("Asemakatu 44, 70110 Kuopio", "Asemakatu 44", "70110", "Kuopio"),
        ("PL 12, 70101 Kuopio", "PL 12", "70101", "Kuopio"),
        ("Asemakatu 44 A 3 70110 KUOPIO", "Asemakatu 44 A 3", "70110", "Kuopio"),
        ("Asemakatu 44\n70110 Kuopio\nFinland", "Asemakatu 44", "70110", "Kuopio"),
        ("Asemakatu 44, FI-70110 Kuopio, Suomi", "Asemakatu 44", "70110", "Kuopio"),
        ("Asemakatu 44, 70110, Kuopio", "Asemakatu 44", "70110", "Kuopio"),
        ("Järjestötalo, Asemakatu 44, 70110 Kuopio", "Järjestötalo, Asemakatu 44", "70110", "Kuopio"),
        ("Asemakatu 44, Kuopio", "Asemakatu 44", None, "Kuopio"),
        ("Asemakatu 44 Kuopio", "Asemakatu 44", None, "Kuopio"),
        ("Rantatie 1 b 12 Siilinjärvi", "Rantatie 1 b 12", None, "Siilinjärvi"),
        ("70110 Kuopio", None, "70110", "Kuopio"),
        ("Kuopio", None, None, "Kuopio"),
        ("Asemakatu 44", "Asemakatu 44", None, None),
        ("Kauppatori", "Kauppatori", None, None),
        ("Strandgatan 3, 65100 Vasa", "Strandgatan 3", "65100", "Vasa"),
        ("", None, None, None),
    ],
)
def test_an_address_on_one_line_is_taken_apart(line, street, code, city):
    found = resolve_address(line=line)
    assert (found.street, found.postal_code, found.city) == (street, code, city)
    assert found.problems == ()


def test_an_address_gets_its_areas():
    found = resolve_address(street="Asemakatu 44", postal_code="70110", city="KUOPIO")
    assert (found.municipality_code, found.municipality_fi) == ("297", "Kuopio")
    assert (found.region_code, found.region_fi, found.county_code) == ("11", "Pohjois-Savo", "13")


@pytest.mark.parametrize(("city", "code"), [("Toivala", "749"), ("TOIVALA", "749"), ("Nilsiä", "297"), ("Vasa", "905")])
def test_a_village_or_post_office_leads_to_its_municipality(city, code):
    found = resolve_address(city=city)
    assert (found.municipality_code, found.problems) == (code, ())


def test_code_beats_name_beats_postal_code_beats_post_office():
    parts = {"municipality_code": "749", "municipality": "Lapinlahti", "postal_code": "70100", "city": "Helsinki"}
    for expected in ("749", "402", "297", "091"):
        assert resolve_address(**parts).municipality_code == expected
        parts.pop(next(iter(parts)))


def test_an_unreadable_better_source_leaves_the_word_to_the_next():
    found = resolve_address(municipality_code="999", postal_code="70100")
    assert found.municipality_code == "297"
    assert found.problems == (("municipality_code", "municipality_unknown", "999"),)


def test_a_postal_code_of_another_municipality_is_reported():
    for parts in ({"municipality": "Siilinjärvi"}, {"municipality_code": "749"}, {"city": "Helsinki"}):
        assert ("postal_code", "postal_code_mismatch", "70100") in resolve_address(
            postal_code="70100", **parts
        ).problems
    assert resolve_address(postal_code="73300", city="NILSIÄ", municipality_code="297").problems == ()


def test_raw_values_that_could_not_be_read_are_handed_back():
    found = resolve_address(city="Atlantis", municipality="Bar", postal_code="1")
    assert found.problems == (
        ("municipality", "municipality_unknown", "Bar"),
        ("postal_code", "postal_code_invalid", "1"),
        ("city", "municipality_unknown", "Atlantis"),
    )
    assert found.city == "Atlantis"


@pytest.mark.parametrize(
    ("shouted", "calmed"),
    [("KUOPIO", "Kuopio"), ("II", "Ii"), ("KOSKI TL", "Koski Tl"), ("MÄNTTÄ-VILPPULA", "Mänttä-Vilppula"),
     ("LIETO AS", "Lieto as"), ("Ypäjä", "Ypäjä"), ("iisalmi", "iisalmi")],
)  # fmt: skip
def test_shouted_place_names_are_calmed_and_others_left_alone(shouted, calmed):
    assert calm(shouted) == calmed
    assert calm(calmed) == calmed


@given(LINE_PARTS)
def test_what_is_read_from_a_line_reads_the_same_from_its_parts(parts):
    first = resolve_address(line=" ".join(parts))
    again = resolve_address(street=first.street, postal_code=first.postal_code, city=first.city)
    assert (again.street, again.postal_code, again.city) == (first.street, first.postal_code, first.city)
    assert again.municipality_code == first.municipality_code


def test_real_sports_places_are_found_where_they_are():
    if not LIPAS.exists():
        pytest.skip("the real data are not here")
    places = [p["location"] for p in json.loads(LIPAS.read_text(encoding="utf-8"))]
    for p in places:
        assert municipality(p["city"]["name"]) == (str(p["city"]["cityCode"]).zfill(3), None)
    found = [resolve_address(postal_code=p.get("postalCode"), city=p.get("postalOffice")) for p in places]
    right = sum(f.municipality_code == str(p["city"]["cityCode"]).zfill(3) for f, p in zip(found, places, strict=True))
    assert right > 0.92 * len(places)


def test_every_postal_code_reads_back():
    assert all(postal_code(code) == (code, None) for code in postal_codes())
