"""What has changed in PTV v11 since the last fetch: its lists of ids by date, and the objects behind them.

Verified: `date` is strict, in UTC without offset; `status` Archived and Withdrawn list what is no longer public. Not
told by the platform, so noticed by the full fetch only: a connection that changes alone, an organisation that lost its
last service, a thing that moved out of the region.
"""

from collections.abc import Iterator
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

from pipeline.sources.contract import FetchJob
from pipeline.sources.errors import NeedsFull
from pipeline.sources.ptv.areas import areas_of

if TYPE_CHECKING:
    from pipeline.sources.ptv.fetch import Harvest

GONE = ("Archived", "Withdrawn")
KINDS = ("organization", "service", "channel")


def follow(job: FetchJob, harvest: "Harvest", *, whole_country: bool) -> None:
    """Fetches what has changed since `job.base`, with what it newly refers to; notes what is gone."""
    assert job.base is not None
    state = job.base.state
    if "known" not in state or "inside" not in state:
        raise NeedsFull("the last fetch did not remember what it found")
    overlap = timedelta(hours=job.description.settings["delta_overlap_hours"])
    since = (job.base.since - overlap).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")
    harvest.known = {kind: set(state["known"][kind]) for kind in KINDS}
    harvest.inside = {kind: set(state["inside"][kind]) for kind in KINDS}
    before = {kind: set(ids) for kind, ids in harvest.known.items()}
    wanted = {kind: _changed(job, harvest, kind, since, whole_country=whole_country) for kind in KINDS}
    came: dict[str, set[str]] = {}
    for kind, ids in wanted.items():
        harvest.known[kind] -= set(ids)
        inside = [guid for guid in ids if guid in harvest.inside[kind]]
        harvest.objects(kind, inside)
        came[kind] = set(inside) & harvest.known[kind]
    services, channels = dict(harvest.services), dict(harvest.channels)
    for kind, ids in wanted.items():
        harvest.objects(kind, [guid for guid in ids if guid not in harvest.inside[kind]])
    if job.municipality_codes:  # what belongs to the region brings along what it refers to, one step far
        harvest.objects("service", harvest.missing("service", services))
        harvest.objects("channel", harvest.missing("channel", channels))
    harvest.follow("organization", harvest.organizations)
    for kind in KINDS:
        gone = before[kind] - harvest.known[kind]
        harvest.inside[kind] &= harvest.known[kind]
        job.removed.update(dict.fromkeys(sorted(gone)))
    job.remember.update(harvest.memory())


def _changed(job: FetchJob, harvest: "Harvest", kind: str, since: str, *, whole_country: bool) -> list[str]:
    """Ids of one kind to ask for: changed ones that are ours, new ones, and those that may be gone."""
    known, inside = harvest.known[kind], harvest.inside[kind]
    listed = list(_ids(harvest.api.ids(kind, date=since)))
    if job.municipality_codes:
        here: dict[str, None] = {}
        for area in areas_of(job.municipality_codes, job.description.settings["area_filters"]):
            pages = harvest.api.area_ids(kind, area, whole_country=whole_country, date=since)
            here |= dict.fromkeys(_ids(pages))
        inside |= here.keys()
        listed = [*(guid for guid in listed if guid in known), *here]
    else:
        inside |= set(listed)
    for status in GONE:
        listed += [guid for guid in _ids(harvest.api.ids(kind, date=since, status=status)) if guid in known]
    found = list(dict.fromkeys(listed))
    job.progress(f"{kind}: {len(found)} changed")
    return found


def _ids(pages: Iterator[list[Any]]) -> Iterator[str]:
    for rows in pages:
        for row in rows:
            if isinstance(row, dict) and isinstance(row.get("id"), str) and row["id"]:
                yield row["id"]
