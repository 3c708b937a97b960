"""Files and addresses are kept byte for byte, and what is missing is said as the user wrote it."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.demo.server import Reply, Site, serving
from pipeline.sources.contract import FetchJob
from pipeline.sources.csv import fetch as fetch_module
from pipeline.sources.csv.fetch import fetch
from pipeline.sources.errors import SourceFailed
from pipeline.sources.http import HttpClient, HttpPolicy
from pipeline.sources.registry import _read
from pipeline.sources.snapshots import Capture, SnapshotWriter

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
BODY = b"Nimi;Kunta\r\nA ry;Kuopio\r\n"
DESCRIPTION = _read(Path(fetch_module.__file__).parent / "source.yml")

Fetched = Callable[..., list[Capture]]


@pytest.fixture
def fetched(tmp_path: Path) -> Fetched:
    def _fetched(**options: Any) -> list[Capture]:
        kept: list[Capture] = []
        client = HttpClient(HttpPolicy(tries=1, obey_robots=False), record=kept.append, sleep=lambda seconds: None)
        fetch(FetchJob("lista", options, DESCRIPTION, client, kept.append, tmp_path, (), NOW, lambda text: None))
        client.close()
        return kept

    return _fetched


def test_the_description_fits_the_contract() -> None:
    assert DESCRIPTION.required == (("path", "url"),)
    assert {"path", "url", "sheet", "encoding", "delimiter", "header_row", "columns", "id_column"} <= set(
        DESCRIPTION.options
    )


def test_a_file_is_kept_byte_for_byte_under_the_path_as_written(fetched: Fetched, tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "lista ä.csv").write_bytes(BODY)
    assert fetched(path="inbox/lista ä.csv") == [Capture("file:inbox/lista ä.csv", BODY, "text/csv", NOW)]


def test_an_absolute_path_of_the_machine_is_not_kept(fetched: Fetched, tmp_path: Path) -> None:
    (tmp_path / "lista.csv").write_bytes(BODY)
    for path in (tmp_path / "lista.csv", tmp_path / "*.csv"):
        assert [capture.uri for capture in fetched(path=str(path))] == ["file:lista.csv"]


def test_every_file_that_matches_a_pattern_is_read_in_order(fetched: Fetched, tmp_path: Path) -> None:
    for name in ("b.csv", "a.csv", "~$a.csv", ".c.csv", "d.txt"):
        (tmp_path / name).write_bytes(BODY)
    assert [capture.uri for capture in fetched(path="*.csv")] == ["file:a.csv", "file:b.csv"]


def test_a_snapshot_gives_the_file_back(fetched: Fetched, tmp_path: Path) -> None:
    body = bytes(range(256)) * 3
    (tmp_path / "lista ä.csv").write_bytes(b"Nimi\n" + body)
    with SnapshotWriter(tmp_path / "snapshots", "lista", NOW) as writer:
        for capture in fetched(path="lista ä.csv"):
            writer.add(capture)
    assert writer.snapshot is not None
    (again,) = writer.snapshot.captures()
    assert (again.body, again.fetched_at) == (b"Nimi\n" + body, NOW)


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("inbox/puuttuu.xlsx", r"there is no file inbox/puuttuu\.xlsx"),
        ("inbox/*.ods", r"no file matches inbox/\*\.ods"),
        ("inbox/tyhja.csv", r"inbox/tyhja\.csv is empty"),
        ("inbox/iso.csv", r"inbox/iso\.csv is larger than 200 MB"),
        ("inbox/sivu.xls", r"sivu\.xls is a web page without a table"),
    ],
)
def test_what_cannot_be_read_is_named_as_it_was_written(fetched: Fetched, tmp_path: Path, path: str, says: str) -> None:
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "tyhja.csv").touch()
    (tmp_path / "inbox" / "sivu.xls").write_text("<html>Kirjaudu sisään</html>")
    with (tmp_path / "inbox" / "iso.csv").open("wb") as sparse:
        sparse.truncate(200_000_001)
    with pytest.raises(SourceFailed, match=says) as caught:
        fetched(path=path)
    assert str(tmp_path) not in str(caught.value)


def test_neither_path_nor_url_is_a_sentence(fetched: Fetched) -> None:
    with pytest.raises(SourceFailed, match="neither path nor url"):
        fetched()


def test_an_address_is_fetched_and_kept_once(fetched: Fetched) -> None:
    site = Site()
    site.route("/lista.csv", lambda request: Reply(BODY, "text/csv"))
    site.route("/kirjaudu", lambda request: Reply(b"<html>Kirjaudu</html>", "text/html"))
    with serving(site) as base:
        (capture,) = fetched(url=f"{base}/lista.csv")
        assert (capture.uri, capture.body) == (f"{base}/lista.csv", BODY)
        with pytest.raises(SourceFailed, match="log-in page"):
            fetched(url=f"{base}/kirjaudu")
        with pytest.raises(SourceFailed, match="HTTP 404"):
            fetched(url=f"{base}/puuttuu.csv")
