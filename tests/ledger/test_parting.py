"""Taking an organisation apart: which groups remain, and that every pair across them is judged."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.ledger import parting


def test_the_weakest_tie_of_the_chain_is_cut():
    ties = [("a", "b", 9.0), ("b", "c", 2.0), ("c", "d", 8.0)]
    assert parting.along_weakest_tie("abcd", ties) == [["a", "b"], ["c", "d"]]


def test_a_weak_tie_beside_a_strong_way_round_is_not_the_one():
    ties = [("a", "b", 9.0), ("b", "c", 8.0), ("a", "c", 1.0), ("c", "d", 5.0)]
    assert parting.along_weakest_tie("abcd", ties) == [["a", "b", "c"], ["d"]]


def test_records_without_any_tie_go_first():
    assert parting.along_weakest_tie("abc", [("a", "b", 3.0)]) == [["a", "b"], ["c"]]


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("abcdef"), st.integers(-5, 9)), max_size=12))
def test_every_record_is_in_one_of_two_groups_whatever_the_order_of_ties(ties):
    groups = parting.along_weakest_tie("abcdef", ties)
    assert len(groups) == 2
    assert sorted(r for g in groups for r in g) == list("abcdef")
    assert parting.along_weakest_tie("fedcba", ties[::-1]) == groups


def test_every_pair_across_groups_is_named_once():
    assert parting.pairs_between([["a", "c"], ["b"]]) == [("a", "b"), ("b", "c")]
    assert len(parting.pairs_between(parting.each("abcd"))) == 6
    assert parting.without("abc", "b") == [["a", "c"], ["b"]]
