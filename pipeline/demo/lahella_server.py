"""Lähellä.fi as a local server: the lists of its feed, filled from sightings.

It repeats the habits of the platform: a token, pages of 100, HTML texts with `dir`, longitude first, weekday 1 for
Monday, `ac_unknow`, a null status for what is over. How these are read back is in `pipeline.sources.lahella`.
"""

import html
import json
import uuid
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.demo.server import Reply, Request, Site
from pipeline.demo.world import Activity, Organisation, Place, Sighting

HELSINKI = ZoneInfo("Europe/Helsinki")
SEASON = date(2026, 9, 1)
"""First day of the invented season; a fixed day, so that two runs serve the same."""
LARGEST_PAGE = 100

TYPES = {"volunteering": "voluntary", "hobby": "hobby", "event": "hobby", "meeting_place": "hobby"}
"""Kind of an activity -> type on the platform; every other kind is support."""
FORMATS = {"hobby": "hm_ryhmat", "event": "hm_tilaisuudet", "meeting_place": "hm_kohtaamispaikka"}
THEMES = {
    "T03": "ikäihmiset",
    "T04": "mieli",
    "T05": "päihteettömyys",
    "T06": "sairastuminen",
    "T12": "ht_urheilu",
    "T13": "ht_luonto",
    "T14": "ht_kulttuuri",
    "T16": "ht_kansainvalisyys",
    "T17": "ht_uskonnot",
    "T18": "ht_vaikuttaminen",
    "T19": "ht_pelastustoiminta",
}
AGE_GROUPS = ((0, 1), (2, 6), (7, 12), (13, 17), (18, 29), (30, 64), (65, 99))


def lahella_site(
    sightings: Sequence[Sighting], token: str, *, season: date = SEASON, page_size: int = LARGEST_PAGE
) -> Site:
    """A site with the two lists; every request must carry `Authorization: Bearer {token}`."""
    groups = [_group(s) for s in sightings]
    names = {g["_key"]: _linked(g) for g in groups}
    activities = [
        _activity(s, activity, number, season)
        for s in sightings
        for number, activity in enumerate(s.organisation.activities, 1)
    ]

    def list_of(items: list[dict[str, Any]], linked: bool) -> Any:
        def handler(request: Request) -> Reply:
            if request.headers.get("Authorization") != f"Bearer {token}":
                return _json({"error": {"code": 401, "message": "Unauthorized"}}, 401)
            skip = _number(request.first("skip"), 0)
            limit = min(_number(request.first("limit"), page_size) or page_size, page_size)
            page = items[skip : skip + limit]
            answer: dict[str, Any] = {"items": page, "hasMore": skip + limit < len(items)}
            if request.first("total") == "true":
                answer["total"] = len(items)
            if linked and request.first("links[groups]") == "true":
                answer["links"] = {"groups": [names[key] for key in dict.fromkeys(a["group"] for a in page)]}
            return _json(answer)

        return handler

    site = Site()
    site.route("/v1/groups", list_of(groups, linked=False))
    site.route("/v1/activities", list_of(activities, linked=True))
    return site


def _json(answer: object, status: int = 200) -> Reply:
    return Reply(json.dumps(answer, ensure_ascii=False).encode(), status=status)


def _number(text: str, default: int) -> int:
    return int(text) if text.isdigit() else default


def _html(text: str) -> str:
    return f'<p dir="ltr">{html.escape(text, quote=False)}</p>'


def _epoch(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def _at(day: date, clock: str = "00:00") -> int:
    return _epoch(datetime.combine(day, time.fromisoformat(clock), HELSINKI))


def _uuid(*parts: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(parts)))


def _group(sighting: Sighting) -> dict[str, Any]:
    o = sighting.organisation
    finnish: dict[str, Any] = {
        "name": o.name_fi,
        "summary": _html(o.summary_fi),
        "description": _html(o.description_fi),
    }
    swedish: dict[str, Any] = {}
    if o.name_sv:
        swedish["name"] = o.name_sv
    if o.description_sv:
        swedish["description"] = _html(o.description_sv)
    traits: dict[str, Any] = {
        "businessId": o.business_id,
        "translations": {"fi": finnish, **({"sv": swedish} if swedish else {})},
        "theme": _theme(o.theme),
        "region": [f"city/FI/{o.place.municipality}"] if o.place else [],
        "contacts": _contacts(sighting.native_id, o),
    }
    if o.place:
        finnish["address"] = _address(o.place)
        traits["map"] = _map(o.place)
    return {"_key": sighting.native_id, "status": "published", "parent": sighting.parent_native_id, "traits": traits}


def _linked(group: dict[str, Any]) -> dict[str, Any]:
    """The shortened copy that answers about activities carry along."""
    return {"_key": group["_key"], "traits": {"translations": {"fi": {"name": _finnish(group)["name"]}}}}


