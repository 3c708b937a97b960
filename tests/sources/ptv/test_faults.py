"""PTV on its bad nights: time-outs, resets, broken answers, and listings that never end."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import pytest

from pipeline.demo.ptv_server import ptv_site
from pipeline.demo.server import Fault, Reply, Request, Site
from pipeline.sources.errors import SourceFailed

Harvest = Callable[..., Any]


def guid(name: str) -> str:
    return str(uuid5(NAMESPACE_DNS, f"{name}.example.fi"))


def page(items: list[Any] | None, count: int = 1, number: int = 1) -> Reply:
    body = {"pageNumber": number, "pageSize": 2, "pageCount": count, "itemList": items}
    return Reply(json.dumps(body).encode())


def test_batches_that_time_out_are_halved_until_they_pass(harvest: Harvest, invent: SimpleNamespace) -> None:
    site = ptv_site(invent.small_world())
    too_many = Fault("status", path=r"ServiceChannel/list\?guids=[^,&]+,[^,&]+,[^,&]+", status=504)
    site.faults.append(too_many)
    found = harvest(site, batch_size=16)
    assert set(found.items("location")) == set(harvest(ptv_site(invent.small_world())).items("location"))
    sizes = [path.count(",") + 1 for path in site.asked if "ServiceChannel/list?" in path]
    assert sizes[:3] == [16, 16, 8]
    assert sizes.count(16) == 2  # the halved size is kept, not tried in vain each time


def test_a_single_id_that_never_answers_fails_the_fetch_in_one_sentence(
    harvest: Harvest, invent: SimpleNamespace
) -> None:
    site = ptv_site(invent.small_world())
    poison = next(iter(harvest(site).items("service")))
    site.faults.append(Fault("status", path=f"Service/list.*{poison}", status=500))
    with pytest.raises(SourceFailed, match=r"HTTP 500 \(2 tries\)") as caught:
        harvest(site, tries=2)
    assert "\n" not in str(caught.value)


def test_whole_pages_of_a_region_that_time_out_are_replaced_by_batches(
    harvest: Harvest, invent: SimpleNamespace
) -> None:
    site = ptv_site(invent.small_world())
    site.faults.append(Fault("status", path="Service/list/area", status=504))
    found = harvest(site, "140", tries=2)
    assert len(found.items("service")) == 12


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault("status", path="Service", status=401), "HTTP 401"),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else "",
)
def test_a_lasting_fault_is_one_sentence(harvest: Harvest, invent: SimpleNamespace, fault: Fault, words: str) -> None:
    site = ptv_site(invent.small_world())
    site.faults.append(replace(fault))
    with pytest.raises(SourceFailed, match=re.escape(words)) as caught:
        harvest(site, tries=2)
    assert "\n" not in str(caught.value)


def rows(*names: str) -> list[dict[str, Any]]:
    return [{"id": guid(name), "name": name} for name in names]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda r: page(rows("same"), 50), "repeats earlier pages"),
        (lambda r: page(rows(r.first("page")), int(r.first("page")) + 1), "the listing changes while it is read"),
        (lambda r: page(rows(r.first("page")), 10**9), "more than any listing has"),
        (lambda r: page(rows("first") if r.first("page") == "1" else None, 3), "page 2 of 3 is empty"),
        (lambda r: Reply(b'{"value": 1}'), "expected a page of PTV"),
        (lambda r: Reply(b'{"pageCount": "x", "itemList": []}'), "expected a page of PTV"),
        (lambda r: Reply(b'{"errorMessage":"no"}', status=404), "HTTP 404"),
    ],
    ids=["repeats", "grows", "endless", "hole", "other-json", "odd-count", "wrong-address"],
)
def test_a_listing_that_never_ends_or_breaks_stops_the_fetch(
    harvest: Harvest, answer: Callable[[Request], Reply], words: str
) -> None:
    site = Site()
    site.route("/api/v11/Organization", answer)
    with pytest.raises(SourceFailed, match=words):
        harvest(site)


def test_a_listing_may_gain_a_page_while_it_is_read(harvest: Harvest) -> None:
    site = Site()
    site.route("/api/v11/Organization", lambda r: page(rows(r.first("page")), min(int(r.first("page")) + 1, 3)))
    site.route("/api/v11/Organization/list", objects)
    for kind in ("Service", "ServiceChannel"):
        site.route(f"/api/v11/{kind}", lambda r: page(None, 0))
    assert set(harvest(site).items("organization")) == {guid("1"), guid("2"), guid("3")}


def objects(request: Request) -> Reply:
    found = [{"id": one, "organizationNames": []} for one in request.first("guids").split(",")]
    return Reply(json.dumps(found).encode())


def test_a_proxys_404_does_not_pass_for_nothing_there(harvest: Harvest, invent: SimpleNamespace) -> None:
    site = ptv_site(invent.small_world())
    site.faults.append(Fault("status", path="Service/list", status=404))
    with pytest.raises(SourceFailed, match="without PTV's own words"):
        harvest(site)
