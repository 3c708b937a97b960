"""Persistent ids: carried over by shared records, never reused, independent of order, always resolvable."""

from datetime import UTC, datetime
from itertools import permutations

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.identity import Memory, assign, minter

NOW = datetime(2026, 11, 23, tzinfo=UTC)
RECORDS = [f"s{i % 3}:{i}" for i in range(30)]
partitions = st.dictionaries(st.sampled_from(RECORDS), st.integers(0, 12), min_size=6)
whole = st.lists(st.integers(0, 9), min_size=30, max_size=30).map(lambda g: dict(zip(RECORDS, g, strict=True)))
small = st.lists(st.integers(0, 3), min_size=9, max_size=9).map(lambda g: dict(zip(RECORDS, g, strict=False)))
few = settings(max_examples=5, deadline=None)
"""Each example is a catalogue of many groups at once, so that a few of them try much."""


def clusters(groups, since=None):
    """record -> group as the table that matching gives, cluster ids being the smallest record."""
    smallest = {}
    for record, group in sorted(groups.items()):
        smallest.setdefault(group, record)
    table = {"record_id": list(groups), "cluster_id": [smallest[g] for g in groups.values()]}
    if since:
        table["identity_since"] = pa.array([since.get(r) for r in groups], pa.string())
    return {"organization": pa.table(table)}


def then(before, groups, version, *, since=None, **options):
    return assign(
        clusters(groups, since), before.memory if before else Memory.none(), version=version,
        mint=lambda prefix: minter(NOW, seed=1, prefix=prefix), **options,
    )  # fmt: skip


def first(groups, version="v1", **options):
    return then(None, groups, version, **options)


def heavy(weights):
    return pa.table({"record_id": list(weights), "weight": list(weights.values())})


def ids(made):
    return dict(zip(made.assignment.column("record_id").to_pylist(), made.assignment.column("entity_id").to_pylist(),
                    strict=True))  # fmt: skip


def states(made):
    return {r["entity_id"]: (r["state"], r["successors"]) for r in made.registry.to_pylist()}


def happened(made, version):
    return [(e["entity_id"], e["event"]) for e in made.events.to_pylist() if e["version"] == version]


def causes(made, version):
    return {(e["event"], e["cause"]) for e in made.events.to_pylist() if e["version"] == version}


@few
@given(partitions)
def test_records_share_an_id_exactly_when_they_share_a_cluster(groups):
    found = ids(first(groups))
    assert all((found[a] == found[b]) == (groups[a] == groups[b]) for a in groups for b in groups)


@few
@given(partitions, partitions)
def test_unchanged_input_changes_no_id(one, two):
    before = then(first(one), two, "v2")
    after = then(before, two, "v3")
    assert ids(after) == ids(before)
    assert happened(after, "v3") == []


@few
@given(partitions, partitions, st.randoms())
def test_the_order_of_records_does_not_matter(one, two, rng):
    before = first(one)
    shuffled = list(two.items())
    rng.shuffle(shuffled)
    a, b = then(before, dict(shuffled), "v2"), then(before, two, "v2")
    assert a.assignment.equals(b.assignment)
    assert a.registry.equals(b.registry)
    assert a.members.equals(b.members)
    assert a.events.equals(b.events)


@few
@given(st.lists(partitions, min_size=2, max_size=5))
def test_every_id_ever_published_resolves_in_one_hop(days):
    made, known = None, set()
    for n, groups in enumerate(days):
        made = then(made, groups, f"v{n}")
        now = states(made)
        assert known <= set(now)
        known = set(now)
        assert {e for e, (state, _) in now.items() if state == "live"} == set(ids(made).values())
        for state, successors in now.values():
            assert (state in ("merged", "split")) == bool(successors)
            for heir in (successors or "").split("|") if successors else []:
                assert now[heir][0] in ("live", "retired")


