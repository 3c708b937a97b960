"""The engine of one machine, and what is said when another cannot be had."""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner

from pipeline.cli import cli
from pipeline.dedupe import engine as engines
from pipeline.dedupe.engine import ONE_MACHINE, engine
from pipeline.dedupe.spark import NoSpark


def test_a_query_is_asked_of_all_its_tables() -> None:
    tables = {"f": pa.table({"x": [1, 2, 3]}), "g": pa.table({"x": [2, 3, 4], "y": ["b", "c", "d"]})}
    found = ONE_MACHINE.query(tables, "SELECT 2 * f.x AS z, y FROM f JOIN g ON f.x = g.x ORDER BY z")
    assert found.to_pylist() == [{"z": 4, "y": "b"}, {"z": 6, "y": "c"}]


@pytest.mark.parametrize("n", [0, 1, 7, 8, 9])
def test_levels_come_in_the_order_of_the_pairs_however_they_are_cut(n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "CHUNK", 4)
    a, b = np.arange(n, dtype=np.int32), np.arange(n, dtype=np.int32)[::-1].copy()
    levels = ONE_MACHINE.spread(lambda x, y: {"sum": (x * 10 + y).astype(np.int8)}, a, b)
    assert levels["sum"].tolist() == (a * 10 + b).astype(np.int8).tolist()


def test_duckdb_is_ready_without_anything() -> None:
    with engine("duckdb") as chosen:
        assert chosen.name == "duckdb"


def test_a_missing_spark_is_told_with_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    with pytest.raises(NoSpark, match=r"needs sqlglot: install koonti\[spark\]"), engine("spark"):
        pass


def test_the_command_says_so_and_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlglot", None)
    (tmp_path / "list.csv").write_text("nimi\nYksi ry\n")
    out = tmp_path / "out"
    done = CliRunner().invoke(cli, ["match", str(tmp_path / "list.csv"), "--out", str(out), "--engine", "spark"])
    assert done.exit_code == 2
    assert "koonti[spark]" in done.output
    assert not out.exists()
