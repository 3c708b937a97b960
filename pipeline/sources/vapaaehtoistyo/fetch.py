"""Reads the list of volunteer tasks page by page until a page is empty, with the key that the operator gave.

What it decides: when the list is whole. A list that changes while it is read is begun again; one that never ends,
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
    """Keeps every page of the list; raises `SourceFailed` when it cannot be read whole."""
    token = str(job.options.get("token") or "").strip()
    if not token:
        raise SourceFailed(
            f"{job.source}: no key. Ask the operator of Vapaaehtoistyö.fi for one, put it into the environment "
            "and name it in koonti.yml (token: ${NAME})."
        )
    job.client.authorize("Authorization", f"Bearer {token}")
    settings = job.description.settings
    address = str(job.options.get("base_url") or settings["base_url"]).rstrip("/") + settings["tasks"]
    for page in _whole(job, address):
        job.keep(page.capture(job.now))


def _whole(job: FetchJob, address: str) -> list[Page]:
    """All pages. They are kept only when the list is whole, so a list begun again leaves no half."""
    reason = ""
    for _ in range(job.description.settings["readings"]):
        try:
            return _pages(job, address)
        except _Changed as changed:
            reason = str(changed)
            job.progress(f"tasks: {reason}; begun again")
    raise SourceFailed(f"{address}: {reason} each time it was read. The next run asks again.")


def _pages(job: FetchJob, address: str) -> list[Page]:
    settings = job.description.settings
    pages: list[Page] = []
    seen: set[str] = set()
    total: int | None = None
    for number in range(1, settings["most_pages"] + 1):
        page = _ask(job, address, number)
        records, now_total = _envelope(page)
        pages.append(page)
        if not records:
            break
        if total is not None and now_total is not None and now_total != total:
            raise _Changed(f"the list changed from {total} to {now_total} tasks while it was read")
        total = now_total if now_total is not None else total
        ids = {str(r.get("id")) for r in records if isinstance(r, dict)}
        if ids <= seen:
            raise SourceFailed(
                f"{address}: page {number} has no task that earlier pages did not have, so the platform ignores "
                "'page'. Ask its operator."
            )
        seen |= ids
        if total is not None and len(seen) > total + len(records):
            raise SourceFailed(f"{address}: {len(seen)} tasks read of {total}, and more follow. Ask its operator.")
        job.progress(f"tasks {len(seen)}" + (f" of {total}" if total is not None else ""))
    else:
        raise SourceFailed(
            f"{address}: {settings['most_pages']} pages and no end, more than the platform has. Ask its operator."
        )
    if settings["total_is_binding"] and total is not None and len(seen) < total:
        raise _Changed(f"it ended after {len(seen)} of {total} tasks")
    return pages


def _ask(job: FetchJob, address: str, number: int) -> Page:
    try:
        return job.client.get(address, {"page": number}, expect="json", keep=False)
    except SourceFailed as failure:
        if failure.status in REFUSED:
            raise SourceFailed(
                f"{address}: HTTP {failure.status}, the key was refused. "
                f"Ask the operator for a valid one and set it in the environment for {job.source}.token.",
                status=failure.status,
            ) from None
        raise


def _envelope(page: Page) -> tuple[list[Any], int | None]:
    """The records of a page and how many there are in all; null for records is the empty list."""
    answer = page.json()
    where = page.url.split("?")[0]
    if isinstance(answer, dict) and answer.get("status") not in (None, "ok"):
        raise SourceFailed(f"{where}: the platform says '{str(answer['status'])[:40]}', not 'ok'. Ask its operator.")
    data = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(data, dict) or "records" not in data or not isinstance(data["records"] or [], list):
        raise SourceFailed(
            f"{where}: expected an object with data.records, got something else. "
            "The platform has changed, or base_url in koonti.yml is wrong."
        )
    total = data.get("totalRecords")
    if isinstance(total, str) and total.strip().isdigit():
        total = int(total)
    return data["records"] or [], total if isinstance(total, int) and not isinstance(total, bool) else None
