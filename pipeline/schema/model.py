"""Loads the field dictionary, the tables and the code lists, and refuses a schema that contradicts itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.shipped import shipped

HERE = Path(__file__).parent

TYPES = ("string", "integer", "double", "boolean", "date", "timestamp")
DATA_CLASSES = {
    "public": "Facts about organisations, services and places; published.",
    "organisation_contact": "How to reach a body itself; published, unless it turns out to be a person's.",
    "public_role": "The role of somebody who acts for a body; published together with the person only.",
    "personal": "Belongs to a named person; published only when `privacy.contact_persons` says so.",
    "sensitive_location": "Where something is, exactly; not published of shelters and the like.",
    "free_text": "Written by people; searched for identity codes and personal contacts, which are masked.",
    "technical": "Ids, codes, counts and times that Koonti or a platform gave.",
}
"""What kind of data a column may hold, at its most delicate; `docs/privacy.md` says what follows from it."""


class SchemaError(Exception):
    """The schema files contradict themselves; the message names the table and column."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of one table."""

    name: str
    type: str
    """One of `TYPES`; times are UTC with microseconds."""
    description: str
    data_class: str
    """A key of `DATA_CLASSES`."""
    required: bool = False
    codelist: str | None = None
    """The code list in `codelists.yml` that bounds its values; null means free."""
    hsds: bool = False
    """True when the column carries the name and meaning it has in HSDS 3.1."""


@dataclass(frozen=True, slots=True)
class Table:
    """One table: its grain, its key and its columns in their published order."""

    name: str
    description: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    stage: str
    """`both`: written per source and published; `records`: per source only; `catalogue`: published only."""
    hsds: bool
    references: Mapping[str, str]
    """Column -> table whose `id` (or first key column) it points to."""
    distinct: tuple[str, ...]
    """Columns that make two rows of one entity the same row; every column but `id` unless told."""

    @property
    def column_names(self) -> list[str]:
        return [c.name for c in self.columns]

    @property
    def published(self) -> bool:
        return self.stage != "records"

    def column(self, name: str) -> Column:
        for c in self.columns:
            if c.name == name:
                return c
        raise KeyError(f"{self.name} has no column {name}")


def _yaml(name: str) -> dict[str, Any]:
    return shipped(HERE / name)


@cache
def _codelists() -> dict[str, dict[str, str]]:
    return _yaml("codelists.yml")


def codelist(name: str) -> dict[str, str]:
    """The values of one code list and what each means."""
    try:
        return dict(_codelists()[name])
    except KeyError:
        raise SchemaError(f"no code list '{name}' in codelists.yml") from None


def codelists() -> dict[str, dict[str, str]]:
    """Every code list: name -> value -> meaning."""
    return {name: dict(values) for name, values in _codelists().items()}


def _column(table_name: str, entry: str | dict[str, Any], fields: dict[str, Any], required: set[str]) -> Column:
    override: dict[str, Any] = {}
    if isinstance(entry, dict):
        ((name, override),) = entry.items()
    else:
        name = entry
    if name not in fields and "description" not in override:
        raise SchemaError(f"{table_name}.{name}: not in fields.yml and not described in tables.yml")
    spec = {**fields.get(name, {}), **(override or {})}
    column = Column(
        name=name,
        type=spec.get("type", "string"),
        description=" ".join(spec["description"].split()),
        data_class=spec.get("data_class", ""),
        required=name in required,
        codelist=spec.get("codelist"),
        hsds=bool(spec.get("hsds", False)),
    )
    if column.type not in TYPES:
        raise SchemaError(f"{table_name}.{name}: type '{column.type}' is not one of {', '.join(TYPES)}")
    if column.data_class not in DATA_CLASSES:
        known = ", ".join(DATA_CLASSES)
        raise SchemaError(f"{table_name}.{name}: data_class '{column.data_class}' is not one of {known}")
    if column.codelist and column.codelist not in _codelists():
        raise SchemaError(f"{table_name}.{name}: code list '{column.codelist}' does not exist")
    return column


def build_tables(raw: Mapping[str, Any], fields: Mapping[str, Any]) -> dict[str, Table]:
    """Tables from the parsed YAML; raises `SchemaError` on the first contradiction."""
    built: dict[str, Table] = {}
    for name, spec in raw.items():
        required = set(spec.get("required", ())) | set(spec["key"])
        columns = tuple(_column(name, entry, dict(fields), required) for entry in spec["columns"])
        names = [c.name for c in columns]
        if len(set(names)) != len(names):
            raise SchemaError(f"{name}: a column is listed twice")
        for column in (*required, *spec.get("references", {}), *spec.get("distinct", ())):
            if column not in names:
                raise SchemaError(f"{name}: '{column}' is a key, required, distinct or a reference, but no column")
        built[name] = Table(
            name=name,
            description=" ".join(spec["description"].split()),
            grain=spec["grain"],
            key=tuple(spec["key"]),
            columns=columns,
            stage=spec.get("stage", "both"),
            hsds=bool(spec.get("hsds", False)),
            references=dict(spec.get("references", {})),
            distinct=tuple(spec.get("distinct", [n for n in names if n != "id"])),
        )
    for one in built.values():
        for column, target in one.references.items():
            if target not in built:
                raise SchemaError(f"{one.name}.{column}: refers to '{target}', which is no table")
    return built


@cache
def _loaded() -> tuple[str, dict[str, Table]]:
    raw = _yaml("tables.yml")
    return str(raw["version"]), build_tables(raw["tables"], _yaml("fields.yml"))


def tables(*, stage: str | None = None) -> list[Table]:
    """All tables in their published order, or those of a stage (`records` or `catalogue`)."""
    every = list(_loaded()[1].values())
    return every if stage is None else [t for t in every if t.stage in ("both", stage)]


def table(name: str) -> Table:
    """One table by name."""
    try:
        return _loaded()[1][name]
    except KeyError:
        raise SchemaError(f"no table '{name}' in tables.yml") from None


SCHEMA_VERSION = _loaded()[0]
"""Semantic version of the published schema: a removed or re-typed column raises the first number."""
