"""The table is found among titles, remarks, group headers and other sheets."""

from collections.abc import Callable
from typing import Any

import pytest

from pipeline.sources.errors import SourceFailed


def test_titles_above_the_header_are_skipped(read: Callable[..., Any]) -> None:
    text = "Yhdistykset;;\nPäivitetty 3.2.2025;;\n;;\nNimi;Kunta;Puhelin\nA ry;Kuopio;040 000 0001\n"
    found = read(text)
    assert found.ids == ["A ry@Kuopio"]
    assert found.findings == []


def test_two_header_rows_are_joined(read: Callable[..., Any]) -> None:
    text = (
        "Nimi;Osoite;;;Yhteyshenkilö;;\n;Katuosoite;Postinro;Postitoimipaikka;nimi;puh;sähköposti\n"
        "A ry;Katu 1;70100;Kuopio;Maija Malli;040 000 0001;maija@example.fi\n"
    )
    (item,) = read(text).items
    address, contact = item.addresses[0], item.contacts[0]
    assert (item.names[0].value, address.street, address.postal_code, address.city) == (
        "A ry",
        "Katu 1",
        "70100",
        "Kuopio",
    )
    assert (contact.name, contact.phone, contact.email) == ("Maija Malli", "040 000 0001", "maija@example.fi")
    assert item.phones == []


def test_merged_group_headers_count_for_their_columns_only(
    xlsx: Callable[..., bytes], read: Callable[..., Any]
) -> None:
    rows = [
        ["Järjestö", "Puheenjohtaja", None, "Puhelin"],
        [None, "nimi", "puh", None],
        ["A ry", "Maija Malli", "040 000 0001", "040 000 0002"],
    ]
    (item,) = read(xlsx({"Lista": rows}, {"Lista": ["A1:A2", "B1:C1", "D1:D2"]})).items
    assert (item.contacts[0].name, item.contacts[0].phone) == ("Maija Malli", "040 000 0001")
    assert [phone.value for phone in item.phones] == ["040 000 0002"]


def test_a_given_header_row_is_obeyed(read: Callable[..., Any]) -> None:
    assert read("Nimi;Kunta\nYhdistys;Kotipaikka\nA ry;Kuopio\n", header_row=2).ids == ["A ry@Kuopio"]
    with pytest.raises(SourceFailed, match="header_row is 9"):
        read("Nimi;Kunta\nA ry;Kuopio\n", header_row=9)
    with pytest.raises(SourceFailed, match="not a row number"):
        read("Nimi;Kunta\nA ry;Kuopio\n", header_row="eka")


def test_a_sheet_that_ends_before_the_header_row_is_told(xlsx: Callable[..., bytes], read: Callable[..., Any]) -> None:
    body = xlsx({"Ohje": [["Moi"]], "Lista": [["x", "y"], ["Nimi", "Kunta"], ["A ry", "Kuopio"]]})
    found = read(body, header_row=2)
    assert found.ids == ["A ry@Kuopio"]
    assert ["Ohje" in finding.message for finding in found.findings] == [True]


def test_a_list_without_header_is_read_by_letters(read: Callable[..., Any]) -> None:
    found = read("A ry;Kuopio\nB ry;Iisalmi\n", header_row=0, columns={"name": "A", "municipality": "B"}, delimiter=";")
    assert found.ids == ["A ry@Kuopio", "B ry@Iisalmi"]


def test_all_sheets_with_names_are_read_and_the_others_are_told(
    xlsx: Callable[..., bytes], read: Callable[..., Any]
) -> None:
    body = xlsx(
        {
            "Ohje": [["Täytä lista"], ["Kiitos"]],
            "Liikunta": [["Seura", "Kunta"], ["A ry", "Kuopio"]],
            "Kulttuuri": [["Yhdistys", "Kotipaikka"], ["B ry", "Kuopio"]],
            "Lopettaneet": [["Nimi", "Purettu"], ["C ry", "2019"]],
        }
    )
    found = read(body, "lista.xlsx")
    assert [(item.native_id, item.status) for item in found.items] == [
        ("A ry@Kuopio", None),
        ("B ry@Kuopio", None),
        ("C ry", "ended"),
    ]
    assert [finding.message for finding in found.findings] == [
        "lista.xlsx, sheet 'Ohje' was not read, because it has no known column of names; rows: 2."
    ]
    assert found.unread == ["Purettu"]


def test_a_given_sheet_is_the_only_one_read(xlsx: Callable[..., bytes], read: Callable[..., Any]) -> None:
    body = xlsx({"A": [["Nimi"], ["A ry"]], "B": [["Nimi"], ["B ry"]]})
    assert read(body, sheet="b ").ids == ["B ry"]
    assert read(body, sheet=2).ids == ["B ry"]
    with pytest.raises(SourceFailed, match="no sheet 'C'; the sheets are 'A', 'B'"):
        read(body, sheet="C")


def test_no_column_of_names_says_what_was_read_and_what_to_write(read: Callable[..., Any]) -> None:
    with pytest.raises(SourceFailed) as caught:
        read("Teho;Osoite;Hallinta\n22;Katu 1;Kesko\n", "lista.csv")
    message = str(caught.value)
    assert "lista.csv" in message and "'Teho', 'Osoite', 'Hallinta'" in message and "columns: {name: Teho}" in message
    assert read("Teho;Osoite;Hallinta\n22;Katu 1;Seura\n", columns={"name": "Hallinta"}).ids == ["Seura"]


def test_columns_that_are_not_there_are_named(read: Callable[..., Any]) -> None:
    with pytest.raises(SourceFailed, match=r"columns says phone: Soitto, but the columns are 'Nimi', 'Puh'"):
        read("Nimi;Puh\nA ry;1\n", columns={"phone": "Soitto"})
    with pytest.raises(SourceFailed, match="there is no field 'puhelin'"):
        read("Nimi;Puh\nA ry;1\n", columns={"puhelin": "Puh"})


def test_a_known_word_deep_in_the_data_is_not_the_header(read: Callable[..., Any]) -> None:
    with pytest.raises(SourceFailed, match="'avain', 'arvo'"):
        read("avain,arvo\na,b\nc,d\ne,f\nyhdistys,g\nh,i\n")


def test_a_header_without_rows_is_no_list(read: Callable[..., Any]) -> None:
    with pytest.raises(SourceFailed, match=r"lista.csv has column names but no rows below them; put the list there"):
        read("Nimi;Kunta\n;\n")
