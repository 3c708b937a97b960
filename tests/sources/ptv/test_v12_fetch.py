"""What a fetch of v12 asks for: whole and by region, parents, connections, names of codes, and always the key."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import NAMESPACE_DNS, uuid5

import pytest

from pipeline.demo.ptv_v12_server import World12, make_world12, ptv_v12_site
from pipeline.demo.server import Reply, Site
from pipeline.sources.errors import SourceFailed
from pipeline.transform.reference import municipalities

Harvest = Callable[..., Any]


def guid(name: str) -> str:
    return str(uuid5(NAMESPACE_DNS, f"{name}.example.fi"))


def asked(site: Site, part: str) -> list[dict[str, list[str]]]:
    return [parse_qs(urlsplit(path).query) for path in site.asked if part in path]


def test_every_request_carries_the_key_and_no_authorization(harvest12: Harvest, invent: SimpleNamespace) -> None:
    site, seen = ptv_v12_site(invent.small_world()), []
    inner = site.answer

    def answer(path: str, headers: Any) -> Any:
        seen.append({name.lower(): value for name, value in headers.items()})
        return inner(path, headers)

    site.answer = answer  # type: ignore[method-assign]
    harvest12(site)
    assert seen and all(h.get("x-api-key") and "authorization" not in h for h in seen)


def test_page_and_size_are_always_sent(harvest12: Harvest, invent: SimpleNamespace) -> None:
    site = ptv_v12_site(invent.small_world())
    harvest12(site)
    assert all(query["page"] and query["pageSize"] == ["100"] for query in asked(site, "/search"))
    assert {path.split("?")[0] for path in site.asked if "/search" in path} == {
        f"/api/v12/{kind}/search"
        for kind in ("organization", "service", "service-channel", "general-description", "connection")
    }


def test_parents_are_fetched_by_id_and_a_circle_ends(harvest12: Harvest, invent: SimpleNamespace) -> None:
    world = [
        invent.sighting("a", parent="b", phone="040 000 0001"),
        invent.sighting("b", parent="c"),
        invent.sighting("c", parent="a"),
    ]
    site = ptv_v12_site(world)
    assert set(harvest12(site).items("organization")) == {guid("a"), guid("b"), guid("c")}
    by_id = [path for path in site.asked if "/organization/" in path and "search" not in path]
    assert sorted(by_id) == sorted(f"/api/v12/organization/{guid(key)}" for key in "bc")


@pytest.mark.parametrize("known", [True, False])
def test_a_parent_that_is_not_public_is_left_out(harvest12: Harvest, invent: SimpleNamespace, known: bool) -> None:
    world = make_world12([invent.sighting("a", parent="gone", phone="040 000 0001")])
    if known:
        world.unpublished.add(guid("gone"))
    found = harvest12(ptv_v12_site(world=world))
    assert found.items("organization")[guid("a")].organization == guid("gone")
    assert not found.findings


def test_a_region_asks_for_limited_areas_of_three_kinds_with_any(harvest12: Harvest, invent: SimpleNamespace) -> None:
    site = ptv_v12_site(invent.small_world())
    harvest12(site, "297", "140")
    queries = asked(site, "organization/search")
    assert all(query["areaType"] == ["LimitedArea"] for query in queries)
    assert [query.get("municipalities") for query in queries] == [["297", "140"], None, None]
    assert [query.get("regions") for query in queries] == [None, ["11"], None]
    assert queries[0]["municipalitiesMatch"] == queries[1]["regionsMatch"] == ["any"]
    assert not [query for query in asked(site, "connection/search") if len(query) == 2]  # never all connections


def test_what_is_limited_to_the_region_or_county_of_a_municipality_belongs_to_it(
    harvest12: Harvest, invent: SimpleNamespace
) -> None:
    world = make_world12([invent.sighting(key, phone="040 000 0001") for key in ("maakunta", "alue", "muu")])
    for key, area in (
        ("maakunta", {"regions": ["11"]}),
        ("alue", {"wellbeingServicesCounties": [municipalities()["297"].county_code]}),
    ):
        row = next(r for r in world.rows["organization"] if r["contentId"] == guid(key))
        empty: dict[str, list[str]] = {"municipalities": [], "regions": [], "wellbeingServicesCounties": []}
        row["area"] = {"areaType": "LimitedArea", **empty, **area}
    for row in world.rows["organization"] + world.rows["service-channel"]:
        if guid("muu") in (row["contentId"], row.get("organizationContentId")):
            row["area"] = {"areaType": "LimitedArea", "municipalities": ["091"], "regions": []}
        elif "serviceChannelType" in row:
            row["area"] = None
    found = harvest12(ptv_v12_site(world=world), "297").items("organization")
    assert set(found) == {guid("maakunta"), guid("alue")}
    assert found[guid("maakunta")].areas[0].name == "Pohjois-Savo"
    assert found[guid("alue")].areas[0].name == "Pohjois-Savon hyvinvointialue"


def test_more_than_twenty_municipalities_are_asked_for_in_parts(harvest12: Harvest, invent: SimpleNamespace) -> None:
    site = ptv_v12_site(invent.small_world())
    codes = ["297", *(f"{n:03d}" for n in range(900, 925))]
    assert guid("puhelin") in harvest12(site, *codes).items("organization")
    sizes = [len(query["municipalities"]) for query in asked(site, "service/search") if "municipalities" in query]
    assert sizes == [20, 6]


def test_a_region_without_anything_fails(harvest12: Harvest, invent: SimpleNamespace) -> None:
    with pytest.raises(SourceFailed, match="none of the municipalities"):
        harvest12(ptv_v12_site(invent.small_world()), "999")


def test_what_holds_in_the_whole_country_comes_for_a_region_only_when_asked(
    harvest12: Harvest, invent: SimpleNamespace
) -> None:
    world = [
        invent.sighting("koko-maa", level="national", place=None, phone="040 000 0001"),
        invent.sighting("oma", phone="040 000 0002"),
    ]
    assert set(harvest12(ptv_v12_site(world), "297").items("organization")) == {guid("oma")}
    both = harvest12(ptv_v12_site(world), "297", include_whole_country=True)
    assert set(both.items("organization")) == {guid("oma"), guid("koko-maa")}


def test_responsible_bodies_and_producers_are_fetched_too(harvest12: Harvest, invent: SimpleNamespace) -> None:
    world = make_world12([*invent.small_world(), *(invent.sighting(key) for key in ("vastaa", "tuottaa", "ostettu"))])
    row = world.rows["service"][0]
    row["otherResponsibleOrganizations"] = [guid("vastaa")]
    row["producers"]["selfProducedProducers"] = {"organizations": [guid("tuottaa")]}
    row["producers"]["procuredProducers"] = {"organizations": [guid("ostettu")], "other": [{"name": {"fi": "Yritys"}}]}
    found = harvest12(ptv_v12_site(world=world)).items("organization")
    assert {guid("vastaa"), guid("tuottaa"), guid("ostettu")} <= set(found)
    assert guid("piilo") not in found


def test_names_are_asked_for_the_codes_that_were_met(harvest12: Harvest, invent: SimpleNamespace) -> None:
    world = make_world12(invent.small_world())
    world.rows["service"][0]["ontologyTerms"] = ["http://www.yso.fi/onto/koko/p38", "not an address"]
    world.rows["organization"][0]["location"]["streetAddresses"] = None
    site = ptv_v12_site(world=world)
    found = harvest12(site)
    assert asked(site, "ontology-terms")[0]["uris"] == ["http://www.yso.fi/onto/koko/p38"]
    assert {code for query in asked(site, "postal-codes") for code in query["codes"]} == {"70100", "74100"}
    terms = found.items("service")[world.rows["service"][0]["contentId"]].terms
    assert "vertaistuki" in [term.label for term in terms]


def test_a_service_takes_over_classes_and_charge_of_its_general_description(
    harvest12: Harvest, invent: SimpleNamespace
) -> None:
    world = make_world12(invent.small_world())
    one, other = world.rows["service"][:2]
    for row in (one, other):
        row["generalDescriptionContentId"] = guid("pohjakuvaus")
    one["chargeType"], other["chargeType"] = None, "Charged"
    one["serviceClasses"], one["targetGroups"] = ["P5.7"], []
    world.rows["general-description"].append(general_description())
    items = harvest12(ptv_v12_site(world=world)).items("service")
    assert (items[one["contentId"]].is_free, items[other["contentId"]].is_free) == (True, False)
    assert [(t.scheme, t.code) for t in items[one["contentId"]].terms] == [
        ("ptv_service_class", "P5.7"),
        ("ptv_service_class", "P4.2"),
        ("ptv_target_group", "KR1.2"),
    ]
    assert all(t.label for t in items[one["contentId"]].terms)


def general_description() -> dict[str, Any]:
    lists: dict[str, list[str]] = {"industrialClasses": [], "lifeEvents": [], "ontologyTerms": []}
    return {
        "contentId": guid("pohjakuvaus"),
        "organizationContentId": guid("valtio"),
        "generalDescriptionTypes": ["Municipality"],
        "serviceType": "Service",
        "chargeType": "Free",
        "serviceClasses": ["P5.7", "P4.2"],
        "targetGroups": ["KR1.2"],
        "publishedAt": None,
        "languageVersions": {"fi": {"name": "Pohjakuvaus", "backgroundDescription": "Tausta"}},
        **lists,
    }


def test_a_platform_open_to_all_is_read_as_well(harvest12: Harvest, invent: SimpleNamespace) -> None:
    assert harvest12(ptv_v12_site(invent.small_world(), key=None)).items("service")


def test_an_empty_platform_is_a_failure_not_an_empty_catalogue(harvest12: Harvest) -> None:
    with pytest.raises(SourceFailed, match="without a single organisation"):
        harvest12(ptv_v12_site(world=World12(lists=make_world12([]).lists)))


def test_odd_rows_in_a_page_stop_nothing(harvest12: Harvest, invent: SimpleNamespace) -> None:
    world = make_world12(invent.small_world())
    site = ptv_v12_site(world=world)
    world.rows["service"] += [{"contentId": 7, "serviceType": "Service", "producers": "x", "languageVersions": []}]
    found = harvest12(site)
    assert len(found.items("service")) == len(world.rows["service"]) - 1
    assert [finding.code for finding in found.findings] == ["record_unreadable"]


def test_robots_are_obeyed(harvest12: Harvest, invent: SimpleNamespace) -> None:
    site = ptv_v12_site(invent.small_world())
    site.route("/robots.txt", lambda r: Reply(b"User-agent: *\nDisallow: /api/\n", "text/plain"))
    with pytest.raises(SourceFailed, match=r"robots\.txt"):
        harvest12(site, robots=True)
