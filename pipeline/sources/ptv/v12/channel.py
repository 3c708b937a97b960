"""A service channel of v12 as an `Item`: one of five kinds, told by `serviceChannelType`."""

from pipeline.sources.items import Item
from pipeline.sources.ptv.moments import moment
from pipeline.sources.ptv.tree import Tree
from pipeline.sources.ptv.v12.addresses import areas, delivery_addresses, located
from pipeline.sources.ptv.v12.contacts import emails, form_files, links, phones, web_addresses
from pipeline.sources.ptv.v12.hours import hours
from pipeline.sources.ptv.v12.wording import names, strings, texts, versions


def read(tree: Tree, native_id: str) -> Item:
    """The channel as a location: physical for a service location, else virtual; its first web address is itself."""
    rules = tree.reading.rules
    item = Item("location", native_id, modified=moment(tree.word("publishedAt")))
    item.organization = tree.word("organizationContentId")
    kind = tree.word("serviceChannelType")
    item.channel_kind = rules.v12["channel_kinds"].get(kind or "")
    held = versions(tree, "v12.version")
    item.names = names(held)
    item.texts = texts(held, rules.v12["text_fields"])
    item.addresses = located(tree) + delivery_addresses(tree)
    if item.channel_kind is None:
        tree.reading.note("code_unknown", "Unknown kind of service channel.", "serviceChannelType", kind)
        item.location_type = "physical" if any(a.type == "physical" for a in item.addresses) else "virtual"
    else:
        item.location_type = "physical" if item.channel_kind == "service_location" else "virtual"
    item.phones = phones(held, "contactPhoneNumbers", "phoneNumbers", "supportPhoneNumbers", "contactFaxNumbers")
    item.emails = emails(held, "contactEmails", "supportEmails")
    item.links = form_files(held) + web_addresses(held) + links(held, "contactWebPages")
    for link in item.links[:1]:
        link.is_main = True
    item.links += links(held, "attachmentLinks")
    item.areas = areas(tree)
    item.languages = strings(tree, "serviceLanguages")
    item.hours = hours(tree, "serviceHours")
    return item
