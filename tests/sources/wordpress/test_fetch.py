"""When a list of WordPress counts as read, and what its faults end in."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from pipeline.demo.server import Fault, Reply, Request, Site, serving
from pipeline.sources.contract import FetchJob
from pipeline.sources.errors import SourceFailed
from pipeline.sources.snapshots import Capture
from pipeline.sources.wordpress.fetch import fetch

Job = Callable[..., tuple[FetchJob, list[Capture]]]
Answer = Callable[[int], Reply]
LIST = "/wp-json/wp/v2/tm_volunteer"
TERMS = "/wp-json/wp/v2/tm_keyword"


def reply(items: Any, total: int | None = None, pages: int | None = None, status: int = 200) -> Reply:
    headers = {"X-WP-Total": total, "x-wp-totalpages": pages}
    told = {k: str(v) for k, v in headers.items() if v is not None}
    return Reply(json.dumps(items).encode(), "application/json", status, told)


def posts(first: int, last: int, **more: Any) -> list[dict[str, Any]]:
    return [{"id": n, "type": "tm_volunteer", **more} for n in range(first, last)]


def honest(number: int) -> Reply:
    return reply(posts(number * 20, number * 20 + (20 if number < 3 else 5)), 45, 3)


def site_of(answer: Answer = honest, terms: Reply | None = None) -> Site:
    site = Site()

    def route(request: Request) -> Reply:
        return answer(int(request.first("page")))

    site.route(LIST, route)
    if terms:
        site.route(TERMS, lambda request: terms)
    return site


def test_pages_are_read_as_the_headers_tell_in_an_order_that_stays(job: Job) -> None:
    with serving(site_of()) as base:
        made, kept = job(base + "/")
        fetch(made)
    query = "?per_page=20&page={}&orderby=id&order=asc"
    assert [c.uri.removeprefix(base) for c in kept] == [LIST + query.format(n) for n in (1, 2, 3)]


def test_without_headers_a_page_that_is_not_full_or_the_error_after_the_last_ends_the_list(job: Job) -> None:
    beyond = reply({"code": "rest_post_invalid_page_number"}, status=400)
    for last, pages in ((reply(posts(40, 45)), 3), (beyond, 2)):
        with serving(site_of(lambda n, last=last: reply(posts(n * 20 - 20, n * 20)) if n < 3 else last)) as base:
            made, kept = job(base)
            fetch(made)
        assert len(kept) == pages


def test_terms_are_read_only_when_posts_name_them_and_may_be_missing(job: Job) -> None:
    one = reply(posts(1, 2, tm_keyword=[3]), 1, 1)
    for terms, status in ((reply([{"id": 3}], 1, 1), 200), (None, 404)):
        with serving(site_of(lambda n: one, terms)) as base:
            made, kept = job(base)
            fetch(made)
        assert [c.status for c in kept] == [200, status]


def test_a_list_that_changes_once_is_begun_again_and_kept_whole(job: Job) -> None:
    asked: list[int] = []

    def growing(number: int) -> Reply:
        asked.append(number)
        total = 25 if len(asked) == 1 else 26
        return reply(posts(0, 20) if number == 1 else posts(20, total), total, 2)

    with serving(site_of(growing)) as base:
        made, kept = job(base)
        fetch(made)
    assert asked == [1, 2, 1, 2] and len(kept) == 2


def test_an_empty_list_and_null_are_an_empty_site(job: Job) -> None:
    for answer in (reply([], 0, 0), reply(None)):
        with serving(site_of(lambda n, answer=answer: answer)) as base:
            made, kept = job(base)
            fetch(made)
        assert len(kept) == 1


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda n: reply(posts(0, 20), 400, 20), "page 2 repeats"),
        (lambda n: reply(posts(0, 20), None, None), "page 2 repeats"),
        (lambda n: reply(posts(0, 5), 25, 1), "ended after 5 of 25"),
        (lambda n: reply(posts(0, 20) if n == 1 else [], 40, 9), "page 2 of 9 was empty"),
        (lambda n: reply({"code": "x"}, status=404), "no content type 'tm_volunteer'"),
        (lambda n: reply({"code": "x"}, status=400), "HTTP 400 for page 1"),
        (lambda n: reply({"a": 1}), "expected a list"),
        (lambda n: Reply(b"[{}", "application/json"), "broken or cut short"),
        (lambda n: Reply(gzip.compress(b"[]" * 99)[:-9], headers={"Content-Encoding": "gzip"}), "compressed answer"),
        (lambda n: Reply(b"x" * 2_100_000), "larger than 2 MB"),
        (lambda n: Reply(b"", status=302, headers={"Location": "/wp-login.php"}), "asks to log in"),
    ],
)
def test_a_list_that_is_not_whole_fails_with_one_sentence(job: Job, answer: Answer, sentence: str) -> None:
    site = site_of(answer)
    site.route("/wp-login.php", lambda r: Reply(b"<html>", "text/html"))
    with serving(site) as base:
        made, kept = job(base)
        with pytest.raises(SourceFailed, match=sentence) as failure:
            fetch(made)
    assert "\n" not in str(failure.value) and kept == [] and len(site.asked) < 12


def test_endless_paging_is_cut(job: Job) -> None:
    with serving(site_of(lambda n: reply(posts(n * 20, n * 20 + 20), None, 99999))) as base:
        made, _ = job(base)
        made.description = replace(made.description, settings={**made.description.settings, "most_pages": 5})
        with pytest.raises(SourceFailed, match="more than 5 pages"):
            fetch(made)


@pytest.mark.parametrize(
    ("kind", "status"), [("status", 503), ("status", 429), ("reset", 0), ("truncate", 0), ("hang", 0)]
)
def test_passing_faults_are_ridden_out(job: Job, kind: str, status: int) -> None:
    site = site_of()
    site.faults.append(Fault(kind, "page=2", times=1, status=status, retry_after="0", seconds=0.5))
    with serving(site) as base:
        made, kept = job(base)
        fetch(made)
    assert len(kept) == 3


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fault("status"), "HTTP 503"),
        (Fault("status", status=401), "HTTP 401"),
        (Fault("html"), "expected JSON.*HTML page"),
        (Fault("junk"), "expected JSON"),
        (Fault("reset"), "connection failed|broke off"),
        (Fault("truncate"), "broke off"),
        (Fault("hang", seconds=0.5), "no answer within"),
    ],
)
def test_lasting_faults_fail_with_one_sentence_and_keep_no_half(job: Job, fault: Fault, sentence: str) -> None:
    fault.path = "page=3"
    site = site_of()
    site.faults.append(fault)
    with serving(site) as base:
        made, kept = job(base)
        with pytest.raises(SourceFailed, match=sentence) as failure:
            fetch(made)
    assert "\n" not in str(failure.value) and kept == []


def types(*names: str) -> Reply:
    return Reply(json.dumps({n: {"slug": n, "rest_base": n.replace("tm_", ""), "name": n} for n in names}).encode())


def test_the_sites_own_list_of_types_says_what_is_read_and_where(job: Job) -> None:
    site = Site()
    site.route("/wp-json/wp/v2/types", lambda request: types("post", "tm_group", "oma_tyyppi"))
    site.route("/wp-json/wp/v2/group", lambda request: reply([{"id": 1, "type": "tm_group"}], 1, 1))
    site.route("/wp-json/wp/v2/oma_tyyppi", lambda request: reply([{"id": 2, "type": "oma_tyyppi"}], 1, 1))
    own = {"oma_tyyppi": {"kind": "service", "service_kind": "support"}}
    with serving(site) as base:
        for kinds, lists in (({}, ["types", "group"]), (own, ["types", "group", "oma_tyyppi"])):
            made, kept = job(base, kinds=kinds)
            fetch(made)
            assert [c.uri.split("?")[0].rsplit("/", 1)[-1] for c in kept] == lists


def test_a_site_with_no_known_type_says_which_it_has(job: Job) -> None:
    site = Site()
    site.route("/wp-json/wp/v2/types", lambda request: types("post", "kortti"))
    with serving(site) as base, pytest.raises(SourceFailed, match="it has kortti"):
        fetch(job(base)[0])


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"kinds": {"x": {"kind": "person"}}}, r"kinds\.x"),
        ({"kinds": {"x": {"kind": "service", "service_kind": "y"}}}, "service_kind must be one of"),
        ({"kinds": ["x"]}, "kinds: expected names"),
        ({"fields": {"kello": "x"}}, "there is no 'kello'"),
    ],
)
def test_options_that_say_nothing_usable_are_named(job: Job, options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SourceFailed, match=sentence):
        fetch(job("http://127.0.0.1:9", **options)[0])


def test_types_that_are_not_known_and_robots_txt_are_named(job: Job) -> None:
    site = site_of()
    site.route("/robots.txt", lambda r: Reply(b"User-agent: *\nDisallow: /wp-json/\n", "text/plain"))
    with serving(site) as base:
        with pytest.raises(SourceFailed, match="'post' is not known"):
            fetch(job(base, types="post")[0])
        with pytest.raises(SourceFailed, match=r"robots\.txt"):
            fetch(job(base)[0])
