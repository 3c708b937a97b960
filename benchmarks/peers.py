"""The methods measured beside ours, each from Parquet to clusters: exact Y-tunnus, rapidfuzz, Splink.

Every function takes the path of the records and gives `record_id, cluster_id`. None of them sees the truth. Names are
prepared for all of them alike: small letters, no marks, no punctuation, no legal form, words in alphabetical order.
"""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
from rapidfuzz import fuzz, process

_PREPARED = r"""
CREATE TABLE r AS SELECT *, list_filter(string_split_regex(regexp_replace(strip_accents(lower(name)),
    '[^a-z0-9]+', ' ', 'g'), ' +'), lambda w: w <> '' AND w NOT IN ('ry', 'rf', 'r', 'y', 'rekisteroity', 'reg', 'yhd'))
  AS words FROM read_parquet(?);
"""

THRESHOLD = 90
SPLINK_THRESHOLD = 0.95
CAP = 40
"""Blocks of more records are left out, as in every tool that wants to end."""
RARE = 20
"""Words of so many records are a key without a town."""


def _prepared(path: Path) -> duckdb.DuckDBPyConnection:
    con = duckdb.connect()
    con.execute(_PREPARED, [str(path)])
    return con


def components(n: int, a: npt.NDArray[np.int64], b: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """For each of n rows the smallest row that edges connect it with."""
    of = list(range(n))

    def root(x: int) -> int:
        while of[x] != x:
            of[x] = of[of[x]]
            x = of[x]
        return x

    for x, y in zip(a.tolist(), b.tolist(), strict=True):
        rx, ry = root(x), root(y)
        if rx != ry:
            of[max(rx, ry)] = min(rx, ry)
    return np.array([root(x) for x in range(n)], dtype=np.int64)


def business_id(path: Path) -> pa.Table:
    """Records with the same Y-tunnus are one; all others stand alone."""
    with duckdb.connect() as con:
        found = con.sql(f"SELECT record_id, coalesce(business_id, record_id) AS cluster_id FROM '{path}'")
        return found.to_arrow_table()


def token_sort(path: Path) -> pa.Table:
    """`token_sort_ratio` of at least 90 within a municipality, then connected components.

    The words are sorted once, so that the plain ratio of the prepared names is the token sort ratio.
    """
    con = _prepared(path)
    rows = con.execute(
        "SELECT record_id, array_to_string(list_sort(words), ' '), municipality_code FROM r ORDER BY municipality_code"
    ).fetchall()
    ids, names, towns = (list(column) for column in zip(*rows, strict=True))
    starts = [0, *(i for i in range(1, len(towns)) if towns[i] != towns[i - 1]), len(towns)]
    left, right = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for begin, end in pairwise(starts):
        if towns[begin] is None:
            continue
        alike = process.cdist(
            names[begin:end], names[begin:end], scorer=fuzz.ratio, score_cutoff=THRESHOLD, dtype=np.uint8, workers=2
        )
        x, y = np.nonzero(np.triu(alike, 1))
        left.append(x + begin)
        right.append(y + begin)
    root = components(len(ids), np.concatenate(left), np.concatenate(right))
    array = pa.array(ids)
    return pa.table({"record_id": array, "cluster_id": array.take(pa.array(root))})


_SPLINK_INPUT = f"""
CREATE TABLE token AS SELECT DISTINCT record_id, municipality_code AS town, unnest(words) AS w FROM r;
CREATE TABLE ranked AS
SELECT *, row_number() OVER (PARTITION BY record_id ORDER BY n_town, n_all, w) AS rank
FROM (SELECT *, count(*) OVER (PARTITION BY w) AS n_all, count(*) OVER (PARTITION BY w, town) AS n_town FROM token);
CREATE TABLE key AS SELECT DISTINCT record_id, k FROM (
  SELECT record_id, 'b' || business_id AS k FROM r UNION ALL SELECT record_id, 'a' || association_number FROM r
  UNION ALL SELECT record_id, 'p' || unnest(phones) FROM r UNION ALL SELECT record_id, 'e' || unnest(emails) FROM r
  UNION ALL SELECT record_id, 'h' || unnest(hosts) FROM r
  UNION ALL SELECT record_id, 's' || street_address || postal_code FROM r
  UNION ALL SELECT record_id, 'n' || array_to_string(list_sort(words), ' ') FROM r
  UNION ALL SELECT record_id, 't' || w || town FROM ranked WHERE rank <= 2
  UNION ALL SELECT record_id, 'w' || w FROM ranked WHERE n_all <= {RARE}) WHERE k IS NOT NULL;
CREATE TABLE kept AS SELECT record_id, list(k ORDER BY k) AS keys
FROM (SELECT *, count(*) OVER (PARTITION BY k) AS n FROM key) WHERE n BETWEEN 2 AND {CAP} GROUP BY record_id;
CREATE TABLE prepared AS
SELECT record_id AS unique_id, array_to_string(list_sort(words), ' ') AS words_sorted, words, business_id,
       association_number, phones[1] AS phone, emails[1] AS email, hosts[1] AS host,
       nullif(street_address || '|' || postal_code, '') AS street, municipality_code AS town,
       coalesce(keys, []) AS keys,
       -- m is learned from pairs that a rare Y-tunnus or register number labels
       CASE WHEN count(*) OVER (PARTITION BY business_id) <= 5 THEN business_id END AS label
FROM r LEFT JOIN kept USING (record_id);
"""


def splink(path: Path) -> pa.Table:
    """Splink, as well configured as could be found without the truth, p >= 0.95, connected components.

    Blocks on identifiers, contacts, whole names and each record's two rarest words in its town; m from pairs with a
    rare common Y-tunnus, u from random pairs; term frequencies on everything that may be shared.
    """
    import logging

    import splink.comparison_level_library as cll
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    con = _prepared(path)
    con.execute(_SPLINK_INPUT)
    alike = "len(list_intersect(words_l, words_r)) >= 0.66 * greatest(len(words_l), len(words_r))"
    names = cl.CustomComparison(
        output_column_name="name",
        comparison_levels=[
            cll.NullLevel("words_sorted"),
            cll.ExactMatchLevel("words_sorted", term_frequency_adjustments=True),
            cll.JaroWinklerLevel("words_sorted", distance_threshold=0.95),
            cll.CustomLevel(alike, label_for_charts="two thirds of the words"),
            cll.JaroWinklerLevel("words_sorted", distance_threshold=0.88),
            cll.ElseLevel(),
        ],
    )
    # Neither random pairs nor labels made of an identifier can teach its own probabilities: these are set.
    number = _identifier(cll, cl, "business_id", 0.93)
    register = _identifier(cll, cl, "association_number", 0.98)
    others = [
        cl.ExactMatch(c).configure(term_frequency_adjustments=True)
        for c in ("phone", "email", "host", "street", "town")
    ]
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[names, number, register, *others],
        blocking_rules_to_generate_predictions=[block_on("keys", arrays_to_explode=["keys"])],
    )
    api: Any = DuckDBAPI(connection=con)
    linker = Linker(api.register("prepared"), settings)
    linker.training.estimate_probability_two_random_records_match(
        [block_on("label"), block_on("association_number"), block_on("words_sorted", "town")], recall=0.5
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    linker.training.estimate_m_from_label_column("label")
    edges = linker.inference.predict(threshold_match_probability=SPLINK_THRESHOLD)
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(edges, SPLINK_THRESHOLD)
    return con.sql(f"SELECT unique_id AS record_id, cluster_id FROM {found.physical_name}").to_arrow_table()


def _identifier(levels: Any, comparisons: Any, column: str, m: float) -> Any:
    """A comparison of an identifier with set probabilities."""

    def fixed(level: Any, m: float, u: float) -> Any:
        return level.configure(m_probability=m, u_probability=u, fix_m_probability=True, fix_u_probability=True)

    return comparisons.CustomComparison(
        output_column_name=column,
        comparison_levels=[
            levels.NullLevel(column),
            fixed(levels.ExactMatchLevel(column), m, 1e-5),
            fixed(levels.ElseLevel(), 1 - m, 1 - 1e-5),
        ],
    )


PEERS: dict[str, Callable[[Path], pa.Table]] = {"business_id": business_id, "token_sort": token_sort, "splink": splink}
