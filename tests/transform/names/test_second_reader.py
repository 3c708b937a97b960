"""The second interpreter that reads names beside this one."""

import threading
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline.transform.names import second_reader
from pipeline.transform.names.second_reader import SecondReader
from pipeline.transform.names.table import parsed_columns

NAMES = ["Kuopion Tarmo ry", "Porin Reipas ry, hiihtojaosto", None]


def answered() -> pa.Table | None:
    with SecondReader() as second:
        return second.read(NAMES)


def test_it_reads_as_the_first_does() -> None:
    assert answered() == parsed_columns(NAMES)


def test_it_runs_this_code_whatever_stands_in_the_folder_where_it_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pipeline.py").write_text("raise SystemExit(1)\n")
    (tmp_path / "csv.py").write_text("raise SystemExit(1)\n")
    monkeypatch.chdir(tmp_path)
    assert answered() == parsed_columns(NAMES)


def test_it_answers_one_list_after_the_other() -> None:
    with SecondReader() as second:
        found = [second.read(NAMES[:1]), second.read([]), second.read(NAMES)]
    assert found == [parsed_columns(NAMES[:1]), parsed_columns([]), parsed_columns(NAMES)]


def test_one_that_cannot_start_answers_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(second_reader.sys, "executable", "false")
    assert answered() is None


def test_one_that_was_ended_answers_nothing() -> None:
    with SecondReader() as second:
        second._process.kill()
        assert second.read(NAMES * 10_000) is None


def test_leaving_ends_it_while_it_reads() -> None:
    with pytest.raises(KeyError), SecondReader() as busy:
        asking = threading.Thread(target=busy.read, args=(NAMES * 100_000,))
        asking.start()
        raise KeyError
    asking.join(60)
    assert not asking.is_alive() and busy._process.poll() is not None
