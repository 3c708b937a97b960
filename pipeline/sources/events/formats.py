"""Tells what an address of a calendar answered: one of the four formats, by its content.

The content type is not asked, because calendars are often served as plain text and feeds as HTML.
"""

import json
import re

from pipeline.sources.events.ical import is_calendar

FORMATS = ("linkedevents", "ical", "rss", "jsonld")
FEED = re.compile(rb"<(?:\w+:)?(?:rss|feed|RDF)[\s>]", re.IGNORECASE)
HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|script|div|main)[\s>]", re.IGNORECASE)


def format_of(body: bytes) -> str | None:
    """linkedevents, ical, rss or jsonld (any HTML page); null for anything else."""
    start = body.removeprefix(b"\xef\xbb\xbf").lstrip()[:4000]
    if is_calendar(body):
        return "ical"
    if start[:1] in (b"{", b"["):
        try:
            json.loads(body)
        except (ValueError, RecursionError):
            return None
        return "linkedevents"
    if FEED.search(start):
        return "rss"
    return "jsonld" if HTML.search(start) else None
