"""The reading half of `source.yml` as typed tables; the values are there, not here."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Rules:
    """Code maps of PTV; each field is the block of the same name in `source.yml`."""

    languages: tuple[str, ...]
    rank: Mapping[str | None, int]
    """Language -> its place in `languages`."""
    organization_types: Mapping[str, str | None]
    channel_kinds: Mapping[str, str]
    text_fields: Mapping[str, str]
    service_status: Mapping[str, str]
    charge: Mapping[str, bool]
    phone_kinds: Mapping[str, str]
    phone_free: Mapping[str, str]
    area_types: Mapping[str, str]
    area_kinds: Mapping[str, str]
    coordinate_states: frozenset[str]
    address_types: Mapping[str, str]
    address_parts: Mapping[str, str | None]
    reservation: Mapping[str, str]
    social_hosts: tuple[str, ...]
    unused: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, settings: Mapping[str, Any]) -> Self:
        """The rules in the settings of the description."""
        languages = tuple(settings["languages"])
        known = {name: settings[name] for name in cls.__dataclass_fields__ if name in settings}
        return cls(
            **known
            | {
                "languages": languages,
                "rank": {language: place for place, language in enumerate(languages)},
                "coordinate_states": frozenset(settings["coordinate_states"]),
                "social_hosts": tuple(settings["social_hosts"]),
                "unused": {shape: frozenset(keys or ()) for shape, keys in settings["unused"].items()},
            }
        )
