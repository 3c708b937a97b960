"""Text -> rows of cells: which character stands between the cells, and where a quoted cell ends.

The row number of a cell is that of a spreadsheet program: a cell of several lines is one row, and a first line
`sep=;` is none. RFC 4180 quoting is read by the standard library; files that break it (a name that begins with a
quotation mark and goes on after the closing one) are read by rules of our own, so that no row swallows the next.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

NONE = "\x1f"
"""No delimiter: one cell per line."""
DELIMITERS = (";", ",", "\t", "|")
NAMES = {"tab": "\t", "tabulator": "\t", "\\t": "\t", "semicolon": ";", "comma": ",", "pipe": "|"}
_SAMPLE_LINES = 400
_MAX_LINES_IN_CELL = 100

Recognised = Callable[[Sequence[str | None]], int]
"""How many column names of ours a row holds."""


def split(text: str, given: str | None, recognised: Recognised) -> tuple[list[list[str]], str, list[str]]:
    """Rows, delimiter and notes. `given` is what koonti.yml says, null when it is to be found out."""
    notes: list[str] = []
    first, _, rest = text.partition("\n")
    declared = re.fullmatch(r'\s*"?sep=(.)"?[;,\t ]*', first, re.IGNORECASE)
    if declared:
        text = rest
    if given:
        delimiter = NAMES.get(str(given).strip().lower(), str(given)[:1])
    elif declared:
        delimiter = declared.group(1)
        notes.append(f"the first line says that the delimiter is {shown(delimiter)}")
    else:
        delimiter = _find(text, recognised)
    rows, well_formed = cells(text, delimiter)
    if not well_formed:
        notes.append("some quotation marks do not enclose whole cells and were kept as text")
    return rows, delimiter, notes


def shown(delimiter: str) -> str:
    """A delimiter as people write it."""
    return {"\t": "tab", NONE: "none"}.get(delimiter, delimiter)


def _find(text: str, recognised: Recognised) -> str:
    """The delimiter with most known column names in one row, then the one that gives the most even rows."""
    sample = "\n".join(text.split("\n", _SAMPLE_LINES)[:_SAMPLE_LINES])
    best, best_score = NONE, (0, 0.0)
    for delimiter in DELIMITERS:
        if delimiter not in sample:
            continue
        rows = [row for row in cells(sample, delimiter)[0] if any(row)]
        known = max((recognised(row) for row in rows[:30]), default=0)
        score = (known if known > 1 else 0, _evenness(len(row) for row in rows))
        if score > best_score and (known > 1 or score[1] > 0):
            best, best_score = delimiter, score
    return best


def _evenness(widths: Iterable[int]) -> float:
    counts = Counter(widths)
    if not counts:
        return 0.0
    width, rows = max(counts.items(), key=lambda pair: (pair[1], pair[0]))
    return (rows / counts.total()) ** 2 * (width - 1)


def cells(text: str, delimiter: str) -> tuple[list[list[str]], bool]:
    """The rows of a text, and whether its quotation marks were in order."""
    if '"' not in text:
        return [line.split(delimiter) if line else [] for line in text.removesuffix("\n").split("\n")], True
    try:
        rows, before = [], 0
        reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=delimiter, strict=True)
        for row in reader:
            if reader.line_num - before > _MAX_LINES_IN_CELL:
                raise csv.Error("a quotation mark that was never closed")
            before = reader.line_num
            rows.append(row)
        return rows, True
    except csv.Error:
        return _lenient(text, delimiter), False


def _lenient(text: str, delimiter: str) -> list[list[str]]:
    """Cells where a quotation mark counts only when it stands at both ends of the cell."""
    mark = re.escape(delimiter)
    plain = re.compile(rf"[^{mark}\n]*")
    cell = re.compile(rf'"((?:[^"]++|"")*+)"[ ]*(?={mark}|\n|\Z)|[^{mark}\n]*')
    rows: list[list[str]] = []
    row: list[str] = []
    place, end = 0, len(text)
    while place <= end:
        match = cell.match(text, place)
        assert match is not None
        quoted = match.group(1)
        if quoted is not None and quoted.count("\n") >= _MAX_LINES_IN_CELL:
            match, quoted = plain.match(text, place), None
            assert match is not None
        row.append(match.group() if quoted is None else quoted.replace('""', '"'))
        place = match.end()
        if place < end and text[place] == delimiter:
            place += 1
            continue
        rows.append(row if row != [""] else [])
        row = []
        place += 1
        if place == end:
            break
    return rows
