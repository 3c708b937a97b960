"""Real lists, kept beside the checkout: every row is an organisation or a finding, or the file is one sentence."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.sources.csv.parse import opened
from pipeline.sources.errors import SourceFailed


@pytest.mark.parametrize(
    ("name", "organisations", "findings"),
    [
        ("messy/01_cp1252_semicolon_3_header_lines.csv", 98, {"row_without_organization": 1}),
        ("messy/03_latin1_decimal_comma_lost_zeros.csv", 98, {}),
        ("messy/06_xlsx_merged_title_sections.xlsx", 99, {"row_without_organization": 18}),
        ("messy/09_vero_yhteisot_2024_8col_latin1.csv", 60, {}),
        ("lists/aloitussivu_urheiluseurat.csv", 45, {}),
        ("lists/aloitussivu_yhdistyslinkit.csv", 168, {}),
        ("lists/avoimuusrekisteri_third_sector.csv", 693, {}),
        ("lists/seniorsurf_organizers_flat.csv", 635, {}),
    ],
)
def test_lists_are_read_whole(
    shared_data: Path, read: Callable[..., Any], name: str, organisations: int, findings: dict[str, int]
) -> None:
    path = shared_data / name
    if not path.exists():
        pytest.skip(f"{name} is not here")
    found = read(path.read_bytes(), path.name)
    assert len(found.items) == organisations
    assert {code: found.codes.count(code) for code in found.codes} == findings
    assert len(set(found.ids)) == len(found.ids)


def test_every_file_loses_no_row_or_says_why_in_a_sentence(shared_data: Path, read: Callable[..., Any]) -> None:
    for path in sorted((shared_data / "messy").iterdir()) + sorted((shared_data / "lists").glob("*.csv")):
        try:
            found = read(path.read_bytes(), path.name)
        except SourceFailed as error:
            assert path.name in str(error) and "\n" not in str(error)
            continue
        _, sheets, passed = opened(path.read_bytes(), path.name, {})
        rows = sum(1 for sheet in sheets for row in sheet.rows if any(row))
        extra = sum(item.native_id.endswith("#2") for item in found.items)
        told = [f for f in found.findings if f.code in ("row_without_organization", "record_without_name")]
        assert len(found.items) - extra + len(told) - len(passed) == rows, path.name


def test_no_letter_of_the_real_lists_is_lost(shared_data: Path, read: Callable[..., Any]) -> None:
    for name in ("messy/01_cp1252_semicolon_3_header_lines.csv", "messy/09_vero_yhteisot_2024_8col_latin1.csv"):
        found = read((shared_data / name).read_bytes(), "lista.csv")
        text = "".join(item.names[0].value or "" for item in found.items)
        assert "ä" in text and not any(sign in text for sign in "Ã�‰Š√")
