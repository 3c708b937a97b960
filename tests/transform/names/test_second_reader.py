"""The second interpreter that reads names beside this one."""

from pathlib import Path

import pyarrow as pa
import pytest

from pipeline.transform.names import second_reader
from pipeline.transform.names.second_reader import SecondReader
from pipeline.transform.names.table import parsed_columns

NAMES = ["Kuopion Tarmo ry", "Porin Reipas ry, hiihtojaosto", None]


def answered() -> pa.Table | None:
    with SecondReader() as second:
        second.ask(NAMES)
        return second.answer()


def test_it_reads_as_the_first_does() -> None:
    assert answered() == parsed_columns(NAMES)


def test_it_runs_this_code_whatever_stands_in_the_folder_where_it_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pipeline.py").write_text("raise SystemExit(1)\n")
    (tmp_path / "csv.py").write_text("raise SystemExit(1)\n")
    monkeypatch.chdir(tmp_path)
    assert answered() == parsed_columns(NAMES)


def test_one_that_cannot_start_answers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_reader.sys, "executable", "false")
    assert answered() is None


def test_leaving_ends_it_whether_or_not_it_was_asked() -> None:
    with SecondReader() as idle:
        pass
    with pytest.raises(KeyError), SecondReader() as busy:
        busy.ask(NAMES * 10_000)
        raise KeyError
    for one in (idle, busy):
        assert one._process.poll() is not None
