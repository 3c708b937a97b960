"""Fetches PTV v11 whole, or what concerns a region, and with it every organisation that is referred to.

The whole country: the list of ids of each kind, then the objects in batches. A region: the objects of its
municipalities, and of the regions and counties that hold them; then the services met at the region's places and the
channels of the region's services, wherever these are, because PTV's filter goes by the area of each thing alone. In
both, organisations that anything names and parents of organisations are fetched by id: PTV's list leaves out
organisations without content (verified).
With `version: v12` everything is left to `v12.fetch`.
"""

from collections.abc import Callable, Iterator
from typing import Any

from pipeline.sources.contract import FetchJob
from pipeline.sources.errors import SourceFailed
from pipeline.sources.ptv import changes
from pipeline.sources.ptv.areas import Area, areas_of
from pipeline.sources.ptv.paging import Api
from pipeline.sources.ptv.v12.fetch import fetch as fetch_v12

KINDS = ("organization", "service", "channel")
WORDS = {"organization": "organisations", "service": "services", "channel": "service channels"}


def fetch(job: FetchJob) -> None:
    """Keeps the answers that make up PTV; raises `SourceFailed` when it cannot be read whole."""
    version = str(job.options.get("version") or job.description.settings["version"]).strip().lower()
    if version not in ("v11", "v12"):
        raise SourceFailed(f"version of {job.source} is '{version}'; write v11 or v12 in koonti.yml.")
    if version == "v12":
        fetch_v12(job)
        return
    harvest = Harvest(Api(job), job.progress)
    whole_country = str(job.options.get("include_whole_country", False)).lower() == "true"
    if job.base:
        changes.follow(job, harvest, whole_country=whole_country)
        return
    if job.municipality_codes:
        areas = areas_of(job.municipality_codes, job.description.settings["area_filters"])
        harvest.region(areas, whole_country=whole_country)
    else:
        harvest.everything()
    harvest.follow("organization", harvest.organizations)
    if not any(harvest.known.values()):
        raise SourceFailed(
            "PTV answered without a single organisation, service or channel. Check base_url and region in koonti.yml."
        )
    job.remember.update(harvest.memory())


class Harvest:
    """What is known so far, and what known things refer to. Dictionaries stand for sets that keep their order."""

    def __init__(self, api: Api, progress: Callable[[str], None]) -> None:
        self.api = api
        self._progress = progress
        self.known: dict[str, set[str]] = {kind: set() for kind in KINDS}
        self.inside: dict[str, set[str]] = {kind: set() for kind in KINDS}
        """Known things that belong to the region by themselves, not because others refer to them."""
        self._asked: dict[str, set[str]] = {kind: set() for kind in KINDS}
        self.organizations: dict[str, None] = {}
        self.services: dict[str, None] = {}
        """Services met at places."""
        self.channels: dict[str, None] = {}
        """Channels of services."""

    def everything(self) -> None:
        """Every object of every kind."""
        for kind in KINDS:
            ids: dict[str, None] = {}
            for rows in self.api.ids(kind):
                ids |= dict.fromkeys(_ids(rows))
                self._progress(f"{WORDS[kind]}: {_count(len(ids))} listed")
            self.objects(kind, list(ids))
        self.inside = {kind: set(ids) for kind, ids in self.known.items()}

    def region(self, areas: list[Area], *, whole_country: bool) -> None:
        """Every object of the areas, and what these refer to, one step far."""
        for area in areas:
            for kind in KINDS:
                self._area(kind, area, whole_country=whole_country)
        if not any(self.known.values()):
            raise SourceFailed(
                "PTV knows none of the municipalities of the region, or has nothing there. Check region in koonti.yml."
            )
        self.inside = {kind: set(ids) for kind, ids in self.known.items()}
        services, channels = dict(self.services), dict(self.channels)
        self.objects("service", self.missing("service", services))
        self.objects("channel", self.missing("channel", channels))

    def _area(self, kind: str, area: Area, *, whole_country: bool) -> None:
        """Fetches one kind of an area; ids and batches stand in when pages of whole objects time out."""
        found = 0
        try:
            for objects in self.api.area(kind, area, whole_country=whole_country):
                found += self._learn(kind, objects)
        except SourceFailed as failure:
            if (failure.status or 0) < 500:
                raise
            rows = [row for page in self.api.area_ids(kind, area, whole_country=whole_country) for row in page]
            ids = list(dict.fromkeys(_ids(rows)))
            self.objects(kind, self.missing(kind, dict.fromkeys(ids)))
            found = len(ids)
        self._progress(f"{area}: {_count(found)} {WORDS[kind]}")

    def follow(self, kind: str, wanted: dict[str, None]) -> None:
        """Fetches what is referred to, and what that refers to (parents); each id once, so circles end."""
        while missing := self.missing(kind, wanted):
            self.objects(kind, missing)

    def memory(self) -> dict[str, dict[str, list[str]]]:
        """What the next delta needs to know."""
        sets = {"known": self.known, "inside": self.inside}
        return {name: {kind: sorted(ids) for kind, ids in held.items()} for name, held in sets.items()}

    def missing(self, kind: str, ids: dict[str, None]) -> list[str]:
        return [guid for guid in ids if guid not in self.known[kind] and guid not in self._asked[kind]]

    def objects(self, kind: str, ids: list[str]) -> None:
        self._asked[kind].update(ids)
        done = 0
        for objects in self.api.objects(kind, ids):
            done += self._learn(kind, objects)
            self._progress(f"{WORDS[kind]} {_count(done)} of {_count(len(ids))}")

    def _learn(self, kind: str, objects: list[Any]) -> int:
        """Notes the ids of objects and what they refer to; returns how many objects there were."""
        for entry in objects:
            if not isinstance(entry, dict):
                continue
            if isinstance(guid := entry.get("id"), str):
                self.known[kind].add(guid)
            if kind == "organization":
                self.organizations |= _references([entry], "parentOrganizationId")
            elif kind == "service":
                self.organizations |= _nested(entry, "organizations", "organization")
                self.channels |= _nested(entry, "serviceChannels", "serviceChannel")
            else:
                self.organizations |= _references([entry], "organizationId")
                if entry.get("serviceChannelType") == "ServiceLocation":
                    self.services |= _nested(entry, "services", "service")
        return len(objects)


def _ids(rows: list[Any]) -> Iterator[str]:
    return (row["id"] for row in rows if isinstance(row, dict) and isinstance(row.get("id"), str) and row["id"])


def _references(entries: list[Any], key: str) -> dict[str, None]:
    found = (entry.get(key) for entry in entries if isinstance(entry, dict))
    return {value: None for value in found if isinstance(value, str) and value}


def _nested(entry: dict[str, Any], key: str, inner: str) -> dict[str, None]:
    """The ids of `[{inner: {"id": …}}]` under a key."""
    listed = entry.get(key)
    bodies = [one.get(inner) for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return _references(bodies, "id")


def _count(number: int) -> str:
    return f"{number:,}".replace(",", " ")
