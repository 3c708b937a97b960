"""What names say in Finnish and in Swedish."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.dedupe import match
from pipeline.dedupe.concepts import concepts
from pipeline.dedupe.features import features


def core(name: str) -> str:
    return str(features(pa.table({"record_id": ["1"], "name": [name]})).column("core").to_pylist()[0])


@pytest.mark.parametrize(
    ("finnish", "swedish"),
    [
        ("Vaasan Kotiseutuyhdistys ry", "Vasa Hembygdsförening rf"),
        ("Paraisten Jalkapalloseura", "Pargas Fotbollsklubb"),
        ("Pietarsaaren Venekerho", "Jakobstads Båtklubb rf"),
        ("Turun ruotsalainen seurakunta", "Åbo svenska församling"),
        ("Helsingin kaupunki", "Helsingfors stad"),
    ],
)
def test_a_translation_says_the_same(finnish: str, swedish: str) -> None:
    told, is_swedish = concepts(pa.array([core(finnish), core(swedish)]))
    assert told[0].as_py() == told[1].as_py() is not None
    assert is_swedish.tolist() == [False, True]


@pytest.mark.parametrize("swedish", ["Vasa Fotbollsklubb", "Vasa Ungdomsförening", "Marthaförbundet rf"])
def test_other_words_say_something_else(swedish: str) -> None:
    told, _ = concepts(pa.array([core("Vaasan Kotiseutuyhdistys ry"), core("Marttaliitto ry"), core(swedish)]))
    assert told.to_pylist() == [None, None, None]


@given(st.lists(st.text(alphabet="abdehjmnorst ", max_size=12) | st.none(), max_size=8))
def test_what_is_told_is_told_by_both_languages(cores: list[str | None]) -> None:
    told, is_swedish = concepts(pa.array(cores, pa.string()))
    assert len(told) == len(is_swedish) == len(cores)
    by_text: dict[str, set[bool]] = {}
    for text, flag in zip(told.to_pylist(), is_swedish.tolist(), strict=True):
        if text is not None:
            by_text.setdefault(text, set()).add(flag)
    assert all(flags == {False, True} for flags in by_text.values())


def test_a_translation_alone_is_a_question_and_a_phone_answers_it() -> None:
    rows = {"name": ["Vaasan Kotiseutuyhdistys ry", "Vasa Hembygdsförening rf"], "record_id": ["1", "2"]}
    alone = match(pa.table(rows))
    assert alone.matches.column("decision").to_pylist() == ["maybe"]
    phones = pa.array([["+358440000001"]] * 2, pa.list_(pa.string()))
    told = match(pa.table({**rows, "phones": phones}))
    assert len(set(told.clusters.column("cluster_id").to_pylist())) == 1
