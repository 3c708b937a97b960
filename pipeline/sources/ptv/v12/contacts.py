"""Phones, e-mail addresses and web addresses of v12; each stands in the version of its language."""

from pipeline.sources.items import Email, Link, Phone
from pipeline.sources.ptv.v12.wording import Versions


def phones(held: Versions, *keys: str) -> list[Phone]:
    """The numbers under the given keys; entries without a number are left out.

    A `DomesticPhone` has no dial code: it is what v11 calls a Finnish service number.
    """
    found = []
    for language, version in held:
        rules = version.reading.rules
        for key in keys:
            for entry in version.branches(key, "v12.phone"):
                number, prefix, kind = entry.word("number"), entry.word("dialCode"), entry.word("type")
                about = [entry.word("additionalInformation"), entry.word("chargeDescription")]
                if entry.word("chargeType") == rules.v12["free_phone"]:
                    about.append(rules.phone_free.get(language, rules.phone_free["en"]))
                if not number:
                    continue
                kinds = rules.v12["phone_kinds"]
                if kind is not None and kind not in kinds:
                    entry.reading.note(
                        "code_unknown", "Unknown type of phone number; read as a voice number.", key, kind
                    )
                found.append(
                    Phone(
                        number,
                        prefix=prefix,
                        kind=kinds.get(kind or "", "voice"),
                        description="; ".join(part for part in about if part) or None,
                        language=language,
                        is_service_number=kind == rules.v12["service_number"],
                    )
                )
    return found


def emails(held: Versions, *keys: str) -> list[Email]:
    """The addresses under the given keys; one that is repeated per language is given once."""
    found: dict[tuple[str, str | None], Email] = {}
    for _, version in held:
        for key in keys:
            for entry in version.branches(key, "v12.email"):
                value, about = entry.word("email"), entry.word("additionalInformation")
                if value:
                    found.setdefault((value, about), Email(value, about))
    return list(found.values())


def links(held: Versions, key: str) -> list[Link]:
    """The web addresses of a list."""
    found = []
    for language, version in held:
        for entry in version.branches(key, "v12.link"):
            url, name = entry.word("url"), entry.word("name")
            if url:
                found.append(Link(url, name, language))
    return found


def web_addresses(held: Versions) -> list[Link]:
    """The one `webAddress` of each language, without those that have no address."""
    found = []
    for language, version in held:
        entry = version.branch("webAddress", "v12.link")
        if entry is not None:
            url, name = entry.word("url"), entry.word("name")
            if url:
                found.append(Link(url, name, language))
    return found


def form_files(held: Versions) -> list[Link]:
    """The files of a form; the label is the type of the file, as v11 writes it."""
    found = []
    for language, version in held:
        for entry in version.branches("formFiles", "v12.form_file"):
            url, kind = entry.word("url"), entry.word("type")
            if url:
                found.append(Link(url, version.reading.rules.v12["file_types"].get(kind or "", kind), language))
    return found
