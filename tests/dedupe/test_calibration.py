"""What a score means as a probability."""

import numpy as np
import pytest

from benchmarks.organisations import synthetic
from pipeline.dedupe.calibration import calibrated, expected_error, probability
from pipeline.dedupe.match import match


def test_without_points_a_bit_doubles_the_odds() -> None:
    assert probability(np.array([0.0, 1.0, -2.0]), ()).tolist() == pytest.approx([1 / 2, 2 / 3, 1 / 5])


def test_scores_that_promise_too_much_are_taken_back() -> None:
    rng = np.random.default_rng(1)
    score = rng.uniform(-8, 8, 20_000)
    same = rng.random(20_000) < probability(score / 3, ())
    points = calibrated(score[::2], same[::2])
    before, after = (expected_error(probability(score[1::2], p), same[1::2]) for p in ((), points))
    assert after < 0.02 < before


def test_a_higher_score_is_never_less_probable_and_never_certain() -> None:
    rng = np.random.default_rng(2)
    score = rng.normal(0, 5, 3000)
    points = calibrated(score, rng.random(3000) < 0.5)
    chance = probability(np.linspace(-40, 40, 500), points)
    assert (np.diff(chance) >= 0).all() and chance.min() > 0 and chance.max() < 1


def test_too_few_answers_leave_scores_as_they_are() -> None:
    assert calibrated(np.zeros(20), np.zeros(20, dtype=bool)) == ()


def test_probabilities_of_a_run_are_calibrated_without_its_truth() -> None:
    records, truth = synthetic(5000, seed=17)
    told = match(records).matches
    free = [r for r in told.to_pylist() if r["rule"] == "threshold"]
    same = np.array([truth[r["record_id_a"]] == truth[r["record_id_b"]] for r in free])
    assert expected_error(np.array([r["probability"] for r in free]), same) < 0.05
