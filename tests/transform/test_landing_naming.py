"""The kind of body that a name tells, where neither the source nor a legal form does."""

import pytest

from pipeline.transform.landing.naming import type_by_noun, type_of


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Kuopion kaupunki", "municipality"),
        ("Lapinlahden kunta", "municipality"),
        ("Vasa stad", "municipality"),
        ("Pohjois-Savon liitto", "municipality"),
        ("Pohjois-Savon hyvinvointialue", "other"),
        ("Kuopion kyläyhdistys", "association"),
        ("Kuorokerho", "association"),
        ("Marttaliitto", "association"),
        ("Föreningen Vind", "association"),
        ("Tmi Malli", "company"),
        ("Kuopion opiskelijakunta", None),
        ("Neuvottelukunta", None),
        ("Laulun Ystävät", None),
        ("Kunta ja me", None),
        ("", None),
    ],
)
def test_a_name_without_a_legal_form_tells_its_kind_by_its_noun(name, kind):
    assert type_by_noun(name) == kind


@pytest.mark.parametrize(("form", "kind"), [("ry", "association"), ("sr", "foundation"), ("srk", "parish"), ("", None)])
def test_a_legal_form_implies_a_kind_and_no_form_implies_none(form, kind):
    assert type_of(form) == kind
