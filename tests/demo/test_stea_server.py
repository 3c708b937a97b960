"""What the invented STEA serves comes back from the connector as the very sightings."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from pipeline.demo.server import serving
from pipeline.demo.stea_server import former_names, stea_site
from pipeline.demo.world import Organisation, Sighting
from pipeline.sources.contract import FetchJob
from pipeline.sources.http import HttpClient, HttpPolicy
from pipeline.sources.items import Item, Parsed
from pipeline.sources.registry import descriptions
from pipeline.sources.snapshots import Capture
from pipeline.sources.stea.fetch import fetch
from pipeline.sources.stea.parse import parse


def sighting(n: int) -> Sighting:
    organisation = Organisation(
        truth_id=f"o{n}", name_fi=f"Kuopion Kerho {n} ry", name_sv=None, abbreviation=None, legal_form="ry",
        type="association", level="local", umbrella=None, business_id=f"9{n:06d}-0" if n % 4 else None,
        association_number=None, place=None, phone=None, email=None, website=None, theme="T12", summary_fi="",
        description_fi="", description_sv=None, contact_name=None, contact_title=None, parent_truth_id=None,
        is_active=n % 9 != 0,
    )  # fmt: skip
    return Sighting(str(3 * n), organisation)


SIGHTINGS = [sighting(n) for n in range(1, 40)]


def read(tmp_path: Path) -> list[Parsed]:
    kept: list[Capture] = []
    client = HttpClient(HttpPolicy(backoff=0.01), record=kept.append)
    about = descriptions()["stea"]
    short = replace(about, settings={**about.settings, "surely_to": 50, "misses_at_end": 10})
    now = datetime(2026, 11, 23, tzinfo=UTC)
    try:
        with serving(stea_site(SIGHTINGS)) as base:
            job = FetchJob("stea", {"base_url": base}, short, client, kept.append, tmp_path, (), now, lambda t: None)
            fetch(job)
    finally:
        client.close()
    return list(parse(kept, about, {}))


def test_every_organisation_comes_back_with_all_its_names_and_nothing_is_odd(tmp_path: Path) -> None:
    parsed = read(tmp_path)
    found = [p for p in parsed if isinstance(p, Item)]
    assert found == parsed
    for item, s in zip(found, SIGHTINGS, strict=True):
        o, number = s.organisation, int(s.native_id)
        assert item.native_id == s.native_id
        assert [(n.value, n.kind) for n in item.names] == [
            (o.name_fi, "official"),
            *((name, "former") for name in former_names(o, number)),
        ]
        assert [i.value for i in item.identifiers if i.type == "business_id"] == [v for v in (o.business_id,) if v]
        year = 2026 if o.is_active else 2019
        assert item.status == (f"granted {year}" if number % 5 else f"applied {year}")
    assert read(tmp_path) == parsed
