"""Rows that a list holds hundreds of times: a few stand for all of them.

Records that are equal in every value are one organisation as far as anybody can tell. Of more than `MOST` such
records the first are matched like all others, and the rest follow the first of them into its organisation, compared
with nothing: a million equal rows would otherwise make millions of pairs that all say the same.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.coding import filled, numbered
from pipeline.transform.names.word_lists import flat

MOST = 20
"""Equal records that are matched; not more than may share a key without being many, see `blocking_keys.CAP`."""


def frequent(records: pa.Table) -> pa.Array:
    """The names that more than `MOST` records have, which are in any order. No name is none: that two rows say nothing
    does not make them one organisation."""
    if "name" not in records.column_names:
        return pa.array([], pa.string())
    code, names = numbered(records.column("name").cast(pa.string()))
    code = filled(code, names)
    times = np.bincount(code[code >= 0], minlength=len(names))
    return names.filter(pa.array(times > MOST))


def set_aside(
    records: pa.Table, kept: Iterable[str | None] = (), often: pa.Array | None = None
) -> tuple[pa.Table, pa.Table]:
    """(the records to match; `record_id, like` of the others, with the record that they follow).

    The records are in the order of `record_id` and have the columns of `features.INPUT`; `kept` are ids of records
    that are matched in any case, because a person judged them. `often` are the `frequent` names, where they are known.
    """
    names = flat(records.column("name"))
    rows = np.flatnonzero(np.asarray(pc.is_in(names, value_set=frequent(records) if often is None else often)))
    if not len(rows):
        return records, _followers(records, rows, rows)
    same = _groups(records.take(pa.array(rows)))
    order = np.argsort(same, kind="stable")
    first = np.flatnonzero(np.append(True, same[order][1:] != same[order][:-1]))
    size = np.diff(np.append(first, len(order)))
    place = np.arange(len(order)) - np.repeat(first, size)
    follows = place >= MOST
    follower, leader = rows[order][follows], rows[np.repeat(order[first], size)[follows]]
    ids = records.column("record_id")
    judged = pa.array([k for k in kept if k is not None], pa.string())
    free = ~np.asarray(pc.is_in(ids.take(pa.array(follower)), value_set=judged))
    follower, leader = follower[free], leader[free]
    stays = np.ones(len(records), dtype=bool)
    stays[follower] = False
    return records.filter(pa.array(stays)), _followers(records, follower, leader)


def with_followers(clusters: pa.Table, followers: pa.Table) -> pa.Table:
    """The clusters with the records that were set aside, in the order of `record_id`."""
    if not len(followers):
        return clusters
    at = pc.index_in(followers.column("like"), value_set=flat(clusters.column("record_id")))
    joined = pa.table(
        {"record_id": followers.column("record_id"), "cluster_id": clusters.column("cluster_id").take(at)}
    )
    every = pa.concat_tables([clusters, joined])
    return every.take(pc.sort_indices(every.column("record_id"))).combine_chunks()


def _groups(some: pa.Table) -> npt.NDArray[np.int64]:
    """A number per record, equal for records that are equal in all values but their id."""
    group = np.zeros(len(some), dtype=np.int64)
    for name in some.column_names:
        if name == "record_id":
            continue
        column = flat(some.column(name))
        if pa.types.is_list(column.type):
            if pc.list_flatten(column).null_count:
                return np.arange(len(some))
            column = pc.binary_join(column, "\x1f")
        encoded = column.dictionary_encode(null_encoding="encode")
        code = np.asarray(encoded.indices, dtype=np.int64)
        _, group = np.unique(group * max(len(encoded.dictionary), 1) + code, return_inverse=True)
    return group


def _followers(records: pa.Table, follower: npt.NDArray[np.int64], leader: npt.NDArray[np.int64]) -> pa.Table:
    ids = flat(records.column("record_id"))
    return pa.table({"record_id": ids.take(pa.array(follower)), "like": ids.take(pa.array(leader))})
