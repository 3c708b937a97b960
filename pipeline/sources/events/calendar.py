"""Events of an iCalendar file -> happenings: names, times with their zones, recurrences, exceptions.

Never read: ATTENDEE, CONTACT, COMMENT and the e-mail address of ORGANIZER, which are persons; events that are marked
private.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.sources.events.happening import Happening, body_name, event, organizer_name, place
from pipeline.sources.events.ical import Component, Property, components
from pipeline.sources.events.recurrence import hours, rule_of
from pipeline.sources.events.times import When, last_day, once, when
from pipeline.sources.items import Address, Finding, Hours, Link, Name, Parsed, Term, Text, Unread
from pipeline.sources.snapshots import Capture
from pipeline.transform.dates import HELSINKI

STAMP = re.compile(r"(\d{8})(?:T(\d{4}(?:\d{2})?)(Z?))?")
DURATION = re.compile(r"P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:\d+S)?)?")
READ = frozenset(
    "UID SUMMARY DESCRIPTION LOCATION GEO DTSTART DTEND DURATION RRULE RDATE EXDATE RECURRENCE-ID STATUS CLASS URL "
    "CATEGORIES ORGANIZER LAST-MODIFIED X-ALT-DESC".split()
)
IGNORED = frozenset(
    "DTSTAMP CREATED SEQUENCE TRANSP PRIORITY ATTENDEE CONTACT COMMENT ATTACH IMAGE COLOR RELATED-TO "
    "REQUEST-STATUS".split()
)


@dataclass(slots=True)
class Clocks:
    """The zones of one calendar; names that are not known are remembered."""

    names: Mapping[str, str]
    floating: ZoneInfo = HELSINKI
    unknown: list[str] = field(default_factory=list)

    def zone(self, name: str | None) -> ZoneInfo:
        """The zone of a TZID; Finnish time without one, and for one that nobody knows."""
        if not name:
            return self.floating
        short = "/".join(name.split("/")[-2:])
        for known in (self.names.get(name), name, short):
            try:
                if known:
                    return ZoneInfo(known)
            except (ValueError, OSError, KeyError):
                continue
        self.unknown.append(name)
        return HELSINKI

    def when(self, found: Property | None) -> tuple[When | None, int]:
        """Day and time in Finland, and by how many days that day differs from the calendar's own."""
        return self.stamp(found.value, found.parameters.get("TZID")) if found else (None, 0)

    def stamp(self, text: str, zone: str | None) -> tuple[When | None, int]:
        """The same for one value of a list."""
        match = STAMP.fullmatch(text.strip())
        if match is None:
            return when(text), 0
        try:
            day = datetime.strptime(match[1], "%Y%m%d").replace(tzinfo=UTC)
            if match[2] is None:
                return When(day.date()), 0
            clock = timedelta(hours=int(match[2][:2]), minutes=int(match[2][2:4]))
            moment = (day + clock).replace(tzinfo=UTC if match[3] else self.zone(zone))
            local = moment.astimezone(HELSINKI)
        except (ValueError, OverflowError):
            return None, 0
        return When(local.date(), local.strftime("%H:%M")), (local.date() - moment.date()).days


def happenings(capture: Capture, settings: Mapping[str, Any]) -> Iterator[Happening | Parsed]:
    """Every event of a calendar, its exceptions folded into it; then what was odd about the whole."""
    *events, calendar = components(capture.body)
    rules = settings["ical"]
    clocks = Clocks(rules["time_zones"])
    clocks.floating = clocks.zone(calendar.text("X-WR-TIMEZONE"))
    masters: dict[str, Component] = {}
    exceptions: dict[str, list[Component]] = {}
    for one in events:
        key = _uid(one)
        if key is None:
            yield Finding("record_unreadable", "An event without UID, time and name; it is not read.")
        elif one.first("RECURRENCE-ID") and key in masters:
            exceptions.setdefault(key, []).append(one)
        elif key in masters and masters[key].first("RECURRENCE-ID"):
            exceptions.setdefault(key, []).append(masters[key])
            masters[key] = one
        elif key in masters:
            if _told(masters[key]) != _told(one):
                yield Finding("duplicate_native_id", "Two events have this UID and differ; the first is used.", key)
        else:
            masters[key] = one
    private = 0
    for key, one in masters.items():
        if (one.text("CLASS") or "PUBLIC").upper() in ("PRIVATE", "CONFIDENTIAL"):
            private += 1
            continue
        yield _happening(one, exceptions.get(key, []), key, capture, settings, clocks)
        yield from (Unread(f"VEVENT.{p.name}") for p in one.properties if p.name not in READ | IGNORED and p.value)
    if private:
        yield Finding("record_unreadable", f"{private} events are marked private and were not read.", level="info")
    for name in sorted(set(clocks.unknown)):
        message = (
            f"The time zone '{name[:60]}' is not known, Finnish time was taken; add it to time_zones in source.yml."
        )
        yield Finding("code_unknown", message, None, "TZID", name[:200], "warning")


def _uid(one: Component) -> str | None:
    """The UID; for the programs that write none, the start and the name."""
    if uid := one.text("UID"):
        return uid
    start, name = one.first("DTSTART"), one.text("SUMMARY")
    return f"{start.value}/{name}" if start and name else None


