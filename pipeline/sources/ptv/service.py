"""A service of PTV (V11VmOpenApiService) as an `Item`."""

from pipeline.sources.items import Item
from pipeline.sources.ptv.addresses import areas
from pipeline.sources.ptv.contacts import emails, links, phones
from pipeline.sources.ptv.hours import hours
from pipeline.sources.ptv.moments import moment
from pipeline.sources.ptv.tree import Tree
from pipeline.sources.ptv.wording import TERM_LISTS, keywords, names, plain_texts, terms, texts


def read(tree: Tree, native_id: str) -> Item:
    """The service, of its main responsible organisation; contact data and hours are those of its connections."""
    rules = tree.reading.rules
    item = Item("service", native_id, modified=moment(tree.take_text("modified")), service_kind="public_service")
    item.names = names(tree, "serviceNames")
    item.texts = texts(tree, "serviceDescriptions") + plain_texts(tree, "requirements", "eligibility")
    item.is_free = rules.charge.get(tree.word("serviceChargeType") or "")
    item.areas = areas(tree)
    item.languages = [value for value in tree.values("languages") if isinstance(value, str) and value]
    item.terms = terms(tree, tuple(TERM_LISTS)) + keywords(tree, "keywords")
    item.service_status = rules.service_status.get(tree.word("publishingStatus") or "Published", "active")
    _responsible(item, tree)
    _connections(item, tree)
    return item


def _responsible(item: Item, tree: Tree) -> None:
    """The entry with roleType Responsible (verified); other responsible bodies and producers are passed over."""
    for entry in tree.branches("organizations", "producer"):
        role, body = entry.word("roleType"), entry.branch("organization", "reference")
        if body is None:
            continue
        guid, name = body.word("id"), body.word("name")
        if role == "Responsible" and item.organization is None:
            item.organization = guid
            item.organization_name = name if guid is None else None


def _connections(item: Item, tree: Tree) -> None:
    """The channels where the service is met, and what the connection says of contact and hours there."""
    for entry in tree.branches("serviceChannels", "connection"):
        channel = entry.branch("serviceChannel", "reference")
        if channel is not None:
            channel.ignore("name")
            if (guid := channel.word("id")) and guid not in item.locations:
                item.locations.append(guid)
        item.hours += hours(entry, "serviceHours")
        contact = entry.branch("contactDetails", "contact_details")
        if contact is not None:
            for key in ("phoneNumbers", "phones"):  # `phones` until v8
                item.phones += [found for found in phones(contact, key) if found not in item.phones]
            item.emails += [found for found in emails(contact, "emails") if found not in item.emails]
            item.links += [found for found in links(contact, "webPages") if found not in item.links]
