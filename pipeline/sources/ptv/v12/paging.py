"""How v12 is asked: the key, pages that end, and refusals in one sentence.

Verified of the specification: a page is `{page, pageSize, totalItems, totalPages, items}`; errors are problem
details. It promises no order and no snapshot, so a row can slip from page to page while a listing is read: a
listing counts as whole only when as many different things came as it says there are, else it is read again.
Nothing here keeps answers: the client does.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from pipeline.sources.contract import FetchJob
from pipeline.sources.errors import SourceFailed
from pipeline.sources.http import Page

GONE = 404
REFUSED = (401, 403)
TOLD = (400, *REFUSED)
"""Statuses whose answers are read for their words."""
Key = Callable[[dict[str, Any]], Any]
Query = Mapping[str, Any]


class Api:
    """The interface under its base address, asked with the key."""

    def __init__(self, job: FetchJob) -> None:
        self.settings = settings = job.description.settings["v12"]
        key = str(job.options.get("api_key") or "").strip()
        if not key:
            raise SourceFailed(
                f"{job.source}: v12 of PTV wants a key. Order one from DVV, put it into the environment "
                "and write api_key: ${PTV_API_KEY} in koonti.yml."
            )
        if not (key.isascii() and key.isprintable()):
            raise SourceFailed(f"{job.source}: the api_key holds characters that no key has. Copy it again from DVV.")
        job.client.authorize(settings["key_header"], key)
        self._source = job.source
        self._client = job.client
        self._base = str(job.options.get("base_url") or settings["base_url"]).rstrip("/")
        self.size = _page_size(job.options.get("batch_size", settings["page_size"]), settings["page_limit"])
        self._left_out = 0

    def everything(self, path: str, key: Key, query: Query | None = None, *, keep: bool = True) -> Iterator[list[Any]]:
        """All rows of a listing, a page at a time, some of them perhaps twice; `key` tells which are the same.

        Without `keep` the snapshot does not hold them: they only tell what to ask for.
        """
        url = f"{self._base}/{path}"
        found: set[Any] = set()
        for _ in range(self.settings["readings"]):
            reading = _Reading(self, url, query or {}, key, found, keep=keep)
            yield from reading.pages()
            if not reading.moved and len(found) >= reading.total:
                return
        if len(found) < reading.total:
            raise SourceFailed(
                f"{url}: {len(found)} of {reading.total} things came in {self.settings['readings']} readings; "
                "the listing changes while it is read. The next run asks again."
            )

    def chosen(self, path: str, key: Key, name: str, values: Iterable[str]) -> Iterator[list[Any]]:
        """The pages of the rows that have one of the values, as many values at a time as the platform takes."""
        waiting, most = list(dict.fromkeys(values)), self.settings["values_limit"]
        for start in range(0, len(waiting), most):
            yield from self.everything(path, key, {name: waiting[start : start + most]})

    def one(self, path: str) -> dict[str, Any] | None:
        """One object; null when it is not public or does not exist."""
        url = f"{self._base}/{path}"
        page = self.get(url, None, allow=(GONE,))
        if page.status == GONE:
            body = _json(page)
            if not isinstance(body, dict) or not ("reason" in body or {"title", "status"} <= body.keys()):
                raise SourceFailed(
                    f"{url}: HTTP 404 without PTV's own words. Check base_url in koonti.yml.", status=GONE
                )
            self._left_out += 1
            if self._left_out > self.settings["omitted_limit"]:
                raise SourceFailed(
                    f"{self._base}: more than {self.settings['omitted_limit']} things that are referred to do not "
                    "exist. Check base_url and the key in koonti.yml."
                )
            return None
        body = page.json()
        if not isinstance(body, dict):
            raise SourceFailed(f"{url}: expected one object; check base_url in koonti.yml.")
        return body

    def get(
        self,
        url: str,
        query: Query | None,
        *,
        allow: tuple[int, ...] = (),
        tries: int | None = None,
        keep: bool = True,
    ) -> Page:
        """One answer; raises `SourceFailed` in the platform's own words where it gives any."""
        page = self._client.get(url, query, expect="json", allow=(*allow, *TOLD), tries=tries, keep=keep)
        if page.status in REFUSED:
            raise SourceFailed(
                f"{url}: HTTP {page.status}, the key was refused. Put a valid API key of PTV v12 into the environment "
                f"and name it in koonti.yml as api_key of {self._source}.",
                status=page.status,
            )
        if page.status in TOLD:
            raise SourceFailed(
                f"{url}: HTTP {page.status}: {_words(page)}. The interface may have changed.", status=page.status
            )
        return page


