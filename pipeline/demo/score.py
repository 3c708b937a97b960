"""How right the catalogue is against the known truth: pairs, B-cubed, and whole organisations."""

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa

from pipeline.storage import connect


@dataclass(frozen=True, slots=True)
class Score:
    """Figures from 0 to 1. A pair is two records of one organisation."""

    records: int
    organisations_true: int
    organisations_found: int
    precision: float
    recall: float
    f1: float
    b_cubed_f1: float
    exact: float
    """Share of true organisations whose set of records is exactly right."""


def score(bridge: pa.Table, truth: Mapping[str, str]) -> Score:
    """Compares `bridge` with record_id -> true organisation; records without truth are left out."""
    con = connect()
    try:
        con.register("bridge", bridge)
        con.register("truth", pa.table({"record_id": list(truth), "truth_id": list(truth.values())}))
        con.execute("""
            CREATE TEMP TABLE paired AS
            SELECT record_id, truth_id AS t, entity_id AS e FROM truth JOIN bridge USING (record_id)
        """)
        (row,) = con.execute("""
            WITH cell AS (SELECT t, e, count(*) AS n FROM paired GROUP BY ALL),
            by_t AS (SELECT t, sum(n) AS n FROM cell GROUP BY ALL),
            by_e AS (SELECT e, sum(n) AS n FROM cell GROUP BY ALL),
            pairs AS (
                SELECT (SELECT sum(n * (n - 1)) / 2 FROM cell) AS hit,
                       (SELECT sum(n * (n - 1)) / 2 FROM by_e) AS found,
                       (SELECT sum(n * (n - 1)) / 2 FROM by_t) AS wanted
            ),
            cubed AS (
                SELECT sum(c.n * c.n / e.n) / sum(c.n) AS p, sum(c.n * c.n / t.n) / sum(c.n) AS r
                FROM cell c JOIN by_t t USING (t) JOIN by_e e USING (e)
            ),
            whole AS (
                SELECT count(*) AS n FROM cell c JOIN by_t t USING (t) JOIN by_e e USING (e)
                WHERE c.n = t.n AND c.n = e.n
            )
            SELECT (SELECT count(*) FROM paired), (SELECT count(*) FROM by_t), (SELECT count(*) FROM by_e),
                   coalesce(hit / nullif(found, 0), 1), coalesce(hit / nullif(wanted, 0), 1), p, r, whole.n
            FROM pairs, cubed, whole
        """).fetchall()
    finally:
        con.close()
    records, true_count, found_count, precision, recall, cubed_p, cubed_r, exact = row
    return Score(
        records=int(records),
        organisations_true=int(true_count),
        organisations_found=int(found_count),
        precision=float(precision),
        recall=float(recall),
        f1=_f1(float(precision), float(recall)),
        b_cubed_f1=_f1(float(cubed_p or 0), float(cubed_r or 0)),
        exact=int(exact) / int(true_count) if true_count else 1.0,
    )


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
