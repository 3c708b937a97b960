-- Ready views of catalogue.duckdb. Each is one question that analysts ask; comments say the grain.

-- Grain: one row per organisation, with its contacts, themes and sources on one line.
CREATE VIEW organization_flat AS
WITH phones AS (
    SELECT organization_id AS id, string_agg(number, ', ' ORDER BY number) AS phones
    FROM phone WHERE organization_id IS NOT NULL GROUP BY 1
), street AS (
    SELECT organization_id AS id,
           string_agg(DISTINCT concat_ws(', ', address_1, nullif(concat_ws(' ', postal_code, city), '')), ' | ')
               AS addresses
    FROM address WHERE organization_id IS NOT NULL GROUP BY 1
), themes AS (
    SELECT link_id AS id, string_agg(DISTINCT t.name, ', ' ORDER BY t.name) AS themes
    FROM attribute a JOIN taxonomy_term t ON t.taxonomy_id = a.taxonomy AND t.code = a.code
    WHERE a.taxonomy = 'theme' GROUP BY 1
), sources AS (
    SELECT entity_id AS id, count(DISTINCT source) AS source_count, count(*) AS record_count,
           string_agg(DISTINCT source, ', ' ORDER BY source) AS sources,
           min(native_url) AS actor_card
    FROM bridge WHERE kind = 'organization' AND lifecycle <> 'ended' GROUP BY 1
), services AS (
    SELECT organization_id AS id, count(*) AS service_count FROM service GROUP BY 1
)
SELECT o.id, o.name, o.alternate_name, o.business_id, o.organization_type, o.legal_form, o.organization_level,
       o.municipality, o.municipality_code, s.addresses, p.phones, o.email, o.website, t.themes,
       coalesce(v.service_count, 0) AS service_count, b.source_count, b.record_count, b.sources, b.actor_card,
       o.description, o.latitude, o.longitude
FROM organization o
LEFT JOIN phones p USING (id)
LEFT JOIN street s USING (id)
LEFT JOIN themes t USING (id)
LEFT JOIN sources b USING (id)
LEFT JOIN services v USING (id);

COMMENT ON VIEW organization_flat IS 'One row per organisation, with contacts, themes and sources on one line.';

-- Grain: service × theme.
CREATE VIEW service_by_theme AS
SELECT t.code AS theme_code, t.name AS theme, s.id AS service_id, s.name AS service, s.kind, s.status, s.is_free,
       o.id AS organization_id, o.name AS organization, o.municipality
FROM service s
JOIN attribute a ON a.link_id = s.id AND a.taxonomy = 'theme'
JOIN taxonomy_term t ON t.taxonomy_id = 'theme' AND t.code = a.code
LEFT JOIN organization o ON o.id = s.organization_id;

COMMENT ON VIEW service_by_theme IS 'One row per service and theme.';

-- Grain: municipality × theme. A municipality without any organisation of a theme has no row.
CREATE VIEW theme_coverage AS
SELECT o.municipality_code, o.municipality, t.code AS theme_code, t.name AS theme,
       count(DISTINCT o.id) AS organizations, count(DISTINCT s.id) AS services
FROM organization o
LEFT JOIN service s ON s.organization_id = o.id
JOIN attribute a ON a.taxonomy = 'theme' AND (a.link_id = o.id OR a.link_id = s.id)
JOIN taxonomy_term t ON t.taxonomy_id = 'theme' AND t.code = a.code
WHERE o.municipality_code IS NOT NULL
GROUP BY ALL;

COMMENT ON VIEW theme_coverage IS 'One row per municipality and theme: organisations and services there.';

-- Grain: pair of sources (a source with itself: all its organisations).
CREATE VIEW source_overlap AS
SELECT a.source AS source_a, b.source AS source_b, count(DISTINCT a.entity_id) AS organizations
FROM bridge a JOIN bridge b ON b.entity_id = a.entity_id AND a.source <= b.source
WHERE a.kind = 'organization' AND b.kind = 'organization' AND a.lifecycle <> 'ended' AND b.lifecycle <> 'ended'
GROUP BY ALL;

COMMENT ON VIEW source_overlap IS 'How many organisations two sources have in common.';

-- Grain: pair of records that a person should look at, the likeliest first when ordered by probability.
CREATE VIEW review_queue AS
SELECT m.record_id_a, m.record_id_b, a.name AS name_a, b.name AS name_b, m.probability, 'maybe' AS reason,
       NULL::VARCHAR AS changed
FROM match m
JOIN bridge a ON a.record_id = m.record_id_a
JOIN bridge b ON b.record_id = m.record_id_b
WHERE m.decision = 'maybe' AND m.rule <> 'judged_unsure' AND a.entity_id <> b.entity_id
UNION ALL
SELECT j.record_id_a, j.record_id_b, a.name, b.name, NULL, 'stale', j.changed
FROM judgement j
JOIN bridge a ON a.record_id = j.record_id_a
JOIN bridge b ON b.record_id = j.record_id_b
WHERE j.state = 'stale';

COMMENT ON VIEW review_queue IS 'Pairs that a person should look at: uncertain ones, and judgements whose records have changed.';

-- Grain: one row per record, with the terms of the source that said it.
CREATE VIEW record_terms AS
SELECT b.record_id, b.entity_id, b.kind, b.source, s.name AS source_name, s.publisher, s.licence, s.attribution,
       b.native_url, s.fetched_at
FROM bridge b JOIN source s ON s.id = b.source;

COMMENT ON VIEW record_terms IS 'On which terms each record may be used, and how its source is named.';
