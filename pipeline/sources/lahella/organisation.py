"""A group of Lähellä.fi -> an organisation. The shape of a group is inferred; see source.yml."""

from collections.abc import Iterator, Mapping
from typing import Any

from pipeline.sources.fields import Fields
from pipeline.sources.items import Finding, Identifier, Item, Parsed
from pipeline.sources.lahella.codes import Reading, addresses, areas, contacts, name_and_texts, terms, translations

TEXTS = {"summary": "summary", "description": "description"}


def organisation(raw: Mapping[str, Any], key: str, reading: Reading) -> Iterator[Parsed]:
    """The organisation, or a finding when it has no name in any language."""
    reading.begin(key)
    group = Fields(raw, "group")
    group.ignore("_key", "_id", "_rev", "links", "groups")
    item = Item("organization", key, url=reading.page("organisation", key), fetched_at=reading.fetched_at)
    item.organization = reading.key(group.take("parent"))
    item.status = group.take_text("status")
    traits = group.take_object("traits") or Fields({}, "group.traits")
    traits.ignore("photo", "photoAlt", "requiredLocales")
    languages = translations(traits, reading)
    name_and_texts(item, languages, TEXTS)
    if business_id := traits.take_text("businessId"):
        item.identifiers.append(Identifier("business_id", business_id))
    terms(item, traits, "theme", "lahella_theme", reading.codes["themes"])
    traits.ignore("locale")
    inner = contacts(item, traits, reading)
    areas(item, traits, reading)
    item.addresses += addresses(traits, languages, reading)
    if not any(name.value and name.value.strip() for name in item.names):
        yield Finding("record_without_name", "A group without a name in any language.", key, "traits.translations")
        return
    yield item
    yield from reading.odd
    for fields in (group, traits, *(own for _, own in languages), *inner):
        yield from fields.unread()
