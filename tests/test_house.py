"""The rules of the house that a machine can check: rooms, hygiene of committed files, docs that hold."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from pipeline.cli import cli

ROOT = Path(__file__).parents[1]
KNOW_DAGSTER = ("pipeline/orchestration/", "pipeline/definitions.py")
LONGEST_MODULE = 300


def committed():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / name for name in listed.stdout.split("\n") if name and (ROOT / name).is_file()]


def modules():
    return sorted((ROOT / "pipeline").rglob("*.py"))


def imports(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


def name(path):
    return path.relative_to(ROOT).as_posix()


def test_logic_knows_nothing_of_dagster():
    for path in modules():
        if not name(path).startswith(KNOW_DAGSTER):
            assert not [i for i in imports(path) if i.split(".")[0] == "dagster"], name(path)


def test_no_module_outside_the_demo_needs_the_demo():
    allowed = ("pipeline/demo/", "pipeline/cli.py")
    for path in modules():
        if not name(path).startswith(allowed):
            assert not [i for i in imports(path) if i.startswith("pipeline.demo")], name(path)


def test_a_platform_is_known_only_in_its_own_package():
    """Shared code finds platforms through the registry; it imports none of their packages."""
    for path in modules():
        if "/sources/" in name(path) and path.parent.name == "sources":
            kinds = {p.parent.name for p in (ROOT / "pipeline" / "sources").glob("*/source.yml")}
            assert not [i for i in imports(path) if i.removeprefix("pipeline.sources.").split(".")[0] in kinds], name(
                path
            )


def test_rooms_stay_small_and_say_what_belongs_in_them():
    for path in modules():
        text = path.read_text(encoding="utf-8")
        assert len(text.splitlines()) <= LONGEST_MODULE, name(path)
        assert ast.get_docstring(ast.parse(text)), f"{name(path)} has no docstring"


def test_committed_files_name_no_registry_and_no_machine():
    registry = re.compile(r"https?://[^\s\"']*(pypi|pythonhosted|simple/)", re.IGNORECASE)
    home = re.compile(r"(?<![\w.])/(home|root|Users)/\w")
    for path in committed():
        if path.suffix in {".gz", ".xlsx", ".parquet", ".png"}:
            continue
        text = path.read_text(encoding="utf-8")
        assert not registry.search(text), name(path)
        assert not home.search(text), name(path)


def test_run_time_data_and_secrets_are_ignored_by_git():
    for one in ("data/releases/x", "data/demo/koonti.yml", "data/.dagster/x", ".env", ".venv/x"):
        assert subprocess.run(["git", "check-ignore", "-q", one], cwd=ROOT, check=False).returncode == 0, one
    for one in ("data/reference/municipalities.csv", "data/weights/default.yml", "data/ledger/judgements.csv"):
        assert subprocess.run(["git", "check-ignore", "-q", one], cwd=ROOT, check=False).returncode == 1, one


@pytest.mark.parametrize(
    "page", sorted(p.relative_to(ROOT).as_posix() for p in [ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
)
def test_every_command_and_link_in_the_docs_exists(page):
    text = (ROOT / page).read_text(encoding="utf-8")
    for line in re.findall(
        r"(?:\.venv/bin/)?koonti ([a-z][a-z -]*)", "\n".join(re.findall(r"`[^`]*`|^    .*$", text, re.MULTILINE))
    ):
        words = line.split()
        command = cli.commands.get(words[0])
        assert command is not None, f"{page}: koonti {words[0]}"
    recipes = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for recipe in re.findall(r"`make ([a-z-]+)`", text):
        assert recipe in recipes, f"{page}: make {recipe}"
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", text):
        assert (ROOT / page).parent.joinpath(target).exists(), f"{page}: {target}"


@pytest.mark.parametrize("command", sorted(cli.commands))
def test_every_command_explains_itself(command):
    result = CliRunner().invoke(cli, [command, "--help"])
    assert result.exit_code == 0
    assert cli.commands[command].help


def test_the_reference_lists_say_where_they_come_from():
    about = (ROOT / "data" / "reference" / "README.md").read_text(encoding="utf-8")
    for path in (ROOT / "data" / "reference").glob("*.csv"):
        assert path.name in about, path.name
