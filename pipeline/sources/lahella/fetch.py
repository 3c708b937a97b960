"""Reads the lists of the Lähellä.fi feed to their end, with the token that was agreed for it.

What it decides: when a list is whole. A list that changes while it is read is begun again; one that never ends,
repeats itself or comes up short is a failed source. How answers are understood is in `parse`.
"""

from typing import Any

from pipeline.sources.contract import FetchJob
from pipeline.sources.errors import SourceFailed
from pipeline.sources.http import Page

REFUSED = (401, 403)


class _Changed(Exception):
    """The list changed between two pages."""


def fetch(job: FetchJob) -> None:
    """Keeps every page of groups and of activities; raises `SourceFailed` when one of them cannot be read whole."""
    token = str(job.options.get("token") or "").strip()
    if not token:
        raise SourceFailed(
            f"{job.source}: no token. Put the token agreed with the Lähellä network into the environment "
            "and name it in koonti.yml (token: ${NAME})."
        )
    job.client.authorize("Authorization", f"Bearer {token}")
    for name, path in job.description.settings["lists"].items():
        for page in _whole(job, name, str(job.options["base_url"]).rstrip("/") + path):
            job.keep(page.capture(job.now))


def _whole(job: FetchJob, name: str, address: str) -> list[Page]:
    """All pages of one list. They are kept only when it is whole, so a list begun again leaves no half."""
    reason = ""
    for _ in range(job.description.settings["readings"]):
        try:
            return _pages(job, name, address)
        except _Changed as changed:
            reason = str(changed)
            job.progress(f"{name}: {reason}; begun again")
    raise SourceFailed(f"{address}: {reason} each time it was read. The next run asks again.")


def _pages(job: FetchJob, name: str, address: str) -> list[Page]:
    size = job.description.settings["page_size"]
    pages: list[Page] = []
    keys: set[str] = set()
    read = 0
    total: int | None = None
    while True:
        page = _ask(job, name, address, read)
        if page.status == 404:
            # The list of groups is inferred: without it the organisations linked in activities are read.
            return [page]
        answer = _envelope(page)
        items, now_total = answer.get("items") or [], answer.get("total")
        if isinstance(now_total, int):
            if total is not None and now_total != total:
                raise _Changed(f"the list changed from {total} to {now_total} while it was read")
            total = now_total
        found = [str(item.get("_key")) for item in items if isinstance(item, dict)]
        if found and found[0] in keys:
            raise SourceFailed(
                f"{address}: the page at {read} repeats '{found[0]}', so the platform ignores 'skip'. Ask its operator."
            )
        pages.append(page)
        keys.update(found)
        read += len(items)
        job.progress(f"{name} {read}" + (f" of {total}" if total is not None else ""))
        if not answer.get("hasMore"):
            break
        if not items:
            raise SourceFailed(f"{address}: the page at {read} is empty but says that more follow. Ask its operator.")
        if total is not None and read > total + size:
            raise SourceFailed(f"{address}: {read} items read of {total}, and more are promised. Ask its operator.")
    if total is not None and read < total:
        raise _Changed(f"it ended after {read} of {total} items")
    return pages


def _ask(job: FetchJob, name: str, address: str, skip: int) -> Page:
    settings = job.description.settings
    query = {**settings["parameters"], "limit": settings["page_size"], "skip": skip}
    allow = (404,) if name == "groups" and skip == 0 else ()
    try:
        return job.client.get(address, query, expect="json", allow=allow, keep=False)
    except SourceFailed as failure:
        if failure.status in REFUSED:
            raise SourceFailed(
                f"{address}: HTTP {failure.status}, the token was refused. "
                f"Ask the Lähellä network for a valid one and set it in the environment for {job.source}.token.",
                status=failure.status,
            ) from None
        raise


def _envelope(page: Page) -> dict[str, Any]:
    answer = page.json()
    if not isinstance(answer, dict) or "items" not in answer or not isinstance(answer["items"] or [], list):
        raise SourceFailed(
            f"{page.url.split('?')[0]}: expected an object with a list 'items', got something else. "
            "The platform has changed, or base_url in koonti.yml is wrong."
        )
    return answer
