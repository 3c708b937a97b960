"""When a calendar counts as read, in each of its formats, and what its faults end in."""

import gzip
import json
from collections.abc import Callable
from typing import Any

import pytest

from pipeline.demo.server import Fault, Reply, Request, Site, serving
from pipeline.sources.contract import FetchJob
from pipeline.sources.errors import SourceFailed
from pipeline.sources.events.fetch import fetch
from pipeline.sources.events.parse import parse
from pipeline.sources.items import Item
from pipeline.sources.snapshots import Capture

Job = Callable[..., tuple[FetchJob, list[Capture]]]
Answer = Callable[[int, str], object]

ICS = "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Ilta\r\nDTSTART:20261205\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
RSS = "<rss version='2.0'><channel><item><title>Ilta</title><guid>1</guid></item></channel></rss>"
EVENT = '<script type="application/ld+json">{"@type": "Event", "name": "Ilta", "startDate": "2026-12-05"}</script>'
PAGE = f"<!DOCTYPE html><html><head>{EVENT}</head><body></body></html>"


def events(*ids: str) -> list[dict[str, Any]]:
    return [{"id": i, "@id": f"x/{i}/", "name": {"fi": f"Ilta {i}"}, "start_time": "2026-12-05"} for i in ids]


def honest(number: int, base: str) -> object:
    following = f"{base}/v1/event/?page={number + 1}" if number < 3 else None
    return {"meta": {"count": 6, "next": following}, "data": events(f"{number}a", f"{number}b")}


def site_of(answer: Answer = honest) -> Site:
    site = Site()

    def api(request: Request) -> Reply:
        base = f"http://{request.headers['Host']}"
        return Reply(json.dumps(answer(int(request.first("page", "1")), base)).encode())

    site.route("/v1/event/", api)
    site.route("/k.ics", lambda r: Reply(ICS.encode(), "text/plain"))
    site.route("/feed/", lambda r: Reply(RSS.encode(), "text/html"))
    site.route("/sivu/", lambda r: Reply(PAGE.encode(), "text/html"))
    return site


ALL = {"linkedevents": "/v1/", "ical": "/k.ics", "rss": "/feed/", "jsonld": "/sivu/"}


def test_all_pages_are_read_from_today_on(job: Job) -> None:
    site = site_of()
    with serving(site) as base:
        made, kept = job(f"{base}/v1", format="linkedevents", parameters={"division": "kunta:kuopio"})
        fetch(made)
    first = "/v1/event/?start=2026-11-23&include=location,keywords&page_size=100&division=kunta:kuopio"
    assert [c.uri.removeprefix(base) for c in kept] == [first, "/v1/event/?page=2", "/v1/event/?page=3"]
    assert len([p for p in parse(kept, made.description, {}) if isinstance(p, Item)]) == 6


@pytest.mark.parametrize("kind", ["ical", "rss", "jsonld"])
@pytest.mark.parametrize("told", [True, False])
def test_a_format_is_told_or_recognised_by_content_whatever_the_content_type(job: Job, kind: str, told: bool) -> None:
    with serving(site_of()) as base:
        made, kept = job(base + ALL[kind], **({"format": kind} if told else {}))
        fetch(made)
    assert [p.names[0].value for p in parse(kept, made.description, {}) if isinstance(p, Item)] == ["Ilta"]


@pytest.mark.parametrize(("kind", "target"), [("text/calendar", "/k.ics"), ("application/rss+xml", "/feed/")])
def test_a_page_that_names_a_calendar_or_feed_leads_to_it(job: Job, kind: str, target: str) -> None:
    site = site_of()
    head = f'<html><head><link rel="alternate" type="{kind}" href="{target}"></head></html>'
    site.route("/", lambda r: Reply(head.encode(), "text/html"))
    with serving(site) as base:
        made, kept = job(base + "/")
        fetch(made)
    assert [c.uri.removeprefix(base) for c in kept] == ["/", target]


def test_event_pages_are_fetched_once_from_all_listing_pages_of_the_same_host(job: Job) -> None:
    site = site_of()
    bodies = {
        "1": '<a href="/t/1">1</a><a href="/t/1#kartta">1</a><a href="http://muu.example.org/t/9">9</a>'
        '<a href="/ota-yhteytta">yhteys</a><a rel="next" href="?sivu=2">2</a>',
        "2": '<a href="/t/2">2</a><a rel="next" href="/lista">1</a>',
    }
    site.route("/lista", lambda r: Reply(f"<html>{bodies[r.first('sivu', '1')]}</html>".encode(), "text/html"))
    site.route("/t/(.)", lambda r: Reply(PAGE.encode(), "text/html"))
    with serving(site) as base:
        made, kept = job(f"{base}/lista", format="jsonld", event_page=r"/t/\d$")
        fetch(made)
    assert [c.uri.removeprefix(base) for c in kept] == ["/lista", "/lista?sivu=2", "/t/1", "/t/2"]


def test_pages_of_a_feed_are_followed_to_the_last(job: Job) -> None:
    site = Site()

    def atom(request: Request) -> Reply:
        more = '<link rel="next" href="?p=2"/>' if not request.query else ""
        text = (
            f'<feed xmlns="http://www.w3.org/2005/Atom">{more}<entry><id>{request.first("p", "1")}</id></entry></feed>'
        )
        return Reply(text.encode(), "application/atom+xml")

    site.route("/atom", atom)
    with serving(site) as base:
        made, kept = job(f"{base}/atom")
        fetch(made)
    assert len(kept) == 2


