"""A channel of an activity -> a location, and its events -> hours.

What it decides: whether a channel is a place or virtual, and how events and recurrences of the platform become
rules with weekdays and Finnish local times.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pipeline.sources.fields import Fields
from pipeline.sources.items import Email, Hours, Item, Link, Term, Text
from pipeline.sources.lahella.codes import Reading, addresses, texts_of, translations


@dataclass(slots=True)
class Channel:
    """A location, and what its channel tells about the activity itself."""

    item: Item
    event_types: list[str] = field(default_factory=list)
    """single, days, range or weekly."""
    registration: list[tuple[str, str]] = field(default_factory=list)
    """Language and HTML text on how to enrol."""


def channels(traits: Fields, service: Item, reading: Reading) -> list[Channel]:
    """The channels as locations; the service gets their ids, and addresses for enrolment.

    The id is `{activity}/channel/{id}`, with the number in the list, from 1, for a channel without an id.
    """
    found = []
    if traits.is_null("channels"):
        reading.report("unknown_location", "null where a list of channels belongs; read as none.", "channels", "null")
    for number, channel in enumerate(traits.take_objects("channels"), 1):
        native_id = f"{service.native_id}/channel/{reading.key(channel.take('id')) or number}"
        if native_id in service.locations:
            native_id = f"{native_id}/{number}"
        made = _channel(channel, native_id, service, reading)
        service.locations.append(native_id)
        found.append(made)
        reading.odd += channel.unread()
    return found


def _channel(channel: Fields, native_id: str, service: Item, reading: Reading) -> Channel:
    item = Item("location", native_id, organization=service.organization, fetched_at=reading.fetched_at)
    made = Channel(item)
    codes = list(texts_of(channel.take("type")))
    kinds = [kind for code in codes if (kind := reading.known("channels", code, "channels[].type"))]
    if kinds:
        kind = next((k for k in kinds if k["type"] == "physical"), kinds[0])
        item.location_type, item.channel_kind = kind["type"], kind["kind"]
    item.terms += [Term("lahella_channel", code) for code in codes]
    labels = reading.codes["accessibility"]
    item.terms += [Term("lahella_accessibility", c, labels.get(c)) for c in texts_of(channel.take("accessibility"))]
    languages = translations(channel, reading)
    for language, own in languages:
        if text := own.take_text("summary"):
            item.texts.append(Text("summary", text, language, "html"))
        if text := own.take_text("registration"):
            made.registration.append((language, text))
    places = addresses(channel, languages, reading)
    if item.location_type == "physical":
        item.addresses += places
    for event in channel.take_objects("events"):
        made.event_types += _hours(event, item, reading)
    _registration(channel, service)
    for _, own in languages:
        reading.odd += own.unread()
    return made


def _registration(channel: Fields, service: Item) -> None:
    channel.ignore("registrationRequired")
    url, email = channel.take_text("registrationUrl"), channel.take_text("registrationEmail")
    if url and url not in (link.value for link in service.links):
        service.links.append(Link(url, "Ilmoittautuminen"))
    if email and email not in (e.value for e in service.emails):
        service.emails.append(Email(email, "Ilmoittautuminen"))


def _hours(event: Fields, item: Item, reading: Reading) -> list[str]:
    """Adds the rules of one event; gives its type, nothing for one that is not known."""
    event.ignore("timeZone", "id")
    code = event.take_text("type")
    kind = reading.known("event_types", code, "channels[].events[].type")
    start = reading.moment(event.take("start"), "channels[].events[].start")
    end = reading.moment(event.take("end"), "channels[].events[].end")
    recurrence = event.take_object("recurrence")
    last = reading.moment(recurrence.take("end"), "channels[].events[].recurrence.end") if recurrence else None
    if kind == "single":
        closes = end or last
        if start:
            same_day = closes if closes and closes.date() == start.date() and closes > start else None
            item.hours.append(Hours(opens_at=_clock(start), closes_at=_clock(same_day), dtstart=start.date()))
    elif (kind == "range" or recurrence is None) and (start or end or last):
        item.hours.append(Hours(valid_from=_day(start), valid_to=_day(last or end), dtstart=_day(start)))
    if recurrence:
        if kind not in ("single", "range"):
            item.hours += _recurrence(recurrence, start, last, reading)
        else:
            recurrence.ignore("period", "gap", "daySpecificTimes", "exclude")
        reading.odd += recurrence.unread()
    reading.odd += event.unread()
    return [kind] if kind else []


def _recurrence(recurrence: Fields, start: datetime | None, last: datetime | None, reading: Reading) -> list[Hours]:
    """One rule for all weekdays with the same times, and one that says closed for each excluded day."""
    where = "channels[].events[].recurrence"
    period, gap = recurrence.take_text("period"), recurrence.take_text("gap")
    rule = reading.known("periods", period, f"{where}.period") or {}
    interval = reading.known("gaps", gap, f"{where}.gap") if gap else rule.get("interval")
    days: dict[tuple[str | None, str | None], list[str]] = {}
    for entry in recurrence.take_objects("daySpecificTimes"):
        if day := _weekday(entry.take("weekday"), reading):
            days.setdefault((entry.take_text("startTime"), entry.take_text("endTime")), []).append(day)
        reading.odd += entry.unread()
    names = reading.codes["weekdays"]
    if not days:
        day = names[start.weekday()] if start and rule.get("freq") == "WEEKLY" else None
        days = {(_clock(start), None): names if rule.get("every_day") else [day] if day else []}
    words = ", ".join(f"{k} {v}" for k, v in (("period", period), ("gap", gap)) if v)
    rules = [
        Hours(
            opens_at=opens,
            closes_at=closes,
            byday=",".join(d for d in names if d in on) or None,
            freq=rule.get("freq"),
            interval=interval,
            dtstart=_day(start),
            valid_from=_day(start),
            valid_to=_day(last),
            description=words if gap or not rule else None,
        )
        for (opens, closes), on in days.items()
    ]
    excluded = [_excluded(value, reading, f"{where}.exclude") for value in recurrence.take_list("exclude")]
    rules += [Hours(is_closed=True, dtstart=day, valid_from=day, valid_to=day) for day in excluded if day]
    return rules


def _weekday(value: Any, reading: Reading) -> str | None:
    """1 is Monday."""
    names: list[str] = reading.codes["weekdays"]
    text = str(value)
    if not isinstance(value, bool) and text.isdigit() and 1 <= int(text) <= len(names):
        return names[int(text) - 1]
    reading.report("code_unknown", "Not a weekday from 1 to 7.", "daySpecificTimes[].weekday", value)
    return None


def _excluded(value: Any, reading: Reading, where: str) -> date | None:
    """A day left out, as epoch milliseconds or an ISO date (which of the two is not verified)."""
    if isinstance(value, str) and not value.isdigit():
        try:
            return date.fromisoformat(value[:10])
        except ValueError:
            pass
    return _day(reading.moment(value, where))


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


def _clock(moment: datetime | None) -> str | None:
    """HH:MM; null at midnight, which is how the platform writes a day without a time."""
    return moment.strftime("%H:%M") if moment and (moment.hour or moment.minute) else None
