"""A municipality's own list of associations, as municipalities keep them: the invented organisations in XLSX or CSV.

Title rows, letters between the groups, a total at the end, a contact person here and there, phone numbers
written in every way, and a sheet of those that have ended. The bytes depend on the organisations alone.
What the parser calls each row is told by `native_ids`, so that the truth can be keyed before anything is read.
"""

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.demo.server import Reply, Request, Site
from pipeline.demo.world import Organisation, Sighting
from pipeline.sources.csv.fetch import content_type

HEADER = (
    "Yhdistys",
    "Kunta",
    "Osoite",
    "Postinumero",
    "Postitoimipaikka",
    "Puh.",
    "Sähköposti",
    "Kotisivut",
    "Yhteyshenkilö",
    "Toiminta",
)
_NO_ACTIVITY = "ei tiedossa"


def _order(sightings: Sequence[Sighting]) -> tuple[list[int], list[int]]:
    """Positions in the order of the list: by name, those that have ended last."""
    by_name = sorted(range(len(sightings)), key=lambda i: (sightings[i].organisation.name_fi.casefold(), i))
    return (
        [i for i in by_name if sightings[i].organisation.is_active],
        [i for i in by_name if not sightings[i].organisation.is_active],
    )


def native_ids(sightings: Sequence[Sighting]) -> list[str]:
    """The native id that the parser gives to each sighting, in the order of `sightings`."""
    active, ended = _order(sightings)
    seen: Counter[str] = Counter()
    found = [""] * len(sightings)
    for position in (*active, *ended):
        organisation = sightings[position].organisation
        base = " ".join(organisation.name_fi.split())
        if organisation.place:
            base += f"@{organisation.place.municipality}"
        seen[base] += 1
        found[position] = base if seen[base] == 1 else f"{base}~{seen[base]}"
    return found


def _phone(number: str | None, position: int) -> str | None:
    """A national number in one of the ways in which people write it."""
    digits = re.sub(r"\D", "", number or "")
    if not digits:
        return None
    ways = (
        f"{digits[:3]} {digits[3:]}",
        f"{digits[:3]}-{digits[3:]}",
        f"+358 {digits[1:3]} {digits[3:6]} {digits[6:]}",
        f"({digits[:3]}) {digits[3:]}",
        f"puh. {digits}",
        number or "",
    )
    return ways[position % len(ways)].strip()


def _row(organisation: Organisation, position: int) -> list[str | None]:
    place = organisation.place
    shows_postal = bool(place) and position % 5 != 0
    return [
        organisation.name_fi,
        place.municipality if place else None,
        place.street if place else None,
        place.postal_code if place and shows_postal else None,
        (place.city.upper() if position % 7 == 0 else place.city) if place and shows_postal else None,
        _phone(organisation.phone, position),
        organisation.email,
        organisation.website,
        organisation.contact_name if position % 3 == 0 else None,
        organisation.summary_fi or _NO_ACTIVITY,
    ]


def _lettered(rows: list[list[str | None]]) -> list[list[str | None]]:
    """The rows with a letter before each group of names."""
    found: list[list[str | None]] = []
    letter = ""
    for row in rows:
        first = next((sign for sign in (row[0] or "").upper() if sign.isalpha()), "")
        if first and first != letter:
            letter = first
            found.append([letter, *[None] * (len(HEADER) - 1)])
        found.append(row)
    return found


def municipal_xlsx(sightings: Sequence[Sighting], title: str) -> bytes:
    """The list as a workbook: merged title, header on row 4, letters, total; ended organisations on a sheet of
    their own. Postal codes are numbers, so that their first zeros are lost, as happens."""
    active, ended = _order(sightings)
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    sheet.title = "Yhdistykset"
    sheet.append([title])
    sheet.append(["Päivitetty 14.1.2025"])
    sheet.append([])
    sheet.append(list(HEADER))
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(HEADER))
    sheet["A1"].font = Font(bold=True, size=14)
    for row in _lettered([_row(sightings[i].organisation, n) for n, i in enumerate(active)]):
        code = row[3] or ""
        sheet.append([*row[:3], int(code) if code.isdigit() else row[3], *row[4:]])
    sheet.append([])
    sheet.append([f"Yhteensä {len(active)} yhdistystä"])
    if ended:
        closed = book.create_sheet("Lopettaneet")
        closed.append(["Yhdistys", "Kunta", "Purettu"])
        for i in ended:
            organisation = sightings[i].organisation
            closed.append(
                [organisation.name_fi, organisation.place.municipality if organisation.place else None, "2023"]
            )
    stream = io.BytesIO()
    book.save(stream)
    return _timeless(stream.getvalue())


def _timeless(body: bytes) -> bytes:
    """The same workbook without the moment at which it was written."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in sorted(old.infolist(), key=lambda entry: entry.filename):
            content = old.read(entry)
            if entry.filename == "docProps/core.xml":
                content = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"2025-01-14T08:00:00Z", content)
            fixed = zipfile.ZipInfo(entry.filename, (2025, 1, 14, 8, 0, 0))
            fixed.compress_type = zipfile.ZIP_DEFLATED
            fixed.external_attr = 0o600 << 16
            new.writestr(fixed, content)
    return stream.getvalue()


def municipal_csv(sightings: Sequence[Sighting], encoding: str = "cp1252") -> bytes:
    """The list as a semicolon file of Excel: padded title rows, letters, total, ended organisations last.

    When `encoding` lacks a letter of some name (Sámi names in cp1252), the file is UTF-8 with a byte order mark.
    """
    active, ended = _order(sightings)
    pad = [None] * (len(HEADER) - 1)
    rows: list[list[str | None]] = [["Järjestöluettelo", *pad], ["Päivitetty 3.2.2025", *pad], [None, *pad], [*HEADER]]
    rows += _lettered([_row(sightings[i].organisation, n) for n, i in enumerate(active)])
    rows += [_row(sightings[i].organisation, n) for n, i in enumerate(ended)]
    rows += [[None, *pad], [f"Yhteensä {len(sightings)} yhdistystä", *pad]]
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=";", lineterminator="\r\n").writerows(rows)
    try:
        return stream.getvalue().encode(encoding)
    except UnicodeEncodeError:
        return stream.getvalue().encode("utf-8-sig")


def spreadsheet_site(files: Mapping[str, bytes]) -> Site:
    """A web server that hands out the files; path (with or without a slash before it) -> content."""
    site = Site()
    for path, body in files.items():
        reply = Reply(body, content_type(path))

        def hand_out(request: Request, reply: Reply = reply) -> Reply:
            return reply

        site.route(re.escape("/" + path.lstrip("/")), hand_out)
    return site
