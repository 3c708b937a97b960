"""Themes from the classifications of platforms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.transform.reference import ptv_classes
from pipeline.transform.themes import keyword_themes, theme_labels, themes, themes_for


def of(code=None, label=None):
    return themes_for([("any", code, label)])[0]


def test_there_are_twenty_themes_with_three_labels():
    assert list(theme_labels()) == [f"T{n:02d}" for n in range(1, 21)]
    assert all(all(labels) for labels in theme_labels().values())


def test_the_crosswalk_names_only_ptv_classes_that_exist():
    for theme in themes().values():
        assert set(theme.ptv_classes) <= set(ptv_classes("service_classes"))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("T03", ["T03"]),
        ("P27.1", ["T12"]),
        ("P27", ["T12"]),
        ("http://uri.suomi.fi/codelist/ptv/ptvserclass2/code/P27.1", ["T12"]),
        ("P5.7", ["T04", "T05"]),
        ("P28.99", ["T02"]),
        ("P19.4", ["T19"]),
        ("ht_urheilu", ["T12"]),
        ("hm_kohtaamispaikka", ["T15"]),
        ("voluntary", ["T20"]),
        ("P4", []),
        ("P99.1", []),
        ("ht_uusi", []),
    ],
)
def test_a_code_leads_to_its_themes(code, expected):
    assert of(code) == expected


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("Ikäihmiset", ["T03"]),
        ("  URHEILU, liikunta ja ulkoilu", ["T12"]),
        ("Lapset, nuoret ja perheet", ["T01", "T02"]),
        ("Päihde- ja mielenterveystyö", ["T04", "T05"]),
        ("Äldre och pensionärer", ["T03"]),
        ("Sports & exercise", ["T12"]),
        ("Kirjastot", ["T14"]),
        ("Omaishoitajien ryhmä", ["T08"]),
        ("Jyväskylän kerho", []),
        ("Sopii alle 18-vuotiaille", []),
    ],
)
def test_a_label_leads_to_its_themes(label, expected):
    assert of(None, label) == expected


def test_terms_without_a_theme_are_handed_back_in_order():
    terms = [("theme", "x", "Korona"), ("theme", "ht_luonto", None), ("theme", None, None), ("theme", None, "Ukraina")]
    assert themes_for(terms) == (["T13"], [terms[0], terms[2], terms[3]])


def test_free_text_is_read_by_key_words_the_most_frequent_first():
    text = "Liikuntakerho eläkeläisille: liikuntaa, jumppaa ja urheilua Jyväskylässä. Byrokratia jää pois."
    assert keyword_themes(text) == ["T12", "T03"]
    assert keyword_themes("Monikulttuurinen ilta") == ["T16"]
    assert keyword_themes("Kertaluontoiset tehtävät") == []
    assert keyword_themes(None) == keyword_themes("") == []


@given(st.text(max_size=60))
def test_any_term_is_either_mapped_or_handed_back(text):
    found, unmapped = themes_for([("any", text, text)])
    assert bool(found) != bool(unmapped)
    assert set(found) <= set(themes())
