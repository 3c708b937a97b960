"""One post of a Toimeksi site -> a service with its places, or an organisation.

Texts are HTML as WordPress renders them. Never read: the author, who is a person, and fields of contact persons.
"""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from pipeline.sources.fields import Fields
from pipeline.sources.items import (
    Address,
    Area,
    Email,
    Finding,
    Hours,
    Identifier,
    Item,
    Link,
    Name,
    Parsed,
    Phone,
    Term,
    Text,
)
from pipeline.sources.worded_hours import worded
from pipeline.sources.wordpress.rules import Rules
from pipeline.transform.dates import day

TAG = re.compile(r"<[^>]{0,500}>")
OF_WORDPRESS = (
    "id type status link slug guid date date_gmt modified author template comment_status ping_status featured_media "
    "meta class_list format sticky parent menu_order yoast_head yoast_head_json _links _embedded"
).split()
OF_A_MAP = (
    "zoom place_id name name_short street_number street_name street_name_short state state_short country country_short"
).split()


@dataclass(slots=True)
class Lookup:
    """What a post only refers to: labels of terms by taxonomy and id, and organisations by their name."""

    terms: dict[tuple[str, str], str] = field(default_factory=dict)
    organizations: dict[str, str] = field(default_factory=dict)


def post(raw: Mapping[str, Any], kind: str, rules: Rules, seen_at: datetime, lookup: Lookup) -> Iterator[Parsed]:
    """The items of a post, then what was odd and what was not read."""
    about = rules.kinds[kind]
    data = Fields(raw, kind)
    data.ignore(*OF_WORDPRESS)
    item = Item(about["kind"], str(raw["id"]), fetched_at=seen_at)
    link = data.take_text("link")
    item.url = html.unescape(link) if link else None
    item.modified = data.take_text("modified_gmt")
    name = plain(rendered(data.take("title")))
    item.names = [Name(name)]
    for ours, theirs in (("description", "content"), ("summary", "excerpt")):
        if text := rendered(data.take(theirs)):
            item.texts.append(Text(ours, text, None, "html"))
    for taxonomy, scheme in rules.taxonomies.items():
        for code in data.take_list(taxonomy):
            if isinstance(code, (int, str)) and not isinstance(code, bool):
                label = lookup.terms.get((taxonomy, str(code)))
                if scheme != "area":
                    item.terms.append(Term(scheme, str(code), label))
                elif label:
                    item.areas.append(Area("other", name=label))
    item.terms += [Term("theme", label=label) for label in data.take_list("tag_labels")]
    owner = plain(data.take_text("organization"))
    acf = data.take_object("acf") or Fields({}, f"{kind}.acf")
    odd: list[Parsed] = []
    places: list[Item] = []
    if about["kind"] == "organization":
        _organization(item, acf, rules.organization_fields)
        if not name:
            yield Finding("record_without_name", "An organisation without a title.", item.native_id, "title")
            return
    else:
        item.service_kind = about["service_kind"]
        if owner:
            item.organization = lookup.organizations.get(folded(owner)) or f"organization/{owner}"
            item.organization_name = owner
            if item.organization.startswith("organization/"):
                yield Item("organization", item.organization, fetched_at=seen_at, names=[Name(owner)])
        keys = rules.keys(kind)
        places = _places(item, acf, keys, odd)
        _times(item, acf, keys, odd)
        _words(item, acf, keys)
    yield item
    yield from places
    yield from odd
    yield from data.unread()
    yield from acf.unread()


def rendered(value: Any) -> str | None:
    """The HTML of a field such as {"rendered": …}; a bare string as it is."""
    found = value.get("rendered") if isinstance(value, Mapping) else value
    return found if isinstance(found, str) and found.strip() else None


def plain(text: str | None) -> str | None:
    """A title without markup and character references, on one line."""
    return " ".join(html.unescape(TAG.sub("", text)).split()) or None if text else None


def folded(name: str) -> str:
    """A name for looking up the same name."""
    return " ".join(name.split()).casefold()


