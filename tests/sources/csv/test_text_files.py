"""Text files read back cell for cell, in every encoding and with every delimiter that people use."""

import csv
import io
import itertools
import random
import re
import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.sources.csv.delimiter import _lenient
from pipeline.sources.csv.delimiter import cells as split_cells
from pipeline.sources.csv.encoding import _sloppy, decode
from pipeline.sources.csv.headers import recognise
from pipeline.sources.csv.reading import read
from pipeline.sources.errors import SourceFailed

HEADER = ["Nimi", "Puhelin", "Sähköposti"]
LETTERS = "abcdefghijklmnoprstuvyåäöABCDEFGHÅÄÖ0123456789 .,;:-/()'\"&+@|\t\n"
CELL = st.text(LETTERS, max_size=12)
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252", "iso-8859-1", "mac_roman", "cp850"]


def known(row: Any) -> int:
    return len(recognise(row))


def read_back(body: bytes) -> list[list[str | None]]:
    return [list(row) for row in read(body, "x", known, {}).grids[0].rows]


def blank(cell: str) -> str | None:
    return cell if cell.strip() else None


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.lists(CELL, min_size=3, max_size=3), min_size=1, max_size=6),
    encoding=st.sampled_from(ENCODINGS),
    delimiter=st.sampled_from([";", ",", "\t", "|"]),
    ends=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
@example([["Ä", "", ""]], "mac_roman", ";", "\r", csv.QUOTE_MINIMAL)
@example([['"Foo" ry', '"', '""']], "cp1252", ",", "\r\n", csv.QUOTE_ALL)
def test_any_table_reads_back_the_same_cells(
    rows: list[list[str]], encoding: str, delimiter: str, ends: str, quoting: Any
) -> None:
    stream = io.StringIO(newline="")
    # The last row has enough Finnish to know an 8-bit encoding by.
    table = [HEADER, *rows, ["Hämeenkyrön työväenyhdistys", "Älä hätäile", "pöytä"]]
    if ends == "\r":  # the writer of the standard library does not quote the other line end
        quoting = csv.QUOTE_ALL
    csv.writer(stream, delimiter=delimiter, lineterminator=ends, quoting=quoting).writerows(table)
    assert read_back(stream.getvalue().encode(encoding)) == [[blank(cell) for cell in row] for row in table]


@settings(max_examples=300, deadline=None)
@given(st.text('a;"\n ', max_size=40))
def test_quotation_marks_out_of_order_never_lose_a_letter(text: str) -> None:
    rows, _ = split_cells(text, ";")
    left = "".join(cell for row in rows for cell in row)
    assert left.count("a") == text.count("a")


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(CELL, min_size=2, max_size=3), min_size=1, max_size=4))
def test_the_lenient_rules_read_orderly_files_as_the_standard_does(rows: list[list[str]]) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=";", lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    assert _lenient(stream.getvalue(), ";") == rows


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "cp850", "utf-8"])
def test_eight_bit_encodings_are_told_apart_by_finnish_letters(encoding: str) -> None:
    text = "Nimi;Kunta\nÄhtärin Pöllöt ry;Ähtäri\n"
    found = decode(text.encode(encoding))
    assert (found.text, found.encoding) == (text, encoding)


def test_one_foreign_letter_in_a_windows_file_stays() -> None:
    assert decode("Nimi;Kunta\nŠakkikerho ry;Turku\n".encode("cp1252")).text.startswith("Nimi;Kunta\nŠakki")


def test_utf16_without_mark_is_found() -> None:
    assert decode("Nimi\tKunta\nÄijät ry\tTurku\n".encode("utf-16-be")).encoding == "utf-16-be"


@pytest.mark.parametrize("wrong", ["cp1252", "iso-8859-1", "mac_roman"])
@pytest.mark.parametrize("times", [1, 2])
def test_text_read_in_a_wrong_encoding_before_is_put_right(wrong: str, times: int) -> None:
    text = damaged = "Nimi;Kunta\nJärvi-Åbo höpöttäjät – ry;Mäntsälä\n"
    for _ in range(times if wrong != "mac_roman" else 1):
        damaged = damaged.encode().decode(wrong)
    found = decode(damaged.encode())
    assert found.text == text
    assert "put right" in found.notes[0]


@pytest.mark.parametrize("times", [1, 2, 3])
def test_text_read_wrongly_several_times_in_different_encodings_is_put_right(times: int) -> None:
    text = "Nimi;Kunta\nÄänekosken Äijät ry;Äänekoski\nÖljymäen ”Åkrat” – rf;Kuopio\n"
    for wrongs in itertools.product(("cp1252", "iso-8859-1", "mac_roman"), repeat=times):
        damaged = text
        for wrong in wrongs:
            damaged = _sloppy(damaged.encode(), wrong)
        assert decode(damaged.encode()).text == text, wrongs


