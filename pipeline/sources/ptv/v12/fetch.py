"""Fetches v12 whole, or what concerns a region, and with it every organisation that is referred to.

Searches answer whole objects. Connections are a listing of their own. For a region, what is limited to its
municipalities, or to a region or county that holds one of them, is asked for; then, as in v11, the services met at
the region's places and the channels of the region's services, wherever these are. Last come the general
descriptions and the names of the codes that were met.
"""

import re
from collections.abc import Callable
from typing import Any

from pipeline.sources.contract import FetchJob
from pipeline.sources.errors import SourceFailed
from pipeline.sources.ptv.v12 import changes
from pipeline.sources.ptv.v12.connection import ends
from pipeline.sources.ptv.v12.paging import Api

KINDS = ("organization", "service", "channel")
WORDS = {"organization": "organisations", "service": "services", "channel": "service channels"}
Json = dict[str, Any]


def fetch(job: FetchJob) -> None:
    """Keeps the answers that make up PTV; raises `SourceFailed` when it cannot be read whole."""
    harvest = Harvest(Api(job), job.description.settings["v12"], job.progress)
    harvest.code_lists()
    whole_country = str(job.options.get("include_whole_country", False)).lower() == "true"
    if job.base:
        changes.follow(job, harvest, whole_country=whole_country)
        return
    if job.municipality_codes:
        harvest.region(job.municipality_codes, whole_country=whole_country)
    else:
        harvest.everything()
    harvest.follow()
    if not any(harvest.known.values()):
        raise SourceFailed(
            "PTV answered without a single organisation, service or channel. Check base_url and region in koonti.yml."
        )
    harvest.surroundings()
    job.remember.update(harvest.memory())


