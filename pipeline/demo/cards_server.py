"""A site of actor cards as a local server: a listing in pages of 50, and one page per sighting.

Two cards in three carry schema.org data, the others only labels, as definition lists or as lines. The site has what
such sites have: navigation, a footer with the operator's own address, a contact form that robots.txt forbids.
How cards are read back is in `pipeline.sources.cards`.
"""

import html
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from pipeline.demo.server import Reply, Request, Site
from pipeline.demo.world import Activity, Organisation, Place, Sighting

PAGE = 50
ROBOTS = "User-agent: *\nAllow: /toimijakortti/\nDisallow: /wp-admin/\nDisallow: /yhteydenotto/\n"
WEEKDAYS = (
    "maanantaisin",
    "tiistaisin",
    "keskiviikkoisin",
    "torstaisin",
    "perjantaisin",
    "lauantaisin",
    "sunnuntaisin",
)
KINDS = {
    "support": "Tukea ja apua",
    "hobby": "Harrastukset ja vapaa-aika",
    "volunteering": "Vapaaehtoistoiminta",
    "event": "Tapahtuma",
    "meeting_place": "Kohtaamispaikka",
    "online_group": "Verkkoryhmä",
}
THEMES = {
    "T01": "Lapset ja perheet",
    "T02": "Nuoret",
    "T03": "Ikäihmiset ja eläkeläiset",
    "T04": "Mielenterveys ja kriisiapu",
    "T05": "Päihteet ja riippuvuudet",
    "T06": "Sairaudet ja vertaistuki",
    "T07": "Vammaisuus",
    "T08": "Omaiset ja läheiset",
    "T09": "Työ ja osaaminen",
    "T10": "Talous ja ruoka-apu",
    "T11": "Asuminen",
    "T12": "Liikunta ja urheilu",
    "T13": "Luonto ja ympäristö",
    "T14": "Kulttuuri ja taide",
    "T15": "Kylätoiminta",
    "T16": "Monikulttuurisuus",
    "T17": "Uskonto",
    "T18": "Osallisuus ja vaikuttaminen",
    "T19": "Turvallisuus ja pelastus",
    "T20": "Vapaaehtoistoiminta",
}
UMLAUTS = {ord(c): f"&{name};" for c, name in zip("äöåÄÖÅ", "auml ouml aring Auml Ouml Aring".split(), strict=True)}


def cards_site(sightings: Sequence[Sighting], *, page_size: int = PAGE) -> Site:
    """The listing at /toimijakortit/ and a card for each sighting at /toimijakortti/{native_id}/."""
    site = Site()
    by_id = {s.native_id: (number, s) for number, s in enumerate(sightings)}

    def listing(request: Request) -> Reply:
        number = int(request.first("sivu", "1")) if request.first("sivu", "1").isdigit() else 1
        last = max(1, -(-len(sightings) // page_size))
        if not 1 <= number <= last:
            return _page("Sivua ei löydy", "<h1>Sivua ei löydy</h1>", status=404)
        return _page("Toimijakortit", _listing(sightings[(number - 1) * page_size : number * page_size], number, last))

    def card(request: Request) -> Reply:
        if request.groups[0] not in by_id:
            return _page("Sivua ei löydy", "<h1>Sivua ei löydy</h1>", status=404)
        number, sighting = by_id[request.groups[0]]
        host = request.headers.get("Host", "localhost")
        address = f"http://{host}{_path(sighting)}"
        head = f'<link rel="canonical" href="{html.escape(address)}">'
        if number % 3 != 2:
            head += f'<script type="application/ld+json">{_linked_data(sighting.organisation, address)}</script>'
        body = _card(sighting, number)
        return _page(sighting.organisation.name_fi, body.translate(UMLAUTS) if number % 2 else body, head)

    def front(request: Request) -> Reply:
        return _page("Etusivu", '<h1>Alueen toimijat</h1><a href="/toimijakortit/">Kortit</a>')

    site.route("/", front)
    site.route("/robots.txt", lambda request: Reply(ROBOTS.encode(), "text/plain; charset=utf-8"))
    site.route("/toimijakortit/", listing)
    site.route("/toimijakortti/([^/]+)/", card)
    return site


def _path(sighting: Sighting) -> str:
    return f"/toimijakortti/{quote(sighting.native_id, safe='')}/"


def _page(title: str, body: str, head: str = "", status: int = 200) -> Reply:
    operator = {
        "@type": "Organization",
        "@id": "#yllapito",
        "name": "Alueen järjestökeskus",
        "telephone": "09 000 0000",
    }
    graph = [{"@type": "WebSite", "name": "Toimijakortit", "publisher": {"@id": "#yllapito"}}, operator]
    text = f"""<!DOCTYPE html>
<html lang="fi"><head><meta charset="utf-8"><title>{html.escape(title)} | Toimijakortit</title>
<script type="application/ld+json">{_json({"@context": "https://schema.org", "@graph": graph})}</script>
{head}</head><body>
<header><nav><a href="/">Etusivu</a> <a href="/toimijakortit/">Toimijakortit</a>
<a href="/yhteydenotto/">Ota yhteyttä</a></nav></header>
<main>{body}</main>
<footer>Ylläpito:
<a href="mailto:yllapito@keskus.example.fi">yllapito@keskus.example.fi</a> Puhelin: 09 000 0000</footer>
</body></html>
"""
    return Reply(text.encode(), "text/html; charset=utf-8", status)


def _listing(sightings: Sequence[Sighting], number: int, last: int) -> str:
    rows = "".join(
        f'<li><a class="kortti" href="{_path(s)}">{html.escape(s.organisation.name_fi)}</a></li>' for s in sightings
    )
    following = f'<a rel="next" href="/toimijakortit/?sivu={number + 1}">Seuraava</a>' if number < last else ""
    return f'<h1>Toimijakortit</h1><ul class="kortit">{rows}</ul><div class="sivut">{number} / {last} {following}</div>'


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False).replace("</", "<\\/")


def _linked_data(o: Organisation, address: str) -> str:
    """What a card says in schema.org; facts that the sighting lacks are left out."""
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": ["NGO", "Organization"],
        "@id": f"{address}#organization",
        "name": o.name_fi,
        "description": o.summary_fi,
        "alternateName": {"@value": o.name_sv, "@language": "sv"} if o.name_sv else None,
        "taxID": o.business_id,
        "telephone": o.phone,
        "email": o.email,
        "url": o.website,
    }
    if o.place:
        data["address"] = {
            "@type": "PostalAddress",
            "streetAddress": o.place.street,
            "postalCode": o.place.postal_code,
            "addressLocality": o.place.city,
            "addressCountry": "FI",
        }
        data["geo"] = {"@type": "GeoCoordinates", "latitude": o.place.latitude, "longitude": o.place.longitude}
    return _json({key: value for key, value in data.items() if value})


