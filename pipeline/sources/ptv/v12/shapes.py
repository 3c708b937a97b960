"""Recognises the objects of v12 by their fields, so that archives may mix versions and need no addresses."""

from typing import Any

from pipeline.sources.ptv.v12.connection import CHANNEL_KEYS, ends

MARKS = frozenset({"contentId", "languageVersions", "serviceContentId", "isValid", "edges", *CHANNEL_KEYS})
"""Any of these fields makes an object one of v12."""
IGNORED = None


def is_v12(entry: Any) -> bool:
    """Whether the object has a field that only v12 has."""
    return isinstance(entry, dict) and not MARKS.isdisjoint(entry)


def entries_of(body: Any) -> list[Any] | None:
    """The entries of a page of v12; null when the answer is no page of v12. Null for the list is the empty list."""
    if isinstance(body, dict) and "items" in body and "totalPages" in body:
        found = body["items"]
        return found if isinstance(found, list) else [] if found is None else [found]
    return None


def recognise(entry: dict[str, Any]) -> tuple[str, str] | str | None:
    """Kind and id; null for what is known and not ours; a sentence about what is wrong.

    Kinds: organization, service, channel, general_description, connection (the id is that of its service), code.
    Not ours: rows of archived things, trees of organisations, service collections.
    """
    if "isValid" in entry:
        return "code", str(entry.get("code") or entry.get("uri") or "")
    if "edges" in entry or entry.keys() == {"contentId"} or "items" in entry:
        return IGNORED
    if "serviceContentId" in entry or not entry.keys().isdisjoint(CHANNEL_KEYS):
        found = ends(entry)
        return ("connection", found[0]) if found else "is a connection without both of its ids"
    if "serviceChannelType" in entry:
        kind = "channel"
    elif "organizationType" in entry:
        kind = "organization"
    elif "generalDescriptionTypes" in entry:
        kind = "general_description"
    elif "serviceType" in entry or "producers" in entry:
        kind = "service"
    elif "organizationContentId" in entry:  # a service collection
        return IGNORED
    else:
        return "is neither organisation, service nor service channel"
    native_id = entry.get("contentId")
    if not isinstance(native_id, str) or not native_id.strip():
        return f"is a {kind.replace('_', ' ')} without an id"
    return kind, native_id
