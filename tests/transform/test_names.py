"""What a name says: the rules of `pipeline.transform.names`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.transform.names import ParsedName, ascii_fold, parallel, parse, tidy


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Lahden Kuvataideyhdistys ry", "ry"),
        ("Lahden Kuvataideyhdistys r.y.", "ry"),
        ("Lahden Kuvataideyhdistys R Y", "ry"),
        ("Lahden Kuvataideyhdistys rekisteröity yhdistys", "ry"),
        ("Borgå Konstförening r.f.", "ry"),
        ("Kainuun järjestötupa ry Tupaset", "ry"),
        ("Porin Tarmo ry:n nuorisojaosto", "ry"),
        ("Kesätuulisäätiö", "sr"),
        ("Stiftelsen Havet", "sr"),
        ("Esimerkin Osuuskunta", "osk"),
        ("Kuntopaja Oy", "oy"),
        ("Suomen Esimerkkipuolue r.p.", "rp"),
        ("Iitin seurakunta", "srk"),
        ("Naapuriapu", None),
    ],
)
def test_the_legal_form_is_found_wherever_it_stands(name: str, form: str | None) -> None:
    assert parse(name).legal_form == form


CHAPTERS = ["Mannerheimin Lastensuojeluliiton Sotkamon yhdistys ry", "MLL Sotkamo", "MLL:n Sotkamon yhdistys"]


@pytest.mark.parametrize("name", CHAPTERS)
def test_all_ways_of_writing_a_chapter_give_umbrella_place_and_level(name: str) -> None:
    p = parse(name)
    assert (p.umbrella, p.places, p.level, p.core) == ("MLL", ("765",), "local", ())


@pytest.mark.parametrize(
    ("name", "umbrella", "level"),
    [
        ("Sotkamon Eläkeläiset ry", "ELAKELAISET", "local"),
        ("Sotkamon Eläkkeensaajat ry", "EKL", "local"),
        ("Eläkeliiton Sotkamon yhdistys ry", "EL", "local"),
        ("Sotkamon senioriyhdistys", "SENIORI", "local"),
        ("Eläkeliiton Kainuun piiri ry", "EL", "district"),
        ("Eläkeläiset ry:n Kainuun aluejärjestö", "ELAKELAISET", "district"),
        ("Eläkeliitto ry", "EL", "national"),
        ("Vaasan NNKY", "NNKY", "local"),
        ("Vaasan NMKY", "NMKY", "local"),
        ("Sotkamon Latu", "LATU", "local"),
    ],
)
def test_rival_umbrellas_are_told_apart(name: str, umbrella: str, level: str) -> None:
    p = parse(name)
    assert (p.umbrella, p.level) == (umbrella, level)


def test_ordinary_words_mean_an_umbrella_only_beside_a_place() -> None:
    assert parse("Talven latu").umbrella is None


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("Perhon Martat ry", ("584",)),  # genitive before a head
        ("Martat Perho", ("584",)),  # last after an umbrella
        ("Kevään Perho ry", ()),  # a butterfly
        ("Salo", ()),
        ("Pohjois-Savon Kuvataide ry", ("R11",)),
        ("Helsingfors Konstförening rf", ("091",)),
        ("Joroisten Soitto", ("171",)),
        ("Lahden Soitto", ("398",)),
    ],
)
def test_a_place_is_judged_by_its_form_and_position(name: str, places: tuple[str, ...]) -> None:
    assert parse(name).places == places


def test_a_merged_municipality_resolves_and_stays_recognisable() -> None:
    old, new = parse("Kangaslammin Martat"), parse("Varkauden Martat")
    assert old.places == new.places
    assert old.place_keys != new.place_keys


@pytest.mark.parametrize(
    ("name", "section", "core"),
    [
        ("Porin Tarmo ry / hiihtojaosto", "hiihtojaosto", ("tarmo",)),
        ("Porin Tarmo ry:n nuorisojaosto", "nuorisojaosto", ("tarmo",)),
        ("Porin Tarmon hiihtojaosto", "hiihtojaosto", ("tarmo",)),
        ("Porin Tarmo ry", None, ("tarmo",)),
    ],
)
def test_a_section_is_cut_from_its_body(name: str, section: str | None, core: tuple[str, ...]) -> None:
    p = parse(name)
    assert (p.section, p.core) == (section, core)
    assert (p.level == "section") == (section is not None)


@pytest.mark.parametrize(("one", "other"), [("Porin yhdistys Meri", "Porin paikallisyhdistys Meri")])
def test_yhdistys_and_paikallisyhdistys_are_one_head_noun(one: str, other: str) -> None:
    assert parse(one).head == parse(other).head == "yhdistys"


@pytest.mark.parametrize("head", ["piiri", "liitto", "keskusliitto", "osasto", "seura"])
def test_other_head_nouns_are_no_synonyms_of_yhdistys(head: str) -> None:
    assert parse(f"Meren {head}").head == head != "yhdistys"


def test_a_known_abbreviation_and_its_expansion_are_one_family() -> None:
    assert parse("TSL").umbrella == parse("Työväen Sivistysliitto ry").umbrella == "TSL"


def test_capitals_throughout_abbreviate_nothing() -> None:
    assert parse("PORIN TARMO").abbreviation is None
    assert parse("Porin Tarmo PoTa").abbreviation == "POTA"


@pytest.mark.parametrize("name", ["Suomen Kotitoiminnan Tuki ry", "Suomen Kotitoiminnan Tuki SKT"])
def test_a_body_beside_another_is_that_also_when_its_letters_follow(name: str) -> None:
    assert (parse(name).dependent, parse(name).core) == ("tuki", ("kotitoiminnan",))


@pytest.mark.parametrize(
    ("name", "dependent"),
    [
        ("Puutarhaseuran Kannatusyhdistys Mustinlahden ry", "kannatusyhdistys"),
        ("Puutarhaseuran Kannnatusyhdistys (Mustinlahti)", "kannatusyhdistys"),
        ("Nuorten Naisten Kristillisen Yhdistyksen Kannatusyhdistys Mustinlahti", "kannatusyhdistys"),
        ("Noppa ja Nappula Kannatusyhdistys ry, Mustinlahti", "kannatusyhdistys"),
        ("Noppa Kannatusyhdistys ry", "kannatusyhdistys"),
        ("Noppa Veteraanit ry", None),
        ("NoNa Veteraanit ry", "veteraanit"),
        ("SPR Ystävät", "ystavat"),
        ("NOPPA VETERAANIT", None),
        ("Kannatusyhdistys Toivo ry", None),
        ("Kannatusyhdistys ry", None),
        ("Helsingin Kannatusyhdistys ry", None),
        ("Helsingin Kannatusyhdistys Toivo ry", None),
        ("Puutarhaseuran Tuki Mustinlahti", None),
    ],
)
def test_a_noun_that_means_nothing_but_a_body_beside_another_needs_no_genitive_and_may_stand_before_a_place(
    name: str, dependent: str | None
) -> None:
    assert parse(name).dependent == dependent


PARENTS = ("vanhempainyhdistys", "vanhemmat", "vanh.yhdistys", "vanh. yhd.", "vanhempainyhd.", "koti- ja kouluyhdistys")


@pytest.mark.parametrize(
    "noun", [*PARENTS, "koti ja koulu -yhdistys", "VANHEMPAINYHDISTYS RY", "Koti- ja Kouluyhdistys"]
)
def test_the_parents_of_a_school_are_one_body_whatever_they_call_themselves(noun: str) -> None:
    found = parse(f"Mustikkamäen koulun {noun}")
    assert (found.dependent, found.core) == ("vanhempainyhdistys", ("mustikkamaen", "koulun"))


@pytest.mark.parametrize(
    ("short", "whole"), [("kyläyhd.", "kyläyhdistys"), ("omakotiyhd", "omakotiyhdistys"), ("MS", "metsästysseura")]
)
def test_a_word_that_is_cut_short_is_the_whole_word(short: str, whole: str) -> None:
    one, other = parse(f"Mustinlahden {short} ry"), parse(f"Mustinlahden {whole} ry")
    assert one.display != other.display
    assert (one.core, one.head, one.umbrella, one.ascii) == (other.core, other.head, other.umbrella, other.ascii)


@pytest.mark.parametrize("name", ["MTK-Laukaa ry", "MTK Laukaa", "Maataloustuottajain Laukaan yhdistys"])
def test_a_place_joined_to_a_family_by_a_hyphen_is_its_place(name: str) -> None:
    assert (parse(name).umbrella, parse(name).places, parse(name).core) == ("MTK", ("410",), ())


def test_a_hyphen_before_another_word_joins_a_compound() -> None:
    assert parse("Kuopion TS-yhdistys").core == ("ts",)


@pytest.mark.parametrize("name", ["Osuuskunta Reipas", "Osuuskuta Reipas", "Osuusksnta Reipas"])
def test_a_mistyped_legal_form_is_one(name: str) -> None:
    assert (parse(name).legal_form, parse(name).core) == ("osk", ("reipas",))


def test_an_authority_is_no_family() -> None:
    assert parse("THL").umbrella is None


def test_one_typing_error_in_a_long_word_is_read_through_but_not_in_a_short_one() -> None:
    assert parse("Sotkamon Eläkeläist ry").umbrella == "ELAKELAISET"
    assert parse("Vaasan NKY").umbrella is None


def test_lost_umlauts_change_nothing_but_the_display() -> None:
    one, other = parse("Jyväskylän Näkövammaiset"), parse("Jyvaskylan Nakovammaiset")
    assert (one.umbrella, one.places, one.ascii) == (other.umbrella, other.places, other.ascii)
    assert one.folded == "jyväskylän näkövammaiset"


def test_one_cell_with_two_languages_is_two_names() -> None:
    assert parallel("Suomen Melontaliitto – Finlands Kanotförbund ry") == (
        "Suomen Melontaliitto",
        "Finlands Kanotförbund ry",
    )
    assert parallel("Hiljaa - Ääneen ry") == ("Hiljaa - Ääneen ry",)


@pytest.mark.parametrize("name", [None, "", " ", "((", "ry", "/", "Säätiö", "-", ":n", "Мир ry", "مرحبا"])
def test_odd_names_never_raise(name: str | None) -> None:
    assert isinstance(parse(name), ParsedName)


WORDS = [
    "Kuopion",
    "MLL:n",
    "ry",
    "ry:n",
    "/",
    "-",
    "yhdistys",
    "piiri",
    "Salo",
    "Martat",
    "jaosto",
    "Suomen",
    "X",
    "12",
]


@given(st.one_of(st.text(max_size=40), st.lists(st.sampled_from(WORDS), max_size=7).map(" ".join)))
def test_parsing_never_raises_and_ignores_case_and_outer_space(name: str) -> None:
    p = parse(name)
    assert parse(f"  {name} ").core == p.core
    assert all(ascii_fold(w) == w for w in p.core)


@given(st.text(max_size=40))
def test_tidying_and_folding_are_idempotent(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)
    assert ascii_fold(ascii_fold(text)) == ascii_fold(text)


def test_folding_each_letter_there_is_twice_changes_nothing() -> None:
    """🄐 folds to (a), not to (A)."""
    folded = {chr(i): ascii_fold(chr(i)) for i in range(0x110000) if not 0xD800 <= i < 0xE000}
    assert [c for c, f in folded.items() if ascii_fold(f) != f] == []


@pytest.mark.parametrize(
    ("written", "core", "head"),
    [
        ("Lemin soutuyhdsitys", ("soutu",), "yhdistys"),
        ("Lemin soutuyhdisys ry", ("soutu",), "yhdistys"),
        ("Lemin Soutuyhistyksen hallitus", ("soutu", "hallitus"), "yhdistys"),
    ],
)
def test_a_slip_of_the_key_in_the_noun_of_a_compound_is_put_right(
    written: str, core: tuple[str, ...], head: str | None
) -> None:
    assert (parse(written).core, parse(written).head) == (core, head)


def test_a_plural_of_a_noun_is_no_slip() -> None:
    assert parse("KRELLI paikallisyhdistykset").dependent == "paikallisyhdistykset"
