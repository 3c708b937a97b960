"""Asks STEA's service for one organisation after the other, by its id; there is no list and no search.

What it decides: which ids are asked for, and when the ids have come to their end. How answers are understood is in
`parse`.
"""

import re
from typing import Any

from pipeline.sources.contract import FetchJob
from pipeline.sources.errors import SourceFailed
from pipeline.sources.http import Page

_RANGE = re.compile(r"\s*(\d{1,6})\s*(?:[-–]\s*(\d{1,6})?)?\s*")


def fetch(job: FetchJob) -> None:
    """Keeps the answer for every id that exists; raises `SourceFailed` when an id cannot be asked or none exists."""
    settings = job.description.settings
    first, last = id_range(job.options.get("id_range") or settings["id_range"])
    base = str(job.options.get("base_url") or settings["base_url"]).rstrip("/")
    found = misses = 0
    for number in range(first, (last or settings["last_id"]) + 1):
        page = job.client.get(
            base + settings["organisation"].replace("{id}", str(number)),
            expect="json",
            allow=tuple(settings["gone"]),
            keep=False,
        )
        if _exists(page, settings):
            job.keep(page.capture(job.now))
            found, misses = found + 1, 0
        else:
            misses += 1
        if number % 50 == 0 or number == last:
            job.progress(f"ids {number}" + (f" of {last}" if last else "") + f", {found} organisations")
        if last is None and number >= settings["surely_to"] and misses >= settings["misses_at_end"]:
            break
    if not found:
        raise SourceFailed(
            f"{base}: none of the ids from {first} exists. Check base_url and id_range in koonti.yml; "
            "the service may have changed."
        )


def id_range(value: Any) -> tuple[int, int | None]:
    """First and last id of `1-2500`, `1-` (to the end), `774` (that one) or a list of two numbers.

    Raises `SourceFailed` for anything else.
    """
    text = "-".join(str(part) for part in value) if isinstance(value, (list, tuple)) else str(value)
    match = _RANGE.fullmatch(text)
    if match:
        first = int(match[1])
        last = int(match[2]) if match[2] else None if re.search("[-–]", text) else first
        if first >= 1 and (last is None or last >= first):
            return first, last
    raise SourceFailed(f"id_range '{text[:40]}' is no range; write it as 1-2500, or 1- for all, in koonti.yml.")


def _exists(page: Page, settings: Any) -> bool:
    """False for a gap: a status of `gone`, an empty answer, or an object without a name.

    An answer in another shape counts as existing, so that the parser reports it.
    """
    if page.status in settings["gone"]:
        return False
    answer = page.json()
    return answer is not None and not (isinstance(answer, dict) and answer.get("name") is None)
