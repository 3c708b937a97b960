"""The comparison table: every method in a process of its own, failures told in a row."""

from pathlib import Path

import pytest

from benchmarks.matching import errors, header, in_the_middle, made, measure, profile, ratios, row


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(400, 2, tmp_path_factory.mktemp("bench"))


@pytest.mark.parametrize("method", ["koonti", "business_id", "token_sort"])
def test_a_method_is_measured_in_a_process_of_its_own(method: str, data: Path) -> None:
    figures = measure(method, data)
    assert {"precision", "recall", "f1", "b3_f1", "exact", "wall_s", "peak_mb"} <= set(figures)
    assert row(400, 2, method, figures).count("|") == header().splitlines()[0].count("|")
    if method == "koonti":
        assert {"ece", "queue", "same_maybe_recall"} <= set(figures)
        assert "from the wall" in profile(figures)


def test_the_peak_is_of_the_method_and_not_of_the_benchmark_that_started_it(data: Path) -> None:
    small = measure("business_id", data)["peak_mb"]
    ballast = bytearray(b"x" * 400_000_000)
    beside = measure("business_id", data)["peak_mb"]
    assert len(ballast) and abs(beside - small) < 100


def test_a_method_that_fails_says_so_in_its_row(tmp_path: Path) -> None:
    figures = measure("business_id", tmp_path)
    assert "failed" in figures
    assert figures["failed"] in row(5, 1, "business_id", figures)


def test_the_worst_errors_are_shown_with_names_and_reasons(tmp_path: Path) -> None:
    text = errors(600, 2, 3, tmp_path)
    assert "FALSE MERGES" in text and "FALSE SPLITS" in text and "WRONG PAIRS" in text


def test_of_several_runs_the_middle_one_is_shown_with_the_highest_peak() -> None:
    walls = [3.0, 1.0, 2.0]
    shown = in_the_middle([{"wall_s": wall, "peak_mb": wall * 100} for wall in walls])
    assert shown == {"wall_s": 2.0, "peak_mb": 300.0, "walls": walls}
    assert in_the_middle([{"wall_s": 1.0}, {"failed": "no memory"}]) == {"failed": "no memory"}


def test_wall_times_are_compared_round_by_round() -> None:
    ours = {"seed": 1, "method": "koonti", "walls": [1.0, 3.0, 2.0]}
    theirs = {"seed": 1, "method": "splink", "walls": [4.0, 4.0, 4.0]}
    assert ratios([ours, theirs]) == "0.50 in the middle of 3 (0.25 to 0.75)"
    assert ratios([ours, theirs | {"seed": 2}]) == ""
