"""A region of v11 is asked by its municipalities, and by the regions and counties that hold them."""

import re
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.demo.ptv_catalogue import Catalogue, Entry, make_catalogue
from pipeline.demo.ptv_server import ptv_site
from pipeline.demo.server import Reply
from pipeline.sources.errors import SourceFailed
from pipeline.sources.ptv.areas import Area, areas_of

FILTERS = {"Municipality": None, "Province": "region", "WellbeingServiceCounties": "county"}
LATER = "2026-11-23T12:00:00.5"
KUOPIO = "297"


def limited(catalogue: Catalogue, kind: str, code: str) -> Entry:
    """The first service, limited to a region or county alone, so that no filter by municipality finds it."""
    entry = catalogue.services[sorted(catalogue.services)[0]]
    entry.municipalities = frozenset()
    catalogue.change("services", entry.id, "2026-01-01T00:00:00", areaType="LimitedType")
    entry.body["areas"] = [{"type": kind, "code": code, "name": [], "municipalities": []}]
    entry.body["serviceChannels"] = []
    for channel in catalogue.channels.values():
        kept = [one for one in channel.body["services"] if one["service"]["id"] != entry.id]
        channel.body["services"] = kept
        channel._json = None
    entry._json = None
    return entry


@pytest.fixture
def catalogue(invent: SimpleNamespace) -> Catalogue:
    return make_catalogue(invent.small_world())


def test_the_areas_of_municipalities_are_themselves_and_each_holder_once() -> None:
    assert areas_of(["297", "140", "297", "999"], FILTERS) == [
        Area("Municipality", "297", is_municipality=True),
        Area("Municipality", "140", is_municipality=True),
        Area("Municipality", "999", is_municipality=True),
        Area("Province", "11"),
        Area("WellbeingServiceCounties", "13"),
    ]
    assert [area.code for area in areas_of(["091", "837"], {"Province": "region"})] == ["01", "06"]


@pytest.mark.parametrize(("kind", "code"), [("Region", "11"), ("WellbeingServiceCounties", "13")])
def test_what_is_limited_to_the_region_or_county_alone_is_fetched(
    harvest: Callable[..., Any], catalogue: Catalogue, kind: str, code: str
) -> None:
    service = limited(catalogue, kind, code)
    site = ptv_site([], catalogue=catalogue)
    assert service.id in harvest(site, KUOPIO).items("service")
    elsewhere = harvest(ptv_site([], catalogue=catalogue), KUOPIO, "837")
    assert service.id in elsewhere.items("service")


def test_the_county_of_another_region_is_not_asked(harvest: Callable[..., Any], catalogue: Catalogue) -> None:
    service = limited(catalogue, "Region", "06")
    assert service.id not in harvest(ptv_site([], catalogue=catalogue), KUOPIO).items("service")


def test_an_area_that_the_platform_refuses_is_told_once_and_nothing_else_is_lost(
    harvest: Callable[..., Any], catalogue: Catalogue
) -> None:
    site = ptv_site([], catalogue=catalogue)
    whole = harvest(ptv_site([], catalogue=catalogue), KUOPIO)
    refusal = Reply(b'{"area": ["The field is invalid."]}', status=400)
    refused: list[str] = []
    site._routes.insert(0, (re.compile(".*/WellbeingServiceCounties/.*"), lambda r: refused.append(r.path) or refusal))
    found = harvest(site, KUOPIO)
    assert set(found.items("service")) == set(whole.items("service"))
    assert len(refused) == 1
    assert not found.findings
    told = [text for text in found.said if "does not answer by WellbeingServiceCounties" in text]
    assert len(told) == 1


def test_a_refused_municipality_fails(harvest: Callable[..., Any], catalogue: Catalogue) -> None:
    site = ptv_site([], catalogue=catalogue)
    site._routes.insert(0, (re.compile(".*/Municipality/.*"), lambda r: Reply(b'{"area": ["x"]}', status=400)))
    with pytest.raises(SourceFailed, match="HTTP 400"):
        harvest(site, KUOPIO)


def test_a_delta_finds_what_newly_belongs_to_the_county(night: Callable[..., Any], catalogue: Catalogue) -> None:
    for kind in ("organizations", "services", "channels"):
        for entry in catalogue[kind].values():
            entry.body["modified"] = "2026-01-01T00:00:00"
    service = limited(catalogue, "WellbeingServiceCounties", "06")
    site = ptv_site([], catalogue=catalogue)
    with night(site, "ptv", base_url="{base}/api/v11", codes=(KUOPIO,)) as one:
        one.run(0)
        assert f"ptv:{service.id}" not in {row["record_id"] for row in one.rows("record")}
        areas = [{"type": "WellbeingServiceCounties", "code": "13", "name": [], "municipalities": []}]
        catalogue.change("services", service.id, LATER, areas=areas)
        taken, _ = one.run(1)
        assert not taken.full
        assert f"ptv:{service.id}" in {row["record_id"] for row in one.rows("record")}
