"""Vapaaehtoistyö.fi as a local server: its list of volunteer tasks, filled from sightings.

It repeats the habits of the platform: a bearer key, pages until one is empty, multilingual objects and the same
written out as strings, epoch seconds, drafts in between, persons in the contact details. How these are read back is
in `pipeline.sources.vapaaehtoistyo`.
"""

import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.demo.server import Reply, Request, Site
from pipeline.demo.world import Activity, Sighting

HELSINKI = ZoneInfo("Europe/Helsinki")
SEASON = date(2026, 9, 1)
"""First day of the invented season; a fixed day, so that two runs serve the same."""
PAGE = 50

TOPICS = {
    "T03": (3, "Ikäihmiset"),
    "T04": (4, "Päihde- ja mielenterveystyö"),
    "T12": (12, "Urheilu, liikunta ja ulkoilu"),
    "T13": (13, "Ilmasto, ympäristö ja eläimet"),
    "T14": (14, "Musiikki, taide ja käsityöt"),
    "T15": (15, "Kylät ja korttelit"),
    "T18": (18, "Yhteiskunnallinen vaikuttaminen"),
}
"""Theme of ours -> number and name there."""
FRIENDS, ENGLISH, CAMPAIGN = (
    (31, "Ystävä- ja kaveritoiminta"),
    (32, "Also for English speakers"),
    (33, "Herättäjäjuhlat"),
)


def vapaaehtoistyo_site(sightings: Sequence[Sighting], token: str, *, page_size: int = PAGE) -> Site:
    """A site with the list; every request must carry `Authorization: Bearer {token}`.

    Only activities of the kind volunteering are shown, and one draft stands after every tenth task.
    """
    tasks = tasks_of(sightings)

    def handler(request: Request) -> Reply:
        if request.headers.get("Authorization") != f"Bearer {token}":
            return _json({"status": "error", "message": "Unauthorized"}, 401)
        page = request.first("page", "1")
        start = (int(page) - 1) * page_size if page.isdigit() else 0
        records = tasks[start : start + page_size]
        return _json({"status": "ok", "data": {"totalRecords": len(tasks), "records": records}})

    site = Site()
    site.route("/collection/task", handler)
    return site


def tasks_of(sightings: Sequence[Sighting]) -> list[dict[str, Any]]:
    """All tasks in the shape of the platform, drafts among them."""
    shown: list[dict[str, Any]] = []
    for sighting in sightings:
        for activity in sighting.organisation.activities:
            if activity.kind != "volunteering":
                continue
            shown.append(_task(sighting, activity, len(shown) + 1))
            if len(shown) % 10 == 0:
                draft = {**shown[-1], "id": len(shown) + 1, "status": 0, "title": "Luonnos"}
                shown.append(draft)
    return shown


def _json(answer: object, status: int = 200) -> Reply:
    return Reply(json.dumps(answer, ensure_ascii=False).encode(), status=status)


def _epoch(day: date, clock: str = "00:00") -> int:
    return int(datetime.combine(day, time.fromisoformat(clock), HELSINKI).timestamp())


def _task(sighting: Sighting, activity: Activity, number: int) -> dict[str, Any]:
    o, place = sighting.organisation, activity.place
    first = SEASON + timedelta(days=(activity.weekday - SEASON.isoweekday()) % 7)
    once = number % 3 == 0
    title: Any = {"fi": activity.name_fi, **({"se": activity.name_sv} if activity.name_sv else {})}
    person = f"Yhteyshenkilö Maija Esimerkki, 040 000 0{number % 1000:03d}, maija.esimerkki{number}@example.fi"
    return {
        "id": number,
        "organization": int(sighting.native_id),
        "organizationName": o.name_fi,
        "title": json.dumps(title, ensure_ascii=False) if number % 4 == 0 else title,
        "description": {"fi": activity.description_fi},
        "contactDetails": f"{person} tai vapaaehtoistoiminta@j{sighting.native_id}.example.fi"
        if number % 2
        else person,
        "address": f"{place.street}, {place.postal_code} {place.city}",
        "addressCoordinates": {"lat": place.latitude, "lng": place.longitude},
        "themes": [{"id": i, "name": name} for i, name in _themes(activity, number)],
        "timeStampStartTask": _epoch(first, activity.opens_at) if once else _epoch(SEASON),
        "timeStampEndTask": _epoch(first, activity.closes_at) if once else _epoch(SEASON),
        "noActualTime": 0 if once else 1,
        "timeStampPublicationDate": _epoch(SEASON - timedelta(days=30)),
        "timeStampAdded": _epoch(SEASON - timedelta(days=31)),
        "timeStampLastUpdated": _epoch(SEASON - timedelta(days=20)),
        "status": 1,
        "creator": 1000 + number,
    }


def _themes(activity: Activity, number: int) -> list[tuple[int, str]]:
    found = [TOPICS[activity.theme]] if activity.theme in TOPICS else []
    found.append(FRIENDS)
    if number % 5 == 0:
        found.append(ENGLISH)
    if number % 7 == 0:
        found.append((CAMPAIGN[0], json.dumps({"fi": CAMPAIGN[1]}, ensure_ascii=False)))
    return found
