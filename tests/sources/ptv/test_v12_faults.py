"""v12 on its bad nights: refused keys, time-outs, broken answers, listings that move, repeat or never end."""

import gzip
import json
import re
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest

from pipeline.demo.ptv_v12_server import KEY, make_world12, ptv_v12_site
from pipeline.demo.server import Fault, Reply, Request, Site
from pipeline.sources.errors import SourceFailed

Harvest = Callable[..., Any]
KINDS = ("organization", "service", "location")


def failing(harvest12: Harvest, site: Site, words: str, *codes: str, **options: Any) -> None:
    """The fetch ends in one sentence that holds the words, and never the key."""
    with pytest.raises(SourceFailed, match=re.escape(words)) as caught:
        harvest12(site, *codes, **{"tries": 2, **options})
    assert "\n" not in str(caught.value)
    assert KEY not in str(caught.value)


def ids(found: Any) -> list[set[str]]:
    return [set(found.items(kind)) for kind in KINDS]


@pytest.mark.parametrize("key", [None, "", "  "])
def test_without_a_key_nothing_is_asked(harvest12: Harvest, invent: SimpleNamespace, key: str | None) -> None:
    site = ptv_v12_site(invent.small_world())
    failing(harvest12, site, "v12 of PTV wants a key", api_key=key)
    assert site.asked == []


def test_a_key_that_no_header_can_carry_is_told(harvest12: Harvest, invent: SimpleNamespace) -> None:
    failing(harvest12, ptv_v12_site(invent.small_world()), "characters that no key has", api_key="a\nb")


def test_a_refused_key_is_one_sentence(harvest12: Harvest, invent: SimpleNamespace) -> None:
    site = ptv_v12_site(invent.small_world())
    failing(harvest12, site, "HTTP 403, the key was refused", api_key="wrong")
    assert len(site.asked) == 1
    site.faults.append(Fault("status", status=401))
    failing(harvest12, site, "HTTP 401, the key was refused")


def test_an_unknown_version_is_told(harvest: Harvest, invent: SimpleNamespace) -> None:
    failing(harvest, ptv_v12_site(invent.small_world()), "write v11 or v12", version="v13")


@pytest.mark.parametrize("size", [0, 101, "many"])
def test_a_wrong_page_size_is_told(harvest12: Harvest, invent: SimpleNamespace, size: Any) -> None:
    failing(harvest12, ptv_v12_site(invent.small_world()), "batch_size", batch_size=size)


def test_the_words_of_the_platform_about_a_bad_request_are_told(harvest12: Harvest, invent: SimpleNamespace) -> None:
    site = Site()
    body = {"title": "Bad Request", "detail": "x", "status": 400, "errors": [{"path": "page", "message": "Required"}]}
    site.route("/api/v12/.*", lambda r: Reply(json.dumps(body).encode(), status=400))
    failing(harvest12, site, "HTTP 400: Bad Request – x – page Required")


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault("status", path="search", status=404), "HTTP 404"),
        (Fault("status", path="organization/[0-9a-f]", status=404), "without PTV's own words"),
    ],
    ids=lambda value: f"{value.kind}-{value.status}" if isinstance(value, Fault) else "",
)
def test_a_lasting_fault_is_one_sentence(harvest12: Harvest, invent: SimpleNamespace, fault: Fault, words: str) -> None:
    site = ptv_v12_site(invent.small_world())
    site.faults.append(replace(fault))
    failing(harvest12, site, words, batch_size=1 if fault.kind == "hang" else 100, read_timeout=0.2, tries=1)


def answered(reply: Callable[[Request], Reply]) -> Site:
    site = Site()
    site.route("/api/v12/[a-z/-]+", reply)
    return site


def page(items: Any, total: int = 1, pages: int = 1, **headers: str) -> Reply:
    body = {"page": 1, "pageSize": 100, "totalItems": total, "totalPages": pages, "items": items}
    return Reply(json.dumps(body).encode(), headers=headers)


