"""Which rows the feed looks at: all that differ, and few others."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import schema
from pipeline.changes.rows import Rows, apart, met
from pipeline.dedupe.last_night import Renewed

COLUMNS = ("id", "organization_id", "email")


def emails(*rows):
    listed = [{"id": key, "organization_id": owner, "email": said} for key, owner, said in rows]
    return schema.table_from_rows("email", listed)


def ids(data):
    return sorted(data.column("id").to_pylist())


@given(
    before=st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["1", "2"]), max_size=6),
    now=st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["1", "2"]), max_size=6),
)
def test_rows_that_are_on_both_sides_are_taken_out_and_no_others(before, now):
    old, new = (emails(*((key, f"org_{key}", said) for key, said in side.items())) for side in (before, now))
    gone, come = apart("email", old, new, COLUMNS)
    assert ids(gone) == sorted(k for k in before if before[k] != now.get(k))
    assert ids(come) == sorted(k for k in now if now[k] != before.get(k))


@pytest.mark.parametrize(("was", "becomes", "differs"), [(None, "1", True), ("1", None, True), (None, None, False)])
def test_null_differs_from_a_value_and_not_from_null(was, becomes, differs):
    phones = [{"id": key, "number": "+358400000001", "description": said} for key, said in (("a", was), ("b", "x"))]
    later = [phones[0] | {"description": becomes}, phones[1]]
    old, new = (schema.table_from_rows("phone", rows) for rows in (phones, later))
    gone, come = apart("phone", old, new, ("id", "description"))
    assert ids(gone) == ids(come) == (["a"] if differs else [])


def test_columns_that_do_not_count_make_no_difference():
    gone, come = apart("email", emails(("a", "org_a", "1")), emails(("a", "org_a", "2")), ("id", "organization_id"))
    assert not len(gone)
    assert not len(come)


@pytest.fixture
def night():
    """Rows of three organisations, of which one was worked out."""
    before = emails(("a", "org_a", "1"), ("b", "org_b", "1"), ("c", "org_c", "1"))
    now = emails(("b", "org_b", "1"), ("c", "org_c", "1"), ("d", "org_a", "2"))
    return Renewed(before, now, before.slice(0, 1), now.slice(2, 1))


def test_what_went_and_came_is_all_that_may_differ(night):
    rows = Rows({"email": night.before}, {"email": night.rows}, frozenset({"org_a"}), {"email": night})
    assert {side: ids(data) for side, data in rows.that_may_differ("email", COLUMNS).items()} == {
        "old": ["a"], "new": ["d"]
    }  # fmt: skip


def test_a_table_from_which_something_was_taken_since_is_looked_at_itself(night):
    left = night.rows.slice(0, 2)
    rows = Rows({"email": night.before}, {"email": left}, frozenset({"org_a"}), {"email": night})
    assert ids(rows.that_may_differ("email", COLUMNS)["new"]) == []
    ((found, _),) = rows.of("new", "email", frozenset({"org_a", "org_b"}))
    assert ids(found) == ["b"]


@pytest.mark.parametrize("touched", [None, frozenset(), frozenset({"org_a"})])
def test_every_row_of_an_entity_is_found_exactly_once(night, touched):
    rows = Rows({"email": night.before}, {"email": night.rows}, touched, {"email": night})
    found = [
        row["id"]
        for data, entities in rows.of("new", "email", frozenset({"org_a", "org_b"}))
        for row in data.to_pylist()
        if row["organization_id"] in entities
    ]
    assert sorted(found) == ["b", "d"]


def test_before_the_first_release_every_row_is_new():
    rows = Rows({}, {"email": emails(("a", "org_a", "1"))})
    sides = rows.that_may_differ("email", COLUMNS)
    assert (ids(sides["old"]), ids(sides["new"])) == ([], ["a"])
    assert isinstance(sides["old"], pa.Table)


def test_rows_with_a_key_of_their_own_are_never_on_both_sides_once_they_are_told_apart():
    old, new = emails(("a", "org_a", "1")), emails(("a", "org_a", "2"), ("b", "org_a", "1"))
    assert not met("email", old, new, COLUMNS)
    assert not met("email", old.slice(0, 0), new, COLUMNS)


def test_rows_may_be_on_both_sides_when_their_key_cannot_tell():
    twice = emails(("a", "org_a", "1"), ("a", "org_a", "2"))
    assert met("email", twice, twice.slice(0, 1), COLUMNS)
    assert met("email", twice.slice(0, 1), twice.slice(1), ("organization_id", "email"))
    row = {"entity_id": "org_a", "field": "name", "record_id": "s:1", "value": "A", "chosen": True, "rule": "only"}
    said = schema.table_from_rows("assertion", [row])
    assert met("assertion", said, said, said.column_names)
