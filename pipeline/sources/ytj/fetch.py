"""Asks PRH's open data for one Y-tunnus after the other, far below the pace that all its users share.

What it decides: which answers count. An id without an answer is kept as such; an interface that ignores the question
is a failed source. Which ids are asked for is in `ids`.
"""

import json
from typing import Any

from pipeline.sources.contract import FetchJob
from pipeline.sources.errors import SourceFailed
from pipeline.sources.http import Page
from pipeline.sources.snapshots import Capture
from pipeline.sources.ytj.ids import wanted

NOT_ASKED = "file:ytj-not-asked.json"
"""Address under which the values that are no Y-tunnus are kept, so that the parser can report them."""


def fetch(job: FetchJob) -> None:
    """Keeps the answer for every id; raises `SourceFailed` when one of them cannot be asked."""
    settings = job.description.settings
    asked = wanted(dict(job.options), job.base_dir, job.source)
    address = str(job.options.get("base_url") or settings["base_url"]).rstrip("/") + settings["companies"]
    if asked.invalid:
        body = json.dumps({"not_asked": asked.invalid}, ensure_ascii=False).encode()
        job.keep(Capture(NOT_ASKED, body, "application/json", job.now))
    known = 0
    for number, one in enumerate(asked.ids, 1):
        page = job.client.get(
            address, {"businessId": one}, expect="json", allow=tuple(settings["no_answer"]), keep=False
        )
        known += _answers(page, one, settings)
        job.keep(page.capture(job.now))
        if number % 25 == 0 or number == len(asked.ids):
            job.progress(f"ids {number} of {len(asked.ids)}, {known} known to the register")


def _answers(page: Page, asked: str, settings: Any) -> bool:
    """True when the register knows the id; raises `SourceFailed` when it answered something else."""
    if page.status in settings["no_answer"]:
        return False
    answer = page.json()
    where = page.url.split("?")[0]
    companies = answer.get("companies") or [] if isinstance(answer, dict) and "companies" in answer else None
    if not isinstance(companies, list):
        raise SourceFailed(
            f"{where}: expected an object with a list 'companies', got something else. "
            "The interface has changed, or base_url in koonti.yml is wrong."
        )
    ids = [
        c["businessId"].get("value") for c in companies if isinstance(c, dict) and isinstance(c.get("businessId"), dict)
    ]
    if ids and asked not in ids:
        raise SourceFailed(f"{where}: asked for {asked} it gave {len(ids)} others, so it ignores businessId. Ask PRH.")
    return bool(companies)
