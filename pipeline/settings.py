"""koonti.yml and the environment as one frozen `Settings`; every mistake is named with file and line.

Belongs here: which keys there are, what they may hold, and where run-time data lies. Does not belong here: what
the options of a platform mean (its `source.yml` lists them) and how places are looked up (`transform`).
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

from pipeline.config_file import ConfigFile
from pipeline.sources.contract import SourceDescription
from pipeline.sources.http import HttpPolicy
from pipeline.sources.registry import descriptions
from pipeline.transform.reference import municipalities, regions

SOURCE_ID = re.compile(r"[a-z][a-z0-9_]*")
ENVIRONMENT = re.compile(r"\$\{([A-Z][A-Z0-9_]*)\}")
OVERRIDES = ("name", "publisher", "licence", "attribution", "pace_seconds")
TOP_KEYS = (
    "region",
    "data_dir",
    "sources",
    "schedule",
    "http",
    "snapshots",
    "privacy",
    "publish",
    "id_seed",
    "matching",
)
SOURCE_KEYS = ("kind", "enabled", "name", "publisher", "licence", "attribution", "url_for_people", "pace_seconds")
HTTP_KEYS = tuple(k for k in HttpPolicy.__dataclass_fields__ if k != "user_agent")


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """One enabled source: its id, the connector that reads it, and the options of its entry."""

    id: str
    kind: str
    options: Mapping[str, Any]
    missing_environment: tuple[str, ...] = ()
    """Variables that the entry refers to and that are not set; the source then fails, the others go on."""

    @property
    def description(self) -> SourceDescription:
        """What `source.yml` says, with what the entry overrides (a spreadsheet has its own publisher)."""
        base = descriptions()[self.kind]
        own: dict[str, Any] = {k: self.options[k] for k in OVERRIDES if k in self.options}
        if "url_for_people" in self.options:
            own["url"] = self.options["url_for_people"]
        return replace(base, **own)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything a run needs to know; made by `load` or, in tests, by hand."""

    config_path: Path
    data_dir: Path
    sources: tuple[SourceSettings, ...]
    region: tuple[str, ...] = ()
    """The region as written; empty means the whole country."""
    municipality_codes: tuple[str, ...] = ()
    schedule: str | None = "0 2 * * *"
    """Cron expression in Europe/Helsinki; null for none."""
    http: HttpPolicy = field(default_factory=HttpPolicy)
    contact_persons: bool = False
    """True publishes contact persons that sources publish; false keeps them out of the release."""
    keep: int = 30
    """How many releases are kept."""
    keep_snapshots: int = 30
    """How many snapshots of each source are kept."""
    publish_to: tuple[str, ...] = ()
    """Folders to which a finished release is copied."""
    id_seed: int | None = None
    """Makes new entity ids reproducible; for the demo and tests only."""
    pinned_weights: Path | None = None
    """The weights file that matching uses; null learns the weights from the records."""
    full_every_days: int = 7
    """After how many days matching works out everything anew."""

    @property
    def base_dir(self) -> Path:
        """Folder that relative paths of koonti.yml start from."""
        return self.config_path.parent

    @property
    def snapshots_dir(self) -> Path:
        return self.data_dir / "snapshots"

    @property
    def records_dir(self) -> Path:
        return self.data_dir / "records"

    @property
    def entities_dir(self) -> Path:
        return self.data_dir / "entities"

    @property
    def catalogue_dir(self) -> Path:
        return self.data_dir / "catalogue"

    @property
    def releases_dir(self) -> Path:
        return self.data_dir / "releases"

    def source(self, source_id: str) -> SourceSettings:
        """The enabled source of that id; KeyError when there is none."""
        for one in self.sources:
            if one.id == source_id:
                return one
        raise KeyError(source_id)


