"""Folders of tables appear whole or not at all."""

from contextlib import closing

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def test_a_table_begun_twice_is_written_once_and_no_other_takes_its_place(tmp_path):
    one, other = pa.table({"a": [1]}), pa.table({"a": [2]})
    with storage.Writing(tmp_path / "made", sealed=True) as writing:
        writing.add({"one": one})
        writing.add({"one": one, "other": other})
        with pytest.raises(ValueError, match="one is being written already"):
            writing.add({"one": other})
        writing.finish()
    assert storage.read_table(tmp_path / "made", "one").equals(one)
    assert storage.read_manifest(tmp_path / "made")["tables"] == {"one": 1, "other": 1}


def test_sessions_see_nothing_of_each_other():
    with closing(storage.session()) as one, closing(storage.session()) as other:
        for con, value in ((one, 1), (other, 2)):
            storage.put(con, "given", pa.table({"a": [value]}))
            con.execute("CREATE TEMP TABLE made AS SELECT a FROM given")
        assert [con.execute("SELECT a FROM made").fetchall() for con in (one, other)] == [[(1,)], [(2,)]]


def test_a_database_that_can_be_used_no_more_is_opened_anew():
    storage._database().close()
    with closing(storage.session()) as con:
        assert con.execute("SELECT 1").fetchall() == [(1,)]


def test_a_table_of_a_connection_is_the_one_that_was_put_there_last():
    first, second = pa.table({"a": [1]}), pa.table({"a": [2]})
    with closing(storage.session()) as con:
        storage.put(con, "given", first)
        storage.put(con, "given", second)
        assert storage.held(con, "given") is second
        con.execute("CREATE TEMP TABLE made AS SELECT a + 1 AS a FROM given")
        assert storage.held(con, "made").column("a").to_pylist() == [3]


@pytest.mark.parametrize("run", [1, 10**9], ids=["run by run", "row by row"])
@given(st.data())
def test_rows_are_taken_in_the_order_that_is_asked_for(run, data):
    parts = data.draw(st.lists(st.lists(st.none() | st.text(max_size=3), max_size=4), min_size=1, max_size=3))
    texts = [text for part in parts for text in part]
    said = pa.table({"a": pa.chunked_array(parts, pa.string()), "n": range(len(texts)), "no": pa.nulls(len(texts))})
    order = data.draw(st.lists(st.integers(0, len(texts) - 1), max_size=8) if texts else st.just([]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(storage, "RUN", run)
        found = storage.taken(said, np.array(order, dtype=np.int64))
    assert found.schema == said.schema
    assert found.to_pylist() == [{"a": texts[i], "n": i, "no": None} for i in order]


def test_a_table_in_pieces_has_the_same_rows_and_no_copy_of_them(monkeypatch):
    monkeypatch.setattr(storage, "PIECE", 2)
    said = pa.table({"a": ["x", "y", None]})
    pieces = storage.in_pieces(said)
    assert pieces.equals(said)
    assert [len(batch) for batch in pieces.to_batches()] == [2, 1]
    first, whole = (data.column("a").chunk(0).buffers()[2] for data in (pieces, said))
    assert first.address == whole.address
    assert storage.in_pieces(said.slice(0, 0)).schema == said.schema
