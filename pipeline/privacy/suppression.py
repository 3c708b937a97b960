"""What somebody asked to leave out: `suppressions.csv` and `opt_outs.csv` of the ledger, checked and ready to use.

A suppression is of a record (everything of it goes), of a field (that field of a record or entity goes) or of a
person (a name, phone number or e-mail address goes wherever it occurs). An opt-out is of a source or a host: it is
not fetched, and what is kept of it is not used; or of a single record.
Belongs here: reading and checking. What follows from it is in `protect`, `captures`, `publication` and `final`.
The ledger is personal data itself: the command writes it readable for its owner only, and no message shows a value.
"""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.ledger import files
from pipeline.privacy.needles import Needle
from pipeline.privacy.scan import national

SCOPES = ("record", "field", "person")
FIELDS = (
    "alternate_name description email phone website url address coordinates contact text identifier "
    "business_id association_number umbrella legal_status"
).split()
"""Fields that can be suppressed by themselves; a record whose name may not stand is suppressed whole."""


@dataclass(frozen=True)
class Suppressions:
    """Everything that must be left out."""

    records: frozenset[str] = frozenset()
    """Record ids of which nothing may stand anywhere."""
    entities: frozenset[str] = frozenset()
    """Entity ids that were named themselves."""
    fields: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """Record or entity id -> its fields that may not stand."""
    needles: tuple[Needle, ...] = ()
    """Values of persons."""
    sources: frozenset[str] = frozenset()
    """Sources that opted out."""
    hosts: frozenset[str] = frozenset()
    """Hosts that opted out; their subdomains too."""
    fingerprint: str = ""
    """Of the rules of one source (`of_source`): changes whenever they do, and is empty when there are none."""

    def __bool__(self) -> bool:
        return bool(self.records or self.entities or self.fields or self.needles or self.sources or self.hosts)

    def of_source(self, source: str) -> "Suppressions":
        """What concerns the records of one source."""
        own = f"{source}:"
        records = frozenset(r for r in self.records if r.startswith(own))
        fields = {k: v for k, v in self.fields.items() if k.startswith(own)}
        said = [sorted(records), sorted((k, sorted(v)) for k, v in fields.items()), sorted(self.hosts)]
        said.append(sorted((n.kind, n.value) for n in self.needles))
        mark = hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16] if any(said) else ""
        return replace(self, records=records, fields=fields, entities=frozenset(), fingerprint=mark)

    def hides(self, record_id: str) -> bool:
        """True when nothing of a record may stand anywhere."""
        return record_id in self.records

    def forbids(self, address: str) -> str | None:
        """Why an address may not be fetched; null when it may."""
        host = (urlsplit(address).hostname or "").casefold()
        for one in self.hosts:
            if host == one or host.endswith("." + one):
                return f"{one} has opted out (opt_outs.csv); nothing of it is fetched."
        return None


def load(
    ledger_dir: Path,
    *,
    today: date | None = None,
    members: Callable[[str], Iterable[str]] = lambda entity_id: (),
) -> Suppressions:
    """The suppressions and opt-outs that hold; raises `LedgerBroken` with every row that cannot be followed.

    Args:
        ledger_dir: Folder of the ledger; files that are missing say nothing.
        today: Opt-outs of a later day do not hold yet; null means all hold.
        members: Entity id -> the records it stands for.
    """
    mistakes: list[str] = []
    records: set[str] = set()
    entities: set[str] = set()
    fields: dict[str, set[str]] = {}
    needles: list[Needle] = []
    for row in _rows(ledger_dir, "suppressions", mistakes):
        wrong = mistake(row["scope"], row["target"], row["field"], row["value"])
        if wrong:
            mistakes.append(f"{row.place}: {wrong}")
            continue
        if row["scope"] == "person":
            needles.append(Needle(kind_of(row["field"], row["value"]), row["value"], row["id"]))
            continue
        targets = [row["target"]]
        if ":" not in row["target"]:
            meant = list(members(row["target"]))
            if not meant:
                mistakes.append(
                    f"{row.place}: the release knows no records of '{row['target']}'; name its records (source:id)."
                )
            entities.add(row["target"])
            targets += meant
        if row["scope"] == "record":
            records.update(t for t in targets if ":" in t)
        else:
            for target in targets:
                fields.setdefault(target, set()).add(row["field"])
    sources, hosts, single = _opt_outs(ledger_dir, today, mistakes)
    if mistakes:
        raise files.LedgerBroken(mistakes)
    return Suppressions(
        records=frozenset(records | single),
        entities=frozenset(entities),
        fields={k: frozenset(v) for k, v in fields.items()},
        needles=tuple(needles),
        sources=frozenset(sources),
        hosts=frozenset(hosts),
    )


def _rows(ledger_dir: Path, name: str, mistakes: list[str]) -> list[files.Row]:
    """The rows of a file that hold; a file that cannot be used has none, and what is wrong in it joins `mistakes`."""
    try:
        return files.holding(files.read(ledger_dir, name))
    except files.LedgerBroken as broken:
        mistakes += broken.lines
        return []


def _opt_outs(ledger_dir: Path, today: date | None, mistakes: list[str]) -> tuple[set[str], set[str], set[str]]:
    """Sources, hosts and single records that opted out."""
    sources, hosts, single = set(), set(), set()
    for row in _rows(ledger_dir, "opt_outs", mistakes):
        if today and row["since"] and date.fromisoformat(row["since"]) > today:
            continue
        if not (row["source"] or row["host"]):
            mistakes.append(f"{row.place}: names neither a source nor a host; write who is not to be fetched.")
        if ":" in row["source"]:
            single.add(row["source"])
        elif row["source"]:
            sources.add(row["source"])
        if row["host"]:
            plain = row["host"].casefold()
            hosts.add((urlsplit(plain).hostname if "//" in plain else plain.split("/")[0]) or plain)
    return sources, hosts, single


def kind_of(field_name: str, value: str) -> str:
    """What a value of a person is: as its row says, else by its look."""
    if field_name:
        return field_name
    if "@" in value:
        return "email"
    return "phone" if sum(c.isdigit() for c in value) >= 6 else "name"


def mistake(scope: str, target: str, field_name: str, value: str) -> str | None:
    """What is wrong with a suppression, without showing its value; null when nothing is."""
    if scope not in SCOPES:
        return f"scope '{scope}' is none of {', '.join(SCOPES)}."
    if scope != "person":
        if not target:
            return "names no target; write a record (source:id) or an entity (org_…)."
        if scope == "field" and field_name not in FIELDS:
            return f"field '{field_name}' cannot be suppressed alone; possible: {', '.join(FIELDS)}."
        return None
    kind = kind_of(field_name, value)
    if kind not in ("name", "phone", "email"):
        return f"field '{field_name}' of a person is none of name, phone, email."
    if kind == "name" and len(value.split()) < 2:
        return "a name needs at least two words, or too much would be removed."
    if kind == "phone" and len(national(value)) < 6:
        return "a phone number needs at least six digits, or too much would be removed."
    if kind == "email" and not all(value.partition("@")):
        return "the e-mail address of a person is not whole."
    return None
