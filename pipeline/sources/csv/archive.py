"""Is a zipped workbook safe to open: how much it unpacks to, and how far out its cells stand.

A workbook of a few kilobytes can unpack to gigabytes, or hold two cells a million rows apart for which a reader
would make room. Both are looked for before the reader sees the file; what the archive says of its own sizes is
not believed.
"""

import io
import re
import struct
import zipfile
import zlib
from dataclasses import dataclass

from pipeline.sources.csv.grid import LAST_ROW, MAX_CELLS, MAX_COLUMNS, MAX_ROWS
from pipeline.sources.errors import SourceFailed

MAX_UNPACKED = 400_000_000
MAX_RATIO = 400
_SMALL = 20_000_000
"""Below this many bytes the ratio does not matter."""
# Cells as every program writes them, position first; the expressions begin with plain letters to be fast.
_WIDE = re.compile(rb'<c r="([A-Z]{3,}|[T-Z][A-Z]|S[G-Z])(\d+)"[^>]*(?<!/)>')
_LOW = re.compile(rb'<c r="[A-Z]+(\d{7,})"[^>]*(?<!/)>')
_FILLED = re.compile(rb'<c r="([A-Z]{1,2})\d+"[^>]*(?<!/)>')
_UNPLACED = re.compile(rb'<(?:c(?! r=")[\s/>]|\w+:c[\s/>])')
# A formula that no program has worked out yet: it has no value, and no type of one either.
_UNCOMPUTED = re.compile(rb'<c\b(?![^>]*\bt=")[^>]*><f\b(?:[^>]*/>|[^>]*>[^<]*</f>)(?:<v\s*/>|<v></v>)?</c>')
_ROW = re.compile(rb'<row\b[^>]*?\br="(\d+)"')
# OpenDocument says how often a cell or row repeats; blank ones repeat to the edge of the sheet, and may.
_REPEATED_CELL = re.compile(rb'<table:table-cell[^>]*number-columns-repeated="\d{4,}"[^>]*(?<!/)>')
_REPEATED_ROW = re.compile(
    rb'<table:table-row[^>]*number-rows-repeated="\d{5,}"[^>]*(?<!/)>(?:(?!</table:table-row>).)*?<text:p', re.S
)


@dataclass(frozen=True, slots=True)
class Archive:
    """What a zip file turned out to be."""

    format: str
    """xlsx or ods."""
    has_unplaced_cells: bool
    """True when cells do not begin with where they stand; their extent is not known before they are read."""
    uncomputed: int = 0
    """Formulas without a value, so that nothing can be read in their cells."""


def examine(body: bytes, what: str) -> Archive:
    """The kind of workbook in a zip file; raises `SourceFailed` when it is none, damaged, or too large."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, struct.error, NotImplementedError):
        raise SourceFailed(f"{what} is a damaged or half-copied workbook; save it again.") from None
    kind = _kind({entry.filename for entry in entries}, what)
    if any(entry.flag_bits & 1 for entry in entries):
        raise SourceFailed(f"{what} is protected by a password; save a copy without one.")
    total, unplaced, uncomputed = 0, False, 0
    for entry in entries:
        is_page = kind == "ods" and entry.filename in ("content.xml", "META-INF/manifest.xml")
        is_sheet = kind == "xlsx" and entry.filename.startswith("xl/worksheets/") and entry.filename.endswith(".xml")
        content = _unpack(body, entry, MAX_UNPACKED - total, keep=is_sheet or is_page)
        if content is None:
            raise SourceFailed(f"{what} is a damaged workbook ({entry.filename}); save it again.")
        size, data = content
        total += size
        if total >= MAX_UNPACKED or (total > _SMALL and total > MAX_RATIO * len(body)):
            sizes = f"{total / 1e6:.0f} MB from {len(body) / 1e6:.1f} MB"
            raise SourceFailed(f"{what} unpacks to more than {sizes}; not read. Save it as CSV.")
        if is_sheet:
            _check_extent(data, what)
            unplaced = unplaced or bool(_UNPLACED.search(data))
            uncomputed += len(_UNCOMPUTED.findall(data)) if b"<f" in data else 0
        if is_page and b"encryption-data" in data and entry.filename != "content.xml":
            raise SourceFailed(f"{what} is protected by a password; save a copy without one.")
        if is_page and (_REPEATED_CELL.search(data) or _REPEATED_ROW.search(data)):
            raise SourceFailed(f"{what} repeats a value over thousands of cells; delete them, or save the list as CSV.")
    return Archive(kind, unplaced, uncomputed)


def _kind(names: set[str], what: str) -> str:
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "content.xml" in names and "mimetype" in names:
        return "ods"
    if "xl/workbook.bin" in names:
        raise SourceFailed(f"{what} is a binary workbook (.xlsb); save it as .xlsx.")
    if "word/document.xml" in names:
        found = "a Word document"
    elif "ppt/presentation.xml" in names:
        found = "a PowerPoint file"
    elif any(name.startswith("Index/") or name.endswith(".iwa") for name in names):
        found = "a Numbers file"
    else:
        found = "a zip archive"
    raise SourceFailed(f"{what} is {found}, not a spreadsheet; save the list as .xlsx or .csv.")


def _unpack(body: bytes, entry: zipfile.ZipInfo, limit: int, *, keep: bool) -> tuple[int, bytes] | None:
    """True size of an entry and, if asked, its content; null when it is damaged. Stops at the limit."""
    start = entry.header_offset
    if body[start : start + 4] != b"PK\x03\x04" or len(body) < start + 30:
        return None
    name_length, extra_length = struct.unpack_from("<HH", body, start + 26)
    start += 30 + name_length + extra_length
    packed = body[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        return len(packed), packed if keep else b""
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        return None
    engine, size, parts = zlib.decompressobj(-15), 0, []
    try:
        while packed and not engine.eof and size <= limit:
            part = engine.decompress(packed, 1_000_000)
            packed = engine.unconsumed_tail
            size += len(part)
            if keep:
                parts.append(part)
    except zlib.error:
        return None
    return size, b"".join(parts)


def _check_extent(data: bytes, what: str) -> None:
    """Raises when a filled cell stands too far right or down, or when rows × columns is too much."""
    if far := _WIDE.search(data):
        cell = (far.group(1) + far.group(2)).decode()
        raise SourceFailed(f"{what} has a value in cell {cell}, beyond column {MAX_COLUMNS}; delete what is far right.")
    if any(int(low.group(1)) > LAST_ROW for low in _LOW.finditer(data)):
        raise SourceFailed(f"{what} has more than {MAX_ROWS} rows; split the file.")
    tail = data.rfind(b"<row")
    last = _ROW.match(data, tail) if tail >= 0 else None
    rows = int(last.group(1)) if last else MAX_ROWS
    if rows * MAX_COLUMNS <= MAX_CELLS or tail < 0:
        return
    letters = max(set(_FILLED.findall(data)), key=lambda word: (len(word), word), default=b"A")
    columns = 0
    for letter in letters:
        columns = columns * 26 + letter - 64
    if rows * columns > MAX_CELLS:
        raise SourceFailed(f"{what} has {rows} rows and {columns} columns, too many to read; split the file.")
