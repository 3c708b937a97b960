"""One row per service record with everything the matching looks at, gathered from the record tables."""

from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.dedupe.services.times import slots_in_words

SQL = Path(__file__).with_name("gather.sql")
COLUMNS = (
    "record_id source entity kind name other_name description language url themes streets towns slots dates "
    "valid_from valid_to minimum_age maximum_age"
).split()


def service_input(con: duckdb.DuckDBPyConnection, organizations: pa.Table) -> pa.Table:
    """The matching input of services (`COLUMNS`), sorted by record id; entity is null without a known organisation.

    Args:
        con: Has every record table as a table of its name.
        organizations: record_id, cluster_id of the organisations.
    """
    con.register("org_cluster", organizations.select(["record_id", "cluster_id"]))
    words = con.execute("SELECT DISTINCT description FROM schedule WHERE description IS NOT NULL ORDER BY 1").fetchall()
    read = [(text, slot) for (text,) in words for slot in slots_in_words(text)]
    con.register(
        "told_slot",
        pa.table(
            {"words": pa.array([w for w, _ in read], pa.string()), "slot": pa.array([s for _, s in read], pa.string())}
        ),
    )
    for statement in SQL.read_text(encoding="utf-8").split(";\n")[:-1]:
        con.execute(statement).fetchall()
    return con.sql(f"SELECT {', '.join(COLUMNS)} FROM service_input ORDER BY record_id").to_arrow_table()


def organisation_names(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """entity, names: all names of the organisations that have services, once `service_input` has run."""
    return con.sql("""
        SELECT c.cluster_id AS entity, list(DISTINCT n.name ORDER BY n.name) AS names
        FROM organization_name n JOIN org_cluster c ON c.record_id = n.organization_id
        WHERE c.cluster_id IN (SELECT entity FROM service_input WHERE entity IS NOT NULL)
        GROUP BY 1 ORDER BY 1
    """).to_arrow_table()
