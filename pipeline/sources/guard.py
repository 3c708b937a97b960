"""For connectors that may not ask for everything, or keep everything: forms, chats, pages behind a log-in, messages.

Addresses that match `never` of the connector's `source.yml` are refused by the client before anything is sent, whatever
links or redirects to them. What a page shows beside its public facts is cut out before the page is kept.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from pipeline.sources.contract import FetchJob
from pipeline.sources.http import HttpClient, Page
from pipeline.sources.snapshots import Capture

Cut = Callable[[Page], bytes]
"""The body of a page without what nobody may keep."""


class Cutting:
    """Takes the place of the client in a job: pages are cut before they are kept and handed on."""

    def __init__(self, client: HttpClient, keep: Callable[[Capture], None], cut: Cut) -> None:
        self._client = client
        self._keep = keep
        self._cut = cut

    def get(self, url: str, params: Mapping[str, Any] | None = None, *, keep: bool = True, **more: Any) -> Page:
        """One page, cut, and kept unless told otherwise."""
        page = self._client.get(url, params, keep=False, **more)
        page = replace(page, body=self._cut(page))
        if keep:
            self._keep(page.capture(datetime.now(UTC)))
        return page


def guarded_job(job: FetchJob, *, cut: Cut | None = None) -> FetchJob:
    """The job with a client that refuses what `source.yml` names in `never`, and with `cut` cuts every page."""
    job.client.refuse(str(job.description.settings["never"]))
    if cut is None:
        return job
    cutting: Any = Cutting(job.client, job.keep, cut)
    return replace(job, client=cutting)
