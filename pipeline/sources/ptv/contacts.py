"""Phones, e-mail addresses and web addresses, wherever they stand in PTV."""

from pipeline.sources.items import Email, Link, Phone
from pipeline.sources.ptv.tree import Tree


def phones(tree: Tree, key: str) -> list[Phone]:
    """The numbers of a list; entries without a number are left out.

    The description is PTV's additional information, then what the call costs in words, then that it is free.
    """
    rules = tree.reading.rules
    found = []
    for entry in tree.branches(key, "phone"):
        number, language = entry.word("number"), entry.word("language")
        kind, charge = entry.word("type"), entry.word("serviceChargeType")
        about = [entry.word("additionalInformation"), entry.word("chargeDescription")]
        if charge == "FreeOfCharge":
            about.append(rules.phone_free.get(language or "", rules.phone_free["en"]))
        prefix, is_service = entry.word("prefixNumber"), entry.flag("isFinnishServiceNumber")
        if not number:
            continue
        if kind is not None and kind not in rules.phone_kinds:
            tree.reading.note("code_unknown", "Unknown type of phone number; read as a voice number.", key, kind)
        found.append(
            Phone(
                number,
                prefix=prefix,
                kind=rules.phone_kinds.get(kind or "", "voice"),
                description="; ".join(part for part in about if part) or None,
                language=language,
                is_service_number=is_service,
            )
        )
    return found


def emails(tree: Tree, *keys: str) -> list[Email]:
    """The addresses under the given fields; one that is repeated per language is given once."""
    found: dict[tuple[str, str | None], Email] = {}
    for key in keys:
        for entry in tree.branches(key, "email"):
            value, about = entry.word("value"), entry.word("description")
            entry.ignore("language")
            if value:
                found.setdefault((value, about), Email(value, about))
    return list(found.values())


def links(tree: Tree, key: str, *, label: str = "value") -> list[Link]:
    """The web addresses of a list."""
    found = []
    for entry in tree.branches(key, "link"):
        url, text, language = entry.word("url"), entry.word(label), entry.word("language")
        if url:
            found.append(Link(url, text, language))
    return found


def url_values(tree: Tree, key: str) -> list[Link]:
    """The web addresses of a localised list, whose type (PDF, for one) is the label."""
    return [Link(value.value, value.type, value.language) for value in tree.localized(key)]


def mark_main(found: list[Link], language: str | None, social_hosts: tuple[str, ...]) -> None:
    """Marks the main site: the first one of the body's own in its main language, else the first of its own."""
    own = [link for link in found if not any(host in (link.value or "").lower() for host in social_hosts)]
    same = [link for link in own if link.language == language]
    for link in (same or own)[:1]:
        link.is_main = True
