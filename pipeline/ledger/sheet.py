"""One ledger file taken apart and written as text: cells, remarks, delimiters, and what is wrong with each row.

A file is UTF-8 CSV with one decision a line. In a cell a line break is written \\n and a backslash \\\\, so that a row
stays a line; before = + - and @ at the beginning stands an apostrophe, so that no program works a cell out. What
spreadsheet programs make of a file (a byte-order mark, semicolons, tabs, CRLF) is read all the same. Rows whose first
cell starts with # are remarks.
Does not belong here: files on disk (`files`) and what decisions mean.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path

from pipeline.ledger.spec import Column, FileSpec, specs
from pipeline.storage import Stop

_ESCAPE = re.compile(r"\\([\\nr])")
_FORMULA = re.compile(r"'*[=+\-@\t]")
"""The beginning of what a spreadsheet program would work out, or of what was escaped already."""
_PLAIN = {"\\": "\\", "n": "\n", "r": "\r"}
TOLD = 5
"""Mistakes of each file that one message names; `LedgerBroken.lines` has all."""
csv.field_size_limit(10_000_000)


class LedgerBroken(Stop):
    """A ledger file that cannot be used, so that nothing may be published; `lines` has one sentence per mistake."""

    def __init__(self, lines: list[str]) -> None:
        by_file: dict[str, list[str]] = {}
        for line in lines:
            by_file.setdefault(line.partition(":")[0], []).append(line)
        told = [line for of_file in by_file.values() for line in of_file[:TOLD]]
        more = f" (and {len(lines) - len(told)} more)" if len(lines) > len(told) else ""
        super().__init__("; ".join(told) + more)
        self.lines = lines


@dataclass(frozen=True, slots=True)
class Row:
    """One decision as it stands in its file; an empty cell is the empty text."""

    file: str
    line: int
    values: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values.get(column, "")

    @property
    def place(self) -> str:
        """`judgements.csv:7`, for messages."""
        return f"{self.file}.csv:{self.line}"

    @property
    def only_revokes(self) -> bool:
        """True when the row says nothing itself but that an earlier one no longer holds."""
        return bool(self["revokes"]) and not any(self[c.name] for c in _needed(specs()[self.file]))


@dataclass(slots=True)
class Sheet:
    """A file taken apart: how it is written, and its rows."""

    delimiter: str = ","
    newline: str = "\n"
    header: list[str] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    text: str = ""


def parse(text: str, path: Path, spec: FileSpec) -> Sheet:
    """The rows of a file; raises `LedgerBroken` when any of them cannot be used."""
    plain = text.removeprefix("\ufeff")
    sheet = Sheet(_delimiter(plain), "\r\n" if "\r\n" in plain else "\n", text=text)
    mistakes: list[str] = []
    seen: dict[str, int] = {}
    for line, cells in _cells(plain, sheet.delimiter, path):
        if not sheet.header:
            sheet.header = [c.strip().casefold() for c in cells]
            mistakes += [f"{path}:{line}: {m}." for m in _header_mistakes(sheet.header, spec)]
            if mistakes:
                break
            continue
        if len(cells) > len(sheet.header):
            found = f"has {len(cells)} cells, the header {len(sheet.header)}"
            mistakes.append(f"{path}:{line}: {found}; put a cell that holds '{sheet.delimiter}' in double quotes.")
            continue
        row = Row(spec.name, line, dict(zip(sheet.header, (_plain(c).strip() for c in cells), strict=False)))
        mistakes += [f"{path}:{line}: {m}." for m in _row_mistakes(row, spec, seen)]
        seen.setdefault(row["id"], line)
        sheet.rows.append(row)
    if mistakes:
        raise LedgerBroken(mistakes)
    return sheet


def _cells(text: str, delimiter: str, path: Path) -> Iterator[tuple[int, list[str]]]:
    """(line on which it starts, cells) of every row that is neither empty nor a remark."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise LedgerBroken([f"{path}:{line}: a double quote is not closed or stands alone ({error})."]) from None
        if any(c.strip() for c in cells) and not cells[0].lstrip().startswith("#"):
            yield line, cells


def _delimiter(text: str) -> str:
    """The character that parts the names of the header: comma, semicolon or tab."""
    lines = (one for one in text.splitlines() if one.strip() and not one.lstrip(' "').startswith("#"))
    header = next(lines, "")
    return max(",;\t", key=header.count)


def _header_mistakes(header: list[str], spec: FileSpec) -> Iterator[str]:
    for i, name in enumerate(header):
        if name and name not in spec.columns:
            near = get_close_matches(name, spec.columns, 1)
            hint = f"; did you mean '{near[0]}'?" if near else ""
            yield f"unknown column '{name}'; allowed: {', '.join(spec.columns)}{hint}"
        elif name and name in header[:i]:
            yield f"the column '{name}' stands twice"
    for name in (c.name for c in spec.columns.values() if c.needed):
        if name not in header:
            yield f"the first line lacks the column '{name}'"


def _row_mistakes(row: Row, spec: FileSpec, seen: Mapping[str, int]) -> Iterator[str]:
    for column in spec.columns.values():
        value = row[column.name]
        if value and (wrong := column.mistake(value)):
            yield wrong
        if not value and (column.needed == "always" or (column.needed == "decision" and not row.only_revokes)):
            yield f"{column.name} is empty; it holds: {column.about.split('. ')[0].rstrip('.')}"
    if row["id"] in seen:
        yield f"the id '{row['id']}' stands on line {seen[row['id']]} too; give this row another"
    if row["revokes"] and row["revokes"] not in seen:
        yield f"revokes '{row['revokes']}', which is no id of an earlier line"


def _needed(spec: FileSpec) -> list[Column]:
    return [c for c in spec.columns.values() if c.needed == "decision"]


def line_of(sheet: Sheet, cells: list[str]) -> str:
    """A line of a file as the file is written, with its line end."""
    made = io.StringIO(newline="")
    csv.writer(made, delimiter=sheet.delimiter, lineterminator=sheet.newline).writerow(cells)
    return made.getvalue()


def escaped(value: str) -> str:
    """A cell without line breaks, and that no spreadsheet program takes for a formula."""
    line = value.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return f"'{line}" if _FORMULA.match(line) else line


def _plain(value: str) -> str:
    line = _ESCAPE.sub(lambda m: _PLAIN[m[1]], value)
    return line[1:] if line.startswith("'") and _FORMULA.match(line[1:]) else line