@few
@given(st.lists(partitions, min_size=2, max_size=4))
def test_an_id_is_minted_once_and_history_is_never_lost(days):
    made, told = None, []
    for n, groups in enumerate(days):
        made = then(made, groups, f"v{n}")
        rows = made.events.to_pylist()
        assert rows[: len(told)] == told
        told = rows
    minted = [r["entity_id"] for r in told if r["event"] == "minted"]
    assert len(set(minted)) == len(minted)
    assert set(minted) == set(states(made))


@few
@given(st.lists(partitions, min_size=2, max_size=4))
def test_the_events_of_an_id_lead_to_its_state(days):
    made = None
    for n, groups in enumerate(days):
        made = then(made, groups, f"v{n}")
    last = {}
    for row in made.events.to_pylist():
        if row["event"] != "parted":
            last[row["entity_id"]] = row
    for entity_id, (state, successors) in states(made).items():
        event = last[entity_id]["event"]
        if state == "live":
            assert event in ("minted", "revived")
        else:
            assert event in (state, "redirected")
            assert last[entity_id]["successors"] == successors


@few
@given(whole, st.integers(0, 10))
def test_one_added_record_is_one_event_at_most(groups, where):
    before = first(groups)
    after = then(before, {**groups, "s0:new": where}, "v2")
    assert len(happened(after, "v2")) <= 1
    assert {r: ids(after)[r] for r in groups} == ids(before)


@few
@given(whole, st.sets(st.integers(0, 9), min_size=2), st.lists(st.integers(1, 9), min_size=30, max_size=30))
def test_to_merge_and_then_unmerge_restores_every_id(groups, joined, weights):
    weigh = heavy(dict(zip(RECORDS, weights, strict=True)))
    before = first(groups, weights=weigh)
    merged = then(before, {r: min(joined) if g in joined else g for r, g in groups.items()}, "v2", weights=weigh)
    after = then(merged, groups, "v3", weights=weigh)
    assert ids(after) == ids(before)
    assert states(after) == states(before)


@few
@given(small, small)
def test_as_much_weight_as_possible_keeps_its_id(one, two):
    before = first(one)
    after = then(before, two, "v2")
    edges = {}
    for record in one:
        pair = one[record], two[record]
        edges[pair] = edges.get(pair, 0) + 1
    kept = sum(ids(before)[r] == ids(after)[r] for r in one)
    groups = sorted(set(two.values())) + [None] * 4
    old = sorted(set(one.values()))
    assert kept == max(
        sum(edges.get(p, 0) for p in zip(old, new, strict=True)) for new in permutations(groups, len(old))
    )


def test_of_two_equal_halves_of_a_wrong_merger_each_takes_its_own_id_up_again():
    groups = {"s:1": 1, "s:2": 1, "s:3": 0, "s:4": 0}
    one = first(groups)
    two = then(one, dict.fromkeys(groups, 0), "v2")
    three = then(two, groups, "v3")
    assert ids(three) == ids(one)
    assert {event for _, event in happened(three, "v3")} == {"parted", "revived"}


def test_a_merge_leaves_a_redirect():
    before = first({"s:1": 0, "s:2": 0, "s:3": 1})
    after = then(before, {"s:1": 0, "s:2": 0, "s:3": 0}, "v2")
    kept, gone = ids(before)["s:1"], ids(before)["s:3"]
    assert set(ids(after).values()) == {kept}
    assert states(after)[gone] == ("merged", kept)


def test_in_a_split_the_larger_part_keeps_the_id_and_the_other_is_told():
    before = first({"s:1": 0, "s:2": 0, "s:3": 0})
    after = then(before, {"s:1": 0, "s:2": 0, "s:3": 1}, "v2")
    kept, new = ids(before)["s:1"], ids(after)["s:3"]
    assert ids(after)["s:1"] == kept != new
    assert set(happened(after, "v2")) == {(kept, "parted"), (new, "minted")}


