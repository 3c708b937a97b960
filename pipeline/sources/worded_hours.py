"""Times as people write them on a page (`ma–pe klo 10–14`, `24.11.2026 klo 18`) -> rules of opening.

What it decides: a text becomes rules only when every word of it is understood; otherwise it stays one rule with the
words as its description, so that nothing is half read. Finnish, Swedish and English day names are known.
"""

import re
from datetime import date

from pipeline.sources.items import Hours
from pipeline.transform.dates import day

LONGEST = 300
"""Letters of a text that tells times; a longer one is a story."""
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NAMES = (
    ("ma", "maanantai", "må", "mån", "måndag", "mon", "monday"),
    ("ti", "tiistai", "tis", "tisdag", "tue", "tuesday"),
    ("ke", "keskiviikko", "ons", "onsdag", "wed", "wednesday"),
    ("to", "torstai", "tors", "torsdag", "thu", "thursday"),
    ("pe", "perjantai", "fre", "fredag", "fri", "friday"),
    ("la", "lauantai", "lö", "lör", "lördag", "sat", "saturday"),
    ("su", "sunnuntai", "sö", "sön", "söndag", "sun", "sunday"),
)
_DAY_OF = {name: index for index, names in enumerate(_NAMES) for name in names}
_GROUPS = {
    "arkisin": DAYS[:5],
    "arkipäivisin": DAYS[:5],
    "vardagar": DAYS[:5],
    "viikonloppuisin": DAYS[5:],
    "päivittäin": DAYS,
    "joka päivä": DAYS,
    "dagligen": DAYS,
}
_WORDS = "|".join(sorted((*_DAY_OF, *_GROUPS), key=len, reverse=True))
_DAY = rf"(?:{_WORDS})(?:i?sin|ar|s)?\b\.?"
_CLOCK = r"(\d{1,2})(?:[.:](\d{2}))?"
_SPAN = re.compile(rf"\s*:?\s*((?:klo|kl|at)\b\.?)?\s*{_CLOCK}\s*(?:[-–—]\s*{_CLOCK})?(?!\d)", re.IGNORECASE)
_DAYS = re.compile(rf"\s*({_DAY}(?:\s*(?:[-–—,&]|ja|och|and|sekä)\s*{_DAY})*)", re.IGNORECASE)
_DATE = re.compile(r"\s*(?:[^\W\d]{2,12}\.?\s+)?(\d{1,2}\.\s?\d{1,2}\.\s?\d{4}|\d{4}-\d{2}-\d{2})", re.IGNORECASE)
_BETWEEN = re.compile(r"\s*(?:[,;|·]|ja|sekä|och)?\s*", re.IGNORECASE)


def worded(text: str | None) -> list[Hours]:
    """The rules that a text tells; none for no text. The whole text is the description of the first."""
    words = " ".join((text or "").split())
    if not words:
        return []
    found = _rules(words) if len(words) <= LONGEST else []
    if not found:
        return [Hours(description=words)]
    found[0].description = words
    return found


def _rules(words: str) -> list[Hours]:
    """Rules of a text that is understood to its end; none otherwise."""
    found: list[Hours] = []
    at = 0
    while at < len(words.rstrip(" .")):
        if match := _DATE.match(words, at):
            rule = Hours(dtstart=day(match[1]))
            if rule.dtstart is None:
                return []
        elif match := _DAYS.match(words, at):
            rule = Hours(freq="WEEKLY", byday=_byday(match[1]))
        else:
            return []
        at = match.end()
        if span := _SPAN.match(words, at):
            at = span.end()
            said, opens, closes = span[1], _clock(span[2], span[3]), _clock(span[4], span[5])
            # Without `klo` or an end it may be a date (`pe 4.12.`).
            if opens is None or (span[4] and closes is None) or not (said or closes):
                return []
            rule.opens_at, rule.closes_at = opens, closes
        elif rule.freq:
            return []
        found.append(rule)
        following = _BETWEEN.match(words, at)
        at = following.end() if following else at
    return found


def first_day(text: str | None) -> date | None:
    """The first calendar day that stands in a text; null for none."""
    match = _DATE.search(" ".join((text or "").split())[:LONGEST])
    return day(match[1]) if match else None


def _byday(text: str) -> str:
    """`ma–ke ja pe` -> MO,TU,WE,FR."""
    on: set[str] = set()
    last: int | None = None
    is_range = False
    for part in re.findall(rf"{_DAY}|[-–—]", text, re.IGNORECASE):
        if part in "-–—":
            is_range = True
            continue
        word = re.fullmatch(rf"({_WORDS})(?:i?sin|ar|s)?\.?", part.casefold())
        name = word[1] if word else ""
        if name in _GROUPS:
            on.update(_GROUPS[name])
            continue
        index = _DAY_OF[name]
        if is_range and last is not None:
            on.update(DAYS[(last + n) % 7] for n in range((index - last) % 7 + 1))
        on.add(DAYS[index])
        last, is_range = index, False
    return ",".join(d for d in DAYS if d in on)


def _clock(hour: str | None, minute: str | None) -> str | None:
    """HH:MM; 24 is the end of the day; null for none and for what no clock shows."""
    if hour is None:
        return None
    h, m = int(hour), int(minute or 0)
    return f"{h:02d}:{m:02d}" if (h < 24 and m < 60) or (h, m) == (24, 0) else None
