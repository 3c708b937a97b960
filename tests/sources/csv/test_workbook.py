"""Workbooks of every kind give the same cells, and hostile or foreign files one sentence."""

import io
import struct
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.sources.csv import archive
from pipeline.sources.csv.reading import read as read_book
from pipeline.sources.errors import SourceFailed
from tests.sources.csv.conftest import zipped

ROWS = [["Nimi", "Kunta"], ["Kylätalo ry", "Kuopio"], ["Åboföreningen rf", "Turku"]]


def cells(body: bytes, **options: Any) -> list[list[str | None]]:
    return [list(row) for row in read_book(body, "lista", lambda row: 0, options).grids[0].rows]


def test_xlsx_values_read_as_they_look(xlsx: Callable[..., bytes]) -> None:
    moment = datetime(2024, 5, 1, 9, 30)  # noqa: DTZ001 -- workbooks know no time zones
    assert cells(xlsx({"A": [[70100, 1.5, True, "=1+1", "007", None, "x"]]})) == [
        ["70100", "1.5", "TRUE", None, "007", None, "x"]
    ]
    assert cells(xlsx({"A": [[date(2024, 5, 1), moment, time(9, 30)]]})) == [
        ["2024-05-01", "2024-05-01 09:30:00", "09:30:00"]
    ]


def test_a_long_phone_number_kept_as_a_number_keeps_its_digits(xlsx: Callable[..., bytes]) -> None:
    assert cells(xlsx({"A": [[358400000123]]})) == [["358400000123"]]


def test_rows_keep_their_number_when_the_sheet_begins_below(xlsx: Callable[..., bytes]) -> None:
    assert cells(xlsx({"A": [[], [], [None, "Nimi"]]})) == [[None, None], [None, None], [None, "Nimi"]]


def test_old_xls_is_read(xls: Callable[..., bytes], read: Callable[..., Any]) -> None:
    body = xls([["Nimi", "Postinumero"], ["Kylätalo ry", 70100.0]])
    assert read_book(body, "x", lambda row: 0, {}).format == "xls"
    assert read(body, "väärä.csv").items[0].addresses[0].postal_code == "70100"


def test_ods_is_read(ods: Callable[..., bytes]) -> None:
    assert cells(ods(ROWS)) == ROWS


def test_a_html_table_called_xls_is_read_in_the_encoding_it_names() -> None:
    page = (
        '<html><head><meta charset="iso-8859-1"></head><body><p>Lista</p><table>'
        "<tr><th>Nimi</th><th>Kunta</th></tr><tr><td>Kylätalo&nbsp;ry</td><td>Kuopio</td></tr>"
        "<tr><td rowspan=2>Seura<br>ry</td><td>Iisalmi</td></tr><tr><td>Siilinjärvi</td></tr></table></body></html>"
    )
    book = read_book(page.encode("iso-8859-1"), "lista.xls", lambda row: 0, {})
    assert book.format == "html"
    assert [list(row) for row in book.grids[0].rows] == [
        ["Nimi", "Kunta"],
        ["Kylätalo\xa0ry", "Kuopio"],
        ["Seura\nry", "Iisalmi"],
        [None, "Siilinjärvi"],
    ]


def test_a_cell_merged_down_counts_for_every_row(xlsx: Callable[..., bytes], read: Callable[..., Any]) -> None:
    rows = [["Nimi", "Kunta"], ["A-seura ry", "Kuopio"], ["B-seura ry", None], ["C-seura ry", None]]
    found = read(xlsx({"A": rows}, {"A": ["B2:B4"]}))
    assert [item.addresses[0].municipality for item in found.items] == ["Kuopio"] * 3


def test_hidden_sheets_are_passed_over_unless_named(xlsx: Callable[..., bytes], read: Callable[..., Any]) -> None:
    body = xlsx({"A": ROWS, "Vanha": [["Nimi"], ["Piilo ry"]]}, hidden=["Vanha"])
    assert read(body).ids == ["Kylätalo ry@Kuopio", "Åboföreningen rf@Turku"]
    assert read(body, sheet="Vanha").ids == ["Piilo ry"]
    (finding,) = read(body).findings
    assert "sheet 'Vanha' is hidden and was not read" in finding.message


