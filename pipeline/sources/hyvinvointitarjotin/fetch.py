"""Fetches the page of all organisations and their cards, by plain GET; the contact form is never asked."""

from dataclasses import replace

from pipeline.sources.cards import fetch as cards
from pipeline.sources.contract import FetchJob
from pipeline.sources.guard import guarded_job
from pipeline.sources.hyvinvointitarjotin.rules import about


def fetch(job: FetchJob) -> None:
    """Keeps list pages and cards; raises `SourceFailed` when the list cannot be walked to its end."""
    cards.fetch(replace(guarded_job(job), description=about(job.description)))
