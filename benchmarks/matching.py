"""Matching measured on invented organisations: `python -m benchmarks.matching [records ...] [--seed N]`.

Prints pairwise precision, recall and F1 of the final clusters, B-cubed F1, the share of organisations whose record
set is exactly right, the share of true pairs that blocking kept, seconds (wall and processor), seconds per stage and
peak memory.
"""

import argparse
import resource
import time
from collections import Counter
from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from benchmarks.organisations import synthetic
from pipeline.dedupe.blocking import candidate_pairs
from pipeline.dedupe.features import features
from pipeline.dedupe.match import MatchResult, match


def quality(clusters: pa.Table, truth: Mapping[str, int]) -> dict[str, float]:
    """Precision, recall, F1 over pairs, B-cubed F1 and the exact share."""
    found = dict(zip(clusters.column("record_id").to_pylist(), clusters.column("cluster_id").to_pylist(), strict=True))
    both = Counter((found[r], t) for r, t in truth.items())
    by_found, by_truth = Counter(found.values()), Counter(truth.values())

    def pairs(sizes: Mapping[object, int]) -> int:
        return sum(n * (n - 1) // 2 for n in sizes.values())

    hit = pairs(both)
    precision, recall = hit / max(pairs(by_found), 1), hit / max(pairs(by_truth), 1)
    b_p = sum(n * n / by_found[c] for (c, _), n in both.items()) / len(truth)
    b_r = sum(n * n / by_truth[t] for (_, t), n in both.items()) / len(truth)
    exact = sum(n == by_truth[t] == by_found[c] for (c, t), n in both.items()) / len(by_truth)
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / max(precision + recall, 1e-9),
        "b3_f1": 2 * b_p * b_r / max(b_p + b_r, 1e-9),
        "exact": exact,
    }


def kept_by_blocking(records: pa.Table, truth: Mapping[str, int]) -> float:
    """Share of the true pairs that are candidates."""
    table = features(records)
    pairs, _ = candidate_pairs(table)
    body = np.array([truth[r] for r in table.column("record_id").to_pylist()])
    hit = int((body[np.asarray(pairs.column("a"))] == body[np.asarray(pairs.column("b"))]).sum())
    return hit / max(sum(n * (n - 1) // 2 for n in Counter(truth.values()).values()), 1)


def run(records: int, seed: int) -> tuple[MatchResult, dict[str, float]]:
    """One measured run."""
    table, truth = synthetic(records, seed)
    start, busy = time.perf_counter(), time.process_time()
    result = match(table)
    times = {"wall_s": time.perf_counter() - start, "cpu_s": time.process_time() - busy}
    kept = {"kept": kept_by_blocking(table, truth)}
    return result, {"records": len(table), **quality(result.clusters, truth), **kept, **times}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("records", nargs="*", type=int, default=[5_000, 100_000])
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    for records in given.records:
        result, measured = run(records, given.seed)
        print("  ".join(f"{k}={v:.3f}" if isinstance(v, float) else f"{k}={v}" for k, v in measured.items()))  # noqa: T201
        print("  ", result.timings, "pairs", sum(result.blocking_report.column("pairs").to_pylist()))  # noqa: T201
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"   peak_mb={peak:.0f}")  # noqa: T201


if __name__ == "__main__":
    main()
