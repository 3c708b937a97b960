"""Bad nights for every platform that is asked over HTTP: a proxy between connector and local server that goes wrong.

`CONNECTORS` is the one list of platforms: a new connector adds an entry here and an entry of expectations in
`test_faults.py`. `python -m tests.sources.faults` measures the matrix anew and prints it as Markdown.
"""

import copy
import json
import re
import shutil
import socket
import struct
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipeline import stages
from pipeline.demo import sightings
from pipeline.demo.cards_server import cards_site
from pipeline.demo.catalogue_files import catalogue_site
from pipeline.demo.events_server import events_site
from pipeline.demo.hyvinvointitarjotin_server import hyvinvointitarjotin_site
from pipeline.demo.lahella_server import lahella_site
from pipeline.demo.olka_server import olka_site
from pipeline.demo.ptv_server import ptv_site
from pipeline.demo.ptv_v12_server import KEY, ptv_v12_site
from pipeline.demo.region import make_world
from pipeline.demo.server import Reply, Site, serving
from pipeline.demo.stea_server import stea_site
from pipeline.demo.tukinet_server import tukinet_site
from pipeline.demo.vapaaehtoistyo_server import vapaaehtoistyo_site
from pipeline.demo.wordpress_server import wordpress_site
from pipeline.demo.world import Sighting
from pipeline.demo.ytj_server import PATH as YTJ
from pipeline.demo.ytj_server import ytj_site
from pipeline.settings import Settings, SourceSettings
from pipeline.sources.http import HttpPolicy
from pipeline.storage import read_table
from tests.sources import harms
from tests.sources.harms import DATES, UNKNOWN, dated, doubled, linked, replaced, twice

POLICY = HttpPolicy(
    connect_timeout=2.0,
    read_timeout=2.0,
    total_timeout=3.0,
    tries=3,
    backoff=0.001,
    max_wait=0.01,
    max_bytes=2_000_000,
    obey_robots=False,
)
QUICK_TIMEOUT = 0.12
"""Seconds to wait for an answer in the night of the fault `hang`."""
START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
LONGEST_SENTENCE = 400
Json = Any


@cache
def seen(platform: str = sightings.PTV, organisations: int = 30) -> tuple[Sighting, ...]:
    """The organisations that a platform shows."""
    return tuple(sightings.observe(make_world(organisations, 7)).sightings[platform])


def numbered(platform: str = sightings.PTV) -> list[Sighting]:
    """The same with numbers for ids, as registers have them."""
    return [replace(one, native_id=str(number)) for number, one in enumerate(seen(platform), start=1)]


@dataclass(frozen=True, slots=True)
class Connector:
    """A platform: its local server, its entry in koonti.yml, and where it can be hit."""

    kind: str
    site: Callable[[], Site]
    options: dict[str, Any]
    """`{base}` stands for the address of the proxy."""
    data: str
    """Regular expression of the paths that faults hit."""
    endless: Callable[[Json], None] | None = None
    """Makes a page of JSON promise another one for ever; null where `text` does, or where the platform has no pages:
    its answer then goes on for ever."""
    text: Mapping[str, harms.Text] = field(default_factory=dict)
    """Fault -> how it is made in the text of an answer, where it cannot be made in JSON."""
    alike: str = r"\?.*$"
    """What is left out of a path to tell which answers are pages of one kind."""
    cannot: Mapping[str, str] = field(default_factory=dict)
    """Fault that no answer can have -> why not."""


def _more(**values: Any) -> Callable[[Json], None]:
    def change(body: Json) -> None:
        if isinstance(body, dict):
            body.update(values)

    return change


def _next_page(body: Json) -> None:
    if isinstance(body, dict) and isinstance(body.get("meta"), dict):
        body["meta"]["next"] = "/v1/event/?page=1&again=1"


def numbers() -> list[str]:
    return [s.organisation.business_id for s in seen() if s.organisation.business_id][:10]


