"""Municipal calendars as a local server: one region's events in all four formats, filled from sightings.

It repeats the habits of such calendars: pages with `meta.next`, organisers as free text, times in UTC, folded lines
and escapes, feeds whose date is the day of publication. How these are read back is in `pipeline.sources.events`.
"""

import html
import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from pipeline.demo.server import Reply, Request, Site
from pipeline.demo.world import Activity, Organisation, Place, Sighting

HELSINKI = ZoneInfo("Europe/Helsinki")
SEASON = date(2026, 12, 1)
"""First day of the invented season; a fixed day, so that two runs serve the same."""
DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
Shown = tuple[str, Organisation, Activity]


def events_site(sightings: Sequence[Sighting], *, season: date = SEASON, page_size: int = 20) -> Site:
    """Linked Events at /v1/, a calendar at /kalenteri.ics, a feed at /feed/, pages at /tapahtumat/."""
    shown = [
        (f"kunta:{s.native_id}-{n}", s.organisation, activity)
        for s in sightings
        for n, activity in enumerate(s.organisation.activities, 1)
    ]
    site = Site()
    site.route("/v1/event/", lambda request: _page_of_events(request, shown, season, page_size))
    site.route("/v1/place/([^/]+)/", lambda request: _place_alone(request, shown))
    site.route("/v1/keyword/([^/]+)/", lambda request: _json(_keyword(_base(request), request.groups[0], whole=True)))
    site.route("/v1/", lambda request: _json({"event": f"{_base(request)}/v1/event/"}))
    site.route("/kalenteri.ics", lambda request: Reply(_calendar(shown, season), "text/calendar; charset=utf-8"))
    site.route("/feed/", lambda request: Reply(_rss(shown, season, _base(request)), "application/rss+xml"))
    site.route("/tapahtumat/", lambda request: _listing(request, shown, page_size))
    site.route("/tapahtumat/([^/]+)/", lambda request: _event_page(request, shown, season))
    return site


def first_day(activity: Activity, season: date) -> date:
    """The first day on which an activity is held."""
    return season + timedelta(days=(activity.weekday - season.isoweekday()) % 7)


def _base(request: Request) -> str:
    return f"http://{request.headers.get('Host', 'localhost')}"


def _json(answer: object, status: int = 200) -> Reply:
    return Reply(json.dumps(answer, ensure_ascii=False).encode(), status=status)


def _utc(day: date, clock: str) -> str:
    moment = datetime.combine(day, time.fromisoformat(clock), HELSINKI)
    return moment.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%SZ")


def _page_of_events(request: Request, shown: Sequence[Shown], season: date, size: int) -> Reply:
    base, number = _base(request), int(request.first("page", "1"))
    part = shown[(number - 1) * size : number * size]
    more = f"{base}/v1/event/?page={number + 1}" if number * size < len(shown) else None
    data = [_linked_event(base, *one, season) for one in part]
    return _json({"meta": {"count": len(shown), "next": more, "previous": None}, "data": data})


def _linked_event(base: str, native_id: str, o: Organisation, activity: Activity, season: date) -> dict[str, Any]:
    day = first_day(activity, season)
    names = {"fi": activity.name_fi, **({"sv": activity.name_sv} if activity.name_sv else {})}
    return {
        "id": native_id,
        "@id": f"{base}/v1/event/{native_id}/",
        "@context": "http://schema.org",
        "@type": "Event/LinkedEvent",
        "data_source": "kunta",
        "publisher": "kunta:1",
        "name": names,
        "short_description": {"fi": activity.summary_fi},
        "description": {"fi": f"<p>{html.escape(activity.description_fi, quote=False)}</p>"},
        "info_url": {"fi": f"{base}/tapahtumat/{native_id}/"},
        "start_time": _utc(day, activity.opens_at),
        "end_time": _utc(day, activity.closes_at),
        "location": {"@id": f"{base}/v1/place/{_place_id(activity.place)}/"},
        "keywords": [{"@id": f"{base}/v1/keyword/{activity.theme}/"}],
        "provider": {"fi": o.name_fi},
        "provider_contact_info": None,
        "offers": [{"is_free": activity.is_free, "price": None, "description": None, "info_url": None}],
        "audience_min_age": activity.age_range[0] if activity.age_range else None,
        "audience_max_age": activity.age_range[1] if activity.age_range else None,
        "in_language": [{"@id": f"{base}/v1/language/fi/"}],
        "event_status": "EventScheduled",
        "super_event": None,
        "super_event_type": None,
        "sub_events": [],
        "images": [],
        "external_links": [],
        "last_modified_time": "2026-11-01T08:00:00Z",
    }


