"""An event as all formats give it, and the items it becomes.

What it decides: who counts as an organiser, and under which id. An organiser becomes an organisation of its own,
with the id `organizer/<name>`: calendars know organisers by name only, while a service can belong only to an
organisation of the same source. As a record it takes part in matching, so that the events of 'Kuopion Martat ry'
end at the association that other platforms describe. The name is the id because there is nothing else that stays
the same from night to night, and because all events of one organiser then hang on one record.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pipeline.sources.items import Finding, Hours, Item, Name, Parsed

LONGEST_NAME = 200


@dataclass(slots=True)
class Happening:
    """One event: its service, its places, who holds it, and what was odd about it."""

    item: Item
    organizer: str | None = None
    places: list[Item] = field(default_factory=list)
    odd: list[Parsed] = field(default_factory=list)
    part_of: str | None = None
    """Native id of the recurring event whose time this only is."""
    is_series: bool = False

    def report(self, code: str, message: str, where: str, value: object = None, level: str = "warning") -> None:
        """Notes something that could not be used."""
        shown = None if value is None else str(value)[:200]
        self.odd.append(Finding(code, message, self.item.native_id, where, shown, level))

    def held(self, hours: Iterable[Hours | None]) -> None:
        """Adds times."""
        self.item.hours += [h for h in hours if h is not None]


def event(native_id: str, fetched_at: datetime) -> Happening:
    """An event about which nothing is known yet."""
    return Happening(Item("service", native_id, fetched_at=fetched_at, service_kind="event"))


def place(happening: Happening, native_id: str | None = None) -> Item:
    """A new place of an event."""
    made = Item("location", native_id or f"{happening.item.native_id}/place", fetched_at=happening.item.fetched_at)
    made.channel_kind = "service_location"
    happening.places.append(made)
    happening.item.locations.append(made.native_id)
    return made


def organizer_name(value: Any) -> str | None:
    """A free-text organiser on one line; null for what cannot be a name, such as an address or a sentence."""
    name = " ".join(value.split()) if isinstance(value, str) else ""
    return name if name and "@" not in name and "://" not in name and len(name) <= LONGEST_NAME else None


def body_name(value: Any, words: Iterable[str]) -> str | None:
    """The name when it surely is one of a body and not of a person; null otherwise."""
    name = organizer_name(value)
    if name is None:
        return None
    ends = tuple(word.casefold() for word in words)
    parts = [part for part in re.split(r"[^\w]+", name.casefold()) if part]
    return name if any(p == end or (len(end) > 3 and p.endswith(end)) for p in parts for end in ends) else None


def items(happenings: Iterable[Happening], options: Mapping[str, Any]) -> Iterator[Parsed]:
    """Each event after its organiser and before its places; every organiser and shared place once.

    What several events share was seen when the first of them was.
    """
    read = list(happenings)
    default = organizer_name(options.get("organizer"))
    municipality = options.get("municipality")
    seen: dict[str, datetime | None] = {}
    for one in sorted(read, key=lambda h: str(h.item.fetched_at)):
        for shared in (one.organizer or default, *(spot.native_id for spot in one.places)):
            if shared:
                seen.setdefault(shared, one.item.fetched_at)
    done: set[str] = set()
    for one in read:
        if not any(n.value and n.value.strip() for n in one.item.names):
            yield Finding(
                "service_without_name", "An event without a name; it is not read.", one.item.native_id, "name"
            )
            continue
        if name := one.organizer or default:
            native_id = f"organizer/{name}"
            if native_id not in done:
                done.add(native_id)
                yield Item("organization", native_id, fetched_at=seen[name], names=[Name(name)])
            one.item.organization, one.item.organization_name = native_id, name
        _bounds(one.item)
        yield one.item
        for spot in one.places:
            if spot.native_id in done:
                continue
            done.add(spot.native_id)
            spot.fetched_at = seen[spot.native_id]
            for address in spot.addresses:
                if municipality and not (address.city or address.municipality or address.postal_code):
                    address.municipality = str(municipality)
            yield spot
        yield from one.odd


def _bounds(item: Item) -> None:
    """First and last day of all its times; no last day while one of them goes on without an end."""
    told = [h for h in item.hours if not h.is_closed]
    starts = [day for h in told if (day := h.valid_from or h.dtstart)]
    ends = [h.valid_to or (None if h.freq or h.description else h.dtstart) for h in told]
    item.valid_from = min(starts, default=None)
    known = [day for day in ends if day]
    item.valid_to = max(known) if known and len(known) == len(ends) else None