def _told(one: Component) -> list[tuple[str, str]]:
    return [(p.name, p.value) for p in one.properties if p.name in READ]


def _happening(
    one: Component, exceptions: list[Component], key: str, capture: Capture, settings: Mapping[str, Any], clocks: Clocks
) -> Happening:
    made = event(key, capture.fetched_at)
    item = made.item
    language = (one.first("SUMMARY") or Property("", "")).parameters.get("LANGUAGE")
    item.names = [Name(one.text("SUMMARY"), language.lower() if language else None)]
    if text := one.text("DESCRIPTION"):
        item.texts.append(Text("description", text, None, "html" if "</" in text else "plain"))
    elif text := one.text("X-ALT-DESC"):
        item.texts.append(Text("description", text, None, "html"))
    url = one.text("URL")
    item.url = url if url and url.startswith(("http://", "https://")) else None
    item.modified = _modified(one)
    item.terms = [Term("event_keyword", label=label) for p in one.all("CATEGORIES") for label in p.parts()]
    status = (one.text("STATUS") or "CONFIRMED").upper()
    if status not in settings["ical"]["statuses"]:
        made.report("code_unknown", f"'{status[:40]}' is no status of an event; taken as active.", "STATUS", status)
    item.service_status = settings["ical"]["statuses"].get(status, "active")
    organizer = one.first("ORGANIZER")
    if organizer:
        made.organizer = body_name(organizer.parameters.get("CN"), settings["body_words"])
    _where(made, one)
    _times(made, one, exceptions, clocks)
    return made


def _modified(one: Component) -> str | None:
    """LAST-MODIFIED as ISO 8601."""
    match = STAMP.fullmatch(one.text("LAST-MODIFIED") or "")
    if not match or not match[2]:
        return None
    return f"{match[1]}T{match[2]}Z"


def _where(made: Happening, one: Component) -> None:
    """LOCATION as one line, and the point of GEO (latitude first, §3.8.1.6); a web address means online."""
    line = organizer_name(one.text("LOCATION")) or one.text("LOCATION")
    point = (one.text("GEO") or "").split(";")
    if not line and len(point) != 2:
        return
    spot = place(made)
    if line and line.startswith(("http://", "https://")):
        spot.location_type, spot.channel_kind = "virtual", "e_channel"
        spot.links = [Link(line)]
        return
    address = Address(line=line)
    if len(point) == 2:
        address.y, address.x, address.crs = point[0].strip(), point[1].strip(), "EPSG:4326"
    spot.addresses.append(address)


def _times(made: Happening, one: Component, exceptions: list[Component], clocks: Clocks) -> None:
    start, shift = clocks.when(one.first("DTSTART"))
    if start is None:
        made.report("date_invalid", "An event without a start that can be read.", "DTSTART", one.text("DTSTART"))
        return
    end = _end(one, start, clocks)
    rules = one.all("RRULE")
    if not rules:
        made.held([once(start, end)])
    for found in rules:
        rule = rule_of(found.value)
        if rule is None:
            made.report("code_unknown", "Not a recurrence rule; the first time is kept.", "RRULE", found.value)
            made.held([once(start, end)])
            continue
        until = clocks.stamp(rule.until, None)[0] if rule.until else None
        closes = end.clock if end and last_day(start, end) == start.day and end.day == start.day else None
        made.held([hours(rule, start.day, start.clock, closes, until.day if until else None, shift)])
    for extra in (stamp for p in one.all("RDATE") for stamp in _stamps(p, clocks)):
        same = end.clock if end and end.day == start.day else None
        made.held([once(extra, replace(extra, clock=same) if same and extra.clock else None)])
    closed: list[date] = [stamp.day for p in one.all("EXDATE") for stamp in _stamps(p, clocks)]
    for other in exceptions:
        was, _ = clocks.when(other.first("RECURRENCE-ID"))
        closed += [was.day] if was else []
        moved, _ = clocks.when(other.first("DTSTART"))
        if moved and (other.text("STATUS") or "").upper() != "CANCELLED":
            made.held([once(moved, _end(other, moved, clocks))])
    made.held(Hours(is_closed=True, dtstart=d, valid_from=d, valid_to=d) for d in sorted(set(closed)))


def _stamps(found: Property, clocks: Clocks) -> Iterator[When]:
    for part in found.value.split(","):
        stamp, _ = clocks.stamp(part.split("/")[0], found.parameters.get("TZID"))
        if stamp:
            yield stamp


def _end(one: Component, start: When, clocks: Clocks) -> When | None:
    """DTEND, or DTSTART and DURATION; of whole days the end is the day after the last (§3.6.1)."""
    end, _ = clocks.when(one.first("DTEND"))
    if end is not None:
        return When(end.day, "00:00") if end.clock is None else end
    match = DURATION.fullmatch((one.text("DURATION") or "").strip().lstrip("+"))
    if match is None or not any(match.groups()):
        return None
    weeks, days, hour, minute = (int(g or 0) for g in match.groups())
    at = datetime.strptime(start.clock or "00:00", "%H:%M").replace(tzinfo=UTC)
    try:
        moment = datetime.combine(start.day, at.time(), UTC) + timedelta(
            weeks=weeks, days=days, hours=hour, minutes=minute
        )
    except OverflowError:
        return None
    return When(moment.date(), moment.strftime("%H:%M"))