def test_a_record_with_a_register_id_takes_the_id_along_against_two_without():
    before = first({"s:1": 0, "s:2": 0, "s:3": 0})
    after = then(before, {"s:1": 1, "s:2": 0, "s:3": 0}, "v2", weights=heavy({"s:1": 3}))
    assert ids(after)["s:1"] == ids(before)["s:1"]


def test_an_id_whose_records_went_to_several_others_is_split():
    before = first({"s:1": 0, "s:2": 0, "s:3": 1, "s:4": 1, "s:5": 1, "s:6": 2, "s:7": 2, "s:8": 2})
    after = then(before, {"s:1": 1, "s:2": 2, "s:3": 1, "s:4": 1, "s:5": 1, "s:6": 2, "s:7": 2, "s:8": 2}, "v2")
    known = ids(before)
    assert states(after)[known["s:1"]] == ("split", "|".join(sorted([known["s:3"], known["s:6"]])))


def test_a_chain_of_merges_leads_to_its_end_at_once():
    one = first({"s:1": 0, "s:2": 1, "s:3": 1, "s:4": 2, "s:5": 2, "s:6": 2})
    two = then(one, {"s:1": 1, "s:2": 1, "s:3": 1, "s:4": 2, "s:5": 2, "s:6": 2, "s:7": 2}, "v2")
    three = then(two, dict.fromkeys(["s:1", "s:2", "s:3", "s:4", "s:5", "s:6", "s:7"], 2), "v3")
    assert states(three)[ids(one)["s:1"]] == ("merged", ids(one)["s:4"])
    assert (ids(one)["s:1"], "redirected") in happened(three, "v3")


def test_a_vanished_organisation_retires_and_comes_back_under_its_id():
    one = first({"s:1": 0, "s:2": 1})
    two = then(one, {"s:1": 0}, "v2")
    gone = ids(one)["s:2"]
    assert states(two)[gone] == ("retired", None)
    three = then(two, {"s:1": 0, "s:2": 1}, "v3")
    assert ids(three)["s:2"] == gone
    assert (gone, "revived") in happened(three, "v3")


def test_a_retired_id_is_found_by_the_record_that_left_it_first():
    one = first({"s:1": 0, "s:2": 0, "s:3": 1})
    two = then(one, {"s:2": 0, "s:3": 1}, "v2")
    three = then(two, {"s:3": 1}, "v3")
    assert ids(then(three, {"s:1": 0, "s:3": 1}, "v4"))["s:1"] == ids(one)["s:1"]


def test_a_retired_id_whose_record_comes_back_elsewhere_redirects_there():
    one = first({"s:1": 0, "s:2": 1})
    two = then(one, {"s:2": 1}, "v2")
    three = then(two, {"s:1": 1, "s:2": 1}, "v3")
    assert states(three)[ids(one)["s:1"]] == ("merged", ids(one)["s:2"])


def test_a_record_that_became_somebody_else_takes_no_id_along():
    one = first({"s:1": 0, "s:2": 1})
    two = then(one, {"s:1": 0, "s:2": 1}, "v2", since={"s:1": "20261124T000000Z"})
    assert ids(two)["s:1"] != ids(one)["s:1"]
    assert states(two)[ids(one)["s:1"]] == ("retired", None)
    three = then(two, {"s:1": 0, "s:2": 1}, "v3", since={"s:1": "20261124T000000Z"})
    assert ids(three) == ids(two)


def test_lost_record_folders_cost_no_id():
    """Then nobody knows any more since when a record has been somebody else."""
    one = first({"s:1": 0}, since={"s:1": "20261124T000000Z"})
    assert ids(then(one, {"s:1": 0}, "v2")) == ids(one)


def test_ids_outside_the_published_region_are_carried_over():
    one = first({"s:1": 0})
    outside = one.registry.set_column(1, "state", pa.array(["outside"]))
    after = assign(clusters({"s:1": 0}), Memory(outside, one.members, one.events), version="v2",
                   mint=lambda prefix: minter(NOW, prefix=prefix))  # fmt: skip
    assert ids(after) == ids(one)
    assert happened(after, "v2") == []


