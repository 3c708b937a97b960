"""From parsed items to the record tables of one source: every value is cleaned here, and only here.

`collector` gathers rows and issues, `details` cleans the values that organisations, services and places share,
`entities` makes the three kinds of record, `land` (this module) runs a whole source and closes its books: owners are
looked up, ids that stand twice become issues.

A loop over items is right here: an item is a small tree, and nearly all time goes into cached pure functions.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

import pyarrow as pa

from pipeline import schema
from pipeline.privacy import protect
from pipeline.privacy.scan import scan_tables
from pipeline.privacy.suppression import Suppressions
from pipeline.sources.items import Finding, Item, Parsed, Unread
from pipeline.transform.landing.collector import Collector
from pipeline.transform.landing.entities import land_item


@dataclass(frozen=True, slots=True)
class Landed:
    """The record tables of one source."""

    tables: dict[str, pa.Table]
    organizations: int
    services: int
    locations: int
    issues: int
    read: int
    """Items that the parser handed on; each is a record, or named by an issue, or repeated."""
    repeated: int
    """Items whose id was there before; an issue names them when their content differs."""


def land(
    parsed: Iterable[Parsed],
    *,
    source: str,
    snapshot_version: str,
    snapshot_digest: str | None = None,
    rules: Suppressions | None = None,
) -> Landed:
    """The record tables of a source from what its parser hands on; rows are sorted, so order does not matter.

    `snapshot_digest` stands for what was sent about an item of which the parser cannot tell it (`sources.raw`).
    What `rules` suppress never becomes a row, and texts are searched for what is a person's (`pipeline.privacy`).
    """
    rules = rules or Suppressions()
    collector = Collector(source, snapshot_version, snapshot_digest)
    read = 0
    for one in parsed:
        if rules.records and _is_hidden(one, source, rules):
            continue
        if isinstance(one, Item):
            read += 1
            land_item(collector, _unlinked(one, source, rules) if rules.records else one)
        elif isinstance(one, Finding):
            collector.finding(one)
        elif isinstance(one, Unread):
            collector.unread[one.field] += 1
    collector.close()
    tables = {table.name: collector.table(table.name) for table in schema.tables(stage="records")}
    tables = scan_tables(protect.without(tables, rules), source)
    kinds = tables["record"].column("kind").to_pylist()
    return Landed(
        tables=tables,
        organizations=kinds.count("organization"),
        services=kinds.count("service"),
        locations=kinds.count("location"),
        issues=tables["issue"].num_rows,
        read=read,
        repeated=collector.repeated,
    )


def _is_hidden(one: Parsed, source: str, rules: Suppressions) -> bool:
    """True for a suppressed item, for what belongs to a suppressed organisation, and for findings about either."""
    if isinstance(one, Unread):
        return False
    owner = one.organization if isinstance(one, Item) and one.kind != "organization" else None
    return rules.hides(f"{source}:{one.native_id}") or bool(owner and rules.hides(f"{source}:{owner}"))


def _unlinked(item: Item, source: str, rules: Suppressions) -> Item:
    """An item that names no suppressed one."""
    parent = None if item.organization and rules.hides(f"{source}:{item.organization}") else item.organization
    return replace(item, organization=parent, locations=[p for p in item.locations if not rules.hides(f"{source}:{p}")])
