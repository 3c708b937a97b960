"""A local PTV, interface v11: the routes of organisations, services and service channels with their quirks.

As on the platform: id lists in pages of 1000 and whole objects in pages of 100, `itemList` null beyond the end,
bare arrays for `list` and `businesscode`, 404 for an empty `list`, ids that do not exist left out silently, one
strict form of dates, 401 for restricted addresses, `sourceId` null for everybody. Organisations without a service
or channel are left out of lists and found by id. An organisation that does nothing PTV shows is listed through a
phone channel or web page in its name when it has a phone or a site, and is hidden otherwise.
Everything is under `/api/v11`.
"""

import json
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from pipeline.demo.ptv_catalogue import Catalogue, Entry, make_catalogue
from pipeline.demo.server import Reply, Request, Site
from pipeline.demo.world import Sighting
from pipeline.transform import reference

BASE = "(?i:/api/v11/{})"
KINDS = {"Organization": "organizations", "Service": "services", "ServiceChannel": "channels"}
WORDS = {"Organization": "Organization", "Service": "Service", "ServiceChannel": "Service channel"}
MOST = 100
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
BUSINESS_CODE = re.compile(r"[0-9]{7}-[0-9]{1}")
GUID_FORM = "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx)."
AREAS = ("Municipality", "Province", "BusinessRegions", "HospitalRegions", "WellbeingServiceCounties")
LARGER = {
    "province": ("Region", reference.regions()),
    "wellbeingservicecounties": ("WellbeingServiceCounties", reference.counties()),
}
"""Kind of area in an address -> how bodies call it, and its codes."""
STATES = ("Published", "Archived", "Withdrawn")


def ptv_site(
    sightings: list[Sighting], *, page_size: int = 1000, list_page_size: int = 100, catalogue: Catalogue | None = None
) -> Site:
    """The site; `page_size` is that of id lists, `list_page_size` that of whole objects.

    A `catalogue` takes the place of the sightings' and may be changed while it is served.
    """
    api = _Api(catalogue or make_catalogue(sightings), page_size, list_page_size)
    site = Site()
    for name in KINDS:
        for path, handler in api.routes(name):
            site.route(BASE.format(path), _answering(handler, name))
    return site


