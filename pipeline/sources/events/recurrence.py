"""Recurrence rules (RRULE, RFC 5545 §3.3.10) as the opening rules of the catalogue.

What it decides: weekly, daily and monthly rules become rules of `Hours`; every other rule keeps its first time and
its own words. A count of times becomes the day of the last one.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.sources.items import Hours

DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
BYDAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
PLAIN = {"FREQ", "INTERVAL", "BYDAY", "UNTIL", "COUNT", "WKST"}
LONGEST = 5000
"""Days or months that are walked to find the last of a count."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A recurrence rule; `until` is left to the caller, who knows its time zone."""

    freq: str
    interval: int
    byday: tuple[tuple[int, str], ...]
    """Number in the month (0 for every) and weekday."""
    count: int | None
    until: str | None
    text: str
    is_plain: bool
    """False when a part of the rule has no place in `Hours`."""


def rule_of(text: str) -> Rule | None:
    """The rule; null for what is none."""
    parts = dict(p.split("=", 1) for p in text.strip().upper().split(";") if "=" in p)
    freq = parts.get("FREQ")
    if freq not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY", "HOURLY", "MINUTELY", "SECONDLY"):
        return None
    days = [BYDAY.fullmatch(d.strip()) for d in parts.get("BYDAY", "").split(",") if d.strip()]
    interval, count = parts.get("INTERVAL", "1"), parts.get("COUNT")
    return Rule(
        freq=freq,
        interval=int(interval) if interval.isdigit() and 0 < int(interval) < 1000 else 1,
        byday=tuple((int(d[1] or 0), d[2]) for d in days if d),
        count=int(count) if count and count.isdigit() and len(count) < 6 else None,
        until=parts.get("UNTIL"),
        text=text.strip(),
        is_plain=set(parts) <= PLAIN and all(days),
    )


def hours(rule: Rule, first: date, opens: str | None, closes: str | None, until: date | None, shift: int = 0) -> Hours:
    """One opening rule. `shift` moves its weekdays when the calendar's day is another one in Finland."""
    made = Hours(opens_at=opens, closes_at=closes, dtstart=first, valid_from=first, valid_to=until)
    freq, days = rule.freq, rule.byday
    if rule.freq == "DAILY" and rule.interval == 1:
        freq, days = "WEEKLY", days or tuple((0, d) for d in DAYS)
    is_known = freq in ("WEEKLY", "MONTHLY") and rule.is_plain
    if not is_known or (freq == "WEEKLY" and any(n for n, _ in days)):
        made.valid_to, made.description = until, rule.text
        return made
    made.freq, made.interval = freq, rule.interval
    moved = [(n, DAYS[(DAYS.index(d) + shift) % 7]) for n, d in days]
    if freq == "WEEKLY":
        on = {d for _, d in moved} or {DAYS[first.weekday()]}
        made.byday = ",".join(d for d in DAYS if d in on)
    else:
        made.byday = ",".join(f"{n or ''}{d}" for n, d in moved) or None
    if rule.count and until is None:
        made.valid_to = _last(freq, rule.interval, moved, first, rule.count)
    return made


def _last(freq: str, interval: int, days: list[tuple[int, str]], first: date, count: int) -> date | None:
    """The day of the last of `count` times; null when it is too far to be meant."""
    walk = _weekly(interval, [d for _, d in days], first) if freq == "WEEKLY" else _monthly(interval, days, first)
    for number, day in enumerate(walk, 1):
        if number == count:
            return day
    return None


def _weekly(interval: int, days: list[str], first: date) -> Iterator[date]:
    on = {DAYS.index(d) for d in days} or {first.weekday()}
    monday = first - timedelta(days=first.weekday())
    for step in range(LONGEST):
        day = first + timedelta(days=step)
        if day.weekday() in on and ((day - monday).days // 7) % interval == 0:
            yield day


def _monthly(interval: int, days: list[tuple[int, str]], first: date) -> Iterator[date]:
    for step in range(0, LONGEST // 30, interval):
        year, month = divmod(first.year * 12 + first.month - 1 + step, 12)
        length = monthrange(year, month + 1)[1]
        month_days = [date(year, month + 1, d) for d in range(1, length + 1)]
        if not days:
            found = [d for d in month_days if d.day == first.day]
        else:
            found = [d for d in month_days if any(_is_nth(d, n, name, length) for n, name in days)]
        yield from (d for d in found if d >= first)


def _is_nth(day: date, number: int, name: str, length: int) -> bool:
    if DAYS[day.weekday()] != name:
        return False
    return number in (0, (day.day - 1) // 7 + 1, -((length - day.day) // 7 + 1))
