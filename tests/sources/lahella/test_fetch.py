"""When a list of the Lähellä feed counts as read."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.demo.server import Fault, Reply, Request, Site, serving
from pipeline.sources.contract import FetchJob
from pipeline.sources.errors import SourceFailed
from pipeline.sources.items import Item
from pipeline.sources.lahella.fetch import fetch
from pipeline.sources.lahella.parse import parse
from pipeline.sources.snapshots import Capture

Job = Callable[..., tuple[FetchJob, list[Capture]]]
Answer = Callable[[int], object]


def page_of(count: int) -> Answer:
    """An honest list of so many activities."""

    def answer(skip: int) -> object:
        items = [{"_key": str(n), "group": "1"} for n in range(skip, min(skip + 100, count))]
        return {"items": items, "total": count, "hasMore": skip + 100 < count}

    return answer


def site_of(activities: Answer, groups: Answer | None = None) -> Site:
    site = Site()

    def route(answer: Answer) -> Callable[[Request], Reply]:
        return lambda request: Reply(json.dumps(answer(int(request.first("skip")))).encode())

    site.route("/v1/activities", route(activities))
    if groups:
        site.route("/v1/groups", route(groups))
    return site


def test_all_pages_are_kept_in_order_and_the_token_is_not(job: Job) -> None:
    site = site_of(page_of(250), page_of(100))
    with serving(site) as base:
        made, kept = job(base)
        fetch(made)
    assert [c.uri.removeprefix(base).split("&limit")[1] for c in kept] == [
        "=100&skip=0",
        "=100&skip=0",
        "=100&skip=100",
        "=100&skip=200",
    ]
    assert not any("hemmelig" in c.uri or b"hemmelig" in c.body for c in kept)


def test_a_feed_without_a_list_of_groups_is_read_all_the_same(job: Job) -> None:
    with serving(site_of(page_of(1))) as base:
        made, kept = job(base)
        fetch(made)
    assert [c.status for c in kept] == [404, 200]
    assert [p.native_id for p in parse(kept, made.description, {}) if isinstance(p, Item)] == ["0"]


def test_without_a_token_nothing_is_asked(job: Job) -> None:
    site = site_of(page_of(1))
    with serving(site) as base, pytest.raises(SourceFailed, match="no token"):
        fetch(job(base, token=" ")[0])
    assert site.asked == []


def with_more(skip: int) -> object:
    return {"items": [{"_key": f"{skip}-{n}"} for n in range(100)], "total": 100, "hasMore": True}


def test_a_list_that_changes_once_is_begun_again_and_kept_whole(job: Job) -> None:
    asked: list[int] = []

    def growing(skip: int) -> object:
        asked.append(skip)
        count = 150 if len(asked) == 1 else 151
        return page_of(count)(skip)

    with serving(site_of(growing, page_of(0))) as base:
        made, kept = job(base)
        fetch(made)
    assert asked == [0, 100, 0, 100] and len(kept) == 3


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda skip: {"items": [{"_key": "1"}], "total": 1, "hasMore": True}, "repeats '1'"),
        (with_more, "300 items read of 100"),
        (lambda skip: {"items": [] if skip else [{"_key": "1"}], "hasMore": True}, "is empty but says that more"),
        (lambda skip: {"items": [{"_key": "1"}], "total": 5, "hasMore": False}, "ended after 1 of 5"),
        (lambda skip: {"items": None, "total": 5}, "ended after 0 of 5"),
        (lambda skip: {"error": "no"}, "expected an object with a list 'items'"),
        (lambda skip: [], "expected an object with a list 'items'"),
    ],
)
def test_a_list_that_is_not_whole_fails_with_one_sentence(job: Job, answer: Answer, sentence: str) -> None:
    with serving(site_of(answer, page_of(0))) as base:
        made, kept = job(base)
        with pytest.raises(SourceFailed, match=sentence) as failure:
            fetch(made)
    assert "\n" not in str(failure.value) and len(kept) == 1


def test_a_list_that_changes_every_time_fails(job: Job) -> None:
    counter = iter(range(200, 300))
    site = site_of(lambda skip: page_of(next(counter))(skip), page_of(0))
    with serving(site) as base, pytest.raises(SourceFailed, match="each time it was read"):
        fetch(job(base)[0])


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fault("status", status=401), "HTTP 401, the token was refused"),
        (Fault("status", status=403), "HTTP 403, the token was refused"),
    ],
)
def test_lasting_faults_fail_with_one_sentence(job: Job, fault: Fault, sentence: str) -> None:
    fault.path = "/v1/activities"
    site = site_of(page_of(120), page_of(3))
    site.faults.append(fault)
    with serving(site) as base:
        made, _ = job(base)
        with pytest.raises(SourceFailed, match=sentence) as failure:
            fetch(made)
    assert "\n" not in str(failure.value) and "hemmelig" not in str(failure.value)


def test_robots_txt_that_forbids_the_feed_is_obeyed(job: Job) -> None:
    site: Any = site_of(page_of(1), page_of(1))
    site.route("/robots.txt", lambda request: Reply(b"User-agent: *\nDisallow: /v1/\n", "text/plain"))
    with serving(site) as base, pytest.raises(SourceFailed, match=r"robots\.txt"):
        fetch(job(base)[0])
