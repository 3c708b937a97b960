"""Folders of tables appear whole or not at all."""

import pyarrow as pa
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
