"""How right clusters and probabilities are, against the truth. Pure functions; nothing here knows the matching.

*Pairs* weigh large organisations more, *B-cubed* weighs every record the same, *exact* every organisation.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Numbers = npt.NDArray[np.int64]


def _pairs(sizes: npt.NDArray[np.int64]) -> int:
    return int((sizes.astype(np.int64) * (sizes - 1) // 2).sum())


def _dense(values: npt.NDArray[np.generic]) -> Numbers:
    return np.unique(values, return_inverse=True)[1].astype(np.int64)


def cluster_quality(found: npt.NDArray[np.generic], truth: npt.NDArray[np.generic]) -> dict[str, float]:
    """Pairwise precision, recall and F1, B-cubed F1 and the share of organisations whose record set is exactly right.

    `found` and `truth` hold one label per record, in the same order. Without any pair, precision and recall are 1:
    nothing was joined wrongly and nothing was left out.
    """
    if not len(truth):
        return dict.fromkeys(("precision", "recall", "f1", "b3_f1", "exact"), 1.0)
    f, t = _dense(found), _dense(truth)
    of_found, of_truth = np.bincount(f), np.bincount(t)
    both, n = np.unique(f << 32 | t, return_counts=True)
    bf, bt = both >> 32, both & 0xFFFFFFFF
    hit = _pairs(n)
    precision = hit / _pairs(of_found) if _pairs(of_found) else 1.0
    recall = hit / _pairs(of_truth) if _pairs(of_truth) else 1.0
    b_p, b_r = (n * n / of_found[bf]).sum() / len(t), (n * n / of_truth[bt]).sum() / len(t)
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall) if precision + recall else 0.0,
        "b3_f1": float(2 * b_p * b_r / (b_p + b_r)),
        "exact": float(((n == of_found[bf]) & (n == of_truth[bt])).sum() / len(of_truth)),
    }


def quality(clusters: pa.Table, truth: Mapping[str, object]) -> dict[str, float]:
    """`cluster_quality` of a table `record_id, cluster_id` against record id -> true organisation."""
    ids = clusters.column("record_id").to_pylist()
    return cluster_quality(
        np.array(clusters.column("cluster_id").to_pylist()), np.array([truth[i] for i in ids], dtype=object).astype(str)
    )


def expected_calibration_error(
    probability: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], bins: int = 10
) -> float:
    """Mean distance between what was promised and what came true, over equal-width bins weighted by their size."""
    if not len(probability):
        return 0.0
    where = np.minimum((probability * bins).astype(np.int64), bins - 1)
    size = np.bincount(where, minlength=bins)
    promised = np.bincount(where, weights=probability, minlength=bins)
    came = np.bincount(where, weights=right.astype(float), minlength=bins)
    return float(np.abs(promised - came).sum() / size.sum())


def labels(ids: pa.Array, table: pa.Table, column: str) -> npt.NDArray[np.int64]:
    """One number per id: the value of `column` in `table` (with `record_id`), equal where the values are equal."""
    at = pc.index_in(ids, value_set=table.column("record_id").combine_chunks())
    codes = table.column(column).combine_chunks().dictionary_encode().indices.take(at)
    return np.asarray(codes).astype(np.int64)


def decision_quality(
    clusters: pa.Table, matches: pa.Table, truth: pa.Table, decisions: tuple[str, ...] = ("same", "maybe")
) -> dict[str, float]:
    """Recall when a person says yes to every right "maybe", the review queue per record, calibration, what blocking
    left (`kept` of the published pairs).

    A published pair of `decisions` between two clusters asks whether these are one, whatever the number of pairs that
    say so. A true pair is reachable when it is in one cluster or its two clusters are asked about. The queue holds the
    records of "maybe" pairs that are not in one cluster, each once.
    """
    ids = clusters.column("record_id").combine_chunks()
    true = labels(ids, truth, "entity_id")
    found = labels(ids, clusters, "cluster_id")
    a = np.asarray(pc.index_in(matches.column("record_id_a"), value_set=ids)).astype(np.int64)
    b = np.asarray(pc.index_in(matches.column("record_id_b"), value_set=ids)).astype(np.int64)
    decision = np.asarray(matches.column("decision").to_pylist(), dtype=object)
    right, together = true[a] == true[b], found[a] == found[b]
    sizes, of_found = np.bincount(_dense(true)), _dense(found)
    total = _pairs(sizes)
    both, n = np.unique(of_found << 32 | _dense(true), return_counts=True)
    asked = np.isin(decision, decisions) & ~together
    questions = np.unique(np.sort(np.stack([of_found[a[asked]], of_found[b[asked]]], 1), axis=1), axis=0)
    reachable = _pairs(n) + _between(both, n, questions)
    queue = (decision == "maybe") & ~together
    probability = np.asarray(matches.column("probability"), dtype=np.float64)
    return {
        "same_maybe_recall": reachable / total if total else 1.0,
        "queue": len(np.unique(np.concatenate([a[queue], b[queue]]))) / max(len(ids), 1),
        "queue_pairs": int(queue.sum()) / max(len(ids), 1),
        "ece": expected_calibration_error(probability, right),
    }


def _between(both: Numbers, n: Numbers, questions: Numbers) -> int:
    """True pairs between the two clusters of each question; `both` holds cluster and organisation, `n` the records."""
    cluster, starts = np.unique(both >> 32, return_index=True)
    ends = np.append(starts[1:], len(both))
    at = {c: (s, e) for c, s, e in zip(cluster.tolist(), starts.tolist(), ends.tolist(), strict=True)}
    entity = (both & 0xFFFFFFFF).tolist()
    size = n.tolist()
    count = 0
    for x, y in questions.tolist():
        of_x = {entity[i]: size[i] for i in range(*at[x])}
        count += sum(of_x.get(entity[i], 0) * size[i] for i in range(*at[y]))
    return count


def evidence(records: pa.Table, truth: pa.Table) -> dict[str, float]:
    """Upper bounds: the share of true pairs that a reader could see.

    `solvable`: both records tell whose they are to one who knows every body, or they share a number, phone, e-mail,
    site or address. `any_evidence`: they share one of these or a token of a name.
    """
    entity = labels(records.column("record_id").combine_chunks(), truth, "entity_id")
    order = np.argsort(entity, kind="stable")
    solvable = np.asarray(truth.column("solvable").to_pylist(), dtype=bool)[
        np.asarray(pc.index_in(records.column("record_id"), value_set=truth.column("record_id").combine_chunks()))
    ]
    columns = {c: records.column(c).to_pylist() for c in _PARTICULARS}
    names = records.column("name").to_pylist()
    kept = seen = total = 0
    starts = np.flatnonzero(np.r_[True, np.diff(entity[order]) != 0, True])
    for begin, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        rows = order[begin:end].tolist()
        facts = [_facts(columns, i) for i in rows]
        for x in range(len(rows)):
            for y in range(x + 1, len(rows)):
                total += 1
                shared = not facts[x].isdisjoint(facts[y])
                kept += shared or bool(solvable[rows[x]] and solvable[rows[y]])
                words = set(names[rows[x]].casefold().split()) & set(names[rows[y]].casefold().split())
                seen += shared or bool(words - {"ry", "ry.", "rf", "ja"})
    return {"true_pairs": total, "solvable": kept / max(total, 1), "any_evidence": seen / max(total, 1)}


_PARTICULARS = ("business_id", "association_number", "phones", "emails", "hosts", "street_address")


def _facts(columns: Mapping[str, list[object]], i: int) -> set[tuple[str, object]]:
    out: set[tuple[str, object]] = set()
    for name, values in columns.items():
        value = values[i]
        out |= {(name, v) for v in value} if isinstance(value, list) else {(name, value)} if value else set()
    return out
