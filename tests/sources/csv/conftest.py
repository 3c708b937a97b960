"""Files of every kind, made by code: what the tests of the spreadsheet source read."""

import io
import struct
import zipfile
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline.sources.csv.parse import read_all
from pipeline.sources.items import Finding, Item, Parsed, Unread
from pipeline.sources.snapshots import Capture

NOW = datetime(2026, 11, 1, tzinfo=UTC)


class Result(list[Parsed]):
    """What the parser gave, by kind."""

    @property
    def items(self) -> list[Item]:
        return [part for part in self if isinstance(part, Item)]

    @property
    def findings(self) -> list[Finding]:
        return [part for part in self if isinstance(part, Finding)]

    @property
    def codes(self) -> list[str]:
        return [finding.code for finding in self.findings]

    @property
    def unread(self) -> list[str]:
        return [part.field for part in self if isinstance(part, Unread)]

    @property
    def ids(self) -> list[str]:
        return [item.native_id for item in self.items]


@pytest.fixture
def read() -> Callable[..., Result]:
    """Parses bytes (or text, as UTF-8) as one captured file; options of koonti.yml as keywords."""

    def _read(body: bytes | str, name: str = "lista.csv", **options: Any) -> Result:
        raw = body.encode() if isinstance(body, str) else body
        return Result(read_all([Capture(f"file:inbox/{name}", raw, "", NOW)], options))

    return _read


@pytest.fixture
def xlsx() -> Callable[..., bytes]:
    """A workbook of sheets (name -> rows); merges as sheet name -> list of ranges."""

    def _xlsx(
        sheets: dict[str, Sequence[Sequence[Any]]],
        merges: dict[str, list[str]] | None = None,
        hidden: Sequence[str] = (),
    ) -> bytes:
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(list(row))
            for area in (merges or {}).get(name, []):
                sheet.merge_cells(area)
            if name in hidden:
                sheet.sheet_state = "hidden"
        stream = io.BytesIO()
        book.save(stream)
        return stream.getvalue()

    return _xlsx


@pytest.fixture
def raw_xlsx() -> Callable[[str], bytes]:
    """A workbook with one sheet whose `sheetData` is the given XML."""

    def _raw(data: str) -> bytes:
        main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        package = "http://schemas.openxmlformats.org/package/2006"
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
        parts = {
            "[Content_Types].xml": f'<Types xmlns="{package}/content-types">'
            '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/>'
            f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
            "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
            "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
            '<sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
            f'<Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{data}</sheetData></worksheet>',
        }
        return zipped(parts)

    return _raw


def zipped(parts: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return stream.getvalue()


@pytest.fixture
def ods() -> Callable[[Sequence[Sequence[str]]], bytes]:
    """An OpenDocument spreadsheet of one sheet."""

    def _ods(rows: Sequence[Sequence[str]]) -> bytes:
        cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
        body = "".join(
            "<table:table-row>" + "".join(cell.format(value) for value in row) + "</table:table-row>" for row in rows
        )
        names = " ".join(
            f'xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"'
            for short in ("office", "table", "text")
        )
        mime = "application/vnd.oasis.opendocument.spreadsheet"
        return zipped(
            {
                "mimetype": mime,
                "content.xml": f'<?xml version="1.0"?><office:document-content {names}><office:body>'
                f'<office:spreadsheet><table:table table:name="Lista">{body}</table:table></office:spreadsheet>'
                "</office:body></office:document-content>",
                "META-INF/manifest.xml": '<?xml version="1.0"?><manifest:manifest '
                'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
                f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{mime}"/></manifest:manifest>',
            }
        )

    return _ods


def container(streams: dict[str, bytes]) -> bytes:
    """An Office container (MS-CFB, version 3) with the given streams, each padded past the mini stream limit."""
    sector = 512
    padded = [
        content + b"\0" * (max(4096, -(-len(content) // sector) * sector) - len(content))
        for content in streams.values()
    ]
    fat = [0xFFFFFFFD, 0xFFFFFFFE]  # sector 0 is the allocation table, 1 the directory
    starts = []
    for content in padded:
        first, count = len(fat), len(content) // sector
        starts.append(first)
        fat += [*range(first + 1, first + count), 0xFFFFFFFE]
    assert len(fat) <= 128 and len(streams) <= 3
    fat += [0xFFFFFFFF] * (128 - len(fat))

    def entry(name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF, right: int = 0xFFFFFFFF) -> bytes:
        raw = (name + "\0").encode("utf-16-le")
        return struct.pack(
            "<64sHBBIII16sIQQIQ", raw, len(raw), kind, 1, 0xFFFFFFFF, right, child, b"", 0, 0, 0, start, size
        )

    directory = entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)
    for index, (name, content) in enumerate(zip(streams, padded, strict=True)):
        last = index + 1 == len(streams)
        directory += entry(name, 2, starts[index], len(content), right=0xFFFFFFFF if last else index + 2)
    directory += b"\0" * (sector - len(directory))
    header = struct.pack(
        "<8s16sHHHHH6sIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        b"",
        0x3E,
        3,
        0xFFFE,
        9,
        6,
        b"",
        0,
        1,
        1,
        0,
        4096,
        0xFFFFFFFE,
        0,
        0xFFFFFFFE,
        0,
    )
    header += struct.pack("<I", 0) + b"\xff" * (108 * 4)
    return header + struct.pack("<128I", *fat) + directory + b"".join(padded)


@pytest.fixture
def office_container() -> Callable[[dict[str, bytes]], bytes]:
    return container


@pytest.fixture
def xls() -> Callable[[Sequence[Sequence[str | float]]], bytes]:
    """A workbook of Excel 97 (BIFF8) with one sheet of texts and numbers."""

    def record(number: int, data: bytes) -> bytes:
        return struct.pack("<HH", number, len(data)) + data

    def _xls(rows: Sequence[Sequence[str | float]]) -> bytes:
        def text(value: str, length: str) -> bytes:
            return struct.pack(f"<{length}B", len(value), 1) + value.encode("utf-16-le")

        begin = struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0x07CC, 0, 6)
        sheet = record(0x0809, begin[:2] + struct.pack("<H", 0x0010) + begin[4:])
        sheet += record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, max(map(len, rows)), 0))
        for y, row in enumerate(rows):
            for x, value in enumerate(row):
                place = struct.pack("<HHH", y, x, 0)
                if isinstance(value, str):
                    sheet += record(0x0204, place + text(value, "H"))
                else:
                    sheet += record(0x0203, place + struct.pack("<d", value))
        sheet += record(0x000A, b"")
        name = text("Yhdistykset", "B")
        globals_length = len(record(0x0809, begin)) + 4 + 6 + len(name) + 4
        stream = (
            record(0x0809, begin)
            + record(0x0085, struct.pack("<IBB", globals_length, 0, 0) + name)
            + record(0x000A, b"")
        )
        return container({"Workbook": stream + sheet})

    return _xls


@pytest.fixture
def shared_data() -> Path:
    """Real lists kept beside the checkout; tests that need them are skipped where they are not."""
    folder = Path(__file__).parents[3].parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("no real data here")
    return folder
