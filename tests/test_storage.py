"""Folders of tables appear whole or not at all."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import storage

OLD, NEW = (pa.table({"id": [text]}) for text in ("old", "new"))


def test_a_folder_that_is_being_written_is_not_seen_before_it_is_finished(tmp_path):
    folder = tmp_path / "catalogue"
    storage.write_tables(folder, {"a": OLD}, {"told": 1})
    with storage.Writing(folder) as writing:
        writing.add({"a": NEW})
        assert storage.read_table(folder, "a").equals(OLD)
        writing.add({"b": NEW})
        writing.finish({"told": 2})
    assert (storage.read_table(folder, "a").equals(NEW), storage.read_table(folder, "b").equals(NEW)) == (True, True)
    assert storage.read_manifest(folder) == {"told": 2, "tables": {"a": 1, "b": 1}}
    assert [p.name for p in tmp_path.iterdir()] == ["catalogue"]


def test_of_what_is_not_finished_nothing_stays(tmp_path):
    folder = tmp_path / "catalogue"
    storage.write_tables(folder, {"a": OLD})
    with pytest.raises(storage.Stop), storage.Writing(folder) as writing:
        writing.add({"half": NEW})
        raise storage.Stop("the feed could not be made")
    assert [p.name for p in tmp_path.iterdir()] == ["catalogue"]
    assert sorted(p.name for p in folder.iterdir()) == ["a.parquet", "manifest.json"]


def test_what_a_killed_run_left_is_gone_with_the_next(tmp_path):
    folder = tmp_path / "catalogue"
    (tmp_path / "catalogue.partial").mkdir()
    storage.write_table(tmp_path / "catalogue.partial" / "half.parquet", OLD)
    storage.write_tables(folder, {"a": NEW})
    assert sorted(p.name for p in folder.iterdir()) == ["a.parquet", "manifest.json"]


def test_a_file_that_cannot_be_written_leaves_the_old_folder(tmp_path, monkeypatch):
    folder = tmp_path / "catalogue"
    storage.write_tables(folder, {"a": OLD})

    def refuses(path, data):
        raise OSError("the disk is full")

    monkeypatch.setattr(storage, "write_table", refuses)
    with pytest.raises(OSError, match="full"):
        storage.write_tables(folder, {"a": NEW})
    assert storage.read_table(folder, "a").equals(OLD)


def test_the_manifest_of_a_sealed_folder_tells_when_a_file_is_not_as_it_was_written(tmp_path):
    folder = tmp_path / "catalogue"
    storage.write_tables(folder, {"a": OLD}, sealed=True)
    kept = storage.read_manifest(folder)[storage.SEALS]
    assert kept == {"a": storage.seal(folder / "a.parquet")}
    storage.write_table(folder / "a.parquet", NEW)
    assert kept != {"a": storage.seal(folder / "a.parquet")}


def test_of_a_table_only_the_columns_asked_for_are_read(tmp_path):
    both = pa.table({"a": [1, 2], "b": ["x", "y"]})
    storage.write_tables(tmp_path / "folder", {"both": both})
    assert storage.read_table(tmp_path / "folder", "both", ("b",)).equals(both.select(["b"]))
    missing = storage.read_table(tmp_path / "folder", "bridge", ("content_hash", "record_id"))
    assert missing.column_names == ["content_hash", "record_id"]
    assert not len(missing)


def test_tables_that_are_known_are_not_read_again(tmp_path):
    folder = tmp_path / "folder"
    storage.write_tables(folder, {"a": OLD, "b": OLD})
    found = storage.read_others(folder, ("a", "b"), {"a": NEW})
    assert found["a"] is NEW
    assert found["b"].equals(OLD)


def test_a_file_that_is_handed_on_says_the_same_and_has_the_bounds_of_its_columns(tmp_path):
    storage.write_table(tmp_path / "between.parquet", OLD)
    storage.write_table(tmp_path / "handed.parquet", OLD, packed=True)
    between, handed = (pq.ParquetFile(tmp_path / f"{name}.parquet") for name in ("between", "handed"))
    assert between.read().equals(handed.read())
    assert handed.metadata.row_group(0).column(0).statistics.has_min_max
    assert between.metadata.row_group(0).column(0).statistics is None
