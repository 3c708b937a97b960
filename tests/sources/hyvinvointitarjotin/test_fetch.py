"""Which pages of the site are asked, which never, and what its faults end in."""

import gzip
from collections.abc import Callable

import pytest

from pipeline.demo.server import Fault, Reply, Request, Site, serving
from pipeline.sources.contract import FetchJob
from pipeline.sources.errors import SourceFailed
from pipeline.sources.hyvinvointitarjotin.fetch import fetch
from pipeline.sources.hyvinvointitarjotin.parse import parse
from pipeline.sources.items import Finding, Item
from pipeline.sources.snapshots import Capture

Job = Callable[..., tuple[FetchJob, list[Capture]]]
LIST, CARD = "/index.php?page=organizations", "/index.php?page=organization&id="


def html(body: str, status: int = 200) -> Reply:
    return Reply(f"<html><body><div id=content>{body}</div></body></html>".encode(), "text/html; charset=utf-8", status)


def links(*hrefs: str) -> str:
    return "".join(f'<a href="{href}">Katso kaikki tiedot</a>' for href in hrefs)


THREE = links(f"{CARD}1", f"{CARD}2", f"{CARD}3")


def site_of(listing: str = THREE, more: dict[str, Reply] | None = None) -> Site:
    def index(request: Request) -> Reply:
        if request.first("page") == "organizations":
            following = str(int(request.first("sivu", "1")) + 1)
            return html(f"<h1>Kaikki järjestöt</h1>{listing.replace('NUMBER', following)}")
        found = (more or {}).get(request.first("id"))
        return found or html(f"<h1>Kerho {request.first('id')} ry</h1><p>Puhelin: 044 901 0001</p>")

    site = Site()
    site.route("/index.php", index)
    return site


def test_only_the_list_and_the_cards_are_asked(job: Job) -> None:
    never = links(
        "/index.php?page=contact&id=1",
        f"{CARD}4&action=contact",
        f"{CARD}5&lomake=1",
        "/index.php?page=tarjotin&id=6",
        "/index.php?page=organization&amp;id=7&amp;do=SEND",
        "http://muu.example.org/index.php?page=organization&id=8",
        "/index.php?page=instructions",
    )
    site = site_of(links(f"{CARD}1", f"{CARD}2") + never + f'<form action="{CARD}9" method="get"></form>')
    with serving(site) as base:
        made, kept = job(base)
        fetch(made)
    assert [c.uri.removeprefix(base) for c in kept] == [LIST, f"{CARD}1", f"{CARD}2"]
    assert site.asked == ["/robots.txt", LIST, f"{CARD}1", f"{CARD}2"]


@pytest.mark.parametrize("name", ["contact", "Tarjotin", "ota%5Fyhteytta"])
def test_a_list_that_is_the_contact_form_is_refused_before_anything_is_sent(job: Job, name: str) -> None:
    site = site_of()
    with serving(site) as base, pytest.raises(SourceFailed, match="never asked"):
        fetch(job(base, listing=f"/index.php?page={name}")[0])
    assert site.asked == []


def test_card_patterns_of_koonti_yml_do_not_open_the_contact_form(job: Job) -> None:
    site = site_of(links("/index.php?page=contact&id=1", "/index.php?page=x&nro=2"))
    with serving(site) as base:
        made, kept = job(base, card=r"[?&](?:id|nro)=(?P<id>\d+)")
        fetch(made)
    assert [c.uri.removeprefix(base) for c in kept] == [LIST, "/index.php?page=x&nro=2"]


def test_a_next_page_that_is_the_contact_form_is_refused(job: Job) -> None:
    site = site_of(THREE + '<a rel="next" href="/index.php?page=contact">Seuraava</a>')
    with serving(site) as base, pytest.raises(SourceFailed, match="never asked"):
        fetch(job(base)[0])
    assert not any("contact" in path for path in site.asked)


def test_a_card_that_redirects_to_the_contact_form_is_not_followed_there(job: Job) -> None:
    site = site_of(more={"2": Reply(b"", status=302, headers={"Location": "/index.php?page=contact&id=2"})})
    with serving(site) as base, pytest.raises(SourceFailed, match="page=contact&id=2, which is never asked"):
        fetch(job(base)[0])
    assert not any("contact" in path for path in site.asked)


@pytest.mark.parametrize(
    ("kind", "status"), [("status", 503), ("status", 429), ("reset", 0), ("truncate", 0), ("hang", 0)]
)
def test_passing_faults_are_ridden_out(job: Job, kind: str, status: int) -> None:
    site = site_of()
    site.faults.append(Fault(kind, "id=2", times=1, status=status, retry_after="0", seconds=0.5))
    with serving(site) as base:
        made, kept = job(base)
        fetch(made)
    assert len(kept) == 4


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fault("status"), "HTTP 503"),
        (Fault("status", status=403), "HTTP 403"),
        (Fault("junk"), "expected an HTML page"),
        (Fault("reset"), "connection failed|broke off"),
        (Fault("truncate"), "broke off"),
        (Fault("hang", seconds=0.5), "no answer within"),
    ],
)
def test_lasting_faults_fail_with_one_sentence(job: Job, fault: Fault, sentence: str) -> None:
    fault.path = "id=2"
    site = site_of()
    site.faults.append(fault)
    with serving(site) as base, pytest.raises(SourceFailed, match=sentence) as failure:
        fetch(job(base)[0])
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (Reply(gzip.compress(b"<h1>A</h1>")[:-9], "text/html", headers={"Content-Encoding": "gzip"}), "compressed"),
        (Reply(b"<" * 2_100_000, "text/html"), "larger than 2 MB"),
        (Reply(b"", status=302, headers={"Location": "/kirjaudu"}), "asks to log in"),
    ],
)
def test_broken_answers_fail_with_one_sentence(job: Job, reply: Reply, sentence: str) -> None:
    site = site_of(more={"2": reply})
    site.route("/kirjaudu", lambda r: html("Kirjaudu"))
    with serving(site) as base, pytest.raises(SourceFailed, match=sentence):
        fetch(job(base)[0])


@pytest.mark.parametrize(
    ("listing", "sentence"),
    [
        ("<p>Huoltokatko</p>", "no link to a card"),
        (links(f"{CARD}1") + f'<a rel="next" href="{LIST}&sivu=NUMBER">2</a>', "goes on without new cards"),
    ],
)
def test_a_list_that_cannot_be_walked_fails(job: Job, listing: str, sentence: str) -> None:
    with serving(site_of(listing)) as base, pytest.raises(SourceFailed, match=sentence):
        fetch(job(base)[0])


def test_a_card_that_is_gone_is_told_and_the_others_are_read(job: Job) -> None:
    with serving(site_of(more={"2": html("<h1>Poissa</h1>", 404)})) as base:
        made, kept = job(base)
        fetch(made)
    parsed = list(parse(kept, made.description, {}))
    assert [p.native_id for p in parsed if isinstance(p, Item)] == ["1", "3"]
    assert [(p.code, p.native_id) for p in parsed if isinstance(p, Finding)] == [("record_unreadable", "2")]
