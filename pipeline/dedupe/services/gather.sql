-- Grain of the result: one row per service record (key: record_id).
-- A street is known by street with number and by postal code, or municipality where there is none. Hours of a place
-- that several services of its source share are the place's, not the service's.
CREATE OR REPLACE TEMP TABLE service_place AS
WITH used AS (
    SELECT location_id, count(DISTINCT service_id) AS services FROM service_at_location GROUP BY ALL
)
SELECT s.service_id, s.location_id, u.services FROM service_at_location s JOIN used u USING (location_id);

CREATE OR REPLACE TEMP TABLE service_street AS
SELECT p.service_id,
       list(DISTINCT street || '|' || coalesce(a.postal_code, a.municipality_code)
            ORDER BY street || '|' || coalesce(a.postal_code, a.municipality_code))
           FILTER (street <> '' AND coalesce(a.postal_code, a.municipality_code) IS NOT NULL) AS streets,
       list(DISTINCT a.municipality_code ORDER BY a.municipality_code)
           FILTER (a.municipality_code IS NOT NULL) AS towns
FROM service_place p
JOIN (
    SELECT *, regexp_extract(regexp_replace(lower(coalesce(address_1, '')), '[\s.,]+', ' ', 'g'), '^(\D+\d+)', 1) AS street
    FROM address WHERE location_id IS NOT NULL AND address_type = 'physical'
) a USING (location_id)
GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE service_rule AS
SELECT service_id, h.* EXCLUDE (service_id, location_id, id) FROM schedule h
WHERE service_id IS NOT NULL AND NOT coalesce(is_closed, false)
UNION ALL
SELECT p.service_id, h.* EXCLUDE (service_id, location_id, id) FROM schedule h JOIN service_place p USING (location_id)
WHERE p.services = 1 AND NOT coalesce(h.is_closed, false);

CREATE OR REPLACE TEMP TABLE service_slot AS
WITH weekly AS (
    SELECT service_id, unnest(string_split(byday, ',')) || ' ' || coalesce(opens_at, '') || '-' || coalesce(closes_at, '') AS slot
    FROM service_rule WHERE byday IS NOT NULL AND coalesce(freq, 'WEEKLY') = 'WEEKLY'
    UNION
    SELECT service_id, t.slot FROM service_rule r JOIN told_slot t ON t.words = r.description WHERE r.byday IS NULL
)
SELECT service_id, list(DISTINCT slot ORDER BY slot) AS slots FROM weekly GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE service_date AS
SELECT service_id,
       list(DISTINCT strftime(dtstart, '%Y-%m-%d') ORDER BY strftime(dtstart, '%Y-%m-%d'))
           FILTER (dtstart IS NOT NULL AND freq IS NULL AND byday IS NULL) AS dates,
       min(coalesce(valid_from, dtstart)) AS first_day,
       CASE WHEN bool_and(valid_to IS NOT NULL) THEN max(valid_to) END AS last_day
FROM service_rule WHERE description IS NULL OR byday IS NOT NULL OR dtstart IS NOT NULL GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE service_theme AS
SELECT link_id AS service_id, list(DISTINCT code ORDER BY code) AS themes FROM attribute
WHERE taxonomy = 'theme' AND link_entity = 'service' GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE service_input AS
SELECT s.id AS record_id, r.source, c.cluster_id AS entity, s.kind, s.name, s.alternate_name AS other_name,
       s.description, s.description_language AS language,
       nullif(regexp_replace(regexp_replace(lower(coalesce(s.url, '')), '^https?://(www\.)?', ''), '/+$', ''), '') AS url,
       coalesce(t.themes, []) AS themes, coalesce(a.streets, []) AS streets, coalesce(a.towns, []) AS towns,
       coalesce(o.slots, []) AS slots, coalesce(d.dates, []) AS dates,
       coalesce(s.valid_from, d.first_day) AS valid_from, coalesce(s.valid_to, d.last_day) AS valid_to,
       s.minimum_age, s.maximum_age
FROM service s
JOIN record r ON r.record_id = s.id
LEFT JOIN org_cluster c ON c.record_id = s.organization_id
LEFT JOIN service_theme t ON t.service_id = s.id
LEFT JOIN service_street a ON a.service_id = s.id
LEFT JOIN service_slot o ON o.service_id = s.id
LEFT JOIN service_date d ON d.service_id = s.id;