class _Reading:
    """One reading of a listing, from its first page to its last."""

    def __init__(self, api: Api, url: str, query: Query, key: Key, found: set[Any], *, keep: bool) -> None:
        self._keep = keep
        self._api, self._url, self._query, self._key, self._found = api, url, query, key, found
        self._settings = api.settings
        self.total = 0
        self.moved = False
        """Whether the listing changed its length."""

    def pages(self) -> Iterator[list[Any]]:
        """The pages; one that the platform cannot give in time is asked for in smaller ones.

        Raises `SourceFailed` when the listing repeats itself or never ends.
        """
        size, number, before = self._api.size, 1, None
        first: int | None = None
        last = 0
        while True:
            smaller = next((part for part in range(size // 2, 0, -1) if size % part == 0), None)
            try:
                page = self._api.get(
                    self._url,
                    {**self._query, "page": number, "pageSize": size},
                    tries=self._settings["page_tries"] if smaller else None,
                    keep=self._keep,
                )
            except SourceFailed as failure:
                if smaller is None or (failure.status or 500) < 500:
                    raise
                times = size // smaller
                number, size, last = (number - 1) * times + 1, smaller, last * times
                continue
            total, count, items = _envelope(page)
            if first is None:
                first, last = total, count + self._settings["page_growth"]
            self.moved = self.moved or total != first
            self.total = total
            if count > self._settings["pages_limit"]:
                raise SourceFailed(f"{self._url}: says {count} pages, more than any listing has. Check base_url.")
            keys = [self._key(item) for item in items if isinstance(item, dict)]
            if keys and keys == before:
                raise SourceFailed(f"{self._url}: page {number} of {count} repeats the page before it.")
            self._found.update(keys)
            before = keys
            yield items
            if number >= count:
                return
            if not items or number >= last:
                self.moved = True
                return
            number += 1


def _envelope(page: Page) -> tuple[int, int, list[Any]]:
    """Number of things, number of pages, and the entries; null entries are the empty page."""
    body = page.json()
    held = body if isinstance(body, dict) else {}
    total, count, items = held.get("totalItems"), held.get("totalPages"), held.get("items", 0)
    if type(total) is not int or type(count) is not int or not (items is None or isinstance(items, list)):
        raise SourceFailed(
            f"{page.url.split('?')[0]}: expected a page of PTV v12 with totalItems, totalPages and items, and got "
            "other JSON. Check base_url and version in koonti.yml."
        )
    return total, count, items or []


def _words(page: Page) -> str:
    """What problem details say, short; the status alone when the answer is something else."""
    body = _json(page)
    if not isinstance(body, dict):
        return "no words of PTV"
    said = [body.get("title"), body.get("detail")]
    errors = body.get("errors")
    listed = [error for error in errors[:3] if isinstance(error, dict)] if isinstance(errors, list) else []
    said += [" ".join(str(error[key]) for key in ("path", "message") if error.get(key)) for error in listed]
    return " – ".join(" ".join(str(part).split()) for part in said if part)[:300] or "no words of PTV"


def _json(page: Page) -> Any:
    try:
        return page.json()
    except SourceFailed:
        return None


def _page_size(value: Any, limit: int) -> int:
    try:
        size = int(value)
    except (TypeError, ValueError):
        size = 0
    if not 1 <= size <= limit:
        raise SourceFailed(f"batch_size of the source is {value!r}; give a number from 1 to {limit} in koonti.yml.")
    return size
