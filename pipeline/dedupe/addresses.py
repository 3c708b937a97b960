"""One address that sources give more and less fully is one row, the fullest, in the published addresses.

Two rows are the same address when owner, type and street are, and the fuller one says the postal code and the post
office that the other says. What only the shorter one tells (a floor, coordinates) goes to the fuller one. Nothing is
guessed: a street that stands with two postal codes stays two, and one without any is then left out.
"""

from contextlib import closing

import pyarrow as pa

from pipeline import schema, storage

_EXTRAS = ("attention", "region", "state_province", "municipality_code", "language")
_PLACE = ("latitude", "longitude", "coordinate_origin")

_SQL = f"""
WITH a AS (
    SELECT *, lower(regexp_replace(trim(address_1), '\\s+', ' ', 'g')) AS street, lower(city) AS office,
           CAST(postal_code IS NOT NULL AS INT) * 2 + CAST(city IS NOT NULL AS INT) AS fullness,
           coalesce(organization_id, '') || '|' || coalesce(location_id, '') || '|' || address_type AS owner
    FROM address
), pair AS (   -- row -> a fuller row of the same address; of equals the one with small letters, then the first
    SELECT x.id AS less, y.id AS more FROM a x JOIN a y ON x.owner = y.owner AND x.street = y.street AND x.id <> y.id
    WHERE (x.postal_code IS NULL OR x.postal_code IS NOT DISTINCT FROM y.postal_code)
      AND (x.office IS NULL OR x.office IS NOT DISTINCT FROM y.office)
      AND (x.fullness, -CAST(x.address_1 = upper(x.address_1) AS INT), y.id)
        < (y.fullness, -CAST(y.address_1 = upper(y.address_1) AS INT), x.id)
), gives AS (   -- only a row that is surely this address gives what it has
    SELECT less, min(more) AS more FROM pair WHERE more NOT IN (SELECT less FROM pair)
    GROUP BY less HAVING count(*) = 1
), given AS (
    SELECT g.more AS id, {", ".join(f"min({c}) AS {c}" for c in _EXTRAS)},
           {", ".join(f"min_by({c}, a.id) FILTER (latitude IS NOT NULL) AS {c}" for c in _PLACE)}
    FROM gives g JOIN a ON a.id = g.less GROUP BY 1
)
SELECT o.* REPLACE (
    {", ".join(f"coalesce(o.{c}, g.{c}) AS {c}" for c in _EXTRAS)},
    {", ".join(f"CASE WHEN o.latitude IS NULL THEN g.{c} ELSE o.{c} END AS {c}" for c in _PLACE)}
)
FROM address o LEFT JOIN given g USING (id)
WHERE o.id NOT IN (SELECT less FROM pair) ORDER BY o.id
"""


def fullest(addresses: pa.Table) -> pa.Table:
    """The rows of the schema table `address` without those that a fuller row of the same address says too."""
    with closing(storage.session()) as con:
        con.register("address", addresses)
        return schema.conform("address", con.sql(_SQL).to_arrow_table())
