"""Columns of word lists."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline.transform.names.word_lists import codes, exchanged, first_of, firsts, joined, ranked

SMALL = st.none() | st.sampled_from(["", "a", "b", "å"])


@given(st.lists(st.tuples(SMALL, SMALL), max_size=12))
def test_a_combination_of_values_has_one_number_counted_as_they_appear(
    rows: list[tuple[str | None, str | None]],
) -> None:
    one, other = (pa.array([r[i] for r in rows], pa.string()) for i in (0, 1))
    seen = list(dict.fromkeys(rows))
    found = codes(one, other)
    assert found.tolist() == [seen.index(r) for r in rows]
    assert firsts(found).tolist() == [rows.index(r) for r in seen]


@given(st.lists(st.none() | st.lists(st.sampled_from("abc"), max_size=3), max_size=8))
def test_the_first_word_of_a_list_is_null_where_there_is_none(lists: list[list[str] | None]) -> None:
    assert first_of(pa.array(lists, pa.list_(pa.string()))).to_pylist() == [of[0] if of else None for of in lists]


def test_words_are_joined_in_the_order_of_what_stands_for_them() -> None:
    lists = pa.array([["b", "a"], [], ["c"], ["a", "a"]])
    assert joined(lists).to_pylist() == ["a b", "", "c", "a a"]


def test_texts_that_are_equal_have_one_place_in_the_order() -> None:
    texts, place = ranked(pa.array(["b", "a", "b"]))
    assert (texts.to_pylist(), place.tolist()) == (["a", "b"], [1, 0, 1])


def test_a_value_may_come_to_several_rows() -> None:
    old, rows = pa.array(["a", "b", "c", "d"]), firsts(codes(pa.array([1, 2, 3])))
    assert exchanged(old, rows, pa.array(["x", "y"]), codes(pa.array(["p", "q", "p"]))).to_pylist() == [
        "x",
        "y",
        "x",
        "d",
    ]
