"""Bytes of any spreadsheet -> a book of grids. The content decides what a file is, never its name."""

import re
from typing import Any

from pipeline.sources.csv import delimiter, markup, workbook
from pipeline.sources.csv.delimiter import Recognised
from pipeline.sources.csv.encoding import decode
from pipeline.sources.csv.grid import Book, Grid, tidy
from pipeline.sources.errors import SourceFailed

_OTHERS = (
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "a text document (RTF)"),
    (b"\x1f\x8b", "a compressed file"),
    (b"7z\xbc\xaf", "a compressed file"),
    (b"Rar!", "a compressed file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"SQLite format 3", "a database"),
)
_NEVER_TEXT = bytes(range(9)) + bytes(range(14, 26)) + bytes(range(28, 32))
"""Bytes that no text in an 8-bit encoding has."""


def check(body: bytes, what: str) -> None:
    """Raises `SourceFailed` for what is plainly no spreadsheet, without reading it all."""
    if not body.strip():
        raise SourceFailed(f"{what} is empty; put the list there again.")
    for start, name in _OTHERS:
        if body.startswith(start):
            raise SourceFailed(f"{what} is {name}, not a spreadsheet; ask for the list as .xlsx or .csv.")
    if body.startswith((workbook.ZIP, workbook.CFB)):
        workbook.check_container(body, what)
    elif markup.looks_like_html(body):
        if b"<table" not in body.lower():
            markup.grids("<html></html>", what)
    elif b"urn:schemas-microsoft-com:office:spreadsheet" in body[:4000]:
        raise SourceFailed(f"{what} is an XML spreadsheet of 2003; open it and save it as .xlsx.")
    elif body.startswith(b"PK"):
        raise SourceFailed(f"{what} is a zip archive, not a spreadsheet; save the list as .xlsx or .csv.")
    elif re.match(rb'\s*(?:\{\s*"|\[\s*[\[{])', body):
        raise SourceFailed(f"{what} is JSON, not a spreadsheet; ask for the list as .xlsx or .csv.")
    elif body[:4096].count(0) == len(body[:4096]):
        raise SourceFailed(f"{what} holds nothing but zeros; copy it again.")


def read(body: bytes, what: str, recognised: Recognised, options: dict[str, Any]) -> Book:
    """The grids of a file. `what` names it in messages; `options` are those of the source in koonti.yml.

    Raises `SourceFailed` when the file cannot be read.
    """
    check(body, what)
    if body.startswith((workbook.ZIP, workbook.CFB)):
        return workbook.read(body, what, sheet=options.get("sheet"))
    encoding = options.get("encoding")
    if markup.looks_like_html(body):
        told = markup.told_encoding(body)
        try:
            decoded = decode(body, encoding or told)
        except SourceFailed:
            if encoding:
                raise
            decoded = decode(body)
        return Book("html", markup.grids(decoded.text, what), decoded.encoding, notes=decoded.notes)
    try:
        decoded = decode(body, encoding)
    except SourceFailed as error:
        raise SourceFailed(f"{what}: {error}") from None
    sample = body[:8192]
    strange = len(sample) - len(sample.translate(None, delete=_NEVER_TEXT))
    if not decoded.encoding.startswith("utf-") and strange > 2 + len(sample) // 100:
        raise SourceFailed(f"{what} is not a text or spreadsheet; ask for the list as .xlsx or .csv.")
    rows, mark, notes = delimiter.split(decoded.text, options.get("delimiter"), recognised)
    grid = Grid(None, tidy(rows, what))
    return Book("csv", [grid], decoded.encoding, delimiter.shown(mark), decoded.notes + notes)
