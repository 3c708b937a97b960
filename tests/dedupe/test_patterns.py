"""Patterns of what pairs say, and sums over them."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedupe.comparison import VOCABULARY, Comparison
from pipeline.dedupe.patterns import UNTAUGHT, VETO, cells_of, crossed, patterns_of, summed
from pipeline.dedupe.weights import load_weights

WORTH = st.lists(st.integers(1, 9), min_size=1, max_size=6)


def compared(*pairs: dict[str, str]) -> Comparison:
    """Pairs that say what is given, and of all else the first that decides nothing."""
    bits = load_weights().bits
    levels = {f: np.full(len(pairs), [b > VETO for b in bits[f]].index(True), dtype=np.int8) for f in VOCABULARY}
    for i, pair in enumerate(pairs):
        for feature, level in pair.items():
            levels[feature][i] = VOCABULARY[feature].index(level)
    a = np.arange(len(pairs), dtype=np.int32)
    return Comparison(a, a + 1, levels, {})


@given(WORTH, st.integers(0, 2**16))
def test_levels_that_stand_together_are_summed_as_by_multiplying_matrices(worth: list[int], seed: int) -> None:
    lengths = (1, 3, 2)  # of the levels of each feature, counted from 1; 0 is none of them
    first = np.cumsum((1, *lengths))[:-1]
    drawn = np.random.default_rng(seed).integers(0, lengths, (len(worth), len(lengths)), endpoint=True)
    positions = np.where(drawn > 0, first + drawn - 1, 0)
    size = 1 + sum(lengths)
    is_there = np.zeros((len(worth), size))
    is_there[np.arange(len(worth))[:, None], positions] = 1.0
    is_there[:, 0] = 1.0
    weights = np.array(worth, dtype=float)
    assert (summed(positions, weights, size) == is_there.T @ weights).all()
    assert (crossed(positions, cells_of(positions, size), weights, size) == (is_there.T * weights) @ is_there).all()


def test_pairs_that_say_the_same_are_one_pattern_and_a_number_is_no_part_of_it() -> None:
    same = {"street": "agree_rare"}
    found = patterns_of(compared(same, {}, {**same, "business_id": "differ"}), np.arange(3), load_weights())
    assert found.of_pair[0] == found.of_pair[2] != found.of_pair[1]
    assert found.positions.shape == (2, len(VOCABULARY) - len(UNTAUGHT))
    assert not {f for f, _ in found.levels} & set(UNTAUGHT)


def test_a_pair_that_a_veto_decides_has_no_pattern() -> None:
    base = load_weights()
    level = VOCABULARY["level"].index("conflict")
    bits = [VETO if i == level else b for i, b in enumerate(base.bits["level"])]
    vetoed = replace(base, bits={**base.bits, "level": tuple(bits)})
    found = patterns_of(compared({"level": "conflict"}, {}), np.arange(2), vetoed)
    assert found.of_pair.tolist() == [-1, 0]


def test_some_pairs_have_the_patterns_that_they_have_among_all() -> None:
    pairs = compared({}, {"street": "agree_rare"}, {"street": "differ"})
    every, some = (patterns_of(pairs, np.array(rows), load_weights()) for rows in ([0, 1, 2], [2, 0]))
    assert (every.positions[every.of_pair[[2, 0]]] == some.positions[some.of_pair]).all()
