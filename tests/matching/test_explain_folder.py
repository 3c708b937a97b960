"""`koonti explain --dir`: why two rows of somebody's list are or are not one."""

import pytest
from click.testing import CliRunner

from pipeline.cli import cli

LIST = """record_id;Nimi;Kunta;Puhelin
1;Kuopion Latu ry;Kuopio;044 000 0001
2;KUOPION LATU;Kuopio;044 000 0001
3;Iisalmen Kuoro ry;Iisalmi;
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    where = tmp_path_factory.mktemp("list")
    (where / "list.csv").write_text(LIST, encoding="utf-8")
    result = CliRunner().invoke(cli, ["match", str(where / "list.csv"), "--out", str(where / "out")])
    assert result.exit_code == 0, result.output
    return where / "out"


def ask(folder, *ids):
    return CliRunner().invoke(cli, ["explain", *ids, "--dir", str(folder)])


def test_a_pair_with_its_findings_and_sum(folder):
    result = ask(folder, "2", "1")
    assert result.exit_code == 0
    assert "They are one organisation" in result.output
    assert "phone" in result.output
    assert "agree_rare" in result.output
    assert "sum" in result.output


def test_the_records_of_one_organisation(folder):
    result = ask(folder, "2")
    assert result.exit_code == 0
    assert "2 records: 1, 2" in result.output


@pytest.mark.parametrize(
    ("ids", "said"), [(("1", "3"), "were not compared, or were plainly different"), (("9",), "neither")]
)
def test_what_cannot_be_told_is_one_sentence(folder, ids, said):
    result = ask(folder, *ids)
    assert result.exit_code == 2
    assert said in result.output


def test_another_folder_is_named(tmp_path):
    result = ask(tmp_path, "1", "2")
    assert result.exit_code == 2
    assert "no folder that koonti match wrote" in result.output
