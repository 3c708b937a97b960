"""Brings the file of a catalogue into the snapshot, as the lists of organisations (`csv`) are brought."""

from pipeline.sources.contract import FetchJob
from pipeline.sources.csv import fetch as csv


def fetch(job: FetchJob) -> None:
    """Keeps every file that `path` names, and the one at `url`; raises `SourceFailed` when one is missing."""
    csv.fetch(job)
