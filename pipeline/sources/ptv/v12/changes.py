"""What has changed in PTV v12 since the last fetch: its searches by date, and everything that belongs to what changed.

Verified: every search takes `publishedAtOrAfter`, every kind has a list of what is archived, connections have moments
of their own. A service is asked for with all its connections, so that it can be read without the others. Inferred: what
is entered in v11 comes late, so changes are asked for from a day before. Not told by the platform, so noticed by the
full fetch only: a connection that is removed, a thing without a moment, organisations that no search gives.
"""

from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Any

from pipeline.sources.contract import FetchJob
from pipeline.sources.errors import NeedsFull
from pipeline.sources.ptv.v12.connection import ends

if TYPE_CHECKING:
    from pipeline.sources.ptv.v12.fetch import Harvest

KINDS = ("organization", "service", "channel")


def follow(job: FetchJob, harvest: "Harvest", *, whole_country: bool) -> None:
    """Fetches what has changed since `job.base`, with what it newly refers to; notes what is gone."""
    assert job.base is not None
    state, settings = job.base.state, job.description.settings["v12"]
    if "described" not in state:
        raise NeedsFull("the last fetch did not remember what it found")
    moment = (job.base.since - timedelta(hours=settings["delta_overlap_hours"])).astimezone(UTC)
    since = {"publishedAtOrAfter": moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")}
    before = {kind: set(state["known"][kind]) for kind in KINDS}
    harvest.inside = {kind: set(state["inside"][kind]) for kind in KINDS}
    harvest.described = dict(state["described"])
    places = set(state["places"])

    asked = _suspects(harvest, before, moment.strftime("%Y-%m-%dT%H:%M:%S.000Z"))
    queries: list[dict[str, Any]] = [{}]
    if job.municipality_codes:
        queries = harvest.area_queries(job.municipality_codes, whole_country=whole_country)
        for kind in KINDS:
            for rows in harvest.api.everything(harvest.paths[kind]["search"], _id, since, keep=False):
                asked[kind] |= {guid: None for guid in map(_id, rows) if guid in before[kind]}
    for kind in KINDS:
        for query in queries:
            harvest.search(kind, {**query, **since})
        harvest.inside[kind] |= harvest.known[kind]
    places |= set(harvest.places) & harvest.inside["channel"]

    linked = _touched_by_links(harvest, before, places, since, regional=bool(job.municipality_codes))
    asked["service"] |= dict.fromkeys(linked) | _described_anew(harvest, before, since, settings["changed_limit"])
    for kind in KINDS:
        harvest.one_by_one(kind, [guid for guid in asked[kind] if guid not in harvest.known[kind]])
    harvest.linked = {"service": {}, "channel": {}}
    if job.municipality_codes:  # what belongs to the region brings along what it refers to, one step far
        harvest.connections("channelContentIds", sorted(set(harvest.places) & harvest.inside["channel"]))
        harvest.connections("serviceContentIds", sorted(harvest.known["service"] & harvest.inside["service"]))
        for kind in ("service", "channel"):
            new = [guid for guid in harvest.linked[kind] if guid not in before[kind] | harvest.known[kind]]
            harvest.one_by_one(kind, new)
        harvest.connections("serviceContentIds", sorted(harvest.known["service"] - harvest.inside["service"]))
    else:
        harvest.connections("serviceContentIds", sorted(harvest.known["service"]))
    came = {kind: set(ids) for kind, ids in harvest.known.items()}
    harvest.known["organization"] |= before["organization"] - asked["organization"].keys()
    harvest.follow()
    harvest.surroundings()
    for kind in KINDS:
        gone = {guid for guid in asked[kind] if guid in before[kind] and guid not in came[kind]}
        harvest.known[kind] = (before[kind] | harvest.known[kind]) - gone
        harvest.inside[kind] &= harvest.known[kind]
        job.removed.update(dict.fromkeys(sorted(gone)))
    harvest.places |= dict.fromkeys(places)
    job.remember.update(harvest.memory())


def _suspects(harvest: "Harvest", before: dict[str, set[str]], moment: str) -> dict[str, dict[str, None]]:
    """Known things that are archived; they are asked for once more, for they may be public again."""
    found: dict[str, dict[str, None]] = {}
    for kind in KINDS:
        path = harvest.paths[kind]["search"].replace("/search", "/archived")
        pages = harvest.api.everything(path, _id, {"archivedAtOrAfter": moment}, keep=False)
        found[kind] = {guid: None for rows in pages for guid in map(_id, rows) if guid in before[kind]}
    return found


def _touched_by_links(
    harvest: "Harvest", before: dict[str, set[str]], places: set[str], since: dict[str, str], *, regional: bool
) -> list[str]:
    """Services whose connections changed, and services that are new at a place of the region."""
    found: dict[str, None] = {}
    for rows in harvest.api.everything(harvest.paths["connection"]["search"], lambda row: ends(row) or str(row), since):
        for row in rows:
            pair = ends(row) if isinstance(row, dict) else None
            if pair and (pair[0] in before["service"] or (regional and pair[1] in places)):
                found[pair[0]] = None
    return list(found)


def _described_anew(
    harvest: "Harvest", before: dict[str, set[str]], since: dict[str, str], limit: int
) -> dict[str, None]:
    """Services that take over something of a general description that changed."""
    path = harvest.paths["general_description"]["search"]
    changed = {guid for rows in harvest.api.everything(path, _id, since, keep=False) for guid in map(_id, rows)}
    found = {s: None for s, described in harvest.described.items() if described in changed and s in before["service"]}
    if len(found) > limit:
        raise NeedsFull(f"general descriptions of {len(found)} services have changed")
    return found


def _id(row: Any) -> str:
    return str(row.get("contentId")) if isinstance(row, dict) else ""
