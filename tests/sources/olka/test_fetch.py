"""Which pages of an OLKA site are asked, and what its faults end in."""

import gzip
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.demo.server import Fault, Reply, Site, serving
from pipeline.sources.errors import SourceFailed
from pipeline.sources.olka.fetch import fetch
from pipeline.sources.olka.parse import parse

LINKS = '<a href="/olka-piste/kys/">KYS</a><a href="/olka-piste/mikkeli/">Mikkeli</a><a href="/yhteydenotto/">x</a>'


def html(body: str, status: int = 200) -> Reply:
    return Reply(f"<html><body><main>{body}</main></body></html>".encode(), "text/html; charset=utf-8", status)


def site_of(more: Reply | None = None) -> Site:
    site = Site()
    site.route("/olka-pisteet/", lambda request: html(f"<h1>Pisteet</h1>{LINKS}"))
    if more:
        site.route("/olka-piste/kys/", lambda request: more)
    page = html("<h1>OLKA</h1><p>Koordinoiva järjestö: A ry</p>")
    site.route("/olka-piste/(.+)/|/toiminta/olka", lambda request: page)
    return site


@pytest.fixture
def job(job_for: Any) -> Callable[..., Any]:
    return lambda **options: job_for("olka", **options)


def test_the_listing_and_its_points_are_asked_and_nothing_else(job: Any) -> None:
    site = site_of()
    with serving(site) as base:
        fetch(job(base_url=base)[0])
    assert site.asked == ["/robots.txt", "/olka-pisteet/", "/olka-piste/kys/", "/olka-piste/mikkeli/"]


def test_pages_that_koonti_yml_names_are_points_without_a_listing(job: Any) -> None:
    site = site_of()
    with serving(site) as base:
        pages = [f"{base}/toiminta/olka"]
        made, kept = job(pages=pages)
        fetch(made)
    assert site.asked == ["/robots.txt", "/toiminta/olka"]
    items = parse(kept, made.description, {"pages": pages})
    assert [i.native_id for i in items] == ["organization/A ry", "toiminta/olka"]


@pytest.mark.parametrize("fault", [Fault("status", status=429, retry_after="0"), Fault("reset"), Fault("truncate")])
def test_passing_faults_are_ridden_out(job: Any, fault: Fault) -> None:
    fault.times, fault.path = 1, "kys"
    site = site_of()
    site.faults.append(fault)
    with serving(site) as base:
        made, kept = job(base_url=base)
        fetch(made)
    assert len(kept) == 3


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (html("x", 503), "HTTP 503"),
        (Reply(b"\x00" * 2_100_000), "larger than 2 MB"),
        (Reply(b'{"a": 1}'), "expected an HTML page"),
        (Reply(gzip.compress(b"<h1>A</h1>")[:-9], "text/html", headers={"Content-Encoding": "gzip"}), "compressed"),
    ],
)
def test_lasting_faults_fail_with_one_sentence(job: Any, reply: Reply, sentence: str) -> None:
    with serving(site_of(reply)) as base, pytest.raises(SourceFailed, match=sentence) as failure:
        fetch(job(base_url=base)[0])
    assert "\n" not in str(failure.value)


def test_options_that_do_not_exist_are_named(job: Any) -> None:
    with pytest.raises(SourceFailed, match="'aika'; known fields are hospital"):
        fetch(job(base_url="http://127.0.0.1:9", labels={"aika": ["Aika"]})[0])
