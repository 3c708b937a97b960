"""Answers of PRH's open data -> organisations, and which ids had no answer.

What it decides: which copy of a company counts, and that an id without an answer is news and no error, because the
registers differ. The fields of a company are read in `company`. Captures may come in any order and several times.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from pipeline.sources.contract import SourceDescription
from pipeline.sources.items import Finding, Parsed
from pipeline.sources.raw import stamped
from pipeline.sources.snapshots import Capture
from pipeline.sources.ytj.company import company

Copy = tuple[str, str, str, dict[str, Any], datetime]
"""When the register changed it, when it came, its text; the object; when it came as a moment."""


def parse(captures: Iterable[Capture], description: SourceDescription, options: Mapping[str, Any]) -> Iterator[Parsed]:
    """Organisations by Y-tunnus, each followed by its findings; then the ids without an answer."""
    settings = description.settings
    newest: dict[str, Copy] = {}
    silent: dict[str, None] = {}
    for capture in captures:
        where = urlsplit(capture.uri).path
        asked = parse_qs(urlsplit(capture.uri).query).get("businessId", [""])[0]
        if capture.status in settings["no_answer"]:
            silent[asked] = None
            continue
        answer = _json(capture)
        if isinstance(answer, Finding):
            yield answer
            continue
        if isinstance(answer, dict) and "not_asked" in answer:
            yield from _not_asked(answer["not_asked"])
            continue
        companies = _companies(answer)
        if companies is None:
            yield Finding("record_unreadable", f"{where}: expected an object with 'companies'.")
            continue
        if not companies:
            silent[asked] = None
        for raw in companies:
            yield from _remember(raw, capture, newest)
    for key in sorted(newest):
        yield from stamped(company(newest[key][3], key, newest[key][4], settings), newest[key][3])
    for asked in sorted(one for one in silent if one and one not in newest):
        message = "PRH's open data does not know this Y-tunnus. That is no error: it holds the trade register only."
        yield Finding("record_unreadable", message, field="businessId", value=asked, level="info")


def _json(capture: Capture) -> Any:
    where = urlsplit(capture.uri).path
    if capture.status >= 400:
        return Finding("record_unreadable", f"{where}: HTTP {capture.status}, nothing to read.")
    try:
        return json.loads(capture.body)
    except (ValueError, RecursionError):
        return Finding("record_unreadable", f"{where}: not JSON, so it is not read.")


def _companies(answer: Any) -> list[Any] | None:
    """The companies of an answer, of a bare list, or one company alone; null for anything else."""
    if isinstance(answer, list):
        return answer
    if not isinstance(answer, dict):
        return None
    if "companies" in answer:
        found = answer["companies"]
        return found if isinstance(found, list) else [] if found is None else None
    return [answer] if "businessId" in answer else None


def _not_asked(values: Any) -> Iterator[Parsed]:
    for value in values if isinstance(values, list) else []:
        message = f"'{value}' is no Y-tunnus, so it was not asked for; correct it in koonti.yml or in the file of ids."
        yield Finding("business_id_invalid", message, field="business_ids", value=str(value), level="warning")


def _remember(raw: Any, capture: Capture, newest: dict[str, Copy]) -> Iterator[Parsed]:
    """Keeps the copy that the register changed last; a copy that differs without a change is reported."""
    number = raw.get("businessId") if isinstance(raw, dict) else None
    key = number.get("value") if isinstance(number, dict) else number
    if not isinstance(key, str) or not key.strip():
        yield Finding("record_unreadable", "A company without a Y-tunnus.", field="businessId")
        return
    text = json.dumps(raw, sort_keys=True, ensure_ascii=False)
    rank = (str(raw.get("lastModified") or ""), capture.fetched_at.isoformat(), text)
    before = newest.get(key)
    if before is not None and before[:2] == rank[:2] and before[2] != text:
        yield Finding("duplicate_native_id", "The id came twice and differs; one is used.", key, level="warning")
    if before is None or rank > before[:3]:
        newest[key] = (*rank, raw, capture.fetched_at)
