"""Ten days of an invented region, told by what the pipeline really makes of them: `python -m pipeline.demo.story`.

Three lists of associations change from day to day as `story.yml` says, people decide, and every night the stages run.
Printed are the rows of the change feed. Seed and dates are fixed, so the ids are the same every time; the block in
`docs/identity.md` is this output.
"""

import csv
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipeline import outcomes, stages, storage
from pipeline.changes import apply, differences
from pipeline.commands.changes import detail
from pipeline.demo.region import make_world
from pipeline.demo.world import Organisation
from pipeline.exports.release import Release
from pipeline.ledger import files
from pipeline.settings import Settings, load

START = datetime(2026, 11, 1, 2, tzinfo=UTC)
SEED = 2026
OK = "yesterday and the feed give the same"
CROWD = 40
"""Organisations that nothing happens to."""
COLUMNS = {
    "name": "Nimi",
    "business_id": "Y-tunnus",
    "phone": "Puhelin",
    "email": "Sähköposti",
    "website": "Kotisivu",
    "street": "Osoite",
    "postal_code": "Postinumero",
    "city": "Postitoimipaikka",
}
Lists = dict[str, dict[str, dict[str, str]]]
"""List -> id -> column -> value."""


@cache
def script() -> dict[str, Any]:
    """The days of `story.yml`."""
    with Path(__file__).with_name("story.yml").open(encoding="utf-8") as stream:
        read: dict[str, Any] = yaml.safe_load(stream)
    return read


def crowd() -> Lists:
    """The organisations that nothing happens to: each on one or two of the lists."""
    lists: Lists = {name: {} for name in script()["lists"]}
    for number, one in enumerate(make_world(CROWD, SEED).organisations):
        for place, rows in enumerate(lists.values()):
            if place == number % 3 or (number % 4 == 0 and place == (number + 1) % 3):
                rows[f"v{number}"] = _row(replace(one, website=None))
    return lists


def _row(one: Organisation) -> dict[str, str]:
    place = one.place
    said = {"name": one.name_fi, "business_id": one.business_id, "phone": one.phone, "email": one.email}
    if place:
        said |= {"street": place.street, "postal_code": place.postal_code, "city": place.city}
    return {k: v for k, v in said.items() if v}


def nights(folder: Path, days: int | None = None) -> Iterator[tuple[dict[str, Any], Release, Settings]]:
    """Runs day after day in an empty folder; gives the day of the script, its release and the settings."""
    lists = crowd()
    entries = {name: {"kind": "csv", "path": f"{name}.csv", "id_column": "Tunnus", "grace_days": 3} for name in lists}
    config = {"data_dir": "data", "id_seed": SEED, "sources": entries}
    (folder / "koonti.yml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    settings = load(folder / "koonti.yml", environment={})
    for number, day in enumerate(script()["days"][:days]):
        now = START + timedelta(days=number)
        _happens(lists, day)
        for name, rows in lists.items():
            path = folder / f"{name}.csv"
            path.unlink(missing_ok=True)
            if name != day.get("down"):
                _write(path, rows)
        for name, row in day.get("decided", {}).items():
            cells = {"author": "koordinaattori", "decided_at": (now - timedelta(hours=12)).isoformat(), **row}
            files.append(settings.ledger_dir, name, cells, data_dir=settings.data_dir)
        yield day, _night(settings, now), settings


def _happens(lists: Lists, day: dict[str, Any]) -> None:
    for record, said in day.get("says", {}).items():
        name, _, native_id = record.partition(":")
        if said is None:
            del lists[name][native_id]
        else:
            lists[name][native_id] = {k: v for k, v in (lists[name].get(native_id, {}) | said).items() if v}


def _write(path: Path, rows: dict[str, dict[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        out = csv.writer(stream)
        out.writerow(["Tunnus", *COLUMNS.values()])
        out.writerows([native_id, *(row.get(c, "") for c in COLUMNS)] for native_id, row in sorted(rows.items()))


def _night(settings: Settings, now: datetime) -> Release:
    for source in settings.sources:
        stages.take_snapshot(settings, source, now=now, progress=lambda text: None)
        outcomes.note(settings, stages.land_source(settings, source))
    stages.match_records(settings)
    stages.assign_ids(settings, now=now)
    stages.build_catalogue(settings)
    return stages.publish(settings, now=now)


def tell(say: Callable[[str], None], days: int | None = None) -> None:
    """Runs the story in a folder of its own and says what each day brought; following the feed is tried every day."""
    with tempfile.TemporaryDirectory() as folder:
        before: dict[str, Any] | None = None
        for number, (day, release, _) in enumerate(nights(Path(folder), days), 1):
            now = {p.stem: storage.read_table(p.parent, p.stem) for p in (release.path / "parquet").glob("*.parquet")}
            rows = [r for r in now["change"].to_pylist() if r["kind"] == "organization"]
            say(f"Day {number}, release {release.version}: {day['told']}")
            if len(rows) > 12:
                say(f"  {len(rows)} organisations {rows[0]['operation']}; the first release holds nothing else")
            else:
                for row in rows:
                    say(f"  {row['entity_id']}  {row['operation']:<10} {row['cause']:<10} {row['name'] or '-'}")
                    if told := detail(row):
                        say(f"    {told}")
            if not rows:
                say("  no change")
            wrong = differences(apply(before, now["change"], now), now)
            say(f"  {now['organization'].num_rows} organisations; " + (f"not so by the feed: {wrong}" if wrong else OK))
            before = now


if __name__ == "__main__":
    tell(print)
