"""A release as one side of matching: its organisations come in, and none of them is joined with another."""

from collections.abc import Iterable
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.matching.reading import BadList

MARK = "\x1e"
"""Stands before the id of an organisation of the release, so that it never equals a record id of the list."""
_TABLES = ("organization", "organization_name", "phone", "email", "url", "address")


def release_records(release: Path) -> pa.Table:
    """The organisations of a release in the columns of the matching; raises `BadList` when it is none."""
    from pipeline.dedupe.gather import matching_input
    from pipeline.storage import connect, read_table

    folder = release / "parquet"
    if not (folder / "organization.parquet").is_file():
        raise BadList(f"{release}: is no release; name a folder such as data/releases/20260101T000000Z.")
    con = connect()
    try:
        for name in _TABLES:
            con.register(name, read_table(folder, name))
        con.execute("CREATE TEMP VIEW record AS SELECT id AS record_id, 'release' AS source FROM organization")
        found = matching_input(con)
        con.register("found", found)
        return con.sql(
            f"SELECT * REPLACE ('{MARK}' || record_id AS record_id, '{MARK}' || parent_record_id AS parent_record_id) "
            "FROM found"
        ).to_arrow_table()
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        raise BadList(f"{release}: its tables cannot be read ({str(error).splitlines()[0]}).") from error
    finally:
        con.close()


def one_organisation_each(clusters: dict[str, str], edges: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Record -> cluster, where a cluster with several organisations of the release is divided among them.

    `edges` are the pairs inside clusters, the strongest first. Each joins two parts unless both hold an organisation
    of the release already; what is left over stays with its own kind.
    """
    members: dict[str, list[str]] = {}
    for record, cluster in clusters.items():
        members.setdefault(cluster, []).append(record)
    crowded = {c for c, m in members.items() if sum(r.startswith(MARK) for r in m) > 1}
    root = {r: r for c in crowded for r in members[c]}

    def top(record: str) -> str:
        while root[record] != record:
            root[record] = root[root[record]]
            record = root[record]
        return record

    for a, b in edges:
        if a in root and b in root and clusters[a] == clusters[b]:
            x, y = sorted((top(a), top(b)))  # the mark sorts before every id: the organisation stays on top
            if x != y and not y.startswith(MARK):
                root[y] = x
    return {record: top(record) if record in root else cluster for record, cluster in clusters.items()}
