"""When the list of tasks counts as read, and what bad nights of the platform lead to."""

import gzip
import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from pipeline.demo.server import Fault, Reply, Request, Site
from pipeline.sources.errors import SourceFailed
from pipeline.sources.items import Item

Harvest = Callable[..., Any]
Answer = Callable[[int], object]
REST = {"title": "Tehtävä", "organization": 1, "organizationName": "Kerho ry", "status": 1}


def honest(count: int, size: int = 50) -> Answer:
    """A list of so many tasks."""

    def answer(page: int) -> object:
        ids = range((page - 1) * size, min(page * size, count))
        return {"status": "ok", "data": {"totalRecords": count, "records": [{"id": n, **REST} for n in ids]}}

    return answer


def site_of(answer: Answer) -> Site:
    site = Site()
    site.route("/collection/task", lambda r: Reply(json.dumps(answer(int(r.first("page")))).encode()))
    return site


def raw_site(reply: Callable[[Request], Reply]) -> Site:
    site = Site()
    site.route("/collection/task", reply)
    site.route("/login", lambda r: Reply(b"<html>Kirjaudu</html>", "text/html"))
    return site


def services(parsed: list[Any]) -> list[str]:
    return [p.native_id for p in parsed if isinstance(p, Item) and p.kind == "service"]


def failure(harvest: Harvest, site: Site, words: str) -> None:
    with pytest.raises(SourceFailed, match=words) as caught:
        harvest(site, tries=2)
    assert "\n" not in str(caught.value) and "hemmelig" not in str(caught.value)


def test_all_pages_are_read_until_one_is_empty_and_the_key_is_not_kept(harvest: Harvest) -> None:
    kept, parsed = harvest(site_of(honest(120)))
    assert [c.uri.rsplit("=")[1] for c in kept] == ["1", "2", "3", "4"]
    assert services(parsed) == [str(n) for n in range(120)]
    assert not any("hemmelig" in c.uri or b"hemmelig" in c.body for c in kept)


def test_without_a_key_nothing_is_asked(harvest: Harvest) -> None:
    site = site_of(honest(1))
    with pytest.raises(SourceFailed, match="no key"):
        harvest(site, token=" ")
    assert site.asked == []


def test_a_list_that_changes_once_is_begun_again_and_kept_whole(harvest: Harvest) -> None:
    asked: list[int] = []

    def growing(page: int) -> object:
        asked.append(page)
        return honest(60 if len(asked) == 1 else 61)(page)

    kept, parsed = harvest(site_of(growing))
    assert asked == [1, 2, 1, 2, 3] and len(kept) == 3 and len(services(parsed)) == 61


def test_a_task_that_moves_to_the_next_page_while_reading_is_read_once(harvest: Harvest) -> None:
    def moving(page: int) -> object:
        answer: Any = honest(99)(page)
        if page == 2:
            answer["data"]["records"] = [{"id": 49, **REST}, *answer["data"]["records"]]
        return answer

    _, parsed = harvest(site_of(moving))
    assert len(services(parsed)) == 99


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda page: {"data": {"totalRecords": 9, "records": [{"id": 1}]}}, "ignores 'page'"),
        (lambda page: {"data": {"totalRecords": 1, "records": ["x"]}}, "ignores 'page'"),
        (lambda page: {"data": {"totalRecords": 2, "records": [{"id": page}]}}, "4 tasks read of 2, and more follow"),
        (lambda page: {"data": {"totalRecords": page, "records": [{"id": page}]}}, "each time it was read"),
        (lambda page: {"data": {"totalRecords": 5, "records": [{"id": 1}] if page == 1 else None}}, "ended after 1"),
        (lambda page: {"status": "error", "data": None}, "says 'error', not 'ok'"),
        (lambda page: {"status": "ok"}, "expected an object with data.records"),
        (lambda page: {"data": {"records": {"1": 2}}}, "expected an object with data.records"),
        (lambda page: [], "expected an object with data.records"),
    ],
)
def test_a_list_that_is_not_whole_fails_with_one_sentence(harvest: Harvest, answer: Answer, words: str) -> None:
    failure(harvest, site_of(answer), words)


def test_pages_without_end_are_cut_off(harvest: Harvest) -> None:
    site = site_of(lambda page: {"data": {"records": [{"id": page}]}})
    failure(harvest, site, "2000 pages and no end")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault("status", status=401), "HTTP 401, the key was refused"),
        (Fault("status", status=403), "HTTP 403, the key was refused"),
        (Fault("status", status=404), "HTTP 404"),
    ],
    ids=lambda value: f"{value.kind}-{value.status}" if isinstance(value, Fault) else "",
)
def test_lasting_faults_are_one_sentence(harvest: Harvest, fault: Fault, words: str) -> None:
    site = site_of(honest(3))
    site.faults.append(replace(fault, path="collection"))
    failure(harvest, site, words)


GOOD = json.dumps(honest(1)(1)).encode()


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(gzip.compress(GOOD)[:-9], headers={"Content-Encoding": "gzip"}), "compressed answer"),
        (Reply(b"no gzip", headers={"Content-Encoding": "gzip"}), "compressed answer is broken"),
        (Reply(b"", status=302, headers={"Location": "/login"}), "asks to log in"),
        (Reply(b"", status=302, headers={"Location": "/collection/task?page=1"}), "redirects in a circle"),
        (Reply(GOOD[:30]), "broken or cut short"),
        (Reply(b'{"status": "ok", "data": "\xff\xfe"}'), "JSON|data.records"),
    ],
    ids=["gzip-cut", "no-gzip", "login", "circle", "json-cut", "bad-utf8"],
)
def test_broken_answers_are_one_sentence(harvest: Harvest, reply: Reply, words: str) -> None:
    failure(harvest, raw_site(lambda r: reply), words)


def test_json_under_a_wrong_content_type_is_read_all_the_same(harvest: Harvest) -> None:
    def reply(request: Request) -> Reply:
        return Reply(json.dumps(honest(1)(int(request.first("page")))).encode(), "text/html")

    assert services(harvest(raw_site(reply))[1]) == ["0"]


def test_robots_txt_that_forbids_the_list_is_obeyed(harvest: Harvest) -> None:
    site = site_of(honest(1))
    site.route("/robots.txt", lambda r: Reply(b"User-agent: *\nDisallow: /collection/\n", "text/plain"))
    failure(harvest, site, re.escape("robots.txt"))
