"""Which ids are asked for, and what bad nights of the register lead to."""

import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.demo.server import Fault, Reply, Request, Site
from pipeline.sources.errors import SourceFailed
from pipeline.sources.items import Finding, Item
from pipeline.sources.registry import descriptions
from pipeline.sources.ytj.ids import wanted
from pipeline.transform.identifiers import business_id_check_digit

Harvest = Callable[..., Any]


def number(n: int) -> str:
    """The n-th invented Y-tunnus with a right check digit."""
    digits = [f"{d:07d}" for d in range(9_000_000, 9_000_100) if business_id_check_digit(f"{d:07d}") is not None]
    return f"{digits[n]}-{business_id_check_digit(digits[n])}"


IDS = [number(n) for n in range(4)]


def site_of(*known: str, reply: Callable[[str], Reply] | None = None) -> Site:
    """A register that knows these ids."""
    site = Site()

    def answer(request: Request) -> Reply:
        asked = request.first("businessId")
        if reply:
            return reply(asked)
        found = [{"businessId": {"value": asked}, "names": [{"name": f"Kerho {asked}", "type": "1"}]}]
        return Reply(json.dumps({"totalResults": 1, "companies": found if asked in known else []}).encode())

    site.route("/v3/companies", answer)
    site.route("/login", lambda r: Reply(b"<html>Kirjaudu</html>", "text/html"))
    return site


def ids(parsed: list[Any]) -> list[str]:
    return [p.native_id for p in parsed if isinstance(p, Item)]


def findings(parsed: list[Any]) -> list[tuple[str, str | None, str]]:
    return [(p.code, p.value, p.level) for p in parsed if isinstance(p, Finding)]


def failure(harvest: Harvest, site: Site, words: str, given: Any = None) -> None:
    with pytest.raises(SourceFailed, match=words) as caught:
        harvest(site, given or IDS[:2], tries=2)
    assert "\n" not in str(caught.value)


def test_each_id_is_asked_for_once_and_an_id_without_an_answer_is_no_error(harvest: Harvest) -> None:
    site = site_of(IDS[0], IDS[2])
    _, parsed = harvest(site, [IDS[0], IDS[1], IDS[2], IDS[0]])
    assert ids(parsed) == [IDS[0], IDS[2]]
    assert findings(parsed) == [("record_unreadable", IDS[1], "info")]
    assert len([path for path in site.asked if "companies" in path]) == 3


def test_a_404_for_an_id_is_no_answer_too(harvest: Harvest) -> None:
    _, parsed = harvest(site_of(reply=lambda asked: Reply(b"", status=404)), IDS[:1])
    assert findings(parsed) == [("record_unreadable", IDS[0], "info")]


def test_ids_come_from_a_file_in_any_text_around_them(harvest: Harvest, tmp_path: Path) -> None:
    text = f"nimi;tunnus\nKerho;{IDS[0]}\nToinen;FI{IDS[1].replace('-', '')}\npuh 040-123 4567; {IDS[2]}0\n"
    for name, body in (("a.csv", text.encode()), ("b.csv", text.encode("utf-16")), ("c.txt", b"\xff" + text.encode())):
        (tmp_path / name).write_bytes(body)
        assert ids(harvest(site_of(*IDS), business_ids_file=name)[1]) == IDS[:2]


def test_values_that_are_no_business_id_are_told_and_not_asked_for(harvest: Harvest) -> None:
    site = site_of(*IDS)
    _, parsed = harvest(site, f"{IDS[0]}, 1234567-8")
    assert ids(parsed) == [IDS[0]]
    assert findings(parsed) == [("business_id_invalid", "1234567-8", "warning")]
    assert not any("1234567" in path for path in site.asked)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({}, "none is given"),
        ({"business_ids": ["x", None, "1234567-8"]}, "none of 2 values"),
        ({"business_ids": {"a": 1}}, "is no list"),
        ({"business_ids_file": "puuttuu.csv"}, "cannot be read"),
        ({"business_ids_file": "tyhja.csv"}, "no Y-tunnus in it"),
    ],
)
def test_without_any_id_it_is_one_sentence(tmp_path: Path, options: dict[str, Any], words: str) -> None:
    (tmp_path / "tyhja.csv").write_text("nimi\n")
    with pytest.raises(SourceFailed, match=words) as caught:
        wanted(options, tmp_path, "ytj")
    assert "\n" not in str(caught.value)


def test_the_pace_stays_far_below_what_all_users_share() -> None:
    assert 60 / descriptions()["ytj"].pace_seconds <= 300 / 10


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault("status", status=400), "HTTP 400"),
    ],
    ids=lambda value: f"{value.kind}-{value.status}" if isinstance(value, Fault) else "",
)
def test_lasting_faults_are_one_sentence(harvest: Harvest, fault: Fault, words: str) -> None:
    site = site_of(*IDS)
    site.faults.append(replace(fault, path="companies"))
    failure(harvest, site, words)


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply(gzip.compress(b'{"companies": []}')[:-9], headers={"Content-Encoding": "gzip"}), "compressed answer"),
        (Reply(b"", status=302, headers={"Location": "/login"}), "asks to log in"),
        (Reply(b'{"companies": ['), "broken or cut short"),
        (Reply(b'{"results": []}'), "expected an object with a list 'companies'"),
        (Reply(b'{"companies": {"a": 1}}'), "expected an object with a list 'companies'"),
        (Reply(b"[]"), "expected an object with a list 'companies'"),
        (Reply(b'{"companies": [{"businessId": {"value": "7777777-7"}}]}'), "ignores businessId"),
    ],
    ids=["gzip-cut", "login", "json-cut", "other-json", "no-list", "bare-list", "other-company"],
)
def test_broken_answers_are_one_sentence(harvest: Harvest, reply: Reply, words: str) -> None:
    failure(harvest, site_of(reply=lambda asked: reply), words)


def test_null_for_the_list_is_no_answer(harvest: Harvest) -> None:
    _, parsed = harvest(site_of(reply=lambda asked: Reply(b'{"companies": null}', "text/plain")), IDS[:1])
    assert findings(parsed) == [("record_unreadable", IDS[0], "info")]


def test_robots_txt_is_obeyed(harvest: Harvest) -> None:
    site = site_of(*IDS)
    site.route("/robots.txt", lambda r: Reply(b"User-agent: *\nDisallow: /v3/\n", "text/plain"))
    failure(harvest, site, r"robots\.txt")
