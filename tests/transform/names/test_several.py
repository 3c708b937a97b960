"""Cells that name several organisations, and names that only look so."""

import pytest

from pipeline.transform.names import parallel, parse
from pipeline.transform.names.parse import words_of
from pipeline.transform.names.several import SEVERAL, first_and_other, is_several


@pytest.mark.parametrize(
    "name",
    [
        "Kuopion Kirjopaja ry ja Kuopion Sädekehät ry",
        "Kuopion Kirjopaja ja Kuopion Sädekehät ry",
        "Kuopion Kirjopaja & Kuopion Sädekehät ry",
        "Kuopion Kirjopaja ry sekä Kuopion Sädekehät ry",
        "Kuopion Kirjopaja ry + Kuopion Sädekehät ry",
        "Kuopion Kirjopaja ry / Kuopion Sädekehät ry",
        "Kuopion Kirjopaja; Puijon Sädekehät ry",
        "Sädekehät; Kuopion Kirjopaja ry",
        "Kuopion Kirjopaja, Porin Sädekehät ry",
        "Kotkan Martat ja Haminan Martat ry",
        "Kotkan Martat ry, Haminan Martat ry",
        "Kuopion Sädekehät ry ja Porin Ilmailukerho ry",
        "Eläkeläiset ry, Getan yhdistys, Oriveden seurakunta",
        "Esbo Ungdomsförening rf och Borgå Hembygdsförening rf",
        "Esbo Ungdomsförening rf, Hyvinkään Invalidit ry",
        "Kuopion Martat ry\nPuijon Hiihto ry",
        "Kotkan Martat ry Haminan Martat ry",
        "Kuopion Reipas r.y. Porin Kirjopaja r.y.",
    ],
)
def test_two_names_that_stand_by_themselves_are_several_bodies(name: str) -> None:
    assert parse(name).dependent == SEVERAL


@pytest.mark.parametrize(
    "name",
    [
        "Martat/Marttayhdistys",
        "Lions Club Lahti/Wellamo",
        "Pielaveden ja Keiteleen Yrittäjät ry",
        "Siilinjärven kunnan ja Maaningan Yrittäjät ry",
        "Karjaan ja Pohjan ikäihmisten tuki ry / Stöd för de äldre i Karis och Pojo rf",
        "Loviisan Järjestöt ry – Lovisa Föreningar rf",
        "Vårdö församling – Vårdön seurakunta rf",
        "Kuopion Sädekehät ry / hiihtojaosto",
        "Kuopion Sädekehät ry; hiihtojaosto",
        "Kotkan Reipas ry, Kotkan Reippaan nuoret ry",
        "Tampereen Pyrintö, Tampereen Pyrinnön yleisurheilu ry",
        "Tuki ja Turva ry",
        "Kuopion Koti ja Koulu ry",
        "Kuopion Haarukka & Hanska ry",
        "Savonlinnan omaishoitajat ja läheiset ry",
        "Eläkeliitto ry, Kuopion yhdistys ry",
        "Suomen Latu, Kuopion Latu ry",
        "Marttaliitto ry; Kuopion Martat ry",
        "KuPS; Kuopion Palloseura ry",
        "Kuopion Palloseura ry / KuPS",
        "Kuopion Sädekehät ry, Kuopio",
        "Vihti: Nuorisoseura",
        "Eläkeliitto ry Kuopion yhdistys ry",
        "Suomen Latu ry Kuopion Latu ry",
        "Kuopion Sädekehät ry Kuopion Sädekehien nuoret ry",
        "Kotkan Reipas ry Kotkan Reippaan nuoret ry",
        "Kuopion Kirjopaja ry Kirjopaja Kuopio ry",
        "Suomen Melontaliitto ry Finlands Kanotförbund rf",
        "KuPS ry Kuopion Palloseura ry",
        "Mannerheimin Lastensuojeluliiton\nKuopion yhdistys ry",
        "Kuopion Kirjopaja ry Sotkamo",
        "Kuopion Kirjopaja ry ry",
        "Kuopion Kirjopaja ry Sotkamon Tarmo",
        "Kuopion Kirjopaja ry Tarmo ry",
        "Kuopion Kirjopaja ry (Sotkamon Tarmo ry)",
    ],
)
def test_parts_sections_places_and_other_words_for_it_make_no_second_body(name: str) -> None:
    assert parse(name).dependent != SEVERAL


def test_a_village_that_no_list_has_is_a_place_where_another_record_says_so() -> None:
    cell = words_of("Kuopion Kirjopaja ja Hoilolan Sädekehät ry")
    assert not is_several(cell)
    assert is_several(cell, {"hoilolan sadekehat": frozenset(["Vhoilola"])})


def test_the_body_named_first_is_told_apart_from_the_other() -> None:
    assert first_and_other(words_of("Kuopion Kirjopaja ry; Porin Sädekehät ry")) == (
        "kuopion kirjopaja",
        "porin sadekehat",
    )
    assert first_and_other(words_of("Kuopion Kirjopaja ry")) is None


def test_a_bilingual_name_beside_another_body_is_not_cut_in_two() -> None:
    name = "Kumlingen Kamerakerho ry / Kumlinge Kameraklubb rf, Vantaan Sädekehät ry"
    assert parallel(name) == (name,)
    assert len(parallel("Kumlingen Kamerakerho ry / Kumlinge Kameraklubb rf")) == 2


def test_a_text_in_the_cell_of_a_name_is_not_cut_at_each_of_its_commas() -> None:
    assert parse("Kuopion Kirjopaja ry, Porin Sädekehät ry, " * 20_000).dependent != SEVERAL
