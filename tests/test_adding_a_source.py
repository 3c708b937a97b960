"""The guide for new connectors shows code as it stands, and leads past every file that a connector has."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
GUIDE = (ROOT / "docs" / "adding-a-source.md").read_text(encoding="utf-8")
EXCERPTS = re.findall(r"^`([\w./]+)`\n```\w+\n(.*?)```$", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("name", "excerpt"), EXCERPTS)
def test_an_excerpt_is_the_file_as_it_stands(name, excerpt):
    assert excerpt in (ROOT / name).read_text(encoding="utf-8")


def test_every_code_block_is_an_excerpt_with_its_file():
    assert len(EXCERPTS) == GUIDE.count("\n```") / 2 >= 8


def test_the_example_has_the_files_that_the_guide_lists():
    named = re.findall(r"^\| `([^`]*<kind>[^`]*)`", GUIDE, re.MULTILINE)
    assert len(named) >= 8
    assert not [n for n in named if not (ROOT / n.replace("<kind>", "tukinet")).exists()]


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`((?:pipeline|tests|docs)/[\w./]+\.\w+)`", GUIDE))))
def test_every_file_that_the_guide_names_exists(name):
    assert (ROOT / name).exists()
