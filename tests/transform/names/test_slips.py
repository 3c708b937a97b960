"""Slips of the key and lost letters in words that lists know."""

import pytest

from pipeline.transform.names import parse
from pipeline.transform.names.lost_letters import restored


@pytest.mark.parametrize(
    ("written", "dependent"),
    [
        ("Tarmon Ystävvät ry", "ystavat"),
        ("Tarmon ytsävät", "ystavat"),
        ("Tarmon Nunret ry", "nuoret"),
        ("Tarmon seteraanit", "veteraanit"),
        ("Tarmon Tuki", "tuki"),
        ("Tarmon tukiyhdistys ry", "tuki"),
        ("Kuusijärven koulun vanhemmat", "vanhempainyhdistys"),
        ("Kuusijärven koulun vanhempaintoimikunta", "vanhempainyhdistys"),
        ("Tarmon Nuoren", None),
        ("Tarmon Naisen", None),
        ("Tarmon Suoret", None),
    ],
)
def test_the_noun_of_a_body_beside_another_is_seen_through_a_slip(written: str, dependent: str | None) -> None:
    assert parse(written).dependent == dependent


@pytest.mark.parametrize(
    ("folded", "read"),
    [
        ("k?yli?n ystavat", "koylion ystavat"),
        ("rekister?ity yhdistys", "rekisteroity yhdistys"),
        ("jyv?skyl?n", "jyvaskylan"),
        ("\ufffdhtarin", "ahtarin"),
        ("tahtit?ht?", "tahtitaht?"),
        ("mika? kuka", "mika? kuka"),
    ],
)
def test_lost_letters_are_read_by_what_lists_know_and_else_as_a(folded: str, read: str) -> None:
    assert restored(folded) == read


def test_a_free_church_is_one_with_and_without_its_association() -> None:
    one, other = parse("Suomen Vapaakirkko Eura ry"), parse("Euran Vapaaseurakunta")
    assert (one.umbrella, one.places) == (other.umbrella, other.places)


@pytest.mark.parametrize(
    ("written", "display"),
    [
        ("Sotkamon ker{ilij{t", "Sotkamon keräilijät"),
        ("Ty|miehet ry", "Työmiehet ry"),
        ("{ht{ri", "{htäri"),
        ("Latu | Polku", "Latu | Polku"),
        ("Latu {1}", "Latu {1}"),
    ],
)
def test_signs_of_the_seven_bit_code_inside_words_are_letters(written: str, display: str) -> None:
    assert parse(written).display == display


@pytest.mark.parametrize(
    ("short", "whole"), [("potilasharr.", "potilasharrastajat"), ("ringetteyhdist.", "ringetteyhdistys")]
)
def test_words_cut_short_are_read_whole(short: str, whole: str) -> None:
    assert parse(f"Sotkamon {short}").core == parse(f"Sotkamon {whole}").core


def test_a_name_whose_genitive_is_one_letter_is_read() -> None:
    assert parse("LuK¤N aistijaosto").section == "aistijaosto"
