"""Snapshots of invented platforms as large as real ones, for `benchmarks.sources` to read.

Belongs here: what is invented, and how much of it. Everything is made from the region of the demo, again and again
under other ids and names.
"""

import csv
import io
import json
import random
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from pipeline.demo import sightings
from pipeline.demo.ptv_catalogue import make_catalogue
from pipeline.demo.region import guid, make_world
from pipeline.settings import Settings
from pipeline.sources import fetching
from pipeline.sources.snapshots import Capture, SnapshotWriter

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
COUNTRY = {"organizations": 1_630, "services": 30_000, "channels": 72_000}
ROWS = 100_000
BATCH = 50


def snapshot(settings: Settings, subject: str, size: float) -> None:
    """A snapshot of the subject, as if it had been fetched; `size` 1 is the size named above."""
    source = settings.sources[0]
    captures = country(size) if subject == "ptv" else spreadsheet(round(ROWS * size))
    with SnapshotWriter(settings.snapshots_dir, subject, NOW) as writer:
        for capture in captures:
            writer.add(capture)
    order = fetching.Order(
        subject,
        source.kind,
        source.description,
        source.options,
        settings.config_path.parent,
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
