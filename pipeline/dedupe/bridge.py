"""The table `bridge`: which record stands behind which entity, and why; also the records that are gone.

Almost every column is one of the record's own, so rows are put together column by column and only what ties a record
to its entity is asked of DuckDB.
"""

from concurrent.futures import Future, ThreadPoolExecutor

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import schema, storage
from pipeline.merging import merged, rises

OWN = ("source native_id kind native_url name content_hash raw_hash modified_at not_seen_since").split()
"""Columns that are as the record has them."""


def begun(
    con: duckdb.DuckDBPyConnection, old: pa.Table, registry: pa.Table, pool: ThreadPoolExecutor
) -> Future[pa.Table]:
    """The schema table `bridge`, which is put together while others work.

    Args:
        con: Has `record`, `entity`, `published`, and `decided` and `found_reason` of `provenance`.
        old: `bridge` of the previous release: when a record was first seen, and the records that are gone. Those stay
            as `ended` while their source is still read, unless their entity is suppressed.
        registry: `entity_registry` of tonight.
        pool: Works while others do.
    """
    ties = con.sql(_TIES).to_arrow_table()
    published = con.sql("SELECT entity_id FROM published").to_arrow_table()
    return pool.submit(
        _bridge, storage.held(con, "record"), storage.held(con, "entity"), published, ties, old, registry
    )


def _bridge(
    record: pa.Table, entity: pa.Table, published: pa.Table, ties: pa.Table, old: pa.Table, registry: pa.Table
) -> pa.Table:
    standing, gone = _standing(record, entity, published, ties, old), _gone(record, old, registry)
    if all(rises(rows.column("record_id")) for rows in (standing, gone)):
        return merged(standing, gone, "record_id")
    rows = pa.concat_tables([standing, gone])
    return storage.taken(rows, pc.sort_indices(rows.column("record_id")).to_numpy())


def _standing(record: pa.Table, entity: pa.Table, published: pa.Table, ties: pa.Table, old: pa.Table) -> pa.Table:
    """The rows of the records that were read and are published."""
    ids = record.column("record_id")
    theirs = entity.column("entity_id")
    if not ids.equals(entity.column("record_id")):
        theirs = theirs.take(_places(ids, entity.column("record_id")))
    shown = pc.is_in(theirs, value_set=published.column(0).combine_chunks(), skip_nulls=True)
    if not pc.all(shown).as_py():
        record, theirs = record.filter(shown), theirs.filter(shown)
        ids = record.column("record_id")
    tie = _places(ids, ties.column("record_id"))
    first = old.column("first_seen").take(_places(ids, old.column("record_id")))
    made = {
        **{name: record.column(name) for name in OWN},
        "record_id": ids,
        "entity_id": theirs,
        "match_basis": pc.fill_null(ties.column("match_basis").take(tie), "single"),
        "score": ties.column("score").take(tie),
        "first_seen": pc.coalesce(first, record.column("fetched_at")),
        "last_seen": record.column("fetched_at"),
        "lifecycle": pc.fill_null(record.column("lifecycle"), "seen"),
    }
    return schema.conform("bridge", pa.table(made))


def _gone(record: pa.Table, old: pa.Table, registry: pa.Table) -> pa.Table:
    """The rows of records that were read before and are not now."""
    old = schema.conform("bridge", old)
    silent = registry.filter(pc.equal(registry.column("state"), "suppressed")).column("entity_id")
    is_here = pc.is_in(old.column("record_id"), value_set=record.column("record_id").combine_chunks())
    is_read = pc.is_in(old.column("source"), value_set=pc.unique(record.column("source")))
    is_silent = pc.is_in(old.column("entity_id"), value_set=silent.combine_chunks())
    rows = old.filter(pc.and_not(pc.and_not(is_read, is_here), is_silent))
    place = rows.column_names.index("lifecycle")
    return rows.set_column(place, rows.schema.field(place), pa.chunked_array([pa.repeat("ended", len(rows))]))


def _places(wanted: pa.ChunkedArray, among: pa.ChunkedArray) -> pa.ChunkedArray:
    """Where each value is found, null where it is not."""
    return pc.index_in(wanted, value_set=among.combine_chunks())


_TIES = """
    WITH tie AS (   -- the strongest pair of each record inside its entity
        SELECT record_id, arg_max(a, (probability, score, a, b)) AS a, arg_max(b, (probability, score, a, b)) AS b,
               arg_max(rule, (probability, score, a, b)) AS rule, max(probability) AS probability
        FROM (
            SELECT record_id_a AS record_id, record_id_a AS a, record_id_b AS b, probability, score, rule
            FROM decided WHERE in_same_entity
            UNION ALL
            SELECT record_id_b, record_id_a, record_id_b, probability, score, rule FROM decided WHERE in_same_entity
        ) GROUP BY record_id
    ), ranked AS (
        SELECT t.record_id, r.feature, r.contribution,
               row_number() OVER (PARTITION BY t.record_id ORDER BY r.contribution DESC, r.feature) AS place
        FROM tie t JOIN found_reason r ON r.record_id_a = t.a AND r.record_id_b = t.b
        WHERE r.contribution > 0 AND r.feature <> 'prior'
    ), basis AS (
        SELECT record_id, string_agg(feature, '+' ORDER BY place) AS basis FROM ranked WHERE place <= 2 GROUP BY 1
    )
    SELECT t.record_id, t.probability AS score,
           CASE WHEN t.rule = 'must_link' THEN 'judgement' ELSE coalesce(b.basis, 'cluster') END AS match_basis
    FROM tie t LEFT JOIN basis b USING (record_id)
"""
