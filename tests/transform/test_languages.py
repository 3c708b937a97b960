"""Languages by code and name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.transform.languages import language


@pytest.mark.parametrize(
    ("raw", "code"),
    [("fi", "fi"), ("FI", "fi"), ("fi-FI", "fi"), ("en_GB", "en"), ("fin", "fi"), ("swe", "sv"), ("ger", "de"),
     ("suomi", "fi"), ("Suomen kieli", "fi"), ("Finnish", "fi"), ("ruotsi", "sv"), ("svenska", "sv"), ("viro", "et"),
     ("se-SE", "se"), ("sv-SE", "sv"), ("smn", "smn"), ("sms", "sms"), ("pohjoissaame", "se"), ("fisl", "fse"),
     ("Suomalainen viittomakieli", "fse"), ("zh-Hans-CN", "zh"), ("so-SO", "so"), ("uk-UA", "uk")],
)  # fmt: skip
def test_a_language_is_read_from_code_or_name(raw, code):
    assert language(raw) == (code, None)


@pytest.mark.parametrize("raw", ["xx", "klingon", "fi-", "123", "Kuopio"])
def test_anything_else_is_reported(raw):
    assert language(raw) == (None, "language_unknown")


def test_an_empty_cell_is_no_problem():
    assert language(None) == language(" ") == (None, None)


@given(st.text(max_size=20))
def test_a_code_reads_back_as_itself(text):
    read = language(text)
    assert read.value is None or language(read.value) == read
