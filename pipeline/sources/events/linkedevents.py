"""Answers of a Linked Events API -> happenings. The field names are inferred; see source.yml.

What it decides: what an object is (event, place, keyword), which language counts, and that the parts of a recurring
event are its times, not events of their own.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from pipeline.sources.events.happening import Happening, event, organizer_name, place
from pipeline.sources.events.times import once, when
from pipeline.sources.fields import Fields
from pipeline.sources.items import Address, Finding, Item, Link, Name, Parsed, Term, Text
from pipeline.sources.snapshots import Capture

Raw = Mapping[str, Any]
KNOWN = (
    "@context @type data_source publisher images videos created_time date_published created_by last_modified_by "
    "custom_data deleted replaced_by publication_status type_id environment environmental_certificate sub_events "
    "provider_contact_info user_name user_email user_phone_number user_organization user_consent local "
    "registration registration_links enrolment_start_time enrolment_end_time maximum_attendee_capacity "
    "minimum_attendee_capacity extension_course weather external_id has_start_time has_end_time"
).split()


def objects(capture: Capture) -> tuple[str, list[Any]]:
    """Kind (event, place, keyword) and the objects of an answer; empty for an answer of another shape."""
    try:
        answer = json.loads(capture.body)
    except (ValueError, RecursionError):
        return "event", []
    parts = [p for p in urlsplit(capture.uri).path.removesuffix(".json").split("/") if p]
    kind = next((p for p in reversed(parts) if p in ("event", "place", "keyword")), "event")
    if isinstance(answer, Mapping) and "data" in answer:
        found = answer["data"]
        return kind, found if isinstance(found, list) else []
    if isinstance(answer, list):
        return kind, answer
    return kind, [answer] if isinstance(answer, Mapping) and ("@id" in answer or "id" in answer) else []


class References:
    """Places and keywords by address, embedded in events or asked for on their own; the fuller copy counts."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[int, int, str, Raw]] = {}

    def learn(self, raw: Any, layer: int = 0) -> None:
        """Remembers an object that says more than its address; what a later layer says counts."""
        if not isinstance(raw, Mapping) or not isinstance(raw.get("@id"), str) or not raw.get("name"):
            return
        text = json.dumps(raw, sort_keys=True)
        rank = (layer, len(text), text, raw)
        key = raw["@id"].rstrip("/")
        if key not in self.known or rank[:3] > self.known[key][:3]:
            self.known[key] = rank

    def look_up(self, raw: Any) -> Raw | None:
        """The fullest copy of what an object refers to; null for no reference."""
        key = raw.get("@id") if isinstance(raw, Mapping) else None
        if not isinstance(key, str):
            return None
        return self.known[key.rstrip("/")][3] if key.rstrip("/") in self.known else raw


def missing(events: Iterable[Any]) -> dict[str, list[str]]:
    """Addresses of places and keywords that events only refer to, by kind, in order."""
    references, wanted = References(), {"place": [], "keyword": []}  # type: tuple[References, dict[str, list[str]]]
    for raw in events:
        if not isinstance(raw, Mapping):
            continue
        for kind, found in (("place", [raw.get("location")]), ("keyword", _list(raw.get("keywords")))):
            for one in found:
                references.learn(one)
                if isinstance(one, Mapping) and isinstance(one.get("@id"), str) and not one.get("name"):
                    wanted[kind].append(one["@id"])
    return {k: [a for a in dict.fromkeys(v) if a.rstrip("/") not in references.known] for k, v in wanted.items()}


def happenings(captures: Iterable[Capture], settings: Mapping[str, Any]) -> Iterator[Happening | Parsed]:
    """Every event of all answers; places and keywords are looked up over all of them."""
    rules = settings["linkedevents"]
    references = References()
    events: list[tuple[Raw, Capture]] = []
    for capture in captures:
        kind, found = objects(capture)
        for raw in found:
            if not isinstance(raw, Mapping):
                yield Finding(
                    "record_unreadable", f"An entry of the list of {kind}s is no object.", value=str(raw)[:80]
                )
            elif kind == "event":
                events.append((raw, capture))
                for one in (raw.get("location"), *_list(raw.get("keywords"))):
                    references.learn(one, capture.layer)
            else:
                references.learn(raw, capture.layer)
    for raw, capture in _current(events):
        if raw.get("deleted") is True or raw.get("publication_status") == "draft":
            continue
        native_id = raw.get("id") or _last(raw.get("@id"))
        if not isinstance(native_id, (str, int)) or isinstance(native_id, bool) or not str(native_id).strip():
            yield Finding("record_unreadable", "An event without id; ask the calendar's operator.", field="id")
            continue
        made = event(str(native_id), capture.fetched_at)
        data = Fields(raw, "event")
        _read(made, data, rules, references)
        made.odd += list(data.unread())
        yield made


def _current(events: list[tuple[Raw, Capture]]) -> list[tuple[Raw, Capture]]:
    """The events as they are after all deltas: the copy of the last layer of each, without those that have ended.

    A full fetch is left as it is: the platform was asked for what is still to come.
    """
    last = max((capture.layer for _, capture in events), default=0)
    if not last:
        return events
    today = max(capture.fetched_at for _, capture in events if capture.layer == last).date().isoformat()
    newest: dict[str, int] = {}
    for raw, capture in events:
        key = str(raw.get("id") or raw.get("@id"))
        newest[key] = max(newest.get(key, 0), capture.layer)
    return [
        (raw, capture)
        for raw, capture in events
        if capture.layer == newest[str(raw.get("id") or raw.get("@id"))]
        and str(raw.get("end_time") or raw.get("start_time") or today)[:10] >= today
    ]


