"""Service hours of PTV as rows of the table `schedule`.

Three types (verified): DaysOfTheWeek repeats weekly, OverMidnight runs from a day and time to a later day and
time, Exceptional holds on its dates only. Days that share the same times become one row.
"""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from pipeline.sources.items import Hours
from pipeline.sources.ptv.tree import Tree
from pipeline.sources.ptv.wording import first_words

DAYS = {
    "Monday": "MO",
    "Tuesday": "TU",
    "Wednesday": "WE",
    "Thursday": "TH",
    "Friday": "FR",
    "Saturday": "SA",
    "Sunday": "SU",
}
WEEK = tuple(DAYS.values())
DAY_START, DAY_END = "00:00", "23:59"
FINLAND = ZoneInfo("Europe/Helsinki")


def hours(tree: Tree, key: str) -> list[Hours]:
    """The opening rules of a list, in their order."""
    found: list[Hours] = []
    for entry in tree.branches(key, "hours"):
        found += _rule(entry)
    return found


def _rule(entry: Tree) -> list[Hours]:
    kind = entry.word("serviceHourType")
    valid_from, valid_to = _day(entry, "validFrom"), _day(entry, "validTo")
    closed, always = entry.flag("isClosed"), entry.flag("isAlwaysOpen")
    about = _about(entry)
    for_now = entry.flag("validForNow")
    spans = [span for opening in entry.branches("openingHour", "opening") if (span := _opening(opening))]
    exceptional = kind == "Exceptional"
    if exceptional and valid_from and not valid_to:
        valid_to = valid_from
    elif for_now and not exceptional:
        valid_to = None

    def row(opens: str | None = None, closes: str | None = None, days: tuple[str, ...] = ()) -> Hours:
        return Hours(
            opens_at=opens,
            closes_at=closes,
            byday=",".join(days) or None,
            freq=None if exceptional or not (days or opens) else "WEEKLY",
            interval=None if exceptional or not (days or opens) else 1,
            valid_from=valid_from,
            valid_to=valid_to,
            is_closed=closed,
            description=about,
        )

    if closed:
        return [row()]
    if always:
        return [row(DAY_START, DAY_END, () if exceptional else WEEK)]
    if kind == "OverMidnight":
        pieces = [piece for span in spans for piece in over_midnight(*span)]
    else:
        pieces = [(_between(first, last), opens, closes) for first, last, opens, closes in spans]
    rows = [row(opens, closes, days) for days, opens, closes in merged(pieces)]
    return rows or ([row()] if about else [])


Span = tuple[str | None, str | None, str | None, str | None]
Piece = tuple[tuple[str, ...], str | None, str | None]


def _opening(opening: Tree) -> Span | None:
    """First day, last day, opening and closing time; null when nothing is told."""
    first, last = _weekday(opening, "dayFrom"), _weekday(opening, "dayTo")
    opens, closes = _clock(opening.word("from")), _clock(opening.word("to"))
    return (first, last, opens, closes) if first or opens or closes else None


def _weekday(opening: Tree, key: str) -> str | None:
    name = opening.word(key)
    if name is not None and name not in DAYS:
        opening.reading.note("code_unknown", "Not a day of the week.", key, name)
    return DAYS.get(name or "")


def _clock(text: str | None) -> str | None:
    """A time without its seconds: 08:00:00 is 08:00."""
    return text[:5] if text and len(text) == 8 and text[2] == text[5] == ":" else text


def _between(first: str | None, last: str | None) -> tuple[str, ...]:
    """The days from the first to the last, over the week's end if need be."""
    if first is None:
        return ()
    start = WEEK.index(first)
    count = (WEEK.index(last) - start) % 7 + 1 if last else 1
    return tuple(WEEK[(start + step) % 7] for step in range(count))


def over_midnight(first: str | None, last: str | None, opens: str | None, closes: str | None) -> list[Piece]:
    """A span to the next day is one row that closes earlier than it opens; a longer one is a row per part."""
    days = _between(first, last)
    if len(days) == 2 and opens and closes and closes < opens:
        return [(days[:1], opens, closes)]
    if len(days) < 2:
        return [(days, opens, closes)]
    whole: list[Piece] = [(days[1:-1], DAY_START, DAY_END)] if days[1:-1] else []
    return [(days[:1], opens, DAY_END), *whole, (days[-1:], DAY_START, closes)]


def merged(pieces: list[Piece]) -> list[Piece]:
    """Days with the same times together, in the order of the week."""
    by_time: dict[tuple[str | None, str | None], set[str]] = {}
    for days, opens, closes in pieces:
        by_time.setdefault((opens, closes), set()).update(days)
    return [(tuple(sorted(days, key=WEEK.index)), opens, closes) for (opens, closes), days in by_time.items()]


def _about(entry: Tree) -> str | None:
    """The additional information, and that one must book, in one language."""
    words = first_words(entry.localized("additionalInformation"), entry.reading)
    if entry.flag("isReservation"):
        return "; ".join(part for part in (words, entry.reading.rules.reservation["fi"]) if part)
    return words


def _day(entry: Tree, key: str) -> date | None:
    """The Finnish day of a moment without zone: 22:00 or 21:00 is midnight of the next day, told in UTC (inferred)."""
    text = entry.word(key)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        entry.reading.note("date_invalid", f"{key} of the service hours is not a date; left out.", key, text)
        return None
    if moment.hour in (21, 22) and not moment.minute and 1900 < moment.year < 9999:
        local = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(FINLAND)
        return local.date() if not local.hour else moment.date()
    return moment.date()
