"""What the matching of services and places leaves on disk beside that of organisations."""

import hashlib

import duckdb
import pyarrow as pa

from pipeline.dedupe.services import gather
from pipeline.dedupe.services.match import match_services
from pipeline.dedupe.services.places import match_places
from pipeline.dedupe.services.rules import FILE


def tables(
    con: duckdb.DuckDBPyConnection,
    organizations: pa.Table,
    *,
    must_link: pa.Table | None = None,
    must_not_link: pa.Table | None = None,
) -> dict[str, pa.Table]:
    """`clusters_service`, `clusters_location`, `service_match` and `service_match_reason`.

    Args:
        con: Has every record table of all sources as a table of its name.
        organizations: record_id, cluster_id of the organisations.
        must_link: People's judgements on services, `record_id_a, record_id_b`; others are passed over.
        must_not_link: As `must_link`, for pairs that are two.
    """
    rows = gather.service_input(con, organizations)
    names = gather.organisation_names(con)
    found = match_services(rows, names, must_link=must_link, must_not_link=must_not_link)
    return {
        "clusters_service": found.clusters,
        "clusters_location": match_places(con, found.clusters, names),
        "service_match": found.matches,
        "service_match_reason": found.reasons,
    }


def fingerprint() -> str:
    """What tells apart two versions of the rules for services, sixteen hexadecimal digits."""
    return hashlib.sha256(FILE.read_bytes()).hexdigest()[:16]
