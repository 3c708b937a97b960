"""Reads a calendar to its end: the pages of a Linked Events API, one .ics file, a feed, or pages with events.

What it decides: which format an address speaks when nobody said, which links are followed (only on the same host),
and when a list counts as whole. How answers are understood is in `parse`.
"""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urldefrag, urljoin, urlsplit

from bs4 import BeautifulSoup

from pipeline.sources.cards.page import soup_of
from pipeline.sources.cards.site import same_host
from pipeline.sources.contract import FetchJob
from pipeline.sources.errors import SourceFailed
from pipeline.sources.events import api, feed
from pipeline.sources.events.formats import FORMATS, format_of
from pipeline.sources.events.ical import is_whole
from pipeline.sources.events.structured import events_of
from pipeline.sources.http import Page, describe

NAMES = {"ical": "a calendar (.ics)", "rss": "a feed (RSS or Atom)", "jsonld": "an HTML page"}
ALTERNATES = ("text/calendar", "application/rss+xml", "application/atom+xml")
GONE = (404, 410)


def fetch(job: FetchJob) -> None:
    """Keeps every answer; raises `SourceFailed` when the calendar cannot be read whole."""
    kind = str(job.options.get("format") or "auto")
    if kind not in ("auto", *FORMATS):
        raise SourceFailed(f"{job.source}: format '{kind}' is none of {', '.join(FORMATS)}, auto. Correct koonti.yml.")
    _fetch(job, kind, str(job.options["url"]).strip())


def _fetch(job: FetchJob, kind: str, address: str) -> None:
    if kind == "linkedevents":
        api.fetch(job, address)
        return
    page = job.client.get(address, expect="any")
    found = format_of(page.body)
    if kind == "auto" and found == "linkedevents":
        api.fetch(job, address)
    elif found == "jsonld" and kind == "auto":
        _page_or_its_feed(job, page)
    elif found == "ical" and kind in ("auto", "ical"):
        _whole(page)
    elif found == "rss" and kind in ("auto", "rss"):
        _feed(job, page)
    elif found == "jsonld" and kind == "jsonld":
        _pages(job, page)
    else:
        expected = NAMES.get(kind, "a calendar, a feed, a page or a Linked Events API")
        raise SourceFailed(
            f"{address}: expected {expected}, got {describe(page)}. Check url and format of {job.source} in koonti.yml."
        )


def _whole(page: Page) -> None:
    if not is_whole(page.body):
        raise SourceFailed(
            f"{page.url}: the calendar has no end (END:VCALENDAR), so it is cut short. Ask its operator."
        )


def _feed(job: FetchJob, page: Page) -> None:
    """A feed and its further pages, where it names them."""
    walked = {page.url}
    following = _feed_next(page)
    while following:
        _bounded(job, len(walked), page.url)
        if following in walked:
            raise SourceFailed(f"{page.url}: the feed's next page is one already read. Ask its operator.")
        walked.add(following)
        further = job.client.get(following, expect="any")
        if format_of(further.body) != "rss":
            raise SourceFailed(f"{following}: expected a feed (RSS or Atom), got {describe(further)}.")
        job.progress(f"feed page {len(walked)}")
        following = _feed_next(further)


def _feed_next(page: Page) -> str | None:
    root = feed.root_of(page.body)
    if root is None:
        raise SourceFailed(f"{page.url}: the feed is broken XML. Ask its operator.")
    target = feed.next_page(root)
    return _on_host(target, page.url) if target else None


def _page_or_its_feed(job: FetchJob, page: Page) -> None:
    """Of a page in the best format it offers: its own events, then a calendar, then a feed that it names."""
    soup = soup_of(page.body, page.content_type)
    nodes, _ = events_of(soup, set(job.description.settings["jsonld"]["event_types"]))
    if nodes or job.options.get("event_page"):
        _pages(job, page)
        return
    for kind in ALTERNATES:
        link = soup.select_one(f'link[rel~=alternate][type="{kind}"][href]')
        target = _on_host(str(link["href"]), page.url) if link else None
        if target:
            _fetch(job, "ical" if kind == "text/calendar" else "rss", target)
            return
    raise SourceFailed(
        f"{page.url}: a page without events in JSON-LD and without a calendar or feed. "
        "Give the address of one of them, or event_page, in koonti.yml."
    )


def _pages(job: FetchJob, first: Page) -> None:
    """Listing pages, and the event pages they link to when koonti.yml says which those are."""
    pattern = _pattern(job)
    settings = job.description.settings["jsonld"]
    listed: dict[str, None] = {}
    walked = {first.url}
    bodies: set[bytes] = set()
    found = 0
    page: Page | None = first
    while page is not None:
        soup = soup_of(page.body, page.content_type)
        before, links = len(listed), list(_links(soup, page.url, pattern))
        listed.update(dict.fromkeys(links))
        here = len(events_of(soup, set(settings["event_types"]))[0])
        found += here
        if page.body in bodies or (bodies and links and not here and len(listed) == before):
            raise SourceFailed(f"{page.url}: the page repeats an earlier one. The next run asks again.")
        bodies.add(page.body)
        following = next((t for a in soup.select(settings["next"]) if (t := _on_host(a.get("href"), page.url))), None)
        if following and (len(listed) == before and not here):
            break
        page = None
        if following and following not in walked:
            _bounded(job, len(walked), first.url)
            walked.add(following)
            page = job.client.get(following, expect="html")
            job.progress(f"page {len(walked)}, {len(listed)} events")
    if not listed and not found:
        raise SourceFailed(f"{first.url}: no event in JSON-LD and no link to one. Check event_page in koonti.yml.")
    for number, address in enumerate((a for a in listed if a not in walked), 1):
        job.client.get(address, expect="html", allow=GONE)
        if number % 50 == 0:
            job.progress(f"event pages {number} of {len(listed)}")


def _links(soup: BeautifulSoup, address: str, pattern: re.Pattern[str] | None) -> Iterator[str]:
    if pattern is None:
        return
    for link in soup.find_all("a", href=True):
        target = _on_host(link["href"], address)
        if target and pattern.search(target):
            yield target


def _pattern(job: FetchJob) -> re.Pattern[str] | None:
    text = job.options.get("event_page")
    try:
        return re.compile(str(text)) if text else None
    except re.error as error:
        raise SourceFailed(f"event_page: '{text}' is no regular expression ({error}). Correct koonti.yml.") from None


def _on_host(href: Any, address: str) -> str | None:
    """The whole address of a link; null when it leads to another host."""
    try:
        target = urldefrag(urljoin(address, str(href or "").strip())).url
        is_own = same_host(target, address)
    except ValueError:
        return None
    return target if is_own and href and urlsplit(target).scheme in ("http", "https") else None


def _bounded(job: FetchJob, walked: int, address: str) -> None:
    most = int(job.options.get("most_pages") or job.description.settings["most_pages"])
    if walked >= most:
        raise SourceFailed(
            f"{address}: more than {most} pages. The paging may be endless; raise most_pages in koonti.yml if not."
        )
