"""Matching measured on invented organisations: `python -m benchmarks.matching [records ...] [--seed N]`.

Prints pairwise precision, recall and F1 of the final clusters, B-cubed F1, the share of organisations whose record
set is exactly right, the share of true pairs that blocking kept, seconds per stage and peak memory.
"""

import argparse
import resource
import time
from collections import Counter
from collections.abc import Mapping

import pyarrow as pa

from benchmarks.organisations import synthetic
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


def run(records: int, seed: int) -> tuple[MatchResult, dict[str, float]]:
    """One measured run."""
    table, truth = synthetic(records, seed)
    start = time.perf_counter()
    result = match(table)
    wall = time.perf_counter() - start
    return result, {"records": len(table), **quality(result.clusters, truth), "wall_s": wall}


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
