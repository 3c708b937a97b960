"""The page in the ledger's folder tells the truth: its examples are read, and every column is on it."""

import re
from pathlib import Path

import pytest

from pipeline.ledger import files, spec

PAGE = (Path(__file__).parents[2] / "data" / "ledger" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", sorted(spec.specs()))
def test_the_example_of_each_file_is_read_and_every_column_is_explained(tmp_path, name):
    section = PAGE.split(f"## {name}.csv\n")[1].split("\n## ")[0]
    example = "\n".join(re.findall(r"^    (.+)$", section, re.MULTILINE))
    (tmp_path / f"{name}.csv").write_text(example + "\n", encoding="utf-8")
    assert files.read(tmp_path, name)
    assert example.splitlines()[0].split(",") == list(spec.specs()[name].columns)
    assert {c for c in spec.specs()[name].columns if f"`{c}`" not in section} == set()