class _Refused(Exception):
    """An answer other than 200."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status)
        self.reply = Reply(_bytes(body), status=status)


Handler = Callable[[str, Request], Reply]


def _answering(handler: Handler, name: str) -> Callable[[Request], Reply]:
    def answer(request: Request) -> Reply:
        try:
            return handler(name, request)
        except _Refused as refused:
            return refused.reply

    return answer


class _Api:
    def __init__(self, catalogue: Catalogue, page_size: int, list_page_size: int) -> None:
        self._all = catalogue
        self._page_size = page_size
        self._list_page_size = list_page_size

    def routes(self, name: str) -> list[tuple[str, Handler]]:
        """Paths below the base, the special before the general, with what answers them."""
        area = "area/([^/]+)/code/([^/]+)"
        found: list[tuple[str, Handler]] = [
            (f"{name}/list", self._list),
            (f"{name}/list/{area}", self._area_objects),
            (f"{name}/{area}", self._area_rows),
            (f"{name}/archived/list", lambda name, request: Reply(b"[]")),
            (f"{name}/(?:active|saha)(?:/.*)?", lambda name, request: Reply(b"", status=401)),
        ]
        if name == "Organization":
            found += [
                (f"{name}/businesscode/([^/]+)", self._business_code),
                (f"{name}/oid/([^/]+)", self._oid),
                (f"{name}/Hierarchy", self._roots),
            ]
        else:
            found.append((f"{name}/list/organization", self._of_organization))
        if name == "Service":
            found.append((f"{name}/serviceChannel/([^/]+)", self._services_of_channel))
        if name == "ServiceChannel":
            found.append((f"{name}/type/([^/]+)", self._of_type))
            found.append((f"{name}/organization/([^/]+)", self._rows_of_organization))
        return [*found, (name, self._rows), (f"{name}/([^/]+)", self._one)]

    # ---- single objects and lists --------------------------------------------------------------------

    def _one(self, name: str, request: Request) -> Reply:
        guid = _guid(request.groups[0], "id")
        entry = self._all[KINDS[name]].get(guid)
        if entry is None:
            raise _Refused(404, {"errorMessage": f"{WORDS[name]} with id '{guid}' not found."})
        return Reply(entry.json.encode())

    def _list(self, name: str, request: Request) -> Reply:
        asked = [text.strip() for text in request.first("guids").split(",") if text.strip()]
        if not asked:
            raise _Refused(400, {"guids": ["Property guids is required."]})
        entries = self._all[KINDS[name]]
        guids = dict.fromkeys(_guid(text, "guids") for text in asked)
        found = [entry for guid in guids if (entry := entries.get(guid))]
        if len(found) > MOST:
            words = f"There were too many items within result set. Only {MOST} items are allowed."
            raise _Refused(*((500, {"errorMessage": words}) if name == "Organization" else (400, {"guids": [words]})))
        if not found:
            raise _Refused(404, {"errorMessage": f"{WORDS[name]}s not found."})
        return _array(found)

    def _business_code(self, name: str, request: Request) -> Reply:
        code = request.groups[0]
        if not BUSINESS_CODE.fullmatch(code):
            raise _Refused(400, {"code": ["The field code must match the regular expression '^[0-9]{7}-[0-9]{1}$'."]})
        found = [e for e in self._all.organizations.values() if e.body["businessCode"] == code]
        if not found:
            raise _Refused(404, {"errorMessage": f"Organizations with code '{code}' not found."})
        return _array(found)

    def _oid(self, name: str, request: Request) -> Reply:
        raise _Refused(404, {"errorMessage": f"Organization with oid '{request.groups[0]}' not found."})

    # ---- pages ---------------------------------------------------------------------------------------

    def _rows(self, name: str, request: Request) -> Reply:
        status = request.first("status", "Published")
        if status not in STATES:
            raise _Refused(400, {"status": [f"The field is invalid. Please use one of these: '{', '.join(STATES)}'."]})
        if status != "Published":
            return self._gone(name, status, request)
        kept = self._all.under(KINDS[name], _changed(request))
        owner = request.first("organizationId").lower()
        return self._id_page([e for e in kept if not owner or e.organization.lower() == owner], request)

    def _gone(self, name: str, status: str, request: Request) -> Reply:
        """Ids of what is no longer public; all of it counts as archived here."""
        changed = _changed(request)
        gone = self._all.archived.get(KINDS[name], []) if status == "Archived" else []
        entries = [Entry(guid, {"modified": moment}, frozenset(), False, "", "") for guid, moment in gone]
        return self._id_page([entry for entry in entries if changed(entry)], request, plain=True)

    def _roots(self, name: str, request: Request) -> Reply:
        changed = _changed(request)
        roots = self._all.under("organizations", lambda e: e.body["parentOrganizationId"] is None and changed(e))
        return self._id_page(roots, request, plain=True)

    def _area_objects(self, name: str, request: Request) -> Reply:
        return self._object_page(self._in_area(name, request), request)

    def _area_rows(self, name: str, request: Request) -> Reply:
        changed = _changed(request)
        return self._id_page([e for e in self._in_area(name, request) if changed(e)], request)

    def _in_area(self, name: str, request: Request) -> list[Entry]:
        area, code = request.groups[-2:]
        if area.lower() not in {known.lower() for known in AREAS}:
            raise _Refused(400, {"area": [f"The field is invalid. Please use one of these: '{', '.join(AREAS)}'."]})
        if area.lower() != "municipality":
            return self._in_larger_area(name, area, code)
        if code not in reference.municipalities():
            raise _Refused(404, {"errorMessage": f"Municipality with code '{code}' not found."})
        whole = request.first("includeWholeCountry").lower() == "true"
        return self._all.under(KINDS[name], lambda e: code in e.municipalities or (whole and e.whole_country))

    def _in_larger_area(self, name: str, area: str, code: str) -> list[Entry]:
        """What is limited to a region or county itself."""
        kind, known = LARGER.get(area.lower(), ("", {}))
        if code not in known:
            raise _Refused(404, {"errorMessage": f"Area {area} with code '{code}' not found."})

        def is_there(entry: Entry) -> bool:
            areas = entry.body.get("areas") or []
            return any(one.get("type") == kind and one.get("code") == code for one in areas)

        return self._all.under(KINDS[name], is_there)

    def _of_organization(self, name: str, request: Request) -> Reply:
        given = {key: request.first(key) for key in ("organizationId", "code", "oid") if request.first(key)}
        if len(given) != 1:
            many = "Only one of the organization related parameters can be set at a time."
            none = "One of the organization related parameters 'organizationId', 'code' or 'oid' has to be set."
            raise _Refused(400, {"organizationId": [many if given else none]})
        owners = {given["organizationId"].lower()} if "organizationId" in given else set()
        if "code" in given:
            bodies = self._all.organizations.items()
            owners = {guid for guid, entry in bodies if entry.body["businessCode"] == given["code"]}
        return self._object_page(self._all.under(KINDS[name], lambda e: e.organization.lower() in owners), request)

    def _rows_of_organization(self, name: str, request: Request) -> Reply:
        owner = _guid(request.groups[0], "organizationId")
        return self._id_page(self._all.under(KINDS[name], lambda e: e.organization.lower() == owner), request)

    def _services_of_channel(self, name: str, request: Request) -> Reply:
        channel = self._all.channels.get(_guid(request.groups[0], "serviceChannelId"))
        ids = {c["service"]["id"].lower() for c in channel.body["services"]} if channel else set()
        return self._id_page(self._all.under("services", lambda e: e.id.lower() in ids), request)

    def _of_type(self, name: str, request: Request) -> Reply:
        kind = request.groups[0].lower()
        found = self._all.under("channels", lambda e: e.body["serviceChannelType"].lower() == kind)
        return self._id_page(found, request)

    def _id_page(self, entries: list[Entry], request: Request, *, plain: bool = False) -> Reply:
        envelope, part = _page(entries, request, self._page_size)
        rows = [{"id": e.id, "name": e.name} if plain else e.row for e in part]
        return Reply(_bytes(envelope | {"itemList": rows or None}))

    def _object_page(self, entries: list[Entry], request: Request) -> Reply:
        envelope, part = _page(entries, request, self._list_page_size)
        items = f"[{','.join(e.json for e in part)}]" if part else "null"
        return Reply(f'{json.dumps(envelope)[:-1]}, "itemList": {items}}}'.encode())


def _page(entries: list[Entry], request: Request, size: int) -> tuple[dict[str, int], list[Entry]]:
    """The envelope without its items, and the entries of the page: none for page 0 and beyond the end."""
    try:
        number = int(request.first("page", "1"))
    except ValueError:
        raise _Refused(400, {"page": [f"The value '{request.first('page')}' is not valid."]}) from None
    if number < 0:
        raise _Refused(400, {"page": ["The page number cannot be negative value."]})
    count = -(-len(entries) // size) if number else 0
    part = entries[(number - 1) * size : number * size] if number else []
    return {"pageNumber": number, "pageSize": size, "pageCount": count}, part


def _changed(request: Request) -> Callable[[Entry], bool]:
    """Whether an entry changed strictly after `date` and strictly before `dateBefore`."""
    limits: dict[str, datetime] = {}
    for key in ("date", "dateBefore"):
        if text := request.first(key):
            if not DATE.fullmatch(text):
                raise _Refused(400, {key: [f"The {key} parameter is invalid."]})
            try:
                limits[key] = datetime.fromisoformat(text)
            except ValueError:
                raise _Refused(400, {key: [f"The {key} parameter is invalid."]}) from None

    after, before = limits.get("date"), limits.get("dateBefore")

    def passes(entry: Entry) -> bool:
        if not limits:
            return True
        moment = datetime.fromisoformat(entry.body["modified"])
        return (after is None or after < moment) and (before is None or moment < before)

    return passes


def _guid(text: str, key: str) -> str:
    try:
        if len(text) == 36:
            return str(UUID(text))
    except ValueError:
        pass
    words = GUID_FORM if key != "guids" else f"Cannot parse '{text}' to type of Guid."
    raise _Refused(400, {key: [words]})


def _array(entries: Iterable[Entry]) -> Reply:
    return Reply(f"[{','.join(entry.json for entry in entries)}]".encode())


def _bytes(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
