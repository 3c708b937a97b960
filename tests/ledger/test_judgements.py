"""What judgements mean for a run: which pairs are joined, kept apart or left alone, and how each row ended."""

import tempfile
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dedupe.features import INPUT
from pipeline.dedupe.match import match
from pipeline.ledger import evidence, files, judgements, matched, published

WHEN = "2026-01-02T03:04:05Z"


def records(*rows):
    """(record id, name, further columns)."""
    made = [{"record_id": i, "source": i.split(":")[0], "name": n, **more} for i, n, more in rows]
    return pa.Table.from_pylist(made, schema=pa.schema(INPUT.items()))


LATU = records(
    ("a:1", "Kuopion Latu ry", {"municipality_code": "297"}),
    ("b:1", "Kuopion Latu ry", {"municipality_code": "297"}),
    ("c:1", "Marttaliitto ry", {}),
)


def judged(folder, rows, table=LATU):
    """rows: (a, b, decision, relation or evidence…) as dicts or tuples."""
    for i, row in enumerate(rows):
        cells = dict(zip(("record_id_a", "record_id_b", "decision", "relation"), row, strict=False))
        extra = row[4] if len(row) > 4 else {}
        full = {"id": f"j{i}", **cells, "author": "kk", "decided_at": WHEN, **extra}
        files.append(folder, "judgements", full, data_dir=folder)
    return judgements.judge(folder, table)


def pairs(table):
    return set(zip(table.column("record_id_a").to_pylist(), table.column("record_id_b").to_pylist(), strict=True))


def states(found):
    return {r["id"]: r["state"] for r in found.table.to_pylist()}


def test_same_joins_and_different_keeps_apart(tmp_path):
    found = judged(tmp_path, [("c:1", "a:1", "same"), ("a:1", "b:1", "different")])
    result = match(LATU, must_link=found.must_link, must_not_link=found.must_not_link)
    clusters = dict(zip(*(result.clusters.column(c).to_pylist() for c in ("record_id", "cluster_id")), strict=True))
    assert clusters == {"a:1": "a:1", "b:1": "b:1", "c:1": "a:1"}
    assert states(found) == {"j0": "applied", "j1": "applied"}


def test_contradictory_decisions_are_set_aside_and_the_others_hold(tmp_path):
    found = judged(tmp_path, [("a:1", "b:1", "same"), ("b:1", "a:1", "different"), ("a:1", "c:1", "different")])
    assert pairs(found.must_link) == set()
    assert pairs(found.must_not_link) == {("a:1", "c:1")}
    assert states(found) == {"j0": "conflicting", "j1": "conflicting", "j2": "applied"}
    (issue,) = found.issues.to_pylist()
    assert (issue["code"], issue["level"]) == ("judgement_conflict", "error")
    assert "line 2 (j0)" in issue["message"]
    assert "line 3 (j1)" in issue["message"]
    assert published.contradictory({"issue": found.issues}) == [issue["message"]]


def test_a_revoked_decision_is_told_and_not_applied(tmp_path):
    revoke = ("", "", "", "", {"revokes": "j0"})
    found = judged(tmp_path, [("a:1", "b:1", "different"), revoke])
    assert not len(found.must_not_link)
    assert states(found) == {"j0": "revoked"}


def test_a_decision_whose_records_changed_holds_and_asks_again(tmp_path):
    rows = {r["record_id"]: r for r in LATU.to_pylist()}
    then = evidence.fingerprint(rows["a:1"] | {"emails": ["x@example.fi"]}, rows["b:1"])
    found = judged(tmp_path, [("a:1", "b:1", "different", "", {"evidence": then})])
    assert pairs(found.must_not_link) == {("a:1", "b:1")}
    (row,) = found.table.to_pylist()
    assert (row["state"], row["changed"]) == ("stale", "contact")


def test_unsure_leaves_the_queue_until_the_records_change(tmp_path):
    table = records(("a:1", "Kuopion Latu ry", {}), ("b:1", "Kuopion Ladut", {}))
    rows = table.to_pylist()
    now = evidence.fingerprint(*rows)
    found = judged(
        tmp_path / "one", [("b:1", "a:1", "unsure", "", {"evidence": evidence.fingerprint(*rows[::-1])})], table
    )
    assert found.unsure == {("a:1", "b:1")}
    later = evidence.fingerprint(rows[0], rows[1] | {"business_id": "1234567-1"})
    assert later != now
    found = judged(tmp_path / "two", [("a:1", "b:1", "unsure", "", {"evidence": later})], table)
    assert found.unsure == set()


def test_an_unsure_pair_is_marked_in_the_matches(tmp_path):
    found = judged(tmp_path, [("b:1", "a:1", "unsure")])
    result = match(LATU)
    maybe = result.matches.set_column(
        result.matches.column_names.index("decision"), "decision", pa.array(["maybe"] * len(result.matches))
    )
    told = matched.told(replace(result, matches=maybe), found)
    assert told.matches.column("rule").to_pylist() == [matched.UNSURE]
    assert matched.told(result, found).matches.equals(result.matches)


def test_a_record_that_is_gone_still_ties_those_that_are_there(tmp_path):
    found = judged(tmp_path, [("a:1", "gone:1", "same"), ("gone:1", "c:1", "same"), ("gone:1", "b:1", "different")])
    assert pairs(found.must_link) == {("a:1", "c:1")}
    assert pairs(found.must_not_link) == {("a:1", "b:1"), ("b:1", "c:1")}
    assert set(states(found).values()) == {"dormant"}


def test_what_a_person_says_of_two_that_belong_together_wins_over_the_rules(tmp_path):
    table = records(
        ("a:1", "Suomen Latu ry", {}),
        ("b:1", "Kuopion Latu ry", {"municipality_code": "297"}),
    )
    by_name = match(table).relations.to_pylist()
    assert [(r["record_id_a"], r["record_id_b"]) for r in by_name] == [("a:1", "b:1")]
    found = judged(tmp_path, [("b:1", "a:1", "related", "affiliated")], table)
    result = match(table, must_link=found.must_link, must_not_link=found.must_not_link)
    assert matched.told(result, found).relations.to_pylist() == [
        {"record_id_a": "a:1", "record_id_b": "b:1", "relation_type": "affiliated", "rule": "judgement"}
    ]


def test_a_relation_without_its_kind_is_refused_by_line(tmp_path):
    with pytest.raises(files.LedgerBroken, match=r"judgements\.csv:2: .*related needs a relation"):
        judged(tmp_path, [("a:1", "b:1", "related")])


def test_ids_hear_of_the_records_that_decisions_newly_concern(tmp_path):
    before = judged(tmp_path / "one", [("a:1", "b:1", "same")]).table
    now = judged(tmp_path / "two", [("a:1", "b:1", "same"), ("b:1", "c:1", "different")]).table
    assert judgements.newly_judged(now, before) == judgements.newly_judged(before, now) == {"b:1", "c:1"}
    assert judgements.newly_judged(now, now) == set()


@settings(max_examples=12)
@given(
    st.permutations(
        [("a:1", "b:1", "different"), ("b:1", "c:1", "same"), ("c:1", "x:1", "same"), ("d:1", "a:1", "unsure")]
    )
)
def test_the_order_of_independent_decisions_is_no_matter(order):
    with tempfile.TemporaryDirectory() as one:
        found = judged(Path(one), order)
    assert pairs(found.must_link) == {("b:1", "c:1")}
    assert pairs(found.must_not_link) == {("a:1", "b:1")}
    assert sorted(states(found).values()) == ["applied", "applied", "dormant", "dormant"]
