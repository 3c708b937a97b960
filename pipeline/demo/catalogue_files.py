"""Invented catalogue files: services at home for older people (CSV), and general descriptions by field (XLSX).

They stand for what tarjoomo.fi and the palvelukatalogi of Kymenlaakso are said to hold; their columns are invented, as
no real file was at hand. How they are read back is in `pipeline.sources.catalogue`.
"""

import csv
from collections.abc import Sequence
from io import BytesIO, StringIO

from openpyxl import Workbook

from pipeline.demo.server import Reply, Site
from pipeline.demo.world import Sighting

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CARD = "https://www.yhdistysinfo.example.fi/toimijakortti/{}/"
FIELDS = ("Päihde- ja mielenterveystyö", "Potilas- ja vammaisjärjestöt", "Ikäihmiset", "Lapset ja perheet")
HEADER = ("Palvelu", "Palveluntuottaja", "Y-tunnus", "Kuvaus", "Teema", "Kunta", "Osoite", "Puhelin", "Hinta", "Aika")


def home_services(sightings: Sequence[Sighting]) -> bytes:
    """A CSV as Finnish spreadsheet programs save it: semicolons, Windows-1252, a title above the column names."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(["Kotiin tuotavat palvelut"])
    writer.writerow(HEADER)
    for s in sightings:
        o = s.organisation
        for a in o.activities:
            line = f"{a.place.street}, {a.place.postal_code} {a.place.city}"
            price = "Maksuton" if a.is_free else "10 €/kerta"
            who = (a.name_fi, o.name_fi, o.business_id or "")
            time = f"arkisin klo {a.opens_at}–{a.closes_at}"
            writer.writerow([*who, a.summary_fi, "Ikäihmiset", a.place.municipality, line, o.phone or "", price, time])
    return text.getvalue().encode("cp1252", "replace")


def field_descriptions(sightings: Sequence[Sighting]) -> bytes:
    """A workbook with a row for each field: a general text, its organisations and the links to their cards."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Palvelukatalogi"
    sheet.append(["Ala", "Yleiskuvaus", "Järjestöt", "Toimijakortit"])
    for number, name in enumerate(FIELDS):
        chosen = sightings[number :: len(FIELDS)]
        names = "\n".join(s.organisation.name_fi for s in chosen)
        cards = "\n".join(CARD.format(s.native_id) for s in chosen)
        sheet.append([name, f"Järjestöt tukevat: {name.lower()}.", names, cards])
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def catalogue_site(sightings: Sequence[Sighting]) -> Site:
    """Both files, as a keeper might hand them over."""
    home, fields = home_services(sightings), field_descriptions(sightings)
    site = Site()
    site.route("/kotipalvelut.csv", lambda request: Reply(home, "text/csv; charset=windows-1252"))
    site.route("/palvelukatalogi.xlsx", lambda request: Reply(fields, XLSX))
    return site
