"""Values that people corrected, put above what the rules chose; sources that say the same now end a correction.

It works on the table `assertion` of `survivorship` and on the record tables of details, so that the golden row, the
details and the provenance agree. It knows values, not people: what holds is decided in `ledger.corrections`.
"""

import duckdb
import pyarrow as pa

from pipeline import schema, storage

WANTED = pa.schema(
    {
        "id": pa.string(),
        "entity_id": pa.string(),
        "field": pa.string(),
        "value": pa.string(),
        "has_ended": pa.bool_(),
        "overruled": pa.string(),
        **dict.fromkeys(("street", "postal_code", "city", "municipality_code"), pa.string()),
    }
)
"""What must stand: an empty value takes the field out; several rows of one field stand together. `has_ended` and
`overruled` are those of the release before. The last four are the parts of an address."""

RULE = "correction"

_DECIDE = """
CREATE OR REPLACE TEMP TABLE correction_state AS
WITH outcome AS (
    SELECT entity_id, field, string_agg(DISTINCT value, chr(31) ORDER BY value) AS said
    FROM assertion SEMI JOIN correction_wanted USING (entity_id, field) WHERE chosen GROUP BY ALL
), want AS (
    SELECT entity_id, field, string_agg(DISTINCT value, chr(31) ORDER BY value) FILTER (value <> '') AS wanted,
           bool_and(has_ended) AS has_ended, max(overruled) AS overruled
    FROM correction_wanted GROUP BY ALL
), compared AS (   -- sixteen bits of a digest tell that something changed, and nothing of what it was
    SELECT w.*, o.said IS NOT DISTINCT FROM w.wanted AS is_equal, left(md5(coalesce(o.said, '')), 4) AS digest
    FROM want w LEFT JOIN outcome o USING (entity_id, field)
)
SELECT c.id, c.entity_id, c.field, c.value,
       CASE WHEN d.is_equal OR (d.has_ended AND d.digest IS DISTINCT FROM d.overruled) THEN 'caught_up'
            ELSE 'applied' END AS state,
       CASE WHEN d.is_equal OR d.has_ended THEN d.overruled ELSE d.digest END AS overruled,
       c.street, c.postal_code, c.city, c.municipality_code
FROM correction_wanted c JOIN compared d USING (entity_id, field)
"""

_APPLIED = "CREATE OR REPLACE TEMP TABLE override AS SELECT * FROM correction_state WHERE state = 'applied'"

_OVERRIDE = """
CREATE OR REPLACE TEMP TABLE overruled AS   -- the record values that lose
SELECT a.entity_id, a.field, a.record_id, a.value FROM assertion a SEMI JOIN override o USING (entity_id, field);

CREATE OR REPLACE TEMP TABLE assertion AS
SELECT a.* REPLACE (a.chosen AND o.entity_id IS NULL AS chosen,
                    CASE WHEN o.entity_id IS NULL THEN a.rule ELSE 'correction' END AS rule)
FROM assertion a LEFT JOIN (SELECT DISTINCT entity_id, field FROM override) o USING (entity_id, field)
UNION ALL
SELECT entity_id, field, 'ledger:' || id, value, NULL, true, 'correction' FROM override
WHERE value <> '' OR (entity_id, field) NOT IN (SELECT (entity_id, field) FROM override WHERE value <> '');

CREATE OR REPLACE TEMP TABLE bearer AS      -- the record that carries the corrected details of an organisation
SELECT entity_id, min(record_id) AS record_id FROM assigned GROUP BY 1;
"""

