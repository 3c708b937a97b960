"""Register numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.transform.identifiers import association_number, business_id, business_id_check_digit

# Bodies of public record and the examples of public client libraries.
REAL = ["2077474-0", "0112038-9", "3221317-4", "0927140-5", "2331972-7"]


@pytest.mark.parametrize("number", REAL)
def test_real_business_ids_are_valid(number):
    assert business_id(number) == (number, None)


@pytest.mark.parametrize(
    "raw",
    ["20774740", "FI20774740", "FI 20774740", "fi2077474-0", "Y-tunnus: 2077474-0", "2077474 – 0", "2077474−0",
     "FO-nummer 2077474-0", "(2077474-0)", "2077474-0 / FI20774740", " 2077474-0\n"],
)  # fmt: skip
def test_a_business_id_is_read_in_all_its_spellings(raw):
    assert business_id(raw) == ("2077474-0", None)


def test_a_lost_leading_zero_comes_back():
    assert business_id("112038-9") == business_id("1120389") == ("0112038-9", None)


@pytest.mark.parametrize(
    "raw",
    ["2077474-1", "1234567-8", "123456-7", "0000000-0", "2077474-0, 0112038-9", "12077474-0", "2077474-01", "ry", "12",
     "٢٠٧٧٤٧٤-٠"],
)  # fmt: skip
def test_anything_else_is_no_business_id(raw):
    assert business_id(raw) == (None, "business_id_invalid")


@given(st.integers(1, 9_999_999))
def test_exactly_one_check_digit_fits_or_none(number):
    digits = f"{number:07d}"
    check = business_id_check_digit(digits)
    valid = [d for d in range(10) if business_id(f"{digits}-{d}").value]
    assert valid == ([] if check is None else [check])


@given(st.integers(1_000_000, 9_999_999), st.integers(0, 6), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(number, position, step):
    digits = str(number)
    check = business_id_check_digit(digits)
    if check is None:
        return
    wrong = digits[:position] + str((int(digits[position]) + step) % 10) + digits[position + 1 :]
    assert business_id(f"{wrong}-{check}").value is None


@given(st.text(max_size=60))
def test_any_text_gets_an_answer(text):
    for read in (business_id, association_number):
        first = read(text)
        if first.value:
            assert read(first.value) == first


@pytest.mark.parametrize(
    ("raw", "number"),
    [("201.199", "201199"), ("84 360", "84360"), ("84360", "84360"), ("rek.nro 84.360", "84360"), ("PRH: 123", "123"),
     ("84360.0", "84360"), ("000123", "123"), ("Rekisterinumero 201.199", "201199")],
)  # fmt: skip
def test_an_association_number_loses_its_separators(raw, number):
    assert association_number(raw) == (number, None)


@pytest.mark.parametrize("raw", ["1234567", "0", "12.34", "abc", "2077474-0"])
def test_anything_else_is_no_association_number(raw):
    assert association_number(raw) == (None, "association_number_invalid")