def _always_new(visit: "Visit") -> "Answer":
    """The first page again and again, each time with ids that no page had before."""
    body = json.loads(visit.first.body)
    for number, thing in enumerate(_items(body) or []):
        thing["id"] = visit.number * 1_000 + number
    if isinstance(body, dict):
        body["data"]["totalRecords"] = None
    headers = {k: "9999999" if k.lower().startswith("x-wp-total") else v for k, v in visit.first.headers.items()}
    return Answer(200, headers, json.dumps(body).encode())


def _linked_nulls(body: Json, number: int) -> Json:
    return _each(body, lambda key, value: None if isinstance(value, list) else value, _deep(body))


def _linked_codes(body: Json, number: int) -> Json:
    return _each(body, _uncoded, _deep(body))


def _linked_dates(body: Json, number: int) -> Json:
    return _each(body, _redated(number), _deep(body))


def _event_twice(body: Json, number: int) -> Json:
    nodes = body["@graph"]
    return {**body, "@graph": [*nodes, _renamed(copy.deepcopy(nodes[-1]))]}


def _list_site(shown: tuple[Sighting, ...]) -> Site:
    """A municipality's list of associations at an address of its own."""
    rows = [f"{s.organisation.name_fi};Kuopio;{s.organisation.email or ''};13.11.2026" for s in shown]
    text = "\r\n".join(["Yhdistys;Kotipaikka;Sähköposti;Päivitetty", *rows, ""])
    site = Site()
    site.route("/yhdistykset.csv", lambda request: Reply(text.encode(), "text/csv; charset=utf-8"))
    return site


UPDATED = replaced(r"(<dl>)()", by="<dt>Päivitetty</dt><dd>x</dd>")
CHANGES = "a thing changes between pages"
AGAIN = "the same page again"
ENDLESS = "endless pages"
NULLS, CODES, KINDS_OF_DATES = "null for lists", "unknown codes", "four kinds of dates"

