"""Which groups are to the record what a living id stood for: on most nights nearly all, and nothing can happen to them.

They are told apart by codes of groups and ids, many times quicker than by comparing them as sets; only the rest goes on
to `overlap` and `registry`. A suppression concerns an id although its records are as before, so such an id is not
settled.
"""

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

HOLDING = ("live", "outside")
"""States of an id that stands for records now."""
Numbers = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Settled:
    """The settled rows of tonight and of the release before, and the others."""

    assignment: pa.Table
    """record_id, entity_id, kind of the records in settled groups."""
    registry: pa.Table
    """Rows of the old `entity_registry` of settled ids."""
    members: pa.Table
    """Rows of the old `entity_record` of settled ids, those of earlier days among them."""
    listed: pa.Table
    """Rows of tonight's records in other groups."""
    old_registry: pa.Table
    """Rows of the old `entity_registry` of other ids."""
    old_members: pa.Table
    """Rows of the old `entity_record` of other ids."""


def settled(listed: pa.Table, registry: pa.Table, members: pa.Table, suppressed: Collection[str]) -> Settled:
    """Tells the groups apart.

    Args:
        listed: record_id, cluster_id, identity_since, kind, prefix of tonight's records, each once.
        registry: `entity_registry` of the release before.
        members: `entity_record` of the release before.
        suppressed: Ids that must not be published; the ids that carry on for them are meant too.
    """
    with ThreadPoolExecutor(1) as pool:  # groups and ids are numbered while records are looked up
        grouped = pool.submit(_groups, listed)
        encoded = pool.submit(lambda: members.column("entity_id").combine_chunks().dictionary_encode())
        current = np.asarray(members.column("is_current"), dtype=bool)
        standing = members.filter(pa.array(current))
        place = pc.index_in(listed.column("record_id"), value_set=standing.column("record_id").combine_chunks())
        same = _same_since(listed, standing, place)
        group, ids = grouped.result(), encoded.result()
        numbers = np.asarray(ids.indices, dtype=np.int64)
        entity = np.where(current, numbers, -1)
        size = np.bincount(entity[current], minlength=len(ids.dictionary))
        at = np.asarray(place.fill_null(-1), dtype=np.int64)
        claimed = np.append(entity[current], -1)[at]  # of each listed record the id that stood for it, -1 for none
        claimed[~same] = -1
        unfit = ~np.append(_may_stay(ids.dictionary, registry, suppressed), False)
        first = np.zeros(group.max(initial=-1) + 1, dtype=np.int64)
        first[group] = claimed
        strange = (claimed != first[group]) | unfit[claimed] | ~_of_kind(listed, ids.dictionary, claimed)
        count = np.bincount(group, minlength=len(first))
        alike = (np.bincount(group, weights=strange, minlength=len(first)) == 0) & (count == np.append(size, -1)[first])
        ours = np.append(np.zeros(len(ids.dictionary), dtype=bool), False)
        ours[first[alike]] = True
        theirs = pool.submit(_parted, members, ours[numbers])
        known = pc.is_in(registry.column("entity_id"), value_set=ids.dictionary.filter(pa.array(ours[:-1])))
        rows = alike[group]
        kept = listed.select(["record_id", "kind"]).filter(pa.array(rows))
        assignment = {
            "record_id": kept.column("record_id"),
            "entity_id": ids.dictionary.take(pa.array(claimed[rows])),
            "kind": kept.column("kind"),
        }
        return Settled(
            assignment=pa.table(assignment),
            registry=registry.filter(known),
            members=theirs.result()[0],
            listed=listed.filter(pa.array(~rows)),
            old_registry=registry.filter(pc.invert(known)),
            old_members=theirs.result()[1],
        )


def _parted(data: pa.Table, wanted: Bools) -> tuple[pa.Table, pa.Table]:
    """The rows that are wanted, and the others."""
    return data.filter(pa.array(wanted)), data.filter(pa.array(~wanted))


def _same_since(listed: pa.Table, standing: pa.Table, place: pa.ChunkedArray) -> Bools:
    """Whether a record describes whom it described: null says that nothing is known to have changed."""
    since = listed.column("identity_since")
    if since.null_count == len(since):
        return np.ones(len(since), dtype=bool)
    same = pc.equal(since, standing.column("identity_since").take(place)).fill_null(False)
    return np.asarray(pc.or_(pc.is_null(since), same), dtype=bool)


def _groups(listed: pa.Table) -> Numbers:
    """A number for each group of a kind."""
    cluster, kind = (listed.column(c).combine_chunks().dictionary_encode() for c in ("cluster_id", "kind"))
    both = np.asarray(cluster.indices, dtype=np.int64) * max(1, len(kind.dictionary)) + np.asarray(kind.indices)
    numbers: Numbers = both.astype(np.int64)
    return numbers


def _may_stay(ids: pa.Array, registry: pa.Table, suppressed: Collection[str]) -> Bools:
    """Whether each id stands for records and is not to be suppressed."""
    wanted = set(suppressed)
    if wanted:
        named = registry.filter(pc.is_in(registry.column("entity_id"), value_set=pa.array(sorted(wanted), pa.string())))
        for successors in named.column("successors").drop_null().to_pylist():
            wanted |= set(successors.split("|"))
    holds = registry.filter(pc.is_in(registry.column("state"), value_set=pa.array(HOLDING))).column("entity_id")
    stays = pc.is_in(ids, value_set=holds.combine_chunks())
    stays = pc.and_not(stays, pc.is_in(ids, value_set=pa.array(sorted(wanted), pa.string())))
    return np.asarray(stays, dtype=bool)


def _of_kind(listed: pa.Table, ids: pa.Array, claimed: Numbers) -> Bools:
    """Whether the id of each record is one of its kind; -1 is of none."""
    fits = np.zeros(len(listed), dtype=bool)
    prefix = listed.column("prefix")
    for one in pc.unique(prefix).to_pylist():
        right = np.append(np.asarray(pc.starts_with(ids, one), dtype=bool), False)
        fits |= np.asarray(pc.equal(prefix, one), dtype=bool) & right[claimed]
    return fits