def test_places_and_keywords_only_referred_to_are_asked_for_once_and_may_be_gone(job: Job) -> None:
    def answer(number: int, base: str) -> object:
        spot = {"@id": f"{base}/v1/place/p:1/"}
        both = [{**e, "location": spot, "keywords": [{"@id": f"{base}/v1/keyword/k:1/"}]} for e in events("1", "2")]
        return {"meta": {"count": 2, "next": None}, "data": both}

    site = site_of(answer)
    place = {"id": "p:1", "name": {"fi": "Talo"}, "street_address": {"fi": "Katu 1"}}
    site.route(
        "/v1/place/p:1/",
        lambda r: Reply(json.dumps({**place, "@id": f"http://{r.headers['Host']}{r.path}"}).encode()),
    )
    with serving(site) as base:
        made, kept = job(f"{base}/v1/", format="linkedevents")
        fetch(made)
    assert [c.status for c in kept] == [200, 200, 404]
    (spot,) = [p for p in parse(kept, made.description, {}) if isinstance(p, Item) and p.kind == "location"]
    assert (spot.native_id, spot.addresses[0].street) == ("place/p:1", "Katu 1")


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda n, b: {"meta": {"next": f"{b}/v1/event/?page={n + 1}"}, "data": events("1")}, "turns in a circle"),
        (lambda n, b: {"meta": {"next": f"{b}/v1/event/?page={n + 1}"}, "data": events(str(n))}, "more than 5 pages"),
        (lambda n, b: {"meta": {"next": f"{b}/v1/event/?page={3 - n}"}, "data": events(str(n))}, "circle|already read"),
        (lambda n, b: {"meta": {"next": "http://muu.example.org/"}, "data": events("1")}, "another host"),
        (lambda n, b: {"meta": {"count": 90, "next": None}, "data": events("1")}, "ended after 1 of 90"),
        (lambda n, b: {"detail": "no"}, "a list 'data'"),
        (lambda n, b: [], "a list 'data'"),
        (lambda n, b: {"data": {"a": 1}}, "a list 'data'"),
    ],
)
def test_a_list_that_is_not_whole_fails_with_one_sentence(job: Job, answer: Answer, sentence: str) -> None:
    site = site_of(answer)
    with serving(site) as base, pytest.raises(SourceFailed, match=sentence) as failure:
        fetch(job(f"{base}/v1/", format="linkedevents", most_pages=5)[0])
    assert "\n" not in str(failure.value) and len(site.asked) < 12


def test_null_for_the_list_and_for_meta_is_an_empty_calendar(job: Job) -> None:
    with serving(site_of(lambda n, b: {"meta": None, "data": None})) as base:
        made, kept = job(f"{base}/v1/", format="linkedevents")
        fetch(made)
    assert list(parse(kept, made.description, {})) == []


@pytest.mark.parametrize("kind", ["linkedevents", "ical"])
@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fault("status", status=403), "HTTP 403"),
    ],
)
def test_lasting_faults_fail_with_one_sentence(job: Job, kind: str, fault: Fault, sentence: str) -> None:
    fault.path, fault.times = r"^(?!/robots)", 50
    site = site_of()
    site.faults.append(fault)
    with serving(site) as base, pytest.raises(SourceFailed, match=sentence) as failure:
        fetch(job(base + ALL[kind], format=kind)[0])
    assert "\n" not in str(failure.value)


@pytest.mark.parametrize("kind", ["linkedevents", "ical", "rss"])
def test_an_html_page_in_place_of_data_is_named(job: Job, kind: str) -> None:
    site = site_of()
    site.faults.append(Fault("html", r"^(?!/robots)"))
    with serving(site) as base, pytest.raises(SourceFailed, match=r"expected .*HTML page"):
        fetch(job(base + ALL[kind], format=kind)[0])


@pytest.mark.parametrize(
    ("reply", "sentence"),
    [
        (Reply(ICS.encode()[:-20], "text/calendar"), "cut short"),
        (Reply(gzip.compress(ICS.encode())[:-9], headers={"Content-Encoding": "gzip"}), "compressed answer"),
        (Reply(b"x" * 2_100_000), "larger than 2 MB"),
        (Reply(b"", "text/calendar"), "expected"),
        (Reply(b"", status=302, headers={"Location": "/kirjaudu"}), "asks to log in"),
        (Reply(b"<html>Tervetuloa</html>", "text/html"), "without events in JSON-LD"),
        (Reply(b'{"broken": ', "application/json"), "expected"),
    ],
)
def test_broken_answers_fail_with_one_sentence(job: Job, reply: Reply, sentence: str) -> None:
    site = Site()
    site.route("/k.ics", lambda r: reply)
    site.route("/kirjaudu", lambda r: Reply(b"<html>Kirjaudu</html>", "text/html"))
    with serving(site) as base, pytest.raises(SourceFailed, match=sentence) as failure:
        fetch(job(f"{base}/k.ics")[0])
    assert "\n" not in str(failure.value)


def test_options_that_cannot_be_used_and_robots_txt_are_named(job: Job) -> None:
    site = site_of()
    site.route("/robots.txt", lambda r: Reply(b"User-agent: *\nDisallow: /feed/\n", "text/plain"))
    with serving(site) as base:
        for url, options, sentence in (
            ("/k.ics", {"format": "xml"}, "'xml' is none of"),
            ("/sivu/", {"format": "jsonld", "event_page": "(("}, "no regular expression"),
            ("/feed/", {}, r"robots\.txt"),
        ):
            with pytest.raises(SourceFailed, match=sentence):
                fetch(job(base + url, **options)[0])
