"""Judgements of people as learning reads them."""

import pytest

from pipeline.dedupe.judged import read_judgements


def test_the_last_word_on_a_pair_counts_and_doubt_teaches_nothing(tmp_path):
    path = tmp_path / "judgements.csv"
    path.write_text(
        "id,record_id_a,record_id_b,decision,revokes\n1,b:1,a:1,different,\n2,a:1,b:1,same,\n3,a:2,b:2,unsure,\n"
        "4,a:3,b:3,related,\n5,a:4,b:4,same,\n6,,,,5\n",
        encoding="utf-8",
    )
    assert read_judgements(path).to_pylist() == [
        {"record_id_a": "a:1", "record_id_b": "b:1", "is_same": True},
        {"record_id_a": "a:3", "record_id_b": "b:3", "is_same": False},
    ]


def test_no_file_is_no_judgement(tmp_path):
    assert read_judgements(tmp_path / "none.csv") is None


def test_a_missing_column_is_named(tmp_path):
    path = tmp_path / "judgements.csv"
    path.write_text("record_id_a,decision\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no column record_id_b"):
        read_judgements(path)
