"""Answers of a calendar -> items: which format each has, and what is the same event twice.

Captures may come in any order and several times: of copies that differ, the one changed last is used and the others
are told of.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pipeline.sources.contract import SourceDescription
from pipeline.sources.events import calendar, feed, linkedevents, structured
from pipeline.sources.events.formats import format_of
from pipeline.sources.events.happening import Happening, items
from pipeline.sources.items import Finding, Parsed
from pipeline.sources.snapshots import Capture


def parse(captures: Iterable[Capture], description: SourceDescription, options: Mapping[str, Any]) -> Iterator[Parsed]:
    """Findings about whole answers, then events with their organisers, places and findings."""
    found: dict[str, Happening] = {}
    told: dict[str, set[str]] = {}
    for read in _read(captures, description.settings, options):
        if not isinstance(read, Happening):
            yield read
            continue
        key = read.item.native_id
        told.setdefault(key, set()).add(_content(read))
        if key not in found or _rank(read) > _rank(found[key]):
            found[key] = read
    for key in sorted(k for k, contents in told.items() if len(contents) > 1):
        yield Finding("duplicate_native_id", "The event came twice and differs; the one changed last is used.", key)
    yield from items(_joined(found), options)


def _read(
    captures: Iterable[Capture], settings: Mapping[str, Any], options: Mapping[str, Any]
) -> Iterator[Happening | Parsed]:
    answers: list[Capture] = []
    for capture in captures:
        kind = format_of(capture.body)
        if capture.status >= 400:
            yield Finding(
                "record_unreadable", f"{capture.uri}: HTTP {capture.status}, nothing to read.", level="warning"
            )
        elif kind == "linkedevents":
            answers.append(capture)
        elif kind == "ical":
            yield from calendar.happenings(capture, settings)
        elif kind == "rss":
            yield from feed.happenings(capture, settings, options)
        elif kind == "jsonld":
            yield from structured.happenings(capture, settings)
        else:
            message = f"{capture.uri}: neither a calendar nor a feed nor a page; it is not read."
            yield Finding("record_unreadable", message)
    yield from linkedevents.happenings(answers, settings)


def _joined(found: Mapping[str, Happening]) -> list[Happening]:
    """Events without the parts of recurring ones, whose times are added to the whole."""
    whole: list[Happening] = []
    parts: dict[str, list[Happening]] = {}
    for one in found.values():
        series = found.get(one.part_of or "")
        if series is None or series is one or not series.is_series:
            whole.append(one)
        else:
            parts.setdefault(series.item.native_id, []).append(one)
    for key in parts:
        series = found[key]
        series.item.hours.clear()
        for part in sorted(parts[key], key=lambda p: ([str(h.dtstart) for h in p.item.hours], p.item.native_id)):
            if part.item.service_status == "active":
                series.item.hours += part.item.hours
            for spot in part.places:
                if spot.native_id not in series.item.locations:
                    series.item.locations.append(spot.native_id)
                    series.places.append(spot)
            series.odd += part.odd
    return whole


def _content(read: Happening) -> str:
    item = read.item
    return repr((item.names, item.texts, item.hours, item.service_status, item.url, read.organizer, item.locations))


def _rank(read: Happening) -> tuple[str, str]:
    return str(read.item.modified or ""), _content(read)
