"""Times that are told in words: "tiistaisin klo 17–19", "onsdagar kl. 18".

Read only as far as weekdays and clock times are certain; the words stay as they are in the table `schedule`.
"""

import re

from pipeline.transform.names.folding import ascii_fold

DAYS = {
    "MO": ("maanantai", "ma", "mandag"),
    "TU": ("tiistai", "ti", "tisdag"),
    "WE": ("keskiviikko", "keskiviikk", "ke", "onsdag"),
    "TH": ("torstai", "to", "torsdag"),
    "FR": ("perjantai", "pe", "fredag"),
    "SA": ("lauantai", "la", "lordag"),
    "SU": ("sunnuntai", "su", "sondag"),
}
_SHORT = {name: day for day, names in DAYS.items() for name in names if len(name) == 2}
_LONG = {name: day for day, names in DAYS.items() for name in names if len(name) > 2}
_CLOCK = r"(\d{1,2})(?:[.:](\d{2}))?"
_SPAN = re.compile(rf"(?:klo|kl|kello|klockan)\.?\s*{_CLOCK}(?:\s*[-–—]\s*{_CLOCK})?")
_WORD = re.compile(r"[a-z]+")
_RANGE = re.compile(r"\b(ma|ti|ke|to|pe|la|su)\s*[-–—]\s*(ma|ti|ke|to|pe|la|su)\b")
_DATE = re.compile(r"\d{1,2}\.\s*\d{1,2}\.")


def slots_in_words(text: str | None) -> list[str]:
    """`MO 17:00-19:00` for each weekday of one time; empty unless both are there and there is one time only."""
    if not text:
        return []
    folded = ascii_fold(text)
    spans = _SPAN.findall(folded)
    if len(spans) != 1 or _DATE.search(folded):
        return []
    opens, closes = _clock(*spans[0][:2]), _clock(*spans[0][2:])
    if opens is None:
        return []
    days = sorted(set(_days(folded)), key=list(DAYS).index)
    return [f"{day} {opens}-{closes or ''}" for day in days]


def _days(folded: str) -> list[str]:
    order = list(DAYS)
    if ranged := _RANGE.search(folded):
        first, last = order.index(_SHORT[ranged[1]]), order.index(_SHORT[ranged[2]])
        return order[first : last + 1] if first <= last else []
    found = []
    for word in _WORD.findall(folded):
        if word in _SHORT:
            found.append(_SHORT[word])
        else:
            found += [day for name, day in _LONG.items() if word.startswith(name)][:1]
    return found


def _clock(hour: str, minute: str) -> str | None:
    if not hour or int(hour) > 24 or int(minute or 0) > 59:
        return None
    return f"{int(hour):02d}:{minute or '00'}"