def load(path: Path, *, data_dir: Path | None = None, environment: Mapping[str, str] | None = None) -> Settings:
    """Reads and checks a configuration; raises `ConfigMistakes` with one line per mistake.

    Variables come from the environment and, where it has none, from a file `.env` beside the configuration.
    """
    if environment is None:
        environment = {**{k: v or "" for k, v in dotenv_values(path.parent / ".env").items()}, **os.environ}
    config = ConfigFile.read(path)
    raw = config.data
    config.check_keys((), raw, TOP_KEYS)
    sources = _sources(config, raw.get("sources"), environment)
    region, codes = _region(config, raw.get("region"))
    http = _http(config, raw.get("http"))
    privacy = config.mapping(("privacy",), raw.get("privacy"), ("contact_persons",))
    publish = config.mapping(("publish",), raw.get("publish"), ("keep", "to"))
    data = config.typed(("data_dir",), raw.get("data_dir", "data"), str, "a folder")
    schedule = raw.get("schedule")
    if schedule is not None and (not isinstance(schedule, str) or len(schedule.split()) != 5):
        config.mistake(("schedule",), f"'{schedule}' is no cron expression of five parts, such as \"0 2 * * *\"")
        schedule = None
    snapshots = config.mapping(("snapshots",), raw.get("snapshots"), ("keep",))
    keep = _at_least_one(config, ("publish", "keep"), publish.get("keep", 30))
    keep_snapshots = _at_least_one(config, ("snapshots", "keep"), snapshots.get("keep", 30))
    matching = config.mapping(("matching",), raw.get("matching"), ("weights", "full_every_days"))
    pinned = config.typed(("matching", "weights"), matching.get("weights"), str, "a weights file", optional=True)
    settings = Settings(
        config_path=path.resolve(),
        data_dir=(data_dir or path.parent / str(data)).resolve(),
        sources=sources,
        region=region,
        municipality_codes=codes,
        schedule=schedule,
        http=http,
        contact_persons=bool(
            config.typed(("privacy", "contact_persons"), privacy.get("contact_persons", False), bool, "true or false")
        ),
        keep=keep,
        keep_snapshots=keep_snapshots,
        publish_to=tuple(config.strings(("publish", "to"), publish.get("to"))),
        id_seed=config.typed(("id_seed",), raw.get("id_seed"), int, "a whole number", optional=True),
        pinned_weights=(path.parent / pinned).resolve() if pinned else None,
        full_every_days=_at_least_one(config, ("matching", "full_every_days"), matching.get("full_every_days", 7)),
    )
    config.raise_if_mistaken()
    return settings


def _at_least_one(config: ConfigFile, where: tuple[str, ...], value: Any) -> int:
    number = config.typed(where, value, int, "a whole number")
    if number is not None and number < 1:
        config.mistake(where, f"'{where[-1]}' must be at least 1, found {number}")
    return number or 1


def _sources(config: ConfigFile, raw: Any, environment: Mapping[str, str]) -> tuple[SourceSettings, ...]:
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
        options, missing = _filled(entry, environment)
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
    for secret in about.secrets:
        value = entry.get(secret)
        if value is not None and not ENVIRONMENT.fullmatch(str(value)):
            config.mistake((*where, secret), "a secret never stands in this file: write ${NAME} and set NAME")
    if needs:
        for group in about.required:
            if not any(entry.get(key) not in (None, "") for key in group):
                needed = " or ".join(f"'{key}' ({about.options.get(key, '')})" for key in group)
                config.mistake(where, f"needs {needed}")


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


def _region(config: ConfigFile, raw: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if raw in (None, "", []):
        return (), ()
    listed = raw if isinstance(raw, list) else [raw]
    names = {r.name_fi.casefold(): code for code, r in regions().items()}
    codes: set[str] = set()
    for value in listed:
        text = str(value).strip().casefold()
        if text.isdigit() and text.zfill(3) in municipalities():
            codes.add(text.zfill(3))
        elif text in names:
            codes.update(code for code, m in municipalities().items() if m.region_code == names[text])
        else:
            config.mistake(
                ("region",), f"'{value}' is neither a region ({', '.join(sorted(names))}) nor a municipality code"
            )
    return tuple(str(v) for v in listed), tuple(sorted(codes))


def _http(config: ConfigFile, raw: Any) -> HttpPolicy:
    given = config.mapping(("http",), raw, ("contact", *HTTP_KEYS))
    known: dict[str, Any] = {}
    for key in HTTP_KEYS:
        if key in given:
            default = getattr(HttpPolicy(), key)
            wanted: Any = bool if isinstance(default, bool) else (int if isinstance(default, int) else (int, float))
            words = "true or false" if wanted is bool else "a number"
            known[key] = config.typed(("http", key), given[key], wanted, words)
    contact = given.get("contact")
    if contact:
        known["user_agent"] = f"Koonti/0.1 ({contact})"
    return HttpPolicy(**known)