def test_kinds_have_prefixes_of_their_own_and_never_mix():
    mint = lambda prefix: minter(NOW, seed=1, prefix=prefix)  # noqa: E731
    table = pa.table({"record_id": ["s:1"], "cluster_id": ["s:1"]})
    one = assign({"organization": table}, Memory.none(), version="v1", mint=mint)
    two = assign({"organization": table.slice(0, 0), "service": table}, one.memory, version="v2", mint=mint)
    assert [e[:4] for e in ids(two).values()] == ["svc_"]
    assert states(two)[ids(one)["s:1"]][0] == "retired"


class TestSuppression:
    """An id that must not be published stays what it is, and its successors must not be published either."""

    def test_a_suppressed_id_keeps_its_records(self):
        one = first({"s:1": 0, "s:2": 1})
        gone = ids(one)["s:1"]
        two = then(one, {"s:1": 0, "s:2": 1}, "v2", suppressed=[gone])
        assert ids(two) == ids(one)
        assert states(two)[gone] == ("suppressed", None)
        assert happened(two, "v2") == [(gone, "suppressed")]
        assert happened(then(two, {"s:1": 0, "s:2": 1}, "v3", suppressed=[gone]), "v3") == []

    def test_it_comes_back_suppressed_after_its_records_were_gone(self):
        one = first({"s:1": 0, "s:2": 1})
        gone = ids(one)["s:1"]
        two = then(one, {"s:2": 1}, "v2", suppressed=[gone])
        three = then(two, {"s:1": 0, "s:2": 1}, "v3", suppressed=[gone])
        assert ids(three)["s:1"] == gone
        assert states(three)[gone][0] == "suppressed"

    def test_what_it_was_merged_into_is_suppressed_too(self):
        one = first({"s:1": 0, "s:2": 1, "s:3": 1})
        gone, kept = ids(one)["s:1"], ids(one)["s:2"]
        two = then(one, {"s:1": 1, "s:2": 1, "s:3": 1}, "v2", suppressed=[gone])
        assert states(two) == {gone: ("merged", kept), kept: ("suppressed", None)}

    def test_when_it_ends_the_id_lives_again(self):
        one = first({"s:1": 0})
        two = then(one, {"s:1": 0}, "v2", suppressed=list(ids(one).values()))
        three = then(two, {"s:1": 0}, "v3")
        assert ids(three) == ids(one)
        assert causes(three, "v3") == {("restored", "suppression")}


ONE = {"a:1": 0, "b:1": 0, "a:2": 1}


class TestCauses:
    """The cause tells a change in the world from a change of ours."""

    def test_everything_is_new_at_first(self):
        assert causes(first(ONE), "v1") == {("minted", "first_release")}

    def test_nothing_changed_but_the_rules(self):
        assert causes(then(first(ONE), dict.fromkeys(ONE, 0), "v2"), "v2") == {("merged", "rule")}

    def test_the_source_changed_a_record(self):
        changed = pa.table({"record_id": ["a:2"]})
        after = then(first(ONE), dict.fromkeys(ONE, 0), "v2", changed=changed)
        assert causes(after, "v2") == {("merged", "source")}

    def test_a_source_was_added(self):
        after = then(first(ONE), {**dict.fromkeys(ONE, 0), "new:1": 0, "new:2": 7}, "v2")
        assert causes(after, "v2") == {("merged", "source_added"), ("minted", "source_added")}

    def test_a_source_is_no_longer_read(self):
        after = then(first(ONE), {"b:1": 0}, "v2")
        assert causes(after, "v2") == {("retired", "source_removed")}

    def test_a_person_decided(self):
        after = then(first(ONE), dict.fromkeys(ONE, 0), "v2", judged=["a:2"])
        assert causes(after, "v2") == {("merged", "judgement")}
