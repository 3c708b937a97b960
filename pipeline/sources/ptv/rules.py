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
    """Shape -> known fields that are not used; shapes of v12 begin with `v12.`."""
    v12: Mapping[str, Any]
    """The block `v12`: code maps of the interface v12, under their names."""

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
                "unused": {
                    prefix + shape: frozenset(keys or ())
                    for prefix, block in (("", settings["unused"]), ("v12.", settings["v12"]["unused"]))
                    for shape, keys in block.items()
                },
            }
        )