def test_bytes_of_no_text_are_no_list_even_when_some_spell_letters() -> None:
    with pytest.raises(SourceFailed, match="x is not a text or spreadsheet; ask for the list as"):
        read(random.Random(1).randbytes(5000), "x", known, {})
    assert read_back("Nimi;Kunta\nYhtiö ry;Ii\n\x1a".encode("cp1252"))[1] == ["Yhtiö ry", "Ii"]


def test_right_text_with_odd_signs_is_left_alone() -> None:
    text = "Châlons √ Âge São\n"
    assert decode(text.encode()).text == text


def test_letters_of_two_characters_are_joined() -> None:
    assert decode(unicodedata.normalize("NFD", "Hyvinkää").encode()).text == "Hyvinkää"


def test_a_file_put_together_of_two_encodings_is_read_line_by_line() -> None:
    body = "Nimi;Kunta\nPöllö ry;Ähtäri\nMäyrä ry;Häme\n".encode() + "Känkkäränkkä ry;Turku\n".encode("cp1252")
    found = decode(body)
    assert found.text.endswith("Känkkäränkkä ry;Turku\n") and "Pöllö" in found.text


def test_half_of_the_lines_in_utf_8_are_enough_to_see_that_two_files_were_put_together() -> None:
    body = "Nimi;Kunta\nPöllö ry;Ähtäri\n".encode() + "Känkkäränkkä ry;Hämeenlinna\n".encode("cp1252")
    assert decode(body).text.splitlines()[1:] == ["Pöllö ry;Ähtäri", "Känkkäränkkä ry;Hämeenlinna"]


def test_the_given_encoding_is_obeyed_or_refused() -> None:
    assert decode(b"\x8a", "mac-roman").text == "ä"
    with pytest.raises(SourceFailed, match="not known"):
        decode(b"x", "kirjaimet")
    with pytest.raises(SourceFailed, match="is not utf-8"):
        decode(b"\xe4", "utf-8")


def test_sep_line_names_the_delimiter_and_is_no_row() -> None:
    assert read_back(b'sep=|\r\nNimi|Kunta\r\nA, B ry|"Kuopio|Iisalmi"\r\n') == [
        ["Nimi", "Kunta"],
        ["A, B ry", "Kuopio|Iisalmi"],
    ]


def test_decimal_commas_do_not_pass_for_delimiters() -> None:
    rows = "".join(f"Seura {n} ry;62,{n};27,{n};1,00\n" for n in range(9))
    assert read_back(("Seura;N;E;Avustus\n" + rows).encode())[1] == ["Seura 0 ry", "62,0", "27,0", "1,00"]


def test_a_list_of_names_alone_has_no_delimiter() -> None:
    assert read_back(b"Yhdistys\nA ry\nB, C ja D ry\nE ry\n")[2] == ["B, C ja D ry"]


def test_a_name_that_begins_with_a_quotation_mark_does_not_swallow_rows() -> None:
    text = 'Nimi;Kunta\n"Pelle" ry;Turku\n"Avoin ry;Salo\nTeatteri "Ilo" ry;Pori\n"A;B ""x"" ry";Oulu\n'
    assert read_back(text.encode()) == [
        ["Nimi", "Kunta"],
        ['"Pelle" ry', "Turku"],
        ['"Avoin ry', "Salo"],
        ['Teatteri "Ilo" ry', "Pori"],
        ['A;B "x" ry', "Oulu"],
    ]


def test_a_mark_that_is_never_closed_does_not_swallow_the_rest() -> None:
    rows = "".join(f"Seura {n} ry;Turku\n" for n in range(300))
    body = f'Nimi;Kunta\n"Auki ry;Salo\n{rows}Loppu ry;"Oulu"\n'
    assert len(read_back(body.encode())) == 303


def test_a_cell_of_several_lines_is_one_row(read_rows: Callable[[str], list[int]]) -> None:
    assert read_rows('Nimi;Osoite\nA ry;"Katu 1\n70100 Kuopio"\n\nB ry;Katu 2\n;Katu 3\n') == [5]


@pytest.fixture
def read_rows(read: Callable[..., Any]) -> Callable[[str], list[int]]:
    """Row numbers that findings name."""

    def _rows(text: str) -> list[int]:
        return [int(re.findall(r"row (\d+)", finding.message)[0]) for finding in read(text).findings]

    return _rows
