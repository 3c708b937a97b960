"""The rules of the service for both halves of the connector: where groups are, and what their labels mean."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.sources.cards.site import Site, folded, site_of
from pipeline.sources.cards.variant import as_cards
from pipeline.sources.contract import SourceDescription
from pipeline.sources.errors import SourceFailed


@dataclass(frozen=True, slots=True)
class Rules:
    """How to walk and read the service."""

    description: SourceDescription
    """With everything that the walk of cards needs."""
    options: Mapping[str, Any]
    """As the walk of cards needs them, which knows no labels of groups."""
    site: Site
    labels: Mapping[str, str]
    """Label, folded -> field of a group."""


def rules_of(description: SourceDescription, options: Mapping[str, Any]) -> Rules:
    """The rules of source.yml, changed by koonti.yml; raises `SourceFailed` for an option that cannot be used."""
    about = as_cards(description)
    walked = {**options, "labels": None}
    known = about.settings["group_labels"]
    added = options.get("labels") or {}
    if not isinstance(added, Mapping) or (unknown := sorted(set(added) - set(known))):
        found = "no names with values" if not isinstance(added, Mapping) else f"'{unknown[0]}'"
        raise SourceFailed(f"labels: {found}; known fields are {', '.join(known)}. Correct koonti.yml.")
    table = {folded(str(word)): field for field, words in (*known.items(), *added.items()) for word in _several(words)}
    return Rules(about, walked, site_of(about.settings, walked), table)


def _several(words: Any) -> list[Any]:
    return list(words) if isinstance(words, (list, tuple)) else [words]
