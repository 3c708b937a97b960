"""Personal identity codes are found wherever they stand, and nothing else is taken for one."""

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.privacy import identity_codes
from pipeline.privacy.identity_codes import MASK, check_character, find, mask

MARKS = {1800: "+", 1900: "-YXWVU", 2000: "ABCDEF"}
days = st.dates(min_value=date(1800, 1, 1), max_value=date(2099, 12, 31))


@st.composite
def codes(draw):
    """Codes of the numbers 900 to 999, which belong to nobody."""
    day = draw(days)
    digits = f"{day:%d%m}{day.year % 100:02}{draw(st.integers(900, 999))}"
    sign = draw(st.sampled_from(MARKS[day.year // 100 * 100]))
    made = f"{digits[:6]}{sign}{digits[6:]}{check_character(digits)}"
    return made if draw(st.booleans()) else made.lower()


around = st.text(max_size=30)


@given(codes(), around, around)
def test_every_valid_code_is_found_anywhere_in_a_text(code, before, after):
    if before[-1:].isdecimal() or after[:1].isalnum():
        before, after = before + " ", " " + after
    text = before + code + after
    assert (len(before), len(before) + len(code)) in find(text)
    assert code not in mask(text)
    assert re.search(identity_codes.PREFILTER.replace(r"\x{a0}", "\u00a0"), text)


@given(codes(), st.sampled_from("0123456789ABCDEFHJKLMNPRSTUVWXYGIOQZ"))
def test_a_wrong_check_character_is_no_code(code, check):
    if check != code[-1].upper():
        assert find(code[:-1] + check) == []


@given(st.text(max_size=60))
def test_masking_twice_changes_nothing_more(text):
    assert mask(mask(text)) == mask(text)


# 131052-308T is the example of the Digital and Population Data Services Agency.
@pytest.mark.parametrize(
    "code", ["131052-308T", "131052-308t", "131052W308T", "131052–308T", "131052−308T", "131052 - 308T"]
)
def test_a_code_is_masked_with_any_mark_of_its_century(code):
    assert mask(f"Hakija {code}, Kuopio") == f"Hakija {MASK}, Kuopio"
    assert find(code) == [(0, len(code))]


@pytest.mark.parametrize(
    "text",
    ["131052-308S", "311352-308T", "131052-001K", "tel 040123-4567", "131052-308TT", "13.10.1952", "7131052-308T", ""],
)  # fmt: skip
def test_what_is_no_code_stays(text):
    assert mask(text) == text


def test_several_codes_and_one_glued_to_a_word_are_all_masked():
    assert mask("131052-308T 131052-308T hetu131052-308T") == f"{MASK} {MASK} hetu{MASK}"
    assert mask(None) is None
