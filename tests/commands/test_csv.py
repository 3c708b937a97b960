"""A spreadsheet becomes a source with one command, and nothing else in koonti.yml changes."""

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from pipeline.cli import cli
from pipeline.settings import load

BEFORE = """# Ours.
region: pohjois-savo
sources:
  # The national one.
  ptv:
    base_url: https://api.example.fi/api/v11

  # stea:
  #   enabled: false

# When it runs.
schedule: "0 2 * * *"
"""
LIST = "Toimija;Paikka\nA ry;Kuopio\nB ry;Iisalmi\n"


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("KOONTI_CONFIG", raising=False)
    (tmp_path / "koonti.yml").write_text(BEFORE, encoding="utf-8")
    (tmp_path / "ladattu").mkdir()
    (tmp_path / "Varkaus 2026.csv").write_text(LIST, encoding="utf-8")
    return tmp_path


def inspect(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["csv", "inspect", *arguments])


def test_without_write_nothing_changes_and_the_entry_is_shown(place: Path) -> None:
    result = inspect("Varkaus 2026.csv")
    assert result.exit_code == 0
    assert "path: inbox/varkaus_2026/" in result.output
    assert (place / "koonti.yml").read_text(encoding="utf-8") == BEFORE
    assert not (place / "inbox").exists()


def test_write_adds_the_entry_and_only_that_and_the_file_gets_a_folder_for_its_versions(place: Path) -> None:
    result = inspect("Varkaus 2026.csv", "--write", "--id", "varkaus", "--publisher", "Varkauden kaupunki")
    assert result.exit_code == 0, result.output
    after = (place / "koonti.yml").read_text(encoding="utf-8")
    head, tail = BEFORE.split("\n# When it runs.")
    assert after.startswith(head) and after.endswith("\n# When it runs." + tail)
    assert (place / "inbox" / "varkaus" / "Varkaus 2026.csv").read_text(encoding="utf-8") == LIST
    ours = load(place / "koonti.yml").source("varkaus")
    assert (ours.kind, ours.options["path"]) == ("csv", "inbox/varkaus/")
    assert ours.description.publisher == "Varkauden kaupunki"
    line = int(result.output.split("koonti.yml, line ")[1].split(":")[0])
    assert after.splitlines()[line - 1] == "  varkaus:"


def test_what_the_command_shows_is_what_a_sync_reads(place: Path) -> None:
    assert inspect("Varkaus 2026.csv", "--write", "--id", "varkaus").exit_code == 0
    result = CliRunner().invoke(cli, ["sync", "--source", "varkaus"])
    assert "varkaus  fetched" in result.output
    assert "2 organisations" in result.output


def test_a_file_in_the_inbox_stays_where_it_is(place: Path) -> None:
    for name in ("inbox/lista.csv", "inbox/kuopio/kuopio.csv"):
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(LIST, encoding="utf-8")
        assert inspect(name, "--write").exit_code == 0
    entries = yaml.safe_load((place / "koonti.yml").read_text(encoding="utf-8"))["sources"]
    assert (entries["lista"]["path"], entries["kuopio"]["path"]) == ("inbox/lista.csv", "inbox/kuopio/")
    assert sorted(p.name for p in (place / "inbox").rglob("*.csv")) == ["kuopio.csv", "lista.csv"]


def test_columns_that_are_not_recognised_are_named_on_the_command_line(place: Path) -> None:
    (place / "outo.csv").write_text("Kuka;Missä\nA ry;Kuopio\n", encoding="utf-8")
    refused = inspect("outo.csv")
    assert refused.exit_code == 1 and "no column of names is recognised" in refused.output
    result = inspect("outo.csv", "--column", "name=Kuka", "--column", "municipality=Missä", "--write")
    assert result.exit_code == 0, result.output
    assert load(place / "koonti.yml").source("outo").options["columns"] == {"name": "Kuka", "municipality": "Missä"}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--id", "ptv"), "there is a source 'ptv' already"),
        (("--id", "Ä"), "'Ä' is no source id"),
        (("--column", "name"), "write it as FIELD=COLUMN"),
        (("--config", "muualla.yml"), "there is no such file"),
    ],
)
def test_what_cannot_be_added_leaves_everything_as_it_was(
    place: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    result = inspect("Varkaus 2026.csv", "--write", *arguments)
    assert result.exit_code == 2 and sentence in result.output
    assert (place / "koonti.yml").read_text(encoding="utf-8") == BEFORE
    assert not (place / "inbox").exists()
    assert not list(place.glob("*.partial"))


def test_a_list_that_a_source_reads_already_is_not_added_twice(place: Path) -> None:
    assert inspect("Varkaus 2026.csv", "--write", "--id", "varkaus").exit_code == 0
    result = inspect("inbox/varkaus/Varkaus 2026.csv", "--write", "--id", "toinen")
    assert result.exit_code == 2 and "the source 'varkaus' reads inbox/varkaus/ already" in result.output
