"""A site of the Toimeksi.fi family as a local server: volunteer tasks and keywords through WordPress's interface.

It repeats the habits of WordPress: totals in headers, a list of content types, HTTP 400 after the last page, titles
with character references, `false` for an empty field, an author on every post. How these are read back is in
`pipeline.sources.wordpress`.
"""

import html
import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from pipeline.demo.server import Reply, Request, Site
from pipeline.demo.world import Activity, Place, Sighting

SEASON = date(2021, 9, 1)
"""First day of the invented season; a fixed day, so that two runs serve the same."""
LARGEST_PAGE = 100
API = "/wp-json/wp/v2/"


def wordpress_site(sightings: Sequence[Sighting], *, with_cards: bool = False, season: date = SEASON) -> Site:
    """Tasks of every sighting at tm_volunteer, keywords at tm_keyword; organisations only `with_cards`."""
    tasks = [
        _task(1000 + number, sighting, activity, season)
        for number, (sighting, activity) in enumerate((s, a) for s in sightings for a in s.organisation.activities)
    ]
    used = sorted({key for task in tasks for key in task["tm_keyword"]})
    site = Site()
    site.route(f"{API}tm_volunteer", lambda request: _list(request, tasks))
    site.route(f"{API}tm_keyword", lambda request: _list(request, [_keyword(key) for key in used]))
    if with_cards:
        cards = [_card(50 + number, sighting) for number, sighting in enumerate(sightings)]
        site.route(f"{API}tm_organization", lambda request: _list(request, cards))
    names = ["post", "page", "tm_volunteer", *(["tm_organization"] if with_cards else [])]
    site.route(f"{API}types", lambda request: _json({name: _type(name) for name in names}))
    pages = wordpress_pages(sightings, season=season)
    site.route(r"/tm_\w+/julkaisu-\d+/", lambda request: Reply(pages[request.path], "text/html; charset=UTF-8"))
    site.route(f"{API}.*", lambda request: _json({"code": "rest_no_route", "data": {"status": 404}}, 404))
    return site


def wordpress_pages(sightings: Sequence[Sighting], *, season: date = SEASON) -> dict[str, bytes]:
    """Path -> HTML page of every card and task, as an archive of the closed site has them."""
    cards = [(50 + number, s) for number, s in enumerate(sightings)]
    tasks = [(1000 + n, s, a) for n, (s, a) in enumerate((s, a) for s in sightings for a in s.organisation.activities)]
    found = {f"/tm_organization/julkaisu-{number}/": _card_page(number, s) for number, s in cards}
    return found | {f"/tm_volunteer/julkaisu-{number}/": _task_page(number, s, a) for number, s, a in tasks}


def keyword(theme: str) -> int:
    """The number of the term that stands for a theme."""
    return 300 + int(theme[1:])


