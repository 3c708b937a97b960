"""An organisation of v12 as an `Item`."""

from pipeline.sources.items import Identifier, Item
from pipeline.sources.ptv.contacts import mark_main
from pipeline.sources.ptv.moments import moment
from pipeline.sources.ptv.tree import Tree
from pipeline.sources.ptv.v12.addresses import areas, located
from pipeline.sources.ptv.v12.contacts import emails, links, phones
from pipeline.sources.ptv.v12.wording import names, texts, versions


def read(tree: Tree, native_id: str) -> Item:
    """The organisation; its parent is `organization`. v12 shows published organisations only."""
    rules = tree.reading.rules
    item = Item("organization", native_id, modified=moment(tree.word("publishedAt")), status="Published")
    item.organization = tree.word("parentOrganizationContentId")
    held = versions(tree, "v12.version")
    item.names = names(held)
    item.texts = texts(held, rules.v12["text_fields"])
    item.identifiers = [Identifier("ptv", native_id)]
    for key, kind in (("businessId", "business_id"), ("oid", "oid")):
        if value := tree.word(key):
            item.identifiers.append(Identifier(kind, value))
    value = tree.word("organizationType")
    if value is not None and value not in rules.organization_types:
        tree.reading.note("code_unknown", "Unknown type of organisation; left open.", "organizationType", value)
    item.organization_type = rules.organization_types.get(value or "")
    item.phones = phones(held, "contactPhoneNumbers")
    item.emails = emails(held, "contactEmails")
    item.links = links(held, "contactWebPages")
    mark_main(item.links, item.names[0].language if item.names else None, rules.social_hosts)
    item.addresses = located(tree)
    item.areas = areas(tree)
    return item
