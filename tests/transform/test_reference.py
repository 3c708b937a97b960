"""The reference lists agree with one another, and every form of a place name is found."""

import pytest

from pipeline.schema.model import codelist
from pipeline.transform.reference import (
    counties,
    former_municipalities,
    legal_forms,
    municipalities,
    place_forms,
    postal_codes,
    ptv_classes,
    regions,
)


def test_the_lists_are_complete():
    assert len(municipalities()) == 308
    assert len(regions()) == 19
    assert len(counties()) == 23
    assert len(postal_codes()) > 3_500
    assert [len(ptv_classes(n)) for n in ("service_classes", "target_groups", "life_events")] == [229, 17, 19]


def test_every_municipality_lies_in_a_known_region_and_county():
    for m in municipalities().values():
        assert regions()[m.region_code].name_fi == m.region_fi
        assert counties()[m.county_code].name_fi == m.county_fi
        assert 59 < m.latitude < 71
        assert 19 < m.longitude < 32


def test_every_postal_code_and_former_municipality_leads_to_a_municipality_of_today():
    assert {p.municipality_code for p in postal_codes().values()} == set(municipalities())
    for former in former_municipalities():
        assert former.current_codes
        assert set(former.current_codes) <= set(municipalities())


def test_legal_forms_use_the_code_lists_of_the_schema():
    assert {f.legal_form for f in legal_forms().values()} - {""} <= set(codelist("legal_form"))
    assert {f.organization_type for f in legal_forms().values()} <= set(codelist("organization_type"))


def test_ptv_parents_are_classes_too():
    for name in ("service_classes", "target_groups", "life_events"):
        classes = ptv_classes(name)
        assert all(c.parent_code in classes for c in classes.values() if c.parent_code)


@pytest.mark.parametrize(
    ("form", "kind", "codes", "is_genitive", "is_former"),
    [
        ("kuopio", "municipality", ("297",), False, False),
        ("kuopion", "municipality", ("297",), True, False),
        ("rautalammen", "municipality", ("686",), True, False),
        ("kosken", "municipality", ("284",), True, False),
        ("pedersöre", "municipality", ("599",), False, False),
        ("pedersören", "municipality", ("599",), True, False),
        ("helsingfors", "municipality", ("091",), False, False),
        ("jakobstads", "municipality", ("598",), True, False),
        ("pohjois-savo", "region", ("11",), False, False),
        ("pohjois-savon", "region", ("11",), True, False),
        ("uudenmaan", "region", ("01",), True, False),
        ("norra savolax", "region", ("11",), False, False),
        ("ålands", "region", ("21",), True, False),
        ("pohjois-savon hyvinvointialueen", "county", ("13",), True, False),
        ("nilsiän", "municipality", ("297",), True, True),
        ("pertunmaa", "municipality", ("507",), False, True),
        ("kuopion maalaiskunta", "municipality", ("297", "749"), False, True),
        ("längelmäen", "municipality", ("182", "562"), True, True),
    ],
)
def test_a_written_form_stands_for_its_place(form, kind, codes, is_genitive, is_former):
    found = place_forms()[form]
    assert (found.kind, found.codes, found.is_genitive, found.is_former) == (kind, codes, is_genitive, is_former)


def test_a_place_of_today_hides_a_former_one_of_the_same_name():
    assert place_forms()["lappi"].kind == "region"  # a municipality in Satakunta until 2009
    assert place_forms()["pirkkala"].codes == ("604",)
    assert not place_forms()["vöyri"].is_former


def test_all_names_and_genitives_are_forms():
    for m in municipalities().values():
        for name in (m.name_fi, m.name_sv, m.genitive_fi):
            assert m.code in place_forms()[name.casefold()].codes
