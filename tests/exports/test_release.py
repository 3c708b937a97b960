"""Releases appear whole or not at all, verify, and stay readable by older DuckDB clients."""

import json
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from pipeline import schema
from pipeline.exports import database, release
from pipeline.storage import Stop

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def tables(name="Kuopion Latu ry"):
    made = {t.name: schema.empty(t.name) for t in schema.tables(stage="catalogue")}
    made["organization"] = schema.table_from_rows(
        "organization", [{"id": "org_2", "name": name}, {"id": "org_1", "name": "A"}]
    )
    return made


def publish(folder: Path, version="20261123T020000Z", **more):
    options = {"sources": [], "region": (), "keep": 30, "created_at": NOW, **more}
    return release.publish(folder, tables(), version=version, **options)


def test_a_release_is_what_its_manifest_says(tmp_path):
    made = publish(tmp_path)
    assert release.verify(made.path) == []
    assert release.latest(tmp_path).version == made.version
    assert made.manifest["rows"]["organization"] == 2


def test_rows_are_in_key_order_whatever_order_they_came_in(tmp_path):
    made = publish(tmp_path)
    assert pq.read_table(made.path / "parquet" / "organization.parquet").column("id").to_pylist() == ["org_1", "org_2"]


def test_equal_content_gives_equal_parquet_bytes(tmp_path):
    one, two = publish(tmp_path / "a"), publish(tmp_path / "b")
    for table in schema.tables(stage="catalogue"):
        name = f"parquet/{table.name}.parquet"
        assert (one.path / name).read_bytes() == (two.path / name).read_bytes()


@pytest.mark.parametrize("harm", ["change", "lose", "add"])
def test_verify_names_a_file_that_is_not_as_published(tmp_path, harm):
    made = publish(tmp_path)
    file = made.path / "parquet" / "organization.parquet"
    if harm == "change":
        file.write_bytes(file.read_bytes() + b"x")
    elif harm == "lose":
        file.unlink()
    else:
        (made.path / "stray.txt").write_text("x")
    assert len(release.verify(made.path)) == 1


def test_a_failure_while_writing_leaves_the_release_before(tmp_path, monkeypatch):
    before = publish(tmp_path)

    def refuse(path, incoming):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(database, "write", refuse)
    with pytest.raises(Stop, match=r"No space left on device.*stays published"):
        publish(tmp_path, "20261124T020000Z")
    assert release.latest(tmp_path).version == before.version
    assert release.verify(before.path) == []


def test_what_a_killed_run_left_is_removed_by_the_next(tmp_path):
    (tmp_path / "20261120T000000Z.partial" / "parquet").mkdir(parents=True)
    publish(tmp_path)
    assert [p.name for p in tmp_path.iterdir() if "partial" in p.name] == []


def test_only_so_many_releases_are_kept(tmp_path):
    for day in range(20, 25):
        publish(tmp_path, f"202611{day}T020000Z", keep=2)
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_dir()) == ["20261123T020000Z", "20261124T020000Z"]


def test_a_pointer_to_nothing_stops_before_ids_are_lost(tmp_path):
    publish(tmp_path)
    (tmp_path / "latest.json").write_text(json.dumps({"version": "20200101T000000Z"}))
    with pytest.raises(Stop, match="does not name a readable release"):
        release.latest(tmp_path)


def test_a_copy_is_published_to_another_folder(tmp_path):
    publish(tmp_path / "own", copies=(tmp_path / "share",))
    assert release.verify(release.latest(tmp_path / "share").path) == []


def test_the_database_is_in_the_old_storage_format_with_comments_and_views(tmp_path):
    made = publish(tmp_path)
    con = duckdb.connect(str(made.path / "catalogue.duckdb"), read_only=True)
    tags = con.execute("SELECT tags FROM duckdb_databases() WHERE database_name = 'catalogue'").fetchone()
    assert "v1.2" in str(tags)
    about = con.execute("SELECT comment FROM duckdb_tables() WHERE table_name = 'organization'").fetchone()
    assert "golden values" in about[0]
    for view in ("organization_flat", "service_by_theme", "theme_coverage", "source_overlap", "record_terms"):
        con.execute(f"SELECT * FROM {view}").fetchall()
    con.close()
