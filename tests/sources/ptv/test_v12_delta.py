"""PTV v12 by changes: the records are those of a full fetch, also when only a connection or a description changed."""

import copy
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.demo.ptv_v12_server import KEY, World12, make_world12, ptv_v12_site

Night = Callable[..., Any]
EARLIER, LATER = "2026-01-01T00:00:00.000Z", "2026-11-23T12:00:00.000Z"
DESCRIPTION = "00000000-0000-4000-8000-0000000000d1"


@pytest.fixture
def world(invent: SimpleNamespace) -> World12:
    made = make_world12(invent.small_world())
    for kind, rows in made.rows.items():
        made.rows[kind] = [{**row, "publishedAt": EARLIER} for row in rows]
    service = sorted(made.rows["service"], key=lambda row: row["contentId"])[-1]
    service["generalDescriptionContentId"] = DESCRIPTION
    made.rows["general-description"].append(
        {
            "contentId": DESCRIPTION,
            "publishedAt": EARLIER,
            "generalDescriptionTypes": ["Municipality"],
            "chargeType": None,
            "serviceClasses": ["P25"],
            "targetGroups": [],
            "lifeEvents": [],
            "ontologyTerms": [],
            "industrialClasses": [],
            "languageVersions": {},
        }
    )
    return made


def by_id(world: World12, kind: str, number: int = 0) -> dict[str, Any]:
    return sorted(world.rows[kind], key=lambda row: row["contentId"])[number]


def rename(world: World12, service: dict[str, Any], name: str) -> None:
    service["publishedAt"] = LATER
    service["languageVersions"]["fi"]["name"] = name


def change(world: World12) -> None:
    """A day: a service renamed, one archived, a link with new hours, a general description with another class."""
    rename(world, by_id(world, "service"), "Uusi nimi")
    gone = by_id(world, "service", 2)
    world.rows["service"].remove(gone)
    links = world.rows["connection"]
    world.rows["connection"] = [link for link in links if link["serviceContentId"] != gone["contentId"]]
    world.archived["service"] = [(LATER, gone["contentId"])]
    changed = [
        link for link in world.rows["connection"] if link["serviceContentId"] == by_id(world, "service", 3)["contentId"]
    ]
    changed[0]["publishedAt"] = LATER
    changed[0]["languageVersions"] = {"fi": {"contactPhoneNumbers": [phone()]}}
    world.rows["general-description"][0] |= {"publishedAt": LATER, "serviceClasses": ["P26"]}
    new = copy.deepcopy(by_id(world, "service-channel"))
    new |= {"contentId": "00000000-0000-4000-8000-00000000abcd", "publishedAt": LATER}
    world.rows["service-channel"].append(new)


def phone() -> dict[str, Any]:
    return {"type": "InternationalPhone", "dialCode": "358", "number": "440000123", "chargeType": "Charged"}


@pytest.mark.parametrize("codes", [(), ("297", "140")], ids=["country", "region"])
def test_after_a_delta_the_records_are_those_of_a_full_fetch(
    night: Night, world: World12, codes: tuple[str, ...]
) -> None:
    site = ptv_v12_site(world=world)
    options: dict[str, Any] = {"base_url": "{base}/api/v12", "version": "v12", "api_key": KEY, "codes": codes}
    with night(site, "ptv", "delta", **options) as one, night(site, "ptv", "whole", **options) as other:
        one.run(0)
        before = one.tables()
        change(world)
        taken, _ = one.run(1)
        assert not taken.full, one.said
        other.run(1)
        assert one.tables() == other.tables()
        assert "Uusi nimi" in {row["name"] for row in one.rows("record")}
        assert one.rows("phone") != before["phone"]
        assert one.rows("attribute") != before["attribute"]


def test_a_quiet_night_asks_for_no_object(night: Night, world: World12) -> None:
    site = ptv_v12_site(world=world)
    with night(site, "ptv", base_url="{base}/api/v12", version="v12", api_key=KEY) as one:
        one.run(0)
        made = one.tables()
        site.asked.clear()
        one.run(1)
        asked = [path for path in site.asked if path.split("?")[0].split("/")[-1] in ("search", "archived")]
        assert len(asked) == 9  # four kinds by date, general descriptions by date and whole, three archives
        assert one.tables() == made


def test_a_general_description_of_very_many_services_makes_the_fetch_a_full_one(
    night: Night, world: World12, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.sources import registry

    settings = dict(registry.descriptions()["ptv"].settings["v12"])
    monkeypatch.setitem(registry.descriptions()["ptv"].settings, "v12", {**settings, "changed_limit": 0})  # type: ignore[arg-type]
    with night(ptv_v12_site(world=world), "ptv", base_url="{base}/api/v12", version="v12", api_key=KEY) as one:
        one.run(0)
        world.rows["general-description"][0]["publishedAt"] = LATER
        taken, outcome = one.run(1)
        assert (taken.full, outcome.state) == (True, "fresh")
        assert any("general descriptions of 1 services have changed; fetching everything" in text for text in one.said)
