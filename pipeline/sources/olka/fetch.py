"""Walks the listing of points and fetches each point's page, and the pages that koonti.yml names.

How a page is read is in `parse`. No form is sent.
"""

from dataclasses import replace

from pipeline.sources.cards import fetch as cards
from pipeline.sources.contract import FetchJob
from pipeline.sources.olka.rules import rules_of


def fetch(job: FetchJob) -> None:
    """Keeps listing pages and points; raises `SourceFailed` when the listing or a named page cannot be read."""
    rules = rules_of(job.description, job.options)
    for address in sorted(rules.pages):
        job.progress(f"page {address}")
        job.client.get(address, expect="html")
    if job.options.get("base_url"):
        cards.fetch(replace(job, description=rules.description, options=rules.options))
