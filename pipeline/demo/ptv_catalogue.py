"""The invented PTV as a whole: every object under its GUID, in the order of creation, ready to be asked for.

Which organisations the platform lists is decided here: those with at least one service or channel; the others
exist, and are found by id and by business id.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from pipeline.demo import ptv_services, ptv_shapes
from pipeline.demo.world import Activity, Sighting

SHOWN = ("support", "hobby", "meeting_place")
"""Kinds of activity that reach PTV; events and volunteer tasks do not."""


@dataclass(slots=True)
class Entry:
    """One object with what it is found by."""

    id: str
    body: dict[str, Any]
    municipalities: frozenset[str]
    whole_country: bool
    organization: str
    name: str
    listed: bool = True
    _json: str | None = None

    @property
    def json(self) -> str:
        """The object as the platform sends it."""
        if self._json is None:
            self._json = json.dumps(self.body, ensure_ascii=False, separators=(",", ":"))
        return self._json

    @property
    def row(self) -> dict[str, Any]:
        """The object as a row of an id list."""
        row = {"id": self.id, "name": self.name}
        if "organizationNames" in self.body:
            row["parentOrganizationId"] = self.body["parentOrganizationId"]
        return row


@dataclass(slots=True)
class Catalogue:
    """All objects by kind and id."""

    organizations: dict[str, Entry] = field(default_factory=dict)
    services: dict[str, Entry] = field(default_factory=dict)
    channels: dict[str, Entry] = field(default_factory=dict)
    archived: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    """Kind -> (id, moment) of what is no longer public."""

    def change(self, kind: str, guid: str, moment: str, **fields: Any) -> None:
        """Gives fields of an object other values, at a moment as PTV writes it."""
        entry = self[kind][guid.lower()]
        entry.body |= {**fields, "modified": moment}
        entry._json = None

    def archive(self, kind: str, guid: str, moment: str) -> None:
        """Takes an object out of the public ones; its organisation and connections keep their lists as they are."""
        del self[kind][guid.lower()]
        self.archived.setdefault(kind, []).append((guid, moment))

    def __getitem__(self, kind: str) -> dict[str, Entry]:
        found: dict[str, Entry] = getattr(self, kind)
        return found

    def under(self, kind: str, keep: Callable[[Entry], bool]) -> list[Entry]:
        """The listed objects of a kind that pass."""
        return [entry for entry in self[kind].values() if entry.listed and keep(entry)]


def make_catalogue(sightings: Iterable[Sighting]) -> Catalogue:
    """The objects of all sightings."""
    seen = {sighting.native_id: sighting for sighting in sightings}
    made = Catalogue()
    services_of: dict[str, list[dict[str, Any]]] = {}
    for sighting in seen.values():
        for activity in sighting.organisation.activities:
            if activity.kind in SHOWN:
                channels = ptv_services.channels_of(sighting, activity)
                services_of.setdefault(sighting.native_id, []).append(_service(made, sighting, activity, channels))
        if sighting.native_id not in services_of and (own := ptv_services.own_channel(sighting)):
            _add(made.channels, own, sighting.native_id, "serviceChannelNames")
    with_content = {e.organization for e in (*made.services.values(), *made.channels.values())}
    children: dict[str, list[dict[str, Any]]] = {}
    for sighting in seen.values():
        if sighting.parent_native_id:
            row = {"id": sighting.native_id, "name": sighting.organisation.name_fi}
            children.setdefault(sighting.parent_native_id, []).append(row)
    for native_id, sighting in seen.items():
        roles = [ptv_services.organization_role(row) for row in services_of.get(native_id, [])]
        body = ptv_shapes.organization(sighting, _root(seen, native_id), children.get(native_id, []), roles)
        entry = _add(made.organizations, body, native_id, "organizationNames")
        entry.name = sighting.organisation.name_fi
        entry.listed = native_id in with_content
    return made


def _service(made: Catalogue, sighting: Sighting, activity: Activity, channels: list[dict[str, Any]]) -> dict[str, Any]:
    """Adds a service with its channels, connected on both sides; gives its row for the organisation."""
    far = [
        ptv_services.connection("serviceChannel", channel["id"], channel["serviceChannelNames"][0]["value"])
        for channel in channels
    ]
    body = ptv_services.service(sighting, activity, far)
    for channel in channels:
        channel["services"] = [ptv_services.connection("service", body["id"], activity.name_fi)]
        _add(made.channels, channel, sighting.native_id, "serviceChannelNames")
    _add(made.services, body, sighting.native_id, "serviceNames")
    return {"id": body["id"], "name": activity.name_fi}


def _add(into: dict[str, Entry], body: dict[str, Any], organization: str, names: str) -> Entry:
    home = body.get("municipality")
    codes = {m["code"] for area in body["areas"] or [] for m in area["municipalities"]}
    if home:  # a municipal organisation is found by its own municipality only
        codes = {home["code"]}
    entry = Entry(
        id=body["id"],
        body=body,
        municipalities=frozenset(codes),
        whole_country=body["areaType"] == "Nationwide",
        organization=organization,
        name=body[names][0]["value"],
    )
    into[entry.id.lower()] = entry
    return entry


def _root(seen: dict[str, Sighting], native_id: str) -> str:
    """The topmost known parent, itself for a root; a circle ends where it was entered."""
    passed = {native_id}
    while (parent := seen[native_id].parent_native_id) and parent in seen and parent not in passed:
        passed.add(parent)
        native_id = parent
    return native_id
