"""Answers of WordPress -> items: which object is a post of a known type, which a term, and what came twice.

Captures may come in any order and several times, from the site, a WARC file or a folder of saved answers and pages.
What a saved file holds is told by its objects, as its name may be anything; HTML pages are read in `page`. A volunteer
task names its organisation without an id: it becomes an organisation with the id `organization/<name>`, unless the site
has a card of that name, so that the task's owner can be matched with the same association elsewhere.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from pipeline.sources.cards.site import Site
from pipeline.sources.contract import SourceDescription
from pipeline.sources.items import Finding, Item, Parsed, Unread
from pipeline.sources.snapshots import Capture
from pipeline.sources.wordpress.page import post_of, reader_of
from pipeline.sources.wordpress.post import Lookup, folded, plain, post, rendered
from pipeline.sources.wordpress.rules import Rules, rules_of
from pipeline.sources.wordpress.types import is_list_of_types, strange

PUBLISHED = ("publish", None)
Found = tuple[tuple[str, str], str, Mapping[str, Any], datetime]
"""Rank (date of change, content), type, the post, and when it was seen."""


def parse(captures: Iterable[Capture], description: SourceDescription, options: Mapping[str, Any]) -> Iterator[Parsed]:
    """Organisations and services with their places; of copies that differ the one changed last is used."""
    rules = rules_of(description.settings, options)
    lookup = Lookup()
    posts: dict[str, list[Found]] = {}
    site = reader_of(description)
    shown: dict[str, Found] = {}
    pages = 0
    for capture in captures:
        if capture.body.lstrip()[:1] == b"<" and capture.status < 400:
            if found := _shown(capture, rules, site):
                key = str(found[2]["id"])
                shown[key] = max(shown.get(key, found), found, key=lambda f: f[0])
            else:
                pages += 1
            continue
        objects = _objects(capture)
        if isinstance(objects, Finding):
            yield objects
            continue
        if len(objects) == 1 and is_list_of_types(objects[0]):
            yield from (Unread(f"type:{name}") for name in strange(objects[0], rules))
            continue
        for raw in objects:
            if (kind := _kind(raw, capture, rules)) is None:
                message = f"{_where(capture)}: an entry that is neither a post nor a term; not read."
                yield Finding("record_unreadable", message, value=str(raw)[:80], level="warning")
            elif kind in rules.taxonomies:
                _term(kind, raw, lookup)
            else:
                _embedded_terms(raw, rules, lookup)
                content = json.dumps(raw, sort_keys=True, ensure_ascii=False)
                rank = (str(raw.get("modified_gmt") or ""), content)
                posts.setdefault(str(raw["id"]), []).append((rank, kind, raw, capture.fetched_at))
    if pages:
        message = f"{pages} HTML pages that are no posts of a known type were not read; kind cards reads any cards."
        yield Finding("record_unreadable", message, level="info")
    for key, found in shown.items():
        posts.setdefault(key, [found])
    yield from _read(posts, rules, lookup)


def _read(posts: Mapping[str, list[Found]], rules: Rules, lookup: Lookup) -> Iterator[Parsed]:
    chosen = {key: max(found, key=lambda f: (f[0], f[3])) for key, found in posts.items()}
    for key, (_, kind, raw, _) in chosen.items():
        if rules.kinds[kind]["kind"] == "organization" and (name := plain(rendered(raw.get("title")))):
            lookup.organizations[folded(name)] = min(key, lookup.organizations.get(folded(name), key))
    owners: dict[str, Item] = {}
    rest: list[Parsed] = []
    for key, (_, kind, raw, seen_at) in chosen.items():
        if len({found[0][1] for found in posts[key]}) > 1:
            message = "The post came twice and differs; the one changed last is used."
            rest.append(Finding("duplicate_native_id", message, key, level="info"))
        if raw.get("status") not in PUBLISHED:
            message = "The post is not published, so it is not read."
            rest.append(Finding("record_unreadable", message, key, "status", str(raw.get("status"))[:40], "info"))
            continue
        for one in post(raw, kind, rules, seen_at, lookup):
            if isinstance(one, Item) and one.native_id.startswith("organization/"):
                before = owners.setdefault(one.native_id, one)
                before.fetched_at = min(filter(None, (before.fetched_at, one.fetched_at)), default=None)
            else:
                rest.append(one)
    yield from owners.values()
    yield from rest


def _shown(capture: Capture, rules: Rules, site: Site) -> Found | None:
    """The post that an HTML page shows; of several pages the newest counts, and any answer of the interface more."""
    raw = post_of(capture, rules, site)
    if raw is None:
        return None
    rank = (capture.fetched_at.isoformat(), json.dumps(raw, sort_keys=True, ensure_ascii=False))
    return rank, str(raw["type"]), raw, capture.fetched_at


def _objects(capture: Capture) -> list[Any] | Finding:
    """The objects of an answer: a list, or one saved alone."""
    where = _where(capture)
    if capture.status == 404:
        message = f"{where}: HTTP 404, so these terms have no names."
        return Finding("record_unreadable", message, field=where.rsplit("/", 1)[-1], level="warning")
    if capture.status >= 400:
        return Finding("record_unreadable", f"{where}: HTTP {capture.status}, nothing to read.", level="warning")
    try:
        answer = json.loads(capture.body)
    except (ValueError, RecursionError):
        try:
            answer = json.loads(capture.body.decode("utf-8-sig", "replace"))
        except (ValueError, RecursionError):
            return Finding("record_unreadable", f"{where}: not JSON, so it is not read.")
    if isinstance(answer, dict) and "code" in answer and "id" not in answer:
        return Finding("record_unreadable", f"{where}: an error of the site instead of posts.", level="warning")
    return answer if isinstance(answer, list) else [] if answer is None else [answer]


def _kind(raw: Any, capture: Capture, rules: Rules) -> str | None:
    """The content type or taxonomy: as the object says, else by its address; null when it is neither."""
    if not isinstance(raw, Mapping) or not isinstance(raw.get("id"), (int, str)) or isinstance(raw.get("id"), bool):
        return None
    path = urlsplit(capture.uri).path.split("/")
    for name in (raw.get("type"), raw.get("taxonomy"), *reversed(path)):
        if isinstance(name, str) and (name in rules.kinds or name in rules.taxonomies):
            return name
    return None


def _term(taxonomy: str, raw: Mapping[str, Any], lookup: Lookup) -> None:
    """Remembers the label of a term; of several the greatest, so that the order of captures is no matter."""
    name = raw.get("name")
    if label := plain(name if isinstance(name, str) else None):
        key = (taxonomy, str(raw["id"]))
        lookup.terms[key] = max(label, lookup.terms.get(key, ""))


def _embedded_terms(raw: Mapping[str, Any], rules: Rules, lookup: Lookup) -> None:
    """Terms that stand in the post itself, as saved answers have them that were asked with `_embed`."""
    embedded = raw.get("_embedded")
    groups = embedded.get("wp:term") if isinstance(embedded, Mapping) else None
    for group in groups if isinstance(groups, list) else []:
        for term in group if isinstance(group, list) else []:
            if isinstance(term, Mapping) and term.get("taxonomy") in rules.taxonomies and term.get("id") is not None:
                _term(str(term["taxonomy"]), term, lookup)


def _where(capture: Capture) -> str:
    return urlsplit(capture.uri).path
