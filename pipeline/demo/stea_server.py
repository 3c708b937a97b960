"""STEA's grant service as a local server: one JSON answer per organisation id, filled from sightings.

It repeats the habits of the service: ids with gaps (404), former names as a plain list, applications of several
years, rejected ones with 0. How these are read back is in `pipeline.sources.stea`.
"""

import json
from collections.abc import Sequence
from typing import Any

from pipeline.demo.server import Reply, Request, Site
from pipeline.demo.world import Organisation, Sighting

LATEST_YEAR = 2026


def stea_site(sightings: Sequence[Sighting]) -> Site:
    """A site with one address per organisation; the native ids of the sightings are its numbers."""
    shown = {s.native_id: _organisation(s) for s in sightings}

    def handler(request: Request) -> Reply:
        found = shown.get(request.groups[0])
        if found is None:
            return _json({"message": "Not found"}, 404)
        return _json(found)

    site = Site()
    site.route(r"/api/organisation/(\d+)", handler)
    return site


def former_names(o: Organisation, number: int) -> list[str]:
    """What an invented organisation was called before: nothing, its name without a form, or two names."""
    short = o.name_fi.removesuffix(f" {o.legal_form}")
    return [[], [f"{short}n kannatusyhdistys ry"], [short, f"Entinen {o.name_fi}"]][number % 3]


def _json(answer: object, status: int = 200) -> Reply:
    return Reply(json.dumps(answer, ensure_ascii=False).encode(), status=status)


def _organisation(sighting: Sighting) -> dict[str, Any]:
    o, number = sighting.organisation, int(sighting.native_id)
    years = range(LATEST_YEAR - number % 4, LATEST_YEAR + 1) if o.is_active else [2019]
    return {
        "organisationId": number,
        "name": o.name_fi,
        "businessId": o.business_id,
        "nameHistory": former_names(o, number),
        "allAidTargets": [
            {
                "year": year,
                "organisationName": o.name_fi,
                "purpose": "Yleisavustus toimintaan",
                "requested": 50_000,
                "proposed": 30_000 if number % 5 else 0,
                "granted": 30_000 if number % 5 else 0,
            }
            for year in years
        ],
    }
