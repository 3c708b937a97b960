"""The rules of one site: which addresses are cards, which selectors and labels hold, which hosts are its own.

They come from source.yml and the site's entry in koonti.yml; a rule that cannot be used is a `SourceFailed`.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import soupsieve

from pipeline.sources.errors import SourceFailed


@dataclass(frozen=True, slots=True)
class Site:
    """How to walk and read one site."""

    settings: Mapping[str, Any]
    selectors: Mapping[str, str]
    cards: tuple[re.Pattern[str], ...]
    labels: Mapping[str, str]
    """Label without colon, casefolded -> field."""
    activity_labels: Mapping[str, str]
    error_heading: re.Pattern[str]
    listing: str
    page_parameter: str | None
    most_pages: int
    never: re.Pattern[str] | None = None
    """Addresses that are no cards whatever `cards` says, by their path and query; null for none."""

    def card_id(self, address: str) -> str | None:
        """The id of the card at an address, verbatim; null when the address is no card's."""
        parts = urlsplit(address)
        path = unquote(parts.path)
        if self.refuses(address):
            return None
        for text in (path, f"{path}?{unquote(parts.query)}"):
            for pattern in self.cards:
                if found := pattern.search(text):
                    return found.groupdict().get("id") or path.strip("/") or None
        return None

    def refuses(self, address: str) -> bool:
        """True for an address whose path and query match `never`."""
        parts = urlsplit(address)
        return bool(self.never and self.never.search(f"{unquote(parts.path)}?{unquote(parts.query)}"))

    def words(self, name: str) -> set[str]:
        """A list of words of source.yml, casefolded."""
        return {word.casefold() for word in self.settings[name]}


def site_of(settings: Mapping[str, Any], options: Mapping[str, Any]) -> Site:
    """The rules of a site; raises `SourceFailed` naming the option that cannot be used."""
    changed = _mapping(options, "selectors")
    if unknown := sorted(set(changed) - set(settings["selectors"])):
        known = ", ".join(settings["selectors"])
        raise SourceFailed(f"selectors: there is no '{unknown[0]}'; known are {known}. Correct koonti.yml.")
    more = _mapping(options, "labels")
    if unknown := sorted(set(more) - set(settings["labels"])):
        known = ", ".join(settings["labels"])
        raise SourceFailed(f"labels: there is no field '{unknown[0]}'; known are {known}. Correct koonti.yml.")
    selectors = {**settings["selectors"], **changed}
    for name, selector in selectors.items():
        try:
            soupsieve.compile(selector)
        except (soupsieve.SelectorSyntaxError, TypeError):
            raise SourceFailed(f"selectors.{name}: '{selector}' is no CSS selector. Correct koonti.yml.") from None
    given = options.get("card") or settings["card"]
    return Site(
        settings=settings,
        selectors=selectors,
        cards=tuple(_pattern(text) for text in ([given] if isinstance(given, str) else given)),
        labels=_table([*settings["labels"].items(), *more.items()]),
        activity_labels=_table(settings["activity_labels"].items()),
        error_heading=re.compile(re.sub(r"\|\s+", "|", settings["error_headings"]).strip(), re.IGNORECASE),
        listing=str(options.get("listing") or settings["listing"]),
        page_parameter=options.get("page_parameter") or settings["page_parameter"],
        most_pages=int(options.get("most_pages") or settings["most_pages"]),
        never=re.compile(settings["never"], re.IGNORECASE) if settings.get("never") else None,
    )


def folded(label: str) -> str:
    """A label as the tables hold it: without a colon at its end, white space tidied, casefolded."""
    return " ".join(label.replace("\N{NO-BREAK SPACE}", " ").split()).rstrip(": ").casefold()


def same_host(one: str, other: str) -> bool:
    """True for two addresses of one site: same host with or without www., same port if one is named."""
    a, b = urlsplit(one), urlsplit(other)
    return (a.hostname or "").removeprefix("www.") == (b.hostname or "").removeprefix("www.") and a.port == b.port


def _mapping(options: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = options.get(name) or {}
    if not isinstance(value, Mapping):
        raise SourceFailed(f"{name}: expected names with values below it. Correct koonti.yml.")
    return value


def _table(entries: Iterable[tuple[str, Any]]) -> dict[str, str]:
    """Label -> field; a label of koonti.yml comes later, so it wins."""
    return {
        folded(str(label)): field
        for field, labels in entries
        for label in ([labels] if isinstance(labels, str) else labels)
    }


def _pattern(text: object) -> re.Pattern[str]:
    try:
        return re.compile(str(text))
    except re.error as error:
        raise SourceFailed(f"card: '{text}' is no regular expression ({error}). Correct koonti.yml.") from None
