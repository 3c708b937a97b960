"""The comparison table: every method in a process of its own, failures told in a row."""

from pathlib import Path

import pytest

from benchmarks.matching import errors, header, made, measure, profile, row


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
