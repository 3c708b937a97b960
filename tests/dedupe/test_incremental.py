"""A run from memory equals a full run."""

import random

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.organisations import synthetic
from pipeline.dedupe import load_weights, match
from pipeline.dedupe.incremental import changed
from pipeline.dedupe.match import rematch
from pipeline.dedupe.memory import Memory

TABLES = ("clusters", "matches", "reasons", "relations", "blocking_report")
RECORDS, _ = synthetic(260, seed=9)
MORE, _ = synthetic(60, seed=10)


def some_change(records: pa.Table, rng: random.Random) -> pa.Table:
    """Some records gone, some new, some with another one's name or number."""
    ids = records.column("record_id").to_pylist()
    picked = records.take(pa.array(rng.sample(range(len(records)), rng.randrange(0, 6)), pa.int64()))
    for column in ("name", "business_id", "phones"):
        if rng.random() < 0.6 and len(picked):
            values = records.column(column).take(pa.array(rng.sample(range(len(records)), len(picked)), pa.int64()))
            picked = picked.set_column(picked.schema.get_field_index(column), column, values)
    new = MORE.slice(rng.randrange(40), rng.randrange(0, 8))
    new = new.filter(pa.array([r not in ids for r in new.column("record_id").to_pylist()], pa.bool_()))
    gone = pa.array(rng.sample(ids, rng.randrange(0, 4)), pa.string())
    return changed(records, pa.concat_tables([picked, new.cast(picked.schema)]), gone)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_after_any_small_changes_a_run_from_memory_equals_a_full_run(seed: int) -> None:
    rng = random.Random(seed)
    memory, weights, records = Memory(), load_weights(), RECORDS
    rematch(memory, records, weights=weights)
    for _ in range(2):
        records = some_change(records, rng)
        one, other = rematch(memory, records, weights=weights), match(records, weights=weights)
        for name in TABLES:
            assert getattr(one, name).equals(getattr(other, name)), name


def test_most_is_taken_from_memory() -> None:
    memory, weights = Memory(), load_weights()
    rematch(memory, RECORDS, weights=weights)
    assert memory.reused["pairs"] == 0
    rematch(memory, changed(RECORDS, MORE.slice(0, 2)), weights=weights)
    assert memory.reused["names"] > 0.9 * len(set(RECORDS.column("name").to_pylist()))
    assert memory.reused["pairs"] > 0 and memory.reused["records"] > 0.8 * len(RECORDS)


@pytest.mark.parametrize("kind", ["must_link", "must_not_link"])
def test_a_new_judgement_is_followed_and_a_withdrawn_one_forgotten(kind: str) -> None:
    memory, weights = Memory(), load_weights()
    plain = rematch(memory, RECORDS, weights=weights).clusters
    ids = sorted(RECORDS.column("record_id").to_pylist())
    pair = pa.table({"record_id_a": ids[:3], "record_id_b": ids[3:6]})
    judged = {kind: pair}
    assert rematch(memory, RECORDS, weights=weights, **judged).clusters.equals(
        match(RECORDS, weights=weights, **judged).clusters
    )
    assert rematch(memory, RECORDS, weights=weights).clusters.equals(plain)


def test_an_empty_table_is_remembered_as_well() -> None:
    memory, weights = Memory(), load_weights()
    rematch(memory, RECORDS.slice(0, 0), weights=weights)
    assert rematch(memory, RECORDS, weights=weights).clusters.equals(match(RECORDS, weights=weights).clusters)
