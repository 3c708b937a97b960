"""Matching measured against the field: `python -m benchmarks.matching` (`make bench`).

    python -m benchmarks.matching 5000 100000 --seeds 11 12 13      sizes and seeds
    python -m benchmarks.matching --full                            1 000 000 records as well
    python -m benchmarks.matching 100000 --seeds 11 --errors 20     the worst remaining errors of our matching
    python -m benchmarks.matching --only koonti                     one method

Each method runs in a process of its own, from the Parquet file to clusters, so that its wall time and peak memory are
its own; its clusters are judged afterwards. The methods take turns, and every other round is run backwards: who runs
after whom, and how fast the machine is at that moment, must not decide. Shown is the run in the middle and the highest
peak. `--work` keeps the data between runs; `--json` keeps every figure.
"""

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks import metrics
from benchmarks.errors import page, vocabulary_gap
from benchmarks.memory import peak_mb
from benchmarks.metrics import quality
from benchmarks.organisations import write
from benchmarks.peers import PEERS
from pipeline.dedupe import MatchResult, match

OURS = "koonti"
METHODS = (OURS, *PEERS)
TITLES = {
    OURS: "Koonti",
    "business_id": "exact Y-tunnus",
    "token_sort": "token_sort ≥ 90 in municipality",
    "splink": "Splink, p ≥ .95",
}
SEEDS = (101, 102, 103)
ROUNDS = 3
FEW = 200_000
"""Records up to which there are several rounds."""

__all__ = ["main", "measure", "quality"]


def child(method: str, records: Path, out: Path) -> None:
    """Runs one method in this process and writes clusters, figures and, for ours, the published pairs."""
    # Nobody's clock counts imports: Arrow's dataset module takes pandas with it at its first use, about a second.
    importlib.import_module("splink" if method == "splink" else "pyarrow.dataset")
    start, busy = time.perf_counter(), time.process_time()
    figures: dict[str, Any] = {}
    matches: pa.Table | None = None
    if method == OURS:
        table = pq.read_table(records)
        figures["stages"] = {"read": time.perf_counter() - start}
        result = match(table)
        clusters, matches = result.clusters, result.matches
        figures["stages"] |= result.timings
    else:
        clusters = PEERS[method](records)
    figures |= {"wall_s": time.perf_counter() - start, "cpu_s": time.process_time() - busy}
    figures["peak_mb"] = peak_mb()
    if method == OURS:  # what nobody needs for clusters is worked out when asked for, and timed apart
        figures["on_demand"] = {name: len(getattr(result, name)) for name in ("reasons", "relations")}
        figures["on_demand_s"] = {name: result.timings[name] for name in figures["on_demand"]}
    pq.write_table(clusters, out / "clusters.parquet")
    if matches is not None:
        pq.write_table(matches, out / "matches.parquet")
    (out / "figures.json").write_text(json.dumps(figures), encoding="utf-8")


