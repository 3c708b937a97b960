"""The feed: following it gives this release; an entity without a difference is not in it; each change has its cause."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from pipeline import schema
from pipeline.changes import Decided, apply, differences
from pipeline.changes.coverage import covered

ONE = {"a:1": {"name": "Kuoro", "group": "k"}, "a:2": {"name": "Latu", "group": "l"}}


def said(day):
    """name or id -> (operation, cause, fields, tables)."""
    return {
        r["name"] or r["entity_id"]: (r["operation"], r["cause"], r["fields"], r["tables"])
        for r in day["change"].to_pylist()
    }


def causes(day):
    return {r["name"]: r["cause"] for r in day["change"].to_pylist()}


def assert_replays(day):
    followed = apply(day["before"] and day["before"]["tables"], day["change"], day["tables"])
    assert differences(followed, day["tables"]) == []
    again = apply(followed, day["change"], day["tables"])
    assert {n: t.to_pylist() for n, t in again.items()} == {n: t.to_pylist() for n, t in followed.items()}


RECORDS = [f"{source}:{n}" for source in "ab" for n in range(3)]
record = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["Kuoro", "Latu", "Martat"]),
        "group": st.sampled_from(["x", "y", "z"]),
        "phone": st.sampled_from([None, "+358400000001", "+358400000002"]),
        "region": st.sampled_from([True, True, True, False]),
    }
)
days = st.lists(st.dictionaries(st.sampled_from(RECORDS), record, min_size=1), min_size=2, max_size=4)


@given(happened=days)
@limits(max_examples=10)
def test_the_previous_release_and_the_feed_are_this_release(new_world, happened):
    world = new_world()
    for records in happened:
        day = world.publish(records)
        assert_replays(day)
        now = {r["entity_id"]: r["state"] for r in day["tables"]["entity_registry"].to_pylist()}
        for row in day["change"].to_pylist():
            ends = {"merged", "split", "retired", "redirected"}
            assert (row["row_hash_after"] is None) == (now[row["entity_id"]] != "live"), row
            assert (row["operation"] in ends) == (now[row["entity_id"]] in ends), row
            assert row["row_hash_before"] != row["row_hash_after"] or row["operation"] in ends, row
    assert world.publish(happened[-1])["change"].num_rows == 0


@given(happened=days)
@limits(max_examples=5)
def test_who_missed_nights_follows_all_their_feeds_at_once_with_the_newest_release(new_world, happened):
    world = new_world()
    shown = [world.publish(records) for records in happened]
    missed = pa.concat_tables([day["change"] for day in shown[1:]])
    assert differences(apply(shown[0]["tables"], missed, shown[-1]["tables"]), shown[-1]["tables"]) == []


def test_an_unchanged_day_and_columns_of_the_run_give_an_empty_feed(world):
    world.publish(ONE)
    later = {k: v | {"raw": "touched", "content": "touched"} for k, v in ONE.items()}
    assert world.publish(later)["change"].num_rows == 0


def test_everything_is_created_in_the_first_release(world):
    assert said(world.publish(ONE))["Kuoro"] == ("created", "source", None, "organization|bridge")


def test_an_update_names_its_fields_and_tables(world):
    world.publish(ONE)
    day = world.publish(ONE | {"a:1": {"name": "Kuoro ry", "group": "k", "phone": "+358400000001"}})
    assert said(day) == {"Kuoro ry": ("updated", "source", "name", "organization|phone|bridge")}


def test_a_merger_a_split_a_farewell_and_a_return_are_told_with_their_successors(world):
    first = world.publish(ONE)
    ids = {r["name"]: r["entity_id"] for r in first["change"].to_pylist()}
    merged = world.publish({k: v | {"group": "one"} for k, v in ONE.items()})
    told = {r["operation"]: r for r in merged["change"].to_pylist()}
    assert {told["merged"]["entity_id"], told["merged"]["successors"]} == set(ids.values())
    assert told["updated"]["entity_id"] == told["merged"]["successors"]
    assert {r["operation"] for r in world.publish(ONE)["change"].to_pylist()} == {"revived", "updated"}
    gone = world.publish({"a:1": ONE["a:1"]})
    assert [(r["entity_id"], r["operation"], r["cause"]) for r in gone["change"].to_pylist()] == [
        (ids["Latu"], "retired", "source")
    ]
    assert [r["operation"] for r in world.publish(ONE)["change"].to_pylist()] == ["revived"]


def test_who_moves_out_of_the_region_has_left_and_comes_back_revived(world):
    world.publish(ONE)
    out = world.publish(ONE | {"a:2": ONE["a:2"] | {"region": False, "content": "moved", "raw": "moved"}})
    assert [(r["operation"], r["row_hash_after"]) for r in out["change"].to_pylist()] == [("left", None)]
    assert [r["operation"] for r in world.publish(ONE)["change"].to_pylist()] == ["revived"]


def test_what_the_parser_reads_otherwise_from_the_same_item_is_our_doing(world):
    world.publish(ONE)
    day = world.publish(ONE | {"a:1": {"name": "KUORO", "group": "k", "raw": "KuoroNone"}})
    assert causes(day) == {"KUORO": "rule"}


def test_what_changes_in_an_item_and_is_not_read_explains_nothing(world):
    world.publish(ONE)
    day = world.publish(ONE | {"a:1": {"name": "KUORO", "group": "k", "raw": "other", "content": "KuoroNone"}})
    assert causes(day) == {"KUORO": "rule"}


def test_nothing_comes_from_a_source_whose_snapshot_is_the_same(world):
    same = {"a": "same", "b": "same"}
    world.publish(ONE, snapshots=same)
    more = ONE | {"a:3": {"name": "Martat", "group": "m"}}
    assert causes(world.publish(more, snapshots=same)) == {"Martat": "rule"}


@pytest.mark.parametrize(
    ("decided", "cause"),
    [
        (Decided(), "rule"),
        (Decided(rules=True), "rule"),
        (Decided(policy=True, rules=True), "policy"),
        (Decided(schema=True, policy=True, rules=True), "schema"),
    ],
)
def test_what_nobody_else_did_is_laid_to_what_differs_of_ours(world, decided, cause):
    world.publish(ONE)
    assert set(causes(world.publish(ONE, decided=decided, legal_form="ry")).values()) == {cause}


def test_the_platform_is_named_before_what_differs_of_ours(world):
    world.publish(ONE)
    day = world.publish(
        {"a:1": {"name": "Kuoro ry", "group": "k"}, "a:2": ONE["a:2"]}, decided=Decided(schema=True), legal_form="ry"
    )
    assert causes(day) == {"Kuoro ry": "source", "Latu": "schema"}


def test_a_record_that_moves_on_brings_the_cause_along(world):
    three = {
        "a:1": {"name": "Kuoro", "group": "k"},
        "a:2": {"name": "Latu", "group": "k"},
        "a:3": {"name": "Martat", "group": "m"},
    }
    world.publish(three)
    day = world.publish(
        three | {"a:1": {"name": "Karaoke", "group": "k"}, "a:2": {"name": "Latu", "group": "m"}}, snapshots={"b": "x"}
    )
    assert causes(day) == {"Karaoke": "source", "Latu": "source"}
    back = world.publish(three | {"a:1": {"name": "Karaoke", "group": "k"}})
    assert set(causes(back).values()) == {"rule"}


@pytest.mark.parametrize(("decided", "cause"), [(Decided(), "source"), (Decided(rules=True), "rule")])
def test_who_enters_the_region_did_so_by_the_source_when_nothing_of_ours_differs(world, decided, cause):
    world.publish(ONE | {"a:2": ONE["a:2"] | {"region": False}})
    assert causes(world.publish(ONE, decided=decided)) == {"Latu": cause}


def judged(state="applied"):
    return [{"id": "jdg_1", "record_id_a": "a:1", "record_id_b": "a:2", "decision": "same", "state": state}]


def test_a_merger_that_a_person_decided_is_a_judgement_until_it_is_revoked(world):
    world.publish(ONE)
    together = {k: v | {"group": "one"} for k, v in ONE.items()}
    assert set(causes(world.publish(together, judgement=judged())).values()) == {"judgement"}
    assert world.publish(together, judgement=judged())["change"].num_rows == 0
    assert set(causes(world.publish(ONE, judgement=judged("revoked"))).values()) == {"judgement"}


def test_a_judgement_explains_no_value(world):
    world.publish(ONE)
    day = world.publish(ONE | {"a:1": {"name": "Kuoro ry", "group": "k"}}, judgement=judged())
    assert causes(day)["Kuoro ry"] == "judgement"  # its record has another name, so its records differ
    day = world.publish(ONE | {"a:1": {"name": "Kuoro ry", "group": "k"}}, judgement=judged("revoked"), status="x")
    assert set(causes(day).values()) == {"rule"}


def correction(entity, state):
    return [{"id": "cor_1", "entity_id": entity, "field": "status", "state": state}]


@pytest.mark.parametrize(
    ("state", "cause"), [("expired", "correction"), ("revoked", "correction"), ("caught_up", "rule")]
)
def test_a_correction_is_told_when_it_begins_and_when_a_person_or_its_day_ends_it(world, state, cause):
    first = world.publish(ONE)
    entity = next(r["entity_id"] for r in first["change"].to_pylist() if r["name"] == "Kuoro")
    begun = world.publish(ONE, correction=correction(entity, "applied"), status="right")
    assert causes(begun) == {"Kuoro": "correction", "Latu": "rule"}
    assert causes(world.publish(ONE, correction=correction(entity, state)))["Kuoro"] == cause


def test_what_newly_is_suppressed_is_policy_whatever_the_source_sent(world):
    world.publish(ONE)
    day = world.publish(
        ONE | {"a:1": {"name": "Kuoro ry", "group": "k"}},
        decided=Decided(schema=True, policy=True, suppressed=frozenset({"a:1"})),
    )
    assert causes(day) == {"Kuoro ry": "policy"}


def test_a_source_that_is_no_longer_read_is_our_decision(world):
    both = ONE | {"b:1": {"name": "Martat", "group": "m"}}
    world.publish(both)
    day = world.publish(ONE, sources=["a"], decided=Decided(policy=True))
    assert [(r["operation"], r["cause"]) for r in day["change"].to_pylist()] == [("retired", "policy")]


def test_a_record_whose_days_of_grace_end_goes_by_its_source_though_the_snapshot_is_the_same(world):
    same = {"a": "same", "b": "same"}
    missing = ONE | {"a:2": ONE["a:2"] | {"lifecycle": "not_seen"}}
    world.publish(ONE, snapshots={"a": "before", "b": "same"})
    assert said(world.publish(missing, snapshots=same)) == {"Latu": ("updated", "source", None, "bridge")}
    day = world.publish({"a:1": ONE["a:1"]}, snapshots=same)
    assert [(r["operation"], r["cause"]) for r in day["change"].to_pylist()] == [("retired", "source")]


def test_a_table_or_column_that_the_release_before_did_not_have_is_read_as_empty(world):
    first = world.publish(ONE)
    del first["tables"]["relation"]
    first["tables"]["bridge"] = first["tables"]["bridge"].drop_columns(["raw_hash"])
    assert world.publish(ONE)["change"].num_rows == 0


def test_the_feed_names_no_table_that_is_not_published_and_every_table_about_an_entity():
    names = {c.name for c in covered()}
    published = {t.name for t in schema.tables(stage="both")}
    assert published - {"issue", "unread_field"} <= names | {"taxonomy", "taxonomy_term"}
    assert all(set(c.owners) <= set(c.columns) for c in covered())


def test_hashes_do_not_depend_on_the_order_of_rows(world, new_world):
    first = world.publish(ONE)
    other = new_world()
    turned = other.publish(dict(reversed(ONE.items())))
    assert first["change"].column("row_hash_after").equals(turned["change"].column("row_hash_after"))
    assert pa.types.is_string(first["change"].schema.field("row_hash_after").type)
