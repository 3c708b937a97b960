"""Hides where people have taken refuge: shelters and the like are published without their exact place.

Which names and service classes mean one is in `hidden_addresses.yml` and in koonti.yml; whatever belongs to the same
entity, is met there, or stands at the same address of the same owner is hidden as well. The municipality stays.
"""

from collections.abc import Iterable

import duckdb
import pyarrow as pa

from pipeline.privacy.needles import Needle
from pipeline.privacy.policy import literal, policy
from pipeline.privacy.protect import masked
from pipeline.privacy.seen import masked_texts, replaced


def hidden_records(con: duckdb.DuckDBPyConnection, own: tuple[str, ...]) -> frozenset[str]:
    """Records of places of refuge, all records of their entity, and the places where such services are met."""
    rules = policy()
    ids = [w for w in own if ":" in w or w.startswith(("org_", "svc_", "loc_"))]
    words = "|".join(literal(w) for w in own if w not in ids)
    con.register("named", pa.table({"id": _strings(ids)}))
    con.register("hidden_class", pa.table({"code": _strings(rules.service_classes)}))
    own_words = f"(?i)(?:^|[^\\pL])(?:{words})" if words else r"^\b$"
    found = con.execute(
        """
        WITH names AS (
            SELECT organization_id AS id, name FROM organization_name
            UNION ALL SELECT id, name FROM service UNION ALL SELECT id, alternate_name FROM service
            UNION ALL SELECT id, name FROM location
        ), spoken AS (   -- records whose name speaks of a refuge, or that were named
            SELECT id FROM names
            WHERE (regexp_matches(name, $words) AND NOT regexp_matches(name, $except)) OR regexp_matches(name, $own)
            UNION SELECT a.link_id FROM attribute a JOIN hidden_class c ON c.code = a.code
                WHERE a.taxonomy = 'ptv_service_class'
            UNION SELECT id FROM named
            UNION SELECT record_id FROM standing JOIN named ON named.id = standing.entity_id
        ), entity_wide AS (
            SELECT id FROM spoken
            UNION SELECT b.record_id FROM spoken s JOIN standing a ON a.record_id = s.id
                JOIN standing b USING (entity_id)
        ), reached AS (  -- the places of hidden services, and of hidden organisations
            SELECT id FROM entity_wide
            UNION SELECT p.location_id FROM service_at_location p JOIN entity_wide h ON h.id = p.service_id
            UNION SELECT l.id FROM location l JOIN entity_wide h ON h.id = l.organization_id
        ), where_they_are AS (
            SELECT lower(address_1) AS street, postal_code, coalesce(a.organization_id, r.owner_record_id) AS owner
            FROM address a JOIN reached h ON h.id = coalesce(a.organization_id, a.location_id)
            LEFT JOIN record r ON r.record_id = a.location_id
            WHERE address_1 IS NOT NULL
        )
        SELECT id FROM reached
        UNION   -- the same street address given for the organisation that runs the place, or for another place of it
        SELECT coalesce(a.organization_id, a.location_id) FROM address a
        LEFT JOIN record r ON r.record_id = a.location_id
        JOIN where_they_are w ON w.street = lower(a.address_1) AND w.postal_code IS NOT DISTINCT FROM a.postal_code
            AND w.owner = coalesce(a.organization_id, r.owner_record_id)
        """,
        {"words": rules.hidden_name(), "except": rules.shown_name(), "own": own_words},
    ).fetchall()
    return frozenset(str(row[0]) for row in found if row[0])


def hide_addresses(con: duckdb.DuckDBPyConnection, hidden: frozenset[str]) -> None:
    """Only the municipality and post office of hidden records stay; their street goes from their texts too."""
    if not hidden:
        return
    con.register("hidden", pa.table({"id": _strings(hidden)}))
    streets = con.execute("""
        SELECT DISTINCT a.address_1 FROM address a JOIN hidden h ON h.id = coalesce(a.organization_id, a.location_id)
        WHERE length(a.address_1) > 4
    """).fetchall()
    needles = tuple(Needle("text", str(street), "") for (street,) in streets)
    for table, key in (("organization", "id"), ("location", "id"), ("service", "id"), ("text", "link_id")):
        masked_texts(
            con, table, lambda text: masked(text, needles), where=f"{key} IN (SELECT id FROM hidden)", holding="[0-9]"
        )
    nothing = "CASE WHEN {key} NOT IN (SELECT id FROM hidden) THEN {column} END AS {column}"
    for table, key, columns in (
        ("organization", "id", "latitude longitude coordinate_origin"),
        ("location", "id", "latitude longitude coordinate_origin"),
        ("address", "coalesce(organization_id, location_id)",
         "attention address_1 postal_code latitude longitude coordinate_origin"),
    ):  # fmt: skip
        parts = ", ".join(nothing.format(key=key, column=c) for c in columns.split())
        replaced(con, table, f"SELECT * REPLACE ({parts}) FROM {table}")
    places = "('address', 'coordinates', 'street', 'postal_code', 'address_1')"
    replaced(
        con,
        "normalised",
        f"SELECT * FROM normalised WHERE NOT (record_id IN (SELECT id FROM hidden) AND field IN {places})",
    )
    replaced(
        con,
        "issue",
        f"""SELECT * EXCLUDE (is_gone) REPLACE (
                CASE WHEN is_gone THEN NULL ELSE value END AS value,
                CASE WHEN is_gone THEN field || ': ' || code || ' (the address is hidden).' ELSE message END AS message)
            FROM (
                SELECT *, coalesce(record_id IN (SELECT id FROM hidden) AND field IN {places}, false) AS is_gone
                FROM issue)""",
    )
    con.unregister("hidden")


def _strings(values: Iterable[str]) -> pa.Array:
    return pa.array(sorted(values), pa.string())