def _finnish(group: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = group["traits"]["translations"]["fi"]
    return found


def _theme(theme: str) -> list[str]:
    return [THEMES[theme]] if theme in THEMES else []


def _contacts(native_id: str, o: Organisation, extra: str | None = None) -> list[dict[str, Any]]:
    given = [("email", o.email, "Sähköposti"), ("phone", o.phone, "Puhelin"), ("www", o.website, "Kotisivut")]
    if extra:
        given = [*given[:2], ("www", extra, "Verkossa")]
    return [
        {
            "id": _uuid(native_id, kind, value),
            "type": kind,
            "value": value,
            "translations": {"fi": {"description": label}},
        }
        for kind, value, label in given
        if value
    ]


def _address(place: Place) -> dict[str, str]:
    return {
        "street": place.street,
        "postalCode": place.postal_code,
        "city": place.city,
        "state": "Pohjois-Savo",
        "country": "FI",
    }


def _map(place: Place) -> dict[str, Any]:
    return {"center": {"type": "Point", "coordinates": [place.longitude, place.latitude]}, "zoom": 16}


def _activity(sighting: Sighting, activity: Activity, number: int, season: date) -> dict[str, Any]:
    o = sighting.organisation
    key = f"{sighting.native_id}{number:02d}"
    translations: dict[str, Any] = {
        "fi": {
            "name": activity.name_fi,
            "summary": _html(activity.summary_fi),
            "description": _html(activity.description_fi),
        }
    }
    if activity.name_sv:
        translations["sv"] = {"name": activity.name_sv}
    if not activity.is_free:
        translations["fi"]["pricing"] = _html("Maksullinen, kysy hinta järjestäjältä.")
    visibility: dict[str, int] = {"start": _at(season)}
    if not o.is_active:
        visibility["end"] = _at(season - timedelta(days=365))
        visibility["start"] = _at(season - timedelta(days=730))
    return {
        "_key": key,
        "status": "published" if o.is_active else None,
        "tags": {"visibility": visibility},
        "group": sighting.native_id,
        "traits": {
            "type": TYPES.get(activity.kind, "support"),
            "requiredLocales": sorted(translations),
            "translations": translations,
            "theme": _theme(activity.theme),
            "format": [FORMATS[activity.kind]] if activity.kind in FORMATS else [],
            "locale": ["fi-FI"],
            "demographic": [*_ages(activity), "gender/gender"],
            "region": [f"city/FI/{activity.place.municipality}"],
            "pricing": ["free" if activity.is_free else "paid"],
            "contacts": _contacts(key, o, activity.online_url),
            "channels": _channels(key, activity, season),
        },
    }


def _ages(activity: Activity) -> list[str]:
    """Every age group that the range touches; none for everybody, as the platform has no such value."""
    if activity.age_range is None:
        return []
    youngest, oldest = activity.age_range
    return [f"ageGroup/range:{low}-{high}" for low, high in AGE_GROUPS if low <= oldest and high >= youngest]


def _channels(key: str, activity: Activity, season: date) -> list[dict[str, Any]]:
    place = {
        "id": _uuid(key, "place"),
        "type": ["place"],
        "accessibility": ["ac_unknow"],
        "translations": {"fi": {"address": _address(activity.place)}},
        "map": _map(activity.place),
        "events": [_event(activity, season)],
        "registrationRequired": False,
        "registrationUrl": "",
        "registrationEmail": "",
    }
    if not activity.online_url:
        return [place]
    online = {
        "id": _uuid(key, "online"),
        "type": ["online"],
        "accessibility": [],
        "translations": {"fi": {"summary": _html("Mukaan pääsee myös verkossa.")}},
        "events": [_event(activity, season)],
        "registrationRequired": True,
        "registrationUrl": activity.online_url,
        "registrationEmail": "",
    }
    return [place, online]


def _event(activity: Activity, season: date) -> dict[str, Any]:
    """One evening for an event, else every week until the end of May."""
    first = season + timedelta(days=(activity.weekday - season.isoweekday()) % 7)
    if activity.kind == "event":
        return {
            "start": _at(first, activity.opens_at),
            "end": _at(first, activity.closes_at),
            "timeZone": "Europe/Helsinki",
            "type": "1",
        }
    times = {"weekday": activity.weekday, "startTime": activity.opens_at, "endTime": activity.closes_at}
    return {
        "start": _at(season),
        "timeZone": "Europe/Helsinki",
        "type": "4",
        "recurrence": {
            "period": "P1W",
            "end": _at(date(season.year + 1, 5, 31)),
            "daySpecificTimes": [times],
            "exclude": [],
        },
    }
