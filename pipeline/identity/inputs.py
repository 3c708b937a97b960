"""What the identity stage looks at, gathered from the record tables and the previous release."""

from collections.abc import Collection, Mapping

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import storage
from pipeline.identity.rules import rules

SEEN = ("record_id", "content_hash")
"""The columns of `bridge` that tell what a record said before."""


def clusters(con: duckdb.DuckDBPyConnection, groups: Mapping[str, pa.Table]) -> dict[str, pa.Table]:
    """Kind -> record_id, cluster_id, identity_since of every record.

    Args:
        con: Has the record table `record` of all sources.
        groups: Kind -> record_id, cluster_id as matching gives them; a record in no group is one of its own.
    """
    record = storage.held(con, "record")
    ids = record.column("record_id")
    grouped = pa.concat_tables(g.select(["record_id", "cluster_id"]) for g in groups.values())
    theirs = grouped.column("cluster_id")
    if not ids.equals(grouped.column("record_id")):
        theirs = theirs.take(pc.index_in(ids, value_set=grouped.column("record_id").combine_chunks()))
    rows = {"cluster_id": pc.coalesce(theirs, ids), "identity_since": record.column("identity_since")}
    listed = pa.table({"record_id": ids, **rows})
    kinds = record.column("kind")
    return {kind: listed.filter(pc.equal(kinds, kind)) for kind in ("organization", "service", "location")}


def changed(con: duckdb.DuckDBPyConnection, bridge: pa.Table) -> pa.Table:
    """record_id of the records whose content is not what it was in the previous release, new ones included."""
    con.register("bridge_before", bridge)
    found = con.sql("SELECT record_id FROM record ANTI JOIN bridge_before USING (record_id, content_hash)")
    table = found.to_arrow_table()
    con.unregister("bridge_before")
    return table


def record_weights(con: duckdb.DuckDBPyConnection, confirmed: Collection[str] = ()) -> pa.Table:
    """record_id, weight of the records that count more than a plain one.

    Args:
        con: Has the record tables `organization` and `organization_identifier` of all sources.
        confirmed: Records that a person has said to be the same as another.
    """
    weight = rules()["weights"]
    con.register("confirmed", pa.table({"record_id": pa.array(sorted(confirmed), pa.string())}))
    found = con.sql(
        """
        SELECT record_id, max(weight)::BIGINT AS weight FROM (
            SELECT id AS record_id, CAST(? AS INTEGER) AS weight FROM organization
            WHERE business_id IS NOT NULL OR association_number IS NOT NULL
            UNION ALL SELECT organization_id, CAST(? AS INTEGER) FROM organization_identifier
            WHERE identifier_type IN ('business_id', 'association_number', 'ptv', 'oid')
            UNION ALL SELECT record_id, CAST(? AS INTEGER) FROM confirmed
        ) GROUP BY record_id
        """,
        params=[weight["registered"], weight["registered"], weight["confirmed"]],
    ).to_arrow_table()
    con.unregister("confirmed")
    return found
