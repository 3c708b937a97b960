"""The commands as a person types them: exit codes, one clear line for each mistake, no traceback."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import cli
from pipeline.exports import release

ROOT = Path(__file__).parents[1]


@pytest.fixture
def invoke(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return lambda *args: CliRunner().invoke(cli, [str(a) for a in args])


def one_line(text):
    return len(text.strip().splitlines()) == 1 and "Traceback" not in text


def test_a_mistake_in_the_configuration_is_exit_2_with_file_and_line(invoke, tmp_path):
    (tmp_path / "koonti.yml").write_text("regoin: x\nsources:\n  ptv: {base_url: 'https://a.example'}\n")
    result = invoke("sync")
    assert result.exit_code == 2
    assert one_line(result.stderr)
    assert "koonti.yml:1: unknown key 'regoin'" in result.stderr


def test_a_missing_configuration_is_exit_2(invoke):
    result = invoke("sync", "--config", "nowhere.yml")
    assert (result.exit_code, one_line(result.stderr)) == (2, True)


def test_an_unknown_source_is_exit_2_and_lists_those_there_are(invoke, tmp_path):
    (tmp_path / "koonti.yml").write_text("sources:\n  ptv: {base_url: 'https://a.example'}\n")
    result = invoke("sync", "--source", "lahela")
    assert result.exit_code == 2
    assert "has no enabled source 'lahela'; it has ptv" in result.stderr


@pytest.mark.slow
def test_broken_sources_are_named_and_the_rest_is_published(invoke, tmp_path):
    (tmp_path / "lista.csv").write_text("Yhdistys;Kunta\nKuopion Latu ry;Kuopio\n", encoding="utf-8")
    (tmp_path / "rikki.xlsx").write_bytes(b"PK\x03\x04 this is no workbook")
    (tmp_path / "koonti.yml").write_text(
        "sources:\n"
        "  ptv: {base_url: 'http://127.0.0.1:1/api/v11'}\n"
        "  lista: {kind: csv, path: lista.csv}\n"
        "  rikki: {kind: csv, path: rikki.xlsx}\n"
        "  puuttuu: {kind: csv, path: nowhere.csv}\n"
        "http: {tries: 1}\n"
    )
    result = invoke("sync")
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    failures = [line for line in result.stderr.splitlines() if line]
    assert [line.split(":")[0] for line in failures] == ["ptv", "rikki", "puuttuu"]
    assert "127.0.0.1:1" in failures[0]
    assert "rikki.xlsx" in failures[1]
    assert "nowhere.csv" in failures[2]
    published = release.latest(tmp_path / "data" / "releases")
    assert published.manifest["rows"]["organization"] == 1
    assert {s["source"]: s["state"] for s in published.manifest["sources"]} == {
        "ptv": "missing", "lista": "fresh", "rikki": "missing", "puuttuu": "missing",
    }  # fmt: skip

    assert invoke("verify", published.path).exit_code == 0
    assert invoke("status").exit_code == 1
    asked = invoke("query", "SELECT name FROM organization_flat")
    assert (asked.exit_code, "Kuopion Latu ry" in asked.output) == (0, True)
    assert invoke("query", "COPY organization TO 'stolen.csv'").exit_code == 2
    assert not (tmp_path / "stolen.csv").exists()
    assert one_line(invoke("query", "SELEC 1").stderr)


def test_asking_before_anything_is_published_is_one_line(invoke):
    result = invoke("query", "SELECT 1")
    assert (result.exit_code, one_line(result.stderr)) == (1, True)


def test_verify_of_something_else_is_exit_2(invoke):
    assert invoke("verify", "nowhere").exit_code == 2


def test_inspect_of_a_file_that_is_not_there_is_exit_2(invoke):
    result = invoke("csv", "inspect", "nowhere.csv")
    assert (result.exit_code, one_line(result.stderr)) == (2, True)


def test_inspect_shows_what_is_read_and_the_entry_that_imports_it(invoke, tmp_path):
    (tmp_path / "lista.csv").write_bytes("Yhdistys;Sähköposti\nKuopion Latu ry;a@example.fi\n".encode("cp1252"))
    result = invoke("csv", "inspect", "lista.csv")
    assert result.exit_code == 0
    for part in ("cp1252", "Yhdistys", "kind: csv", "Kuopion Latu ry"):
        assert part in result.output


def test_the_demo_refuses_a_folder_that_is_not_its_own(invoke, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("precious")
    result = invoke("demo", "--data-dir", tmp_path / "mine")
    assert (result.exit_code, one_line(result.stderr)) == (2, True)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "precious"


def koonti(*args, cwd):
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pipeline.cli", *map(str, args)]
    return subprocess.Popen(command, cwd=cwd, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.mark.slow
def test_a_run_that_is_killed_leaves_the_release_before_and_the_next_one_finishes(tmp_path):
    folder = tmp_path / "demo"
    options = ("demo", "--data-dir", folder, "--organisations", 40)
    first = koonti(*options, cwd=tmp_path)
    out, _ = first.communicate(timeout=120)
    assert first.returncode == 0, out
    before = release.latest(folder / "releases")

    for word in ("ptv", "matches", "catalogue"):
        run = koonti(*options, cwd=tmp_path)
        deadline = time.monotonic() + 120
        for line in run.stdout:
            if f" {word} " in line or time.monotonic() > deadline:
                break
        run.send_signal(signal.SIGKILL)
        run.wait()
        run.stdout.close()
        now = release.latest(folder / "releases")
        assert release.verify(now.path) == []
        assert now.version == before.version or word == "catalogue"

    last = koonti(*options, cwd=tmp_path)
    out, _ = last.communicate(timeout=120)
    assert last.returncode == 0, out
    after = release.latest(folder / "releases")
    assert release.verify(after.path) == []
    assert after.version > before.version
    assert json.loads((folder / "releases" / "latest.json").read_text())["version"] == after.version
    assert not list((folder / "releases").glob("*.partial"))


def test_a_contact_that_reaches_nobody_is_told_before_anybody_is_asked(invoke, tmp_path):
    (tmp_path / "koonti.yml").write_text(
        "sources:\n  ptv: {base_url: 'http://nowhere.invalid/api/v11'}\nhttp: {tries: 1}\n"
    )
    assert invoke("sync").stderr.startswith("koonti.yml: http.contact is still the example; write an address that")
