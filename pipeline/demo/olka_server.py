"""An OLKA site as a local server: a listing of points, and a page each with desks, theme days and volunteer roles.

Every second point has two desks; theme days stand in a table, in blocks or in lines. The pages are invented, as no
real one was at hand. How they are read back is in `pipeline.sources.olka`.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.demo.server import Reply, Request, Site
from pipeline.demo.world import Place, Sighting

SEASON = date(2026, 12, 1)
ROLES = (("Aulaopas", "Opastat aulassa (ILONA)."), ("Vertaistukija", "Tuet saman kokenutta (TOIVO)."))
HOURS = "ma–pe klo 10–14"


@dataclass(frozen=True, slots=True)
class Day:
    """A theme day of an invented point."""

    when: date
    topic: str
    organiser: str


@dataclass(frozen=True, slots=True)
class Point:
    """An invented point."""

    id: str
    name: str
    hospital: str
    coordinator: str
    desks: tuple[Place, ...]
    days: tuple[Day, ...]


def points_of(sightings: Sequence[Sighting]) -> list[Point]:
    """A point for each five sightings with a place; the first runs it, the others hold its theme days."""
    placed = [s.organisation for s in sightings if s.organisation.place]
    found = []
    for number in range(len(placed) // 5):
        first, *others = placed[number * 5 : number * 5 + 5]
        place = first.place
        assert place is not None
        days = tuple(
            Day(SEASON + timedelta(days=7 * n + number), f"Teemapäivä {number}–{n}", o.name_fi)
            for n, o in enumerate(others)
        )
        desks = (place, place) if number % 2 else (place,)
        town = f"{place.municipality} {number}"
        found.append(Point(f"piste-{number}", f"OLKA {town}", f"Sairaala {town}", first.name_fi, desks, days))
    return found


def olka_site(sightings: Sequence[Sighting]) -> Site:
    """The listing at /olka-pisteet/ and a point at /olka-piste/{id}/."""
    points = points_of(sightings)
    by_id = {point.id: (number, point) for number, point in enumerate(points)}

    def listing(request: Request) -> Reply:
        rows = "".join(f'<li><a href="/olka-piste/{p.id}/">{html.escape(p.name)}</a></li>' for p in points)
        return _page(f"<h1>OLKA-pisteet</h1><ul>{rows}</ul><a href='/yhteydenotto/'>Ota yhteyttä</a>")

    def one(request: Request) -> Reply:
        found = by_id.get(request.groups[0])
        return _page(_point(*found)) if found else _page("<h1>Sivua ei löydy</h1>", 404)

    site = Site()
    site.route("/olka-pisteet/", listing)
    site.route("/olka-piste/([^/]+)/", one)
    return site


def _page(body: str, status: int = 200) -> Reply:
    text = f'<!DOCTYPE html><html lang="fi"><head><meta charset="utf-8"></head><body><main>{body}</main></body></html>'
    return Reply(text.encode(), "text/html; charset=utf-8", status)


def _facts(facts: Sequence[tuple[str, str]]) -> str:
    return "<dl>" + "".join(f"<dt>{label}</dt><dd>{html.escape(value)}</dd>" for label, value in facts) + "</dl>"


def _point(number: int, point: Point) -> str:
    lines = [f"{p.street}, {p.postal_code} {p.city}" for p in point.desks]
    own = [("Sairaala", point.hospital), ("Koordinoiva järjestö", point.coordinator), ("Puhelin", "044 000 0700")]
    if len(lines) == 1:
        desks = ""
        own += [("Osoite", lines[0]), ("Avoinna", HOURS)]
    else:
        halls = ("Pääaula", "Poliklinikka")
        desks = "".join(
            f'<div class="piste"><h3>{hall}</h3>{_facts([("Osoite", line), ("Avoinna", HOURS)])}</div>'
            for hall, line in zip(halls, lines, strict=True)
        )
    listed = "".join(f"<li><strong>{name}</strong> {text}</li>" for name, text in ROLES)
    return (
        f"<h1>{html.escape(point.name)}</h1><div class='kuvaus'><p>Tukea sairaalassa.</p></div>{_facts(own)}{desks}"
        f"{_days(number, point.days)}<h2>Vapaaehtoiseksi</h2><ul class='vapaaehtoistehtavat'>{listed}</ul>"
    )


def _days(number: int, days: Sequence[Day]) -> str:
    told = [(f"{d.when.day}.{d.when.month}.{d.when.year} klo 10–14", d.topic, html.escape(d.organiser)) for d in days]
    if number % 3 == 0:
        head = "<tr><th>Yhdistys</th><th>Päivä</th><th>Aihe</th></tr>"
        rows = "".join(f"<tr><td>{who}</td><td>{when}</td><td>{what}</td></tr>" for when, what, who in told)
        return f'<table class="teemapaivat">{head}{rows}</table>'
    if number % 3 == 1:
        rows = "".join(
            f'<div class="teemapaiva"><span class="aika">{when}</span><h4>{what}</h4>'
            f'<span class="jarjestaja">{who}</span></div>'
            for when, what, who in told
        )
        return f"<section>{rows}</section>"
    rows = "".join(f"<li>{when}: {what}, {who}</li>" for when, what, who in told)
    return f'<ul class="teemapaivat">{rows}</ul>'
