"""Answers of Vapaaehtoistyö.fi -> tasks with their places, and the organisations that offer them.

What it decides: which copy of a task counts, that drafts are not read, and by which name an organisation goes. The
fields of a task are read in `task`. Captures may come in any order and several times.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from pipeline.sources.contract import SourceDescription
from pipeline.sources.items import Finding, Identifier, Item, Name, Parsed
from pipeline.sources.raw import stamped
from pipeline.sources.snapshots import Capture
from pipeline.sources.vapaaehtoistyo.task import Reading, key_of, organisation_id, task
from pipeline.sources.vapaaehtoistyo.words import Privacy
from pipeline.transform.dates import moment


@dataclass(slots=True)
class _Copy:
    """One copy of a task; the greatest `rank` counts."""

    raw: dict[str, Any]
    fetched_at: datetime
    rank: tuple[str, str, str]
    """When it was changed, when it came, and its text."""


@dataclass(slots=True)
class _Body:
    """An organisation as its tasks name it."""

    id: str
    fetched_at: datetime
    names: Counter[tuple[str | None, str]] = field(default_factory=Counter)
    sent: list[str] = field(default_factory=list)
    """What its tasks say of it, as JSON."""


def parse(captures: Iterable[Capture], description: SourceDescription, options: Mapping[str, Any]) -> Iterator[Parsed]:
    """Tasks and places in the order of their ids' first coming, then organisations by id."""
    reading = Reading(description.settings, Privacy(description.settings))
    newest: dict[str, _Copy] = {}
    for capture in captures:
        for raw in _records(capture):
            if isinstance(raw, Finding):
                yield raw
            else:
                yield from _remember(raw, capture, newest)
    bodies: dict[str, _Body] = {}
    for key, copy in newest.items():
        status = description.settings["statuses"].get(str(copy.raw.get("status")))
        if status != "published":
            yield _not_published(key, copy.raw.get("status"), status)
            continue
        _name_body(bodies, copy, reading)
        yield from stamped(task(copy.raw, key, copy.fetched_at, reading), copy.raw)
    for native_id in sorted(bodies):
        yield from stamped(_organisation(native_id, bodies[native_id]), sorted(bodies[native_id].sent))


def _records(capture: Capture) -> Iterator[Any]:
    """The tasks of a page or of a single answer, or a finding that says why there are none."""
    where = urlsplit(capture.uri).path
    if capture.status >= 400:
        yield Finding("record_unreadable", f"{where}: HTTP {capture.status}, nothing to read.")
        return
    try:
        answer = json.loads(capture.body)
    except (ValueError, RecursionError):
        yield Finding("record_unreadable", f"{where}: not JSON, so the page is not read.")
        return
    data = answer.get("data", answer) if isinstance(answer, dict) else None
    if not isinstance(data, dict):
        yield Finding("record_unreadable", f"{where}: expected an object with data.records.")
        return
    records = data.get("records") if "records" in data else [data]
    for raw in records if isinstance(records, list) else []:
        if isinstance(raw, dict) and key_of(raw.get("id")):
            yield raw
        else:
            found = f"without an id ({', '.join(sorted(raw)[:4])})" if isinstance(raw, dict) else f"'{str(raw)[:40]}'"
            yield Finding("record_unreadable", f"{where}: an entry is no task: {found}.", field="task.id")


def _remember(raw: dict[str, Any], capture: Capture, newest: dict[str, _Copy]) -> Iterator[Parsed]:
    """Keeps the copy that was changed last; copies that differ without having been changed are reported."""
    key = str(key_of(raw["id"]))
    text = json.dumps(raw, sort_keys=True, ensure_ascii=False)
    updated = raw.get("timeStampLastUpdated")
    changed = moment(updated) if isinstance(updated, (int, float, str)) else None
    rank = (changed.isoformat() if changed else "", capture.fetched_at.isoformat(), text)
    before = newest.get(key)
    if before is None or rank > before.rank:
        newest[key] = _Copy(raw, capture.fetched_at, rank)
    if before is not None and before.rank[2] != text and before.rank[:2] == rank[:2]:
        yield Finding("duplicate_native_id", "The task came twice and differs; one is used.", key, level="warning")


def _not_published(key: str, value: Any, status: str | None) -> Finding:
    if status is not None:
        return Finding("record_unreadable", f"The task is a {status}, so it is not read.", key, "status", level="info")
    message = "A status that is not known, so the task is not read; add it to source.yml."
    return Finding("code_unknown", message, key, "status", str(value)[:40], "warning")


def _name_body(bodies: dict[str, _Body], copy: _Copy, reading: Reading) -> None:
    native_id = organisation_id(copy.raw.get("organization"))
    if native_id is None:
        return
    key = str(key_of(copy.raw["organization"]))
    body = bodies.setdefault(native_id, _Body(key, copy.fetched_at))
    body.fetched_at = max(body.fetched_at, copy.fetched_at)
    body.names.update(reading.texts(copy.raw.get("organizationName")))
    body.sent.append(json.dumps([copy.raw["organization"], copy.raw.get("organizationName")], sort_keys=True))


def _organisation(native_id: str, body: _Body) -> Iterator[Parsed]:
    """The name that most tasks give in each language is its name, others are alternatives."""
    if not body.names:
        yield Finding("record_without_name", "No task tells the name of this organisation.", native_id)
        return
    item = Item("organization", native_id, fetched_at=body.fetched_at)
    item.identifiers.append(Identifier("platform", body.id))
    told: set[str | None] = set()
    for (language, text), _ in sorted(body.names.items(), key=lambda n: (-n[1], n[0][0] or "", n[0][1])):
        item.names.append(Name(text, language, "alternative" if language in told else "official"))
        told.add(language)
    yield item
