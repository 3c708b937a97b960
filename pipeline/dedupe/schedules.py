"""Opening times of a service that several sources describe, said once.

Two rules that say the same hours are one, and the one that says more stands (its season, its first day). A rule in
words goes when its hours, as far as they can be read, stand as a rule of the service or of its places.
"""

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.dedupe.services.times import slots_in_words
from pipeline.storage import session

_SQL = """
    WITH rule AS (
        SELECT *, md5(concat_ws('|', coalesce(service_id, ''), coalesce(location_id, ''), coalesce(byday, ''),
                      coalesce(opens_at, ''), coalesce(closes_at, ''), coalesce(freq, ''), coalesce(interval, 1),
                      coalesce(is_closed, false), coalesce(description, ''))) AS hours
        FROM schedule WHERE byday IS NOT NULL
    ), repeated AS (   -- another rule of the same hours says all that this one says, and more
        SELECT r.id FROM rule r JOIN rule o ON o.hours = r.hours AND o.id <> r.id
        WHERE (r.valid_from IS NULL OR r.valid_from = o.valid_from) AND (r.valid_to IS NULL OR r.valid_to = o.valid_to)
          AND (r.dtstart IS NULL OR r.dtstart = o.dtstart)
          AND ((r.valid_from IS NULL) > (o.valid_from IS NULL) OR (r.valid_to IS NULL) > (o.valid_to IS NULL)
               OR (r.dtstart IS NULL) > (o.dtstart IS NULL)
               OR (r.valid_from IS NOT DISTINCT FROM o.valid_from AND r.valid_to IS NOT DISTINCT FROM o.valid_to
                   AND r.dtstart IS NOT DISTINCT FROM o.dtstart AND o.id < r.id))
    ), open_hours AS (
        SELECT s.service_id, p.service_id AS met_there, s.byday, opens_at || '-' || coalesce(closes_at, '') AS hours
        FROM schedule s LEFT JOIN service_at_location p ON p.location_id = s.location_id
        WHERE s.byday IS NOT NULL AND NOT coalesce(s.is_closed, false)
    ), slot AS (
        SELECT DISTINCT coalesce(service_id, met_there) AS service_id,
               unnest(string_split(byday, ',')) || ' ' || hours AS slot
        FROM open_hours
    ), worded AS (   -- every reading of the words stands as a rule
        SELECT w.id FROM words w LEFT JOIN slot s ON s.service_id = w.service_id AND s.slot = w.slot
        GROUP BY 1 HAVING bool_and(s.slot IS NOT NULL)
    )
    SELECT id FROM repeated UNION SELECT id FROM worded ORDER BY 1
"""


def said_once(schedule: pa.Table, service_at_location: pa.Table, *, worded: pa.Table | None = None) -> pa.Table:
    """The rules of the catalogue without those that others say as well; the tables have entity ids.

    Rules of different seasons both stand. Of rules in words only those of `worded` are read, the others stay; null
    reads all.
    """
    asked = schedule if worded is None else worded
    told = asked.filter(
        pc.and_(
            pc.is_valid(asked.column("description")),
            pc.and_(pc.is_null(asked.column("byday")), pc.is_valid(asked.column("service_id"))),
        )
    ).select(["id", "service_id", "description"])
    read = [
        (row["id"], row["service_id"], slot) for row in told.to_pylist() for slot in slots_in_words(row["description"])
    ]
    con = session()
    try:
        con.register("schedule", schedule)
        con.register("service_at_location", service_at_location)
        text = pa.string()
        con.register(
            "words",
            pa.table(
                {name: pa.array([r[i] for r in read], text) for i, name in enumerate(("id", "service_id", "slot"))}
            ),
        )
        gone = con.sql(_SQL).to_arrow_table().column("id")
    finally:
        con.close()
    return schedule.filter(pc.invert(pc.is_in(schedule.column("id"), value_set=gone.combine_chunks())))
