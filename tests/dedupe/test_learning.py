"""Weights learned from register numbers."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.organisations import synthetic
from pipeline.dedupe import learning
from pipeline.dedupe.comparison import VOCABULARY, Comparison
from pipeline.dedupe.drift import diff, drift
from pipeline.dedupe.learning import learn, lesson_of
from pipeline.dedupe.patterns import VETO
from pipeline.dedupe.weights import Weights, load_weights, weights_text


@pytest.fixture(scope="module")
def learned() -> Weights:
    return learn(synthetic(4000, seed=3)[0])


def test_few_records_keep_the_shipped_weights() -> None:
    assert learn(synthetic(150, seed=3)[0]) == load_weights()


def test_enough_records_teach_and_each_number_says_where_it_came_from(learned: Weights) -> None:
    assert learned.id == "learned" and min(learned.pairs) >= 100
    origin = learned.origins["place"]["same"]
    assert origin.n > 0 and origin.learned != origin.default
    assert origin.learned == learned.bits["place"][VOCABULARY["place"].index("same")]


def test_vetoes_numbers_and_silence_are_not_learned(learned: Weights) -> None:
    base = load_weights()
    for feature, levels in VOCABULARY.items():
        for i, level in enumerate(levels):
            if base.bits[feature][i] <= VETO or level == "missing" or feature.endswith(("_id", "_number")):
                assert learned.bits[feature][i] == base.bits[feature][i], (feature, level)
    assert (learned.rules, learned.same, learned.maybe) == (base.rules, base.same, base.maybe)


def test_a_level_that_was_never_seen_keeps_its_default(learned: Weights) -> None:
    unseen = [o for levels in learned.origins.values() for o in levels.values() if o.n == 0]
    assert unseen and all(abs(o.learned - o.default) < 0.01 for o in unseen)


def test_learned_weights_survive_their_file(learned: Weights, tmp_path: Path) -> None:
    path = tmp_path / "learned.yml"
    path.write_text(weights_text(learned), encoding="utf-8")
    assert load_weights(path) == learned


def test_learning_does_not_depend_on_the_order_of_records(learned: Weights) -> None:
    records, _ = synthetic(4000, seed=3)
    assert learn(records.take(list(reversed(range(len(records)))))) == learned


def test_one_pair_more_does_not_change_which_pairs_are_learned_from(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every second pair by its place would: all that stand behind the new one change sides."""
    monkeypatch.setattr(learning, "MOST", 600)
    rows = np.arange(1000, dtype=np.int32)
    taken = _learned_from(rows)
    again = _learned_from(np.append(np.int32(5000), rows)) - {5000}
    assert taken == again
    assert 400 < len(taken) < 600


def _learned_from(a: np.ndarray) -> set[int]:
    """Which of the pairs `a, a + 1`, all of one Y-tunnus, are learned from."""
    levels = {feature: np.zeros(len(a), dtype=np.int8) for feature in VOCABULARY}
    levels["business_id"][:] = VOCABULARY["business_id"].index("agree")
    levels["name"][:] = VOCABULARY["name"].index("exact_rare")
    return set(a[lesson_of(Comparison(a, a + 1, levels, {})).rows].tolist())


def test_judgements_count() -> None:
    records, _ = synthetic(4000, seed=3)
    ids = sorted(records.column("record_id").to_pylist())[:80]
    people = pa.table({"record_id_a": ids[::2], "record_id_b": ids[1::2], "is_same": [False] * 40})
    assert learn(records, people).pairs[1] > learn(records).pairs[1]


def test_diff_and_drift_tell_how_far_two_sets_are_apart(learned: Weights) -> None:
    base = load_weights()
    assert drift(base, base).bits == 0 and drift(base, base).is_small
    assert {r["feature"] for r in diff(base, learned).to_pylist()} <= {*VOCABULARY, "prior"}
    bits = {**base.bits, "phone": tuple(-b for b in base.bits["phone"])}
    far = drift(base, replace(base, bits=bits))
    assert not far.is_small and far.feature == "phone"
