"""`koonti match` and `koonti weights`: files in, files out, clear words for bad input."""

from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner, Result

from pipeline.cli import cli
from pipeline.dedupe.blocking_keys import KINDS
from pipeline.matching.summary import KEYS

HEAD = "Yhdistys;Y-tunnus;Puhelin;Kunta\n"
ROWS = """Kuopion Martat ry;;040 123 4567;Kuopio
Kuopion Martat;;+358401234567;KUOPIO
Iisalmen Palloseura ry;;;Iisalmi
"""


def run(path: Path, out: Path, *more: str) -> Result:
    return CliRunner().invoke(cli, ["match", str(path), "--out", str(out), *more])


def put(folder: Path, content: str | bytes, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def clusters(out: Path) -> dict[str, str]:
    return dict(zip(*(c.to_pylist() for c in pq.read_table(out / "clusters.parquet").columns), strict=True))


def test_a_spreadsheet_becomes_three_files_and_a_summary(tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = run(put(tmp_path, HEAD + ROWS), out)
    assert result.exit_code == 0, result.output
    assert sorted(p.name for p in out.iterdir()) == ["clusters.parquet", "matches.parquet", "reasons.parquet"]
    assert clusters(out) == {"2": "2", "3": "2", "4": "4"}
    matches = pq.read_table(out / "matches.parquet")
    assert matches.column_names == ["record_id_a", "record_id_b", "probability", "decision"]
    assert matches.to_pylist()[0]["decision"] == "same"
    assert pq.read_table(out / "reasons.parquet").column_names == [
        "record_id_a", "record_id_b", "feature", "outcome", "contribution", "value_a", "value_b",
    ]  # fmt: skip
    assert "2 organisations" in result.output


def test_workbooks_and_parquet_give_the_same_organisations(tmp_path: Path) -> None:
    rows = [line.split(";") for line in (HEAD + ROWS).splitlines()]
    book = openpyxl.Workbook()
    for row in rows:
        assert book.active is not None
        book.active.append(row)
    book.save(tmp_path / "list.xlsx")
    columns = {name: [r[i] for r in rows[1:]] for i, name in enumerate(rows[0])}
    pq.write_table(pa.table(columns), tmp_path / "list.parquet")
    for name, first in (("list.xlsx", 2), ("list.parquet", 1)):
        out = tmp_path / name.replace(".", "_")
        assert run(tmp_path / name, out).exit_code == 0
        assert clusters(out) == {str(first): str(first), str(first + 1): str(first), str(first + 2): str(first + 2)}


def test_identifiers_can_be_ignored(tmp_path: Path) -> None:
    path = put(tmp_path, "name;business_id\nTarmo ry;0112038-9\nTarmo ry;0201256-6\n")
    assert run(path, tmp_path / "a").exit_code == 0
    assert run(path, tmp_path / "b", "--no-identifiers").exit_code == 0
    reasons = pq.read_table(tmp_path / "b" / "reasons.parquet").column("feature").to_pylist()
    assert "business_id" not in reasons


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("väri;koko\npunainen;3\n", "no column of names"),
        ("id;nimi\n7;Tarmo ry\n7;Into ry\n", "'7'"),
        ("id;nimi\n7;Tarmo ry\n;Into ry\n", "empty in 1 rows"),
        (b"", "is empty"),
        (b"%PDF-1.7 x", "a PDF"),
        (b"PAR1 not really", "damaged Parquet"),
    ],
    ids=["no-name-column", "ids-twice", "ids-missing", "empty-file", "pdf", "broken-parquet"],
)
def test_a_list_that_cannot_be_used_is_refused_in_one_line(tmp_path: Path, content: str | bytes, said: str) -> None:
    result = run(put(tmp_path, content), tmp_path / "out")
    assert result.exit_code == 2 and said in result.output and "Traceback" not in result.output
    assert not (tmp_path / "out").exists()


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.csv"):
        assert run(path, tmp_path / "out").exit_code == 2


def test_no_release_is_refused(tmp_path: Path) -> None:
    result = run(put(tmp_path, HEAD + ROWS), tmp_path / "out", "--against", str(tmp_path))
    assert result.exit_code == 2 and "is no release" in result.output


def test_a_list_without_rows_gives_empty_files(tmp_path: Path) -> None:
    assert run(put(tmp_path, HEAD), tmp_path / "out").exit_code == 0
    assert clusters(tmp_path / "out") == {}


