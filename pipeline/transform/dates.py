"""Reads moments and days as platforms write them."""

import re
from datetime import UTC, date, datetime, tzinfo
from email.utils import parsedate_to_datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

HELSINKI = ZoneInfo("Europe/Helsinki")

_EPOCH = re.compile(r"-?[0-9]{9,14}(?:\.[0-9]+)?")
_ISO = re.compile(
    r"(?P<day>[0-9]{4}-?[0-9]{2}-?[0-9]{2})(?:[T ](?P<h>[0-9]{2}):?(?P<m>[0-9]{2})(?::?(?P<s>[0-9]{2})"
    r"(?:[.,](?P<fraction>[0-9]+))?)?\s?(?P<offset>Z|UTC|[+-][0-9]{2}:?(?:[0-9]{2})?)?)?",
    re.IGNORECASE,
)
_FINNISH = re.compile(
    r"(?:[^\W\d_]{2,12}\.?,?\s+)?(?P<d>[0-9]{1,2})\.\s?(?P<mo>[0-9]{1,2})\.\s?(?P<y>[0-9]{4})"
    r"(?:,?\s+(?:klo|kl\.?)?\s*(?P<h>[0-9]{1,2})(?:[.:](?P<m>[0-9]{2}))?(?:[.:](?P<s>[0-9]{2}))?)?",
    re.IGNORECASE,
)
_EARLIEST, _LATEST = 1800, 2200


def moment(value: str | int | float | datetime | date | None, zone: tzinfo = UTC) -> datetime | None:
    """The moment in UTC; null when there is none or it cannot be read (the caller reports `date_invalid`).

    Understands seconds and milliseconds since 1970, ISO 8601 with or without an offset and with fractions of any
    length, `13.8.2026 klo 14.28`, `d.m.Y` and the date of an HTTP header. Text without an offset is in `zone`;
    Finnish notation is Europe/Helsinki unless another zone is given. A day alone is its midnight.
    """
    if isinstance(value, datetime):
        return _utc(value if value.tzinfo else value.replace(tzinfo=zone))
    if isinstance(value, date):
        return _utc(datetime(value.year, value.month, value.day, tzinfo=zone))
    if value is None or isinstance(value, bool):
        return None
    return _moment(str(value).strip(), zone)


def day(value: str | int | float | datetime | date | None) -> date | None:
    """The calendar day, as written; of a moment with an offset or since 1970, the day in Finland."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    if isinstance(value, datetime):
        return value.astimezone(HELSINKI).date() if value.tzinfo else value.date()
    read = moment(value, HELSINKI)
    return read.astimezone(HELSINKI).date() if read else None


@lru_cache(maxsize=20_000)
def _moment(text: str, zone: tzinfo) -> datetime | None:
    try:
        if _EPOCH.fullmatch(text) and not re.fullmatch(r"(?:19|20)[0-9]{6}", text):
            number = float(text)
            return _utc(datetime.fromtimestamp(number / 1000 if abs(number) >= 1e11 else number, tz=UTC))
        if match := _ISO.fullmatch(text):
            return _utc(_from_iso(match, zone))
        if match := _FINNISH.fullmatch(text):
            year, month, at, hour, minute, second = (int(match[p] or 0) for p in ("y", "mo", "d", "h", "m", "s"))
            local = HELSINKI if zone is UTC else zone
            return _utc(datetime(year, month, at, hour, minute, second, tzinfo=local))
        if re.match(r"(?:[A-Za-z]{3},\s*)?[0-9]{1,2}\s+[A-Za-z]{3}", text):
            sent = parsedate_to_datetime(text)
            return _utc(sent if sent.tzinfo else sent.replace(tzinfo=zone))
    except (ValueError, OverflowError, OSError, TypeError, IndexError):
        return None
    return None


def _from_iso(match: re.Match[str], zone: tzinfo) -> datetime:
    when = datetime.strptime(
        match["day"].replace("-", ""), "%Y%m%d"
    ).replace(
        hour=int(match["h"] or 0),
        minute=int(match["m"] or 0),
        second=min(int(match["s"] or 0), 59),  # a leap second
        microsecond=int((match["fraction"] or "0")[:6].ljust(6, "0")),
        tzinfo=zone,
    )
    offset = (match["offset"] or "").upper()
    if offset in ("Z", "UTC"):
        return when.replace(tzinfo=UTC)
    if offset:
        digits = offset[1:].replace(":", "").ljust(4, "0")
        return when.replace(tzinfo=datetime.strptime(f"{offset[0]}{digits}", "%z").tzinfo)
    return when


def _utc(when: datetime) -> datetime | None:
    """In UTC; years that no platform can mean are taken for "never" (0001-01-01, 9999-12-31)."""
    return when.astimezone(UTC) if _EARLIEST <= when.year <= _LATEST else None
