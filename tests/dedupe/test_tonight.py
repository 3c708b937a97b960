"""One night after another: what counts, what is taken over, and that the result is always that of a full run."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from benchmarks.organisations import synthetic
from pipeline.dedupe import load_weights, match, memory_store, tonight
from pipeline.dedupe.drift import Drift
from pipeline.dedupe.incremental import changed
from pipeline.dedupe.tonight import Order, match_tonight
from pipeline.dedupe.weights import weights_text
from pipeline.storage import Stop

TABLES = ("clusters", "matches", "reasons", "relations")
RECORDS, _ = synthetic(160, seed=21)
MORE, _ = synthetic(30, seed=22)
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def later(order: Order, days: int = 1) -> Order:
    return replace(order, now=order.now + timedelta(days=days))


@pytest.fixture
def order(tmp_path):
    return Order(tmp_path / "memory", NOW)


@pytest.fixture
def pinned(tmp_path):
    path = tmp_path / "pinned.yml"
    path.write_text(weights_text(replace(load_weights(), id="ours", prior=-6.0)), encoding="utf-8")
    return path


def test_a_night_after_a_small_change_equals_a_full_run(order):
    first = match_tonight(RECORDS, order)
    assert first.run == "full run, because nothing is remembered"
    records = changed(RECORDS, MORE.slice(0, 3), RECORDS.column("record_id").combine_chunks().slice(5, 2))
    second = match_tonight(records, later(order))
    full = match(records, weights=second.weights)
    for name in TABLES:
        assert getattr(second.result, name).equals(getattr(full, name)), name
    assert "as the night before" in second.run
    assert weights_text(second.weights) == weights_text(first.weights)


def test_the_pinned_weights_count(order, pinned):
    night = match_tonight(RECORDS, replace(order, pinned=pinned))
    assert (night.origin, night.weights.prior) == ("pinned", -6.0)
    assert night.result.matches.equals(match(RECORDS, weights=load_weights(pinned)).matches)


def test_another_pin_is_a_full_run(order, pinned):
    match_tonight(RECORDS, order)
    assert "pinned weights are others" in match_tonight(RECORDS, later(replace(order, pinned=pinned))).run


def test_a_full_run_is_due_every_some_days(order):
    match_tonight(RECORDS, order)
    assert "as the night before" in match_tonight(RECORDS, later(order, 6)).run
    assert match_tonight(RECORDS, later(order, 7)).run == "full run, because one is due every 7 days"
    assert "as the night before" in match_tonight(RECORDS, later(order, 8)).run


def test_other_code_forgets(order):
    match_tonight(RECORDS, order)
    path = order.folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"code": "another"}))
    assert "have changed" in match_tonight(RECORDS, later(order)).run


@pytest.mark.parametrize("name", ["arrays.npz", "names.column.arrow", "weights.yml"])
def test_a_damaged_memory_is_a_full_run(order, name):
    match_tonight(RECORDS, order)
    (order.folder / name).write_bytes(b"\0not this")
    assert "cannot be read" in match_tonight(RECORDS, later(order)).run


def test_weights_that_drift_are_learned_anew(order, monkeypatch):
    match_tonight(RECORDS, order)
    monkeypatch.setattr(tonight, "drift_of", lambda *_: Drift(4.0, "phone", "agree_rare", 1.0))
    night = match_tonight(RECORDS, later(order))
    assert "drifted by 4.0 bits" in night.run
    assert night.result.matches.equals(match(RECORDS, weights=night.weights).matches)
    assert "phone/agree_rare by 4.0 bits" in tonight.warning(night.facts())


def test_pinned_weights_that_drift_stay_and_are_told(order, pinned, monkeypatch):
    order = replace(order, pinned=pinned)
    match_tonight(RECORDS, order)
    monkeypatch.setattr(tonight, "drift_of", lambda *_: Drift(4.0, "phone", "agree_rare", 1.0))
    night = match_tonight(RECORDS, later(order))
    assert night.origin == "pinned"
    assert "4.0 bits" in tonight.warning(night.facts())


def test_steady_weights_are_no_news(order):
    assert tonight.warning(match_tonight(RECORDS, order).facts()) is None
    assert tonight.warning({}) is None


@pytest.mark.parametrize(
    ("text", "said"), [(None, "cannot be read"), ("features: []", "no weights file"), ("- a", "no weights file")]
)
def test_pinned_weights_that_cannot_be_used_stop_the_run(order, tmp_path, text, said):
    path = tmp_path / "bad.yml"
    if text:
        path.write_text(text, encoding="utf-8")
    with pytest.raises(Stop, match=said):
        match_tonight(RECORDS, replace(order, pinned=path))


def test_a_memory_read_again_is_the_one_written(order):
    match_tonight(
        RECORDS,
        order,
        must_link=pa.table({"record_id_a": RECORDS["record_id"][:1], "record_id_b": RECORDS["record_id"][1:2]}),
    )
    found = memory_store.read(order.folder)
    assert found.memory.ids.equals(RECORDS.sort_by("record_id").column("record_id").combine_chunks())
    assert len(found.memory.judged) == 1
    assert found.memory.support == found.weights.support
    assert set(found.memory.levels) == {"name", "full_name"}
