"""Theme days and volunteer roles of a point -> events with the associations that hold them, and volunteer tasks.

What it decides: which words are the day, the topic and the organiser. A day that is not understood stays in words, and
is told of.
"""

import re
from collections.abc import Iterator

from bs4 import Tag

from pipeline.sources.cards.page import text_of
from pipeline.sources.cards.site import folded
from pipeline.sources.items import Finding, Item, Name, Parsed, Term, Text
from pipeline.sources.olka.rules import Rules
from pipeline.sources.worded_hours import LONGEST, first_day, worded

LINE = re.compile(
    r"^(?P<time>[^:]*?\d{4}[^:,]*?)\s*[:,–—-]\s+(?P<name>[^,(]+?)\s*(?:[,(]\s*(?P<organiser>[^()]+?)\)?)?$"
)
"""`2.12.2026 klo 10–14: Diabetespäivä, Kuopion Diabetesyhdistys ry`."""


def days(tags: list[Tag], point: Item, rules: Rules) -> Iterator[Parsed]:
    """Each theme day with its organiser; the heading row of a table tells which column is which."""
    order = ["time", "name", "organiser"]
    for tag in tags:
        cells = [text_of(cell) for cell in tag.find_all(["th", "td"], recursive=False)]
        known = [rules.columns.get(folded(cell)) for cell in cells]
        if cells and sum(field is not None for field in known) > len(cells) / 2:
            order = [field or "" for field in known]
            continue
        told = dict(zip(order, cells, strict=False)) if cells else _block(tag, rules)
        yield from _day(told, text_of(tag), point, rules)


def _block(tag: Tag, rules: Rules) -> dict[str, str]:
    """The parts of a block by their selectors, or of a line by its marks."""
    selectors = rules.site.selectors
    time, organiser = (text_of(tag.select_one(selectors[name])) for name in ("day_time", "day_organiser"))
    if time:
        return {"time": time, "name": text_of(tag.select_one(selectors["day_name"])), "organiser": organiser}
    match = LINE.match(text_of(tag)[:LONGEST])
    return {name: value or "" for name, value in match.groupdict().items()} if match else {}


def _day(told: dict[str, str], whole: str, point: Item, rules: Rules) -> Iterator[Parsed]:
    name, time, organiser = (told.get(field, "").strip() for field in ("name", "time", "organiser"))
    if not name:
        message = f"A theme day that is not understood: {whole[:80]}"
        yield Finding("record_unreadable", message, point.native_id, "day", whole[:200], "warning")
        return
    when = first_day(time)
    native_id = f"{point.native_id}/day/{when or time or 'undated'}/{folded(name)}"
    item = Item("service", native_id, point.url, fetched_at=point.fetched_at, service_kind=rules.kinds["day"])
    item.names = [Name(name)]
    item.valid_from = item.valid_to = when
    item.hours, item.locations = worded(time), point.locations[:1]
    item.organization = point.organization
    if organiser:
        owner = Item("organization", f"organization/{organiser}", fetched_at=point.fetched_at, names=[Name(organiser)])
        item.organization, item.organization_name = owner.native_id, organiser
        yield owner
    yield item
    if not organiser:
        message = "A theme day that names no organiser; it stands under the organisation that keeps the point."
        yield Finding("unknown_organization", message, native_id, "organiser", level="info")
    if when is None:
        message = "A theme day without a day and a year; kept in words."
        yield Finding("date_invalid", message, native_id, "time", time[:80], "warning")


def roles(tags: list[Tag], point: Item, rules: Rules) -> Iterator[Parsed]:
    """Each role for volunteers, with ILONA or TOIVO where its words say so."""
    taken: set[str] = set()
    for tag in tags:
        named = tag.select_one(rules.site.selectors["role_name"])
        words = text_of(tag)
        name = text_of(named) or re.split(r"\s*[:–—]\s+", words, maxsplit=1)[0]
        if not name or folded(name) in taken:
            continue
        taken.add(folded(name))
        native_id = f"{point.native_id}/role/{folded(name)}"
        item = Item("service", native_id, point.url, fetched_at=point.fetched_at, service_kind=rules.kinds["role"])
        item.names = [Name(name.rstrip(" :"))]
        item.organization, item.organization_name = point.organization, point.organization_name
        item.locations = list(point.locations)
        if rest := words.removeprefix(name).strip(" :–—-"):
            item.texts.append(Text("description", rest))
        low = words.casefold()
        for code, hints in rules.roles.items():
            if any(hint in low for hint in hints):
                item.terms.append(Term("olka_role", code, code))
                break
        yield item
