"""A volunteer task of Vapaaehtoistyö.fi -> a service and the place where it is met.

What it decides: when a task is offered, which axis each of its themes belongs to, and that of the contact details
only the organisation's own desks are handed on.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from pipeline.sources.fields import Fields
from pipeline.sources.items import Address, Email, Finding, Hours, Item, Name, Parsed, Term, Text, Unread
from pipeline.sources.vapaaehtoistyo.words import Privacy, multilingual, texts_in
from pipeline.transform.dates import HELSINKI, moment

PERSONAL = "task.contactDetails (personal, dropped)"
"""Under this name the contact details that were not handed on are counted among the unread fields."""
Times = tuple[datetime | None, datetime | None]


@dataclass(slots=True)
class Reading:
    """What one run of the parser knows: the lists of source.yml, and which themes were strange so far."""

    settings: Mapping[str, Any]
    privacy: Privacy
    strange: set[str] = field(default_factory=set)

    def texts(self, value: Any) -> list[tuple[str | None, str]]:
        """Language and text, Finnish first."""
        return multilingual(value, self.settings["languages"], self.settings["plain_language"])


def key_of(value: Any) -> str | None:
    """A key verbatim; numbers are written out; null for anything that is no key."""
    if isinstance(value, str) and value.strip():
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def organisation_id(value: Any) -> str | None:
    """The native id of the organisation: tasks and organisations may have equal numbers, so it says which it is."""
    key = key_of(value)
    return f"organization/{key}" if key else None


def task(raw: Mapping[str, Any], key: str, fetched_at: datetime, reading: Reading) -> Iterator[Parsed]:
    """The service, its place, then findings and unread fields."""
    data = Fields(raw, "task")
    data.ignore("id", "status", *reading.settings["known_unused"]["task"])
    odd: list[Parsed] = []
    item = Item("service", key, fetched_at=fetched_at, service_kind="volunteering")
    item.organization = organisation_id(data.take("organization"))
    names = reading.texts(data.take("organizationName"))
    if item.organization is None:
        item.organization_name = names[0][1] if names else None
        if not names:
            odd.append(Finding("unknown_organization", "A task without an organisation.", key, "organization"))
    titles = reading.texts(data.take("title"))
    item.names = [Name(reading.privacy.without_persons(text), language) for language, text in titles]
    item.url = _page(key, titles, reading)
    item.texts = [
        Text("description", reading.privacy.without_persons(text), language, "html")
        for language, text in reading.texts(data.take("description"))
    ]
    odd += _contact(item, data.take("contactDetails"), reading)
    odd += _themes(item, data, reading)
    updated = data.take("timeStampLastUpdated")
    item.modified = moment(updated) if isinstance(updated, (int, float, str)) else None
    hours = _times(item, data, odd, reading)
    place = _place(item, data, odd, reading)
    if place:
        place.hours = hours
        item.locations = [place.native_id]
    else:
        item.hours = hours
    yield item
    if place:
        yield place
    yield from odd
    yield from data.unread()


def _page(key: str, titles: list[tuple[str | None, str]], reading: Reading) -> str:
    """The public page, in Finnish when the task has a Finnish title or one without a language."""
    locales = reading.settings["locales"]
    told = [language for language, _ in titles if language in locales]
    locale = locales[told[0]] if told else "fi"
    page: str = reading.settings["task_page"]
    return page.replace("{locale}", locale).replace("{id}", quote(key, safe=""))


def _contact(item: Item, value: Any, reading: Reading) -> Iterator[Parsed]:
    """Addresses that are plainly an organisation's; that anything else was dropped is counted."""
    dropped = False
    for text in texts_in(value):
        roles = reading.privacy.role_addresses(text)
        for address in roles:
            if address not in (email.value for email in item.emails):
                item.emails.append(Email(address))
        dropped = dropped or not reading.privacy.is_nothing_but(text, roles)
    if dropped:
        yield Unread(PERSONAL)


