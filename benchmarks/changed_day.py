"""A day on which one thing in a hundred has changed: `python -m benchmarks.changed_day` (`make bench-sources`).

Each platform that can tell what has changed is served on loopback, fetched whole, changed in one percent of its things,
and fetched again by a process that has the first night behind it. Told is what the second night asks, transfers, cleans
and costs, beside the first, and beside it a second night to which the first has left nothing to take over.
"""

import argparse
import json
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks import inventing
from pipeline import stages, takeover
from pipeline.demo import sightings
from pipeline.demo.ptv_catalogue import make_catalogue
from pipeline.demo.ptv_server import ptv_site
from pipeline.demo.ptv_v12_server import KEY, make_world12, ptv_v12_site
from pipeline.demo.region import make_world
from pipeline.demo.server import Reply, Request, Site, serving
from pipeline.demo.world import Sighting
from pipeline.settings import Settings, SourceSettings
from pipeline.sources.http import HttpPolicy

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
EARLIER, LATER = "2026-01-01T00:00:00", "2026-11-23T12:00:00"
SHARE = 100
"""One thing in so many changes."""


@dataclass(frozen=True, slots=True)
class Platform:
    """A platform that can be changed while it is served."""

    kind: str
    site: Site
    options: dict[str, Any]
    change: Callable[[], int]
    """Changes one percent of the things; returns how many."""


def ptv_v11(seen: list[Sighting]) -> Platform:
    """The lists of ids by `date`."""
    catalogue = make_catalogue(seen)
    for kind in ("organizations", "services", "channels"):
        for entry in catalogue[kind].values():
            entry.body["modified"] = EARLIER

    def change() -> int:
        chosen = [(kind, key) for kind in ("services", "channels") for key in sorted(catalogue[kind])[::SHARE]]
        for kind, key in chosen:
            catalogue.change(kind, key, f"{LATER}.5")
        return len(chosen)

    return Platform("ptv", ptv_site([], catalogue=catalogue), {"base_url": "{base}/api/v11"}, change)


def ptv_v12(seen: list[Sighting]) -> Platform:
    """The searches by `publishedAtOrAfter`."""
    world = make_world12(seen)
    for kind, rows in world.rows.items():
        world.rows[kind] = [{**row, "publishedAt": f"{EARLIER}.000Z"} for row in rows]

    def change() -> int:
        chosen = [row for kind in ("service", "service-channel") for row in world.rows.get(kind, [])[::SHARE]]
        for row in chosen:
            row["publishedAt"] = f"{LATER}.000Z"
        return len(chosen)

    site = ptv_v12_site([], world=world)
    return Platform("ptv", site, {"base_url": "{base}/api/v12", "version": "v12", "api_key": KEY}, change)


def linked_events(count: int) -> Platform:
    """The events by `last_modified_since`."""
    events = [
        {
            "id": f"k:{number}",
            "name": {"fi": f"Tapahtuma {number}"},
            "provider": {"fi": f"Kerho {number % 400} ry"},
            "description": {"fi": f"<p>Kerhoilta {number}: " + "tule mukaan, kahvia on. " * 20 + "</p>"},
            "info_url": {"fi": f"www.example.fi/tapahtuma/{number}"},
            "start_time": "2026-12-01T10:00:00Z",
            "end_time": "2026-12-01T12:00:00Z",
            "last_modified_time": f"{EARLIER}Z",
        }
        for number in range(count)
    ]

    def page(request: Request) -> Reply:
        shown = [e for e in events if e["last_modified_time"] >= request.first("last_modified_since")]
        number = int(request.first("page", "1"))
        part = shown[(number - 1) * 100 : number * 100]
        kept = "".join(f"&{k}={v[0]}" for k, v in request.query.items() if k != "page")
        host = request.headers.get("Host", "")
        more = f"http://{host}/v1/event/?page={number + 1}{kept}" if number * 100 < len(shown) else None
        return Reply(json.dumps({"meta": {"count": len(shown), "next": more}, "data": part}).encode())

    def change() -> int:
        for event in events[::SHARE]:
            event["last_modified_time"] = f"{LATER}Z"
        return len(events[::SHARE])

    site = Site()
    site.route("/v1/event/", page)
    return Platform("events", site, {"url": "{base}/v1", "format": "linkedevents"}, change)


def spreadsheet(rows: int) -> Platform:
    """A list at an address, in which one telephone number in a hundred changes."""
    lines = next(inventing.spreadsheet(rows)).body.decode().splitlines()

    def change() -> int:
        for number in range(1, len(lines), SHARE):
            cells = lines[number].split(";")
            lines[number] = ";".join([*cells[:5], "044 900 0001", *cells[6:]])
        return len(range(1, len(lines), SHARE))

    site = Site()
    site.route("/lista.csv", lambda request: Reply("\n".join(lines).encode(), "text/csv"))
    return Platform("csv", site, {"url": "{base}/lista.csv"}, change)


def landed(settings: Settings) -> dict[str, Any]:
    """What reading the snapshot cleaned, and the processor seconds of it."""
    started = time.process_time()
    outcome = stages.land_source(settings, settings.sources[0])
    assert outcome.state == "fresh", outcome.message
    records = outcome.organizations + outcome.services + outcome.locations
    return {"cleaned": records - (outcome.taken or 0), "read": time.process_time() - started}


def night(settings: Settings, day: int) -> dict[str, Any]:
    """One night: what it asked, and the processor seconds of reading."""
    source = settings.sources[0]
    started = time.process_time()
    taken = stages.take_snapshot(settings, source, now=START + timedelta(days=day), progress=lambda text: None)
    asked = {"requests": taken.requests, "kB": taken.transferred / 1000, "fetch": time.process_time() - started}
    return {**asked, **landed(settings)}


def main(arguments: list[str] | None = None, report: Callable[[str], None] = print) -> None:
    """Measures and prints a table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--organisations", type=int, default=1_500)
    given = parser.parse_args(arguments)
    seen = list(sightings.observe(make_world(given.organisations, 7)).sightings[sightings.PTV])
    platforms = {
        "PTV v11": ptv_v11(seen),
        "PTV v12": ptv_v12(seen),
        "Linked Events": linked_events(4 * given.organisations),
        "list": spreadsheet(20 * given.organisations),
    }
    report("| platform | changed | night | requests | kB | records cleaned | CPU s fetching | CPU s reading |")
    report("| --- | --: | --- | --: | --: | --: | --: | --: |")
    for name, platform in platforms.items():
        with tempfile.TemporaryDirectory() as folder, serving(platform.site) as base:
            options = {k: v.replace("{base}", base) for k, v in platform.options.items()}
            source = SourceSettings(platform.kind, platform.kind, {"pace_seconds": 0, **options})
            place = Path(folder)
            settings = Settings(place / "koonti.yml", place, (source,), http=HttpPolicy(obey_robots=False))
            nights = {"first": night(settings, 0)}
            lying = settings.records_dir / source.id
            shutil.copytree(lying, place / "first")
            changed = platform.change()
            nights["one percent"] = night(settings, 1)
            shutil.rmtree(lying)
            shutil.copytree(place / "first", lying)
            (lying / f"{takeover.ENTANGLED}.parquet").unlink()
            nights["the same, cleaned anew"] = {**nights["one percent"], **landed(settings)}
            for which, one in nights.items():
                told = (
                    f"{one['requests']} | {one['kB']:.0f} | {one['cleaned']} | {one['fetch']:.1f} | {one['read']:.1f}"
                )
                report(f"| {name} | {changed if which != 'first' else ''} | {which} | {told} |")


if __name__ == "__main__":
    main()