def _place_id(place: Place) -> str:
    return f"osm:{place.municipality_code}-{abs(round(place.latitude * 10_000))}-{abs(round(place.longitude * 10_000))}"


def _place_alone(request: Request, shown: Sequence[Shown]) -> Reply:
    places = {_place_id(a.place): a.place for _, _, a in shown}
    place = places.get(request.groups[0])
    if place is None:
        return _json({"detail": "Not found."}, 404)
    return _json(
        {
            "id": request.groups[0],
            "@id": f"{_base(request)}/v1/place/{request.groups[0]}/",
            "@type": "Place",
            "name": {"fi": f"Talo {place.street}"},
            "street_address": {"fi": place.street},
            "postal_code": place.postal_code,
            "address_locality": {"fi": place.city},
            "position": {"type": "Point", "coordinates": [place.longitude, place.latitude]},
        }
    )


def _keyword(base: str, key: str, *, whole: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"id": key, "@id": f"{base}/v1/keyword/{key}/"}
    return {**found, "@type": "Keyword", "name": {"fi": f"Aihe {key}"}} if whole else found


def _calendar(shown: Sequence[Shown], season: date) -> bytes:
    """Every activity weekly for half a year, except events, which are held once."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Kunta//FI", "X-WR-TIMEZONE:Europe/Helsinki"]
    for native_id, o, activity in shown:
        day = first_day(activity, season).strftime("%Y%m%d")
        zone = ";TZID=Europe/Helsinki:"
        lines += [
            "BEGIN:VEVENT",
            f"UID:{native_id}@kunta.example.fi",
            "DTSTAMP:20261101T080000Z",
            "LAST-MODIFIED:20261101T080000Z",
            f"SUMMARY;LANGUAGE=fi:{_ics(activity.name_fi)}",
            f"DESCRIPTION:{_ics(activity.description_fi)}",
            f"LOCATION:{_ics(_line(activity.place))}",
            f"GEO:{activity.place.latitude};{activity.place.longitude}",
            f"DTSTART{zone}{day}T{activity.opens_at.replace(':', '')}00",
            f"DTEND{zone}{day}T{activity.closes_at.replace(':', '')}00",
            f'ORGANIZER;CN="{o.name_fi}":mailto:{o.email or "toimisto@kunta.example.fi"}',
            f"CATEGORIES:Aihe {activity.theme},Kuntalaiset",
        ]
        if activity.kind != "event":
            lines.append(f"RRULE:FREQ=WEEKLY;BYDAY={DAYS[activity.weekday - 1]};UNTIL=20270531T205959Z")
        lines += ["BEGIN:VALARM", "ACTION:DISPLAY", "SUMMARY:Muistutus", "END:VALARM", "END:VEVENT"]
    folded = [part for line in [*lines, "END:VCALENDAR"] for part in _folded(line)]
    return ("\r\n".join(folded) + "\r\n").encode()


def _folded(line: str) -> list[str]:
    """Lines of at most 60 characters; those that go on begin with a blank."""
    parts = [line[n : n + 60] for n in range(0, len(line), 60)] or [""]
    return [parts[0], *(f" {part}" for part in parts[1:])]


def _ics(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _line(place: Place) -> str:
    return f"{place.street}, {place.postal_code} {place.city}"


def _rss(shown: Sequence[Shown], season: date, base: str) -> bytes:
    entries = "".join(
        f"<item><title>{escape(a.name_fi)}</title><link>{base}/tapahtumat/{native_id}/</link>"
        f'<guid isPermaLink="false">{native_id}</guid><pubDate>Sun, 01 Nov 2026 10:00:00 +0200</pubDate>'
        f"<dc:creator>Keksitty Toimittaja</dc:creator><category>Aihe {a.theme}</category>"
        f"<description><![CDATA[<p>{html.escape(a.description_fi)}</p>]]></description>"
        f"<ev:startdate>{_utc(first_day(a, season), a.opens_at)}</ev:startdate>"
        f"<ev:enddate>{_utc(first_day(a, season), a.closes_at)}</ev:enddate>"
        f"<ev:location>{escape(_line(a.place))}</ev:location><ev:organizer>{escape(o.name_fi)}</ev:organizer></item>"
        for native_id, o, a in shown
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:ev="http://purl.org/rss/1.0/modules/event/"><channel><title>Ilmoitustaulu</title>'
        f"<language>fi</language>{entries}</channel></rss>"
    )
    return text.encode()


def _html(body: str, head: str = "", status: int = 200) -> Reply:
    top = f'<!DOCTYPE html><html lang="fi"><head><meta charset="utf-8">{head}</head>'
    text = f"{top}<body><main>{body}</main></body></html>"
    return Reply(text.encode(), "text/html; charset=utf-8", status)


def _listing(request: Request, shown: Sequence[Shown], size: int) -> Reply:
    number = int(request.first("sivu", "1"))
    rows = "".join(
        f'<li><a href="/tapahtumat/{native_id}/">{html.escape(a.name_fi)}</a></li>'
        for native_id, _, a in shown[(number - 1) * size : number * size]
    )
    more = f'<a rel="next" href="?sivu={number + 1}">Lisää</a>' if number * size < len(shown) else ""
    return _html(f"<h1>Tapahtumat</h1><ul>{rows}</ul>{more}")


def _event_page(request: Request, shown: Sequence[Shown], season: date) -> Reply:
    for native_id, o, a in shown:
        if native_id != request.groups[0]:
            continue
        day, place = first_day(a, season), a.place
        data = {
            "@context": "https://schema.org",
            "@type": "Event",
            "name": a.name_fi,
            "description": a.description_fi,
            "url": f"{_base(request)}{request.path}",
            "startDate": datetime.combine(day, time.fromisoformat(a.opens_at), HELSINKI).isoformat(),
            "endDate": datetime.combine(day, time.fromisoformat(a.closes_at), HELSINKI).isoformat(),
            "eventStatus": "https://schema.org/EventScheduled",
            "isAccessibleForFree": a.is_free,
            "organizer": {"@type": "Organization", "name": o.name_fi},
            "performer": {"@type": "Person", "name": "Keksitty Esiintyjä"},
            "location": {
                "@type": "Place",
                "name": f"Talo {place.street}",
                "address": {
                    "@type": "PostalAddress",
                    "streetAddress": place.street,
                    "postalCode": place.postal_code,
                    "addressLocality": place.city,
                },
                "geo": {"@type": "GeoCoordinates", "latitude": place.latitude, "longitude": place.longitude},
            },
        }
        graph = json.dumps({"@graph": [{"@type": "WebPage", "name": "Sivu"}, data]}, ensure_ascii=False)
        graph = graph.replace("</", "<\\/")
        script = f'<script type="application/ld+json">{graph}</script>'
        return _html(f"<h1>{html.escape(a.name_fi)}</h1>", script)
    return _html("<h1>Sivua ei löydy</h1>", status=404)
