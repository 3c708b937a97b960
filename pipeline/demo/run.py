"""The demo: an invented region, served over real HTTP, through the whole pipeline into a release, and scored.

It writes `koonti.yml` into its data folder, as a coordinator would, and runs what `koonti sync` runs.
"""

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from pipeline.demo import sightings
from pipeline.demo.cards_server import cards_site
from pipeline.demo.lahella_server import lahella_site
from pipeline.demo.ptv_server import ptv_site
from pipeline.demo.region import make_world
from pipeline.demo.rewording import service_truth
from pipeline.demo.score import Score, score
from pipeline.demo.server import Site, serving
from pipeline.demo.spreadsheet import municipal_xlsx, spreadsheet_site
from pipeline.demo.world import World
from pipeline.orchestration.run import RunResult, run
from pipeline.settings import Settings, load
from pipeline.storage import read_table

TOKEN = "token-of-the-demo"  # noqa: S105 - opens nothing but the local server of the demo
MARK = "demo.json"


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What the demo did."""

    world: World
    settings: Settings
    run: RunResult
    score: Score | None
    """Null when nothing was published."""
    services: Score | None
    """The same for services, whose organisation must be found as well."""


def demo(data_dir: Path, *, organisations: int, seed: int, report: Callable[[str, str], None]) -> DemoResult:
    """Runs the demo in a folder; a folder of another size or seed is emptied first, it holds nothing real."""
    _same_world(data_dir, organisations, seed)
    world = sightings.observe(make_world(organisations, seed))
    seen = sum(len(s) for s in world.sightings.values())
    report("region", f"{len(world.organisations)} invented organisations, seen {seen} times on four platforms")
    with platforms(world) as addresses:
        config = write_config(data_dir, addresses, seed)
        os.environ["LAHELLA_TOKEN"] = TOKEN
        settings = load(config)
        result = run(settings, report=report)
    if not result.release:
        return DemoResult(world, settings, result, None, None)
    bridge = read_table(result.release.path / "parquet", "bridge")
    return DemoResult(world, settings, result, score(bridge, world.truth()), score(bridge, service_truth(world)))


@contextmanager
def platforms(world: World, *, harm: Callable[[dict[str, Site]], None] | None = None) -> Iterator[dict[str, str]]:
    """Serves the four platforms on loopback; gives source id -> address. `harm` may put faults into the sites."""
    workbook = municipal_xlsx(world.sightings[sightings.LIST], "Pohjois-Savon yhdistykset")
    sites = {
        sightings.PTV: ptv_site(world.sightings[sightings.PTV]),
        sightings.LAHELLA: lahella_site(world.sightings[sightings.LAHELLA], TOKEN),
        sightings.CARDS: cards_site(world.sightings[sightings.CARDS]),
        sightings.LIST: spreadsheet_site({"yhdistykset.xlsx": workbook}),
    }
    if harm:
        harm(sites)
    with ExitStack() as stack:
        yield {source: stack.enter_context(serving(site)) for source, site in sites.items()}


def write_config(data_dir: Path, addresses: dict[str, str], seed: int) -> Path:
    """koonti.yml of the demo."""
    config = {
        "region": "pohjois-savo",
        "data_dir": ".",
        "sources": {
            sightings.PTV: {"base_url": f"{addresses[sightings.PTV]}/api/v11"},
            sightings.LAHELLA: {"base_url": addresses[sightings.LAHELLA], "token": "${LAHELLA_TOKEN}"},
            sightings.CARDS: {
                "kind": "cards",
                "base_url": addresses[sightings.CARDS],
                "name": "Yhdistysinfo (invented)",
            },
            sightings.LIST: {
                "kind": "csv",
                "url": f"{addresses[sightings.LIST]}/yhdistykset.xlsx",
                "name": "Municipal list (invented)",
                "publisher": "An invented municipality",
            },
        },
        "http": {"backoff": 0.05, "read_timeout": 20},
        "id_seed": seed,
    }
    for entry in config["sources"].values():  # type: ignore[attr-defined]
        entry["pace_seconds"] = 0  # the servers are ours
    data_dir.mkdir(parents=True, exist_ok=True)
    path = data_dir / "koonti.yml"
    head = "# Written by `koonti demo`. Its platforms are local servers that live only while the demo runs.\n"
    path.write_text(head + yaml.safe_dump(config, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return path


def _same_world(data_dir: Path, organisations: int, seed: int) -> None:
    """Empties a demo folder that was made from another world; refuses a folder that is no demo's."""
    mark = data_dir / MARK
    wanted = {"organisations": organisations, "seed": seed}
    if data_dir.exists() and any(data_dir.iterdir()):
        if not mark.exists():
            raise ValueError(f"{data_dir} is not empty and was not made by koonti demo; choose another --data-dir.")
        if json.loads(mark.read_text(encoding="utf-8")) != wanted:
            shutil.rmtree(data_dir)
    data_dir.mkdir(parents=True, exist_ok=True)
    mark.write_text(json.dumps(wanted) + "\n", encoding="utf-8")
