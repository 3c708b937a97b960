"""Which ids are asked for, when they have come to their end, and what bad nights lead to."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from pipeline.demo.server import Fault, Reply, Request, Site
from pipeline.sources.errors import SourceFailed
from pipeline.sources.items import Finding, Item
from pipeline.sources.stea.fetch import id_range

Harvest = Callable[..., Any]


def site_of(*ids: int, gap: Reply | None = None) -> Site:
    """A service that has these ids."""
    site = Site()

    def answer(request: Request) -> Reply:
        number = int(request.groups[0])
        if number not in ids:
            return gap or Reply(b'{"message": "Not found"}', status=404)
        return Reply(json.dumps({"organisationId": number, "name": f"Kerho {number} ry"}).encode())

    site.route(r"/api/organisation/(\d+)", answer)
    site.route("/login", lambda r: Reply(b"<html>Kirjaudu</html>", "text/html"))
    return site


def asked(site: Site) -> list[int]:
    return [int(path.rsplit("/", 1)[1]) for path in site.asked if "organisation" in path]


def ids(parsed: list[Any]) -> list[str]:
    return [p.native_id for p in parsed if isinstance(p, Item)]


def failure(harvest: Harvest, site: Site, words: str, **options: Any) -> None:
    with pytest.raises(SourceFailed, match=words) as caught:
        harvest(site, tries=2, **options)
    assert "\n" not in str(caught.value)


def test_an_open_range_goes_on_until_the_ids_end(harvest: Harvest) -> None:
    site = site_of(2, 9, 12, 16)
    kept, parsed = harvest(site)
    assert ids(parsed) == ["2", "9", "12", "16"] and len(kept) == 4
    assert asked(site) == list(range(1, 22))  # five misses after 16


def test_a_long_gap_before_the_known_end_does_not_stop_it(harvest: Harvest) -> None:
    assert ids(harvest(site_of(1, 10))[1]) == ["1", "10"]


def test_ids_that_never_end_are_cut_off(harvest: Harvest) -> None:
    site = site_of(*range(1, 1000))
    assert len(ids(harvest(site)[1])) == 60 and max(asked(site)) == 60


def test_a_closed_range_is_asked_to_its_end_and_not_beyond(harvest: Harvest) -> None:
    site = site_of(3, 50)
    assert ids(harvest(site, id_range="2-50")[1]) == ["3", "50"]
    assert asked(site) == list(range(2, 51))


def test_a_gap_may_also_be_an_answer_without_a_name(harvest: Harvest) -> None:
    for gap in (Reply(b'{"organisationId": 5, "name": null}'), Reply(b"null"), Reply(b"", status=410)):
        assert ids(harvest(site_of(2, 4, gap=gap))[1]) == ["2", "4"]


@pytest.mark.parametrize(
    ("value", "shown"),
    [("1-2500", (1, 2500)), ("1-", (1, None)), (774, (774, 774)), ([5, 9], (5, 9)), (" 3 – 4 ", (3, 4))],
)
def test_ranges_are_understood(value: Any, shown: tuple[int, int | None]) -> None:
    assert id_range(value) == shown


@pytest.mark.parametrize("value", ["", "0-5", "9-2", "a-b", "-5", [1, 2, 3], "1-2500000000"])
def test_what_is_no_range_is_one_sentence(value: Any) -> None:
    with pytest.raises(SourceFailed, match="is no range; write it as"):
        id_range(value)


def test_a_service_without_any_organisation_fails(harvest: Harvest) -> None:
    failure(harvest, site_of(), "none of the ids from 1 exists")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault("status", status=403), "HTTP 403"),
    ],
    ids=lambda value: f"{value.kind}-{value.status}" if isinstance(value, Fault) else "",
)
def test_an_id_that_never_answers_fails_the_fetch_in_one_sentence(harvest: Harvest, fault: Fault, words: str) -> None:
    site = site_of(1, 2, 3)
    site.faults.append(replace(fault, path="organisation/2"))
    failure(harvest, site, words, id_range="1-4")


GOOD = b'{"organisationId": 1, "name": "Kerho ry"}'


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(gzip.compress(GOOD)[:-9], headers={"Content-Encoding": "gzip"}), "compressed answer"),
        (Reply(b"", status=302, headers={"Location": "/login"}), "asks to log in"),
        (Reply(GOOD[:20]), "broken or cut short"),
        (Reply(b'{"name": "\xff\xfe"}'), "broken or cut short|JSON"),
    ],
    ids=["gzip-cut", "login", "json-cut", "bad-utf8"],
)
def test_broken_answers_are_one_sentence(harvest: Harvest, reply: Reply, words: str) -> None:
    failure(harvest, site_of(gap=reply), words)


def test_an_answer_in_another_shape_is_kept_and_reported(harvest: Harvest) -> None:
    kept, parsed = harvest(site_of(2, gap=Reply(b"[1]", "text/plain")), id_range="1-2")
    assert len(kept) == 2 and ids(parsed) == ["2"]
    assert [p.code for p in parsed if isinstance(p, Finding)] == ["record_unreadable"]


def test_robots_txt_is_obeyed(harvest: Harvest) -> None:
    site = site_of(1)
    site.route("/robots.txt", lambda r: Reply(b"User-agent: *\nDisallow: /api/\n", "text/plain"))
    failure(harvest, site, r"robots\.txt")
