"""The rules of one OLKA site for both halves of the connector: source.yml, changed by the site's entry."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from pipeline.sources.cards.site import Site, folded, site_of
from pipeline.sources.cards.variant import as_cards
from pipeline.sources.contract import SourceDescription
from pipeline.sources.errors import SourceFailed


@dataclass(frozen=True, slots=True)
class Rules:
    """How to walk and read a site."""

    description: SourceDescription
    """With everything that the walk of cards needs."""
    options: Mapping[str, Any]
    """As the walk of cards needs them, which knows no labels of points."""
    site: Site
    labels: Mapping[str, str]
    """Label, folded -> field of a point."""
    columns: Mapping[str, str]
    """Heading of a table of theme days, folded -> field."""
    kinds: Mapping[str, str]
    roles: Mapping[str, list[str]]
    pages: frozenset[str]
    """Addresses of points that koonti.yml names."""

    def point_id(self, address: str) -> str | None:
        """The id of the point at an address; of a page that koonti.yml names its path, null for everything else."""
        if address in self.pages:
            parts = urlsplit(address)
            return unquote(parts.path).strip("/") or parts.hostname
        try:
            return self.site.card_id(address)
        except ValueError:
            return None


def rules_of(description: SourceDescription, options: Mapping[str, Any]) -> Rules:
    """The rules; raises `SourceFailed` for an option that cannot be used."""
    about = as_cards(description)
    settings = about.settings
    added = options.get("labels") or {}
    if not isinstance(added, Mapping) or (unknown := sorted(set(added) - set(settings["point_labels"]))):
        found = "no names with values" if not isinstance(added, Mapping) else f"'{unknown[0]}'"
        known = ", ".join(settings["point_labels"])
        raise SourceFailed(f"labels: {found}; known fields are {known}. Correct koonti.yml.")
    walked = {**options, "labels": None}
    return Rules(
        about,
        walked,
        site_of(settings, walked),
        _table({**settings["point_labels"]}) | _table(added),
        _table(settings["day_columns"]),
        settings["kinds"],
        settings["roles"],
        frozenset(several(options.get("pages"))),
    )


def several(value: Any) -> list[str]:
    """One or several values of koonti.yml as texts."""
    return [str(one) for one in (value if isinstance(value, (list, tuple)) else [value]) if one]


def _table(entries: Mapping[str, Any]) -> dict[str, str]:
    return {folded(word): field for field, words in entries.items() for word in several(words)}
