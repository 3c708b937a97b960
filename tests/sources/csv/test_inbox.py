"""The inbox: the newest version is taken, what is being written is left alone, a stranger is pointed out."""

import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.sources.contract import FetchJob
from pipeline.sources.csv import inbox
from pipeline.sources.csv.fetch import fetch
from pipeline.sources.errors import SourceFailed
from pipeline.sources.http import HttpClient, HttpPolicy
from pipeline.sources.registry import descriptions
from pipeline.sources.snapshots import Capture

Run = Callable[..., tuple[list[str], list[str]]]
OLD = 1_760_000_000


@pytest.fixture
def put(tmp_path: Path) -> Callable[..., Path]:
    """Puts a list into the inbox; `day` says how new it is."""

    def write(name: str, day: int = 0, body: bytes = b"Nimi;Kunta\nA ry;Oulu\n") -> Path:
        path = tmp_path / "inbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        os.utime(path, (OLD + day * 86_400, OLD + day * 86_400))
        return path

    return write


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Names of the files that were read, and what was said."""

    def fetched(claimed: tuple[str, ...] = (), **options: str) -> tuple[list[str], list[str]]:
        kept: list[Capture] = []
        said: list[str] = []
        now = datetime(2026, 11, 23, tzinfo=UTC)
        client = HttpClient(HttpPolicy())
        about = descriptions()["csv"]
        job = FetchJob("lista", options, about, client, kept.append, tmp_path, (), now, said.append, claimed=claimed)
        fetch(job)
        client.close()
        return [c.uri.removeprefix("file:") for c in kept], said

    return fetched


def test_a_folder_takes_the_newest_spreadsheet_and_says_which(run: Run, put: Callable[..., Path]) -> None:
    put("lista_vanha.csv", 1)
    put("lista_uusi.csv", 2)
    put("muistio.docx", 3)
    read, said = run(path="inbox/")
    assert read == ["inbox/lista_uusi.csv"]
    assert any("taking inbox/lista_uusi.csv" in text and "1 older left out" in text for text in said)


def test_a_file_that_appears_is_taken_at_the_next_run(run: Run, put: Callable[..., Path]) -> None:
    put("a.csv", 2)
    assert run(path="inbox")[0] == ["inbox/a.csv"]
    put("0.csv", 3)
    assert run(path="inbox")[0] == ["inbox/0.csv"]


def test_a_pattern_reads_all_unless_only_the_newest_is_wanted(run: Run, put: Callable[..., Path]) -> None:
    put("lista1.csv", 2)
    put("lista2.csv", 1)
    assert run(path="inbox/lista*.csv")[0] == ["inbox/lista1.csv", "inbox/lista2.csv"]
    assert run(path="inbox/lista*.csv", take="newest")[0] == ["inbox/lista1.csv"]


@pytest.mark.parametrize("sign", ["~$uusi.csv", ".~lock.uusi.csv#", "uusi.csv.part"])
def test_a_file_that_is_open_or_being_copied_is_left_alone(run: Run, put: Callable[..., Path], sign: str) -> None:
    put("vanha.csv", 1)
    put("uusi.csv", 2)
    put(sign, 3)
    read, said = run(path="inbox")
    assert read == ["inbox/vanha.csv"]
    assert any("inbox/uusi.csv is" in text and "left alone" in text for text in said)


def test_a_file_that_grows_is_left_alone(run: Run, put: Callable[..., Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "LOOK_AGAIN", 0.2)
    path = put("uusi.csv")
    os.utime(path)
    done = threading.Event()

    def grow() -> None:
        while not done.wait(0.02):
            with path.open("ab") as stream:
                stream.write(b"B ry;Oulu\n")

    thread = threading.Thread(target=grow)
    thread.start()
    try:
        time.sleep(0.05)
        with pytest.raises(SourceFailed, match=r"inbox/uusi\.csv is still growing"):
            run(path="inbox")
    finally:
        done.set()
        thread.join()


def test_a_stranger_beside_the_lists_is_pointed_out_with_what_to_do(run: Run, put: Callable[..., Path]) -> None:
    for name in ("varkaus.csv", "kuopio.csv", "leppavirta.csv"):
        put(name)
    _, said = run(claimed=("inbox/varkaus.csv", "inbox/kuopio*.csv"), path="inbox/varkaus.csv")
    assert [text for text in said if "no source reads" in text] == [
        "inbox/leppavirta.csv: no source reads this file. Look at it with: koonti csv inspect inbox/leppavirta.csv"
    ]


def test_an_empty_inbox_is_one_sentence(run: Run, tmp_path: Path) -> None:
    (tmp_path / "inbox").mkdir()
    with pytest.raises(SourceFailed, match="there is no spreadsheet in inbox/"):
        run(path="inbox/")
