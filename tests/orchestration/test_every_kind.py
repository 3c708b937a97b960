"""Connectors that the demo does not use run through the whole pipeline as well, over real HTTP."""

from contextlib import ExitStack
from dataclasses import replace

import dagster as dg
import pyarrow.parquet as pq
import pytest
import yaml

from pipeline.demo import sightings
from pipeline.demo.catalogue_files import catalogue_site
from pipeline.demo.events_server import events_site
from pipeline.demo.hyvinvointitarjotin_server import hyvinvointitarjotin_site
from pipeline.demo.olka_server import olka_site
from pipeline.demo.region import make_world
from pipeline.demo.server import serving
from pipeline.demo.stea_server import stea_site
from pipeline.demo.tukinet_server import tukinet_site
from pipeline.demo.vapaaehtoistyo_server import vapaaehtoistyo_site
from pipeline.demo.wordpress_server import wordpress_pages, wordpress_site
from pipeline.orchestration.run import run
from pipeline.settings import load
from pipeline.storage import read_table

pytestmark = pytest.mark.slow

SOURCES = (
    "stea", "vapaaehtoistyo", "kalenteri", "yhdistysinfo", "hyvinvointitarjotin", "tukinet", "olka", "tarjoomo",
    "palvelukatalogi", "pohjoissavolaiset",
)  # fmt: skip


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    """One run of the connectors that the demo does not use: (settings, result)."""
    folder = tmp_path_factory.mktemp("kinds")
    world = sightings.observe(make_world(60, 3))
    seen = world.sightings["lahella"]
    numbered = [replace(s, native_id=str(i + 1)) for i, s in enumerate(seen)]
    sites = {
        "stea": stea_site(numbered),
        "vapaaehtoistyo": vapaaehtoistyo_site(seen, "key"),
        "kalenteri": events_site(seen),
        "yhdistysinfo": wordpress_site(seen, with_cards=True),
        "hyvinvointitarjotin": hyvinvointitarjotin_site(numbered),
        "tukinet": tukinet_site(seen),
        "olka": olka_site(seen),
        "tarjoomo": catalogue_site(seen),
        "palvelukatalogi": catalogue_site(seen),
    }
    for path, page in wordpress_pages(seen[:20]).items():
        saved = folder / "captures" / f"{path.strip('/')}.html"
        saved.parent.mkdir(parents=True, exist_ok=True)
        saved.write_bytes(page)
    with ExitStack() as stack:
        at = {name: stack.enter_context(serving(site)) for name, site in sites.items()}
        config = {
            "sources": {
                "stea": {"base_url": at["stea"], "id_range": f"1-{len(numbered) + 5}", "pace_seconds": 0},
                "vapaaehtoistyo": {"base_url": at["vapaaehtoistyo"], "token": "${KEY}", "pace_seconds": 0},
                "kalenteri": {"kind": "events", "url": f"{at['kalenteri']}/v1/", "pace_seconds": 0},
                "yhdistysinfo": {"kind": "wordpress", "base_url": at["yhdistysinfo"], "pace_seconds": 0},
                "pohjoissavolaiset": {"kind": "wordpress", "archive": "captures"},
                "hyvinvointitarjotin": {"base_url": at["hyvinvointitarjotin"], "pace_seconds": 0},
                "tukinet": {"base_url": at["tukinet"], "pace_seconds": 0},
                "olka": {"base_url": at["olka"], "pace_seconds": 0},
                "tarjoomo": {"kind": "catalogue", "url": f"{at['tarjoomo']}/kotipalvelut.csv", "pace_seconds": 0},
                "palvelukatalogi": {
                    "kind": "catalogue",
                    "url": f"{at['palvelukatalogi']}/palvelukatalogi.xlsx",
                    "pace_seconds": 0,
                },
            },
            "http": {"backoff": 0.05},
        }
        path = folder / "koonti.yml"
        path.write_text(yaml.safe_dump(config), encoding="utf-8")
        settings = load(path, environment={"KEY": "key"})
        with dg.DagsterInstance.ephemeral() as instance:
            return settings, run(settings, report=lambda *said: None, instance=instance)


def test_every_source_is_read_and_published(published):
    _, result = published
    assert {o.source: (o.state, o.message) for o in result.outcomes} == dict.fromkeys(SOURCES, ("fresh", None))
    assert (result.exit_code, result.stop, result.failed_checks) == (0, None, [])
    assert all(o.organizations for o in result.outcomes)


def test_every_record_is_in_the_bridge_or_named_by_an_issue(published):
    settings, result = published
    folder = result.release.path / "parquet"
    bridged = set(pq.read_table(folder / "bridge.parquet").column("record_id").to_pylist())
    named = set(pq.read_table(folder / "issue.parquet").column("record_id").to_pylist())
    for source in settings.sources:
        read = set(read_table(settings.records_dir / source.id, "record").column("record_id").to_pylist())
        assert read
        assert read <= bridged | named


def test_an_organisation_on_two_platforms_is_one(published):
    _, result = published
    bridge = pq.read_table(result.release.path / "parquet" / "bridge.parquet").to_pylist()
    sources = {}
    for row in bridge:
        if row["kind"] == "organization":
            sources.setdefault(row["entity_id"], set()).add(row["source"])
    assert sum(len(s) > 1 for s in sources.values()) > 5


def test_every_kind_of_source_has_a_weight_in_survivorship(published):
    from pipeline.dedupe.survivorship import rules
    from pipeline.sources.registry import descriptions

    assert set(descriptions()) <= set(rules().authority)


def test_every_record_carries_the_licence_and_the_attribution_of_its_source(published):
    import duckdb

    _, result = published
    with duckdb.connect(result.release.path / "catalogue.duckdb", read_only=True) as con:
        records, with_terms, sources = con.execute(
            "SELECT (SELECT count(*) FROM bridge), count(*), count(DISTINCT source) FROM record_terms "
            "WHERE licence <> '' AND attribution <> ''"
        ).fetchone()
    assert records == with_terms > 0
    assert sources == len(SOURCES)
