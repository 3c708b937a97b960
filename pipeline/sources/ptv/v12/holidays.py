"""The dates of the holidays that v12 tells by name only; v11 gave the next date instead."""

from datetime import date, timedelta
from functools import cache

FIXED = {
    "NewYearEve": (12, 31),
    "NewYearDay": (1, 1),
    "Epiphany": (1, 6),
    "MayDayEve": (4, 30),
    "MayDay": (5, 1),
    "IndependenceDay": (12, 6),
    "ChristmasEve": (12, 24),
    "ChristmasDay": (12, 25),
    "SecondDayOfChristmas": (12, 26),
}
FROM_EASTER = {
    "MaundyThursday": -3,
    "GoodFriday": -2,
    "EasterSunday": 0,
    "EasterMonday": 1,
    "AscensionDay": 39,
    "WhitSunday": 49,
}
ON_WEEKDAY = {"MidsummerEve": (6, 19, 4), "MidsummerDay": (6, 20, 5), "AllSaintsDay": (10, 31, 5)}
"""The first of a weekday (Monday is 0) from a day on: Midsummer Day is the Saturday between 20 and 26 June."""


def next_date(name: str, today: date, years: tuple[int, ...] | None) -> date | None:
    """The first date of the holiday from today on, in the listed years only when there is a list.

    Null when the name is unknown or no listed year is left.
    """
    for year in sorted(years) if years is not None else (today.year, today.year + 1):
        if 1900 < year < 2200 and (found := _date(name, year)) and found >= today:
            return found
    return None


def is_known(name: str) -> bool:
    """Whether the holiday is one of the platform's eighteen."""
    return name in FIXED or name in FROM_EASTER or name in ON_WEEKDAY


def _date(name: str, year: int) -> date | None:
    if name in FIXED:
        return date(year, *FIXED[name])
    if name in FROM_EASTER:
        return easter(year) + timedelta(days=FROM_EASTER[name])
    if name in ON_WEEKDAY:
        month, day, weekday = ON_WEEKDAY[name]
        start = date(year, month, day)
        return start + timedelta(days=(weekday - start.weekday()) % 7)
    return None


@cache
def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar, by the rule of Meeus, Jones and Butcher."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    j = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * j) // 451
    month, day = divmod(h + j - 7 * m + 114, 31)
    return date(year, month, day + 1)
