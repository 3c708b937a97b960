"""What a person is shown of a spreadsheet, and that the proposed entry reads it the same way."""

from collections.abc import Callable
from typing import Any

import yaml

from pipeline.sources.csv.inspect import id_of, inspect, render, render_entry

TEXT = (
    "Järjestölista;;;\nNimi;Kunta;Puhelin;Jäseniä\nA ry;Kuopio;040 000 0001;12\n;Kuopio;040 000 0002;3\nYhteensä;;;15\n"
)


def test_decisions_columns_and_counts_are_shown() -> None:
    found = inspect(TEXT.encode("cp1252"), "Lista 2025 (ä).csv", {})
    (sheet,) = found.sheets
    assert (found.format, found.encoding, found.delimiter) == ("csv", "cp1252", ";")
    assert (sheet.header_row, sheet.rows) == (2, 3)
    assert sheet.columns == (("Nimi", "name"), ("Kunta", "municipality"), ("Puhelin", "phone"))
    assert sheet.unrecognised == ("Jäseniä",)
    assert found.organisations == 1
    assert found.findings == (("record_without_name", 1), ("row_without_organization", 1))
    assert sheet.first_rows[0] == ("A ry", "Kuopio", "040 000 0001", "12")


def test_the_proposed_entry_reads_the_file_the_same_way(read: Callable[..., Any]) -> None:
    found = inspect(TEXT.encode(), "jossain/muualla/Lista 2025 (ä).csv", {"municipality": "Varkaus"})
    entry = yaml.safe_load(found.entry)
    (source,) = entry
    assert source == "lista_2025_a"
    options = entry[source]
    assert options.pop("kind") == "csv"
    assert options["path"] == "inbox/Lista 2025 (ä).csv"
    assert "publisher" not in options, "what the file does not tell is a remark, not a value"
    assert options["columns"] == {"name": "Nimi", "municipality": "Kunta", "phone": "Puhelin"}
    assert read(TEXT, **options).items == read(TEXT, municipality="Varkaus").items


def test_the_text_for_the_terminal_says_it_all(xlsx: Callable[..., bytes]) -> None:
    body = xlsx(
        {
            "Ohje": [["Moi", "hei"]],
            "Lista": [["Nimi", "Puh", "Gsm"], ["A ry", "1", "2"]],
            "Lopettaneet": [["Nimi"], ["B ry"]],
        }
    )
    text = render(inspect(body, "lista.xlsx", {}))
    assert "Sheet 'Lista': column names in row 1, 1 row below\n" in text
    assert "1 row below, of organisations that have ended" in text
    assert "Puh   ->  phone" in text
    assert "Not read: sheet 'Ohje'" in text
    assert "Organisations: 2" in text
    assert "kind: csv" in render_entry(inspect(body, "lista.xlsx", {}))
    assert all(line == line.rstrip() for line in text.splitlines())


def test_the_first_organisations_are_shown_as_they_will_stand_in_the_catalogue() -> None:
    body = b"Nimi;Postinro;Postitmp;Puh;Y-tunnus\nA ry;2100;ESPOO;040-0000001;0201256-6\nB ry;70100;KUOPIO;huono;1\n"
    found = inspect(body, "lista.csv", {})
    first, second = found.preview
    assert first == {
        "name": "A ry",
        "business_id": "0201256-6",
        "municipality": "Espoo",
        "postal_code": "02100",
        "phone": "+358400000001",
    }
    assert second == {"name": "B ry", "municipality": "Kuopio", "postal_code": "70100"}
    assert dict(found.findings) == {"business_id_invalid": 1, "phone_invalid": 1}
    assert "02100" in render(found)


def test_nothing_in_a_file_moves_the_cursor_of_the_terminal() -> None:
    body = "Nimi;Kunta;\x1b[2J\nA\x07\x1b[31m ry;Kuo\u202epio;x\n".encode()
    found = inspect(body, "li\x1bsta.csv", {})
    assert all(sign.isprintable() or sign == "\n" for sign in render(found) + render_entry(found))


def test_an_id_is_one_whatever_the_file_is_called() -> None:
    assert [id_of(name) for name in ("Lista 2025 (ä).csv", "2026.xlsx", "ÅÄÖ", "…", "a.b.csv")] == [
        "lista_2025_a",
        "list_2026",
        "aao",
        "list",
        "a_b",
    ]
