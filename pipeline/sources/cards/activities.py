"""Activities listed on a card -> services, each with its place when one is named.

They are taken out of the page, so that their labels are not read as the organisation's.
"""

from collections.abc import Iterable

from bs4 import Tag

from pipeline.sources.cards.labels import Labelled, labelled
from pipeline.sources.cards.page import language_of, text_of
from pipeline.sources.cards.site import Site, folded
from pipeline.sources.items import Address, Email, Finding, Hours, Item, Name, Parsed, Phone, Term, Text, Unread


def activities(root: Tag, organisation: Item, site: Site) -> list[Parsed]:
    """Services and locations in the order of the page. The id is `{card}#{anchor}`, or the number without an anchor."""
    found: list[Parsed] = []
    taken: set[str] = set()
    blocks = root.select(site.selectors["activity"])
    inner = [tag for tag in blocks if any(parent in blocks for parent in tag.parents)]
    for number, tag in enumerate((t for t in blocks if not any(t is i for i in inner)), 1):
        anchor = tag.get("id") or tag.get("data-id")
        slug = anchor.strip() if isinstance(anchor, str) and anchor.strip() else str(number)
        slug = f"{slug}-{number}" if slug in taken else slug
        taken.add(slug)
        found += _activity(tag, f"{organisation.native_id}#{slug}", organisation, site)
    for tag in blocks:
        tag.extract()
    return found


def _activity(tag: Tag, native_id: str, organisation: Item, site: Site) -> list[Parsed]:
    heading = tag.select_one(site.selectors["activity_name"])
    name = text_of(heading) or text_of(tag)[:200]
    if not name:
        return []
    item = Item(
        "service",
        native_id,
        url=organisation.url,
        organization=organisation.native_id,
        fetched_at=organisation.fetched_at,
        names=[Name(name)],
    )
    found: list[Parsed] = [item]
    _kind(item, tag, site, found)
    for summary in tag.select(site.selectors["activity_summary"])[:1]:
        if text_of(summary):
            item.texts.append(Text("summary", text_of(summary), language_of(tag)))
    for block in tag.select(site.selectors["description"]):
        if text_of(block):
            item.texts.append(Text("description", block.decode_contents().strip(), language_of(block), "html"))
    values = labelled(tag, site.activity_labels, site.selectors["label"])
    item.names += [Name(value, "sv", "parallel") for value in values.texts("name_sv")]
    item.phones += [Phone(value) for value in values.texts("phone")]
    item.emails += [Email(value) for value in values.texts("email")]
    item.hours += [Hours(description=value) for value in values.texts("time")]
    item.texts += [Text("user_instruction", value) for value in values.texts("registration")]
    for scheme in ("theme", "target_group"):
        item.terms += [Term(scheme, label=part) for part in values.parts(scheme)]
    _price(item, values, site.words("free_words"))
    for line in values.texts("place")[:1]:
        place = Item("location", f"{native_id}/place", organization=item.organization, fetched_at=item.fetched_at)
        place.addresses.append(Address(line=line))
        item.locations.append(place.native_id)
        found.append(place)
    found += [Unread(f"label:{label}") for label in values.unknown]
    return found


def _kind(item: Item, tag: Tag, site: Site, found: list[Parsed]) -> None:
    """The kind by the words of the card; words that are not in source.yml are told of."""
    for words in tag.select(site.selectors["activity_kind"])[:1]:
        text = text_of(words)
        item.service_kind = _kinds(site.settings["activity_kinds"].items()).get(folded(text))
        if item.service_kind is None and text:
            message = f"'{text[:60]}' is not among activity_kinds; add it to source.yml."
            found.append(Finding("code_unknown", message, item.native_id, "activity_kind", text[:200], "warning"))


def _kinds(entries: Iterable[tuple[str, list[str]]]) -> dict[str, str]:
    return {folded(word): kind for kind, words in entries for word in words}


def _price(item: Item, values: Labelled, free: set[str]) -> None:
    """True for words that mean free of charge; any other price is kept in words, and nothing concluded from it."""
    for price in values.texts("price"):
        if folded(price).rstrip(".!") in free:
            item.is_free = True
        else:
            item.texts.append(Text("price", price))
