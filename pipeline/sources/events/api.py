"""Reads the events of a Linked Events API page by page, and the places and keywords they only refer to.

What it decides: when the list counts as whole. A page that repeats, a list without end and one that comes up short
are a failed source.
"""

from datetime import UTC, timedelta
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from pipeline.sources.cards.site import same_host
from pipeline.sources.contract import FetchJob
from pipeline.sources.errors import NeedsFull, SourceFailed
from pipeline.sources.events.linkedevents import missing
from pipeline.sources.http import Page

GONE = (404, 410)


def fetch(job: FetchJob, address: str) -> None:
    """Keeps all pages of events, then single places and keywords."""
    settings = job.description.settings["linkedevents"]
    parameters = settings["parameters"]
    if job.base:
        since = (job.base.since - timedelta(hours=settings["delta_overlap_hours"])).astimezone(UTC)
        asking = {
            k: str(v).replace("{since}", since.strftime("%Y-%m-%dT%H:%M:%SZ")) for k, v in settings["changes"].items()
        }
        parameters = {**parameters, **asking}
    job.remember["format"] = "linkedevents"
    try:
        events = _events(job, address.rstrip("/").removesuffix("/event") + settings["events"], parameters)
    except SourceFailed as failure:
        if job.base and failure.status == 400:
            raise NeedsFull("the platform does not take the question for what has changed") from None
        raise
    for kind, addresses in missing(events).items():
        here = [a for a in addresses if same_host(a, address)]
        if len(here) > settings["most_references"]:
            job.progress(f"{kind}: {len(here)} are only referred to, the first {settings['most_references']} are read")
        for one in here[: settings["most_references"]]:
            job.client.get(_scheme_of(one, address), expect="json", allow=GONE)


def _events(job: FetchJob, start: str, parameters: dict[str, Any]) -> list[Any]:
    query = {k: str(v).replace("{today}", job.now.date().isoformat()) for k, v in parameters.items()}
    query |= {str(k): str(v) for k, v in (job.options.get("parameters") or {}).items()}
    most = int(job.options.get("most_pages") or job.description.settings["most_pages"])
    page = job.client.get(start, query, expect="json")
    walked: set[str] = {page.url}
    seen: set[str] = set()
    found: list[Any] = []
    total: int | None = None
    while True:
        data, following, count = _envelope(page)
        total = count if count is not None else total
        keys = [str(e.get("id") or e.get("@id")) for e in data if isinstance(e, dict)]
        if keys and seen.issuperset(keys):
            raise SourceFailed(
                f"{page.url}: a page without new events, so the paging turns in a circle. Ask its operator."
            )
        seen.update(keys)
        found += data
        job.progress(f"events {len(found)}" + (f" of {total}" if total is not None else ""))
        if not following:
            break
        target = _scheme_of(urljoin(page.url, following), start)
        if not same_host(target, start):
            raise SourceFailed(
                f"{start}: its next page is on another host ({urlsplit(target).netloc}). Ask its operator."
            )
        if target in walked:
            raise SourceFailed(f"{start}: its next page is one already read. Ask its operator.")
        if len(walked) >= most:
            raise SourceFailed(
                f"{start}: more than {most} pages. Raise most_pages in koonti.yml if that many are right."
            )
        walked.add(target)
        page = job.client.get(target, expect="json")
    # Events end and begin while the list is read, so a few may be missing; a tenth may not.
    if total is not None and len(seen) < total * 0.9:
        raise SourceFailed(f"{start}: it ended after {len(seen)} of {total} events. The next run asks again.")
    return found


def _envelope(page: Page) -> tuple[list[Any], str | None, int | None]:
    answer = page.json()
    if not isinstance(answer, dict) or "data" not in answer or not isinstance(answer["data"] or [], list):
        raise SourceFailed(
            f"{page.url.split('?')[0]}: expected an object with a list 'data', got something else. "
            "Check url and format in koonti.yml."
        )
    meta = answer.get("meta")
    meta = meta if isinstance(meta, dict) else {}
    following, count = meta.get("next"), meta.get("count")
    return (
        answer["data"] or [],
        following if isinstance(following, str) and following else None,
        count if isinstance(count, int) and not isinstance(count, bool) else None,
    )


def _scheme_of(address: str, start: str) -> str:
    """The address with the scheme of the first one: servers behind a proxy write http where https is meant."""
    return urlunsplit(urlsplit(address)._replace(scheme=urlsplit(start).scheme))
