"""Answers of Lähellä.fi -> items: which object is a group, which an activity, and what was seen before.

The fields of each are read in `organisation` and `activity`. Captures may come in any order and several times:
an object is read once, a differing second one is reported.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from pipeline.sources.contract import SourceDescription
from pipeline.sources.items import Finding, Parsed
from pipeline.sources.lahella.activity import activity
from pipeline.sources.lahella.codes import Reading
from pipeline.sources.lahella.organisation import organisation
from pipeline.sources.raw import stamped
from pipeline.sources.snapshots import Capture

DRAFT = "draft"


def parse(captures: Iterable[Capture], description: SourceDescription, options: Mapping[str, Any]) -> Iterator[Parsed]:
    """Organisations, activities with their places, findings and unread fields.

    A group that the list of groups gives is preferred to one linked in an answer about activities, which may be
    a shortened copy; linked ones that no list gave come last.
    """
    seen: dict[tuple[str, str], str] = {}
    linked: dict[str, tuple[str, Reading]] = {}
    for capture in captures:
        reading = Reading(description.settings, options, capture.fetched_at)
        name = _list_of(capture.uri)
        answer = _read(capture)
        if isinstance(answer, Finding):
            yield answer
            continue
        for group in _linked_groups(answer):
            _remember(linked, group, reading)
        for raw in _objects(answer):
            if not isinstance(raw, dict):
                yield Finding("record_unreadable", f"An entry of {name} is no object.", value=str(raw)[:80])
                continue
            for group in _linked_groups(raw):
                _remember(linked, group, reading)
            is_activity = name == "activities" or (name != "groups" and "group" in raw)
            yield from _once(raw, is_activity, reading, seen)
    for key in sorted(linked):
        if ("group", key) not in seen:
            text, reading = linked[key]
            yield from _once(json.loads(text), False, reading, seen)


def _once(
    raw: dict[str, Any], is_activity: bool, reading: Reading, seen: dict[tuple[str, str], str]
) -> Iterator[Parsed]:
    kind = "activity" if is_activity else "group"
    key = reading.key(raw.get("_key"))
    if key is None:
        yield Finding("record_unreadable", f"A {kind} without _key; ask the platform's operator.", field=f"{kind}._key")
        return
    text = json.dumps(raw, sort_keys=True, ensure_ascii=False)
    before = seen.get((kind, key))
    seen.setdefault((kind, key), text)
    if before is not None:
        if before != text:
            yield Finding("duplicate_native_id", f"The {kind} came twice and differs; the first is used.", key)
        return
    if raw.get("status") == DRAFT:
        yield Finding("record_unreadable", f"The {kind} is a draft, so it is not read.", key, "status", DRAFT, "info")
        return
    yield from stamped(activity(raw, key, reading) if is_activity else organisation(raw, key, reading), raw)


def _read(capture: Capture) -> Any:
    """The JSON of a capture, or a finding that says why there is none."""
    where = urlsplit(capture.uri).path
    if capture.status == 404 and _list_of(capture.uri) == "groups":
        return Finding(
            "record_unreadable",
            "The feed has no list of groups (HTTP 404), so organisations without activities are missing; "
            "ask the Lähellä network for one.",
            field="groups",
            level="warning",
        )
    if capture.status >= 400:
        return Finding("record_unreadable", f"{where}: HTTP {capture.status}, nothing to read.")
    try:
        answer = json.loads(capture.body)
    except (ValueError, RecursionError):
        return Finding("record_unreadable", f"{where}: not JSON, so the page is not read.")
    if not isinstance(answer, dict):
        return Finding("record_unreadable", f"{where}: expected an object with 'items'.")
    return answer


def _list_of(uri: str) -> str:
    """groups or activities, by the address; empty when it tells neither."""
    parts = urlsplit(uri).path.removesuffix(".json").split("/")
    return next((name for name in ("activities", "groups") if name in parts), "")


def _objects(answer: dict[str, Any]) -> list[Any]:
    if "_key" in answer:
        return [answer]
    items = answer.get("items")
    return items if isinstance(items, list) else []


def _linked_groups(holder: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Groups that an answer or an activity carries along (`links[groups]=true`; their place in it is inferred)."""
    links = holder.get("links")
    for found in (links.get("groups") if isinstance(links, dict) else None, holder.get("groups")):
        several = found.values() if isinstance(found, dict) else found if isinstance(found, list) else ()
        yield from (group for group in several if isinstance(group, dict))
    if isinstance(holder.get("group"), dict):
        yield holder["group"]


def _remember(linked: dict[str, tuple[str, Reading]], group: dict[str, Any], reading: Reading) -> None:
    """Keeps the fullest copy of a linked group; of equally full ones the greatest, so that order is no matter."""
    key = reading.key(group.get("_key"))
    text = json.dumps(group, sort_keys=True, ensure_ascii=False)
    if key is not None and (key not in linked or (len(text), text) > (len(linked[key][0]), linked[key][0])):
        linked[key] = (text, reading)
