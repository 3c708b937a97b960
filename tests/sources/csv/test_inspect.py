"""What a person is shown of a spreadsheet, and that the proposed entry reads it the same way."""

from collections.abc import Callable
from typing import Any

import yaml

from pipeline.sources.csv.inspect import inspect, render

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
    assert "kind: csv" in text
    assert all(line == line.rstrip() for line in text.splitlines())
