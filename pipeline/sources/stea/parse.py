"""Answers of STEA's service -> organisations with their former names.

What it decides: which names are former ones, and the status by the latest year in which an organisation applied.
Captures may come in any order and several times; the newest of an organisation counts.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlsplit

from pipeline.sources.contract import SourceDescription
from pipeline.sources.fields import Fields
from pipeline.sources.items import Finding, Identifier, Item, Name, Parsed
from pipeline.sources.raw import stamped
from pipeline.sources.snapshots import Capture

Newest = tuple[str, str, dict[str, Any], datetime]
"""When it came, its text, the object, and when it came as a moment."""


def parse(captures: Iterable[Capture], description: SourceDescription, options: Mapping[str, Any]) -> Iterator[Parsed]:
    """Organisations by id, each followed by its findings and unread fields."""
    settings = description.settings
    newest: dict[str, Newest] = {}
    for capture in captures:
        raw = _object(capture, settings)
        if isinstance(raw, Finding):
            yield raw
        elif raw is not None:
            key = _key(raw.get("organisationId")) or _id_in(capture.uri)
            if key is None:
                yield Finding("record_unreadable", "An organisation without organisationId.", field="organisationId")
                continue
            text = json.dumps(raw, sort_keys=True, ensure_ascii=False)
            before = newest.get(key)
            found = (capture.fetched_at.isoformat(), text, raw, capture.fetched_at)
            if before and before[0] == found[0] and before[1] != text:
                message = "The id came twice in one fetch and differs; one is used."
                yield Finding("duplicate_native_id", message, key, level="warning")
            if before is None or found[:2] > before[:2]:
                newest[key] = found
    for key in sorted(newest, key=lambda k: (not k.isdigit(), len(k), k)):
        _, _, raw, fetched_at = newest[key]
        yield from stamped(_organisation(raw, key, fetched_at, settings), raw)


def _organisation(
    raw: Mapping[str, Any], key: str, fetched_at: datetime, settings: Mapping[str, Any]
) -> Iterator[Parsed]:
    data = Fields(raw, "organisation")
    data.ignore("organisationId", *settings["known_unused"]["organisation"])
    item = Item("organization", key, url=settings["page"].replace("{id}", quote(key, safe="")), fetched_at=fetched_at)
    name = data.take_text("name")
    if not name or not name.strip():
        yield Finding("record_without_name", "An organisation without a name.", key, "name")
        return
    item.names.append(Name(name))
    odd = list(_former_names(item, data, settings))
    item.identifiers.append(Identifier("platform", key))
    if business_id := data.take_text("businessId"):
        item.identifiers.append(Identifier("business_id", business_id))
    targets = data.take_objects("allAidTargets")
    item.status = _status(targets, settings)
    yield item
    yield from odd
    yield from data.unread()
    for target in targets:
        target.ignore(*settings["known_unused"]["aid_target"])
        yield from target.unread()


def _former_names(item: Item, data: Fields, settings: Mapping[str, Any]) -> Iterator[Parsed]:
    """Names of the history that are not the present name, each once."""
    told = {_spaced(name.value) for name in item.names}
    for entry in data.take_list("nameHistory"):
        former = entry
        if isinstance(entry, Mapping):
            former = next((entry[k] for k in settings["former_name_keys"] if isinstance(entry.get(k), str)), None)
        if not isinstance(former, str) or not former.strip():
            message = "An entry of the name history that is no name."
            yield Finding("record_unreadable", message, item.native_id, "nameHistory", str(entry)[:80], "warning")
        elif _spaced(former) not in told:
            told.add(_spaced(former))
            item.names.append(Name(former, kind="former"))


def _status(targets: list[Fields], settings: Mapping[str, Any]) -> str | None:
    """The latest year with an application, and whether money was granted in it; null without applications."""
    granted: dict[int, bool] = {}
    for target in targets:
        year, sum_granted = _number(target.take("year")), _number(target.take("granted"))
        if year is not None and 1900 < year < 2200:
            granted[int(year)] = granted.get(int(year), False) or bool(sum_granted and sum_granted > 0)
    if not granted:
        return None
    latest = max(granted)
    pattern: str = settings["status_granted" if granted[latest] else "status_applied"]
    return pattern.replace("{year}", str(latest))


def _object(capture: Capture, settings: Mapping[str, Any]) -> dict[str, Any] | Finding | None:
    """The object of an answer; null for a gap, a finding for what is neither."""
    where = urlsplit(capture.uri).path
    if capture.status in settings["gone"]:
        return None
    if capture.status >= 400:
        return Finding("record_unreadable", f"{where}: HTTP {capture.status}, nothing to read.")
    try:
        answer = json.loads(capture.body)
    except (ValueError, RecursionError):
        return Finding("record_unreadable", f"{where}: not JSON, so it is not read.")
    if answer is None or (isinstance(answer, dict) and answer.get("name") is None):
        return None
    return answer if isinstance(answer, dict) else Finding("record_unreadable", f"{where}: expected an object.")


def _key(value: Any) -> str | None:
    if isinstance(value, str) and value.strip():
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else None


def _id_in(uri: str) -> str | None:
    """The number at the end of the address, for an answer that does not repeat it."""
    last = urlsplit(uri).path.rstrip("/").rsplit("/", 1)[-1].removesuffix(".json")
    return last if last.isdigit() else None


def _number(value: Any) -> float | None:
    """A number, also one written as text with spaces or a decimal comma; null for anything else."""
    if isinstance(value, str):
        value = "".join(value.split()).replace(",", ".")
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def _spaced(text: str | None) -> str:
    return " ".join((text or "").split()).casefold()
