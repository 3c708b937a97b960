"""How PTV is asked: pages that end, and batches that shrink when the platform times out.

Verified of the platform: a page is `{pageNumber, pageSize, pageCount, itemList}` with `itemList` null when it is
empty; `list?guids=` answers a bare array, leaves out ids that are no longer published, and says 404 when none is
left; it answers 504 with an HTML page when a batch takes too long. Nothing here keeps answers: the client does.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

from pipeline.sources.contract import FetchJob
from pipeline.sources.errors import SourceFailed
from pipeline.sources.http import Page
from pipeline.sources.ptv.areas import Area

GONE = 404
REFUSED = 400


class Api:
    """The interface under its base address. Never sends an Authorization header: the platform answers 500 to it."""

    def __init__(self, job: FetchJob) -> None:
        settings = job.description.settings
        self._client = job.client
        self._base = str(job.options.get("base_url") or settings["base_url"]).rstrip("/")
        self._paths = settings["paths"]
        self._batch_size = _batch_size(job.options.get("batch_size", settings["batch_size"]), settings["batch_limit"])
        self._settings = settings
        self._progress = job.progress
        self._omitted = 0
        self._refused: set[str] = set()
        """Kinds of areas that the platform does not filter by."""

    def ids(self, kind: str, **query: str) -> Iterator[list[Any]]:
        """All rows `{id, name}` of a kind, a page at a time; `date` and `status` limit them."""
        return self._pages(self._paths[kind]["ids"], query)

    def area(self, kind: str, area: Area, *, whole_country: bool) -> Iterator[list[Any]]:
        """The whole objects of an area, a page at a time; no page for an area that PTV does not know."""
        path = self._paths[kind]["area"].format(area=area.kind, code=area.code)
        return self._pages(path, {"includeWholeCountry": str(whole_country).lower()}, area)

    def area_ids(self, kind: str, area: Area, *, whole_country: bool, **query: str) -> Iterator[list[Any]]:
        """As `area`, but rows `{id, name}`: much lighter for the platform; `date` limits them."""
        path = self._paths[kind]["area_ids"].format(area=area.kind, code=area.code)
        return self._pages(path, {"includeWholeCountry": str(whole_country).lower(), **query}, area)

    def _pages(self, path: str, params: dict[str, str], area: Area | None = None) -> Iterator[list[Any]]:
        """Pages from 1 to pageCount; raises `SourceFailed` when a listing repeats itself, breaks off or never ends.

        An area may be one that the platform does not know; a kind of areas that it refuses is not asked for again.
        """
        if area and area.kind in self._refused:
            return
        allow = () if area is None else (GONE,) if area.is_municipality else (GONE, REFUSED)
        url = f"{self._base}/{path}"
        seen: set[str] = set()
        number, first_count = 1, None
        while True:
            page = self._client.get(url, {**params, "page": number}, expect="json", allow=allow)
            if page.status == REFUSED and area:
                self._refused.add(area.kind)
                self._progress(f"PTV does not answer by {area.kind}; what is limited to such an area alone is missing")
                return
            if page.status == GONE:
                _told_gone(page)
                return
            count, items = _envelope(page)
            first_count = count if first_count is None else first_count
            if not first_count <= count <= first_count + self._settings["page_growth"]:
                raise SourceFailed(
                    f"{url}: said {first_count} pages at first and {count} at page {number}; "
                    "the listing changes while it is read. The next run asks again."
                )
            if count > self._settings["page_limit"]:
                raise SourceFailed(f"{url}: says {count} pages, more than any listing has. Check base_url.")
            if not items and number < count:
                raise SourceFailed(f"{url}: page {number} of {count} is empty. The next run asks again.")
            ids = {item["id"] for item in items if isinstance(item, dict) and isinstance(item.get("id"), str)}
            if ids and ids <= seen:
                raise SourceFailed(f"{url}: page {number} of {count} repeats earlier pages. The next run asks again.")
            seen |= ids
            yield items
            if number >= count:
                return
            number += 1

    def objects(self, kind: str, ids: Iterable[str]) -> Iterator[list[Any]]:
        """The whole objects of many ids, a batch at a time; ids that are gone are left out.

        A batch that fails is asked again in halves, down to single ids; the halved size is kept for a while, so
        that a slow platform is not asked in vain each time. A single id that fails fails the fetch.
        """
        url = f"{self._base}/{self._paths[kind]['batch']}"
        waiting = deque(ids)
        size, successes = self._batch_size, 0
        while waiting:
            batch = [waiting.popleft() for _ in range(min(size, len(waiting)))]
            try:
                page = self._client.get(
                    url,
                    {"guids": ",".join(batch)},
                    expect="json",
                    allow=(GONE,),
                    tries=self._settings["batch_tries"] if len(batch) > 1 else None,
                )
            except SourceFailed as failure:
                if len(batch) == 1 or not _may_be_too_much(failure):
                    raise
                waiting.extendleft(reversed(batch))
                size, successes = max(1, len(batch) // 2), 0
                continue
            successes += 1
            if successes >= self._settings["grow_after"]:
                size, successes = min(self._batch_size, size * 2), 0
            yield self._complete(kind, batch, page)

    def _complete(self, kind: str, batch: list[str], page: Page) -> list[Any]:
        """The objects of a batch; those that the platform left out of it are asked for one by one."""
        if page.status == GONE:
            _told_gone(page)
            found: list[Any] = []
        else:
            body = page.json()
            if not isinstance(body, list):
                raise SourceFailed(f"{_short(page)}: expected a list of objects; check base_url in koonti.yml.")
            found = body
        came = {item["id"].lower() for item in found if isinstance(item, dict) and isinstance(item.get("id"), str)}
        for guid in batch:
            if guid.lower() not in came:
                found += self._one(kind, guid)
        return found

    def _one(self, kind: str, guid: str) -> list[Any]:
        """One object, as a list; empty when it is gone."""
        self._omitted += 1
        if self._omitted > self._settings["omitted_limit"]:
            raise SourceFailed(
                f"{self._base}: left out more than {self._settings['omitted_limit']} things that it had listed. "
                "The next run asks again."
            )
        url = f"{self._base}/{self._paths[kind]['one'].format(id=guid)}"
        page = self._client.get(url, expect="json", allow=(GONE,))
        if page.status == GONE:
            _told_gone(page)
            return []
        return [page.json()]


def _envelope(page: Page) -> tuple[int, list[Any]]:
    """Number of pages, and the entries; null entries are the empty page."""
    body = page.json()
    count = body.get("pageCount") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(count, int) or "itemList" not in body:
        raise SourceFailed(
            f"{_short(page)}: expected a page of PTV with pageCount and itemList, and got other JSON. "
            "Check base_url in koonti.yml."
        )
    items = body["itemList"]
    return count, items if isinstance(items, list) else []


def _told_gone(page: Page) -> None:
    """Raises `SourceFailed` unless the 404 is PTV's own: a proxy's page must not pass for 'nothing there'."""
    try:
        body = page.json()
    except SourceFailed:
        body = None
    if not isinstance(body, dict) or "errorMessage" not in body:
        raise SourceFailed(
            f"{_short(page)}: HTTP 404 without PTV's own words. Check base_url in koonti.yml.", status=GONE
        )


def _may_be_too_much(failure: SourceFailed) -> bool:
    """Whether a smaller batch may succeed: the platform broke down, was too slow or sent something broken."""
    return failure.status is None or failure.status >= 500


def _batch_size(value: Any, limit: int) -> int:
    try:
        size = int(value)
    except (TypeError, ValueError):
        size = 0
    if not 1 <= size <= limit:
        raise SourceFailed(f"batch_size of the source is {value!r}; give a number from 1 to {limit} in koonti.yml.")
    return size


def _short(page: Page) -> str:
    """The address without its query, which holds a hundred ids."""
    return page.url.split("?")[0]