CONNECTORS: dict[str, Connector] = {
    "ptv v11": Connector(
        "ptv",
        lambda: ptv_site(list(seen()), page_size=5),
        {"base_url": "{base}/api/v11"},
        r"/Service(/|\?|$)",
        _more(pageCount=10**6),
    ),
    "ptv v12": Connector(
        "ptv",
        lambda: ptv_v12_site(seen()),
        {"base_url": "{base}/api/v12", "version": "v12", "api_key": KEY, "batch_size": 5},
        r"/service/search",
        _more(totalPages=10**6),
    ),
    "lahella": Connector(
        "lahella",
        lambda: lahella_site(seen(sightings.LAHELLA), "avain", page_size=4),
        {"base_url": "{base}", "token": "avain"},
        r"/v1/activities",
        _more(hasMore=True),
    ),
    "linked events": Connector(
        "events",
        lambda: events_site(seen(), page_size=5),
        {"url": "{base}/v1", "format": "linkedevents"},
        r"/v1/event/",
        _next_page,
    ),
    "vapaaehtoistyo": Connector(
        "vapaaehtoistyo",
        lambda: vapaaehtoistyo_site(numbered(sightings.LAHELLA), "avain", page_size=2),
        {"base_url": "{base}", "token": "avain"},
        r"task",
    ),
    "wordpress": Connector(
        "wordpress", lambda: wordpress_site(seen()), {"base_url": "{base}", "per_page": 5}, r"/wp/v2/tm_volunteer"
    ),
    "stea": Connector(
        "stea",
        lambda: stea_site(numbered()),
        {"base_url": "{base}", "id_range": "1-30"},
        r"/api/organisation/",
        alike=r"\d+$",
        cannot={CODES: "its answers hold no codes"},
    ),
    "ytj": Connector(
        "ytj", lambda: ytj_site(seen()), {"base_url": f"{{base}}{YTJ}", "business_ids": numbers()}, r"companies"
    ),
    "cards": Connector(
        "cards",
        lambda: cards_site(seen(sightings.CARDS), page_size=4),
        {"base_url": "{base}"},
        r"/toimijakort",
        text={
            ENDLESS: harms.endless(
                'class="kortit"',
                '<a rel="next" href="/toimijakortit/?sivu={n}">Seuraava</a>',
                '<li><a href="/toimijakortti/9{n}/">Uusi</a></li>',
            ),
            CHANGES: twice(r'<li><a class="kortti".*?</li>', r"(<a[^>]*>)(.)"),
            NULLS: linked(_linked_nulls, replaced(r'(<ul(?! class="kortit")[^>]*>)(.*?)(</ul>)', by="")),
            CODES: linked(
                _linked_codes,
                replaced(r'(class="laji">)([^<]*)(<)', r"(<dt>Teema</dt><dd>)([^<]*)(<)", by=UNKNOWN),
            ),
            KINDS_OF_DATES: linked(
                _linked_dates, UPDATED, dated(r"(<dt>(?:Päivitetty|Aika|Avoinna)</dt><dd>)([^<]*)(<)")
            ),
        },
    ),
    "jsonld": Connector(
        "events",
        lambda: events_site(seen(organisations=20), page_size=5),
        {"url": "{base}/tapahtumat/", "event_page": r"/tapahtumat/[^/]+/$"},
        "/tapahtumat/",
        text={
            ENDLESS: harms.endless(
                "<h1>Tapahtumat</h1>",
                '<a rel="next" href="/tapahtumat/?sivu={n}">Lisää</a>',
                '<li><a href="/tapahtumat/uusi-{n}/">Uusi</a></li>',
            ),
            CHANGES: linked(_event_twice),
            NULLS: linked(lambda body, number: {**body, "@graph": None}),
            CODES: linked(_linked_codes),
            KINDS_OF_DATES: linked(_linked_dates),
        },
    ),
    "ical": Connector(
        "events",
        lambda: events_site(seen()),
        {"url": "{base}/kalenteri.ics"},
        "/kalenteri",
        text={
            AGAIN: doubled("BEGIN:VEVENT", "END:VCALENDAR"),
            CHANGES: twice(r"BEGIN:VEVENT.*?END:VEVENT\r?\n", r"(\nSUMMARY[^:]*:)(.)"),
            NULLS: replaced(r"(\n(?:CATEGORIES|RRULE)[^:\n]*:)([^\r\n]*)", by=""),
            CODES: harms.chain(
                replaced(r"(FREQ=)(\w+)", by=UNKNOWN),
                replaced(r"(BEGIN:VEVENT\r?\n)()", by=f"STATUS:{UNKNOWN}\r\nCLASS:{UNKNOWN}\r\n"),
            ),
            KINDS_OF_DATES: dated(r"(\n(?:DTSTART|DTEND|LAST-MODIFIED)[^:\n]*:)([^\r\n]*)", r"(UNTIL=)(\w+)"),
        },
    ),
    "feed": Connector(
        "events",
        lambda: events_site(seen()),
        {"url": "{base}/feed/"},
        "/feed/",
        text={
            ENDLESS: harms.endless(
                "<channel>",
                '<atom:link xmlns:atom="http://www.w3.org/2005/Atom" rel="next" href="?paged={n}"/>',
                '<item><title>Uusi</title><guid isPermaLink="false">uusi-{n}</guid></item>',
                where="</channel>",
                inside=True,
            ),
            AGAIN: doubled("<item>", "</channel>"),
            CHANGES: twice(r"<item>.*?</item>", r"(<title>)(.)"),
            NULLS: replaced(r"(<category>)([^<]*)(<)", by=""),
            CODES: replaced(r"(<category>)([^<]*)(<)", r"(<language>)([^<]*)(<)", by=UNKNOWN),
            KINDS_OF_DATES: dated(r"(<pubDate>)([^<]*)(<)", r"(<ev:(?:start|end)date>)([^<]*)(<)"),
        },
    ),
    "hyvinvointitarjotin": Connector(
        "hyvinvointitarjotin",
        lambda: hyvinvointitarjotin_site(numbered(), page_size=10),
        {"base_url": "{base}"},
        r".",
        text={
            ENDLESS: harms.endless(
                "<h1>Kaikki järjestöt</h1>",
                '<a rel="next" href="index.php?page=organizations&amp;sivu={n}">Seuraava</a>',
                '<li>Uusi <a href="index.php?page=organization&amp;id=9{n}">Katso kaikki tiedot</a></li>',
            ),
            CHANGES: twice(r"<li>.*?</li>", r"(<li>)(.)"),
            NULLS: replaced(r"(<dt>M[^<]* tukea</dt><dd>)([^<]*)(<)", by=""),
            CODES: replaced(r"(<dt>M[^<]* tukea</dt><dd>)([^<]*)(<)", by=UNKNOWN),
            KINDS_OF_DATES: harms.chain(UPDATED, dated(r"(<dt>Päivitetty</dt><dd>)([^<]*)(<)")),
        },
        alike=r"&.*$",
    ),
    "tukinet": Connector(
        "tukinet",
        lambda: tukinet_site(seen(sightings.LAHELLA), page_size=4),
        {"base_url": "{base}"},
        r"/teema",
        text={
            ENDLESS: harms.endless(
                "<h1>Teemat</h1>",
                '<a rel="next" href="/teemat?sivu={n}">Seuraava</a>',
                '<li><a href="/teema/9{n}">Uusi</a></li>',
            ),
            CHANGES: twice(r"<li>.*?</li>", r'(<a href="/teema/\d+">)(.)'),
            NULLS: replaced(r"(<dt>Ylläpitäjä</dt><dd>)([^<]*)(<)", by=""),
            CODES: replaced(r"(<dt>Ryhmän tyyppi</dt><dd>)([^<]*)(<)", by=UNKNOWN),
            KINDS_OF_DATES: dated(r"(<dt>Ajankohta</dt><dd>)([^<]*)(<)"),
        },
    ),
    "csv": Connector(
        "csv",
        lambda: _list_site(seen()),
        {"url": "{base}/yhdistykset.csv"},
        r"/yhdistykset",
        text={
            AGAIN: harms.rows(lambda rows: rows + rows, above=1),
            CHANGES: harms.rows(lambda rows: [["Muuttunut", *rows[0][1:]], *rows], above=1),
            "letters of another encoding": lambda text, number: text.encode().decode("cp1252"),
            NULLS: harms.rows(lambda rows: [[*row[:2], "null", *row[3:]] for row in rows], above=1),
            KINDS_OF_DATES: harms.rows(lambda rows: [[*row[:3], DATES[n % 4]] for n, row in enumerate(rows)], above=1),
        },
        cannot={CODES: "a list of organisations holds no codes"},
    ),
    "catalogue": Connector(
        "catalogue",
        lambda: catalogue_site(seen()),
        {"url": "{base}/kotipalvelut.csv"},
        r"/kotipalvelut",
        text={
            AGAIN: harms.rows(lambda rows: rows + rows, above=2),
            CHANGES: harms.rows(lambda rows: [[*rows[0][:3], "Muuttunut", *rows[0][4:]], *rows], above=2),
            "letters of another encoding": lambda text, number: text.encode("utf-8", "surrogateescape").decode(
                "cp1252"
            ),
            NULLS: harms.rows(lambda rows: [[*row[:4], "", "", *row[6:]] for row in rows], above=2),
            CODES: harms.rows(lambda rows: [[*row[:8], UNKNOWN, *row[9:]] for row in rows], above=2),
            KINDS_OF_DATES: harms.rows(lambda rows: [[*row[:9], DATES[n % 4]] for n, row in enumerate(rows)], above=2),
        },
    ),
    "olka": Connector(
        "olka",
        lambda: olka_site(seen(sightings.LAHELLA)),
        {"base_url": "{base}"},
        r"/olka",
        text={
            ENDLESS: harms.endless(
                "<h1>OLKA-pisteet</h1>",
                '<a rel="next" href="/olka-pisteet/?sivu={n}">Seuraava</a>',
                '<li><a href="/olka-piste/uusi-{n}/">Uusi</a></li>',
            ),
            CHANGES: twice(r'<li><a href="/olka-piste/.*?</li>', r"(<a[^>]*>)(.)"),
            NULLS: replaced(r'(<span class="jarjestaja">)([^<]*)(<)', by=""),
            CODES: replaced(r"(\()(ILONA|TOIVO)(\))", by=UNKNOWN),
            KINDS_OF_DATES: dated(r'(<span class="aika">)([^<]*)(<)', r"(<dt>Avoinna</dt><dd>)([^<]*)(<)"),
        },
        alike=r"piste-\d+/$",
    ),
}
ALWAYS_NEW = ("vapaaehtoistyo", "wordpress")
"""Platforms whose pages have no link to the next one: they go on as long as something new comes."""


