"""Rows of a catalogue as services and organisations, whatever the columns are called."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from pipeline.sources.errors import SourceFailed
from pipeline.sources.items import Finding, Item, Unread

URI = "file:inbox/palvelut.csv"


@pytest.fixture
def read(read_as: Any) -> Callable[..., list[Any]]:
    return lambda *bodies, uri=URI, **options: read_as("catalogue", *bodies, uri=uri, **options)


def of(parsed: list[Any], kind: str) -> list[Item]:
    return [p for p in parsed if isinstance(p, Item) and p.kind == kind]


def codes(parsed: list[Any]) -> list[str]:
    return [p.code for p in parsed if isinstance(p, Finding)]


def test_a_row_is_a_service_with_its_organisation_themes_and_areas(read: Any) -> None:
    rows = "Palvelu;Tuottaja;Teema;Kunnat\nAteria-apu;Kuopion Apu ry;Ikäihmiset | Ruoka;Kuopio, Siilinjärvi"
    parsed = read(rows)
    (item,), (owner,) = of(parsed, "service"), of(parsed, "organization")
    assert (item.native_id, item.organization, owner.names[0].value) == (
        "Ateria-apu@Kuopion Apu ry", "organization/Kuopion Apu ry", "Kuopion Apu ry",
    )  # fmt: skip
    assert [t.label for t in item.terms] == ["Ikäihmiset", "Ruoka"]
    assert [a.name for a in item.areas] == ["Kuopio", "Siilinjärvi"] and codes(parsed) == []


def test_options_of_the_file_count_for_every_row(read: Any) -> None:
    parsed = read(
        "Palvelu;Kunta;Hinta\nSiivous;;5 €\nKävely;Iisalmi;",
        theme="Ikäihmiset",
        area=["Kuopio"],
        service_kind="hobby",
    )
    items = of(parsed, "service")
    assert [(i.areas[0].name, i.terms[0].label, i.service_kind) for i in items] == [
        ("Kuopio", "Ikäihmiset", "hobby"), ("Iisalmi", "Ikäihmiset", "hobby"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("cards", "urls"),
    [
        ("https://k.example.fi/1 https://k.example.fi/2", ["https://k.example.fi/1", "https://k.example.fi/2"]),
        ("www.k.example.fi/1", [None, None]),
        ("pyydä linkki", [None, None]),
    ],
)
def test_cards_belong_to_organisations_when_there_are_as_many(read: Any, cards: str, urls: list[Any]) -> None:
    parsed = read(f"Ala;Yleiskuvaus;Järjestöt;Toimijakortit\nPäihteet;Apua saa.;Aamu ry ja Ilta ry;{cards}")
    assert [o.url for o in of(parsed, "organization")] == urls
    (item,) = of(parsed, "service")
    assert (item.names[0].value, item.organization) == ("Päihteet", None)


def test_rows_that_are_no_services_and_columns_nobody_reads_are_told(read: Any) -> None:
    parsed = read("Palvelu;Järjestö;Sisäinen huomio\nOSA 1;;\nApu;A ry;ei julki\n;B ry;\n")
    assert codes(parsed) == ["row_without_organization", "row_without_organization"]
    assert [p for p in parsed if isinstance(p, Unread)] == [Unread("Sisäinen huomio")]
    assert "ei julki" not in str(parsed)
    assert "palvelut.csv, row 2 is no service" in next(p for p in parsed if isinstance(p, Finding)).message


def test_ids_stay_with_their_rows_and_twins_are_told(read: Any) -> None:
    parsed = read("Tunnus;Palvelu;Järjestö\n7;Apu;A ry\n7;Muu;B ry\n;Apu;A ry\n;Apu;A ry")
    assert [i.native_id for i in of(parsed, "service")] == ["7", "Muu@B ry", "Apu@A ry", "Apu@A ry~2"]
    assert codes(parsed) == ["duplicate_native_id"] and len(of(parsed, "organization")) == 2


@pytest.mark.parametrize(
    ("value", "expected"),
    [("31.12.2026", date(2026, 12, 31)), ("2026-12-31", date(2026, 12, 31)), ("toistaiseksi", None)],
)
def test_days_are_read_or_told(read: Any, value: str, expected: date | None) -> None:
    parsed = read(f"Palvelu;Voimassa;Laji\nApu;{value};Tuntematon")
    assert of(parsed, "service")[0].valid_to == expected
    assert codes(parsed) == ["code_unknown"] + ([] if expected else ["date_invalid"])


@pytest.mark.parametrize(
    ("body", "options", "sentence"),
    [
        ("<html><form>Kirjaudu</form></html>", {}, "palvelut.csv"),
        ("Nimi;Osoite\nA;B", {}, "no column names of a catalogue"),
        ("", {}, "is empty"),
        (b"%PDF-1.4", {}, "is a PDF"),
        ('{"a": 1}', {}, "is JSON"),
        ("Palvelu;Järjestö\nA;B", {"columns": {"card": "Kortti"}}, "columns names card"),
        ("Palvelu;Järjestö\nA;B", {"columns": {"kortti": "x"}}, "there is no field 'kortti'"),
        ("Palvelu;Järjestö\nA;B", {"service_kind": "apu"}, "service_kind: 'apu'"),
        ("Palvelu;Järjestö\nA;B", {"sheet": "Muu"}, "there is no sheet"),
    ],
)
def test_what_is_no_catalogue_fails_with_one_sentence(
    read: Any, body: str | bytes, options: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(SourceFailed, match=sentence) as failure:
        read(body, **options)
    assert "\n" not in str(failure.value)


def test_a_column_that_koonti_yml_names_wins(read: Any) -> None:
    parsed = read("Nimike;Palvelu;Taho\nApu;sisäinen;A ry", columns={"service": "Nimike", "organization": ["Taho"]})
    assert (of(parsed, "service")[0].names[0].value, of(parsed, "organization")[0].names[0].value) == ("Apu", "A ry")