def numbered(request: Request) -> list[dict[str, Any]]:
    return [{"code": request.first("page"), "isValid": True, "name": {}}]


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda r: page(numbered(r), 10**6, int(r.first("page")) + 1), "the listing changes while it is read"),
        (lambda r: page([{"code": "01", "isValid": True}], 50, 50), "repeats the page before it"),
        (lambda r: page(numbered(r), 10**9, 10**7), "more than any listing has"),
        (lambda r: page(None, 5, 1), "0 of 5 things came"),
        (lambda r: page([], 5, 3), "0 of 5 things came"),
        (lambda r: page("items"), "expected a page of PTV v12"),
        (lambda r: page([], True), "expected a page of PTV v12"),
        (lambda r: page([], "5"), "expected a page of PTV v12"),  # type: ignore[arg-type]
        (lambda r: Reply(b'{"pageCount": 1, "itemList": []}'), "expected a page of PTV v12"),
        (lambda r: Reply(b"[1]"), "expected a page of PTV v12"),
        (lambda r: Reply(b"\xff\xfe{"), "expected JSON"),
        (lambda r: Reply(gzip.compress(b"{}")[:-6], headers={"Content-Encoding": "gzip"}), "compressed answer"),
        (lambda r: Reply(b"", status=302, headers={"Location": "/login"}), "log in"),
        (lambda r: Reply(b'{"totalItems": 1, "items": ['), "broken or cut short"),
    ],
    ids=["grows", "repeats", "endless", "null", "hole", "text", "bool", "number-as-text", "v11", "list", "utf-8",
         "gzip", "login", "cut"],
)  # fmt: skip
def test_a_listing_that_never_ends_or_breaks_stops_the_fetch(
    harvest12: Harvest, answer: Callable[[Request], Reply], words: str
) -> None:
    site = answered(answer)
    site.route("/login", lambda r: Reply(b"<html>Kirjaudu</html>", "text/html"))
    failing(harvest12, site, words, tries=1)
    assert len(site.asked) < 700


def test_null_for_an_empty_list_is_no_fault_and_an_empty_platform_is(harvest12: Harvest) -> None:
    failing(harvest12, answered(lambda r: page(None, 0, 0)), "without a single organisation")


def test_pages_that_time_out_are_asked_for_in_smaller_ones(harvest12: Harvest, invent: SimpleNamespace) -> None:
    whole = harvest12(ptv_v12_site(invent.small_world()))
    site = ptv_v12_site(invent.small_world())
    site.faults.append(Fault("status", path=r"service/search.*pageSize=(100|50|25)", status=504))
    assert ids(harvest12(site)) == ids(whole)
    sizes = re.findall(r"service/search\S*pageSize=(\d+)", " ".join(site.asked))
    assert sizes == ["100"] * 2 + ["50"] * 2 + ["25"] * 2 + ["5"] * 3


def test_half_way_a_smaller_page_goes_on_where_the_larger_would_have(
    harvest12: Harvest, invent: SimpleNamespace
) -> None:
    site = ptv_v12_site(invent.small_world())
    site.faults.append(Fault("status", path=r"service/search\S*page=2&pageSize=6", status=504))
    found = harvest12(site, batch_size=6)
    assert ids(found) == ids(harvest12(ptv_v12_site(invent.small_world())))
    assert [p for p in site.asked if "service/search" in p][3].endswith("page=3&pageSize=3")


@pytest.mark.parametrize("slips", [1, 3])
def test_a_row_that_slips_to_another_page_is_found_by_reading_again(
    harvest12: Harvest, invent: SimpleNamespace, slips: int
) -> None:
    whole = harvest12(ptv_v12_site(invent.small_world()))
    found = harvest12(ptv_v12_site(invent.small_world(), slips=slips), batch_size=4)
    assert ids(found) == ids(whole)
    assert not found.findings


def test_a_thing_that_changes_between_pages_is_used_as_it_was_last(harvest12: Harvest, invent: SimpleNamespace) -> None:
    world = make_world12(invent.small_world())
    row = world.rows["service"][0] | {"publishedAt": "2026-11-01T08:00:00.000Z"}
    later = json.loads(json.dumps(row)) | {"publishedAt": "2026-11-02T08:00:00.000Z"}
    later["languageVersions"]["fi"]["name"] = "Uusi nimi"
    world.rows["service"][0] = row
    world.rows["service"].append(later)
    with pytest.raises(SourceFailed, match="things came in"):  # the platform counts it twice: never whole
        harvest12(ptv_v12_site(world=world))
    world.rows["service"].pop()
    site = ptv_v12_site(world=world)
    found = harvest12(site)
    again = harvest12(ptv_v12_site(world=replace(world, rows=world.rows | {"service": [later]})))
    assert found.items("service")[row["contentId"]].names[0].value != "Uusi nimi"
    assert again.items("service")[row["contentId"]].names[0].value == "Uusi nimi"


def test_too_many_references_to_nothing_fail(
    harvest12: Harvest, invent: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, description: Any
) -> None:
    monkeypatch.setitem(description.settings["v12"], "omitted_limit", 0)
    world = [invent.sighting("a", parent="gone", phone="040 000 0001")]
    failing(harvest12, ptv_v12_site(world), "do not exist")
