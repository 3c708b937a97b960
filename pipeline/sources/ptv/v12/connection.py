"""A connection of v12: a service at one channel, with the contact data and hours that hold there.

v11 keeps it inside the service; here it is read as a part of one, which `joining` adds to the service.
"""

from typing import Any

from pipeline.sources.items import Item
from pipeline.sources.ptv.moments import moment
from pipeline.sources.ptv.tree import Tree
from pipeline.sources.ptv.v12.contacts import emails, links, phones
from pipeline.sources.ptv.v12.hours import hours
from pipeline.sources.ptv.v12.wording import versions

CHANNEL_KEYS = ("channelContentId", "serviceChannelContentId")
"""The first stands in the specification, the second in code that reads a later one: both are accepted."""


def ends(entry: dict[str, Any]) -> tuple[str, str] | None:
    """The ids of service and channel; null when one is missing."""
    service = entry.get("serviceContentId")
    channel = next((entry[key] for key in CHANNEL_KEYS if entry.get(key)), None)
    if isinstance(service, str) and isinstance(channel, str) and service and channel:
        return service, channel
    return None


def channel_of(tree: Tree) -> str:
    """The id of the channel, of a connection that has one."""
    return next(value for key in CHANNEL_KEYS if (value := tree.word(key)))


def read(tree: Tree, service: str, channel: str) -> Item:
    """The part of the service that the connection tells."""
    tree.ignore("serviceContentId", *CHANNEL_KEYS)
    item = Item("service", service, modified=moment(tree.word("publishedAt")), locations=[channel])
    held = versions(tree, "v12.connection_version")
    item.phones = phones(held, "contactPhoneNumbers", "contactFaxNumbers")
    item.emails = emails(held, "contactEmails")
    item.links = links(held, "contactWebPages")
    item.hours = hours(tree, "serviceHours")
    return item


def add(item: Item, part: Item) -> None:
    """Adds a connection to its service, as v11 has it: contacts once each, all hours."""
    item.locations += [channel for channel in part.locations if channel not in item.locations]
    item.hours += part.hours
    item.phones += [found for found in part.phones if found not in item.phones]
    item.emails += [found for found in part.emails if found not in item.emails]
    item.links += [found for found in part.links if found not in item.links]
