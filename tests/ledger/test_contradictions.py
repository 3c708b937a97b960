"""Contradictions are found exactly, each as its smallest set; what is left can be applied together."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.ledger.contradictions import Decision, contradictions

NODES = "abcdef"
ROWS = st.lists(
    st.tuples(st.sampled_from(list(combinations(NODES, 2))), st.sampled_from(["same", "different"])),
    max_size=9,
    unique_by=lambda r: r[0],
)


def decisions(rows):
    return [Decision(f"j{i}", i + 2, *pair, said) for i, (pair, said) in enumerate(rows)]


def agree(rows):
    """Brute force: whether some partition of the records fits all decisions."""
    group = {n: n for n in NODES}
    for one in rows:
        if one.decision == "same":
            old, new = group[one.a], group[one.b]
            group = {n: new if g == old else g for n, g in group.items()}
    return all(group[d.a] != group[d.b] for d in rows if d.decision == "different")


def smallest_with(rows, one):
    """Brute force: the size of the smallest set of decisions that contradict each other and hold `one`."""
    others = [d for d in rows if d.decision == "same"]
    for size in range(len(others) + 1):
        for chosen in combinations(others, size):
            if not agree([*chosen, one]):
                return size + 1
    return None


@given(ROWS)
def test_every_contradiction_is_found_and_none_is_larger_than_needed(rows):
    every = decisions(rows)
    found = contradictions(every)
    by_apart = {d.id: c for c in found for d in c.decisions if d.decision == "different"}
    for one in (d for d in every if d.decision == "different"):
        size = smallest_with(every, one)
        assert (len(by_apart[one.id].decisions) if one.id in by_apart else None) == size
    for c in found:
        assert not agree(c.decisions)
        assert all(agree([d for d in c.decisions if d is not left]) for left in c.decisions)
    aside = {d for c in found for d in c.decisions}
    assert agree([d for d in every if d not in aside])


@given(ROWS, st.randoms())
def test_the_order_of_rows_is_no_matter(rows, random):
    every = decisions(rows)
    shuffled = list(every)
    random.shuffle(shuffled)
    assert contradictions(shuffled) == contradictions(every)


def at_odds(*said):
    rows = [Decision(f"j{i}", i + 2, *one) for i, one in enumerate(said)]
    return [[d.id for d in c.decisions] for c in contradictions(rows)]


def test_two_who_say_the_same_agree():
    assert at_odds(("a", "b", "same"), ("b", "a", "same")) == []


def test_same_and_unsure_on_one_pair_contradict_each_other():
    assert at_odds(("a", "b", "same"), ("b", "a", "unsure")) == [["j0", "j1"]]


def test_who_belong_together_are_two():
    assert at_odds(("a", "b", "different"), ("a", "b", "related", "parent")) == []
    assert at_odds(("a", "b", "same"), ("a", "b", "related", "parent")) == [["j0", "j1"]]
    assert at_odds(("a", "b", "same"), ("b", "c", "same"), ("a", "c", "related", "affiliated")) == [["j0", "j1", "j2"]]


def test_each_the_parent_of_the_other_is_a_contradiction():
    assert at_odds(("a", "b", "related", "parent"), ("b", "a", "related", "chapter")) == [["j0", "j1"]]
    assert at_odds(("a", "b", "related", "affiliated"), ("b", "a", "related", "affiliated")) == []


def test_all_rows_of_a_doubled_tie_are_set_aside_with_it():
    """Else the doubled row would join what the other was set aside for."""
    assert at_odds(("a", "b", "same"), ("a", "b", "same"), ("b", "c", "same"), ("a", "c", "different")) == [
        ["j0", "j1", "j2", "j3"]
    ]


def test_it_is_told_in_words_with_lines():
    rows = [Decision("j1", 4, "a:1", "b:1", "same"), Decision("j2", 9, "a:1", "b:1", "different")]
    assert str(contradictions(rows)[0]) == "line 4 (j1) says a:1 and b:1 are one; line 9 (j2) says a:1 and b:1 are two"