def _themes(item: Item, data: Fields, reading: Reading) -> Iterator[Parsed]:
    """Each theme as a term of its axis; only topics and target groups count as themes."""
    axes: Mapping[str, str] = reading.settings["themes"]
    for theme in data.take_objects("themes"):
        theme.ignore(*reading.settings["known_unused"]["theme"])
        code = key_of(theme.take("id"))
        names = [text for _, text in reading.texts(theme.take("name"))]
        known = next((name for name in names if name.strip() in axes), None)
        label = (known or (names[0] if names else "")).strip() or None
        axis = axes[label] if known and label else "theme"
        if label or code:
            item.terms.append(Term(f"vapaaehtoistyo_{axis}", code, label))
        if label and label in reading.settings["theme_languages"]:
            item.languages.append(reading.settings["theme_languages"][label])
        if known is None and (label or code) and (label or code or "") not in reading.strange:
            reading.strange.add(label or code or "")
            message = "A theme that is not in source.yml; read as a topic. Add it there with its axis."
            yield Finding("code_unknown", message, field="themes[].name", value=label or code, level="info")
        yield from theme.unread()


def _times(item: Item, data: Fields, odd: list[Parsed], reading: Reading) -> list[Hours]:
    """Publication and end as validity, a fixed time as a rule; whether it is over by the time of fetching."""
    published = _moment(data, "timeStampPublicationDate", item, odd)
    start, end = _moment(data, "timeStampStartTask", item, odd), _moment(data, "timeStampEndTask", item, odd)
    open_ended = str(data.take("noActualTime")).casefold() in ("1", "true")
    if open_ended and reading.settings["dates_without_time"] == "ignore":
        start = end = None
    item.valid_from = published.date() if published else None
    item.valid_to = end.date() if end else None
    if end and item.fetched_at and end < item.fetched_at:
        item.service_status = "inactive"
    item.status = "published"
    if open_ended or not (start or end):
        return []
    first, last = start.date() if start else None, end.date() if end else None
    if start and (end is None or (first == last and end >= start)):
        return [Hours(opens_at=_clock(start), closes_at=_clock(end) if end != start else None, dtstart=first)]
    if start and end and end < start:
        odd.append(Finding("date_invalid", "Ends before it begins.", item.native_id, "timeStampEndTask", str(end)))
        return [Hours(opens_at=_clock(start), dtstart=first)]
    return [Hours(valid_from=first, valid_to=last, dtstart=first)]


def _moment(data: Fields, key: str, item: Item, odd: list[Parsed]) -> datetime | None:
    """Epoch seconds as Finnish local time; null for 0 and nothing, with a finding for what is no time."""
    value = data.take(key)
    if value in (None, "", 0, "0", False):
        return None
    read = moment(value) if isinstance(value, (int, float, str)) else None
    if read is None:
        odd.append(Finding("date_invalid", "Not a time.", item.native_id, key, str(value)[:80], "warning"))
        return None
    return read.astimezone(HELSINKI)


def _clock(value: datetime | None) -> str | None:
    """HH:MM; null at midnight, which is a day without a time."""
    return value.strftime("%H:%M") if value and (value.hour or value.minute) else None


def _place(item: Item, data: Fields, odd: list[Parsed], reading: Reading) -> Item | None:
    """The address with its point; null when the task names neither."""
    lines = [text for _, text in reading.texts(data.take("address"))]
    address = Address(line=reading.privacy.without_persons(lines[0]) if lines else None)
    if point := data.take_object("addressCoordinates"):
        y, x = _degree(point.take("lat")), _degree(point.take("lng"))
        if y is not None and x is not None and (y, x) != (0, 0):
            address.y, address.x, address.crs = y, x, "EPSG:4326"
        elif (y is None) != (x is None):
            message = "Only one of latitude and longitude."
            odd.append(Finding("coordinates_invalid", message, item.native_id, "addressCoordinates", level="warning"))
        odd += point.unread()
    if address.line is None and address.crs is None:
        return None
    place = Item("location", f"{item.native_id}/place", organization=item.organization, fetched_at=item.fetched_at)
    place.channel_kind = "service_location"
    place.addresses = [address]
    return place


def _degree(value: Any) -> float | str | None:
    """As written; null for nothing and for what is neither number nor text."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    return value if not isinstance(value, str) or value.strip() else None
