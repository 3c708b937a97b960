"""The score means what it says, on cases small enough to count by hand."""

import pyarrow as pa
import pytest

from pipeline.demo.score import score


def bridge(**entity_of):
    return pa.table({"record_id": list(entity_of), "entity_id": list(entity_of.values())})


def test_everything_right():
    found = score(bridge(a="1", b="1", c="2"), {"a": "x", "b": "x", "c": "y"})
    assert (found.precision, found.recall, found.f1, found.b_cubed_f1, found.exact) == (1, 1, 1, 1, 1)


def test_everything_in_one_heap_has_full_recall_and_little_precision():
    found = score(bridge(a="1", b="1", c="1"), {"a": "x", "b": "x", "c": "y"})
    assert found.recall == 1
    assert found.precision == pytest.approx(1 / 3)
    assert found.exact == 0


def test_everything_apart_has_full_precision_and_no_recall():
    found = score(bridge(a="1", b="2", c="3"), {"a": "x", "b": "x", "c": "y"})
    assert (found.precision, found.recall, found.f1) == (1, 0, 0)
    assert found.exact == 0.5
    assert found.b_cubed_f1 == pytest.approx(2 * 1 * (2 / 3) / (1 + 2 / 3))


def test_records_without_truth_are_left_out():
    assert score(bridge(a="1", b="1", z="1"), {"a": "x", "b": "x"}).records == 2
