"""What the identity stage looks at, gathered from the record tables and the previous release."""

from collections.abc import Collection, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.identity.rules import rules

SEEN = ("record_id", "content_hash")
"""The columns of `bridge` that tell what a record said before."""
REGISTERS = ("business_id", "association_number")
IDENTIFIERS = (*REGISTERS, "ptv", "oid")
"""Types of identifiers that make a record weigh more."""


def clusters(record: pa.Table, groups: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """Kind -> record_id, cluster_id, identity_since of every record.

    Args:
        record: Record table `record` of all sources.
        groups: Kind -> record_id, cluster_id as matching gives them; a record in no group is one of its own.
    """
    ids = record.column("record_id")
    grouped = pa.concat_tables(g.select(["record_id", "cluster_id"]) for g in groups.values())
    theirs = grouped.column("cluster_id")
    if not ids.equals(grouped.column("record_id")):
        theirs = theirs.take(pc.index_in(ids, value_set=grouped.column("record_id").combine_chunks()))
    rows = {"cluster_id": pc.coalesce(theirs, ids), "identity_since": record.column("identity_since")}
    listed = pa.table({"record_id": ids, **rows})
    kinds = record.column("kind")
    return {kind: listed.filter(pc.equal(kinds, kind)) for kind in ("organization", "service", "location")}


def changed(record: pa.Table, bridge: pa.Table) -> pa.Table:
    """record_id of the records whose content is not what it was in the previous release, new ones included.

    Args:
        record: Record table `record` of all sources.
        bridge: The columns `SEEN` of `bridge` of the previous release.
    """
    place = pc.index_in(record.column("record_id"), value_set=bridge.column("record_id").combine_chunks())
    was = bridge.column("content_hash").take(place)
    same = pc.fill_null(pc.equal(record.column("content_hash"), was), False)
    return record.select(["record_id"]).filter(pc.invert(same))


def record_weights(organization: pa.Table, identifier: pa.Table, confirmed: Collection[str] = ()) -> pa.Table:
    """record_id, weight of the records that count more than a plain one.

    Args:
        organization: Record table `organization` of all sources.
        identifier: Record table `organization_identifier` of all sources.
        confirmed: Records that a person has said to be the same as another.
    """
    weight = rules()["weights"]
    numbered = pc.or_(*(pc.is_valid(organization.column(register)) for register in REGISTERS))
    known = pc.is_in(identifier.column("identifier_type"), value_set=pa.array(IDENTIFIERS))
    counted = [
        _weighing(organization.column("id").filter(numbered), weight["registered"]),
        _weighing(identifier.column("organization_id").filter(known), weight["registered"]),
        _weighing(pa.chunked_array([pa.array(sorted(confirmed), pa.string())]), weight["confirmed"]),
    ]
    most = pa.concat_tables(counted).group_by("record_id", use_threads=False).aggregate([("weight", "max")])
    return most.rename_columns(["record_id", "weight"])


def _weighing(records: pa.ChunkedArray, weight: int) -> pa.Table:
    return pa.table({"record_id": records, "weight": pa.repeat(pa.scalar(weight, pa.int64()), len(records))})
