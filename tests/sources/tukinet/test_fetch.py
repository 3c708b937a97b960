"""Which pages of the service are asked, which never, what is cut out, and what its faults end in."""

from collections.abc import Callable
from typing import Any

import pytest

from pipeline.demo.server import Fault, Reply, Site, serving
from pipeline.sources.errors import SourceFailed
from pipeline.sources.http import Page
from pipeline.sources.tukinet.fetch import cut, fetch

LINKS = "".join(f'<a href="/teema/{n}">Ryhmä {n}</a>' for n in (1, 2, 3))


def html(body: str, status: int = 200) -> Reply:
    return Reply(f"<html><body><main>{body}</main></body></html>".encode(), "text/html; charset=utf-8", status)


def site_of(listing: str = LINKS) -> Site:
    site = Site()
    site.route("/teemat", lambda request: html(f"<h1>Teemat</h1>{listing}"))
    site.route("/teema/(.+)", lambda request: html(f"<h1>Ryhmä {request.groups[0]}</h1><p>Ylläpitäjä: A ry</p>"))
    return site


@pytest.fixture
def job(job_for: Any) -> Callable[..., Any]:
    return lambda base, **options: job_for("tukinet", base_url=base, **options)


def test_only_the_listing_and_the_groups_are_asked(job: Any) -> None:
    never = (
        "/teema/1/chat", "/teema/2/keskustelu", "/keskustelu/3", "/viestit/teema/4", "/kirjaudu?back=/teema/5",
        "/teema/6?login=1", "/Profiili/teema/7", "http://muu.example.org/teema/8", "/teema/9/hakemus",
    )  # fmt: skip
    slugs = '<a href="/teema/12-keskusteluryhma">a</a>'
    site = site_of(LINKS + slugs + "".join(f'<a href="{href}">x</a>' for href in never))
    with serving(site) as base:
        made, kept = job(base)
        fetch(made)
    pages = ["/teemat", "/teema/1", "/teema/2", "/teema/3", "/teema/12-keskusteluryhma"]
    assert [c.uri.removeprefix(base) for c in kept] == pages
    assert site.asked == ["/robots.txt", *pages]


@pytest.mark.parametrize("path", ["/kirjaudu", "/keskustelu/1", "/teemat?viesti=1", "/%6Cogin"])
def test_a_listing_behind_a_log_in_or_of_messages_is_refused_before_anything_is_sent(job: Any, path: str) -> None:
    site = site_of()
    with serving(site) as base, pytest.raises(SourceFailed, match="never asked"):
        fetch(job(base, listing=path)[0])
    assert site.asked == []


def test_card_patterns_of_koonti_yml_do_not_open_messages(job: Any) -> None:
    site = site_of('<a href="/teema/1">a</a><a href="/keskustelu/2">b</a>')
    with serving(site) as base:
        fetch(job(base, card=r"/(?P<id>\d+)$")[0])
    assert site.asked == ["/robots.txt", "/teemat", "/teema/1"]


def test_what_is_cut_is_cut_once_and_for_all() -> None:
    page = Page("u", 200, '<meta charset="latin-1"><p>ä</p><div class="viesti">salaa</div>'.encode("latin-1"), "")
    once = cut(page, ".viesti")
    assert (b"salaa" in once, "ä" in once.decode()) == (False, True)
    assert cut(Page("u", 200, once, ""), ".viesti") == once


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fault("status"), "HTTP 503"),
        (Fault("status", status=401), "HTTP 401"),
        (Fault("junk"), "expected an HTML page"),
        (Fault("truncate"), "broke off"),
    ],
)
def test_lasting_faults_fail_with_one_sentence(job: Any, fault: Fault, sentence: str) -> None:
    fault.path = "teema/2"
    site = site_of()
    site.faults.append(fault)
    with serving(site) as base, pytest.raises(SourceFailed, match=sentence) as failure:
        fetch(job(base)[0])
    assert "\n" not in str(failure.value)


def test_a_group_that_leads_to_a_log_in_and_options_that_do_not_exist_are_named(job: Any) -> None:
    site = Site()
    site.route("/teemat", lambda request: html(LINKS))
    site.route("/teema/.*", lambda request: Reply(b"", status=302, headers={"Location": "/kirjaudu"}))
    site.route("/kirjaudu", lambda request: html("Kirjaudu"))
    with serving(site) as base:
        with pytest.raises(SourceFailed, match=r"leads to .*/kirjaudu, which is never asked"):
            fetch(job(base)[0])
        assert not [path for path in site.asked if "kirjaudu" in path]
        with pytest.raises(SourceFailed, match="'pitaja'; known fields are keeper"):
            fetch(job(base, labels={"pitaja": ["Pitäjä"]})[0])
