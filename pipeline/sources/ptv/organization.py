"""An organisation of PTV (V10VmOpenApiOrganization, which v11 returns) as an `Item`."""

from pipeline.sources.items import Area, Identifier, Item
from pipeline.sources.ptv.addresses import addresses, areas
from pipeline.sources.ptv.contacts import emails, links, mark_main, phones
from pipeline.sources.ptv.moments import moment
from pipeline.sources.ptv.tree import Tree
from pipeline.sources.ptv.wording import first_words, names, texts


def read(tree: Tree, native_id: str) -> Item:
    """The organisation; its parent is `organization`, and its type is null when only the name can tell it."""
    item = Item("organization", native_id, modified=moment(tree.take_text("modified")))
    item.organization = tree.word("parentOrganizationId")
    item.names = names(tree, "organizationNames")
    item.texts = texts(tree, "organizationDescriptions")
    item.identifiers = [Identifier("ptv", native_id)]
    for key, kind in (("businessCode", "business_id"), ("oid", "oid")):
        if value := tree.word(key):
            item.identifiers.append(Identifier(kind, value))
    item.organization_type = _type(tree)
    item.status = tree.word("publishingStatus")
    item.phones = phones(tree, "phoneNumbers")
    item.emails = emails(tree, "emails")
    item.links = links(tree, "webPages")
    mark_main(item.links, item.names[0].language if item.names else None, tree.reading.rules.social_hosts)
    item.addresses = addresses(tree, "addresses")
    item.areas = areas(tree)
    if home := tree.branch("municipality", "municipality"):
        code, name = home.word("code"), first_words(home.localized("name"), tree.reading)
        _home(item, code, name)
    return item


def _type(tree: Tree) -> str | None:
    known, value = tree.reading.rules.organization_types, tree.word("organizationType")
    if value is not None and value not in known:
        tree.reading.note("code_unknown", "Unknown type of organisation; left open.", "organizationType", value)
    return known.get(value or "")


def _home(item: Item, code: str | None, name: str | None) -> None:
    """The municipality of a municipal organisation is the first area it serves."""
    if code or name:
        own = Area("municipality", code, name)
        item.areas = [own, *(area for area in item.areas if area != own)]
