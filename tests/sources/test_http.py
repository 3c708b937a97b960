"""The HTTP client over real sockets: what it bears, what it refuses, and how it says so."""

import gzip
import time

import pytest

from pipeline.demo.server import Fault, Reply, Site, serving
from pipeline.sources.errors import SourceFailed
from pipeline.sources.http import HttpClient, HttpPolicy

QUICK = HttpPolicy(backoff=0.01, max_wait=0.2, read_timeout=0.5, tries=3, user_agent="Koonti-test (a@example.org)")


@pytest.fixture
def site():
    site = Site()
    site.route("/ok", lambda r: Reply(b'{"a": 1}'))
    site.route("/page", lambda r: Reply(b"<html><p>hei</p></html>", "text/html"))
    site.route("/robots.txt", lambda r: Reply(b"User-agent: *\nDisallow: /private\n", "text/plain"))
    return site


@pytest.fixture
def base(site):
    with serving(site) as base:
        yield base


@pytest.fixture
def kept():
    return []


@pytest.fixture
def client(kept):
    client = HttpClient(QUICK, record=kept.append)
    yield client
    client.close()


def test_an_answer_is_kept_byte_for_byte(client, base, kept):
    assert client.get(f"{base}/ok", expect="json").json() == {"a": 1}
    assert [(c.uri, c.body, c.status) for c in kept] == [(f"{base}/ok", b'{"a": 1}', 200)]


def test_the_client_names_itself_and_a_contact(client, base, site):
    client.get(f"{base}/ok")
    assert site.agents == {"Koonti-test (a@example.org)"}


@pytest.mark.parametrize("kind", ["reset", "truncate"])
def test_a_fault_that_passes_is_borne(client, base, site, kind):
    site.faults.append(Fault(kind, path="/ok", times=1))
    assert client.get(f"{base}/ok", expect="json").status == 200


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_passing_server_error_is_borne(client, base, site, status):
    site.faults.append(Fault("status", path="/ok", times=2, status=status))
    assert client.get(f"{base}/ok").status == 200
    assert sum("/ok" in path for path in site.asked) == 3


def test_retry_after_is_honoured_up_to_the_bound(base, site):
    waits = []
    client = HttpClient(QUICK, sleep=waits.append)
    site.faults.append(Fault("status", path="/ok", times=1, status=429, retry_after="0"))
    site.faults.append(Fault("status", path="/ok", times=1, status=429, retry_after="9999"))
    client.get(f"{base}/ok")
    assert waits == [0, QUICK.max_wait]


def test_a_lasting_failure_says_what_and_how_often(client, base, site):
    site.faults.append(Fault("status", path="/ok", status=503))
    with pytest.raises(SourceFailed, match=r"/ok: HTTP 503 \(3 tries\)") as failure:
        client.get(f"{base}/ok")
    assert failure.value.status == 503


def test_a_hanging_server_is_cut_off(client, base, site):
    site.faults.append(Fault("hang", path="/ok", seconds=5))
    started = time.monotonic()
    with pytest.raises(SourceFailed, match="no answer within"):
        client.get(f"{base}/ok", tries=1)
    assert time.monotonic() - started < 3


def test_html_where_json_was_expected_is_named_and_not_kept(client, base, kept):
    with pytest.raises(SourceFailed, match=r"expected JSON, got .*an HTML page"):
        client.get(f"{base}/page", expect="json")
    assert kept == []


def test_a_json_body_cut_short_is_asked_for_again(client, base, site):
    answers = [b'{"a": [1, 2', b'{"a": [1, 2]}']
    site.route("/cut", lambda r: Reply(answers.pop(0)))
    assert client.get(f"{base}/cut", expect="json").json() == {"a": [1, 2]}


def test_an_answer_beyond_the_size_bound_is_refused(base, site):
    site.route("/huge", lambda r: Reply(b"x" * 200_000))
    client = HttpClient(HttpPolicy(max_bytes=100_000, backoff=0.01))
    with pytest.raises(SourceFailed, match="larger than"):
        client.get(f"{base}/huge")


def test_a_compressed_bomb_is_refused(base, site):
    bomb = gzip.compress(b"0" * 5_000_000)
    site.route("/bomb", lambda r: Reply(bomb, headers={"Content-Encoding": "gzip"}))
    client = HttpClient(HttpPolicy(max_bytes=100_000, backoff=0.01))
    with pytest.raises(SourceFailed, match="unpacks to more than"):
        client.get(f"{base}/bomb")


