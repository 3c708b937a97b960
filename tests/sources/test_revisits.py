"""Unchanged answers: asked for with validators, kept as revisits, and read back as if they had been sent again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from warcio.archiveiterator import ArchiveIterator

from pipeline.demo.server import Reply, Request, Site, serving
from pipeline.sources import fetching, registry, retention, snapshots
from pipeline.sources.contract import FetchJob, SourceDescription
from pipeline.sources.http import HttpPolicy
from pipeline.sources.snapshots import Snapshot

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
ABOUT = SourceDescription("any", "n", "p", "u", "l", "a", "v", {}, pace_seconds=0)


class Platform:
    """Two pages with validators and one without; `text` is what they say."""

    def __init__(self) -> None:
        self.text = "one"
        self.asked: list[dict[str, str]] = []
        self.site = Site()
        self.site.route("/etag", self._etag)
        self.site.route("/date", self._date)
        self.site.route("/plain", lambda r: Reply(b"always the same"))

    def _etag(self, request: Request) -> Reply:
        tag = f'"{self.text}"'
        headers = {"ETag": tag, "X-Total-Count": "7"}
        if request.headers.get("If-None-Match") == tag:
            return Reply(b"", status=304, headers={"ETag": tag})
        return Reply(f"etag {self.text}".encode() * 50, headers=headers)

    def _date(self, request: Request) -> Reply:
        moment = "Mon, 23 Nov 2026 00:00:00 GMT" if self.text == "one" else "Tue, 24 Nov 2026 00:00:00 GMT"
        if request.headers.get("If-Modified-Since") == moment:
            return Reply(b"", status=304)
        return Reply(f"date {self.text}".encode() * 50, headers={"Last-Modified": moment})


@pytest.fixture
def platform() -> Platform:
    return Platform()


@pytest.fixture
def take(platform: Platform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    def fetch(job: FetchJob) -> None:
        for name in ("etag", "date", "plain"):
            job.client.get(f"{job.options['base_url']}/{name}")

    monkeypatch.setattr(registry, "fetch_of", lambda kind: fetch)
    with serving(platform.site) as base:

        def once(day: int, **how: Any) -> tuple[fetching.Taken, Snapshot]:
            order = fetching.Order(
                "any", "any", ABOUT, {"base_url": base}, tmp_path, tmp_path, HttpPolicy(tries=1, obey_robots=False)
            )
            taken = fetching.take(order, now=NOW + timedelta(days=day), progress=lambda text: None, **how)
            assert taken.version, taken.message
            return taken, snapshots.load(tmp_path / "any" / taken.version)

        yield once


def bodies(snapshot: Snapshot) -> list[tuple[str, bytes, str, int]]:
    return [(c.uri.rsplit("/", 1)[1], c.body, c.content_type, c.status) for c in snapshot.captures()]


def kinds(snapshot: Snapshot) -> list[str]:
    with (snapshot.path / "capture.warc.gz").open("rb") as stream:
        return [record.rec_type for record in ArchiveIterator(stream)]


def test_what_has_not_changed_is_asked_for_with_validators_and_kept_as_revisits(take: Any) -> None:
    first, whole = take(0)
    second, again = take(1)
    assert (first.not_modified, second.not_modified) == (0, 2)
    assert kinds(whole) == ["response"] * 3
    assert kinds(again) == ["revisit"] * 3  # the third came with 200 and the same body
    assert bodies(again) == bodies(whole)
    assert (again.sha256, again.bytes) == (whole.sha256, whole.bytes)
    assert second.transferred == len(b"always the same")


def test_headers_of_an_unchanged_answer_are_those_of_the_first_where_the_304_has_none(take: Any) -> None:
    take(0)
    _, again = take(1)
    headers = {c.uri.rsplit("/", 1)[1]: dict(c.headers) for c in again.captures()}
    assert headers["etag"] == {"ETag": '"one"', "X-Total-Count": "7"}


def test_what_has_changed_is_kept_whole_and_the_next_night_refers_to_it(take: Any, platform: Platform) -> None:
    take(0)
    platform.text = "two"
    _, changed = take(1)
    _, after = take(2)
    assert kinds(changed) == ["response", "response", "revisit"]
    assert bodies(changed)[0][1].startswith(b"etag two")
    assert bodies(after) == bodies(changed)


def test_a_revisit_names_the_snapshot_with_the_body_never_another_revisit(take: Any) -> None:
    first, _ = take(0)
    take(1)
    _, third = take(2)
    assert {entry["version"] for entry in snapshots.index(third.path)} == {first.version}


def test_full_asks_for_everything_anew(take: Any) -> None:
    take(0)
    taken, snapshot = take(1, full=True)
    assert taken.not_modified == 0
    assert kinds(snapshot) == ["response"] * 3


def test_an_earlier_answer_that_is_gone_is_asked_for_whole(take: Any, tmp_path: Path) -> None:
    first, whole = take(0)
    expected = bodies(whole)
    (tmp_path / "any" / first.version / "capture.warc.gz").write_bytes(b"\x1f\x8bbroken")
    taken, again = take(1)
    assert taken.not_modified == 0
    assert taken.requests == 5  # two were asked with validators first
    assert bodies(again) == expected
    assert kinds(again) == ["response"] * 3


def test_retention_keeps_the_bodies_that_kept_snapshots_refer_to_and_no_others(
    take: Any, platform: Platform, tmp_path: Path
) -> None:
    first, _ = take(0)
    platform.text = "two"
    take(1)
    _, third = take(2)
    expected = bodies(third)
    assert len(retention.prune(tmp_path, "any", 1, None)) == 2
    assert bodies(third) == expected
    left = tmp_path / "any" / f"{first.version}.bodies"
    assert [e["uri"].rsplit("/", 1)[1] for e in snapshots.index(left)] == ["plain"]
    assert snapshots.versions(tmp_path, "any") == [third.version]
    _, fourth = take(3)  # refers to bodies that retention has moved
    assert bodies(fourth) == expected
    retention.prune(tmp_path, "any", 1, None)
    assert bodies(fourth) == expected


def test_the_manifest_says_how_the_fetch_went(take: Any) -> None:
    take(0)
    _, again = take(1)
    facts = snapshots.manifest(again.path)
    assert {k: facts[k] for k in ("captures", "revisits", "requests", "not_modified", "full", "base")} == {
        "captures": 3,
        "revisits": 3,
        "requests": 3,
        "not_modified": 2,
        "full": True,
        "base": None,
    }
    assert facts["transferred"] < facts["bytes"]
    assert facts["seconds"] >= 0


def test_revisits_of_other_programs_are_resolved_within_their_file(tmp_path: Path) -> None:
    from io import BytesIO

    from warcio.warcwriter import WARCWriter

    path = tmp_path / "foreign.warc.gz"
    with path.open("wb") as stream:
        writer = WARCWriter(stream, gzip=True)
        record = writer.create_warc_record("https://a.example.fi/1", "resource", payload=BytesIO(b"body"), length=4)
        writer.write_record(record)
        digest = record.rec_headers.get_header("WARC-Payload-Digest")
        moment = record.rec_headers.get_header("WARC-Date")
        writer.write_record(writer.create_revisit_record("https://a.example.fi/2", digest, "https://a/1", moment))
        writer.write_record(writer.create_revisit_record("https://a.example.fi/3", "sha1:X", "https://a/1", moment))
    found = [(c.uri[-1], c.body) for c in snapshots.read_warc(path)]
    assert found == [("1", b"body"), ("2", b"body")]