def measure(method: str, data: Path) -> dict[str, Any]:
    """One method on one data set, in its own process; `{"failed": last line}` when it did not end well."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        command = [
            sys.executable,
            "-m",
            "benchmarks.matching",
            "--child",
            method,
            str(data / "records.parquet"),
            folder,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own module
        if done.returncode:
            return {"failed": (done.stderr.strip().splitlines() or ["no message"])[-1]}
        figures: dict[str, Any] = json.loads((out / "figures.json").read_text(encoding="utf-8"))
        clusters, truth = pq.read_table(out / "clusters.parquet"), pq.read_table(data / "truth.parquet")
        ids = clusters.column("record_id").combine_chunks()
        found, true = metrics.labels(ids, clusters, "cluster_id"), metrics.labels(ids, truth, "entity_id")
        figures |= metrics.cluster_quality(found, true)
        figures["by_vocabulary"] = vocabulary_gap(clusters, truth)
        if method == OURS:
            figures |= metrics.decision_quality(clusters, pq.read_table(out / "matches.parquet"), truth)
    return figures


_SHOWN = (
    ("precision", "P", "{:.3f}"), ("recall", "R", "{:.3f}"), ("f1", "F1", "{:.3f}"), ("b3_f1", "B³ F1", "{:.3f}"),
    ("exact", "exact", "{:.3f}"), ("same_maybe_recall", "same+maybe R", "{:.3f}"), ("queue", "queue", "{:.1%}"),
    ("ece", "ECE", "{:.3f}"), ("wall_s", "wall s", "{:.1f}"), ("peak_mb", "peak MB", "{:.0f}"),
)  # fmt: skip


def header() -> str:
    """The head of the table, as Markdown."""
    titles = ["records", "seed", "method", *(title for _, title, _ in _SHOWN)]
    return f"| {' | '.join(titles)} |\n|{' --- |' * len(titles)}"


def row(records: int, seed: int, method: str, figures: Mapping[str, Any]) -> str:
    """One row of it."""
    if "failed" in figures:
        return f"| {records:,} | {seed} | {TITLES[method]} | {figures['failed']} |"
    cells = [text.format(figures[key]) if key in figures else "–" for key, _, text in _SHOWN]
    return f"| {records:,} | {seed} | {TITLES[method]} | {' | '.join(cells)} |"


def profile(figures: Mapping[str, Any]) -> str:
    """Seconds per stage and how far their sum is from the wall time."""
    stages = figures["stages"]
    # A stage's own parts, when told, are named "stage.part" and counted once.
    total = sum(v for k, v in stages.items() if "." not in k)
    parts = ", ".join(f"{k} {v:.2f}" for k, v in stages.items())
    gap = abs(figures["wall_s"] - total) / max(figures["wall_s"], 1e-9)
    later = ", ".join(f"{k} {v:.2f}" for k, v in figures.get("on_demand_s", {}).items())
    return (
        f"{parts}; sum {total:.2f} s, {gap:.1%} from the wall; {figures['cpu_s']:.1f} s of processors; "
        f"not in it, told when asked: {later}"
    )


def machine() -> str:
    """Where and when: figures mean nothing without it."""
    load = os.getloadavg()[0]
    cores = os.cpu_count()
    return (
        f"{time.strftime('%Y-%m-%d %H:%M', time.gmtime())} UTC, {cores} cores, Python {platform.python_version()}, "
        f"load {load:.1f} when started"
    )


def run(
    sizes: list[int], seeds: list[int], methods: list[str], work: Path, rounds: int = ROUNDS
) -> list[dict[str, Any]]:
    """Everything, printed as it comes; the figures of every row."""
    print(machine(), header(), sep="\n\n", flush=True)
    rows: list[dict[str, Any]] = []
    for records in sizes:
        for seed in seeds:
            data = made(records, seed, work)
            runs: dict[str, list[dict[str, Any]]] = {method: [] for method in methods}
            for turn in range(rounds if records <= FEW else 1):
                for method in methods[:: -1 if turn % 2 else 1]:
                    runs[method].append(measure(method, data))
            for method in methods:
                figures = in_the_middle(runs[method])
                rows.append({"records": records, "seed": seed, "method": method, **figures})
                print(row(records, seed, method, figures), flush=True)
    print("\nStages of Koonti:")
    for r in rows:
        if r["method"] == OURS and "failed" not in r:
            print(f"- {r['records']:,} seed {r['seed']}: {profile(r)}; recall {_gap(r)}")
    for records in sizes:
        if said := ratios([r for r in rows if r["records"] == records]):
            print(f"\nWall time of Koonti to that of Splink in the same round, {records:,} records: {said}")
    return rows


def in_the_middle(runs: list[dict[str, Any]]) -> dict[str, Any]:
    """Of several runs of a method the one of the middle wall time, with the `walls` of all in their order and the
    highest peak; a run that failed is the answer."""
    if failed := [run for run in runs if "failed" in run]:
        return failed[0]
    middle = sorted(runs, key=lambda run: float(run["wall_s"]))[(len(runs) - 1) // 2]
    return middle | {"walls": [run["wall_s"] for run in runs], "peak_mb": max(run["peak_mb"] for run in runs)}


def ratios(rows: list[dict[str, Any]]) -> str:
    """Our wall time divided by Splink's, round by round: the middle one, the least and the most; empty without both."""
    walls = {(r["seed"], r["method"]): r["walls"] for r in rows if "walls" in r}
    found = [
        ours / theirs
        for (seed, method), mine in walls.items()
        if method == OURS and (seed, "splink") in walls
        for ours, theirs in zip(mine, walls[seed, "splink"], strict=True)
    ]
    if not found:
        return ""
    return f"{median(found):.2f} in the middle of {len(found)} ({min(found):.2f} to {max(found):.2f})"


def _gap(figures: Mapping[str, Any]) -> str:
    return ", ".join(f"{k} umbrellas {v:.3f}" for k, v in figures["by_vocabulary"].items())


def made(records: int, seed: int, work: Path) -> Path:
    """The data set of that size and seed, made anew: the generator may have changed."""
    data = work / f"{records}_seed{seed}"
    write(records, seed, data)
    return data


def errors(records: int, seed: int, most: int, work: Path) -> str:
    """The page of the worst errors."""
    data = made(records, seed, work)
    table, truth = pq.read_table(data / "records.parquet"), pq.read_table(data / "truth.parquet")
    result: MatchResult = match(table)
    return page(result, table, truth, most)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", nargs="*", type=int)
    parser.add_argument("--seeds", nargs="+", type=int, default=list(SEEDS))
    parser.add_argument("--full", action="store_true", help="1 000 000 records as well (first seed only)")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help=f"runs of each method up to {FEW:,} records")
    parser.add_argument("--only", nargs="+", choices=METHODS, default=list(METHODS))
    parser.add_argument("--errors", type=int, metavar="N", help="show the N worst errors of each kind and stop")
    parser.add_argument("--work", type=Path, help="folder that keeps the data")
    parser.add_argument("--json", type=Path, help="file that keeps every figure")
    parser.add_argument("--child", nargs=3, metavar=("METHOD", "RECORDS", "OUT"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.child:
        method, records, out = given.child
        return child(method, Path(records), Path(out))
    sizes = given.records or [5_000, 100_000]
    with tempfile.TemporaryDirectory() as temporary:
        work = given.work or Path(temporary)
        if given.errors:
            print(errors(sizes[-1], given.seeds[0], given.errors, work))
            return None
        rows = run(sizes, given.seeds, given.only, work, given.rounds)
        if given.full:
            rows += run([1_000_000], given.seeds[:1], given.only, work)
        if given.json:
            given.json.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    return None


if __name__ == "__main__":
    main()
