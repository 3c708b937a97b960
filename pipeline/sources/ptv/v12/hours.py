"""Service hours of v12 as rows of the table `schedule`, equal to what `hours` makes of v11.

Six types: weekly and exceptional ones list times by weekday, continuous ones run from a day and time to a later
day and time. Holidays are told by name. A closing before the opening is past midnight. How the words of v11 are
divided between heading and additional information is not known: both make the description (inferred).
"""

from datetime import date
from typing import NamedTuple

from pipeline.sources.items import Hours
from pipeline.sources.ptv.hours import DAY_END, DAY_START, DAYS, WEEK, Piece, over_midnight
from pipeline.sources.ptv.tree import Tree
from pipeline.sources.ptv.v12.holidays import is_known, next_date
from pipeline.sources.ptv.wording import first_words

SUFFIX = "ServiceHour"
Period = tuple[date | None, date | None]


class Times(NamedTuple):
    """One opening or closing within a day; rows are made of days that have the same."""

    opens: str | None
    closes: str | None
    is_closed: bool
    repetition: str | None
    about: str | None


def hours(tree: Tree, key: str) -> list[Hours]:
    """The opening rules, then the holidays."""
    held = tree.branch(key, "v12.hours")
    if held is None:
        return []
    found: list[Hours] = []
    for entry in held.branches("hours", "v12.hours"):
        found += _rule(entry)
    holidays = held.branch("holidayServiceHours", "v12.hours")
    return found + (_holidays(holidays) if holidays is not None else [])


def _rule(entry: Tree) -> list[Hours]:
    kind = (entry.word("type") or "").removesuffix(SUFFIX)
    period = _day(entry, "fromDate"), _day(entry, "toDate")
    about = _joined(first_words(entry.worded("heading"), entry.reading), _about(entry))
    if kind.startswith("Continuous"):
        return _continuous(entry, kind, period, about)
    exceptional = kind.startswith("Exceptional")
    if not exceptional and not kind.startswith("Weekly"):
        entry.reading.note("code_unknown", "Unknown type of service hours; read as weekly.", "serviceHours.type", kind)
    if exceptional and period[0] and not period[1]:
        period = period[0], period[0]
    week = entry.branch("weeklyHours", "v12.hours")
    by_times: dict[Times, set[str]] = {}
    for name, day in DAYS.items():
        inside = week.branch(name.lower(), "v12.hours") if week is not None else None
        for one in inside.branches("hours", "v12.hours") if inside is not None else []:
            by_times.setdefault(_times(one, about), set()).add(day)
    if exceptional and all(times.is_closed for times in by_times):  # nothing is open: closed on all its dates
        words = about or next((times.about for times in by_times), None)
        return [Hours(valid_from=period[0], valid_to=period[1], is_closed=True, description=words)]
    rows = [_row(entry, times, _sorted(days), period, weekly=not exceptional) for times, days in by_times.items()]
    if not rows and about:
        return [_row(entry, Times(None, None, False, None, about), (), period, weekly=False)]
    return rows


def _continuous(entry: Tree, kind: str, period: Period, about: str | None) -> list[Hours]:
    first, last = _weekday(entry, "fromDay"), _weekday(entry, "toDay")
    opens, closes = entry.word("fromTime"), entry.word("toTime")
    is_closed, status = _status(entry)
    about = _joined(about, _reservation(entry, status))
    if kind == "ContinuousAlwaysValid" or not (first or opens or closes):
        pieces: list[Piece] = [(WEEK, DAY_START, DAY_END)]
    else:
        pieces = over_midnight(first, last, opens, closes)
    made = [(days, Times(start, end, is_closed, None, about)) for days, start, end in pieces]
    return [_row(entry, times, days, period, weekly=True) for days, times in made]


def _row(entry: Tree, times: Times, days: tuple[str, ...], period: Period, *, weekly: bool) -> Hours:
    repeats = weekly and bool(days or times.opens)
    interval = 1
    about = times.about
    if repeats and times.repetition not in (None, "Weekly"):
        words = entry.reading.rules.v12["alternate_weeks"].get(times.repetition)
        if words is None:
            entry.reading.note("code_unknown", "Unknown repetition; read as weekly.", "repetition", times.repetition)
        else:
            interval, about = 2, _joined(words["fi"], about)
    return Hours(
        opens_at=times.opens,
        closes_at=times.closes,
        byday=",".join(days) or None,
        freq="WEEKLY" if repeats else None,
        interval=interval if repeats else None,
        valid_from=period[0],
        valid_to=period[1],
        is_closed=times.is_closed,
        description=about,
    )


def _times(one: Tree, about: str | None) -> Times:
    """Opening, closing and status of one entry; a closed one keeps no times, as in v11."""
    opens, closes, repetition = one.word("start"), one.word("end"), one.word("repetition")
    is_closed, status = _status(one)
    words = _joined(about, _about(one), _reservation(one, status))
    return Times(None, None, True, None, words) if is_closed else Times(opens, closes, False, repetition, words)


def _status(one: Tree) -> tuple[bool, str | None]:
    status = one.word("openingStatus")
    if status not in (None, "Open", "OpenOnReservation", "Closed"):
        one.reading.note("code_unknown", "Unknown opening status; read as open.", "openingStatus", status)
    return status == "Closed", status


def _reservation(one: Tree, status: str | None) -> str | None:
    return one.reading.rules.reservation["fi"] if status == "OpenOnReservation" else None


def _holidays(tree: Tree) -> list[Hours]:
    """One row for the next date of each holiday and each time on it, as v11 writes holidays."""
    today = tree.reading.today or date(2000, 1, 1)
    years: tuple[int, ...] | None = None
    repetition = tree.branch("repetition", "v12.hours")
    if repetition is not None and repetition.word("type") == "RepetitionInSelectedYears":
        years = tuple(year for year in repetition.values("years") if isinstance(year, int))
    found = []
    for holiday in tree.branches("holidays", "v12.hours"):
        name = holiday.word("holidayName") or ""
        if not is_known(name):
            holiday.reading.note("code_unknown", "Unknown holiday; left out.", "holidayName", name)
        day = next_date(name, today, years)
        every = [_times(one, None) for one in holiday.branches("hours", "v12.hours")]
        if day is not None:
            open_ = [times for times in every if not times.is_closed]
            words = next((times.about for times in every), None)
            rows = open_ or [Times(None, None, True, None, words)]
            found += [_row(holiday, times, (), (day, day), weekly=False) for times in rows]
    return found


def _weekday(entry: Tree, key: str) -> str | None:
    name = entry.word(key)
    if name is not None and name not in DAYS:
        entry.reading.note("code_unknown", "Not a day of the week.", key, name)
    return DAYS.get(name or "")


def _day(entry: Tree, key: str) -> date | None:
    text = entry.word(key)
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        entry.reading.note("date_invalid", f"{key} of the service hours is not a date; left out.", key, text)
        return None


def _about(entry: Tree) -> str | None:
    return first_words(entry.worded("additionalInformation"), entry.reading)


def _joined(*parts: str | None) -> str | None:
    return "; ".join(part for part in parts if part) or None


def _sorted(days: set[str]) -> tuple[str, ...]:
    return tuple(sorted(days, key=WEEK.index))
