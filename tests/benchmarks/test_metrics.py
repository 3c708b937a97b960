"""The measures, on cases small enough to count by hand, and their laws."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.errors import causes, wrong_pairs
from benchmarks.metrics import cluster_quality, decision_quality, evidence, expected_calibration_error, quality
from benchmarks.peers import components

LABELS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=40)


def test_one_wrong_merge_and_one_split_counted_by_hand() -> None:
    # truth aa bbb c; found: aab | bb | c -> pairs found 3+1, right 1+1, true 1+3
    reached = cluster_quality(np.array([1, 1, 1, 2, 2, 3]), np.array([1, 1, 2, 2, 2, 3]))
    assert reached["precision"] == 2 / 4 and reached["recall"] == 2 / 4 and reached["f1"] == 0.5
    precision = (2 * 2 / 3 + 1 / 3 + 2 + 1) / 6
    recall = (2 + 1 / 3 + 2 * 2 / 3 + 1) / 6
    assert reached["b3_f1"] == pytest.approx(2 * precision * recall / (precision + recall))
    assert reached["exact"] == pytest.approx(1 / 3)


def test_nothing_joined_is_precise_and_finds_nothing() -> None:
    reached = cluster_quality(np.arange(4), np.array([1, 1, 2, 3]))
    assert (reached["precision"], reached["recall"], reached["f1"]) == (1.0, 0.0, 0.0)
    assert reached["exact"] == pytest.approx(2 / 3)


@given(LABELS)
def test_the_truth_itself_is_perfect(rows: list[tuple[int, int]]) -> None:
    truth = np.array([t for _, t in rows])
    assert set(cluster_quality(truth, truth).values()) == {1.0}


@given(LABELS, st.randoms())
def test_measures_know_neither_order_nor_labels_and_swap_with_their_sides(
    rows: list[tuple[int, int]], rng: object
) -> None:
    found, truth = (np.array(side) for side in zip(*rows, strict=True))
    reached = cluster_quality(found, truth)
    order = np.arange(len(rows))
    rng.shuffle(order)  # type: ignore[attr-defined]
    again = cluster_quality((found * 7 + 3)[order], truth[order])
    assert again == pytest.approx(reached)
    assert all(0 <= v <= 1 + 1e-12 for v in reached.values())
    swapped = cluster_quality(truth, found)
    assert swapped["precision"] == pytest.approx(reached["recall"])
    assert swapped["b3_f1"] == pytest.approx(reached["b3_f1"])


@given(LABELS)
def test_pairs_are_counted_as_by_hand(rows: list[tuple[int, int]]) -> None:
    n = len(rows)
    pairs = [(rows[x], rows[y]) for x in range(n) for y in range(x + 1, n)]
    found = sum(a[0] == b[0] for a, b in pairs)
    hit = sum(a == b for a, b in pairs)
    reached = cluster_quality(*(np.array(side) for side in zip(*rows, strict=True)))
    assert reached["precision"] == pytest.approx(hit / found if found else 1.0)


def test_calibration_error_is_the_distance_of_promise_and_outcome() -> None:
    promised = np.array([0.9, 0.9, 0.9, 0.9, 0.2])
    assert expected_calibration_error(promised, np.array([True, True, True, False, False])) == pytest.approx(
        (4 * abs(0.9 - 0.75) + 0.2) / 5
    )
    assert expected_calibration_error(np.array([1.0, 0.0]), np.array([True, False])) == 0.0
    assert expected_calibration_error(np.array([]), np.array([], dtype=bool)) == 0.0


TRUTH = pa.table({
    "record_id": ["a", "b", "c", "d"], "entity_id": ["1", "1", "1", "2"], "kind": ["local"] * 4,
    "vocabulary": [""] * 4, "written_as": ["formal"] * 4, "confusions": [["typo"], [], [], []],
    "solvable": [True, False, True, True],
})  # fmt: skip
CLUSTERS = pa.table({"record_id": ["a", "b", "c", "d"], "cluster_id": ["a", "a", "c", "c"]})


def test_a_maybe_that_is_right_counts_as_reachable_and_fills_the_queue() -> None:
    matches = pa.table({
        "record_id_a": ["a", "a", "c"], "record_id_b": ["b", "c", "d"], "decision": ["same", "maybe", "same"],
        "probability": [1.0, 0.5, 1.0],
    })  # fmt: skip
    reached = decision_quality(CLUSTERS, matches, TRUTH)
    assert reached["same_maybe_recall"] == 1.0  # a yes to "a and c?" joins b as well
    assert reached["queue"] == 2 / 4 and reached["queue_pairs"] == 1 / 4
    assert reached["ece"] == pytest.approx((1 + 0.5) / 3)


def test_wrong_pairs_are_listed_by_kind_with_what_happened_to_them() -> None:
    assert wrong_pairs(CLUSTERS, TRUTH) == {"merge": [("c", "d")], "split": [("a", "c"), ("b", "c")]}
    told = {(kind, tag): n for kind, tag, n, _ in causes(CLUSTERS, TRUTH)}
    assert told["split", "typo"] == 1 and told["merge", "kind:local"] == 1


def test_evidence_is_a_shared_particular_or_two_readable_names() -> None:
    records = pa.table({
        "record_id": ["a", "b", "c", "d"], "name": ["Martat ry", "MARTAT", "Kuoro ry", "Seura"],
        "business_id": [None, "9", None, None], "association_number": [None] * 4, "phones": [["1"], [], ["1"], []],
        "emails": [[], [], [], []], "hosts": [[], [], [], []], "street_address": [None] * 4,
    })  # fmt: skip
    bound = evidence(records, TRUTH)
    assert bound["true_pairs"] == 3
    assert bound["solvable"] == pytest.approx(1 / 3) and bound["any_evidence"] == pytest.approx(2 / 3)


def test_quality_takes_the_tables_of_matching() -> None:
    assert quality(CLUSTERS, {"a": 1, "b": 1, "c": 1, "d": 2})["precision"] == 0.5


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=15))
def test_components_are_the_closure_of_edges(edges: list[tuple[int, int]]) -> None:
    a, b = (np.array([e[k] for e in edges], dtype=np.int64) for k in (0, 1))
    root = components(10, a, b)
    assert all(root[x] == root[y] for x, y in edges)
    assert len(set(root.tolist())) >= 10 - len(edges)
    assert all(root[x] <= x for x in range(10))
