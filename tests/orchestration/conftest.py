"""A small invented region served over real HTTP, run once for the tests that only look."""

from contextlib import nullcontext

import dagster as dg
import pytest

from pipeline.demo import run as demo_run
from pipeline.demo import sightings
from pipeline.demo.region import make_world
from pipeline.orchestration.run import run
from pipeline.settings import load


class Region:
    """A world, its platforms while they are up, and a folder for the run-time data."""

    def __init__(self, folder, organisations=60, seed=7):
        self.folder = folder
        self.world = sightings.observe(make_world(organisations, seed))
        self.said = []

    def sync(self, *, harm=None, change=None, keep_history=False, **options):
        """One run against fresh servers; `harm` gets the sites by source id, `change` the configuration's text."""
        self.said.clear()
        with demo_run.platforms(self.world, harm=harm) as addresses:
            path = demo_run.write_config(self.folder, addresses, 7)
            if change:
                path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
            settings = load(path, environment={"LAHELLA_TOKEN": demo_run.TOKEN})
            history = nullcontext(None) if keep_history else dg.DagsterInstance.ephemeral()
            with history as instance:
                result = run(settings, report=lambda *said: self.said.append(said), instance=instance, **options)
        return settings, result


@pytest.fixture(scope="session")
def synced(tmp_path_factory):
    """One good run: (region, settings, result)."""
    region = Region(tmp_path_factory.mktemp("region"))
    return region, *region.sync(keep_history=True)


@pytest.fixture
def region(tmp_path):
    return Region(tmp_path / "region")
