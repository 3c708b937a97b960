"""Which rows of a table are organisations, and what the others are; the words are in `not_organisations.yml`.

A row that only looks empty is easily an organisation with little known of it, so a lone name stays an
organisation unless it is plainly a letter, a total, a remark or a section title.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipeline.sources.csv.grid import Row
from pipeline.sources.csv.layout import Sheet
from pipeline.sources.csv.several import has_legal_form

ORGANISATION, REPEATED_HEADER, TOTAL, SECTION, WITHOUT_NAME = range(5)

_LETTER = re.compile(r"\W*\w\W*|\w\s*[-–]\s*\w")
_AFTER_TOTAL = re.compile(r"(?!\w)\W*(?:\d.*|\w+\W*)?", re.S)
_NUMBER = re.compile(r"[\d\s.,€%()+-]+(?:kpl|st|eur|euroa|yhdistystä|järjestöä|jäsentä)?", re.I)


@dataclass(frozen=True, slots=True)
class Read:
    """A row that is not blank: its number, its cells and what it is."""

    number: int
    cells: Row
    kind: int


@cache
def _words() -> Mapping[str, Any]:
    with (Path(__file__).parent / "not_organisations.yml").open(encoding="utf-8") as stream:
        words: dict[str, Any] = yaml.safe_load(stream)
    return {name: tuple(str(word).casefold() for word in listed) for name, listed in words.items()}


def classified(sheet: Sheet) -> Iterator[Read]:
    """Every row of a sheet that is not blank, in order."""
    names = sheet.column("name")
    assert names is not None
    header = [name.strip().casefold() for name in sheet.header]
    header_name = header[names]
    totals = _words()["totals"]
    titles = set(sheet.titles)
    mapped = len(sheet.columns)
    for number, cells in enumerate(sheet.rows, sheet.first_row):
        filled = len(cells) - cells.count(None)
        if not filled:
            continue
        name = cells[names]
        word = name.strip().casefold() if name else ""
        if word == header_name and _repeats(cells, header):
            kind = REPEATED_HEADER
        elif filled == 1 or word.startswith(totals) or not word or word in _words()["placeholders"]:
            kind = _unsure(cells, word, filled, mapped, number in titles)
        else:
            kind = ORGANISATION
        yield Read(number, cells, kind)


def _repeats(cells: Row, header: list[str]) -> bool:
    filled = [(cell.strip().casefold(), name) for cell, name in zip(cells, header, strict=True) if cell]
    return sum(cell == name for cell, name in filled) * 2 > len(filled)


def _unsure(cells: Row, word: str, filled: int, mapped: int, is_title: bool) -> int:
    first = next(cell for cell in cells if cell).strip()
    others = [cell for cell in cells if cell][1:]
    start = first.casefold()
    if _is_total(start) and not has_legal_form(first) and all(_NUMBER.fullmatch(other) for other in others):
        return TOTAL
    if filled > 1:
        return ORGANISATION if word and word not in _words()["placeholders"] else WITHOUT_NAME
    if not word:
        return SECTION
    if has_legal_form(first) or mapped == 1:
        return SECTION if _LETTER.fullmatch(first) or _begins(start, "remarks") else ORGANISATION
    return SECTION if is_title or _is_section(first, start) else ORGANISATION


def _is_total(text: str) -> bool:
    return any(text.startswith(word) and _AFTER_TOTAL.fullmatch(text, len(word)) for word in _words()["totals"])


def _begins(text: str, which: str) -> bool:
    return any(text == word or (text.startswith(word) and not text[len(word)].isalnum()) for word in _words()[which])


def _is_section(text: str, folded: str) -> bool:
    words = _words()
    bare = folded.rstrip(": ")
    return (
        bool(_LETTER.fullmatch(text))
        or text.endswith(":")
        or text.isupper()
        or bare in words["sections"]
        or bare in words["placeholders"]
        or (" " not in bare and bare.endswith(words["section_endings"]))
        or _begins(folded, "remarks")
    )