# Per table of details: which of its rows a correction takes out or changes, and which it adds.
# t is the detail, e the organisation of its record; o the correction, b the record that carries what is added.
_LOST = "EXISTS (SELECT 1 FROM overruled l WHERE l.entity_id = e.entity_id AND l.field = {field} AND l.value = {value})"
_CORRECTED = "EXISTS (SELECT 1 FROM override o WHERE o.entity_id = e.entity_id AND o.field = {field})"
_DESCRIBED = "'description@' || coalesce(CASE WHEN t.language IN ('fi', 'sv', 'en') THEN t.language END, '')"
_DETAILS = {
    "email": (
        "organization_id",
        _LOST.format(field="'email'", value="t.email"),
        "'email'",
        "o.value AS email",
    ),
    "url": (
        "organization_id",
        _LOST.format(field="'website'", value="t.url"),
        "'website'",
        "o.value AS url",
    ),
    "organization_identifier": (
        "organization_id",
        "t.identifier_type IN ('business_id', 'association_number') AND "
        + _CORRECTED.format(field="t.identifier_type"),
        "'business_id', 'association_number'",
        "o.field AS identifier_type, o.value AS identifier, "
        "CASE WHEN o.field = 'business_id' THEN 'FI-PRO' END AS identifier_scheme",
    ),
    "organization_name": (
        "organization_id",
        "t.name_kind <> 'official' AND " + _CORRECTED.format(field="'alternate_name'"),
        "'name', 'alternate_name'",
        "o.value AS name, CASE WHEN o.field = 'name' THEN 'official' ELSE 'alternative' END AS name_kind",
    ),
    "text": (
        "link_id",
        "t.field IN ('description', 'summary') AND " + _LOST.format(field=_DESCRIBED, value="t.value"),
        "'description@fi', 'description@sv', 'description@en', 'description@'",
        "'description' AS field, nullif(split_part(o.field, '@', 2), '') AS language, o.value AS value",
    ),
    "phone": (
        "organization_id",
        "t.contact_id IS NULL AND " + _CORRECTED.format(field="'phone'"),
        "'phone'",
        "o.value AS number, 'voice' AS type",
    ),
    "address": (
        "organization_id",
        _CORRECTED.format(field="'address'"),
        "'address'",
        "o.street AS address_1, o.postal_code, o.city, o.municipality_code, 'FI' AS country, "
        "'physical' AS address_type",
    ),
}


def apply(con: duckdb.DuckDBPyConnection, wanted: pa.Table | None) -> pa.Table:
    """Puts corrections above the chosen values; returns `id, state, overruled` of each.

    Needs the tables `assertion` and `assigned`, and the record tables as views of their names; those of details are
    replaced by views in which the corrected values stand. A correction is applied, or `caught_up` when the sources
    alone come to the same; one that had caught up begins again only when they fall back to what it overruled.
    """
    con.register("correction_wanted", WANTED.empty_table() if wanted is None else wanted)
    con.execute(_DECIDE)
    con.execute(_APPLIED)
    fields = {str(f) for (f,) in con.execute("SELECT DISTINCT field FROM override").fetchall()}
    if fields:
        con.execute(_OVERRIDE)
    for table, (owner, taken_out, of, added) in _DETAILS.items():
        if not any(f"'{field}'" in of for field in fields):
            continue
        corrected = con.sql(f"""
            SELECT t.* FROM {table} t LEFT JOIN assigned e ON e.record_id = t.{owner}
            WHERE NOT coalesce({taken_out}, false)
            UNION ALL BY NAME
            SELECT 'ledger:' || o.id AS id, b.record_id AS {owner}, {added}
            FROM override o JOIN bearer b USING (entity_id) WHERE o.field IN ({of}) AND o.value <> ''
        """).to_arrow_table()
        if table == "organization_name":
            corrected = _demoted(con, corrected)
        storage.put(con, table, schema.conform(table, corrected.select(schema.table(table).column_names)))
    return con.sql("SELECT id, state, overruled FROM correction_state ORDER BY id").to_arrow_table()


def _demoted(con: duckdb.DuckDBPyConnection, names: pa.Table) -> pa.Table:
    """Official names that a correction overrules stay findable, as alternative ones; equal to it they go."""
    con.register("corrected_names", names)
    made = con.sql("""
        SELECT n.* REPLACE (CASE WHEN o.value IS NULL OR n.id LIKE 'ledger:%' THEN n.name_kind ELSE 'alternative' END
                            AS name_kind)
        FROM corrected_names n LEFT JOIN assigned e ON e.record_id = n.organization_id
        LEFT JOIN override o ON o.entity_id = e.entity_id AND o.field = 'name' AND n.name_kind = 'official'
        WHERE o.value IS NULL OR n.id LIKE 'ledger:%' OR n.name <> o.value
    """).to_arrow_table()
    con.unregister("corrected_names")
    return made
