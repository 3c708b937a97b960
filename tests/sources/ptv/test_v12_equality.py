"""The same world through v11 and v12 gives the same items, but for the differences that source.yml lists."""

import json
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.demo.ptv_server import ptv_site
from pipeline.demo.ptv_v12_server import KEY, make_world12, ptv_v12_site
from pipeline.demo.region import make_world
from pipeline.demo.sightings import PTV, observe
from pipeline.sources.contract import SourceDescription
from pipeline.sources.items import Item

Harvest = Callable[..., Any]
KINDS = ("organization", "service", "location")


def alike(item: Item) -> Item:
    """The item without what is known to differ; see `v12.differences` in source.yml."""
    places = [replace(a, municipality=None, municipality_code=None) for a in item.addresses]
    return replace(
        item,
        fetched_at=None,
        modified=None,  # another moment
        names=[*item.names[:1], *sorted(item.names[1:], key=repr)],  # order
        texts=sorted(item.texts, key=repr),  # order
        links=sorted(item.links, key=repr),  # order
        addresses=sorted(places, key=repr),  # order, and no municipality
        locations=sorted(item.locations),  # order
    )


def worlds() -> dict[str, Callable[[SimpleNamespace], Any]]:
    return {
        "small": lambda invent: invent.small_world(),
        "region": lambda invent: observe(make_world(120, 7)).sightings[PTV],
    }


@pytest.mark.parametrize("name", worlds())
def test_both_versions_give_the_same_items(
    harvest: Harvest, harvest12: Harvest, invent: SimpleNamespace, name: str
) -> None:
    world = worlds()[name](invent)
    old, new = harvest(ptv_site(world)), harvest12(ptv_v12_site(world))
    for kind in KINDS:
        before, after = old.items(kind), new.items(kind)
        assert set(before) == set(after) and before
        for native_id, item in before.items():
            assert alike(after[native_id]) == alike(item)
    assert [new.findings, new.unread] == [[], []]


def test_the_same_region_is_fetched_by_both(harvest: Harvest, harvest12: Harvest, invent: SimpleNamespace) -> None:
    far = invent.sighting(
        "kaukana", place=invent.IISALMI, parent="piiri", activities=(invent.activity("lahella", place=invent.KUOPIO),)
    )
    town = invent.sighting("kaupunki", type="municipality", phone="040 000 0005")
    world = [*invent.small_world(), far, town]
    for codes in (("297",), ("297", "140")):
        old, new = harvest(ptv_site(world), *codes), harvest12(ptv_v12_site(world), *codes)
        for kind in KINDS:
            assert {k: alike(v) for k, v in old.items(kind).items()} == {
                k: alike(v) for k, v in new.items(kind).items()
            }


def test_what_is_left_out_of_the_comparison_does_differ(
    harvest: Harvest, harvest12: Harvest, invent: SimpleNamespace, description: SourceDescription
) -> None:
    """So the list of differences holds nothing that could be compared."""
    world = invent.small_world()
    old, new = harvest(ptv_site(world)), harvest12(ptv_v12_site(world))
    pairs = [(item, new.items(kind)[key]) for kind in KINDS for key, item in old.items(kind).items()]
    assert any(a.modified != b.modified for a, b in pairs) and any(b.modified is None for _, b in pairs)
    assert any(a.texts != b.texts for a, b in pairs)
    assert {a.municipality_code for _, b in pairs for a in b.addresses} == {None}
    told = set(description.settings["v12"]["differences"])
    assert told == {"modified", "order", "municipality", "oid", "ontology", "charge", "areas"}


def test_an_archive_may_mix_versions_and_every_thing_comes_once(
    harvest: Harvest, harvest12: Harvest, invent: SimpleNamespace, read: Callable[..., Any]
) -> None:
    world = invent.small_world()
    old, new = harvest(ptv_site(world)), harvest12(ptv_v12_site(world))
    bodies = [c.body for c in (*old.captures, *new.captures) if c.status == 200]
    mixed = read(*bodies)
    for kind in KINDS:
        assert set(mixed.items(kind)) == set(new.items(kind))
    assert not mixed.findings
    assert sorted(mixed.parsed, key=repr) == sorted(read(*reversed(bodies)).parsed, key=repr)


def test_the_order_of_answers_does_not_matter(
    harvest12: Harvest, invent: SimpleNamespace, read: Callable[..., Any]
) -> None:
    found = harvest12(ptv_v12_site(invent.small_world(), shuffled=True), batch_size=7)
    bodies = [c.body for c in found.captures if c.status == 200]
    assert read(*bodies).parsed == read(*reversed(bodies)).parsed


def test_the_other_name_of_the_channel_id_is_understood(harvest12: Harvest, invent: SimpleNamespace) -> None:
    world = invent.small_world()
    plain = harvest12(ptv_v12_site(world))
    other = harvest12(ptv_v12_site(world, channel_key="serviceChannelContentId"))
    assert {k: v.locations for k, v in plain.items("service").items()} == {
        k: v.locations for k, v in other.items("service").items()
    }
    assert all(v.locations for v in other.items("service").values())


def test_nothing_of_the_key_is_kept(harvest12: Harvest, invent: SimpleNamespace) -> None:
    found = harvest12(ptv_v12_site(invent.small_world()))
    assert KEY not in json.dumps([[c.uri, c.body.decode()] for c in found.captures])
    assert make_world12(invent.small_world()).rows["connection"]
