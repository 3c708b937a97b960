"""Full names as they are written."""

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedupe.written import as_written
from pipeline.transform.names.lexicon import lexicon
from pipeline.transform.names.stems import stem

WORDS = ("erä-veikot", "eräveikot", "erä", "veikot", "ja", "kuopion", "kuopio", "ry", "9", "nuoret", "nuori", "/")
NAMES = st.lists(st.lists(st.sampled_from(WORDS), max_size=4).map(" ".join), min_size=1, max_size=10)


@given(NAMES)
def test_names_are_equal_without_what_does_not_count(names: list[str]) -> None:
    written, row = as_written(pa.array(names, pa.string()))
    assert written.texts.to_pylist() == list(dict.fromkeys(names))
    told = {
        "joined": lambda n: "".join(c for c in n if c.isascii() and c.isalnum()),
        "glued": lambda n: n.replace(" ", "").replace("-", ""),
        "inflected": lambda n: sorted(stem(w) for w in n.split(" ")),
    }
    for column, of in told.items():
        code = getattr(written, column)[row].tolist()
        for i, one in enumerate(names):
            assert [j for j, c in enumerate(code) if c == code[i]] == [
                j for j, other in enumerate(names) if of(other) == of(one)
            ], column


@given(NAMES)
def test_what_is_said_has_no_stops(names: list[str]) -> None:
    written, _ = as_written(pa.array(names, pa.string()))
    rows = zip(
        written.texts.to_pylist(),
        written.in_order.to_pylist(),
        written.said.to_pylist(),
        written.first.to_pylist(),
        written.second.to_pylist(),
        strict=True,
    )
    for name, in_order, said, first, second in rows:
        words = [w for w in name.split(" ") if w and w not in lexicon().stops]
        assert in_order == " ".join(sorted(name.split(" ")))
        assert said == " ".join(words)
        assert (first, second) == ((words[0], words[1][0]) if len(words) > 1 else ("", ""))


def test_a_name_of_nothing_is_glued_to_nothing() -> None:
    written, _ = as_written(pa.array(["", "-", "a"], pa.string()))
    assert (written.glued < 0).tolist() == [True, True, False]
