"""The two places where a nightly run meets identity: after a source has been read, and after matching.

Belongs here: which folders and tables are read for it. What is decided, the other modules say.
"""

from collections.abc import Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline import schema, storage
from pipeline.identity import inputs, lifecycle
from pipeline.identity.assignment import Identity, Memory, assign
from pipeline.identity.churn import Churn, measure
from pipeline.identity.evidence import Evidence, evidence
from pipeline.identity.ids import Mint

FACTS = ("record", "organization", "organization_identifier")
"""The record tables that ids rest on."""


@dataclass(frozen=True, slots=True)
class Aside:
    """What must not be published, and what people have decided."""

    suppressed: Collection[str] = ()
    """Ids."""
    hidden: Collection[str] = ()
    """Records."""
    confirmed: Collection[str] = ()
    """Records that a person has said to be the same as another: they weigh most."""
    judged: Collection[str] = ()
    """Records that such a decision newly concerns."""


def settled(
    now: Mapping[str, pa.Table],
    folder: Path,
    this: lifecycle.Pass,
    *,
    accepted: Collection[str] = (),
    release: Path | None = None,
    folders: Collection[Path] = (),
) -> dict[str, pa.Table]:
    """The record tables of a source with the records that are carried over from its folder (`lifecycle.settle`).

    `release` (its tables) and `folders` (of all sources) tell what other records of an organisation say.
    """
    if storage.read_manifest(folder) is None:
        return dict(now)
    before = {t.name: storage.read_table(folder, t.name) for t in schema.tables(stage="records")}

    def siblings(records: Collection[str]) -> dict[str, Evidence]:
        return _siblings(records, release, folders) if release else {}

    return lifecycle.settle(now, before, this, accepted=accepted, siblings=siblings)


def _siblings(records: Collection[str], release: Path, folders: Collection[Path]) -> dict[str, Evidence]:
    """What the other records of the organisation of each record say, as they lie on disk."""
    con = storage.session()
    try:
        con.register("member", storage.read_table(release, "entity_record"))
        con.register("asked", pa.table({"record_id": pa.array(sorted(records), pa.string())}))
        pairs = con.execute("""
            SELECT a.record_id, o.record_id FROM asked a
            JOIN member m ON m.record_id = a.record_id AND m.is_current
            JOIN member o ON o.entity_id = m.entity_id AND o.is_current AND o.record_id <> a.record_id
        """).fetchall()
    finally:
        con.close()
    if not pairs:
        return {}
    names = ("record", "organization", "organization_name", "phone", "email", "url", "address")
    said = evidence({name: storage.union(folders, name) for name in names}, [other for _, other in pairs])
    found: dict[str, Evidence] = {}
    for record, other in pairs:
        found[record] = found.get(record, Evidence()) | said[other]
    return found


def assigned(
    con: duckdb.DuckDBPyConnection,
    groups: Mapping[str, pa.Table],
    release: Path | None,
    *,
    version: str,
    mint: Callable[[str], Mint],
    limit: float | None,
    aside: Aside,
) -> tuple[Identity, Churn]:
    """The ids of this run, and how many changed.

    Args:
        con: Has the record tables of all sources.
        groups: Kind of record -> record_id, cluster_id as matching gives them.
        release: Tables of the previous release; null before the first.
        version: Version of this run.
        mint: Gives a minter for the prefix of a kind.
        limit: Share of the ids of organisations that may change; null means that of `rules.yml`.
        aside: What must not be published, and what people have decided.
    """
    record, organization, identifier = (storage.held(con, name) for name in FACTS)

    def changed(release: Path) -> pa.Table:
        return inputs.changed(record, storage.read_table(release, "bridge", inputs.SEEN))

    with ThreadPoolExecutor(1) as pool:  # of both little is asked, and late
        weights = pool.submit(inputs.record_weights, organization, identifier, aside.confirmed)
        differing = pool.submit(changed, release) if release else None
        before = Memory.read(release)
        made = assign(
            inputs.clusters(record, groups),
            before,
            version=version,
            mint=mint,
            weights=weights,
            changed=differing,
            suppressed=aside.suppressed,
            hidden=aside.hidden,
            judged=aside.judged,
        )
    return made, measure(before.registry, made.events, version=version, limit=limit)
