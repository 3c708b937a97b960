"""Moments and days as platforms write them."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.transform.dates import HELSINKI, day, moment

AT = datetime(2026, 8, 13, 11, 28, tzinfo=UTC)
SANE = st.datetimes(datetime(1900, 1, 1), datetime(2100, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    "raw",
    ["2026-08-13T11:28:00Z", "2026-08-13T11:28:00", "2026-08-13 11:28", "2026-08-13T14:28:00+03:00",
     "2026-08-13T14:28:00+0300", "2026-08-13T11:28:00.0000000", "20260813T112800Z", "13.8.2026 klo 14.28",
     "13.08.2026 14:28:00", "to 13.8.2026 klo 14.28", "Thu, 13 Aug 2026 11:28:00 GMT", 1786620480, "1786620480",
     1786620480000, "1786620480000"],
)  # fmt: skip
def test_a_moment_is_the_same_in_all_spellings(raw):
    assert moment(raw) == AT


def test_fractions_of_any_length_are_read():
    assert moment("2026-08-13T11:28:00.1") == AT + timedelta(milliseconds=100)
    assert moment("2026-08-13T11:28:00.123456789Z") == AT + timedelta(microseconds=123456)


def test_text_without_an_offset_is_in_the_zone_told():
    assert moment("2026-08-13T14:28:00", HELSINKI) == AT
    assert moment("2026-01-13T14:28:00", HELSINKI) == datetime(2026, 1, 13, 12, 28, tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    [None, "", "x", "31.2.2026", "2026-13-01", "0001-01-01T00:00:00", "9999-12-31", True, "13.8.", "99999999999999"],
)
def test_what_is_no_moment_is_null(raw):
    assert moment(raw) is None
    assert day(raw) is None


def test_a_day_is_the_day_as_written_or_as_seen_in_finland():
    assert day("13.8.2026") == day("2026-08-13") == day("20260813") == date(2026, 8, 13)
    assert day("2026-08-13T23:30:00") == date(2026, 8, 13)
    assert day("2026-08-13T23:30:00Z") == date(2026, 8, 14)
    assert day(date(2026, 8, 13)) == date(2026, 8, 13)
    assert day(datetime(2026, 8, 13, 23, 30, tzinfo=UTC)) == date(2026, 8, 14)


@given(SANE, st.integers(-12, 14))
def test_iso_reads_back_whatever_the_offset(naive, hours):
    written = naive.replace(tzinfo=timezone(timedelta(hours=hours)))
    assert moment(written.isoformat()) == written
    assert moment(moment(written.isoformat())) == written


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)))
def test_days_read_back_in_finnish_and_iso(value):
    assert day(value.isoformat()) == day(f"{value.day}.{value.month}.{value.year}") == value


@given(st.text(max_size=40))
def test_any_text_gets_an_answer(text):
    moment(text)
    day(text)
