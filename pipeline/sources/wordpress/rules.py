"""What one site's content types are and how their fields are called: source.yml, changed by the site's entry.

Every site of the family may have named its types and fields otherwise, so koonti.yml can add and change them. An
option that cannot be used is a `SourceFailed` that names it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.schema.model import codelist
from pipeline.sources.errors import SourceFailed

KINDS = ("service", "organization")


@dataclass(frozen=True, slots=True)
class Rules:
    """The types, taxonomies and fields of one site."""

    kinds: Mapping[str, Mapping[str, str]]
    """Content type -> kind, service_kind and prefix of its fields."""
    taxonomies: Mapping[str, str]
    """Taxonomy -> scheme of its terms; `area` for places."""
    fields: Mapping[str, str]
    organization_fields: Mapping[str, str]
    of_wordpress: frozenset[str]
    """Types and taxonomies that every WordPress site has."""

    def keys(self, kind: str) -> dict[str, str]:
        """Field of ours -> field of a post of that type."""
        prefix = self.kinds[kind].get("prefix", kind)
        return {ours: str(theirs).replace("{prefix}", prefix) for ours, theirs in self.fields.items()}


def rules_of(settings: Mapping[str, Any], options: Mapping[str, Any]) -> Rules:
    """The rules of a site; raises `SourceFailed` for an option that says nothing usable."""
    kinds = {**settings["kinds"], **_mapping(options, "kinds")}
    for name, rule in kinds.items():
        if not isinstance(rule, Mapping) or rule.get("kind") not in KINDS:
            raise SourceFailed(
                f"kinds.{name}: write it as {{kind: service, service_kind: support}}. Correct koonti.yml."
            )
        if rule["kind"] == "service" and rule.get("service_kind") not in codelist("service_kind"):
            allowed = ", ".join(codelist("service_kind"))
            raise SourceFailed(f"kinds.{name}: service_kind must be one of {allowed}. Correct koonti.yml.")
    return Rules(
        kinds=kinds,
        taxonomies={**settings["taxonomies"], **_mapping(options, "taxonomies")},
        fields={**settings["fields"], **_known(options, "fields", settings)},
        organization_fields={**settings["organization_fields"], **_known(options, "organization_fields", settings)},
        of_wordpress=frozenset(str(settings["of_wordpress"]).split()),
    )


def _mapping(options: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = options.get(name) or {}
    if not isinstance(value, Mapping):
        raise SourceFailed(f"{name}: expected names with values below it. Correct koonti.yml.")
    return value


def _known(options: Mapping[str, Any], name: str, settings: Mapping[str, Any]) -> Mapping[str, Any]:
    value = _mapping(options, name)
    if unknown := sorted(set(value) - set(settings[name])):
        known = ", ".join(settings[name])
        raise SourceFailed(f"{name}: there is no '{unknown[0]}'; known are {known}. Correct koonti.yml.")
    return value
