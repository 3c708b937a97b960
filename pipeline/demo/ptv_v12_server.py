"""A local PTV, interface v12, of the same world and with the same ids as the local v11.

As in the specification: a key in `x-api-key` (401 without), whole objects in pages that say how many there are,
problem details for errors, `all` as the default of several values, archived lists of bare ids, and no order that
could be relied on. Everything is under `/api/v12`; health is outside it.
What tests want to be otherwise is a field of `World12` or of `Habits`.
"""

import json
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from pipeline.demo import ptv12_shapes
from pipeline.demo.ptv12_channels import channel
from pipeline.demo.ptv12_lists import code_lists
from pipeline.demo.ptv12_query import BadQueryError, Query, understand
from pipeline.demo.ptv_catalogue import make_catalogue
from pipeline.demo.ptv_shapes import Json
from pipeline.demo.server import Reply, Request, Site
from pipeline.demo.world import Sighting

BASE = "/api/v12"
KEY = "key-of-the-local-ptv"
KINDS = ("organization", "service", "service-channel", "general-description", "service-collection", "connection")
NEVER = "0001-01-01T00:00:00Z"
SINGLE = {"serviceTypes": "serviceType", "channelTypes": "serviceChannelType", "organizationTypes": "organizationType"}


@dataclass(slots=True)
class Habits:
    """How the local platform behaves where the specification leaves it open."""

    key: str | None = KEY
    """Null opens it to everybody."""
    keyless_by_id: bool = False
    channel_key: str = "channelContentId"
    """Or `serviceChannelContentId`, as newer code reads it."""
    shuffled: bool = False
    """Every listing is in another order each time its first page is asked for."""
    slips: int = 0
    """So many later pages of services are read after the listing moved by one row: one is missed, one comes twice."""


