"""Our own labelled pairs: names alone, and the evidence that settles them."""

import csv
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline.dedupe import load_weights, match
from pipeline.dedupe.comparison import compare
from pipeline.dedupe.features import features
from pipeline.dedupe.scoring import SAME, score

LISTS = ("phones", "emails", "hosts", "other_names")


def decide(a: dict[str, object], b: dict[str, object]) -> str:
    """same, or the decision of the one pair, or different."""
    rows = [{"record_id": "a", **a}, {"record_id": "b", **b}]
    columns = {k for r in rows for k in r}
    table = pa.table(
        {
            c: pa.array([r.get(c) for r in rows], pa.list_(pa.string()) if c in LISTS else pa.string())
            for c in sorted(columns)
        }
    )
    result = match(table)
    if len(set(result.clusters.column("cluster_id").to_pylist())) == 1:
        return "same"
    told = result.matches.to_pylist()
    return str(told[0]["decision"]) if told else "different"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mannerheimin Lastensuojeluliiton Sotkamon yhdistys ry", "MLL Sotkamo"),
        ("Suomen Punaisen Ristin Kajaanin osasto", "SPR Kajaani"),
        ("Eläkeliiton Kajaanin yhdistys ry", "Eläkeliitto Kajaanin yhdistys"),
        ("Kajaanin Martat ry", "Kajaanin Marttayhdistys"),
        ("Kajaanin Vapaaehtoinen Palokunta ry", "Kajaanin VPK"),
        ("Helsingfors FBK rf", "Helsingin VPK ry"),
        ("Kajaanin Kuvataide ry", "KAJAANIN KUVATAIDE R.Y."),
        ("Jyväskylän Sädekehät ry", "Jyvaskylan Sadekehat"),
        ("Kajaanin Sädekehät ry", "Kajaanin Sädekhät ry"),
        ("Työväen Sivistysliitto TSL ry", "TSL"),
        ("Kajaanin Sädekehät ry", "Kajaanin Sädekehät ry / hiihtojaosto"),
        ("Kajaanin Sädekehät ry", "KajaaninÂ\xa0SÃ¤dekehÃ¤t ry"),
        ("Suomen Latu, Kajaanin Latu", "Kajaanin Latu ry"),
        ("Kajaanin Sädekehät ry", "Kajaanin Sädekehien yhdistys"),
    ],
)
def test_one_organisation_by_name_alone(one: str, other: str) -> None:
    assert decide({"name": one}, {"name": other}) == "same"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Sotkamon Eläkeläiset ry", "Sotkamon Eläkkeensaajat ry"),
        ("Eläkeliiton Sotkamon yhdistys ry", "Sotkamon Eläkeläiset ry"),
        ("Vaasan NMKY ry", "Vaasan NNKY ry"),
        ("MLL Sotkamo", "MLL Kajaani"),
        ("MLL:n Kajaanin yhdistys", "MLL:n Kainuun piiri"),
        ("Kajaanin Martat ry", "Marttaliitto ry"),
        ("Sotkamon Kuvataide ry", "Kajaanin Kuvataide ry"),
        ("Sädekehät ry", "Sädekehäsäätiö sr"),
        ("Sädekehät ry", "Sädekehien Tuki ry"),
        ("Kajaanin Sädekehä ry", "Kajaanin Sädekehän Kannatusyhdistys ry"),
        ("Kajaanin Sädekehän Veteraanit ry", "Kajaanin Sädekehän Nuoret ry"),
        ("Esimerkkialan ammattiosasto 12", "Esimerkkialan ammattiosasto 13"),
        ("Marttaliitto ry", "Marthaförbundet rf"),
        ("Sädekehä-yhdistys", "Osuuskunta Sädekehä"),
        ("Sädekehäyhdistys", "Sädekehä-säätiö sr"),
        ("Noppa ja Nappula ry", "Noppa ja Nappula Kannatusyhdistys ry"),
        ("Pohjois-Savon Kuvataide ry", "Etelä-Savon Kuvataide ry"),
        ("Kangaslammin Martat", "Varkauden Martat"),
    ],
)
def test_never_one_organisation_even_with_the_same_phone_mail_and_site(one: str, other: str) -> None:
    office = {"phones": ["+358440000001"], "emails": ["toimisto@example.fi"], "hosts": ["example.fi"]}
    assert decide({"name": one}, {"name": other}) != "same"
    assert decide({"name": one, **office}, {"name": other, **office}) != "same"


def test_two_valid_business_ids_keep_equal_names_apart() -> None:
    a = {"name": "Sädekehät ry", "business_id": "9000001-0"}
    assert decide(a, {"name": "Sädekehät ry", "business_id": "9000002-9"}) == "different"


def test_a_translation_is_no_evidence_but_an_own_identifier_is() -> None:
    fi, sv = {"name": "Suomen Melontaliitto ry"}, {"name": "Finlands Kanotförbund rf"}
    assert decide(fi, sv) != "same"
    assert decide({**fi, "business_id": "9000001-0"}, {**sv, "business_id": "9000001-0"}) == "same"


