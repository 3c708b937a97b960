"""Hyvinvointitarjotin.fi as a local server: a page of all organisations and a card each, behind index.php?page=….

The contact form and the tray exist, so that a test can see that nobody asks for them. The cards are invented, as no
real one was at hand. How they are read back is in `pipeline.sources.hyvinvointitarjotin`.
"""

import html
from collections.abc import Sequence

from pipeline.demo.server import Reply, Request, Site
from pipeline.demo.world import Sighting

PAGE = 40
NEEDS = ("Mielen hyvinvointi", "Päihteet", "Pitkäaikaissairaus", "Yksinäisyys")
FORMS = ("Vertaistuki", "Neuvonta", "Tukihenkilö")
FORBIDDEN = ("contact", "tarjotin")


def hyvinvointitarjotin_site(sightings: Sequence[Sighting], *, page_size: int = PAGE) -> Site:
    """The site; ids of cards are the sightings' native ids."""
    by_id = {s.native_id: (number, s) for number, s in enumerate(sightings)}

    def index(request: Request) -> Reply:
        name = request.first("page", "front")
        if name == "organizations":
            return _listing(sightings, int(request.first("sivu", "1")), page_size)
        if name == "organization" and request.first("id") in by_id:
            return _page(_card(*by_id[request.first("id")]))
        if name == "instructions":
            return _page("<h1>Ohjeet</h1><p>Mihin etsit tukea?</p>")
        if name in FORBIDDEN:
            return _page('<h1>Ota yhteyttä</h1><form method="post"><input name="puhelin"></form>')
        return _page("<h1>Sivua ei löydy</h1>", 404)

    site = Site()
    site.route("/index.php", index)
    return site


def needs(number: int) -> list[str]:
    """The needs that a card shows."""
    return [NEEDS[number % 4], NEEDS[(number + 1) % 4]]


def forms(number: int) -> list[str]:
    """The forms of support that a card shows."""
    return list(FORMS[: number % 3 + 1])


def _page(body: str, status: int = 200) -> Reply:
    links = '<a href="index.php?page=instructions">Ohjeet</a> <a href="index.php?page=tarjotin">Tarjotin</a>'
    head = '<html><head><meta charset="utf-8"></head>'
    text = f'{head}<body><div id="menu">{links}</div><div id="content">{body}</div></body></html>'
    return Reply(text.encode(), "text/html; charset=utf-8", status)


def _listing(sightings: Sequence[Sighting], number: int, size: int) -> Reply:
    rows = "".join(
        f"<li>{html.escape(s.organisation.name_fi)} "
        f'<a href="index.php?page=organization&amp;id={s.native_id}">Katso kaikki tiedot</a> '
        f'<a href="index.php?page=contact&amp;id={s.native_id}">Ota yhteyttä</a> '
        f'<a href="index.php?page=organization&amp;id={s.native_id}&amp;action=contact">Soittopyyntö</a></li>'
        for s in sightings[(number - 1) * size : number * size]
    )
    more = f'<a rel="next" href="index.php?page=organizations&amp;sivu={number + 1}">Seuraava</a>'
    return _page(f"<h1>Kaikki järjestöt</h1><ul>{rows}</ul>{more if number * size < len(sightings) else ''}")


def _card(number: int, sighting: Sighting) -> str:
    o = sighting.organisation
    values = [
        ("Puhelin", o.phone),
        ("Sähköposti", o.email),
        ("Kotisivu", o.website),
        ("Osoite", f"{o.place.street}, {o.place.postal_code} {o.place.city}" if o.place else None),
        ("Mihin tukea", ", ".join(needs(number))),
        ("Millaista tukea", ", ".join(forms(number))),
        ("Miltä alueelta", o.place.municipality if o.place else "Koko maa"),
    ]
    rows = "".join(f"<dt>{label}</dt><dd>{html.escape(value)}</dd>" for label, value in values if value)
    target = f"index.php?page=contact&amp;id={sighting.native_id}"
    form = f'<form action="{target}" method="post"><input name="puhelin"></form>'
    text = f'<div class="kuvaus"><p>{html.escape(o.description_fi)}</p></div>'
    return f"<h1>{html.escape(o.name_fi)}</h1>{text}<dl>{rows}</dl>{form}"
