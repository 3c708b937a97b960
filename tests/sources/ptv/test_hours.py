"""What service hours of PTV become."""

from collections.abc import Callable
from datetime import date
from typing import Any

from pipeline.sources.items import Hours, Item

Read = Callable[..., Any]
Make = Callable[..., Item]


def loc(value: str | None, language: str = "fi", **more: Any) -> dict[str, Any]:
    return {"value": value, "language": language, **more}


def opening(day: str, opens: str, closes: str, to: str = "") -> dict[str, str]:
    return {"dayFrom": day, "dayTo": to, "from": opens, "to": closes}


def rule(kind: str = "DaysOfTheWeek", *openings: dict[str, str], **more: Any) -> dict[str, Any]:
    return {"serviceHourType": kind, "openingHour": list(openings), "isClosed": False, "validForNow": True, **more}


WEEKLY = {"freq": "WEEKLY", "interval": 1, "is_closed": False}


def test_days_with_the_same_times_are_one_row(channel: Make) -> None:
    days = ("Wednesday", "Monday", "Friday")
    item = channel(
        serviceHours=[
            rule(
                "DaysOfTheWeek",
                *(opening(d, "08:00:00", "16:00:00") for d in days),
                opening("Tuesday", "10:00", "12:00"),
            )
        ]
    )
    assert item.hours == [Hours("08:00", "16:00", "MO,WE,FR", **WEEKLY), Hours("10:00", "12:00", "TU", **WEEKLY)]


def test_a_span_of_days_is_all_its_days(channel: Make) -> None:
    item = channel(serviceHours=[rule("DaysOfTheWeek", opening("Monday", "08:00:00", "16:00:00", "Friday"))])
    assert item.hours == [Hours("08:00", "16:00", "MO,TU,WE,TH,FR", **WEEKLY)]


def test_hours_over_midnight(channel: Make) -> None:
    one = channel(serviceHours=[rule("OverMidnight", opening("Friday", "18:00:00", "02:00:00", "Saturday"))])
    assert one.hours == [Hours("18:00", "02:00", "FR", **WEEKLY)]
    long = channel(serviceHours=[rule("OverMidnight", opening("Friday", "18:00:00", "06:00:00", "Monday"))])
    assert long.hours == [
        Hours("18:00", "23:59", "FR", **WEEKLY),
        Hours("00:00", "23:59", "SA,SU", **WEEKLY),
        Hours("00:00", "06:00", "MO", **WEEKLY),
    ]


def test_exceptional_hours_hold_on_their_dates(channel: Make) -> None:
    item = channel(
        serviceHours=[
            rule("Exceptional", validFrom="2026-12-24T00:00:00", validTo=None, isClosed=True, validForNow=False),
            rule("Exceptional", opening("", "10:00:00", "12:00:00"), validFrom="2026-12-22T22:00:00")
            | {"validTo": "2026-12-27T00:00:00", "additionalInformation": [loc("Joulu")]},
        ]
    )
    assert item.hours == [
        Hours(valid_from=date(2026, 12, 24), valid_to=date(2026, 12, 24), is_closed=True),
        Hours(
            "10:00",
            "12:00",
            valid_from=date(2026, 12, 23),
            valid_to=date(2026, 12, 27),
            is_closed=False,
            description="Joulu",
        ),
    ]


def test_always_open_by_appointment_and_empty_rules(channel: Make) -> None:
    item = channel(serviceHours=[rule(isAlwaysOpen=True), rule(isReservation=True), rule()])
    assert item.hours == [
        Hours("00:00", "23:59", "MO,TU,WE,TH,FR,SA,SU", **WEEKLY),
        Hours(is_closed=False, description="ajanvarauksella"),
    ]


def test_odd_days_and_dates_are_told(read: Read) -> None:
    hours = [rule("DaysOfTheWeek", opening("Maanantai", "08:00:00", "16:00:00"), validFrom="huomenna")]
    found = read([{"id": "c1", "serviceChannelNames": [], "serviceChannelType": "Phone", "serviceHours": hours}])
    assert {(f.code, f.value) for f in found.findings} == {("code_unknown", "Maanantai"), ("date_invalid", "huomenna")}
    assert found.items("location")["c1"].hours == [Hours("08:00", "16:00", freq="WEEKLY", interval=1, is_closed=False)]
