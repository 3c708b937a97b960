"""Tukinet.net as a local server: a listing of groups in pages, and a page for each group.

Every page carries what such services have and nobody may take: messages of users with pseudonyms, a log-in form, links
to chats and applications. They exist so that a test can see that nobody asks for them or keeps them. The pages are
invented, as no real one was at hand. How they are read back is in `pipeline.sources.tukinet`.
"""

import html
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.demo.server import Reply, Request, Site
from pipeline.demo.world import Activity, Sighting

PAGE = 30
SECRET = "Nimimerkki Aamunkoi: minulla on tänään vaikeaa"  # noqa: S105 - what a user wrote, not a password
FORBIDDEN = ("kirjaudu", "keskustelu", "chat", "hakemus", "profiili")
WEEKDAYS = (
    "maanantaisin",
    "tiistaisin",
    "keskiviikkoisin",
    "torstaisin",
    "perjantaisin",
    "lauantaisin",
    "sunnuntaisin",
)
ROBOTS = "User-agent: *\nDisallow: /keskustelu/\nDisallow: /chat/\n"


@dataclass(frozen=True, slots=True)
class Group:
    """A group of the invented service."""

    id: str
    activity: Activity
    keepers: tuple[str, ...]
    is_open: bool


def groups_of(sightings: Sequence[Sighting]) -> list[Group]:
    """A group for each first activity; every seventh has two keepers, every third is closed."""
    with_one = [s for s in sightings if s.organisation.activities]
    found = []
    for number, sighting in enumerate(with_one):
        other = with_one[(number + 1) % len(with_one)].organisation.name_fi if number % 7 == 3 else None
        keepers = tuple(dict.fromkeys(n for n in (sighting.organisation.name_fi, other) if n))
        found.append(Group(str(200 + number), sighting.organisation.activities[0], keepers, number % 3 != 2))
    return found


def tukinet_site(sightings: Sequence[Sighting], *, page_size: int = PAGE) -> Site:
    """The listing at /teemat, a group at /teema/{id}; forms, chats and discussions where they must not be asked."""
    groups = groups_of(sightings)
    by_id = {group.id: group for group in groups}

    def listing(request: Request) -> Reply:
        number = int(request.first("sivu", "1")) if request.first("sivu", "1").isdigit() else 1
        return _page(_listing(groups, number, page_size))

    def group(request: Request) -> Reply:
        found = by_id.get(request.groups[0])
        return _page(_group(found)) if found else _page("<h1>Sivua ei löydy</h1>", 404)

    site = Site()
    site.route("/robots.txt", lambda request: Reply(ROBOTS.encode(), "text/plain"))
    site.route("/teemat", listing)
    site.route("/teema/([^/]+)", group)
    for path in FORBIDDEN:
        site.route(f"/{path}.*", lambda request: _page(f"<h1>Kirjaudu</h1><div class='viestit'>{SECRET}</div>"))
    return site


def shown_time(activity: Activity) -> str:
    """When a group meets, as its page says."""
    return f"{WEEKDAYS[activity.weekday - 1]} klo {activity.opens_at.replace(':', '.')}–{activity.closes_at[:2]}"


def _page(body: str, status: int = 200) -> Reply:
    login = '<form action="/kirjaudu" method="post"><input name="tunnus"><input type="password" name="salasana"></form>'
    links = '<a href="/teemat">Teemat</a> <a href="/kirjaudu">Kirjaudu</a> <a href="/profiili/7">Oma profiili</a>'
    text = f'<!DOCTYPE html><html lang="fi"><head><meta charset="utf-8"></head><body><header><nav>{links}</nav>{login}'
    return Reply(f"{text}</header><main>{body}</main></body></html>".encode(), "text/html; charset=utf-8", status)


def _listing(groups: Sequence[Group], number: int, size: int) -> str:
    rows = "".join(
        f'<li><a href="/teema/{g.id}">{html.escape(g.activity.name_fi)}</a> <a href="/keskustelu/{g.id}">Viestit</a> '
        f'<a href="/teema/{g.id}/chat">Chat</a></li>'
        for g in groups[(number - 1) * size : number * size]
    )
    more = f'<a rel="next" href="/teemat?sivu={number + 1}">Seuraava</a>' if number * size < len(groups) else ""
    newest = f'<aside class="viestit"><p class="viesti">{SECRET}</p></aside>'
    return f"<h1>Teemat</h1><ul>{rows}</ul>{more}{newest}"


def _group(group: Group) -> str:
    a = group.activity
    facts = [
        ("Ylläpitäjä", html.escape(", ".join(group.keepers))),
        ("Ryhmän tyyppi", "Avoin ryhmä" if group.is_open else "Suljettu ryhmä"),
        ("Ajankohta", html.escape(shown_time(a))),
        ("Jäseniä", "12"),
    ]
    rows = "".join(f"<dt>{label}</dt><dd>{value}</dd>" for label, value in facts)
    talk = f'<div class="keskustelu"><h2>Viimeisimmät viestit</h2><div class="viesti">{SECRET}</div></div>'
    apply = "" if group.is_open else f'<a href="/hakemus/{group.id}">Hae ryhmään</a>'
    text = f'<div class="kuvaus"><p>{html.escape(a.description_fi)}</p></div>'
    return f"<h1>{html.escape(a.name_fi)}</h1>{text}<dl>{rows}</dl>{apply}{talk}"
