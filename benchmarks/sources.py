"""Reading platforms measured: `python -m benchmarks.sources` (`make bench-sources`).

    python -m benchmarks.sources                     a PTV of the size of the country, and a spreadsheet of 100 000 rows
    python -m benchmarks.sources --only ptv --size 0.1 --repeat 1

Each subject is read from a snapshot on disk to the record tables by a process of its own, so that wall time and peak
memory are its own; the median of the runs counts. The snapshots are invented beforehand, outside the measured part
(`inventing`).
"""

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.memory import peak_mb
from pipeline import stages, storage
from pipeline.settings import Settings, SourceSettings

"""Things in PTV in 2026 (the volume of the platform, not of the demo)."""
TARGETS = {"ptv": (60.0, 1500.0), "spreadsheet": (5.0, 1500.0)}
"""Seconds and megabytes."""
OPTIONS: dict[str, dict[str, Any]] = {
    "ptv": {"base_url": "https://ptv.example.fi/api/v11"},
    "spreadsheet": {"path": "inbox/yhdistykset.csv"},
}
KINDS = {"ptv": "ptv", "spreadsheet": "csv"}


def settings_of(folder: Path, subject: str) -> Settings:
    """Settings with one source, whose data lies below the folder."""
    source = SourceSettings(subject, KINDS[subject], OPTIONS[subject])
    return Settings(folder / "koonti.yml", folder / subject, (source,))


def read(folder: Path, subject: str) -> dict[str, Any]:
    """The measured part: from the snapshot to the record tables, everything read anew."""
    settings = settings_of(folder, subject)
    started = time.perf_counter()
    outcome = stages.land_source(settings, settings.sources[0])
    wall = time.perf_counter() - started
    usage = resource.getrusage(resource.RUSAGE_SELF)
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    records = (storage.read_manifest(settings.records_dir / subject) or {"tables": {"record": 0}})["tables"]["record"]
    cpu = usage.ru_utime + usage.ru_stime + children.ru_utime + children.ru_stime
    return {
        "subject": subject,
        "state": outcome.state,
        "message": outcome.message,
        "records": records,
        "wall": wall,
        "cpu": cpu,
        "peak_mb": peak_mb(),
    }


def measure(folder: Path, subject: str) -> dict[str, Any]:
    """One run in a process of its own, without records of an earlier one; start-up of the process counts."""
    records = settings_of(folder, subject).records_dir
    if records.exists():
        shutil.rmtree(records)
    started = time.perf_counter()
    ended = subprocess.run(  # noqa: S603 - our own interpreter and arguments
        [sys.executable, "-m", "benchmarks.sources", "--read", subject, "--work", str(folder)],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONHASHSEED": "0"},
    )
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    return {**found, "wall": time.perf_counter() - started}


def main(arguments: list[str] | None = None, report: Callable[[str], None] = print) -> None:
    """Invents what is missing, measures, and prints a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--only", choices=list(TARGETS), nargs="*", default=list(TARGETS))
    parser.add_argument("--size", type=float, default=1.0, help="1 is the size of the country")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--work", type=Path, help="keep the invented snapshots here")
    parser.add_argument("--read", help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.read:
        report(json.dumps(read(given.work, given.read)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.work or Path(temporary)
        report("| subject | records | wall s | CPU s | peak MB | target |")
        report("| --- | --: | --: | --: | --: | --- |")
        for subject in given.only:
            if not (folder / subject / "snapshots").exists():
                from benchmarks import inventing  # what invents is no part of what is measured

                inventing.snapshot(settings_of(folder, subject), subject, given.size)
            runs = [measure(folder, subject) for _ in range(given.repeat)]
            wall, cpu, peak = (statistics.median(run[key] for run in runs) for key in ("wall", "cpu", "peak_mb"))
            seconds, megabytes = TARGETS[subject]
            target = f"{seconds:.0f} s, {megabytes:.0f} MB" if given.size == 1 else "–"
            report(f"| {subject} | {runs[0]['records']} | {wall:.1f} | {cpu:.1f} | {peak:.0f} | {target} |")


if __name__ == "__main__":
    main()