def test_records_without_a_name_stand_alone(tmp_path: Path) -> None:
    result = run(put(tmp_path, HEAD + ";;040 123 4567;Kuopio\n" + ROWS), tmp_path / "out")
    assert result.exit_code == 0 and "Without a name: 1 record" in result.output
    assert clusters(tmp_path / "out")["2"] == "2"


def test_cells_beyond_the_columns_are_told_of(tmp_path: Path) -> None:
    moved = "Kuopion Martat; Kuopion kylien ry;;;Kuopio\n"
    result = run(put(tmp_path, HEAD + ROWS + moved), tmp_path / "out")
    assert "Values in columns without a name were not read (row 5)" in result.output
    assert "in quotes" in result.output
    many = run(put(tmp_path, HEAD + moved + ROWS + moved), tmp_path / "many").output
    assert "were not read (2 rows, the first: 2)" in many
    assert "without a name" not in run(put(tmp_path, HEAD + ROWS), tmp_path / "other").output


def test_a_hidden_sheet_that_was_not_read_is_told_of(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in ["Yhdistys"], ["Kuopion Martat ry"]:
        book.active.append(row)
    hidden = book.create_sheet("Vanhat")
    hidden.append(["Yhdistys"])
    hidden.append(["Porin Martat ry"])
    hidden.sheet_state = "hidden"
    book.save(tmp_path / "list.xlsx")
    assert "Sheet 'Vanhat' is hidden and was not read" in run(tmp_path / "list.xlsx", tmp_path / "out").output


def test_cells_of_several_organisations_are_told_of(tmp_path: Path) -> None:
    both = "Kuopion Martat ry ja Iisalmen Palloseura ry;;;Kuopio\n"
    result = run(put(tmp_path, HEAD + ROWS + both), tmp_path / "out")
    assert "Several organisations in one cell: 1 record (5)" in result.output
    assert clusters(tmp_path / "out")["5"] == "5"
    assert "in one cell" not in run(put(tmp_path, HEAD + ROWS), tmp_path / "other").output


def test_a_very_long_name_and_mixed_encodings_are_read(tmp_path: Path) -> None:
    body = (
        (HEAD + ROWS).encode() + "Ähtärin Työväenyhdistys ry;;;Ähtäri\n".encode("cp1252") + b"x " * 100_000 + b";;;\n"
    )
    result = run(put(tmp_path, body), tmp_path / "out")
    assert result.exit_code == 0 and len(clusters(tmp_path / "out")) == 5


def test_thousands_of_equal_rows_are_one_and_that_is_said(tmp_path: Path) -> None:
    pq.write_table(pa.table({"name": ["Kuopion Martat ry"] * 5000}), tmp_path / "list.parquet")
    result = run(tmp_path / "list.parquet", tmp_path / "out")
    assert result.exit_code == 0 and "and in the same organisation: 4 980 records" in result.output
    assert len(clusters(tmp_path / "out")) == 5000 and set(clusters(tmp_path / "out").values()) == {"1"}


def test_hot_keys_are_capped_and_that_is_said(tmp_path: Path) -> None:
    columns = {"name": ["Kuopion Martat ry"] * 500, "phone": [f"0440000{n:03d}" for n in range(500)]}
    pq.write_table(pa.table(columns), tmp_path / "list.parquet")
    result = run(tmp_path / "list.parquet", tmp_path / "out")
    assert result.exit_code == 0 and "Hot keys were capped" in result.output
    assert "whole names 1" in result.output


def test_every_kind_of_key_has_a_name_for_people() -> None:
    assert KEYS.keys() == set(KINDS) - {"judged"}


def test_other_files_in_the_folder_stay(tmp_path: Path) -> None:
    path = put(tmp_path, HEAD + ROWS)
    assert run(path, tmp_path).exit_code == 0
    assert path.exists() and clusters(tmp_path)


def test_weights_are_shown_compared_and_learned(tmp_path: Path) -> None:
    runner = CliRunner()
    shown = runner.invoke(cli, ["weights", "show"])
    assert shown.exit_code == 0 and "prior" in shown.output
    one = put(tmp_path, shown.output, "one.yml")
    assert "equal" in runner.invoke(cli, ["weights", "diff", str(one), str(one)]).output
    learned = runner.invoke(cli, ["weights", "learn", str(put(tmp_path, HEAD + ROWS))])
    assert learned.exit_code == 0 and "prior" in learned.output
    assert runner.invoke(cli, ["weights", "show", str(put(tmp_path, "x: [", "bad.yml"))]).exit_code == 2
