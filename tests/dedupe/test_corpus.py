"""What the names at hand teach about one another."""

import pyarrow as pa
import pytest

from pipeline.dedupe.corpus import understood
from pipeline.dedupe.features import features
from pipeline.transform.names.abbreviations import letters_fit
from pipeline.transform.names.table import parsed_columns

TOWNS = ("Kuopion", "Kajaanin", "Sotkamon", "Iisalmen")
CHAPTERS = [f"Tähtitaivaan Ystäväliiton {t} yhdistys ry" for t in TOWNS]


def read(names: list[str]) -> list[dict[str, object]]:
    return understood(parsed_columns(names)).to_pylist()


def test_a_word_where_others_have_their_town_is_a_village() -> None:
    one, other = read([*CHAPTERS, "Tähtitaivaan Ystäväliiton Mustinlahden yhdistys ry", "Mustinlahden Kalakaverit"])[4:]
    assert one["place_keys"] == ["Vmustinlahti"] and one["core"] == read(CHAPTERS)[0]["core"]
    assert other["place_keys"] == ["Vmustinlahti"]


def test_a_mistyped_town_is_that_town() -> None:
    assert read([*CHAPTERS, "Tähtitaivaan Ystäväliiton Sotkkamon yhdistys"])[4]["place_keys"] == ["765"]


def test_an_abbreviation_in_the_same_towns_is_its_full_name() -> None:
    found = read([*CHAPTERS, *(f"TYL {t} yhdistys" for t in TOWNS)])
    assert [f["core"] for f in found[:4]] == [f["core"] for f in found[4:]]


def test_letters_that_do_not_fit_are_no_abbreviation() -> None:
    found = read([*CHAPTERS, *(f"KOX {t} yhdistys" for t in TOWNS)])
    assert found[4]["core"] == ["kox"]


@pytest.mark.parametrize(("towns", "is_learned"), [(TOWNS[:3], False), (TOWNS, True)])
def test_a_rival_that_stands_there_once_casts_doubt_until_four_towns_speak(
    towns: tuple[str, ...], is_learned: bool
) -> None:
    full = [f"Tähtitaivaan Ystäväliiton {t} yhdistys ry" for t in towns]
    rival = "Kuopion Tuulisen Ylängön Laulajat ry"
    found = read([*full, *(f"TYL {t} yhdistys" for t in towns), rival])
    assert [f["core"] == found[0]["core"] for f in found[len(towns) : -1]] == [is_learned] * len(towns)
    assert found[-1]["core"] == read([rival])[0]["core"]


def test_letters_of_a_name_in_another_town_mean_nothing() -> None:
    found = read([*CHAPTERS, *(f"TYL {t} yhdistys" for t in ("Porin", "Rauman", "Kotkan", "Haminan"))])
    assert found[4]["core"] == ["tyl"]


def test_a_short_list_is_taken_as_it_reads() -> None:
    names = ["Tähtitaivaan Ystäväliiton Mustinlahden yhdistys ry", "TYL Kuopio"]
    assert understood(parsed_columns(names)).equals(parsed_columns(names))


@pytest.mark.parametrize(
    ("short", "words", "fit"),
    [
        ("mll", ["mannerheimin", "lastensuojeluliiton", "yhdistys"], True),
        ("kups", ["kuopion", "palloseura"], True),
        ("mll", ["mannerheimin", "tuki"], False),
        ("nnky", ["nuorten", "miesten", "kristillinen", "yhdistys"], False),
    ],
)
def test_letters_are_those_of_the_words_in_turn(short: str, words: list[str], fit: bool) -> None:
    assert letters_fit(short, words) is fit


def test_features_carry_what_was_understood() -> None:
    names = [*CHAPTERS, "Tähtitaivaan Ystäväliiton Mustinlahden yhdistys ry"]
    table = features(pa.table({"record_id": [str(i) for i in range(5)], "name": names}))
    assert table.column("place").to_pylist()[4] == "Vmustinlahti"


def test_what_an_abbreviation_stands_for_does_not_hang_on_the_order_of_the_names() -> None:
    names = [
        *(f"KSJ {town}" for town in ("Koski Tl", "Hamina", "Pyhäsalmi", "Pulkkila")),
        "Kanervasuojajärjestön Haminan osasto ry (KSJ)",  # as the next, but for what its abbreviation would say
        "Kanervasuojajärjestön Haminan osasto ry",
        "Kanervasuojajärjestö, Pyhäsalmen osasto",
    ]
    found = dict(zip(names, read(names), strict=True))
    assert found["KSJ Hamina"]["core"] == ["kanervasuojajarjesto"]
    assert dict(zip(reversed(names), read(names[::-1]), strict=True)) == found