def test_a_broken_compressed_answer_is_not_read_as_a_short_one(client, base, site):
    whole = gzip.compress(b'{"a": 1}' * 1000)
    site.route("/gz", lambda r: Reply(whole[: len(whole) // 2], headers={"Content-Encoding": "gzip"}))
    with pytest.raises(SourceFailed, match="broke off"):
        client.get(f"{base}/gz")


def test_robots_txt_is_obeyed(client, base, site):
    site.route("/private/x", lambda r: Reply(b"{}"))
    with pytest.raises(SourceFailed, match=r"robots\.txt"):
        client.get(f"{base}/private/x")
    assert "/private/x" not in site.asked


def test_requests_to_one_host_keep_their_distance(base):
    client = HttpClient(HttpPolicy(obey_robots=False), pace_seconds=0.1)
    started = time.monotonic()
    for _ in range(3):
        client.get(f"{base}/ok")
    assert time.monotonic() - started >= 0.2


def test_an_unreachable_platform_is_one_sentence(client):
    with pytest.raises(SourceFailed, match=r"127\.0\.0\.1:1/x: the connection failed"):
        client.get("http://127.0.0.1:1/x")


def test_a_redirect_to_a_login_page_is_told_apart(client, base, site):
    site.route("/data", lambda r: Reply(b"", status=302, headers={"Location": "/login"}))
    site.route("/login", lambda r: Reply(b"<html>log in</html>", "text/html"))
    with pytest.raises(SourceFailed, match="asks to log in"):
        client.get(f"{base}/data")


def test_a_secret_header_is_sent_and_never_kept(client, base, site, kept):
    seen = {}
    site.route("/secret", lambda r: seen.update(auth=r.headers.get("Authorization")) or Reply(b"{}"))
    client.authorize("Authorization", "Bearer sesame")
    client.get(f"{base}/secret")
    assert seen["auth"] == "Bearer sesame"
    assert "sesame" not in repr(kept)


@pytest.mark.parametrize("header", ["Authorization", "x-api-key"])
def test_a_secret_never_follows_a_redirect_to_another_host(client, base, site, header):
    seen = []
    other = Site()
    other.route("/taken", lambda r: seen.append(r.headers.get(header)) or Reply(b"{}"))
    with serving(other) as elsewhere:
        site.route("/away", lambda r: Reply(b"", status=302, headers={"Location": f"{elsewhere}/taken"}))
        client.authorize(header, "sesame")
        client.get(f"{base}/away")
    assert seen == [None]


def test_what_is_no_web_address_is_refused(client):
    with pytest.raises(SourceFailed, match="not a web address"):
        client.get("ftp://example.fi/x")


@pytest.mark.parametrize("fault", [Fault("status", path="robots", status=503), Fault("reset", path="robots")])
def test_nothing_is_asked_of_a_host_whose_robots_txt_cannot_be_read(client, base, site, fault):
    site.faults.append(fault)
    with pytest.raises(SourceFailed, match=r"/ok: (HTTP 503 for its robots\.txt|the connection failed) \(3 tries\)"):
        client.get(f"{base}/ok")
    assert set(site.asked) == {"/robots.txt"}


def test_a_robots_txt_that_fails_once_is_asked_for_again(client, base, site):
    site.faults.append(Fault("status", path="robots", status=429, times=1, retry_after="0"))
    assert client.get(f"{base}/ok").status == 200
    assert site.asked == ["/robots.txt", "/robots.txt", "/ok"]


def test_a_host_without_robots_txt_forbids_nothing(client):
    bare = Site()
    bare.route("/ok", lambda r: Reply(b"{}"))
    with serving(bare) as base:
        assert client.get(f"{base}/ok").status == 200


def test_rules_for_our_name_are_obeyed_and_those_for_words_of_the_contact_are_not(site, base):
    site._routes.clear()
    rules = b"User-agent: example\nDisallow: /\n\nUser-agent: Koonti\nDisallow: /ours\n"
    site.route("/robots.txt", lambda r: Reply(rules, "text/plain"))
    site.route("/.*", lambda r: Reply(b"{}"))
    client = HttpClient(HttpPolicy(tries=1, user_agent="Koonti/0.1 (+https://example.org/x; a@example.org)"))
    assert client.get(f"{base}/theirs").status == 200
    with pytest.raises(SourceFailed, match=r"robots\.txt of the platform forbids it"):
        client.get(f"{base}/ours")


def test_a_redirect_to_what_robots_txt_forbids_is_not_followed(client, base, site):
    site.route("/to", lambda r: Reply(b"", status=302, headers={"Location": "/private/x"}))
    site.route("/private/x", lambda r: Reply(b"{}"))
    with pytest.raises(SourceFailed, match=r"/private/x: robots\.txt"):
        client.get(f"{base}/to")
    assert "/private/x" not in site.asked


def test_a_redirect_to_a_host_that_opted_out_is_not_followed(client, base, site, kept):
    other = Site()
    other.route("/.*", lambda r: Reply(b"{}"))
    with serving(other) as elsewhere:
        site.route("/to", lambda r: Reply(b"", status=302, headers={"Location": f"{elsewhere}/x"}))
        client.manners.forbid = lambda address: "it has opted out." if address.startswith(elsewhere) else None
        with pytest.raises(SourceFailed, match="has opted out"):
            client.get(f"{base}/to")
    assert (other.asked, kept) == ([], [])


@pytest.mark.parametrize("rule", [b"Crawl-delay: 0.3", b"Request-rate: 2/1s\nCrawl-delay: 0.1", b"Crawl-delay: 5"])
def test_a_host_is_given_the_time_between_requests_that_it_wants_and_other_hosts_are_not(rule):
    slow, quick, waited = Site(), Site(), []
    slow.route("/robots.txt", lambda r: Reply(b"User-agent: *\n" + rule + b"\n", "text/plain"))
    for one in (slow, quick):
        one.route("/.*", lambda r: Reply(b"{}"))
    client = HttpClient(HttpPolicy(max_wait=0.5), sleep=waited.append)
    with serving(slow) as far, serving(quick) as near:
        for _ in range(2):
            client.get(f"{near}/x")
        assert waited == []
        for _ in range(3):
            client.get(f"{far}/x")
    wanted = 0.3 if b"0.3" in rule else 0.5  # no longer than max_wait
    assert len(waited) == 3 and all(wanted * 0.5 < one <= wanted * 3 for one in waited)
    assert client.requests == 7, "robots.txt of both hosts is counted too"


def test_two_sources_on_one_host_do_not_ask_it_twice_as_often(base):
    waited = []
    for _ in range(2):
        HttpClient(HttpPolicy(obey_robots=False), pace_seconds=5, sleep=waited.append).get(f"{base}/ok")
    assert len(waited) == 1 and 4 < waited[0] <= 5
