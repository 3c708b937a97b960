"""Walks the listing of groups and fetches each group's own page; what people wrote is cut out before it is kept.

What it decides: which parts of a page nobody may keep. How groups are read is in `parse`.
"""

from dataclasses import replace

from pipeline.sources.cards import fetch as cards
from pipeline.sources.cards.page import soup_of
from pipeline.sources.contract import FetchJob
from pipeline.sources.gathered import is_page
from pipeline.sources.guard import guarded_job
from pipeline.sources.http import Page
from pipeline.sources.snapshots import Capture
from pipeline.sources.tukinet.rules import rules_of


def fetch(job: FetchJob) -> None:
    """Keeps listing pages and groups; raises `SourceFailed` when the listing cannot be walked to its end."""
    rules = rules_of(job.description, job.options)
    guarded = guarded_job(job, cut=lambda page: cut(page, rules.site.selectors["messages"]))
    cards.fetch(replace(guarded, description=rules.description, options=rules.options))


def archived(capture: Capture, job: FetchJob) -> Capture | None:
    """A saved page cut as a fetched one is; null for one that must not be asked, and for what is no page."""
    rules = rules_of(job.description, job.options)
    if rules.site.refuses(capture.uri) or not is_page(capture):
        return None
    return replace(capture, body=cut(capture, rules.site.selectors["messages"]))


def cut(page: Page | Capture, selector: str) -> bytes:
    """The page without what users wrote, as UTF-8. Cutting it again changes nothing."""
    soup = soup_of(page.body, page.content_type)
    for part in soup.select(selector):
        if not part.decomposed:
            part.decompose()
    for tag in soup.select("meta[charset], meta[http-equiv]"):
        tag.decompose()
    return str(soup).encode()
