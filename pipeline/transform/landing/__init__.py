"""From parsed items to the record tables of one source: every value is cleaned here, and only here.

`collector` gathers rows and issues, `details` cleans the values that organisations, services and places share,
`entities` makes the three kinds of record, `listed` and `columns` those of many alike rows at once, `naming` adds what
names tell, `closing` looks up owners and places, `earlier` takes over what is as it was last time. `land` and
`land_onto` (this module) run a whole source, or what changed of one.

A loop over items is right here: an item is a small tree, and nearly all time goes into cached pure functions.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.privacy import protect
from pipeline.privacy.scan import scan_tables
from pipeline.privacy.suppression import Suppressions
from pipeline.sources.items import Finding, Item, Listed, Parsed, Unread
from pipeline.storage import in_key_order
from pipeline.transform.landing.closing import Tables, close, exchanged, reopen
from pipeline.transform.landing.collector import Collector
from pipeline.transform.landing.earlier import Earlier, masked
from pipeline.transform.landing.entities import land_item
from pipeline.transform.landing.listed import land_listed
from pipeline.transform.landing.naming import with_told


@dataclass(frozen=True, slots=True)
class Landed:
    """The record tables of one source."""

    tables: Tables
    organizations: int
    services: int
    locations: int
    issues: int
    read: int
    """Items that the parser handed on; each is a record, or named by an issue, or repeated."""
    repeated: int
    """Items whose id was there before; an issue names them when their content differs."""
    dangling: pa.Table
    """Links that lead to no record of the source; `land_onto` needs them."""
    taken: int = 0
    """Records whose rows were taken over from last time."""
    entangled: frozenset[str] = frozenset()
    """Records whose rows come from more than one item: they are not taken over next time."""


def land(
    parsed: Iterable[Parsed],
    *,
    source: str,
    snapshot_version: str,
    snapshot_digest: str | None = None,
    rules: Suppressions | None = None,
    earlier: Earlier | None = None,
) -> Landed:
    """The record tables of a source from what its parser hands on; rows are sorted, so order does not matter.

    `snapshot_digest` stands for what was sent about an item of which the parser cannot tell it (`sources.raw`).
    What `rules` suppress never becomes a row, and texts are searched for what is a person's (`pipeline.privacy`).
    Items that are as they were in `earlier` are not cleaned again; the tables are the same with and without it, if the
    code and the `rules` are those that made it.
    """
    made = _collected(parsed, source, snapshot_version, snapshot_digest, rules, earlier)
    tables = scan_tables(made.tables, source)
    entangled = frozenset(made.entangled | masked(tables["issue"]))
    return replace(_closed(tables, source, made.read, made.repeated), taken=made.taken, entangled=entangled)


def land_onto(
    base: Landed,
    parsed: Iterable[Parsed],
    *,
    source: str,
    snapshot_version: str,
    snapshot_digest: str | None = None,
    removed: Iterable[str] = (),
    rules: Suppressions | None = None,
) -> Landed:
    """The record tables after a delta: its records take the place of those in `base`, `removed` native ids go.

    Only what the delta holds is read and cleaned; all other rows are taken over as they are, so they must follow the
    same `rules`. Their texts are searched again for what is a person's, as it depends on the contacts of all records.
    """
    made = _collected(parsed, source, snapshot_version, snapshot_digest, rules)
    newer, touched = made.tables, made.ids
    touched |= {f"{source}:{native_id}" for native_id in removed}
    touched |= set(newer["issue"].column("record_id").drop_null().to_pylist())
    before = _accounted(base.tables) & touched
    tables = scan_tables(exchanged(reopen(base.tables, base.dangling), newer, touched), source)
    entangled = (base.entangled - touched) | made.entangled | masked(tables["issue"])
    closed = _closed(tables, source, base.read - len(before) + made.read, base.repeated + made.repeated)
    return replace(closed, taken=max(0, base.taken - len(before)), entangled=entangled)


def landed(tables: Tables, dangling: pa.Table, *, read: int, repeated: int) -> Landed:
    """Closed tables with their counts."""
    kinds = {row["values"]: row["counts"] for row in pc.value_counts(tables["record"].column("kind")).to_pylist()}
    return Landed(
        tables=tables,
        organizations=kinds.get("organization", 0),
        services=kinds.get("service", 0),
        locations=kinds.get("location", 0),
        issues=tables["issue"].num_rows,
        read=read,
        repeated=repeated,
        dangling=dangling,
    )


@dataclass(frozen=True, slots=True)
class _Collected:
    """Open tables, the records in them, and how many items were read, repeated and taken over."""

    tables: Tables
    ids: set[str]
    entangled: set[str]
    read: int
    repeated: int
    taken: int


def _collected(
    parsed: Iterable[Parsed],
    source: str,
    snapshot_version: str,
    snapshot_digest: str | None,
    suppressed: Suppressions | None,
    earlier: Earlier | None = None,
) -> _Collected:
    """What a parser hands on, gathered.

    An item that replaces one handed on before goes into a later layer; each layer takes the place of those below.
    """
    layers = [Collector(source, snapshot_version, snapshot_digest, earlier.hashes if earlier else None)]
    findings = Collector(source, snapshot_version)
    versions: dict[str, int] = {}
    rules = suppressed or Suppressions()
    read = 0
    entangled: set[str] = set()
    for one in _parts(parsed, rules):
        if rules.records and _is_hidden(one, source, rules):
            continue
        if isinstance(one, Item):
            level = 0
            if one.replaces:
                level = versions[one.native_id] = versions.get(one.native_id, 0) + 1
            else:
                read += 1
            if level == len(layers):
                layers.append(Collector(source, snapshot_version, snapshot_digest))
            land_item(layers[level], _unlinked(one, source, rules) if rules.records else one)
        elif isinstance(one, Listed):
            read += len(one.rows)
            land_listed(layers[0], one)
        elif isinstance(one, Finding):
            findings.finding(one)
            if one.native_id:
                entangled.add(findings.record_id(one.native_id))
        elif isinstance(one, Unread):
            layers[0].unread[one.field] += 1
    tables, ids, taken = _whole(layers[0]), layers[0].record_ids(), layers[0].taken
    for layer in layers[1:]:
        told = layer.record_ids()
        ids |= told
        entangled |= told
        taken = {one: sent for one, sent in taken.items() if one not in told}
        tables = exchanged(tables, _whole(layer), told)
    tables = protect.without(exchanged(tables, findings.tables(), ()), rules)
    if earlier and taken:
        tables = earlier.joined(tables, taken, snapshot_version)
    entangled = entangled.union(*(layer.entangled for layer in layers))
    return _Collected(tables, ids, entangled, read, sum(layer.repeated for layer in layers), len(taken))


def _parts(parsed: Iterable[Parsed], rules: Suppressions) -> Iterator[Parsed]:
    """What a parser hands on, with the rows of a list one by one where each must be looked up in the rules."""
    for one in parsed:
        if isinstance(one, Listed) and rules.records:
            yield from one.items()
        else:
            yield one


def _whole(layer: Collector) -> Tables:
    """The open tables of a layer, with what the names of organisations tell."""
    tables = layer.tables()
    return {**tables, "organization": with_told(tables["organization"], layer.spoken)}


def _closed(tables: Tables, source: str, read: int, repeated: int) -> Landed:
    made, dangling = close(tables, source)
    tables.clear()
    for name in list(made):
        made[name] = in_key_order(name, made[name])
    ordered = dangling.sort_by([("table", "ascending"), ("row_id", "ascending")])
    return landed(made, ordered, read=read, repeated=repeated)


def _accounted(tables: Tables) -> set[str]:
    """Records, and what an issue names in the place of one."""
    ids = set(tables["record"].column("record_id").to_pylist())
    return ids | set(tables["issue"].column("record_id").drop_null().to_pylist())


def _is_hidden(one: Parsed, source: str, rules: Suppressions) -> bool:
    """True for a suppressed item, for what belongs to a suppressed organisation, and for findings about either."""
    if isinstance(one, Unread | Listed):
        return False
    owner = one.organization if isinstance(one, Item) and one.kind != "organization" else None
    return rules.hides(f"{source}:{one.native_id}") or bool(owner and rules.hides(f"{source}:{owner}"))


def _unlinked(item: Item, source: str, rules: Suppressions) -> Item:
    """An item that names no suppressed one."""
    parent = None if item.organization and rules.hides(f"{source}:{item.organization}") else item.organization
    return replace(item, organization=parent, locations=[p for p in item.locations if not rules.hides(f"{source}:{p}")])
