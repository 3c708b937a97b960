"""One row per organisation record with everything the matching looks at, gathered from the record tables."""

import duckdb
import pyarrow as pa

from pipeline.transform.contacts import sites

COLUMNS = (
    "record_id source name other_names legal_form business_id association_number phones emails hosts "
    "street_address postal_code municipality_code latitude longitude parent_record_id"
).split()


def matching_input(con: duckdb.DuckDBPyConnection) -> pa.Table:
    """The matching input from the views `organization`, `organization_name`, `phone`, `email`, `url`, `address`
    and `record` of all sources; phones of contact persons are left out: a person can serve two bodies.
    """
    addresses = con.execute("SELECT DISTINCT website FROM organization WHERE website IS NOT NULL").fetchall()
    found = [(url, list(hosts)) for (url,) in addresses if (hosts := sites(url))]
    con.execute("CREATE OR REPLACE TEMP TABLE own_host (url VARCHAR, hosts VARCHAR[])")
    if found:
        con.register("hosts_found", pa.table({"url": [u for u, _ in found], "hosts": [h for _, h in found]}))
        con.execute("INSERT INTO own_host SELECT url, hosts FROM hosts_found")
        con.unregister("hosts_found")
    return con.sql("""
        WITH other AS (
            SELECT organization_id AS id, list(DISTINCT name ORDER BY name) AS names FROM organization_name GROUP BY ALL
        ), phones AS (
            SELECT organization_id AS id, list(DISTINCT number ORDER BY number) AS numbers
            FROM phone WHERE organization_id IS NOT NULL AND contact_id IS NULL AND type IS DISTINCT FROM 'fax'
            GROUP BY ALL
        ), emails AS (
            SELECT organization_id AS id, list(DISTINCT email ORDER BY email) AS emails
            FROM email WHERE organization_id IS NOT NULL GROUP BY ALL
        ), street AS (
            SELECT organization_id AS id, min_by(address_1, (address_type <> 'physical', address_1)) AS address_1,
                   min_by(postal_code, (address_type <> 'physical', address_1)) AS postal_code
            FROM address WHERE organization_id IS NOT NULL AND address_1 IS NOT NULL GROUP BY ALL
        )
        SELECT o.id AS record_id, r.source, o.name,
               list_filter(coalesce(n.names, []), lambda x: x <> o.name) AS other_names,
               o.legal_form, o.business_id, o.association_number,
               coalesce(p.numbers, []) AS phones, coalesce(e.emails, []) AS emails,
               coalesce(h.hosts, []) AS hosts,
               s.address_1 AS street_address, s.postal_code, o.municipality_code, o.latitude, o.longitude,
               o.parent_organization_id AS parent_record_id
        FROM organization o
        JOIN record r ON r.record_id = o.id
        LEFT JOIN other n ON n.id = o.id
        LEFT JOIN phones p ON p.id = o.id
        LEFT JOIN emails e ON e.id = o.id
        LEFT JOIN own_host h ON h.url = o.website
        LEFT JOIN street s ON s.id = o.id
        ORDER BY o.id
    """).to_arrow_table()
