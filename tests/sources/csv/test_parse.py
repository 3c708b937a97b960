"""Rows become organisations with their values as written; every other row is accounted for."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from pipeline.sources.csv.contacts import taken_apart
from pipeline.sources.csv.coordinates import pair, placed
from pipeline.sources.csv.parse import parse, read_all
from pipeline.sources.csv.several import parts
from pipeline.sources.errors import SourceFailed
from pipeline.sources.snapshots import Capture


def test_every_field_goes_where_it_belongs(read: Callable[..., Any]) -> None:
    columns = {
        "Nimi": "A ry", "Muu nimi": "Aa", "Lyhenne": "A", "Entinen nimi": "B ry", "Nimi ruotsiksi": "A rf",
        "Yhteisömuoto": "yhdistys", "Y-tunnus": "0201256-6", "Rekisterinumero": "12.345", "Puhelin": "040 000 0001 / 2",
        "GSM": "044 000 0002", "Sähköposti": "a(at)example.fi", "Kotisivut": "www.example.fi", "Katuosoite": "Katu 1",
        "Postinumero": "600", "Postitoimipaikka": "HELSINKI", "Kuntanumero": "91", "Kunta": "Helsinki",
        "Kuvaus": "Hyvä.", "Toiminta": "Retkiä", "Teema": "liikunta; kulttuuri", "Puheenjohtaja": "Maija Malli",
        "Päivitetty": "3.2.2025", "Toimijakortti": "https://example.org/1", "Jäseniä": "12",
    }  # fmt: skip
    found = read(";".join(columns) + "\n" + ";".join(f'"{value}"' for value in columns.values()) + "\n")
    (item,) = found.items
    assert [(n.value, n.kind, n.language) for n in item.names] == [
        ("A ry", "official", None),
        ("Aa", "alternative", None),
        ("B ry", "former", None),
        ("A", "abbreviation", None),
        ("A rf", "parallel", "sv"),
    ]
    assert item.legal_form == "yhdistys"
    assert [(i.type, i.value) for i in item.identifiers] == [
        ("business_id", "0201256-6"),
        ("association_number", "12.345"),
    ]
    assert [p.value for p in item.phones] == ["040 000 0001 / 2", "044 000 0002"]
    assert [e.value for e in item.emails] == ["a(at)example.fi"]
    assert [(link.value, link.is_main) for link in item.links] == [("www.example.fi", True)]
    address = item.addresses[0]
    assert (address.street, address.postal_code, address.city) == ("Katu 1", "600", "HELSINKI")
    assert (address.municipality, address.municipality_code) == ("Helsinki", "91")
    assert [(t.field, t.value) for t in item.texts] == [("description", "Hyvä."), ("summary", "Retkiä")]
    assert [(t.scheme, t.label) for t in item.terms] == [("theme", "liikunta"), ("theme", "kulttuuri")]
    assert [(c.name, c.title) for c in item.contacts] == [("Maija Malli", "Puheenjohtaja")]
    assert (item.modified, item.url) == ("3.2.2025", "https://example.org/1")
    assert found.unread == ["Jäseniä"]


def test_formulas_of_a_csv_are_only_text(read: Callable[..., Any]) -> None:
    (item,) = read("Nimi;Kuvaus\nA ry;\"=CMD|' /C calc'!A0\"\n").items
    assert item.texts[0].value == "=CMD|' /C calc'!A0"


def test_rows_that_are_no_organisations_are_told(read: Callable[..., Any]) -> None:
    text = (
        "Nimi;Kunta;Puhelin\nA;;\nA-seura ry;Kuopio;1\nLIIKUNTA;;\nKulttuuri ja taide;;\nEläkeläisjärjestöt;;\n"
        "Nimi;Kunta;Puhelin\nPelkkä nimi;;\nVain Yhdistys ry;;\nYhteensä 3 yhdistystä;;\nYhteensä;;3\nLähde: kunta;;\n"
        ";Kuopio;040 000 0001\n-;Kuopio;2\n;;huomaa numero\n"
    )
    found = read(text)
    assert found.ids == ["A-seura ry@Kuopio", "Pelkkä nimi", "Vain Yhdistys ry"]
    assert found.codes.count("row_without_organization") == 9
    assert found.codes.count("record_without_name") == 2
    assert [f.level for f in found.findings if f.code == "row_without_organization"] == ["info"] * 9
    assert "lista.csv, row 13: no name" in found.findings[-3].message


def test_a_name_that_begins_like_a_total_stays(read: Callable[..., Any]) -> None:
    assert read("Nimi;Kunta\nYhteensä ry;Kuopio\nSummaa seuraa;Kuopio\nTotal Wellness;Kuopio\nSummeri;123\n").ids == [
        "Yhteensä ry@Kuopio",
        "Summaa seuraa@Kuopio",
        "Total Wellness@Kuopio",
        "Summeri@123",
    ]


def test_an_inserted_row_changes_no_other_id(read: Callable[..., Any]) -> None:
    rows = [f"Seura {n} ry;Kuopio" for n in range(20)] + ["Sama ry;Kuopio", "Sama ry;Kuopio", "Sama ry;Iisalmi"]
    before = read("Nimi;Kunta\n" + "\n".join(rows))
    assert before.ids[-3:] == ["Sama ry@Kuopio", "Sama ry@Kuopio~2", "Sama ry@Iisalmi"]
    rows.insert(3, "Uusi  ry ;Kuopio")
    random.Random(1).shuffle(rows)
    after = read("Nimi;Kunta\n" + "\n".join(rows))
    assert set(after.ids) - set(before.ids) == {"Uusi ry@Kuopio"}
    assert set(before.ids) <= set(after.ids)


def test_the_id_column_is_verbatim_and_its_faults_are_told(read: Callable[..., Any]) -> None:
    found = read("Koodi;Nimi;Kunta\n x7 ;A ry;Kuopio\nx8;B ry;\n;C ry;Oulu\nx8;D ry;Oulu\n", id_column="koodi")
    assert found.ids == [" x7 ", "x8", "C ry@Oulu", "D ry@Oulu"]
    assert found.codes == ["duplicate_native_id", "duplicate_native_id"]
    assert found.unread == []
    with pytest.raises(SourceFailed, match="id_column is Nro, but the columns are 'Koodi', 'Nimi'"):
        read("Koodi;Nimi\n1;A ry\n", id_column="Nro")


def test_a_recognised_id_is_used_unless_it_only_counts_rows(read: Callable[..., Any]) -> None:
    assert read("Tunniste;Nimi\n7;A ry\n3;B ry\n5;C ry\n").ids == ["7", "3", "5"]
    counted = "ID;Nimi\n1;A ry\n2;B ry\n3;C ry\n"
    assert read(counted).ids == ["A ry", "B ry", "C ry"]
    assert read(counted).unread == ["record_id"] * 3
    assert read(counted, id_column="ID").ids == ["1", "2", "3"]


def test_ids_are_unique_over_files_and_independent_of_their_order() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    captures = [Capture(f"file:{name}.csv", b"Nimi;Kunta\nA ry;Oulu\n", "", moment) for name in "ba"]
    forward = [item.native_id for item in read_all(captures, {}) if hasattr(item, "names")]
    assert forward == ["A ry@Oulu", "A ry@Oulu~2"]
    assert list(read_all(captures, {})) == list(read_all(captures[::-1], {}))


def test_several_organisations_in_a_cell_become_several_items(read: Callable[..., Any]) -> None:
    found = read("Nimi;Y-tunnus;Puhelin\nAa ry ja Bb ry;0201256-6;040 000 0001\n")
    assert found.ids == ["Aa ry ja Bb ry#1", "Aa ry ja Bb ry#2"]
    assert [item.names[0].value for item in found.items] == ["Aa ry", "Bb ry"]
    assert [item.identifiers for item in found.items] == [[], []]
    assert [(f.code, f.level) for f in found.findings] == [("several_organizations", "info")]


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        ("A-seura ry ja B-seura ry", 2),
        ("Kissa ry / Koira ry", 2),
        ("Kissa ry\nKoira r.y.\nHiiri ry", 3),
        ("Kissa ry; Kissasäätiö sr", 2),
        ("Kuvataide ja musiikki ry\nKoira ry", 2),
        ("Espoon ja Vantaan Muisti ry / Esbo och Vanda Minne rf", 1),
        ("Kissa ry och Hund rf", 2),
        ("Loviisan Järjestöt ry – Lovisa Föreningar rf", 1),
        ("Koti ja koulu ry", 1),
        ("Verkosta Virtaa / Eläkkeensaajien Keskusliitto EKL ry", 1),
        ("Tornion asuntopalvelusäätiö/ Meän talo", 1),
        ("Pohjola ry, Kuopion osasto", 1),
        ("ry / ry", 1),
    ],
)
def test_names_are_split_only_when_each_part_has_its_legal_form(cell: str, count: int) -> None:
    assert len(parts(cell)) == count


def test_contacts_in_one_cell_are_taken_apart(read: Callable[..., Any]) -> None:
    (item,) = read(
        'Nimi;Yhteystiedot\nA ry;"Maija Malli, pj, puh. 040 000 0123, maija@example.fi, www.example.fi"\n'
    ).items
    assert [(c.name, c.title) for c in item.contacts] == [("Maija Malli", "pj")]
    assert [p.value for p in item.phones] == ["040 000 0123"]
    assert [e.value for e in item.emails] == ["maija@example.fi"]
    assert [link.value for link in item.links] == ["www.example.fi"]


@pytest.mark.parametrize(
    ("cell", "persons", "phones", "emails", "rest"),
    [
        ("Testi Henkilö, (09) 000 0002, a@example.fi", ["Testi Henkilö"], ["(09) 000 0002"], ["a@example.fi"], []),
        ("+3584000000003", [], ["+3584000000003"], [], []),
        (
            "Maija Malli 040-0000001\nPekka Malli 044-0000002",
            ["Maija Malli", "Pekka Malli"],
            ["040-0000001", "044-0000002"],
            [],
            [],
        ),
        ("a (at) example.fi", [], [], ["a (at) example.fi"], []),
        ("Katu 3, 70100 Kuopio", [], [], [], ["Katu 3", "70100 Kuopio"]),
    ],
)
def test_contact_cells(cell: str, persons: list[str], phones: list[str], emails: list[str], rest: list[str]) -> None:
    found = taken_apart(cell)
    assert ([name for name, _ in found.persons], found.phones, found.emails, found.rest) == (
        persons,
        phones,
        emails,
        rest,
    )


def test_what_is_left_of_a_contact_cell_is_told(read: Callable[..., Any]) -> None:
    assert read("Nimi;Yhteystiedot\nA ry;Katu 3\n").codes == ["record_unreadable"]


@pytest.mark.parametrize(
    ("y", "x", "result"),
    [
        ("61,1643654", "23,87", ("61,1643654", "23,87", "EPSG:4326")),
        ("23.87", "61.16", ("61.16", "23.87", "EPSG:4326")),
        ("61.16°N", "23.87°E", ("61.16°N", "23.87°E", "EPSG:4326")),
        ("6 982 000", "534000", ("6 982 000", "534000", "EPSG:3067")),
        ("534000.5", "6982000", ("6982000", "534000.5", "EPSG:3067")),
        ("6704984", "23455035", None),
        ("-", "-", None),
        ("61.1", None, None),
    ],
)
def test_coordinates_tell_their_system_by_size(y: str | None, x: str | None, result: Any) -> None:
    assert placed(y, x) == result


def test_coordinates_in_one_cell() -> None:
    assert pair("61.16°N, 23.86°E") == ("61.16°N", "23.86°E")
    assert pair("61,16; 23,86") == ("61,16", "23,86")
    assert pair("61.16,23.86") == ("61.16", "23.86")
    assert pair("tori") is None


def test_unknown_coordinates_are_told_and_not_kept(read: Callable[..., Any]) -> None:
    found = read("Nimi;X;Y;lat;lon\nA ry;;;6704984;23455035\nB ry;;;;\n")
    assert [(f.code, f.value) for f in found.findings] == [("coordinates_invalid", "6704984, 23455035")]
    assert all(not item.addresses for item in found.items)


def test_defaults_of_koonti_yml_fill_only_what_is_missing(read: Callable[..., Any]) -> None:
    found = read("Nimi;Paikkakunta\nA ry;\nB ry;Oulu\n", municipality="Varkaus", organization_type="association")
    assert [(a.municipality, a.city) for item in found.items for a in item.addresses] == [
        ("Varkaus", None),
        (None, "Oulu"),
    ]
    assert {item.organization_type for item in found.items} == {"association"}
    assert found.ids == ["A ry", "B ry@Oulu"]
    with pytest.raises(SourceFailed, match="organization_type: 'seura' is not known"):
        read("Nimi\nA ry\n", organization_type="seura")


def test_postal_code_and_town_in_one_cell(read: Callable[..., Any]) -> None:
    (item,) = read("Nimi;Osoite;Postinumero ja toimipaikka\nA ry;Katu 1;70100 KUOPIO\n").items
    address = item.addresses[0]
    assert (address.street, address.postal_code, address.city) == ("Katu 1", "70100", "KUOPIO")


def test_given_and_family_name_are_one_person(read: Callable[..., Any]) -> None:
    (item,) = read("Nimi;Etunimi;Sukunimi;Tehtävä;Yhteyshenkilön puhelin\nA ry;Maija;Malli;pj;040 000 0001\n").items
    assert [(c.name, c.title, c.phone) for c in item.contacts] == [("Maija Malli", "pj", "040 000 0001")]


def test_parse_has_the_signature_of_the_contract() -> None:
    assert list(parse([], None, {})) == []  # type: ignore[arg-type]


def test_twenty_thousand_rows_are_all_read(read: Callable[..., Any]) -> None:
    rows = "".join(f"Seura {n} ry;{n:07}-1;Katu 1;70100;Kuopio;040 000 0001;a{n}@example.fi\n" for n in range(20_000))
    found = read("Nimi;Y-tunnus;Katuosoite;Postinumero;Postitoimipaikka;Puhelin;Sähköposti\n" + rows)
    assert len(found.items) == 20_000
