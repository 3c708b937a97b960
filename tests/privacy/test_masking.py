"""A suppressed value is found in every dress that a file can give it, and the file stays what it was."""

import gzip
import html
import io
import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from pipeline.privacy.masking import MASK, found_in, mask_bytes
from pipeline.privacy.needles import Needle

NAME = Needle("name", "Väinö Öhman-Testinen", "sup_1")
PHONE = Needle("phone", "044 000 0101", "sup_2")
EMAIL = Needle("email", "vaino.ohman@example.org", "sup_3")
ALL = (NAME, PHONE, EMAIL)
ASCII_JSON = json.dumps({"a": NAME.value, "b": PHONE.value, "c": EMAIL.value}).encode()


def left(body):
    return found_in(mask_bytes(body, ALL), ALL)


@pytest.mark.parametrize("text", [
    "Väinö Öhman-Testinen", "VÄINÖ ÖHMAN-TESTINEN", "väinö  öhman-testinen", "Öhman-Testinen, Väinö",
    "Väinö\nÖhman-Testinen", "Väinö Öhman-Testisen", "Väinö Öhman-Testiselle", "Vaino Ohman-Testinen",
    "Va\u0308ino\u0308 O\u0308hman-Testinen", "<b>Väinö</b> <i>Öhman-Testinen</i>",
    "V&auml;in&ouml;&nbsp;&Ouml;hman-Testinen",
    html.escape("Väinö Öhman-Testinen").encode("ascii", "xmlcharrefreplace").decode(), quote("Väinö Öhman-Testinen"),
    "VÃ¤inÃ¶ Ã\u0096hman-Testinen", json.dumps("Väinö Öhman-Testinen"), "https://example.org/vaino-ohman-testinen",
])  # fmt: skip
def test_a_name_is_found_in_every_dress(text):
    masked = mask_bytes(f"Ota yhteyttä: {text}!".encode(), (NAME,)).decode()
    assert MASK in masked
    assert "hman" not in masked.casefold()


@pytest.mark.parametrize("text", [
    "0440000101", "044 000 0101", "+358 44 000 0101", "+358440000101", "00358-44-0000101", "(044) 000 0101",
    "044&nbsp;000&nbsp;0101", "tel:+358440000101", "%2B358440000101", "044\u2011000\u20110101", "044.000.0101",
    "+358 (0)44 000 0101",
])  # fmt: skip
def test_a_phone_number_is_found_however_it_is_written(text):
    masked = mask_bytes(f"Puh. {text}, arkisin".encode(), (PHONE,)).decode()
    assert "0101" not in masked
    assert masked.startswith("Puh. ")
    assert masked.endswith(", arkisin")


@pytest.mark.parametrize("text", ["vaino.ohman@example.org", "Vaino.Ohman@Example.org", "vaino.ohman(at)example.org",
                                  "vaino.ohman [ät] example.org", "vaino.ohman%40example.org",
                                  "vaino.ohman&#64;example.org",
                                  "".join(f"&#{ord(c)};" for c in "vaino.ohman@example.org")])  # fmt: skip
def test_an_address_is_found_in_every_dress(text):
    assert b"ohman" not in mask_bytes(f"mailto:{text} x".encode(), (EMAIL,)).lower()


@pytest.mark.parametrize("text", ["Väinö Öhman", "Testinen", "1440000101", "0440000102", "avaino.ohman@example.org.uk"])
def test_what_only_resembles_a_value_stays(text):
    assert mask_bytes(text.encode(), ALL) == text.encode()


def test_json_stays_json_and_a_number_a_number():
    made = json.loads(mask_bytes(json.dumps({"n": 440000101, "t": "0440000101", "l": [358440000101]}).encode(), ALL))
    assert made == {"n": 0, "t": MASK, "l": [0]}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_table_in_any_encoding_loses_the_value_only(encoding):
    body = f"Nimi;Puhelin\r\n{NAME.value};{PHONE.value}\r\nÄäkkönen ry;017 000 0101\r\n".encode(encoding)
    made = mask_bytes(body, ALL)
    assert left(body) == ()
    assert "Äkkönen".casefold()[1:] in made.decode(encoding)
    assert made.decode(encoding).splitlines()[0] == "Nimi;Puhelin"


def test_packed_files_are_taken_apart_and_put_together_again():
    book = Workbook()
    book.active.append(["Esimerkki ry", NAME.value, 440000101])
    out = io.BytesIO()
    book.save(out)
    for body in (out.getvalue(), gzip.compress(out.getvalue()), gzip.compress(ASCII_JSON)):
        assert set(found_in(body, ALL)) >= {NAME, PHONE}
        assert left(body) == ()
    made = load_workbook(io.BytesIO(mask_bytes(out.getvalue(), ALL))).active
    assert [c.value for c in made[1]] == ["Esimerkki ry", MASK, 0]


def test_a_calendar_with_broken_lines_is_read_whole():
    body = b"BEGIN:VCALENDAR\r\nDESCRIPTION:Soita vaino.oh\r\n man@example.org\r\nEND:VCALENDAR\r\n"
    assert b"man@example" not in mask_bytes(body, ALL)


def test_a_binary_file_keeps_its_length():
    body = (
        b"\xd0\xcf\x11\xe0"
        + b"\x00\x01" * 8
        + NAME.value.encode("utf-16-le")
        + b"\x00\xff"
        + EMAIL.value.encode()
        + b"\x00"
    )
    made = mask_bytes(body, ALL)
    assert len(made) == len(body)
    assert NAME.value.encode("utf-16-le") not in made
    assert EMAIL.value.encode() not in made


@given(st.text(max_size=80))
def test_a_text_without_the_values_stays_byte_for_byte(text):
    body = text.encode("utf-8", "surrogatepass")
    if not any(n.pattern.search(text) for n in ALL):
        assert mask_bytes(body, ALL) == body
