"""Which pages of a site of cards are fetched, and when its listing counts as walked."""

from collections.abc import Callable

import pytest

from pipeline.demo.server import Fault, Reply, Request, Site, serving
from pipeline.sources.cards.fetch import fetch
from pipeline.sources.cards.parse import parse
from pipeline.sources.contract import FetchJob
from pipeline.sources.errors import SourceFailed
from pipeline.sources.items import Finding, Item
from pipeline.sources.snapshots import Capture

Job = Callable[..., tuple[FetchJob, list[Capture]]]
Listing = Callable[[int], str]


def page(body: str, status: int = 200) -> Reply:
    return Reply(f"<html><body>{body}</body></html>".encode(), "text/html; charset=utf-8", status)


def site_of(listing: Listing, robots: str = "") -> Site:
    """A site whose listing page N says what `listing` gives, with a card behind every number."""
    site = Site()
    site.route("/toimijakortit/", lambda request: page(listing(int(request.first("sivu", "1")))))
    site.route("/toimijakortti/([^/]+)/?", lambda r: page(f"<h1>Kerho {r.groups[0]} ry</h1>"))
    if robots:
        site.route("/robots.txt", lambda request: Reply(robots.encode(), "text/plain"))
    return site


def links(*numbers: int) -> str:
    return "".join(f'<a href="/toimijakortti/{n}/">{n}</a>' for n in numbers)


def following(number: int) -> str:
    return f'<a rel="next" href="?sivu={number}">Seuraava</a>'


def three_pages(number: int) -> str:
    return links(number * 10, number * 10 + 1) + (following(number + 1) if number < 3 else "")


def paths(kept: list[Capture], base: str) -> list[str]:
    return [c.uri.removeprefix(base) for c in kept]


def test_listing_pages_are_walked_and_each_card_fetched_once_in_order(job: Job) -> None:
    noise = (
        '<a href="/toimijakortti/10/#kartta">sama</a><a href="https://muu.example.org/toimijakortti/99/">muu</a>'
        '<a href="/uutiset/1/">uutinen</a><a href="mailto:a@example.fi">posti</a><a href="http://[rikki">rikki</a>'
        '<form action="/toimijakortti/77/"></form>'
    )
    with serving(site_of(lambda n: three_pages(n) + noise)) as base:
        made, kept = job(base + "/")
        fetch(made)
    listing = ["/toimijakortit/", "/toimijakortit/?sivu=2", "/toimijakortit/?sivu=3"]
    assert paths(kept, base) == [*listing, *(f"/toimijakortti/{n}/" for n in (10, 11, 20, 21, 30, 31))]


def test_pages_can_be_numbered_for_sites_without_a_next_link(job: Job) -> None:
    with serving(site_of(lambda n: links(min(n, 3)))) as base:
        made, kept = job(base, page_parameter="sivu", listing="/toimijakortit/?lajittelu=nimi")
        fetch(made)
    assert paths(kept, base)[:4] == [
        "/toimijakortit/?lajittelu=nimi",
        "/toimijakortit/?lajittelu=nimi&sivu=2",
        "/toimijakortit/?lajittelu=nimi&sivu=3",
        "/toimijakortit/?lajittelu=nimi&sivu=4",
    ]
    assert len(kept) == 7


def test_other_addresses_and_selectors_come_from_the_options(job: Job) -> None:
    site = Site()
    site.route("/index.php", lambda r: page('<h2>X ry</h2><a href="?page=org&nro=5">5</a>'))
    with serving(site) as base:
        options = {"listing": "/index.php?page=list", "card": r"[?&]nro=(?P<id>\d+)", "selectors": {"name": "h2"}}
        made, kept = job(base, **options)
        fetch(made)
    assert paths(kept, base) == ["/index.php?page=list", "/index.php?page=org&nro=5"]
    assert [p.native_id for p in parse(kept, made.description, options) if isinstance(p, Item)] == ["5"]


@pytest.mark.parametrize(
    ("listing", "sentence"),
    [
        (lambda n: links(1) + following(n + 1), "goes on without new cards"),
        (lambda n: links(n) + following(n + 1), "more than 20 listing pages"),
        (lambda n: links(n) + following({1: 2, 2: 3, 3: 2}[n]), "one already walked"),
        (lambda n: links(1) + '<a rel="next" href="http://muu.example.org/">2</a>', "on another host"),
        (lambda n: "<h1>Huoltokatko</h1>", "no link to a card .its heading says 'Huoltokatko'"),
        (lambda n: "<p></p>", "no link to a card"),
    ],
)
def test_a_listing_that_cannot_be_walked_to_its_end_fails_with_one_sentence(
    job: Job, listing: Listing, sentence: str
) -> None:
    site = site_of(listing)
    with serving(site) as base, pytest.raises(SourceFailed, match=sentence) as failure:
        fetch(job(base, most_pages=20)[0])
    assert "\n" not in str(failure.value) and len(site.asked) < 30


def test_robots_txt_that_forbids_the_listing_fails_with_one_clear_sentence(job: Job) -> None:
    site = site_of(three_pages, "User-agent: *\nDisallow: /toimijakortit/\n")
    with serving(site) as base, pytest.raises(SourceFailed, match=r"robots\.txt of the platform forbids it"):
        fetch(job(base)[0])
    assert site.asked == ["/robots.txt"]


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        (Fault("status", retry_after="0"), "HTTP 503"),
        (Fault("status", status=403), "HTTP 403"),
        (Fault("reset"), "connection failed|broke off"),
        (Fault("junk"), "expected an HTML page"),
    ],
)
def test_lasting_faults_of_a_card_fail_the_source_with_one_sentence(job: Job, fault: Fault, sentence: str) -> None:
    fault.path = "toimijakortti/20"
    site = site_of(three_pages)
    site.faults.append(fault)
    with serving(site) as base, pytest.raises(SourceFailed, match=sentence) as failure:
        fetch(job(base)[0])
    assert "\n" not in str(failure.value)


def test_a_card_that_is_gone_or_under_maintenance_is_told_and_the_others_are_read(job: Job) -> None:
    site = site_of(three_pages)
    site.faults += [Fault("status", "toimijakortti/20", status=410), Fault("html", "toimijakortti/21")]
    with serving(site) as base:
        made, kept = job(base)
        fetch(made)
    parsed = list(parse(kept, made.description, {}))
    assert [p.native_id for p in parsed if isinstance(p, Item)] == ["10", "11", "30", "31"]
    told = [(p.code, p.native_id, p.message) for p in parsed if isinstance(p, Finding)]
    assert [t[:2] for t in told] == [("record_unreadable", "20"), ("record_unreadable", "21")]
    assert "HTTP 410" in told[0][2] and "Huoltokatko" in told[1][2]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"selectors": {"nimi": "h1"}}, "there is no 'nimi'"),
        ({"selectors": {"name": "h1["}}, "is no CSS selector"),
        ({"selectors": "h1"}, "expected names"),
        ({"labels": {"puhelin": ["Soita"]}}, "there is no field 'puhelin'"),
        ({"card": "(("}, "is no regular expression"),
    ],
)
def test_an_option_that_cannot_be_used_is_named(job: Job, options: dict[str, object], sentence: str) -> None:
    with pytest.raises(SourceFailed, match=sentence):
        fetch(job("http://127.0.0.1:9", **options)[0])


def test_agents_are_identified(job: Job) -> None:
    def one(request: Request) -> Reply:
        return page(links(1))

    site = site_of(lambda n: links(1))
    with serving(site) as base:
        fetch(job(base)[0])
    assert all("Koonti" in agent for agent in site.agents)
