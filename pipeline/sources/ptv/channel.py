"""A service channel of PTV as an `Item`: one of five kinds, told by `serviceChannelType` in one flat object.

The Swagger of the platform documents a wrapper with one key per kind; the answers never have it (verified).
"""

from pipeline.sources.items import Identifier, Item
from pipeline.sources.ptv.addresses import addresses, areas, delivery_addresses
from pipeline.sources.ptv.contacts import emails, links, phones, url_values
from pipeline.sources.ptv.hours import hours
from pipeline.sources.ptv.moments import moment
from pipeline.sources.ptv.tree import Tree
from pipeline.sources.ptv.wording import names, terms, texts


def read(tree: Tree, native_id: str) -> Item:
    """The channel as a location: physical for a service location, else virtual.

    The first web address is the channel itself: the service's address, the form to print, the page of the place.
    """
    rules = tree.reading.rules
    item = Item("location", native_id, modified=moment(tree.take_text("modified")))
    item.organization = tree.word("organizationId")
    kind = tree.word("serviceChannelType")
    item.channel_kind = rules.channel_kinds.get(kind or "")
    item.names = names(tree, "serviceChannelNames")
    item.texts = texts(tree, "serviceChannelDescriptions")
    item.addresses = addresses(tree, "addresses") + delivery_addresses(tree, "deliveryAddresses")
    if item.channel_kind is None:
        tree.reading.note("code_unknown", "Unknown kind of service channel.", "serviceChannelType", kind)
        item.location_type = "physical" if any(a.type == "physical" for a in item.addresses) else "virtual"
    else:
        item.location_type = "physical" if item.channel_kind == "service_location" else "virtual"
    if oid := tree.word("oid"):
        item.identifiers = [Identifier("oid", oid)]
    item.phones = phones(tree, "phoneNumbers") + phones(tree, "supportPhones")
    item.emails = emails(tree, "emails", "supportEmails")
    # `urls` stood for webPages until v8.
    item.links = url_values(tree, "channelUrls") + links(tree, "webPages") + url_values(tree, "urls")
    for link in item.links[:1]:
        link.is_main = True
    item.links += links(tree, "attachments", label="name")
    item.areas = areas(tree)
    item.languages = [value for value in tree.values("languages") if isinstance(value, str) and value]
    item.terms = terms(tree, ("ontologyTerms",))
    item.hours = hours(tree, "serviceHours")
    return item