def test_formulas_that_were_never_worked_out_are_told_and_those_with_a_value_are_not(
    raw_xlsx: Callable[[str], bytes], read: Callable[..., Any]
) -> None:
    def cell(place: str, formula: str, value: str) -> str:
        return f'<c r="{place}"{formula}><f>A1&amp;B1</f>{value}</c>'

    head = '<row r="1"><c r="A1" t="str"><v>Nimi</v></c><c r="B1" t="str"><v>Kunta</v></c></row>'
    named = '<c r="A2" t="str"><v>A ry</v></c>'
    fine = cell("B2", ' t="str"', "<v>Kuopio</v>") + cell("C2", ' t="str"', "<v></v>") + cell("D2", "", "<v>2</v>")
    found = read(raw_xlsx(f'{head}<row r="2">{named}{fine}</row>'))
    assert (found.items[0].addresses[0].municipality, found.findings) == ("Kuopio", [])
    lacking = "".join(cell(place, "", value) for place, value in (("B2", "<v></v>"), ("C2", "<v/>"), ("D2", "")))
    (finding,) = read(raw_xlsx(f'{head}<row r="2">{named}{lacking}</row>')).findings
    assert (finding.code, finding.level) == ("record_unreadable", "warning")
    assert finding.message.startswith("lista.csv: formulas without a value: 3, read as empty cells; open the file in")


def test_files_with_a_password_say_so(xlsx: Callable[..., bytes], ods: Callable[..., bytes]) -> None:
    locked = bytearray(xlsx({"A": ROWS}))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = -1
        while (start := locked.find(mark, start + 1)) >= 0:
            locked[start + place] |= 1
    with zipfile.ZipFile(io.BytesIO(ods(ROWS))) as whole:
        parts = {name: whole.read(name).decode() for name in whole.namelist()}
    inside = "<manifest:encryption-data/></manifest:manifest>"
    parts["META-INF/manifest.xml"] = parts["META-INF/manifest.xml"].replace("</manifest:manifest>", inside)
    for body in (bytes(locked), zipped(parts)):
        with pytest.raises(SourceFailed, match=r"^lista is protected by a password; save a copy without one\.$"):
            cells(body)


def test_cells_without_positions_are_read(raw_xlsx: Callable[[str], bytes]) -> None:
    data = "<row><c t='str'><v>Nimi</v></c><c t='str'><v>Kunta</v></c></row><row><c t='str'><v>Seura ry</v></c></row>"
    assert cells(raw_xlsx(data)) == [["Nimi", "Kunta"], ["Seura ry", None]]


def test_a_formatted_but_blank_far_cell_does_not_matter(raw_xlsx: Callable[[str], bytes]) -> None:
    data = '<row r="1"><c r="A1" t="str"><v>Nimi</v></c><c r="XFD1" s="0"/></row>'
    assert cells(raw_xlsx(data)) == [["Nimi"]]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        ('<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>', "cell XFD1"),
        ('<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="A1048576"><v>1</v></c></row>', "1000000 rows"),
        ('<row r="1"><c r="CZ1"><v>1</v></c></row><row r="900000"><c r="A900000"><v>1</v></c></row>', "too many"),
    ],
)
def test_two_cells_far_apart_do_not_fill_the_memory(raw_xlsx: Callable[[str], bytes], data: str, says: str) -> None:
    with pytest.raises(SourceFailed, match=says):
        cells(raw_xlsx(data))


