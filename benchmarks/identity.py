"""Ids, golden values and the change feed measured on three days: `python -m benchmarks.identity`.

    python -m benchmarks.identity 100000        records
    python -m benchmarks.identity --json out    every figure as JSON

The first day mints everything; on the second nothing has changed; on the third one record in a hundred has: half of
those are new, a quarter gone, a quarter moved to another organisation. Each day runs in a process of its own, from
Parquet to Parquet, so that wall time, processor time and peak memory are its own; the start of Python is not counted.
What is written while golden values and the feed are worked out counts there; `written_s` is what is left after them.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from benchmarks.memory import peak_mb
from pipeline import schema, storage
from pipeline.changes import compute
from pipeline.dedupe import catalogue, last_night, provenance
from pipeline.identity import minter, nightly

DAYS = ("first", "unchanged", "one percent")
RELATIONS = ("record_id_a", "record_id_b", "relation_type", "rule")
FRAME = last_night.frame({"rules": "as they are"})
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def groups(records: int, seed: int = 1) -> dict[str, str]:
    """record -> group: organisations of one to five records from eight sources, as many as there are records."""
    rng = random.Random(seed)
    made: dict[str, str] = {}
    while len(made) < records:
        size = min(rng.choice((1, 1, 1, 2, 2, 3, 5)), records - len(made))
        names = [f"source{rng.randrange(8)}:{rng.getrandbits(48):012x}" for _ in range(size)]
        made |= dict.fromkeys(names, min(names))
    return made


def one_percent_later(before: dict[str, str], seed: int = 2) -> tuple[dict[str, str], set[str]]:
    """The groups of the third day, and the records whose content changed."""
    rng = random.Random(seed)
    changed = set(rng.sample(sorted(before), max(4, len(before) // 200)))
    after, theirs = dict(before), sorted(set(before.values()))
    for n, record in enumerate(sorted(changed)):
        if n % 2:
            after[record] = rng.choice(theirs)
        else:
            del after[record]
    new = {f"source1:n{n:011x}": rng.choice(theirs) for n in range(len(changed))}
    return after | new, changed | set(new)


def write_day(folder: Path, members: dict[str, str], changed: set[str]) -> None:
    """The record tables and groups of a day as the earlier stages leave them."""
    ids = sorted(members)
    own = {r: r + "x" if r in changed else r for r in ids}
    record = [
        {
            "record_id": r,
            "source": r.split(":")[0],
            "native_id": r.split(":")[1],
            "kind": "organization",
            "name": own[r],
            "content_hash": own[r],
            "raw_hash": own[r],
        }
        for r in ids
    ]
    rows: dict[str, list[dict[str, Any]]] = {
        "record": record,
        "organization": [
            {
                "id": r,
                "name": own[r],
                "business_id": "1234567-1" if int(r[-7:], 16) % 3 else None,
                "email": f"{members[r][-5:]}@example.fi",
                "legal_form": "ry",
                "municipality_code": "297",
            }
            for r in ids
        ],
        "organization_name": _details("organization_name", ids, lambda r: {"name": own[r], "name_kind": "official"}),
        "phone": _details("phone", ids, lambda r: {"number": f"+358{int(r[-7:], 16)}"}),
        "email": _details("email", ids, lambda r: {"email": f"{members[r][-5:]}@example.fi"}),
        "address": _details(
            "address",
            ids,
            lambda r: {"address_1": f"Katu {r[-3:]}", "city": "Kuopio", "country": "FI", "address_type": "physical"},
        ),
        "text": [
            {"id": f"{r}#text1", "link_id": r, "field": "description", "language": "fi", "value": f"{own[r]} " * 20}
            for r in ids
        ],
    }
    tables = {
        **{t.name: schema.table_from_rows(t.name, rows.get(t.name, [])) for t in schema.tables(stage="records")},
        "clusters": pa.table({"record_id": ids, "cluster_id": [members[r] for r in ids]}),
    }
    storage.write_tables(folder, tables)


def _details(table: str, ids: list[str], made: Callable[[str], dict[str, Any]]) -> list[dict[str, Any]]:
    return [{"id": f"{r}#{table}1", "organization_id": r, **made(r)} for r in ids]


def run_day(folder: Path, release: Path | None, out: Path) -> dict[str, Any]:
    """One day in this process; leaves a folder that the next day can take for the release before."""
    wall, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF)
    kept = last_night.read(release, FRAME) if release else last_night.Doubt("first")
    con = storage.session()
    names = (table.name for table in schema.tables(stage="records"))
    for name, data in storage.at_once(lambda name: storage.read_table(folder, name), names).items():
        storage.put(con, name, data)
    made, churn = nightly.assigned(
        con,
        {"organization": storage.read_table(folder, "clusters")},
        release,
        version=out.name,
        mint=lambda prefix: minter(NOW, prefix=prefix),
        limit=None,
        aside=nightly.Aside(),
    )
    tables = {"entity_registry": made.registry, "entity_record": made.members, "entity_event": made.events}
    storage.write_tables(folder / "identity", {"assignment": made.assignment, **tables})
    ids_s = time.perf_counter() - wall
    bridge = storage.read_table(release, "bridge") if release else schema.empty("bridge")
    with storage.Writing(out, sealed=True) as writing:
        built, more = _golden(con, made.assignment, folder, out.name, bridge, kept, writing.add)
        tables |= more
        golden_s = time.perf_counter() - wall - ids_s
        con.close()
        writing.add({**tables, **built.memory})
        known = {**(built.carried.before.tables if built.carried else {}), "bridge": bridge}
        before = storage.read_others(release, tables, known) if release else None
        tables["change"] = compute(
            before,
            tables,
            version=out.name,
            previous_version=release.name if release else None,
            touched=built.carried.touched if built.carried else None,
            renewed=built.carried.renewed if built.carried else None,
        )
        feed_s = time.perf_counter() - wall - ids_s - golden_s
        facts = {last_night.KEY: last_night.facts(FRAME, out.name, built.corrected)}
        writing.add({"change": tables["change"]})
        writing.finish(facts)
    after = resource.getrusage(resource.RUSAGE_SELF)
    wall = time.perf_counter() - wall
    return {
        "ids_s": round(ids_s, 3),
        "golden_s": round(golden_s, 3),
        "feed_s": round(feed_s, 3),
        "written_s": round(wall - ids_s - golden_s - feed_s, 3),
        "wall_s": round(wall, 3),
        "cpu_s": round(after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime, 3),
        "peak_mb": round(peak_mb(), 1),
        "worked_out": len(built.carried.touched) if built.carried else "all",
        "minted": made.minted,
        "carried": made.carried,
        "changed": churn.counted,
        "changes": tables["change"].num_rows,
    }


def _golden(
    con: duckdb.DuckDBPyConnection,
    assignment: pa.Table,
    folder: Path,
    version: str,
    bridge: pa.Table,
    kept: last_night.LastNight | last_night.Doubt,
    done: catalogue.Done,
) -> tuple[catalogue.Catalogue, dict[str, pa.Table]]:
    """The published tables of the day; what matching would have left is empty."""
    kinds = {f"source{n}": "csv" for n in range(8)}
    before = kept if isinstance(kept, last_night.LastNight) else None
    built = catalogue.build(con, assignment, kinds=kinds, before=before, remember=True, done=done)
    relations = pa.table({c: pa.array([], pa.string()) for c in RELATIONS})
    storage.write_tables(folder / "entities", {"relations": relations})
    tables = dict(built.tables) | provenance.tables(con, folder / "entities", folder / "identity", bridge)
    source = [{"id": s, "name": s} for s in kinds]
    snapshot = [{"source": s, "version": version, "sha256": version} for s in kinds]
    tables["source"] = schema.table_from_rows("source", source)
    tables["snapshot"] = schema.table_from_rows("snapshot", snapshot)
    return built, tables | {name: schema.empty(name) for name in ("judgement", "correction")}


def measure(records: int, work: Path) -> dict[str, dict[str, Any]]:
    """Figures of each day, by its name."""
    first = groups(records)
    third, changed = one_percent_later(first)
    for name, members, moved in (("d1", first, set()), ("d2", first, set()), ("d3", third, changed)):
        write_day(work / name, members, moved)
    found: dict[str, dict[str, Any]] = {}
    for n, day in enumerate(DAYS, 1):
        before = str(work / f"v{n - 1}") if n > 1 else ""
        command = [
            sys.executable,
            "-m",
            "benchmarks.identity",
            "--day",
            str(work / f"d{n}"),
            before,
            str(work / f"v{n}"),
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ourselves
        if done.returncode:
            raise SystemExit(f"{day}: {(done.stderr.strip().splitlines() or ['no message'])[-1]}")
        found[day] = json.loads(done.stdout)
    return found


def main() -> None:
    """Prints a table, one row per day."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("records", type=int, nargs="?", default=100_000)
    asked.add_argument("--json", type=Path)
    asked.add_argument("--day", nargs=3, metavar=("FOLDER", "BEFORE", "OUT"), help=argparse.SUPPRESS)
    options = asked.parse_args()
    if options.day:
        folder, before, out = options.day
        pa.array([""])  # looks for pandas: part of the start of Python
        print(json.dumps(run_day(Path(folder), Path(before) if before else None, Path(out))))
        return
    with tempfile.TemporaryDirectory() as work:
        found = measure(options.records, Path(work))
    columns = list(next(iter(found.values())))
    print(f"| {options.records:,} records | {' | '.join(columns)} |\n|{' --- |' * (len(columns) + 1)}")
    for day, figures in found.items():
        print(f"| {day} | {' | '.join(str(figures[c]) for c in columns)} |")
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