def test_initials_need_the_place_and_a_contact() -> None:
    short, long = {"name": "KaPS"}, {"name": "Kajaanin Palloseura ry"}
    assert decide(short, long) != "same"
    more = {"municipality_code": "205", "phones": ["+358440000001"]}
    assert decide({**short, **more}, {**long, **more}) == "same"


FACTS = Path(__file__).parents[3] / "shared" / "facts" / "platforms"
FLOOR = 25
"""Alias pairs called one organisation from the two names alone: 29 of 62 when written. Not a blind measure: the weight
of `national_body`, families for abbreviations and the splitting of bilingual cells came after these pairs had been
looked at. Most of the rest are renames, translations and brands that only an identifier can settle."""


def _pairs(name: str) -> list[tuple[str, str]]:
    if not (FACTS / name).exists():
        pytest.skip("the fact sheets are not here")
    with (FACTS / name).open(encoding="utf-8", newline="") as f:
        return [(r["name_a"], r["name_b"]) for r in csv.DictReader(f)]


def _same(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those of the pairs that the score calls one organisation; all compared in one go, without blocking."""
    names = [name for pair in pairs for name in pair]
    table = features(pa.table({"record_id": [f"{i:05d}" for i in range(len(names))], "name": names}))
    aligned = pa.table({"a": list(range(0, len(names), 2)), "b": list(range(1, len(names), 2))})
    decision = score(compare(table, aligned), load_weights()).decision
    return [pair for pair, d in zip(pairs, decision.tolist(), strict=True) if d == SAME]


def test_known_aliases_are_found_from_names_alone() -> None:
    assert len(_same(_pairs("alias_pairs.csv"))) >= FLOOR


def test_no_known_hard_negative_is_merged() -> None:
    assert _same(_pairs("hard_negative_pairs.csv")) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kajaanin Sädekehät ry", "Kajaanin Sädekehät ry, Sotkamon Kirjopaja ry"),
        ("Kajaanin Sädekehät ry", "Kajaanin Sädekehät ry ja Sotkamon Kirjopaja ry"),
        ("KRELLI Kristilliset Eläkeläiset ry", "KRELLI paikallisyhdistykset"),
        ("Porvoon kaupunki", "Porvoon kaupunki ja kumppanit"),
        ("Kajaanin Sädekehät ry", "Kajaanin Sädekehien Kannnatusyhdistys ry"),
        ("Marttaliitto ry", "Marttaliiton Kannatusyhdistys ry"),
        ("Kotiväen Keskusliiton Kajaanin yhdistys ry", "Kotiväen Lepoliiton Kajaanin yhdistys ry"),
    ],
)
def test_several_bodies_together_and_bodies_beside_are_not_the_body(one: str, other: str) -> None:
    assert decide({"name": one}, {"name": other}) != "same"


@pytest.mark.parametrize(
    ("one", "other", "are_one"),
    [
        ("Kajaanin Työväen Soittokunta Kaiku", "Kajaanin Työväen Soittokunta Ahti", False),
        ("Kajaanin Työväen Soittokunta Kaiku", "Kajaanin Työväen Soittokunta Kaiuk", True),
        ("Kajaanin Työväen Soittokunta Kaiku", "Kajaanin Tyoväen Soitokunta Kaiku", True),
    ],
)
def test_other_words_beside_many_shared_ones_are_no_typing_error(one: str, other: str, *, are_one: bool) -> None:
    assert (decide({"name": one}, {"name": other}) == "same") is are_one


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kajaanin seurakunta", "Kajaanin ev.lut. seurakunta"),
        ("Lions Club Kajaani ry", "Kajaanin lionsklubi"),
        ("Kotiväen Keskusliiton Kajaanin yhdistys ry", "Kotiväen Keskusliitto Kajaani"),
        ("Kajaanin Sädekehien Kannatusyhdistys ry", "Kajaanin Sädekehien Kannnatusyhdistys"),
        ("Kajaanin Sädekehät ry", "Kajaanin Sädekehät ry kulttuuritoimikunta"),
        ("Eläkeliitto ry, Kajaanin yhdistys ry", "Eläkeliiton Kajaanin yhdistys ry"),
    ],
)
def test_one_body_in_two_wordings(one: str, other: str) -> None:
    assert decide({"name": one}, {"name": other}) == "same"


def test_a_form_column_that_settles_nothing_keeps_nobody_apart() -> None:
    a = {"name": "Kajaanin Sädekehät ry", "municipality_code": "205"}
    assert decide(a, {"name": "Kajaanin Sädekehät", "municipality_code": "205", "legal_form": None}) == "same"


def test_an_abbreviation_is_the_body_that_its_letters_name_and_not_its_supporters() -> None:
    office = {"municipality_code": "205", "phones": ["+358440000001"], "emails": ["toimisto@example.fi"]}
    short = {"name": "KPuS", **office}
    assert decide(short, {"name": "Kajaanin Puutarhaseura ry", **office}) == "same"
    assert decide(short, {"name": "Kajaanin Puutarhaseuran Kannatusyhdistys ry", **office}) != "same"