@dataclass(slots=True)
class World12:
    """Everything the platform holds; tests may change it while it is served."""

    rows: dict[str, list[Json]] = field(default_factory=lambda: {kind: [] for kind in KINDS})
    lists: dict[str, list[Json]] = field(default_factory=dict)
    hidden: set[str] = field(default_factory=set)
    """Ids that no search gives and that are found by id: organisations without content, things copied late."""
    unpublished: set[str] = field(default_factory=set)
    """Ids that are known and not public: 404 with the reason NotPublished."""
    archived: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Kind -> (moment, id)."""


def make_world12(sightings: Iterable[Sighting], channel_key: str = "channelContentId") -> World12:
    """The v11 catalogue of the sightings in the shapes of v12."""
    held, made = make_catalogue(sightings), World12()
    for entry in held.organizations.values():
        made.rows["organization"].append(ptv12_shapes.organization(entry.body))
        if not entry.listed:
            made.hidden.add(entry.id)
    for entry in held.services.values():
        made.rows["service"].append(ptv12_shapes.service(entry.body))
        made.rows["connection"] += [
            ptv12_shapes.connection(entry.id, link, channel_key) for link in entry.body["serviceChannels"] or []
        ]
    made.rows["service-channel"] = [channel(entry.body) for entry in held.channels.values()]
    bodies = [entry.body for entry in (*held.organizations.values(), *held.channels.values())]
    addresses = [a for body in bodies for key in ("addresses", "deliveryAddresses") for a in body.get(key) or []]
    made.lists = code_lists(a["streetAddress"] for a in addresses if a["streetAddress"])
    return made


def ptv_v12_site(sightings: Iterable[Sighting] = (), *, world: World12 | None = None, **habits: Any) -> Site:
    """The site of the sightings, or of a world that was made before; `habits` are fields of `Habits`."""
    behaviour = Habits(**habits)
    api = _Api(world or make_world12(sightings, behaviour.channel_key), behaviour)
    site = Site()
    for path in ("liveness", "readiness"):
        site.route(f"/health/{path}", lambda request: Reply(b'"healthy"'))
    for path, handler, by_id in api.routes():
        site.route(f"{BASE}/{path}", api.guarded(handler, by_id=by_id))
    return site


class _Problem(Exception):
    def __init__(self, status: int, title: str, **more: Any) -> None:
        super().__init__(title)
        self.status, self.title, self.more = status, title, more


Handler = Callable[[Request], Any]


class _Api:
    def __init__(self, world: World12, habits: Habits) -> None:
        self._world, self._habits = world, habits
        self._readings = 0

    def routes(self) -> list[tuple[str, Handler, bool]]:
        """Paths, the special before the general; whether each asks for one thing by id."""
        found: list[tuple[str, Handler, bool]] = []
        for kind in KINDS:
            found.append((f"{kind}/search", partial(self._search, kind), False))
            found.append((f"{kind}/archived", partial(self._archived, kind), False))
        found.append(("organization/hierarchy/([^/]+)", self._hierarchy, False))
        found.append(("connection/([^/]+)/([^/]+)", self._connection, True))
        found += [(f"{kind}/([^/]+)", partial(self._one, kind), True) for kind in KINDS[:-1]]
        found += [(name, partial(self._codes, name), False) for name in self._world.lists]
        return found

    def guarded(self, handler: Handler, *, by_id: bool) -> Callable[[Request], Reply]:
        """The handler behind the key, with its errors as problem details."""

        def answer(request: Request) -> Reply:
            free = self._habits.key is None or (by_id and self._habits.keyless_by_id)
            given = next((v for k, v in request.headers.items() if k.lower() == "x-api-key"), None)
            if not free and given is None:
                return Reply(b'{"message":"Unauthorized"}', status=401)
            if not free and given != self._habits.key:
                return Reply(b'{"message":"Forbidden"}', status=403)
            try:
                return Reply(_bytes(handler(request)))
            except BadQueryError as bad:
                problem = _Problem(400, "Bad Request", detail=str(bad), errors=bad.errors)
            except _Problem as raised:
                problem = raised
            body = {"title": problem.title, "detail": "", "status": problem.status, "type": "about:blank"}
            body |= {"requestId": "00000000-0000-4000-8000-000000000012", "instance": request.path, **problem.more}
            return Reply(_bytes(body), status=problem.status)

        return answer

    # ---- one thing -------------------------------------------------------------------------------------

    def _one(self, kind: str, request: Request) -> Json:
        wanted = _uuid(request.groups[0])
        if wanted not in self._world.unpublished:
            for row in self._world.rows[kind]:
                if row["contentId"].lower() == wanted:
                    return row
        raise _Problem(404, "Not Found", reason=self._reason(wanted))

    def _connection(self, request: Request) -> Json:
        ends = tuple(_uuid(part) for part in request.groups)
        for row in self._world.rows["connection"]:
            if (row["serviceContentId"].lower(), row[self._habits.channel_key].lower()) == ends:
                return row
        raise _Problem(404, "Not Found", reason="Unknown")

    def _reason(self, wanted: str) -> str:
        return "NotPublished" if wanted in self._world.unpublished else "Unknown"

    def _hierarchy(self, request: Request) -> Json:
        """The edges from the organisation down."""
        parents = {row["contentId"]: row["parentOrganizationContentId"] for row in self._world.rows["organization"]}
        if (start := _uuid(request.groups[0])) not in parents:
            raise _Problem(404, "Not Found")
        inside, edges = [start], []
        for parent in inside:
            below = [child for child, above in parents.items() if above == parent and child not in inside]
            inside += below
            edges += [{"childContentId": child, "parentContentId": parent} for child in below]
        return {"edges": edges}

    # ---- pages -----------------------------------------------------------------------------------------

    def _search(self, kind: str, request: Request) -> Json:
        query = understand(kind, request.query)
        away = self._world.hidden | self._world.unpublished
        rows = [r for r in self._world.rows[kind] if r.get("contentId") not in away and self._passes(r, query)]
        if kind == "service" and self._habits.slips and 1 < query.page <= -(-len(rows) // query.size):
            self._habits.slips -= 1
            rows = [*rows[1:], rows[0]]
        return self._page(rows, query)

    def _archived(self, kind: str, request: Request) -> Json:
        query = understand("archived", request.query)
        gone = self._world.archived.get(kind, [])
        return self._page(
            [{"contentId": one} for moment, one in gone if query.since and _moment(moment) >= query.since], query
        )

    def _codes(self, name: str, request: Request) -> Json:
        query = understand("code", request.query)
        rows = self._world.lists[name]
        for key, own in (("codes", "code"), ("uris", "uri")):
            if key in query.values:
                rows = [row for row in rows if row.get(own) in query.values[key]]
        if part := request.first("name").lower():
            rows = [row for row in rows if any(part in name.lower() for name in row["name"].values())]
        return self._page(rows, query)

    def _page(self, rows: list[Json], query: Query) -> Json:
        if self._habits.shuffled:
            self._readings += query.page == 1
            rows = random.Random(self._readings).sample(rows, len(rows))
        part = rows[(query.page - 1) * query.size : query.page * query.size]
        envelope = {"page": query.page, "pageSize": query.size, "totalItems": len(rows)}
        return {**envelope, "totalPages": -(-len(rows) // query.size), "items": part}

    def _passes(self, row: Json, query: Query) -> bool:
        """Whether a row meets all filters; a municipality is looked for among municipalities only."""
        area = row.get("area") or {}
        if query.area_type and area.get("areaType") != query.area_type:
            return False
        if query.since and _moment(row.get("publishedAt") or NEVER) < query.since:
            return False
        for name, values in query.values.items():
            if name in ("municipalities", "regions", "wellbeingServicesCounties"):
                held = set(area.get(name, ()))
            elif name == "languageVersions":
                held = set(row["languageVersions"])
            elif name == "channelContentIds":
                held = {row[self._habits.channel_key]}
            elif name.endswith("ContentIds") or name in SINGLE:
                held = {row[SINGLE.get(name, name[:-1])]}
            else:
                held = {row["businessId"]} if name == "businessIds" else set(row[name])
            matched = [value in held for value in values]
            one_is_enough = name.endswith("Ids") or name in SINGLE or not query.every[name]
            if not (any(matched) if one_is_enough else all(matched)):
                return False
        return True


def _uuid(text: str) -> str:
    if len(text) != 36 or text.count("-") != 4:
        raise BadQueryError("contentId", "Invalid uuid")
    return text.lower()


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _bytes(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
