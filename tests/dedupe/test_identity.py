"""Persistent ids: carried over by shared records, never reused, independent of order."""

import random
from datetime import UTC, datetime

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline import schema
from pipeline.dedupe.identity import assign, minter

NOW = datetime(2026, 11, 23, tzinfo=UTC)
partitions = st.dictionaries(st.sampled_from([f"s:{i}" for i in range(12)]), st.integers(0, 4), min_size=1)


def clusters(groups):
    """record -> group as the table that matching gives, cluster ids being the smallest record."""
    smallest = {}
    for record, group in sorted(groups.items()):
        smallest.setdefault(group, record)
    return pa.table({"record_id": list(groups), "cluster_id": [smallest[g] for g in groups.values()]})


def first(groups, version="v1", seed=1):
    return assign(
        clusters(groups), schema.empty("entity_registry"), schema.empty("entity_record"),
        version=version, mint=minter(NOW, seed=seed),
    )  # fmt: skip


def then(before, groups, version="v2", seed=1):
    return assign(clusters(groups), before.registry, before.members, version=version, mint=minter(NOW, seed=seed))


def ids(identity):
    return dict(zip(*identity.assignment.to_pydict().values(), strict=True))


def states(identity):
    return {r["entity_id"]: (r["state"], r["successors"]) for r in identity.registry.to_pylist()}


@given(partitions)
def test_records_share_an_id_exactly_when_they_share_a_cluster(groups):
    found = ids(first(groups))
    for a in groups:
        for b in groups:
            assert (found[a] == found[b]) == (groups[a] == groups[b])


@given(partitions)
def test_unchanged_input_changes_no_id(groups):
    before = first(groups)
    after = then(before, groups)
    assert ids(after) == ids(before)
    assert after.minted == 0


@given(partitions, st.randoms())
def test_the_order_of_records_does_not_matter(groups, rng):
    before = first(groups)
    shuffled = list(groups.items())
    rng.shuffle(shuffled)
    assert ids(then(before, dict(shuffled))) == ids(then(before, groups))


@given(partitions, partitions, partitions)
def test_every_id_ever_published_resolves_in_one_hop(one, two, three):
    a = first(one)
    b = then(a, two, "v2")
    c = then(b, three, "v3")
    known = states(c)
    assert set(states(a)) | set(states(b)) <= set(known)
    for state, successors in known.values():
        for heir in (successors or "").split("|") if successors else []:
            assert known[heir][0] in ("live", "retired")
            assert known[heir][1] is None
        assert (state in ("merged", "split")) == bool(successors)


@given(partitions, partitions)
def test_an_id_is_never_given_to_another_organisation_by_the_seed(one, two):
    """A seeded minter repeats its sequence, so ids already given must be passed over."""
    before = first(one)
    after = then(before, two)
    fresh = set(ids(after).values()) - set(ids(before).values())
    assert len(fresh) == after.minted


def test_a_merge_leaves_a_redirect():
    before = first({"s:1": 0, "s:2": 0, "s:3": 1})
    after = then(before, {"s:1": 0, "s:2": 0, "s:3": 0})
    kept, gone = ids(before)["s:1"], ids(before)["s:3"]
    assert set(ids(after).values()) == {kept}
    assert states(after)[gone] == ("merged", kept)


def test_in_a_split_the_larger_part_keeps_the_id():
    before = first({"s:1": 0, "s:2": 0, "s:3": 0})
    after = then(before, {"s:1": 0, "s:2": 0, "s:3": 1})
    assert ids(after)["s:1"] == ids(before)["s:1"] != ids(after)["s:3"]


def test_a_vanished_organisation_retires_and_comes_back_under_its_id():
    one = first({"s:1": 0, "s:2": 1})
    two = then(one, {"s:1": 0}, "v2")
    gone = ids(one)["s:2"]
    assert states(two)[gone] == ("retired", None)
    three = then(two, {"s:1": 0, "s:2": 1}, "v3")
    assert ids(three)["s:2"] == gone
    assert states(three)[gone][0] == "live"


def test_ids_are_sortable_by_time_and_random_otherwise():
    early, late = minter(NOW), minter(datetime(2027, 1, 1, tzinfo=UTC))
    assert early() < late()
    assert early() != early()
    assert len(early()) == len("org_") + 26


def test_a_large_registry_is_carried_over_quickly_enough_to_run_nightly():
    rng = random.Random(1)
    groups = {f"s:{i}": rng.randint(0, 1500) for i in range(3000)}
    before = first(groups)
    assert then(before, groups).carried == len(set(groups.values()))
