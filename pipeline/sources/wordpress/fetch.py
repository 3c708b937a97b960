"""Reads the content types of a WordPress site page by page, then the terms that they name.

What it decides: when a list is whole. X-WP-Total and X-WP-TotalPages tell it; where a proxy has dropped them, the
list ends at a page that is not full. A list that changes while it is read is begun again. How answers are understood
is in `parse`.
"""

from collections.abc import Mapping
from typing import Any

from pipeline.sources.contract import FetchJob
from pipeline.sources.errors import SourceFailed
from pipeline.sources.http import Page
from pipeline.sources.wordpress.rules import rules_of
from pipeline.sources.wordpress.types import wanted

BEYOND = "rest_post_invalid_page_number"
"""WordPress's answer (with HTTP 400) for a page after the last."""


class _Changed(Exception):
    """The list changed between two pages."""


def fetch(job: FetchJob) -> None:
    """Keeps every page of each type and of its taxonomies; raises `SourceFailed` when one cannot be read whole."""
    settings = job.description.settings
    rules = rules_of(settings, job.options)
    root = str(job.options["base_url"]).rstrip("/") + settings["path"]
    named: dict[str, None] = {}
    for name, base in wanted(job, root, rules).items():
        pages = _whole(job, root + base, name)
        _keep(job, pages)
        items = [item for page in pages for item in _items(page) or [] if isinstance(item, dict)]
        named |= dict.fromkeys(t for t in rules.taxonomies if any(item.get(t) for item in items))
    for taxonomy in named:
        _keep(job, _whole(job, root + taxonomy, taxonomy, may_be_missing=True))


def _keep(job: FetchJob, pages: list[Page]) -> None:
    for page in pages:
        job.keep(page.capture(job.now))


def _whole(job: FetchJob, address: str, name: str, *, may_be_missing: bool = False) -> list[Page]:
    """All pages of one list. They are kept only when it is whole, so a list begun again leaves no half."""
    reason = ""
    for _ in range(job.description.settings["readings"]):
        try:
            return _pages(job, address, name, may_be_missing=may_be_missing)
        except _Changed as changed:
            reason = str(changed)
            job.progress(f"{name}: {reason}; begun again")
    raise SourceFailed(f"{address}: {reason} each time it was read. The next run asks again.")


def _pages(job: FetchJob, address: str, name: str, *, may_be_missing: bool) -> list[Page]:
    settings = job.description.settings
    size = int(job.options.get("per_page") or settings["per_page"])
    pages: list[Page] = []
    ids: set[str] = set()
    total: int | None = None
    while True:
        number = len(pages) + 1
        if number > settings["most_pages"]:
            raise SourceFailed(f"{address}: more than {settings['most_pages']} pages; the paging may be endless.")
        query = {"per_page": size, "page": number, **settings["parameters"]}
        page = job.client.get(address, query, expect="json", allow=(400, 404), keep=False)
        if page.status == 404:
            if may_be_missing:
                return [page]
            raise SourceFailed(
                f"{address}: HTTP 404, the site has no content type '{name}'. Correct base_url or types in koonti.yml."
            )
        if page.status == 400:
            if number > 1 and _code(page) == BEYOND:
                break
            raise SourceFailed(f"{address}: HTTP 400 for page {number}. The interface has changed; ask the operator.")
        items = _items(page)
        if items is None:
            raise SourceFailed(f"{address}: expected a list, got something else. Check base_url in koonti.yml.")
        now_total, last = (_number(page.headers, f"X-WP-{h}") for h in ("Total", "TotalPages"))
        if total is not None and now_total is not None and now_total != total:
            raise _Changed(f"the list changed from {total} to {now_total} while it was read")
        total = now_total if now_total is not None else total
        found = [str(i.get("id")) for i in items if isinstance(i, dict)]
        if found and ids.issuperset(found):
            raise SourceFailed(
                f"{address}: page {number} repeats what came before, 'page' is ignored. Ask the operator."
            )
        pages.append(page)
        ids.update(found)
        job.progress(f"{name} {len(ids)}" + (f" of {total}" if total is not None else ""))
        if (last is not None and number >= last) or (last is None and len(items) < size):
            break
        if not items:
            raise _Changed(f"page {number} of {last} was empty")
    if total is not None and len(ids) < total:
        raise _Changed(f"it ended after {len(ids)} of {total} items")
    return pages


def _items(page: Page) -> list[Any] | None:
    answer = page.json() if page.status < 400 else []
    return answer if isinstance(answer, list) else [] if answer is None else None


def _code(page: Page) -> str | None:
    try:
        answer = page.json()
    except SourceFailed:
        return None
    return answer.get("code") if isinstance(answer, dict) else None


def _number(headers: Mapping[str, str], name: str) -> int | None:
    value = headers.get(name, "").strip()
    return int(value) if value.isdigit() and len(value) < 9 else None
