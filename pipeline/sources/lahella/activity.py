"""An activity announcement (toimintailmoitus) of Lähellä.fi -> a service and its places.

What it decides: the kind of activity, for which ages it is, and whether it is offered now. When and where it is
met is read in `channel`.
"""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

from pipeline.sources.fields import Fields
from pipeline.sources.items import Finding, Item, Parsed, Term, Text
from pipeline.sources.lahella.channel import Channel, channels
from pipeline.sources.lahella.codes import Reading, areas, contacts, name_and_texts, terms, texts_of, translations

TEXTS = {
    "summary": "summary",
    "description": "description",
    "pricing": "price",
    "registration": "user_instruction",
}
PUBLISHED = "published"


def activity(raw: Mapping[str, Any], key: str, reading: Reading) -> Iterator[Parsed]:
    """The service, then its places; findings and unread fields after them."""
    reading.begin(key)
    data = Fields(raw, "activity")
    data.ignore("_key", "_id", "_rev", "links", "groups")
    item = Item("service", key, url=reading.page("activity", key), fetched_at=reading.fetched_at)
    group = data.take("group")
    item.organization = reading.key(group.get("_key") if isinstance(group, dict) else group)
    traits = data.take_object("traits") or Fields({}, "activity.traits")
    traits.ignore("photo", "photoAlt", "requiredLocales")
    languages = translations(traits, reading)
    name_and_texts(item, languages, TEXTS)
    inner = contacts(item, traits, reading)
    found = channels(traits, item, reading)
    _kind(item, traits, found, reading)
    _for_whom(item, traits, reading)
    item.languages += _languages(traits, reading)
    _price(item, traits, reading)
    areas(item, traits, reading)
    visibility = _offered(item, data, reading)
    _enrolment(item, found)
    if item.organization is None:
        yield Finding("unknown_organization", "An activity without a group.", key, "group")
    yield item
    yield from (channel.item for channel in found)
    yield from reading.odd
    for fields in (data, traits, *visibility, *(own for _, own in languages), *inner):
        yield from fields.unread()


def _kind(item: Item, traits: Fields, found: list[Channel], reading: Reading) -> None:
    """By the type; a meeting place by its format, and help or a hobby that is held once is an event.

    A volunteer task with one date stays a volunteer task: that is what the platform calls it.
    """
    if kind := reading.known("types", (code := traits.take("type")), "traits.type"):
        item.service_kind = kind["kind"]
        item.terms.append(Term("lahella_type", code, kind["label"]))
    terms(item, traits, "theme", "lahella_theme", reading.codes["themes"])
    formats = terms(item, traits, "format", "lahella_format", reading.codes["formats"])
    if item.service_kind not in ("support", "hobby"):
        return
    by_format = [kind for code in formats if (kind := reading.codes["format_kinds"].get(code))]
    if by_format:
        item.service_kind = by_format[0]
    else:
        types = [kind for channel in found for kind in channel.event_types]
        if types and all(kind == "single" for kind in types):
            item.service_kind = "event"


def _for_whom(item: Item, traits: Fields, reading: Reading) -> None:
    """Age groups and genders as terms, and the ages in years when the groups leave no gap between them."""
    ranges = []
    for code in dict.fromkeys(texts_of(traits.take("demographic"))):
        if code.startswith("gender/"):
            if (label := reading.known("genders", code, "traits.demographic")) or code not in reading.codes["genders"]:
                item.terms.append(Term("lahella_gender", code, label))
        else:
            group = reading.known("age_groups", code, "traits.demographic") or {}
            item.terms.append(Term("lahella_age_group", code, group.get("label")))
            ranges.append(tuple(group["ages"]) if group else None)
    known = sorted(r for r in ranges if r)
    if not known or len(known) < len(ranges):
        return
    if all(low <= before_high + 1 for (_, before_high), (low, _) in pairwise(known)):
        item.minimum_age = known[0][0] or None
        highest = known[-1][1]
        item.maximum_age = None if highest >= reading.codes["no_upper_age"] else highest


def _languages(traits: Fields, reading: Reading) -> list[str]:
    """ISO 639 codes; a code that is not in the list is handed on as it is."""
    codes = dict.fromkeys(texts_of(traits.take("locale")))
    return [reading.codes["locales"].get(code, code) for code in codes]


def _price(item: Item, traits: Fields, reading: Reading) -> None:
    """True for free, false for paid; null when it says both or neither."""
    told = {reading.known("prices", code, "traits.pricing") for code in texts_of(traits.take("pricing"))} - {None}
    item.is_free = told.pop() if len(told) == 1 else None


def _offered(item: Item, data: Fields, reading: Reading) -> list[Fields]:
    """Status and the days of visibility.

    The platform leaves the status null for what is over or not begun; then visibility and the time of fetching
    tell. A status that is not known is read as null and reported.
    """
    tags = data.take_object("tags")
    visibility = tags.take_object("visibility") if tags else None
    start = reading.moment(visibility.take("start"), "tags.visibility.start") if visibility else None
    end = reading.moment(visibility.take("end"), "tags.visibility.end") if visibility else None
    item.valid_from = start.date() if start else None
    item.valid_to = end.date() if end else None
    status = data.take("status")
    item.status = status if isinstance(status, str) else None
    if status != PUBLISHED:
        if status is not None:
            reading.report("code_unknown", "A status that is not known; visibility is used.", "status", status)
        if end and end < reading.fetched_at:
            item.status, item.service_status = item.status or "expired", "inactive"
        elif start and start > reading.fetched_at:
            item.status, item.service_status = item.status or "pending", "inactive"
    return [fields for fields in (tags, visibility) if fields]


def _enrolment(item: Item, found: list[Channel]) -> None:
    """How to take part, from the channels, each wording once."""
    told = {(text.language, text.value) for text in item.texts if text.field == "user_instruction"}
    for channel in found:
        for language, value in channel.registration:
            if (language, value) not in told:
                told.add((language, value))
                item.texts.append(Text("user_instruction", value, language, "html"))