class Harvest:
    """What is known so far, and what known things refer to. Dictionaries stand for sets that keep their order."""

    def __init__(self, api: Api, settings: Json, progress: Callable[[str], None]) -> None:
        self.api = api
        self._settings = settings
        self.paths = settings["paths"]
        self._progress = progress
        self.known: dict[str, set[str]] = {kind: set() for kind in KINDS}
        self.inside: dict[str, set[str]] = {kind: set() for kind in KINDS}
        """Known things that belong to the region by themselves, not because others refer to them."""
        self.described: dict[str, str] = {}
        """Service -> its general description."""
        self._asked: set[str] = set()
        self.places: dict[str, None] = {}
        self._organizations: dict[str, None] = {}
        self._codes: dict[str, dict[str, None]] = {name: {} for name in settings["lists_by_code"]}
        self.linked: dict[str, dict[str, None]] = {"service": {}, "channel": {}}
        self._areas: dict[str, dict[str, list[str]]] = {}
        """List of areas -> code -> its municipalities."""

    def code_lists(self) -> None:
        """The short lists, whole."""
        for name in self._settings["lists"]:
            held = self._areas.setdefault(name, {})
            for rows in self.api.everything(name, _code):
                for row in rows:
                    inside = row.get("municipalities") if isinstance(row, dict) else None
                    if isinstance(inside, list) and isinstance(row.get("code"), str):
                        held[row["code"]] = [code for code in inside if isinstance(code, str)]

    def everything(self) -> None:
        """Every object of every kind, and all connections."""
        for kind in KINDS:
            self.search(kind, {})
        self.inside = {kind: set(ids) for kind, ids in self.known.items()}
        done = 0
        for rows in self.api.everything(self.paths["connection"]["search"], _pair):
            done += len(rows)
            self._progress(f"connections {_count(done)}")

    def region(self, codes: tuple[str, ...], *, whole_country: bool) -> None:
        """Every object of the municipalities, and what these refer to, one step far."""
        for kind in KINDS:
            for query in self.area_queries(codes, whole_country=whole_country):
                self.search(kind, query)
        if not any(self.known.values()):
            raise SourceFailed(
                "PTV knows none of the municipalities of the region, or has nothing there. Check region in koonti.yml."
            )
        self.inside = {kind: set(ids) for kind, ids in self.known.items()}
        services = sorted(self.known["service"])
        self.connections("channelContentIds", self.places)
        self.connections("serviceContentIds", services)
        more = [guid for guid in self.linked["service"] if guid not in self.known["service"]]
        channels = [guid for guid in self.linked["channel"] if guid not in self.known["channel"]]
        self.one_by_one("service", more)
        self.one_by_one("channel", channels)
        self.connections("serviceContentIds", more)

    def area_queries(self, codes: tuple[str, ...], *, whole_country: bool) -> list[Json]:
        """The searches that together find what holds in the municipalities; a search takes one kind of area."""
        most, queries = self._settings["values_limit"], []
        limited = {"areaType": "LimitedArea"}
        known = [code for code in dict.fromkeys(codes) if re.fullmatch(r"\d{3}", code)]
        for parameter, source in self._settings["area_filters"].items():
            held = self._areas.get(source, {})
            values = [area for area in held if set(held[area]) & set(codes)] if source else known
            parts = (values[start : start + most] for start in range(0, len(values), most))
            queries += [{**limited, parameter: part, f"{parameter}Match": "any"} for part in parts]
        if whole_country:
            queries += [{"areaType": kind} for kind in self._settings["whole_country"]]
        return queries

    def follow(self) -> None:
        """Fetches organisations that are referred to, and their parents; each id once, so circles end."""
        while missing := [g for g in self._organizations if g not in self.known["organization"] | self._asked]:
            self.one_by_one("organization", missing)

    def surroundings(self) -> None:
        """The general descriptions, and the names of the codes that are in use."""
        for rows in self.api.everything(self.paths["general_description"]["search"], _content):
            for row in rows:
                self._note_codes(row)
        for name, about in self._settings["lists_by_code"].items():
            form = re.compile(about["form"])
            codes = [code for code in self._codes[name] if form.fullmatch(code)]
            for _ in self.api.chosen(name, _code, about["parameter"], codes):
                pass
            self._progress(f"names of {_count(len(codes))} {name.replace('-', ' ')}")

    def search(self, kind: str, query: Json) -> None:
        before = len(self.known[kind])
        for rows in self.api.everything(self.paths[kind]["search"], _content, query):
            for row in rows:
                self._learn(kind, row)
            self._progress(f"{WORDS[kind]} {_count(len(self.known[kind]) - before)}")

    def connections(self, parameter: str, ids: Any) -> None:
        for rows in self.api.chosen(self.paths["connection"]["search"], _pair, parameter, ids):
            for row in rows:
                if isinstance(row, dict) and (found := ends(row)):
                    self.linked["service"][found[0]] = None
                    if parameter == "serviceContentIds":
                        self.linked["channel"][found[1]] = None

    def one_by_one(self, kind: str, ids: list[str]) -> None:
        """Objects by id, for the searches cannot be asked for ids; those that are gone are left out."""
        for done, guid in enumerate(ids, start=1):
            self._asked.add(guid)
            self._learn(kind, self.api.one(self.paths[kind]["one"].format(id=guid)))
            self._progress(f"{WORDS[kind]} {_count(done)} of {_count(len(ids))} by id")

    def memory(self) -> Json:
        """What the next delta needs to know."""
        sets = {"known": self.known, "inside": self.inside}
        found: Json = {name: {kind: sorted(ids) for kind, ids in held.items()} for name, held in sets.items()}
        services = self.known["service"]
        described = {guid: about for guid, about in sorted(self.described.items()) if guid in services}
        return {**found, "described": described, "places": sorted(set(self.places) & self.inside["channel"])}

    def _learn(self, kind: str, entry: Any) -> None:
        """Notes the id of an object and what it refers to."""
        if not isinstance(entry, dict):
            return
        if isinstance(guid := entry.get("contentId"), str):
            self.known[kind].add(guid)
            if kind == "service" and isinstance(described := entry.get("generalDescriptionContentId"), str):
                self.described[guid] = described
            if entry.get("serviceChannelType") == "ServiceLocation":
                self.places[guid] = None
        self._note_codes(entry)
        named = [entry.get("parentOrganizationContentId"), entry.get("organizationContentId")]
        named += _list(entry.get("otherResponsibleOrganizations"))
        producers = entry.get("producers")
        for group in producers.values() if isinstance(producers, dict) else ():
            named += _list(group.get("organizations")) if isinstance(group, dict) else []
        self._organizations |= {guid: None for guid in named if isinstance(guid, str) and guid}

    def _note_codes(self, entry: Any) -> None:
        """Notes the codes whose names are asked for later, wherever in the object they stand."""
        waiting = [entry]
        while waiting:
            node = waiting.pop()
            if isinstance(node, list):
                waiting += [inner for inner in node if isinstance(inner, (dict, list))]
            elif isinstance(node, dict):
                for key, value in node.items():
                    if isinstance(value, (dict, list)):
                        waiting.append(value)
                    for name, about in self._settings["lists_by_code"].items():
                        if key == about["field"]:
                            found = [value] if isinstance(value, str) else _list(value)
                            self._codes[name] |= {code: None for code in found if isinstance(code, str)}


def _content(row: Json) -> Any:
    return str(row.get("contentId"))


def _pair(row: Json) -> Any:
    return ends(row) or str(row)


def _code(row: Json) -> Any:
    return str(row.get("code") or row.get("uri"))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _count(number: int) -> str:
    return f"{number:,}".replace(",", " ")
