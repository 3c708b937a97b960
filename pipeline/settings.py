"""koonti.yml and the environment as one frozen `Settings`; every mistake is named with file and line.

Belongs here: which keys there are, what they may hold, and where run-time data lies. Does not belong here: what
the options of a platform mean (its `source.yml` lists them) and how places are looked up (`transform`).
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dotenv import dotenv_values

from pipeline.config_file import ConfigFile
from pipeline.source_settings import SourceSettings, read_sources
from pipeline.sources.http import HttpPolicy
from pipeline.transform.reference import counties, municipalities, regions

TOP_KEYS = tuple(
    "region data_dir ledger_dir sources schedule http snapshots privacy publish matching id_seed identity".split()
)
MATCHING_KEYS = ("engine", "master", "spark", "weights", "full_every_days")
ENGINES = ("duckdb", "spark")
HTTP_KEYS = tuple(k for k in HttpPolicy.__dataclass_fields__ if k != "user_agent")


@dataclass(frozen=True, slots=True)
class MatchingSettings:
    """How organisations are matched."""

    engine: str = "duckdb"
    """`duckdb` for this machine, `spark` for Apache Spark."""
    master: str = "local[*]"
    """Spark's master, see `dedupe.spark.session`."""
    spark: Mapping[str, str] = field(default_factory=dict)
    """Spark's own settings, such as spark.driver.memory."""
    weights: Path | None = None
    """The weights file that is pinned; null learns the weights from the records."""
    full_every_days: int = 7
    """After how many days everything is worked out anew."""


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
    hide_addresses_of: tuple[str, ...] = ()
    """Words in names, record ids or entity ids whose exact place is not published."""
    keep: int = 30
    """How many releases are kept."""
    keep_snapshots: int = 30
    """How many snapshots of each source are kept."""
    publish_to: tuple[str, ...] = ()
    """Folders to which a finished release is copied."""
    matching: MatchingSettings = field(default_factory=MatchingSettings)
    id_seed: int | None = None
    """Makes new entity ids reproducible; for the demo and tests only."""
    churn_limit: float | None = None
    """Share of the ids of organisations that may change in one release; null means that of `identity/rules.yml`."""
    own_ledger_dir: Path | None = None
    """Where human decisions lie when not in `data_dir`."""

    @property
    def base_dir(self) -> Path:
        """Folder that relative paths of koonti.yml start from."""
        return self.config_path.parent

    @property
    def ledger_dir(self) -> Path:
        """Folder of the human decisions; it belongs in git."""
        return self.own_ledger_dir or self.data_dir / "ledger"

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
    def matching_dir(self) -> Path:
        """What one night's matching leaves for the next."""
        return self.data_dir / "matching"

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
    sources = read_sources(config, raw.get("sources"), environment)
    region, codes = _region(config, raw.get("region"))
    http = _http(config, raw.get("http"))
    privacy = config.mapping(("privacy",), raw.get("privacy"), ("contact_persons", "hide_addresses_of"))
    publish = config.mapping(("publish",), raw.get("publish"), ("keep", "to"))
    data = config.typed(("data_dir",), raw.get("data_dir", "data"), str, "a folder")
    own_identity = config.mapping(("identity",), raw.get("identity"), ("churn_limit",))
    ledger = config.typed(("ledger_dir",), raw.get("ledger_dir"), str, "a folder", optional=True)
    schedule = raw.get("schedule")
    if schedule is not None and (not isinstance(schedule, str) or len(schedule.split()) != 5):
        config.mistake(("schedule",), f"'{schedule}' is no cron expression of five parts, such as \"0 2 * * *\"")
        schedule = None
    snapshots = config.mapping(("snapshots",), raw.get("snapshots"), ("keep",))
    keep = _at_least_one(config, ("publish", "keep"), publish.get("keep", 30))
    keep_snapshots = _at_least_one(config, ("snapshots", "keep"), snapshots.get("keep", 30))
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
        hide_addresses_of=tuple(config.strings(("privacy", "hide_addresses_of"), privacy.get("hide_addresses_of"))),
        keep=keep,
        keep_snapshots=keep_snapshots,
        matching=_matching(config, raw.get("matching"), path.parent),
        publish_to=tuple(config.strings(("publish", "to"), publish.get("to"))),
        churn_limit=_share(config, ("identity", "churn_limit"), own_identity.get("churn_limit")),
        id_seed=config.typed(("id_seed",), raw.get("id_seed"), int, "a whole number", optional=True),
        own_ledger_dir=(path.parent / ledger).resolve() if ledger else None,
    )
    config.raise_if_mistaken()
    return settings


def _matching(config: ConfigFile, raw: Any, base: Path) -> MatchingSettings:
    given = config.mapping(("matching",), raw, MATCHING_KEYS)
    engine = given.get("engine", "duckdb")
    if engine not in ENGINES:
        config.mistake(("matching", "engine"), f"'{engine}' is no engine; allowed: {', '.join(ENGINES)}")
        engine = "duckdb"
    for key in ("master", "spark"):
        if key in given and engine != "spark":
            config.mistake(("matching", key), f"'{key}' is of use only with 'engine: spark'")
    master = config.typed(("matching", "master"), given.get("master", "local[*]"), str, "a Spark master")
    conf = config.typed(("matching", "spark"), given.get("spark", {}), dict, "Spark settings, one per line") or {}
    pinned = config.typed(("matching", "weights"), given.get("weights"), str, "a weights file", optional=True)
    return MatchingSettings(
        engine=engine,
        master=master or "local[*]",
        spark={str(k): _spark_value(v) for k, v in conf.items()},
        weights=(base / pinned).resolve() if pinned else None,
        full_every_days=_at_least_one(config, ("matching", "full_every_days"), given.get("full_every_days", 7)),
    )


def _spark_value(value: Any) -> str:
    """Spark writes its truths in small letters."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _at_least_one(config: ConfigFile, where: tuple[str, ...], value: Any) -> int:
    number = config.typed(where, value, int, "a whole number")
    if number is not None and number < 1:
        config.mistake(where, f"'{where[-1]}' must be at least 1, found {number}")
    return number or 1


def _share(config: ConfigFile, where: tuple[str, ...], value: Any) -> float | None:
    number = config.typed(where, value, (int, float), "a share between 0 and 1", optional=True)
    if number is not None and not 0 <= number <= 1:
        config.mistake(where, f"'{where[-1]}' must be a share between 0 and 1, such as 0.01, found {number}")
    return number


def _region(config: ConfigFile, raw: Any) -> tuple[tuple[str, ...], tuple[str, ...]]:
    if raw in (None, "", []):
        return (), ()
    listed = raw if isinstance(raw, list) else [raw]
    names = {r.name_fi.casefold(): code for code, r in regions().items()}
    county_names = {c.name_fi.casefold(): code for code, c in counties().items()}
    codes: set[str] = set()
    for value in listed:
        text = str(value).strip().casefold()
        if text.isdigit() and text.zfill(3) in municipalities():
            codes.add(text.zfill(3))
        elif text in names:
            codes.update(code for code, m in municipalities().items() if m.region_code == names[text])
        elif text in county_names:
            codes.update(code for code, m in municipalities().items() if m.county_code == county_names[text])
        else:
            config.mistake(
                ("region",),
                f"'{value}' is neither a region ({', '.join(sorted(names))}) nor a wellbeing services county such as "
                "Keski-Uudenmaan hyvinvointialue, nor a municipality code",
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