def test_a_zip_bomb_is_not_unpacked_whatever_it_says_of_its_size(
    raw_xlsx: Callable[[str], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_UNPACKED", 3_000_000)
    body = bytearray(raw_xlsx(" " * 5_000_000))
    true_size = struct.pack("<I", zipfile.ZipFile(io.BytesIO(body)).getinfo("xl/worksheets/sheet1.xml").file_size)
    assert true_size in body
    with pytest.raises(SourceFailed, match="unpacks to more than"):
        cells(bytes(body))
    with pytest.raises(SourceFailed, match="unpacks to more than"):
        cells(bytes(body.replace(true_size, struct.pack("<I", 1000))))


def test_a_great_ratio_is_refused_below_the_absolute_bound(
    raw_xlsx: Callable[[str], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "_SMALL", 1_000_000)
    with pytest.raises(SourceFailed, match="unpacks to more than"):
        cells(raw_xlsx(" " * 5_000_000))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b"  \r\n ", "empty"),
        (b"%PDF-1.7 ...", "a PDF"),
        (b"\x1f\x8b\x08 ...", "compressed"),
        (b'{"nimi": "x"}', "JSON"),
        (b"<!DOCTYPE html><html><body>Kirjaudu</body></html>", "log-in page"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "XML spreadsheet"),
        (b"PK\x03\x04 cut short", "half-copied"),
        (b"\x00\xff\xfe\x17" * 500, "not a text"),
        (b"\x00" * 2000, "zeros"),
        (b"Nimi;Kunta\x81\x00\x00\x00\x00" * 99, "not a text"),
    ],
)
def test_what_is_no_spreadsheet_is_said_in_one_sentence(body: bytes, says: str) -> None:
    with pytest.raises(SourceFailed, match=says) as caught:
        cells(body)
    assert "\n" not in str(caught.value)


def test_word_files_and_other_archives_are_named() -> None:
    for name, says in (("word/document.xml", "Word"), ("Index/Tables.iwa", "Numbers"), ("kuva.png", "zip archive")):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as made:
            made.writestr(name, "x")
        with pytest.raises(SourceFailed, match=says):
            cells(stream.getvalue())


def test_password_protection_is_named(office_container: Callable[..., bytes]) -> None:
    with pytest.raises(SourceFailed, match="password"):
        cells(office_container({"EncryptionInfo": b"x", "EncryptedPackage": b"y"}))


def test_other_old_office_files_are_named(office_container: Callable[..., bytes]) -> None:
    with pytest.raises(SourceFailed, match="not a spreadsheet"):
        cells(office_container({"WordDocument": b"x"}))


def test_a_damaged_sheet_is_a_sentence(xlsx: Callable[..., bytes]) -> None:
    body = bytearray(xlsx({"A": ROWS}))
    with zipfile.ZipFile(io.BytesIO(bytes(body))) as made:
        start = made.getinfo("xl/worksheets/sheet1.xml").header_offset + 60
    body[start : start + 40] = b"\xff" * 40
    with pytest.raises(SourceFailed, match="damaged"):
        cells(bytes(body))


def test_bounds_of_text_files_are_kept() -> None:
    with pytest.raises(SourceFailed, match="column 501"):
        cells((";" * 500 + "x\n" + "a;b\n").encode())


def test_repeated_values_of_ods_do_not_fill_the_memory(ods: Callable[..., bytes]) -> None:
    with zipfile.ZipFile(io.BytesIO(ods([["Nimi"]]))) as made:
        parts = {entry: made.read(entry).decode() for entry in made.namelist()}
    for where, count in (("cell office", "columns-repeated"), ("row", "rows-repeated")):
        content = parts["content.xml"].replace(
            f"<table:table-{where}",
            f'<table:table-{where.split()[0]} table:number-{count}="1000000" '
            + ("office" if "office" in where else ""),
        )
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as made:
            for name, text in (parts | {"content.xml": content}).items():
                made.writestr(name, text)
        with pytest.raises(SourceFailed, match="repeats a value"):
            cells(stream.getvalue())


@pytest.mark.parametrize("kind", ["xls", "xlsx"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=8))
def test_damage_anywhere_is_a_sentence_or_is_read(
    xls: Callable[..., bytes],
    xlsx: Callable[..., bytes],
    read: Callable[..., Any],
    kind: str,
    places: list[tuple[float, int]],
) -> None:
    body = bytearray(xls(ROWS) if kind == "xls" else xlsx({"A": ROWS}))
    for place, byte in places:
        body[int(place * len(body))] = byte
    try:
        read(bytes(body))
    except SourceFailed as error:
        assert "\n" not in str(error)
