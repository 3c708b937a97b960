"""Fetching the invented PTV over real sockets: whole and by region."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import NAMESPACE_DNS, uuid5

import pytest

from pipeline.demo.ptv_server import ptv_site
from pipeline.demo.server import Reply, Site
from pipeline.sources.errors import SourceFailed

Harvest = Callable[..., Any]


def guid(name: str) -> str:
    return str(uuid5(NAMESPACE_DNS, f"{name}.example.fi"))


def page(items: list[Any] | None, count: int = 1, number: int = 1) -> Reply:
    body = {"pageNumber": number, "pageSize": 2, "pageCount": count, "itemList": items}
    return Reply(json.dumps(body).encode())


def test_a_full_fetch_brings_what_the_world_holds(harvest: Harvest, invent: SimpleNamespace) -> None:
    found = harvest(ptv_site(invent.small_world()))
    world = {s.native_id: s for s in invent.small_world()}
    organisations = found.items("organization")
    assert set(organisations) == set(world) - {guid("piilo")}
    for native_id, item in organisations.items():
        true = world[native_id].organisation
        assert item.names[0].value == true.name_fi
        assert item.organization == world[native_id].parent_native_id
        assert [i.value for i in item.identifiers if i.type == "business_id"] == [b for b in [true.business_id] if b]
        assert [e.value for e in item.emails] == [e for e in [true.email] if e]
        assert [link.value for link in item.links if link.is_main] == [w for w in [true.website] if w]
    shown = [a for s in world.values() for a in s.organisation.activities if a.kind != "event"]
    services = found.items("service")
    assert sorted(i.names[0].value or "" for i in services.values()) == sorted(a.name_fi for a in shown)
    locations = found.items("location")
    assert all(set(s.locations) <= set(locations) and s.locations for s in services.values())
    assert {i.organization for i in services.values()} == {guid("paikallis"), guid("seura")}
    assert not found.findings
    assert not found.unread


def test_paging_and_batching_lose_nothing(harvest: Harvest, invent: SimpleNamespace) -> None:
    whole = harvest(ptv_site(invent.small_world()))
    pieces = harvest(ptv_site(invent.small_world(), page_size=3, list_page_size=2), batch_size=2)
    for kind in ("organization", "service", "location"):
        assert set(pieces.items(kind)) == set(whole.items(kind))


def test_the_same_world_gives_the_same_items_whatever_the_order_of_answers(
    harvest: Harvest, invent: SimpleNamespace, read: Callable[..., Any]
) -> None:
    found = harvest(ptv_site(invent.small_world()), batch_size=3)
    bodies = [c.body for c in found.captures if c.status == 200]
    forward, backward = (sorted(read(*order).parsed, key=repr) for order in (bodies, bodies[::-1]))
    assert forward == backward


def test_parents_without_content_are_fetched_though_no_list_has_them(harvest: Harvest, invent: SimpleNamespace) -> None:
    site = ptv_site(invent.small_world())
    found = harvest(site)
    listed = next(c for c in found.captures if c.uri.endswith("/Organization?page=1"))
    assert guid("piiri") not in {row["id"] for row in json.loads(listed.body)["itemList"]}
    assert {guid("piiri"), guid("liitto")} <= set(found.items("organization"))


def test_a_circle_of_parents_ends(harvest: Harvest, invent: SimpleNamespace) -> None:
    world = [
        invent.sighting("a", parent="b", phone="040 000 0001"),
        invent.sighting("b", parent="c"),
        invent.sighting("c", parent="a"),
    ]
    assert set(harvest(ptv_site(world)).items("organization")) == {guid("a"), guid("b"), guid("c")}


def test_a_parent_that_is_gone_is_left_out(harvest: Harvest, invent: SimpleNamespace) -> None:
    world = [invent.sighting("a", parent="gone", phone="040 000 0001")]
    found = harvest(ptv_site(world))
    assert found.items("organization")[guid("a")].organization == guid("gone")
    assert not found.findings


def test_a_region_brings_its_own_things_and_the_organisations_they_name(
    harvest: Harvest, invent: SimpleNamespace
) -> None:
    world = [
        *invent.small_world(),
        invent.sighting(
            "kaukana",
            place=invent.IISALMI,
            parent="piiri",
            activities=(invent.activity("lahella", place=invent.KUOPIO),),
        ),
    ]
    found = harvest(ptv_site(world, list_page_size=2), "297")
    assert set(found.items("organization")) == {
        guid(key) for key in ("paikallis", "puhelin", "sivu", "kaukana", "piiri", "liitto")
    }
    assert {i.areas[0].code for i in found.items("service").values()} == {"297"}
    assert all(set(s.locations) <= set(found.items("location")) for s in found.items("service").values())


def test_a_service_of_the_whole_country_is_fetched_for_its_place_in_the_region(harvest: Harvest) -> None:
    service, channel = guid("nationwide-service"), guid("place-in-region")
    places = [
        {
            "id": channel,
            "serviceChannelType": "ServiceLocation",
            "serviceChannelNames": [],
            "services": [{"service": {"id": service, "name": "x"}}],
        }
    ]
    services = [{"id": service, "serviceNames": [], "organizations": None, "serviceChannels": None}]
    site = Site()
    for kind in ("Organization", "Service"):
        site.route(f"/api/v11/{kind}/list/area/Municipality/code/140", lambda r: page(None, 0))
    site.route("/api/v11/ServiceChannel/list/area/Municipality/code/140", lambda r: page(places))
    site.route("/api/v11/Service/list", lambda r: Reply(json.dumps(services).encode()))
    found = harvest(site, "140")
    assert set(found.items("service")) == {service}


def test_channels_of_the_regions_services_are_fetched_wherever_they_are(harvest: Harvest) -> None:
    service, channel, far = guid("here"), guid("elsewhere"), guid("too-far")
    connected = [{"serviceChannel": {"id": channel, "name": "x"}}]
    services = [{"id": service, "serviceNames": [], "serviceChannels": connected}]
    channels = [
        {
            "id": channel,
            "serviceChannelType": "ServiceLocation",
            "serviceChannelNames": [],
            "services": [{"service": {"id": far, "name": "y"}}],
        }
    ]
    site = Site()
    for kind in ("Organization", "ServiceChannel"):
        site.route(f"/api/v11/{kind}/list/area/Municipality/code/140", lambda r: page(None, 0))
    site.route("/api/v11/Service/list/area/Municipality/code/140", lambda r: page(services))
    site.route("/api/v11/ServiceChannel/list", lambda r: Reply(json.dumps(channels).encode()))
    found = harvest(site, "140")
    assert set(found.items("location")) == {channel}
    assert set(found.items("service")) == {service}  # one step, not the whole country


def test_what_holds_in_the_whole_country_comes_for_a_region_only_when_asked(
    harvest: Harvest, invent: SimpleNamespace
) -> None:
    world = [
        invent.sighting("koko-maa", level="national", place=None, phone="040 000 0001"),
        invent.sighting("oma", phone="040 000 0002"),
    ]
    assert set(harvest(ptv_site(world), "297").items("organization")) == {guid("oma")}
    both = harvest(ptv_site(world), "297", include_whole_country=True)
    assert set(both.items("organization")) == {guid("oma"), guid("koko-maa")}


def test_an_unknown_municipality_does_not_stop_the_others(harvest: Harvest, invent: SimpleNamespace) -> None:
    assert guid("puhelin") in harvest(ptv_site(invent.small_world()), "999", "297").items("organization")
    with pytest.raises(SourceFailed, match="none of the municipalities"):
        harvest(ptv_site(invent.small_world()), "999")


def rows(*names: str) -> list[dict[str, Any]]:
    return [{"id": guid(name), "name": name} for name in names]


def test_null_and_missing_lists_are_empty(harvest: Harvest) -> None:
    site = Site()
    for kind in ("Service", "ServiceChannel"):
        site.route(f"/api/v11/{kind}", lambda r: page(None, 0))
    site.route("/api/v11/Organization", lambda r: page(rows("a")))
    site.route(
        "/api/v11/Organization/list", lambda r: Reply(b'{"errorMessage":"Organizations not found."}', status=404)
    )
    only = {"id": guid("a"), "organizationNames": None, "areas": None, "addresses": None, "phoneNumbers": None}
    site.route("/api/v11/Organization/[^/]+", lambda r: Reply(json.dumps(only).encode()))
    found = harvest(site)
    assert set(found.items("organization")) == {guid("a")}
    assert found.items("organization")[guid("a")].names == []


def test_an_empty_platform_is_a_failure_not_an_empty_catalogue(harvest: Harvest) -> None:
    with pytest.raises(SourceFailed, match="without a single organisation"):
        harvest(ptv_site([]))


def test_no_request_carries_authorization_and_robots_are_asked_when_obeyed(
    harvest: Harvest, invent: SimpleNamespace
) -> None:
    seen: list[dict[str, str]] = []
    site = ptv_site([invent.sighting("a", phone="040 000 0001")])
    site.route("/robots.txt", lambda r: (seen.append(dict(r.headers)), Reply(b"User-agent: *\nDisallow: /api/\n"))[1])
    with pytest.raises(SourceFailed, match=r"robots\.txt"):
        harvest(site, robots=True)
    assert seen and "authorization" not in {name.lower() for name in seen[0]}


def test_progress_is_told_in_words(harvest: Harvest, invent: SimpleNamespace) -> None:
    said = harvest(ptv_site(invent.small_world()), batch_size=10).said
    assert "services 10 of 14" in said
    assert "service channels: " in " ".join(said)


@pytest.mark.parametrize("value", [0, 101, "many", None])
def test_a_wrong_batch_size_is_told(harvest: Harvest, invent: SimpleNamespace, value: Any) -> None:
    with pytest.raises(SourceFailed, match="batch_size"):
        harvest(ptv_site(invent.small_world()), batch_size=value)