def _places(item: Item, acf: Fields, keys: Mapping[str, str], odd: list[Parsed]) -> list[Item]:
    """A location for each point on the map; one each for tasks done on the web or by phone."""
    found = []
    if acf.is_null(keys["places"]):
        message = "null where a list of places belongs; read as none."
        odd.append(Finding("unknown_location", message, item.native_id, keys["places"], level="warning"))
    for number, place in enumerate(acf.take_objects(keys["places"]), 1):
        spot = place.take_object(keys["map"])
        odd += place.unread()
        if spot is None:
            continue
        y, x = spot.take_text("lat"), spot.take_text("lng")
        address = Address(line=spot.take_text("address") or None)
        if not address.line:
            address.city, address.postal_code = spot.take_text("city"), spot.take_text("post_code")
        if y and x:
            address.y, address.x, address.crs = y, x, "EPSG:4326"
        spot.ignore("city", "post_code", *OF_A_MAP)
        odd += spot.unread()
        if address.line or address.city or address.crs:
            made = Item("location", f"{item.native_id}/place/{number}", fetched_at=item.fetched_at)
            made.channel_kind, made.addresses, made.organization = "service_location", [address], item.organization
            found.append(made)
    for name, kind in (("online", "e_channel"), ("phone", "phone")):
        if acf.take(keys[name]) not in (None, False, "", "0", 0, [], "false"):
            made = Item("location", f"{item.native_id}/{name}", fetched_at=item.fetched_at, location_type="virtual")
            made.channel_kind, made.organization = kind, item.organization
            found.append(made)
    item.locations = [spot.native_id for spot in found]
    return found


def _times(item: Item, acf: Fields, keys: Mapping[str, str], odd: list[Parsed]) -> None:
    """From the start to the end of the task, or to the day when the announcement expires."""
    days: dict[str, date | None] = {}
    for name in ("start", "end", "expires"):
        value = acf.take(keys[name])
        days[name] = day(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else None
        if value not in (None, "", False) and days[name] is None:
            message = f"{keys[name]} is not a date; left out."
            odd.append(Finding("date_invalid", message, item.native_id, keys[name], str(value)[:80], "warning"))
    item.valid_from, item.valid_to = days["start"], days["end"] or days["expires"]
    if days["start"] or days["end"]:
        item.hours.append(Hours(dtstart=days["start"], valid_from=days["start"], valid_to=days["end"]))


def _words(item: Item, acf: Fields, keys: Mapping[str, str]) -> None:
    """When a group meets, what it costs and how to join, in the words of the site."""
    item.hours += worded(acf.take_text(keys["time"]))
    for ours, key in (("price", "price"), ("user_instruction", "registration")):
        if (text := acf.take_text(keys[key])) and text.strip():
            item.texts.append(Text(ours, text, None, "html"))


def _organization(item: Item, acf: Fields, fields: Mapping[str, str]) -> None:
    """The fields of an actor card; addresses may be a text or a point on the map."""
    spot = acf.take(fields["address"])
    values = {ours: text for ours, theirs in fields.items() if (text := acf.take_text(theirs)) and text.strip()}
    item.identifiers += [Identifier(f, values[f]) for f in ("business_id", "association_number") if f in values]
    item.names += [Name(values["name_sv"], "sv", "parallel")] if "name_sv" in values else []
    item.phones += [Phone(values["phone"])] if "phone" in values else []
    item.emails += [Email(values["email"])] if "email" in values else []
    item.links += [Link(values["website"], is_main=True)] if "website" in values else []
    line = spot.get("address") if isinstance(spot, Mapping) else values.get("address")
    if isinstance(line, str) and line.strip():
        item.addresses.append(Address(line=line, municipality=values.get("municipality")))
    elif "municipality" in values:
        item.addresses.append(Address(municipality=values["municipality"]))
    if "area" in values:
        item.areas.append(Area("other", name=values["area"]))
