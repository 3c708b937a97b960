import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dedupe.in_turn import fit_in_turn
from pipeline.transform.names.abbreviations import letters_fit

WORD = st.one_of(
    st.sampled_from(["yhdistys", "kerho", "liitto", "k.p", "a-b"]), st.text("akpy", min_size=1, max_size=4)
)
TEXT = st.lists(WORD, min_size=1, max_size=4).map(" ".join)
SHORT = st.text("akpy.", min_size=1, max_size=5)


def fit(shorts: list[str], texts: list[str]) -> list[list[bool]]:
    """Per abbreviation and text whether the letters fit."""
    pairs = [(s, t) for s in range(len(shorts)) for t in range(len(texts))]
    short, text = (np.array(column, dtype=np.int64) for column in zip(*pairs, strict=True))
    found = fit_in_turn(shorts, short, pa.array(texts, pa.string()), text)
    return np.asarray(found).reshape(len(shorts), len(texts)).tolist()


@settings(max_examples=300, deadline=None)
@given(st.lists(SHORT, min_size=1, max_size=4), st.lists(TEXT, min_size=1, max_size=6))
def test_many_pairs_are_told_as_one_by_one(shorts: list[str], texts: list[str]) -> None:
    assert fit(shorts, texts) == [[letters_fit(s, t.split(" ")) for t in texts] for s in shorts]


@pytest.mark.parametrize(
    ("short", "text", "fits"),
    [
        ("kps", "kuopion pallo seura", True),
        ("kps", "kuopion palloseura", True),
        ("kp", "kuopion pallo yhdistys", True),  # what is left is generic
        ("kp", "kuopion pallo veikot", False),
        ("kpy", "kuopion pallo yhdistys", True),  # a generic word may have a letter all the same
        ("ps", "kuopion pallo seura", False),
        ("ksp", "kuopion pallo seura", False),
    ],
)
def test_letters_come_in_the_order_of_the_words(short: str, text: str, fits: bool) -> None:
    assert fit([short], [text]) == [[fits]]


def test_nobody_asked_nothing_told() -> None:
    none = np.zeros(0, dtype=np.int64)
    assert fit_in_turn([], none, pa.array([], pa.string()), none).tolist() == []