def _list(request: Request, items: Sequence[dict[str, Any]]) -> Reply:
    size = min(int(request.first("per_page", "10")), LARGEST_PAGE)
    number, last = int(request.first("page", "1")), -(-len(items) // size)
    if number > max(1, last):
        return _json({"code": "rest_post_invalid_page_number", "data": {"status": 400}}, 400)
    headers = {"X-WP-Total": str(len(items)), "X-WP-TotalPages": str(last)}
    return _json(list(items[(number - 1) * size : number * size]), headers=headers)


def _json(answer: object, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    return Reply(json.dumps(answer).encode(), "application/json; charset=UTF-8", status, headers or {})


def _type(name: str) -> dict[str, Any]:
    base = {"post": "posts", "page": "pages"}.get(name, name)
    return {"name": name, "slug": name, "rest_base": base, "hierarchical": False, "taxonomies": []}


def _entities(text: str) -> str:
    return html.escape(text, quote=False).replace("–", "&#8211;")


def _post(number: int, kind: str, title: str, content: str) -> dict[str, Any]:
    return {
        "id": number,
        "date": "2021-08-01T12:00:00",
        "date_gmt": "2021-08-01T09:00:00",
        "modified": "2021-08-02T12:00:00",
        "modified_gmt": "2021-08-02T09:00:00",
        "slug": f"julkaisu-{number}",
        "status": "publish",
        "type": kind,
        "link": f"https://www.toimeksi.example.fi/{kind}/julkaisu-{number}/",
        "title": {"rendered": _entities(title)},
        "content": {"rendered": f"<p>{_entities(content)}</p>\n", "protected": False},
        "author": 7,
        "template": "",
        "_links": {"self": [{"href": "https://www.toimeksi.example.fi/"}]},
    }


def _task(number: int, sighting: Sighting, activity: Activity, season: date) -> dict[str, Any]:
    end = season + timedelta(days=90)
    acf: dict[str, Any] = {
        "volunteer_location": [{"volunteer_location_map": _map(activity.place)}],
        "volunteer_location_online": bool(activity.online_url),
        "volunteer_location_phone": False,
        "volunteer_start_date": season.strftime("%d.%m.%Y"),
        "volunteer_end_date": end.strftime("%d.%m.%Y") if number % 2 else "",
        "volunteer_expires": (end + timedelta(days=10)).strftime("%d.%m.%Y"),
    }
    return {
        **_post(number, "tm_volunteer", activity.name_fi, activity.description_fi),
        "organization": _entities(sighting.organisation.name_fi),
        "tm_keyword": [keyword(activity.theme)],
        "acf": acf,
    }


def _map(place: Place) -> dict[str, Any]:
    line = f"{place.street}, {place.postal_code} {place.city}, Suomi"
    return {"address": line, "lat": place.latitude, "lng": place.longitude, "zoom": 14, "country": "Suomi"}


def _keyword(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "count": 1,
        "link": f"https://www.toimeksi.example.fi/avainsana/{number}/",
        "name": f"Aihe {number - 300} &amp; muut",
        "slug": f"aihe-{number}",
        "taxonomy": "tm_keyword",
    }


def _card(number: int, sighting: Sighting) -> dict[str, Any]:
    o = sighting.organisation
    return {
        **_post(number, "tm_organization", o.name_fi, o.description_fi),
        "acf": {
            "organization_business_id": o.business_id or "",
            "organization_phone": o.phone or "",
            "organization_email": o.email or "",
            "organization_website": o.website or "",
            "organization_address": f"{o.place.street}, {o.place.postal_code} {o.place.city}" if o.place else "",
        },
    }


def _page(kind: str, number: int, title: str, text: str, facts: Sequence[tuple[str, str | None]]) -> bytes:
    """A page as WordPress makes it: type and id stand in the classes of the body."""
    rows = "".join(f"<dt>{label}</dt><dd>{_entities(value)}</dd>" for label, value in facts if value)
    link = f"https://www.toimeksi.example.fi/{kind}/julkaisu-{number}/"
    return (
        f'<!DOCTYPE html><html lang="fi"><head><meta charset="utf-8"><link rel="canonical" href="{link}"></head>'
        f'<body class="{kind}-template-default single single-{kind} postid-{number}"><nav>Etusivu</nav><main>'
        f'<h1 class="entry-title">{_entities(title)}</h1><div class="entry-content"><p>{_entities(text)}</p></div>'
        f"<dl>{rows}</dl></main></body></html>"
    ).encode()


def _card_page(number: int, sighting: Sighting) -> bytes:
    o = sighting.organisation
    address = f"{o.place.street}, {o.place.postal_code} {o.place.city}" if o.place else None
    facts = [("Y-tunnus", o.business_id), ("Puhelin", o.phone), ("Sähköposti", o.email), ("Kotisivu", o.website)]
    return _page("tm_organization", number, o.name_fi, o.description_fi, [*facts, ("Osoite", address)])


def _task_page(number: int, sighting: Sighting, a: Activity) -> bytes:
    place = f"{a.place.street}, {a.place.postal_code} {a.place.city}, Suomi"
    facts = [("Järjestäjä", sighting.organisation.name_fi), ("Paikka", place)]
    return _page("tm_volunteer", number, a.name_fi, a.description_fi, facts)
