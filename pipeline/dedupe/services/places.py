"""Which location records of one organisation are one place.

Cautious: the same street and number (or the same coordinates where no street is told), no contradicting name, and the
same services met there. A place carries its opening hours, so two records that serve different services stay two:
joined, nobody could tell which hour is whose. Phone lines, web addresses and postal addresses are never joined.
"""

from collections import defaultdict

import duckdb
import pyarrow as pa

from pipeline.dedupe.services.rules import load_rules
from pipeline.dedupe.services.wording import GENERAL, own_words, service_name

_PLACES = """
    WITH met AS (
        SELECT s.location_id, list(DISTINCT v.cluster_id ORDER BY v.cluster_id) AS services,
               list(DISTINCT x.name ORDER BY x.name) AS names
        FROM service_at_location s
        JOIN svc_cluster v ON v.record_id = s.service_id
        JOIN service x ON x.id = s.service_id
        GROUP BY 1
    ), spot AS (
        SELECT location_id, min(street || '|' || coalesce(postal_code, municipality_code)) AS street,
               count(DISTINCT street) AS streets, min(address_1) AS address_1
        FROM (
            SELECT *, regexp_extract(regexp_replace(lower(trim(coalesce(address_1, ''))), '[\\s.,]+', ' ', 'g'),
                                     '^(\\D+\\d+.*)$', 1) AS street
            FROM address WHERE location_id IS NOT NULL AND address_type = 'physical'
        ) WHERE street <> '' AND coalesce(postal_code, municipality_code) IS NOT NULL GROUP BY 1
    )
    SELECT l.id AS record_id, c.cluster_id AS entity, coalesce(m.services, []) AS services, l.name, s.address_1,
           coalesce(m.names, []) AS service_names,
           CASE WHEN s.streets = 1 THEN s.street
                WHEN s.streets IS NULL AND l.latitude IS NOT NULL
                THEN printf('%.5f,%.5f', l.latitude, l.longitude) END AS spot
    FROM location l
    JOIN org_cluster c ON c.record_id = l.organization_id
    LEFT JOIN met m ON m.location_id = l.id
    LEFT JOIN spot s ON s.location_id = l.id
    WHERE l.location_type = 'physical'
    ORDER BY l.id
"""


def match_places(con: duckdb.DuckDBPyConnection, services: pa.Table, names: pa.Table) -> pa.Table:
    """record_id, cluster_id of every location record; to be run after `gather.service_input` on the connection.

    Args:
        con: Has the record tables and `org_cluster`.
        services: record_id, cluster_id of the services.
        names: entity, names of the organisations.
    """
    con.register("svc_cluster", services.select(["record_id", "cluster_id"]))
    rows = con.sql(_PLACES).to_arrow_table().to_pylist()
    ids = [r for (r,) in con.execute("SELECT id FROM location ORDER BY id").fetchall()]
    own = {r["entity"]: own_words(r["names"]) for r in names.to_pylist()}
    wording = load_rules().wording
    together: dict[tuple[str, ...], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        if row["spot"] is None:
            continue
        known = own.get(row["entity"], frozenset()) | own_words([row["address_1"] or "", *row["service_names"]])
        name = service_name(row["name"], frozenset(), wording).core if row["name"] else ""
        told = " ".join(w for w in name.split() if w not in known and not w.startswith(GENERAL))
        together[row["entity"], row["spot"], *row["services"]][told].append(row["record_id"])
    cluster = {i: i for i in ids}
    for by_name in together.values():
        named = sorted(n for n in by_name if n)
        groups = [sorted(by_name[n]) for n in named]
        unnamed = by_name.get("", [])
        if len(named) == 1:
            groups = [sorted(groups[0] + unnamed)]
        elif unnamed:
            groups.append(sorted(unnamed))
        for group in groups:
            cluster.update(dict.fromkeys(group, group[0]))
    return pa.table(
        {"record_id": pa.array(ids, pa.string()), "cluster_id": pa.array([cluster[i] for i in ids], pa.string())}
    )