# ---- what goes wrong ---------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Answer:
    """What the platform answers, before it goes wrong."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(slots=True)
class Visit:
    """One request that is hit: the answer, how many were hit before, and the answers to them."""

    answer: Answer
    number: int
    earlier: list[Answer]
    """Answers to earlier hits of the same path."""
    connector: Connector
    first: Answer
    """The answer to the first hit."""


Harm = Callable[[Visit], Answer | str]
"""The answer to send instead, or `reset`, `hang`, `cut`, `endless`."""
PAGE = b"<!DOCTYPE html><html><body><h1>Huoltokatko</h1></body></html>"


def _status(status: int, **headers: str) -> Answer:
    return Answer(status, {"Content-Type": "text/html", **headers}, PAGE)


def _first(times: int, harm: Harm) -> Harm:
    return lambda visit: harm(visit) if visit.number <= times else visit.answer


def _in_json(change: Callable[[Json, Visit], Json]) -> Harm:
    def harm(visit: Visit) -> Answer:
        try:
            body = json.loads(visit.answer.body)
        except ValueError:
            return visit.answer
        changed = change(body, visit)
        return replace(visit.answer, body=json.dumps(changed, ensure_ascii=False).encode())

    return harm


def _own(fault: str, otherwise: Harm) -> Harm:
    """A fault that is made in the text of an answer where the connector says how."""

    def harm(visit: Visit) -> Answer | str:
        change = visit.connector.text.get(fault)
        if change is None:
            return otherwise(visit)
        answer = visit.first if fault == ENDLESS and visit.answer.status >= 400 else visit.answer
        text = change(answer.body.decode("utf-8", "surrogateescape"), visit.number)
        return replace(answer, body=text.encode("utf-8", "surrogateescape"))

    return harm


def _items(body: Json) -> list[Any] | None:
    """The list of things in an answer."""
    if isinstance(body, list):
        return body
    if isinstance(body, dict):
        inner = body.get("data") if isinstance(body.get("data"), dict) else {}
        known = [body.get(k) for k in ("itemList", "items", "data", "companies", "tasks", "@graph")]
        return next((found for found in (*known, inner.get("records")) if isinstance(found, list)), None)
    return None


def _endless(visit: Visit) -> Answer | str:
    if visit.connector in [CONNECTORS[name] for name in ALWAYS_NEW]:
        return _always_new(visit)
    change = visit.connector.endless
    if change is None:
        return "endless"

    def page(body: Json, visit: Visit) -> Json:
        change(body)
        return body

    return _in_json(page)(visit)


def _changing(body: Json, visit: Visit) -> Json:
    """From the second page on, the first thing of the first page comes again with another name; where each thing has an
    answer of its own, the second one holds the first thing."""
    listed = _items(body)
    first = json.loads(visit.earlier[0].body) if visit.earlier else None
    before = _items(first)
    if listed and before and isinstance(before[0], dict):
        listed.append(_renamed(copy.deepcopy(before[0])))
    elif listed is None and isinstance(first, dict) and visit.number == 2:
        return _renamed(first)
    return body


def _renamed(node: Json) -> Json:
    for key, value in node.items() if isinstance(node, dict) else ():
        if isinstance(value, str) and key in ("value", "fi", "name", "title", "rendered"):
            node[key] = f"{value} (muuttunut)"
        elif isinstance(value, dict):
            _renamed(value)
        elif isinstance(value, list):
            for entry in value:
                _renamed(entry)
    return node


def _each(node: Json, change: Callable[[str, Any], Any], depth: int = 0) -> Json:
    """Every value of every object below the envelope, through `change`."""
    if isinstance(node, list):
        return [_each(entry, change, depth) for entry in node]
    if not isinstance(node, dict):
        return node
    return {
        k: change(k, _each(v, change, depth + 1)) if depth > 0 else _each(v, change, depth + 1) for k, v in node.items()
    }


def _deep(body: Json) -> int:
    """1 when the answer is a thing or a list of things, less for each envelope around it."""
    if not isinstance(body, dict) or _items(body) is None:
        return 1
    return -1 if isinstance(body.get("data"), dict) else 0


def _nulls(body: Json, visit: Visit) -> Json:
    return _each(body, lambda key, value: None if isinstance(value, list) else value, _deep(body))


def _uncoded(key: str, value: Any) -> Any:
    is_code = re.fullmatch(r"(?i)@?(\w*type|\w*status|\w*kind)", key) and isinstance(value, (str, int)) and value
    return UNKNOWN if is_code and not isinstance(value, bool) else value


def _codes(body: Json, visit: Visit) -> Json:
    return _each(body, _uncoded, _deep(body))


def _redated(start: int = 0) -> Callable[[str, Any], Any]:
    kinds = (*DATES[:2], int(DATES[2]), DATES[3])
    names = re.compile(r"(?i).*(date|time|modified|published|year|valid)\w*")
    turn = count(start)

    def change(key: str, value: Any) -> Any:
        is_date = names.fullmatch(key) and isinstance(value, (str, int)) and not isinstance(value, bool)
        return kinds[next(turn) % 4] if is_date else value

    return change


def _dates(body: Json, visit: Visit) -> Json:
    return _each(body, _redated(visit.number), _deep(body))


def _bad_text(visit: Visit) -> Answer:
    """Letters of Latin-1 in what says it is UTF-8."""
    body = visit.answer.body
    for letter in ("ä", "ö", "å"):
        body = body.replace(letter.encode(), letter.encode("latin-1"))
        body = body.replace(json.dumps(letter)[1:-1].encode(), letter.encode("latin-1"))
    return replace(visit.answer, body=body)


FAULTS: dict[str, Harm] = {
    "429, Retry-After": _first(1, lambda v: _status(429, **{"Retry-After": "0"})),
    "500 and 503, passing": _first(2, lambda v: _status((500, 503)[v.number - 1])),
    "502, lasting": lambda v: _status(502),
    "504, lasting": lambda v: _status(504),
    "reset, passing": _first(1, lambda v: "reset"),
    "reset, lasting": lambda v: "reset",
    "hang": lambda v: "hang",
    "cut short, passing": _first(1, lambda v: "cut"),
    "cut short, lasting": lambda v: "cut",
    "broken gzip": lambda v: Answer(200, {**v.answer.headers, "Content-Encoding": "gzip"}, b"\x1f\x8b" + v.answer.body),
    "other content type": lambda v: replace(v.answer, headers={"Content-Type": "application/octet-stream"}),
    "HTML instead": lambda v: Answer(200, {"Content-Type": "text/html"}, PAGE),
    "log-in page": lambda v: Answer(302, {"Location": "/login?next=x", "Content-Type": "text/html"}, b""),
    "10 MB of junk": lambda v: Answer(200, dict(v.answer.headers), b"\x00\xfe\xffkoonti" * 1_100_000),
    ENDLESS: _own(ENDLESS, _endless),
    AGAIN: _own(AGAIN, lambda v: v.earlier[0] if v.earlier else v.answer),
    CHANGES: _own(CHANGES, _in_json(_changing)),
    "letters of another encoding": _own("letters of another encoding", _bad_text),
    NULLS: _own(NULLS, _in_json(_nulls)),
    CODES: _own(CODES, _in_json(_codes)),
    KINDS_OF_DATES: _own(KINDS_OF_DATES, _in_json(_dates)),
}


class Proxy:
    """Stands between connector and platform; what `harm` says happens to the requests whose path matches."""

    def __init__(self, connector: Connector, upstream: str) -> None:
        self.connector = connector
        self.harm: Harm | None = None
        self.bitten = 0
        """How many answers were not as the platform gave them."""
        self._upstream = urlsplit(upstream).netloc
        self._hit: list[tuple[str, Answer]] = []
        self._lock = threading.Lock()

    def arm(self, harm: Harm | None) -> None:
        """Begins anew with another fault; null lets everything pass."""
        self.harm, self._hit, self.bitten = harm, [], 0

    def visit(self, path: str, headers: dict[str, str]) -> Answer | str:
        """What to answer."""
        if path.startswith("/login"):
            return Answer(200, {"Content-Type": "text/html"}, b"<html><form>Kirjaudu</form></html>")
        link = HTTPConnection(self._upstream, timeout=10)
        try:
            link.request("GET", path, headers=headers)
            got = link.getresponse()
            kept = {
                k: v for k, v in got.getheaders() if k.lower() not in ("content-length", "connection", "date", "server")
            }
            answer = Answer(got.status, kept, got.read())
        finally:
            link.close()
        if self.harm is None or not re.search(self.connector.data, path):
            return answer
        with self._lock:
            place = re.sub(self.connector.alike, "", path)
            self._hit.append((place, answer))
            earlier = [one for there, one in self._hit[:-1] if there == place]
            given = self.harm(Visit(answer, len(self._hit), earlier, self.connector, self._hit[0][1]))
            self.bitten += given != answer
            return given


def _handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            what = proxy.visit(self.path, {k: v for k, v in self.headers.items() if k.lower() != "connection"})
            if what == "hang":
                time.sleep(QUICK_TIMEOUT * 2)
                self.close_connection = True
            elif what == "reset":
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
                self.close_connection = True
            elif what == "cut":
                answer = proxy._hit[-1][1]
                self._send(answer, answer.body[: len(answer.body) // 2])
                self.close_connection = True
            elif what == "endless":
                self._flood(proxy._hit[-1][1])
            elif isinstance(what, Answer):
                self._send(what, what.body)

        def _flood(self, answer: Answer) -> None:
            """An answer that goes on until nobody listens any more."""
            self.close_connection = True
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Connection", "close")
            self.end_headers()
            for _ in range(100_000):
                self.wfile.write(answer.body)

        def _send(self, answer: Answer, body: bytes) -> None:
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(body)

        def handle(self) -> None:
            try:
                super().handle()
            except (OSError, ValueError):
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            """Quiet."""

    return Handler


# ---- one bad night -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ended:
    """How a bad night ended."""

    word: str
    """rows (as without the fault), told (rows, and what is wrong with them in issues), failed (last good kept)."""
    sentence: str | None = None
    problems: tuple[str, ...] = ()
    """What must never be, whatever the fault."""


@dataclass(slots=True)
class Bench:
    """A platform behind the proxy, with one good night behind it."""

    proxy: Proxy
    settings: Settings
    source: SourceSettings
    nights: int = 0
    good: dict[str, bytes] = field(default_factory=dict)
    manifest: bytes = b""
    rows: set[tuple[str, str]] = field(default_factory=set)
    issues: int = 0

    def night(self, settings: Settings) -> Any:
        """One night."""
        self.nights += 1
        now = START + timedelta(minutes=self.nights)
        stages.take_snapshot(settings, self.source, now=now, progress=lambda text: None, full=True)
        return stages.land_source(settings, self.source)

    def kept(self) -> dict[str, bytes]:
        """The record tables, byte for byte."""
        return {p.name: p.read_bytes() for p in sorted((self.settings.records_dir / self.source.id).glob("*.parquet"))}

    def found(self) -> tuple[set[tuple[str, str]], int]:
        """Records with their names, and how many issues there are."""
        folder = self.settings.records_dir / self.source.id
        record = read_table(folder, "record")
        names = zip(record.column("record_id").to_pylist(), record.column("name").to_pylist(), strict=True)
        return {(key, name or "") for key, name in names}, read_table(folder, "issue").num_rows

    def good_night(self) -> None:
        """A night without a fault, to compare with."""
        self.proxy.arm(None)
        outcome = self.night(self.settings)
        assert outcome.state == "fresh", outcome.message
        self.good = self.kept()
        self.rows, self.issues = self.found()

    def bad_night(self, fault: str) -> Ended:
        """A night with a fault, after which the records of the good one are put back."""
        self.proxy.arm(FAULTS[fault])
        timeout = QUICK_TIMEOUT if fault == "hang" else POLICY.read_timeout
        outcome = self.night(replace(self.settings, http=replace(POLICY, read_timeout=timeout)))
        try:
            if outcome.failed:
                problems = [] if self.kept() == self.good else ["the last good records are not as they were"]
                said = outcome.message or ""
                if not said or "\n" in said or len(said) > LONGEST_SENTENCE or "Traceback" in said:
                    problems.append(f"no clear sentence: {said!r}")
                return Ended("failed", said, tuple(problems))
            rows, issues = self.found()
            problems = () if self.proxy.bitten else ("the fault changed no answer, so nothing is proven",)
            if rows == self.rows and issues == self.issues:
                return Ended("rows", None, problems)
            if not rows >= self.rows and issues <= self.issues:
                problems = (*problems, "records are gone and nothing tells of it")
            return Ended("told", None, problems)
        finally:
            self._put_back()

    def _put_back(self) -> None:
        """The state of the good night: a bad one never has to do with the one before."""
        for path in (self.settings.snapshots_dir / self.source.id).iterdir():
            if path.is_dir() and path.name != json.loads(self.manifest)["version"]:
                shutil.rmtree(path)
        folder = self.settings.records_dir / self.source.id
        for name, body in self.good.items():
            (folder / name).write_bytes(body)
        (folder / "manifest.json").write_bytes(self.manifest)


@contextmanager
def bench(name: str, folder: Path) -> Iterator[Bench]:
    """A platform on a bench: its server, the proxy before it, and one good night."""
    connector = CONNECTORS[name]
    with serving(connector.site()) as upstream:
        proxy = Proxy(connector, upstream)
        server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(proxy))
        server.daemon_threads, server.block_on_close = True, False
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            base = f"http://127.0.0.1:{server.server_address[1]}"
            options = {k: v.replace("{base}", base) if isinstance(v, str) else v for k, v in connector.options.items()}
            source = SourceSettings(connector.kind, connector.kind, {"pace_seconds": 0, "grace_days": 0, **options})
            data = folder / name.replace(" ", "_")
            made = Bench(proxy, Settings(folder / "koonti.yml", data, (source,), http=POLICY, keep_snapshots=2), source)
            made.good_night()
            made.manifest = (made.settings.records_dir / source.id / "manifest.json").read_bytes()
            yield made
        finally:
            server.shutdown()
            server.server_close()
            thread.join(timeout=5)


def cells(name: str) -> list[str]:
    """The faults that a connector can meet."""
    return [fault for fault in FAULTS if fault not in CONNECTORS[name].cannot]


def main(say: Callable[..., None] = print) -> None:
    """Prints the matrix, measured anew; sentences and times go below it."""
    results: dict[str, dict[str, Ended]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in CONNECTORS:
            started = time.perf_counter()
            with bench(name, Path(folder)) as made:
                results[name] = {fault: made.bad_night(fault) for fault in cells(name)}
            say(f"<!-- {name}: {time.perf_counter() - started:.1f} s -->")
    say("| fault |", " | ".join(CONNECTORS), "|")
    say("| --- |", " | ".join("---" for _ in CONNECTORS), "|")
    for fault in FAULTS:
        words = [results[name][fault].word if fault in results[name] else "–" for name in CONNECTORS]
        say(f"| {fault} |", " | ".join(words), "|")
    say()
    for name, ended in results.items():
        for fault, one in ended.items():
            if one.sentence or one.problems:
                say(f"- {name}, {fault}: {one.sentence} {' '.join(one.problems)}")


if __name__ == "__main__":
    main()
