"""Matching on Spark gives what matching on one machine gives (`make test-spark`; needs Java 17)."""

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

pytest.importorskip("pyspark", reason="koonti[spark] is not installed")
if shutil.which("java") is None:
    pytest.skip("Spark needs Java 17", allow_module_level=True)
pytestmark = pytest.mark.filterwarnings(
    "ignore::FutureWarning", "ignore::DeprecationWarning", "ignore::ResourceWarning"
)

from benchmarks.organisations import generate  # noqa: E402
from pipeline.dedupe.blocking_keys import CAP  # noqa: E402
from pipeline.dedupe.match import MatchResult, match  # noqa: E402
from pipeline.dedupe.spark import NoSpark, OnSpark, session  # noqa: E402

TABLES = ("clusters", "matches", "reasons", "relations", "blocking_report")


@pytest.fixture(scope="module")
def spark() -> Iterator[OnSpark]:
    with session("local[2]", {"spark.sql.shuffle.partitions": "2", "spark.driver.memory": "1g"}) as running:
        yield OnSpark(running)


def assert_equal(one: MatchResult, other: MatchResult) -> None:
    for name in TABLES:
        mine, theirs = getattr(one, name), getattr(other, name)
        assert mine.to_pylist() == theirs.to_pylist(), name


def test_the_benchmark_comes_out_equal(spark: OnSpark) -> None:
    records, _ = generate(1_500, 7)
    one = match(records)
    assert len(set(one.clusters.column("cluster_id").to_pylist())) < 0.7 * len(records)
    assert_equal(one, match(records, engine=spark))


def test_capped_keys_and_judged_pairs_come_out_equal(spark: OnSpark) -> None:
    """Keys of more records than the cap, walked in windows, are where engines could differ."""
    rng = random.Random(3)
    n = 9 * CAP
    records = pa.table(
        {
            "record_id": [f"r{i:04d}" for i in range(n)],
            "name": [f"{rng.choice(['Esimerkki', 'Näyte'])}yhdistys {i % 7} ry" for i in range(n)],
            "phones": pa.array([["+358440000001"]] * n),
            "postal_code": [rng.choice(["70100", None, "00100"]) for _ in range(n)],
        }
    )
    judged = pa.table({"record_id_a": ["r0000"], "record_id_b": ["r0179"]})
    one = match(records, must_link=judged)
    assert any(row["capped_keys"] for row in one.blocking_report.to_pylist())
    assert_equal(one, match(records, must_link=judged, engine=spark))


def test_odd_names_come_out_equal(spark: OnSpark) -> None:
    """What is NULL to one engine, such as the second word of a single word, is an error to another."""
    names = [
        "KMPK",
        "Alueen kerho",
        "Kylänlahden maanpuolustuskerho",
        "ja och",
        "",
        None,
        "?",
        "12",
        "R",
        "Ä ö",
        "KMPK",
    ]
    records = pa.table(
        {
            "record_id": [f"r{i:02d}" for i in range(len(names))],
            "name": names,
            "municipality_code": ["297"] * len(names),
        }
    )
    one = match(records)
    assert {("r00", "r02"), ("r00", "r10")} <= {
        (m["record_id_a"], m["record_id_b"]) for m in one.matches.to_pylist()
    }  # letters and words meet
    assert_equal(one, match(records, engine=spark))


def test_a_list_of_one_comes_out_equal(spark: OnSpark) -> None:
    records = pa.table({"record_id": ["a"], "name": ["Yksi ry"]})
    assert_equal(match(records), match(records, engine=spark))


def test_a_second_master_in_one_process_is_refused(spark: OnSpark) -> None:
    with pytest.raises(NoSpark, match=r"session on 'local\[2\]' is open"), session("local[3]"):
        pass


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (["--master", "nonsense"], "No Spark session on 'nonsense'"),
        (["--spark-conf", "spark.pyspark.python=/no/python"], "Spark on 'local[*]' failed: "),
        (["--spark-conf", "spark.pyspark.python"], "'spark.pyspark.python' is no setting: write KEY=VALUE."),
    ],
)
def test_what_spark_cannot_do_is_told_in_a_line(settings: list[str], message: str, tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_text("nimi\nYksi ry\n")
    command = [sys.executable, "-m", "pipeline.cli", "match", "list.csv", "--out", "out", "--engine", "spark"]
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [*command, *settings],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(root)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
