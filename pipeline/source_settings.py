"""The entries under `sources:` of koonti.yml: which connector reads each, and whether its options are right.

Belongs here: what every entry may say, and ${NAME} in it. Does not belong here: what the options of a platform mean
(its `source.yml` lists them), and the rest of koonti.yml (`settings`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

from pipeline.config_file import ConfigFile
from pipeline.sources.contract import SourceDescription
from pipeline.sources.registry import descriptions

SOURCE_ID = re.compile(r"[a-z][a-z0-9_]*")
ENVIRONMENT = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")
OVERRIDES = ("name", "publisher", "licence", "attribution", "pace_seconds", "grace_days")
SOURCE_KEYS = ("kind", "enabled", "url_for_people", "full_every_days", *OVERRIDES)


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """One enabled source: its id, the connector that reads it, and the options of its entry."""

    id: str
    kind: str
    options: Mapping[str, Any]
    missing_environment: tuple[str, ...] = ()
    """Variables that the entry refers to and that are not set; the source then fails, the others go on."""

    @property
    def asks_somebody(self) -> bool:
        """True when it asks another machine, so that somebody may want to know who we are."""
        if self.options.get("archive") or (self.options.get("path") and not self.options.get("url")):
            return False
        address = str(self.options.get("base_url") or self.options.get("url") or "")
        return urlsplit(address).hostname not in ("127.0.0.1", "localhost", "::1")

    @property
    def description(self) -> SourceDescription:
        """What `source.yml` says, with what the entry overrides (a spreadsheet has its own publisher)."""
        base = descriptions()[self.kind]
        own: dict[str, Any] = {k: self.options[k] for k in OVERRIDES if k in self.options}
        if "url_for_people" in self.options:
            own["url"] = self.options["url_for_people"]
        return replace(base, **own)


def read_sources(config: ConfigFile, raw: Any, environment: Mapping[str, str]) -> tuple[SourceSettings, ...]:
    if not isinstance(raw, dict) or not raw:
        config.mistake(("sources",), "names no source; see the commented koonti.yml of the repository")
        return ()
    found = []
    for source_id, entry in raw.items():
        where = ("sources", source_id)
        if not isinstance(source_id, str) or not SOURCE_ID.fullmatch(source_id):
            config.mistake(where, f"'{source_id}' is no source id: small letters, digits and _ only, a letter first")
            continue
        entry = {} if entry is None else entry
        if not isinstance(entry, dict):
            config.mistake(where, f"expected options under '{source_id}:', found '{entry}'")
            continue
        kind = str(entry.get("kind", source_id))
        if kind not in descriptions():
            near = get_close_matches(kind, descriptions(), 1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            word = f"kind '{kind}'" if "kind" in entry else f"'{source_id}' names no platform and has no kind;"
            config.mistake(
                where, f"{word} is unknown; kinds: {', '.join(descriptions())}.{hint}".replace("; is", "; it is")
            )
            continue
        if entry.get("enabled", True) is False:
            _check_options(config, where, entry, descriptions()[kind], needs=False)
            continue
        _check_options(config, where, entry, descriptions()[kind], needs=True)
        options, missing = _filled(_in_force(entry, descriptions()[kind]), environment)
        found.append(SourceSettings(source_id, kind, options, missing))
    if not found and not config.mistakes:
        config.mistake(("sources",), "no source is enabled")
    return tuple(found)


def _check_options(
    config: ConfigFile, where: tuple[str, ...], entry: dict[str, Any], about: SourceDescription, *, needs: bool
) -> None:
    config.check_keys(where, entry, (*SOURCE_KEYS, *about.options))
    if "pace_seconds" in entry:
        config.typed((*where, "pace_seconds"), entry["pace_seconds"], (int, float), "a number of seconds")
    if "full_every_days" in entry:
        config.typed((*where, "full_every_days"), entry["full_every_days"], (int, float), "a number of days")
    if "grace_days" in entry:
        days = config.typed((*where, "grace_days"), entry["grace_days"], int, "a whole number of days")
        if days is not None and days < 0:
            config.mistake((*where, "grace_days"), f"'grace_days' must be 0 or more, found {days}")
    for secret in about.secrets:
        value = entry.get(secret)
        if value is not None and not ENVIRONMENT.fullmatch(str(value)):
            config.mistake((*where, secret), "a secret never stands in this file: write ${NAME} and set NAME")
    if needs:
        for group in about.required:
            if not any(entry.get(key) not in (None, "") for key in group):
                needed = " or ".join(f"'{key}' ({about.options.get(key, '')})" for key in group)
                config.mistake(where, f"needs {needed}")


def _in_force(entry: dict[str, Any], about: SourceDescription) -> dict[str, Any]:
    """The entry without options that are not read beside its others (a key that the chosen version does not need)."""

    def is_read(key: str) -> bool:
        return all(str(entry.get(other)) == str(value) for other, value in about.only_with.get(key, {}).items())

    return {key: value for key, value in entry.items() if is_read(key)}


def _filled(entry: dict[str, Any], environment: Mapping[str, str]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The options with ${NAME} replaced, and the names that are not set."""
    missing: list[str] = []

    def fill(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: fill(v) for k, v in value.items()}
        if isinstance(value, list):
            return [fill(v) for v in value]
        if not isinstance(value, str):
            return value
        missing.extend(n for n in ENVIRONMENT.findall(value) if not environment.get(n))
        return ENVIRONMENT.sub(lambda m: environment.get(m[1], ""), value)

    options = {k: fill(v) for k, v in entry.items() if k not in ("kind", "enabled")}
    return options, tuple(dict.fromkeys(missing))
