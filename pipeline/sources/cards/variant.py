"""A site that is walked and read with the tools of actor cards, but has addresses, labels and rules of its own.

Such a connector says in its `source.yml` only what differs; everything else is as in `source.yml` of cards.
"""

from dataclasses import replace
from typing import Any

from pipeline.sources import registry
from pipeline.sources.contract import SourceDescription

BY_NAME = ("selectors", "activity_labels", "activity_kinds")
"""Settings of which single entries can be changed; a label list of its own is added to the common one."""


def as_cards(description: SourceDescription) -> SourceDescription:
    """The description with everything that the reader of cards needs; what the connector says itself comes first."""
    own, common = description.settings, registry.descriptions()["cards"].settings
    merged: dict[str, Any] = {**common, **own}
    for name in BY_NAME:
        merged[name] = {**common[name], **own.get(name, {})}
    labels = {field: list(words) for field, words in common["labels"].items()}
    for field, words in own.get("labels", {}).items():
        labels.setdefault(field, []).extend(words)
    return replace(description, settings={**merged, "labels": labels})
