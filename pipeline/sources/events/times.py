"""A point of time in a calendar as a day and, when one is given, a time of day, in Finland.

Calendars say *2026-12-05*, *5.12.2026 klo 12*, *2026-12-05T10:00:00Z*, *Sat, 05 Dec 2026 12:00:00 +0200* or
milliseconds; which of them has a time of day is decided here. Reading the notation is the work of `transform.dates`.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from pipeline.sources.items import Hours
from pipeline.transform.dates import HELSINKI, moment

DAY_ONLY = re.compile(r"\d{4}-?\d{2}-?\d{2}|\d{1,2}\.\s?\d{1,2}\.\s?\d{4}")


@dataclass(frozen=True, slots=True, order=True)
class When:
    """A day, and a time of day as HH:MM; null for a whole day."""

    day: date
    clock: str | None = None


def when(value: Any, *, is_end: bool = False) -> When | None:
    """The day and time that a value tells; null when it tells none.

    A start at exactly midnight means a whole day in web calendars, as they have no other way to say it. An end at
    midnight stays as it is, because it means the day before.
    """
    if not isinstance(value, (str, int, float)) or isinstance(value, bool):
        return None
    read = moment(value.strip() if isinstance(value, str) else value, HELSINKI)
    if read is None:
        return None
    local = read.astimezone(HELSINKI)
    is_day = isinstance(value, str) and bool(DAY_ONLY.fullmatch(value.strip()))
    clock = local.strftime("%H:%M")
    return When(local.date(), None if is_day or (not is_end and clock == "00:00") else clock)


def once(start: When | None, end: When | None) -> Hours | None:
    """The rule of something held once: a time on one day, or a range of days; null without any time.

    An end at midnight is the end of the day before it; an end before the start is taken for none.
    """
    if start is None:
        return Hours(valid_to=end.day) if end else None
    last = last_day(start, end)
    if end is None or last == start.day:
        same_day = (
            end.clock if end and end.day == start.day and start.clock and (end.clock or "") > start.clock else None
        )
        return Hours(opens_at=start.clock, closes_at=same_day, dtstart=start.day)
    closes = end.clock if end.clock != "00:00" else None
    return Hours(opens_at=start.clock, closes_at=closes, dtstart=start.day, valid_from=start.day, valid_to=last)


def last_day(start: When, end: When | None) -> date:
    """The last day of something that begins and ends so."""
    if end is None or end.day <= start.day:
        return start.day
    return end.day - timedelta(days=1) if end.clock == "00:00" else end.day
