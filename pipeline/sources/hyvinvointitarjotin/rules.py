"""The rules of this site on top of those of all actor cards: its axes of search are no labels of the card itself."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pipeline.sources.cards.site import folded
from pipeline.sources.cards.variant import as_cards
from pipeline.sources.contract import SourceDescription


def about(description: SourceDescription) -> SourceDescription:
    """The description as the reader of cards needs it, which passes over the labels of the axes."""
    found = as_cards(description)
    labels: Mapping[str, Any] = found.settings["labels"]
    words = [word for listed in description.settings["axes"].values() for word in listed]
    return replace(found, settings={**found.settings, "labels": {**labels, "ignored": [*labels["ignored"], *words]}})


def axes(description: SourceDescription) -> dict[str, str]:
    """Label, folded -> axis."""
    return {folded(word): axis for axis, words in description.settings["axes"].items() for word in words}
