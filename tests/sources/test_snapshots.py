"""Snapshots: kept byte for byte, whole or not at all, readable by anybody's WARC tools."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources import archive, retention, snapshots
from pipeline.sources.errors import SourceFailed
from pipeline.sources.snapshots import Capture, SnapshotWriter

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def write(root, captures, now=NOW):
    with SnapshotWriter(root, "ptv", now) as writer:
        for capture in captures:
            writer.add(capture)
    return writer.snapshot


def capture(body=b"{}", uri="https://example.fi/a"):
    return Capture(uri, body, "application/json; charset=utf-8", NOW)


@given(bodies=st.lists(st.binary(max_size=300), min_size=1, max_size=5))
def test_bodies_come_back_byte_for_byte(tmp_path_factory, bodies):
    root = tmp_path_factory.mktemp("snapshots")
    made = write(root, [capture(body, f"https://example.fi/{i}") for i, body in enumerate(bodies)])
    assert [c.body for c in made.captures()] == bodies
    assert made.bytes == sum(map(len, bodies))


def test_files_and_answers_keep_address_type_and_time(tmp_path):
    made = write(tmp_path, [capture(), Capture("file:inbox/a.csv", b"nimi\n", "text/csv", NOW)])
    back = list(made.captures())
    assert [(c.uri, c.media_type, c.fetched_at) for c in back] == [
        ("https://example.fi/a", "application/json", NOW),
        ("file:inbox/a.csv", "text/csv", NOW),
    ]


def test_a_failed_fetch_leaves_nothing(tmp_path):
    with pytest.raises(SourceFailed), SnapshotWriter(tmp_path, "ptv", NOW) as writer:
        writer.add(capture())
        raise SourceFailed("the platform went away")
    assert snapshots.latest(tmp_path, "ptv") is None
    assert list((tmp_path / "ptv").iterdir()) == []


def test_a_killed_fetch_is_never_taken_for_a_snapshot(tmp_path):
    (tmp_path / "ptv" / "20270101T000000Z.partial").mkdir(parents=True)
    good = write(tmp_path, [capture()])
    assert snapshots.latest(tmp_path, "ptv") == good


def test_the_newest_complete_snapshot_is_used_when_a_newer_one_is_damaged(tmp_path):
    good = write(tmp_path, [capture()])
    later = write(tmp_path, [capture()], datetime(2026, 11, 24, 2, 0, tzinfo=UTC))
    (later.path / "manifest.json").write_text("{")
    assert snapshots.latest(tmp_path, "ptv") == good


def test_equal_content_has_an_equal_digest(tmp_path):
    one = write(tmp_path / "a", [capture(b"1"), capture(b"2")])
    two = write(tmp_path / "b", [capture(b"1"), capture(b"2")])
    other = write(tmp_path / "c", [capture(b"2"), capture(b"1")])
    assert one.sha256 == two.sha256 != other.sha256


def test_a_file_that_is_no_warc_is_one_sentence(tmp_path):
    path = tmp_path / "x.warc.gz"
    path.write_bytes(b"this is not a WARC")
    with pytest.raises(SourceFailed, match=r"x\.warc\.gz is not a readable WARC"):
        list(snapshots.read_warc(path))


def test_an_archive_pattern_that_matches_nothing_is_named_as_written(tmp_path):
    with pytest.raises(SourceFailed, match=r"captures/\*\.json: there is no such file"):
        archive.matching(tmp_path, "captures/*.json")


def test_a_truncated_capture_file_is_noticed(tmp_path):
    made = write(tmp_path, [capture(b"x" * 5000, f"https://example.fi/{i}") for i in range(20)])
    path = made.path / "capture.warc.gz"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(SourceFailed):
        list(made.captures())


def test_old_snapshots_go_but_never_the_one_that_is_in_use(tmp_path):
    made = [write(tmp_path, [capture()], datetime(2026, 11, day, tzinfo=UTC)).version for day in range(1, 6)]
    (tmp_path / "ptv" / "20261101T120000Z.partial").mkdir()
    assert retention.prune(tmp_path, "ptv", 2, made[0]) == made[1:3]
    assert sorted(p.name for p in (tmp_path / "ptv").iterdir()) == [made[0], *made[3:]]
