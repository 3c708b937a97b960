"""Reading platforms measured: `python -m benchmarks.sources` (`make bench-sources`).

    python -m benchmarks.sources                     a PTV of the size of the country, and a spreadsheet of 100 000 rows
    python -m benchmarks.sources --only ptv --size 0.1 --repeat 1

Each subject is read from a snapshot on disk to the record tables by a process of its own, so that wall time and peak
memory are its own; the median of the runs counts. The snapshots are invented beforehand, outside the measured part.
"""

import argparse
import csv
import io
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.matching import peak_mb
from pipeline import stages, storage
from pipeline.demo import sightings
from pipeline.demo.ptv_catalogue import make_catalogue
from pipeline.demo.region import guid, make_world
from pipeline.settings import Settings, SourceSettings
from pipeline.sources import fetching
from pipeline.sources.snapshots import Capture, SnapshotWriter

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
COUNTRY = {"organizations": 1_630, "services": 30_000, "channels": 72_000}
"""Things in PTV in 2026 (the volume of the platform, not of the demo)."""
ROWS = 100_000
BATCH = 50
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


def invent(folder: Path, subject: str, size: float) -> None:
    """A snapshot of the subject, as if it had been fetched; `size` 1 is the size named above."""
    settings = settings_of(folder, subject)
    captures = country(size) if subject == "ptv" else spreadsheet(round(ROWS * size))
    with SnapshotWriter(settings.snapshots_dir, subject, NOW) as writer:
        for capture in captures:
            writer.add(capture)
    order = fetching.Order(
        subject,
        KINDS[subject],
        settings.sources[0].description,
        OPTIONS[subject],
        folder,
        settings.snapshots_dir,
        settings.http,
    )
    fetching.take(order, now=NOW, progress=lambda text: None, offline=True)


def country(size: float) -> Iterator[Capture]:
    """Answers of PTV v11 with as many things as the country has: those of the demo, again and again, with own ids."""
    rng = random.Random(2026)
    world = sightings.observe(make_world(3_000, 2026))
    base = make_catalogue(world.sightings[sightings.PTV])
    counts = {kind: round(number * size) for kind, number in COUNTRY.items()}
    owners = [guid(rng) for _ in range(counts["organizations"])]
    channels = [guid(rng) for _ in range(counts["channels"])]
    for kind, ids in (("organizations", owners), ("channels", channels), ("services", None)):
        bodies = [json.loads(entry.json) for entry in base[kind].values()]
        made = [
            _copy(bodies[n % len(bodies)], kind, ids[n] if ids else guid(rng), n, owners, channels, rng)
            for n in range(counts[kind])
        ]
        path = {"organizations": "Organization", "services": "Service", "channels": "ServiceChannel"}[kind]
        for start in range(0, len(made), BATCH):
            text = json.dumps(made[start : start + BATCH], ensure_ascii=False, separators=(",", ":"))
            uri = f"https://ptv.example.fi/api/v11/{path}/list?guids={start}"
            yield Capture(uri, text.encode(), "application/json; charset=utf-8", NOW)


def _copy(
    body: dict[str, Any],
    kind: str,
    own: str,
    number: int,
    owners: list[str],
    channels: list[str],
    rng: random.Random,
) -> dict[str, Any]:
    """An object under another id and name, with texts of the usual length in two languages, belonging to others."""
    made = {**json.loads(json.dumps(body)), "id": own}
    owner = owners[number % len(owners)]
    if kind == "organizations":
        made |= {"parentOrganizationId": None, "organizationRootId": own}
        made["organizationNames"][0]["value"] += f" {number}"
        made["services"], made["subOrganizations"] = [], []
    elif kind == "channels":
        made["organizationId"] = owner
        made["serviceChannelNames"][0]["value"] += f" {number}"
        made["serviceChannelDescriptions"] = _long(made["serviceChannelDescriptions"])
    else:
        made["serviceNames"][0]["value"] += f" {number}"
        for role in made["organizations"]:
            role["organization"]["id"] = owner
        link = made["serviceChannels"][0] if made["serviceChannels"] else None
        if link:
            made["serviceChannels"] = [
                {**link, "serviceChannel": {**link["serviceChannel"], "id": rng.choice(channels)}} for _ in range(3)
            ]
        made["serviceDescriptions"] = _long(made["serviceDescriptions"])
    return made


def _long(texts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Descriptions as long as PTV's usually are (some 600 characters), in Finnish and Swedish."""
    found = []
    for text in texts:
        longer = {**text, "value": (str(text["value"]) + " ") * 6 if text["type"] == "Description" else text["value"]}
        found += [longer, {**longer, "language": "sv"}] if text["type"] == "Description" else [longer]
    return found


def spreadsheet(rows: int) -> Iterator[Capture]:
    """A municipality's list, as CSV."""
    world = sightings.observe(make_world(3_000, 2026))
    people = [sighting.organisation for sighting in world.sightings[sightings.LIST]]
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow("Yhdistys Kunta Osoite Postinumero Postitoimipaikka Puh. Sähköposti Kotisivut".split())
    for number in range(rows):
        one = people[number % len(people)]
        place = one.place
        where = (place.municipality, place.street, place.postal_code, place.city) if place else ("", "", "", "")
        name = f"{one.name_fi} {number // len(people) + 1}" if number >= len(people) else one.name_fi
        writer.writerow((name, *where, one.phone, one.email, one.website))
    yield Capture("file:inbox/yhdistykset.csv", out.getvalue().encode(), "text/csv", NOW)


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
                invent(folder, subject, given.size)
            runs = [measure(folder, subject) for _ in range(given.repeat)]
            wall, cpu, peak = (statistics.median(run[key] for run in runs) for key in ("wall", "cpu", "peak_mb"))
            seconds, megabytes = TARGETS[subject]
            target = f"{seconds:.0f} s, {megabytes:.0f} MB" if given.size == 1 else "–"
            report(f"| {subject} | {runs[0]['records']} | {wall:.1f} | {cpu:.1f} | {peak:.0f} | {target} |")


if __name__ == "__main__":
    main()
