"""What the fields of groups and activities have in common: translations, contacts, areas, times, addresses.

`Reading` holds the code lists of source.yml and collects what was odd. What a group or an activity is made of
is in `organisation`, `activity` and `channel`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.sources.fields import Fields
from pipeline.sources.items import Address, Area, Email, Finding, Item, Link, Name, Parsed, Phone, Term, Text

HELSINKI = ZoneInfo("Europe/Helsinki")
LATEST = 4_102_444_800_000
"""The year 2100 in epoch milliseconds: anything beyond is no date."""


@dataclass(slots=True)
class Reading:
    """One capture being read: the code lists, when it was fetched, and the findings of the present object."""

    codes: Mapping[str, Any]
    options: Mapping[str, Any]
    fetched_at: datetime
    native_id: str | None = None
    odd: list[Parsed] = field(default_factory=list)

    @staticmethod
    def key(value: Any) -> str | None:
        """A key verbatim; numbers are written out; null for anything that is no key."""
        if isinstance(value, str) and value.strip():
            return value
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else None

    def begin(self, native_id: str) -> None:
        """Findings from here on belong to this object."""
        self.native_id = native_id
        self.odd = []

    def report(self, code: str, message: str, where: str, value: object, level: str = "warning") -> None:
        """Notes something that could not be used."""
        self.odd.append(Finding(code, message, self.native_id, where, str(value)[:200], level))

    def page(self, name: str, native_id: str) -> str | None:
        """The public page; null when its pattern is not known."""
        pattern = self.options.get(f"{name}_page") or self.codes["pages"].get(name)
        return str(pattern).replace("{id}", native_id) if pattern else None

    def known(self, codes: str, value: Any, where: str) -> Any:
        """The entry of a code list; null and a finding when the code is not in it."""
        table = self.codes[codes]
        if not isinstance(value, str) or value not in table:
            self.report("code_unknown", f"'{value}' is not in the list of {codes}; add it to source.yml.", where, value)
            return None
        return table[value]

    def moment(self, value: Any, where: str) -> datetime | None:
        """Epoch milliseconds as Finnish local time; null for 0 (empty there), and with a finding for no time."""
        if value is None or value == "" or value == 0:
            return None
        if isinstance(value, str) and value.strip().isdigit():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < LATEST:
            self.report("date_invalid", "Not a time in epoch milliseconds.", where, value)
            return None
        return datetime.fromtimestamp(value / 1000, UTC).astimezone(HELSINKI)


def texts_of(value: Any) -> Iterator[str]:
    """The strings of a list; of one string, that string; of anything else none."""
    several = value if isinstance(value, list) else [value]
    yield from (v for v in several if isinstance(v, str) and v)


def translations(holder: Fields, reading: Reading) -> list[tuple[str, Fields]]:
    """Language -> fields, Finnish first; languages that are not known come after, as they are named."""
    found = holder.take("translations")
    if not isinstance(found, Mapping):
        return []
    known = reading.codes["languages"]
    order = [*known, *sorted(str(key) for key in found if key not in known)]
    path = f"{holder.path}.translations[]"
    return [(key, Fields(own, path)) for key in order if isinstance(own := found.get(key), Mapping)]


def name_and_texts(item: Item, languages: list[tuple[str, Fields]], fields: Mapping[str, str]) -> None:
    """Names, and the HTML texts that `fields` lists (field there -> field of ours), in each language given."""
    for language, own in languages:
        if name := own.take_text("name"):
            item.names.append(Name(name, language))
        for theirs, ours in fields.items():
            if text := own.take_text(theirs):
                item.texts.append(Text(ours, text, language, "html"))


def terms(item: Item, traits: Fields, key: str, scheme: str, labels: Mapping[str, str]) -> list[str]:
    """Adds the codes of a list as terms; codes without a known label stay, so that they are counted as unmapped."""
    codes = list(dict.fromkeys(texts_of(traits.take(key))))
    item.terms += [Term(scheme, code, labels.get(code)) for code in codes]
    return codes


def contacts(item: Item, traits: Fields, reading: Reading) -> list[Fields]:
    """E-mail addresses, phones and web addresses with what each is for; the first web address is the main one."""
    found = traits.take_objects("contacts")
    for contact in found:
        contact.ignore("id")
        kind, value = contact.take_text("type"), contact.take_text("value")
        own = translations(contact, reading)
        label = next((text for _, fields in own if (text := fields.take_text("description"))), None)
        if not value:
            continue
        if kind == "email":
            item.emails.append(Email(value, label))
        elif kind == "phone":
            item.phones.append(Phone(value, description=label))
        elif kind == "www":
            item.links.append(Link(value, label, is_main=item.kind == "organization" and not item.links))
        else:
            reading.report("code_unknown", "A contact of a kind that is not known.", "contacts[].type", kind)
    return found


def areas(item: Item, traits: Fields, reading: Reading) -> None:
    """Regions such as city/FI/Kuopio and state/FI/Pohjois-Savo as areas."""
    for value in texts_of(traits.take("region")):
        kind, _, rest = value.partition("/")
        country, _, name = rest.partition("/")
        if kind in reading.codes["areas"] and country == "FI" and name:
            item.areas.append(Area(reading.codes["areas"][kind], name=name))
        else:
            reading.report("code_unknown", "Neither city/FI/… nor state/FI/….", "region", value)
            item.areas.append(Area("other", name=value))


def addresses(holder: Fields, languages: list[tuple[str, Fields]], reading: Reading) -> list[Address]:
    """The street address in each language that has a street, with the point on the map (longitude comes first).

    Copies in other languages often lack the street: they are used only when no language has one.
    """
    made = []
    for language, fields in languages:
        if own := fields.take_object("address"):
            own.ignore("state")
            made.append(
                Address(
                    street=own.take_text("street") or None,
                    postal_code=own.take_text("postalCode") or None,
                    city=own.take_text("city") or None,
                    country=own.take_text("country") or "FI",
                    language=language,
                )
            )
            reading.odd += own.unread()
    with_street = [a for a in made if a.street]
    chosen = with_street or [a for a in made if a.postal_code or a.city][:1]
    if point := _point(holder, reading):
        chosen = chosen or [Address()]
        for address in chosen:
            address.x, address.y = point
            address.crs = "EPSG:4326"
    return chosen


def _point(holder: Fields, reading: Reading) -> tuple[float, float] | None:
    shown = holder.take_object("map")
    center = shown.take_object("center") if shown else None
    if center is None:
        return None
    value = center.take("coordinates")
    if isinstance(value, list) and len(value) >= 2 and all(type(v) in (int, float) for v in value[:2]):
        return value[0], value[1]
    if value is not None:
        reading.report("coordinates_invalid", "Not a pair of longitude and latitude.", "map.center.coordinates", value)
    return None