def _card(sighting: Sighting, number: int) -> str:
    o = sighting.organisation
    swedish = f'<div class="kuvaus" lang="sv"><p>{html.escape(o.description_sv)}</p></div>' if o.description_sv else ""
    listed = "".join(_activity(a) for a in o.activities)
    activities = f'<section class="toiminta"><h2>Toiminta</h2>{listed}</section>' if listed else ""
    return f"""<article><h1>{html.escape(o.name_fi)}</h1>
<p class="ingressi">{html.escape(o.summary_fi)}</p>
<div class="kuvaus"><p>{html.escape(o.description_fi)}</p></div>{swedish}
<h2>Yhteystiedot</h2>
{_facts(o, with_all=number % 3 == 2, as_lines=number % 6 == 5)}
{activities}
<form action="/yhteydenotto/" method="post"><label>Puhelin: <input name="puhelin"></label><button>Lähetä</button></form>
</article>"""


def _facts(o: Organisation, *, with_all: bool, as_lines: bool) -> str:
    """Labels and values: all of them, or those that the schema.org data of the page does not have."""
    person = ", ".join(part for part in (o.contact_name, o.contact_title) if part) if o.contact_name else ""
    facts = [
        ("Lyhenne", _text(o.abbreviation)),
        ("Rekisterinumero", _text(o.association_number)),
        ("Teema", _text(THEMES.get(o.theme))),
        ("Yhteyshenkilö", _text(person)),
        ("Puhelin", f'<a href="tel:{o.phone.replace(" ", "")}">{html.escape(o.phone)}</a>' if o.phone else ""),
    ]
    if with_all:
        facts += [
            ("Nimi ruotsiksi", _text(o.name_sv)),
            ("Y-tunnus", _text(o.business_id)),
            ("Sähköposti", f'<a href="mailto:{o.email}">{html.escape(o.email)}</a>' if o.email else ""),
            ("Kotisivut", f'<a href="{html.escape(o.website)}">Siirry sivuille</a>' if o.website else ""),
            ("Osoite", _text(_line(o.place)) if o.place else ""),
            ("Kunta", _text(o.place.municipality) if o.place else ""),
        ]
    shown = [(label, value) for label, value in facts if value]
    if as_lines:
        return "<p>" + "<br>\n".join(f"<strong>{label}:</strong> {value}" for label, value in shown) + "</p>"
    return "<dl>" + "".join(f"<dt>{label}</dt><dd>{value}</dd>" for label, value in shown) + "</dl>"


def _text(value: str | None) -> str:
    return html.escape(value or "")


def _line(place: Place) -> str:
    return f"{place.street}, {place.postal_code} {place.city}"


def _activity(a: Activity) -> str:
    facts = [
        ("Paikka", _line(a.place)),
        ("Aika", f"{WEEKDAYS[a.weekday - 1]} klo {a.opens_at}–{a.closes_at}"),
        ("Hinta", "Maksuton" if a.is_free else "Maksullinen"),
        ("Nimi ruotsiksi", a.name_sv or ""),
        ("Kohderyhmä", "{}–{}-vuotiaat".format(*a.age_range) if a.age_range else ""),
    ]
    rows = "".join(f"<dt>{label}</dt><dd>{html.escape(value)}</dd>" for label, value in facts if value)
    return f"""<article id="{html.escape(a.id)}"><h3>{html.escape(a.name_fi)}</h3>
<p class="laji">{KINDS.get(a.kind, KINDS["support"])}</p><p>{html.escape(a.summary_fi)}</p>
<div class="kuvaus"><p>{html.escape(a.description_fi)}</p></div><dl>{rows}</dl></article>"""
