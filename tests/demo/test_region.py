"""The invented region is the same for the same seed, invented throughout, and seen as real platforms would see it."""

import pytest

from pipeline.demo import sightings
from pipeline.demo.region import make_world
from pipeline.transform.identifiers import business_id


@pytest.fixture(scope="module")
def world():
    return sightings.observe(make_world(300, 5))


def test_the_same_seed_makes_the_same_world(world):
    again = sightings.observe(make_world(300, 5))
    assert again.organisations == world.organisations
    assert again.sightings == world.sightings
    assert make_world(300, 6).organisations != world.organisations


def test_there_are_about_as_many_organisations_as_asked_for():
    for count in (20, 300, 600, 3000):
        assert abs(len(make_world(count, 1).organisations) - count) <= count * 0.05


def test_everybody_is_invented(world):
    for o in world.organisations:
        assert o.business_id is None or (o.business_id[0] == "9" and business_id(o.business_id).problem is None)
        assert o.email is None or o.email.endswith(".example.fi")
        assert o.website is None or o.website.endswith(".example.fi")
        assert o.phone is None or o.phone.startswith("040 000 ")


def test_no_platform_gives_one_id_twice(world):
    for source, seen in world.sightings.items():
        ids = [s.native_id for s in seen]
        assert len(set(ids)) == len(ids), source


def test_platforms_disagree_on_names_and_leave_ids_out(world):
    true_names = {o.truth_id: o.name_fi for o in world.organisations}
    cards = world.sightings["yhdistysinfo"]
    assert any(s.organisation.name_fi != true_names[s.organisation.truth_id] for s in cards)
    assert sum(s.organisation.business_id is None for s in cards) > len(cards) / 2


def test_some_chapters_carry_the_business_id_of_their_district(world):
    own = {o.truth_id: o.business_id for o in world.organisations}
    lent = [
        s.organisation for s in world.sightings["ptv"]
        if s.organisation.business_id and s.organisation.business_id != own[s.organisation.truth_id]
    ]  # fmt: skip
    assert lent
    assert all(o.business_id in own.values() for o in lent)


def test_the_house_of_associations_gives_twenty_bodies_one_address(world):
    places = [o.place for o in world.organisations if o.place]
    assert max(places.count(p) for p in set(places)) >= 15