def _read(made: Happening, data: Fields, rules: Mapping[str, Any], references: References) -> None:
    item, languages = made.item, rules["languages"]
    data.ignore("id", *KNOWN)
    own = data.take("@id")
    item.names = [
        Name(text, language, "parallel" if n else "official")
        for n, (text, language) in enumerate(_worded(data.take("name"), languages))
    ]
    for theirs, ours in (("short_description", "summary"), ("description", "description")):
        item.texts += [Text(ours, text, lang, "html") for text, lang in _worded(data.take(theirs), languages)]
    item.links += [Link(text, None, lang) for text, lang in _worded(data.take("info_url"), languages)]
    for link in data.take_objects("external_links"):
        if url := link.take_text("link"):
            item.links.append(Link(url, link.take_text("name"), link.take_text("language")))
    item.url = item.links[0].value if item.links else (own if isinstance(own, str) else None)
    item.modified = data.take_text("last_modified_time")
    item.minimum_age, item.maximum_age = (_age(data.take(f"audience_{m}_age")) for m in ("min", "max"))
    item.languages = [code for one in data.take_list("in_language") if (code := _last(_id(one)))]
    for key, scheme in (("keywords", "event_keyword"), ("audience", "target_group")):
        for one in data.take_list(key):
            found = references.look_up(one) or {}
            label = next((text for text, _ in _worded(found.get("name"), languages)), None)
            item.terms.append(Term(scheme, _last(_id(one)), label))
    _status(made, data, rules)
    _time(made, data)
    _price(made, data, languages)
    provider = _worded(data.take("provider"), languages)
    made.organizer = next((name for text, _ in provider if (name := organizer_name(text))), None)
    _where(made, data, references, languages)
    made.is_series = data.take("super_event_type") == rules["series"]
    made.part_of = _last(_id(data.take("super_event")))


def _status(made: Happening, data: Fields, rules: Mapping[str, Any]) -> None:
    status = data.take_text("event_status") or "EventScheduled"
    if status not in rules["statuses"]:
        made.report("code_unknown", f"'{status[:40]}' is no known status; taken as active.", "event_status", status)
    made.item.service_status = rules["statuses"].get(status, "active")


def _time(made: Happening, data: Fields) -> None:
    start, end = data.take("start_time"), data.take("end_time")
    for where, value in (("start_time", start), ("end_time", end)):
        if value not in (None, "") and when(value) is None:
            made.report("date_invalid", f"{where} of an event is no time.", where, value)
    made.held([once(when(start), when(end, is_end=True))])


def _price(made: Happening, data: Fields, languages: list[str]) -> None:
    offers = data.take_objects("offers")
    free = [offer.take("is_free") for offer in offers]
    if free and all(value is True for value in free):
        made.item.is_free = True
    elif False in free:
        made.item.is_free = False
    for offer in offers:
        offer.ignore("info_url", "description", "payment_methods", "offer_price_groups")
        made.item.texts += [Text("price", text, lang) for text, lang in _worded(offer.take("price"), languages)]
        made.odd += list(offer.unread())


def _where(made: Happening, data: Fields, references: References, languages: list[str]) -> None:
    """The place under an id of its own, as many events share it; what is said of it here stays with the event."""
    extra = _worded(data.take("location_extra_info"), languages)
    made.item.texts += [Text("location_note", text, lang) for text, lang in extra]
    found = references.look_up(data.take("location"))
    if found is None or not (key := _last(_id(found))):
        return
    names = _worded(found.get("name"), languages)
    spot = place(made, f"place/{key}")
    spot.names = [Name(t, lang, "parallel" if n else "official") for n, (t, lang) in enumerate(names)]
    if any("internet" in text.casefold() for text, _ in names) and not found.get("street_address"):
        spot.location_type, spot.channel_kind = "virtual", "e_channel"
        return
    _address(spot, found, languages)


def _address(spot: Item, found: Raw, languages: list[str]) -> None:
    street, city = (_worded(found.get(key), languages) for key in ("street_address", "address_locality"))
    code = found.get("postal_code")
    address = Address(
        street=street[0][0] if street else None,
        city=city[0][0] if city else None,
        postal_code=str(code) if isinstance(code, (str, int)) and not isinstance(code, bool) else None,
    )
    position = found.get("position")
    point = position.get("coordinates") if isinstance(position, Mapping) else None
    if isinstance(point, list) and len(point) >= 2 and all(type(v) in (int, float) for v in point[:2]):
        address.x, address.y, address.crs = point[0], point[1], "EPSG:4326"
    if address.street or address.city or address.postal_code or address.crs:
        spot.addresses.append(address)


def _age(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 120 else None


def _id(value: Any) -> Any:
    return value.get("@id") if isinstance(value, Mapping) else None


def _last(address: Any) -> str | None:
    """The id at the end of an address."""
    return (address.rstrip("/").rsplit("/", 1)[-1] or None) if isinstance(address, str) else None


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _worded(value: Any, languages: list[str]) -> list[tuple[str, str | None]]:
    """Texts by language, Finnish first, then languages nobody listed; a bare string has none."""
    if isinstance(value, str):
        return [(value, None)] if value.strip() else []
    if not isinstance(value, Mapping):
        return []
    order = [*languages, *sorted(str(k) for k in value if k not in languages)]
    return [(v, k) for k in order if isinstance(v := value.get(k), str) and v.strip()]
