"""Many words at once have the stems that each has by itself."""

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.transform.names import stems
from pipeline.transform.names.many_stems import are_place_like, place_stems, stems_joined, stems_of_each

ENDINGS = sorted({*stems.VILLAGE_ENDS, *stems.GENITIVES, *stems.ENDS, "", "aa", "yy1"})
BEGINNINGS = st.text(alphabet="abhkllmnou", max_size=7) | st.text(alphabet="aäõ1.-ßж\n", max_size=4)
WORDS = st.lists(st.builds(str.__add__, BEGINNINGS, st.sampled_from(ENDINGS)) | st.text(max_size=8), max_size=6)


@given(WORDS)
@example(["mustinlahden", "lahteenmaen", "xsen", "maan", "aukean", "kokoukset", "aaaaan", "abcdaan", "väänän"])
def test_each_word_has_its_own_stem(words: list[str]) -> None:
    column = pa.array(words, pa.string())
    found = stems_of_each(column)
    found.validate(full=True)
    assert found.to_pylist() == [stems.stem(w) for w in words]
    assert place_stems(column).to_pylist() == [stems.place_stem(w) for w in words]
    assert are_place_like(column).tolist() == [stems.is_place_like(w) for w in words]


@pytest.mark.parametrize("ending", ENDINGS)
def test_each_ending_is_cut_as_in_a_word_alone(ending: str) -> None:
    words = [beginning + ending for beginning in ("", "k", "ko", "kota", "kotiau", "kotivaki")]
    assert stems_of_each(pa.array(words)).to_pylist() == [stems.stem(w) for w in words]
    assert place_stems(pa.array(words)).to_pylist() == [stems.place_stem(w) for w in words]


def test_a_slice_of_a_column_is_read_where_it_begins() -> None:
    column = pa.array(["unused", "mustinlahden", "kokoukset"]).slice(1)
    assert stems_of_each(column).to_pylist() == [stems.stem("mustinlahden"), stems.stem("kokoukset")]


@given(st.lists(WORDS, max_size=5))
def test_the_stems_of_lists_stand_in_the_order_of_the_alphabet(lists: list[list[str]]) -> None:
    found = stems_joined(pa.array(lists, pa.list_(pa.string())))
    assert found.to_pylist() == [stems.stems_of(words) for words in lists]
