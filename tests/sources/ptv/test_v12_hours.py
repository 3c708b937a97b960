"""The six types of service hours of v12, and holidays, as rows of the table `schedule`."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from pipeline.sources.items import Hours, Item

Read = Callable[..., Any]


@pytest.fixture
def rows(read: Read) -> Callable[..., list[Hours]]:
    def make(*rules: Any, holidays: Any = None) -> list[Hours]:
        held = {"hours": list(rules), "holidayServiceHours": holidays}
        body = {"contentId": "c1", "serviceChannelType": "EService", "languageVersions": {}, "serviceHours": held}
        found = read(body)
        assert not found.unread
        (item,) = [p for p in found.parsed if isinstance(p, Item)]
        hours: list[Hours] = item.hours
        return hours

    return make


def opening(start: str, end: str, status: str = "Open", **more: Any) -> dict[str, Any]:
    base = {"start": start, "end": end, "openingStatus": status, "repetition": "Weekly", "additionalInformation": {}}
    return base | more


def week(**days: Any) -> dict[str, Any]:
    return {name: {"hours": list(hours)} for name, hours in days.items()}


def rule(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": f"{kind}ServiceHour", "heading": {}, "additionalInformation": {}} | more


def weekly(opens: str, closes: str, days: str, **more: Any) -> Hours:
    values: dict[str, Any] = {"freq": "WEEKLY", "interval": 1, "is_closed": False} | more
    return Hours(opens_at=opens, closes_at=closes, byday=days, **values)


def test_days_with_the_same_times_are_one_row(rows: Callable[..., list[Hours]]) -> None:
    days = week(wednesday=[opening("09:00", "15:00")], monday=[opening("09:00", "15:00"), opening("17:00", "02:00")])
    found = rows(rule("WeeklyUntilFurtherNotice", weeklyHours=days, heading={"sv": "Kansli", "fi": "Toimisto"}))
    assert found == [
        weekly("09:00", "15:00", "MO,WE", description="Toimisto"),
        weekly("17:00", "02:00", "MO", description="Toimisto"),
    ]


def test_weeks_dates_and_reservations(rows: Callable[..., list[Hours]]) -> None:
    days = week(friday=[opening("10:00", "12:00", "OpenOnReservation", repetition="OddWeeks")])
    found = rows(rule("WeeklyDateRange", weeklyHours=days, fromDate="2027-01-01", toDate="2027-05-31"))
    dates = {"valid_from": date(2027, 1, 1), "valid_to": date(2027, 5, 31)}
    about = "parittomilla viikoilla; ajanvarauksella"
    assert found == [weekly("10:00", "12:00", "FR", interval=2, description=about, **dates)]


def test_an_exception_is_closed_on_its_dates_or_opens_on_days(rows: Callable[..., list[Hours]]) -> None:
    shut = week(**{key: [opening("00:00", "24:00", "Closed")] for key in ("monday", "tuesday")})
    dates = {"fromDate": "2027-06-21", "toDate": None}
    span = {"valid_from": date(2027, 6, 21), "valid_to": date(2027, 6, 21)}
    closed = [Hours(is_closed=True, description="Tauko", **span)]
    assert rows(rule("ExceptionalDateRange", weeklyHours=shut, heading={"fi": "Tauko"}, **dates)) == closed
    assert rows(rule("ExceptionalDateRange", weeklyHours={}, heading={"fi": "Tauko"}, **dates)) == closed
    half = week(monday=[opening("10:00", "12:00")], tuesday=[opening("00:00", "24:00", "Closed")])
    assert rows(rule("ExceptionalDateRange", weeklyHours=half, **dates)) == [
        Hours(opens_at="10:00", closes_at="12:00", byday="MO", is_closed=False, **span),
        Hours(byday="TU", is_closed=True, **span),
    ]


def test_continuous_hours(rows: Callable[..., list[Hours]]) -> None:
    every = "MO,TU,WE,TH,FR,SA,SU"
    assert rows(rule("ContinuousAlwaysValid", openingStatus="Open")) == [weekly("00:00", "23:59", every)]
    span = {"fromDay": "Friday", "toDay": "Saturday", "fromTime": "22:00", "toTime": "04:00"}
    assert rows(rule("ContinuousWeekdaysUntilFurtherNotice", openingStatus="OpenOnReservation", **span)) == [
        weekly("22:00", "04:00", "FR", description="ajanvarauksella")
    ]
    dates = {"fromDate": "2027-01-01", "toDate": "2027-01-31"}
    found = rows(rule("ContinuousDateRange", openingStatus="Open", **(span | {"toDay": "Sunday"}), **dates))
    assert [(h.byday, h.opens_at, h.closes_at, h.valid_to) for h in found] == [
        ("FR", "22:00", "23:59", date(2027, 1, 31)),
        ("SA", "00:00", "23:59", date(2027, 1, 31)),
        ("SU", "00:00", "04:00", date(2027, 1, 31)),
    ]


def test_holidays_become_their_next_date(rows: Callable[..., list[Hours]]) -> None:
    """The answer is of 1 January 2026."""
    held = {
        "repetition": {"type": "RepetitionEveryYear"},
        "holidays": [
            {"holidayName": "NewYearDay", "hours": []},
            {"holidayName": "GoodFriday", "hours": [opening("00:00", "24:00", "Closed")]},
            {"holidayName": "ChristmasEve", "hours": [opening("08:00", "12:00")]},
        ],
    }
    assert rows(holidays=held) == [
        Hours(valid_from=date(2026, 1, 1), valid_to=date(2026, 1, 1), is_closed=True),
        Hours(valid_from=date(2026, 4, 3), valid_to=date(2026, 4, 3), is_closed=True),
        Hours("08:00", "12:00", valid_from=date(2026, 12, 24), valid_to=date(2026, 12, 24), is_closed=False),
    ]
    chosen = {"type": "RepetitionInSelectedYears", "years": [2025, 2028]}
    assert next(h.valid_from for h in rows(holidays=held | {"repetition": chosen})) == date(2028, 1, 1)


def test_unknown_words_are_told(read: Read) -> None:
    held = {
        "hours": [
            rule("Lunar", weeklyHours=week(monday=[opening("09:00", "10:00", "Ajar", repetition="LeapWeeks")])),
            rule("WeeklyDateRange", weeklyHours={}, fromDate="kesällä", toDate=None, heading={"fi": "x"}),
        ],
        "holidayServiceHours": {"repetition": None, "holidays": [{"holidayName": "Runeberg", "hours": None}]},
    }
    body = {"contentId": "c1", "serviceChannelType": "EService", "languageVersions": {}, "serviceHours": held}
    found = read(body)
    assert [f.value for f in found.findings] == ["Lunar", "Ajar", "LeapWeeks", "kesällä", "Runeberg"]
    assert {f.code for f in found.findings} == {"code_unknown", "date_invalid"}
