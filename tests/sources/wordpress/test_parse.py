"""Posts of a Toimeksi site as items: copies, odd values, saved files, junk."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.schema.model import codelists
from pipeline.sources.items import Finding, Hours, Item, Unread
from pipeline.sources.registry import descriptions
from pipeline.sources.snapshots import Capture
from pipeline.sources.wordpress.parse import parse

Read = Callable[..., list[Any]]
TASK: dict[str, Any] = {
    "id": 5,
    "type": "tm_volunteer",
    "status": "publish",
    "title": {"rendered": "Yst&auml;v&#228; &amp; <em>apu</em>"},
    "organization": "Kuopion Ystävät ry",
    "tm_keyword": [9],
    "modified_gmt": "2021-08-02T09:00:00",
    "author": 3,
    "acf": {
        "volunteer_start_date": "01.09.2021",
        "volunteer_end_date": "30.11.2021",
        "volunteer_expires": "10.12.2021",
    },
}


def task(**more: Any) -> dict[str, Any]:
    return {**TASK, **more}


def dump(*objects: Any) -> str:
    return json.dumps(list(objects))


def services(parsed: list[Any]) -> list[Item]:
    return [p for p in parsed if isinstance(p, Item) and p.kind == "service"]


def codes(parsed: list[Any]) -> list[str]:
    return [p.code for p in parsed if isinstance(p, Finding)]


def test_a_task_with_names_days_and_an_owner_by_name(read: Read) -> None:
    owner, item = read(dump(TASK))
    assert (owner.native_id, owner.names[0].value) == ("organization/Kuopion Ystävät ry", "Kuopion Ystävät ry")
    assert (item.native_id, item.names[0].value, item.organization) == ("5", "Ystävä & apu", owner.native_id)
    assert (item.valid_from, item.valid_to) == (date(2021, 9, 1), date(2021, 11, 30))
    assert item.hours == [Hours(dtstart=date(2021, 9, 1), valid_from=date(2021, 9, 1), valid_to=date(2021, 11, 30))]
    assert [(t.scheme, t.code, t.label) for t in item.terms] == [("toimeksi_keyword", "9", None)]


@pytest.mark.parametrize("value", ["01.09.2021", "1.9.2021", "20210901", "2021-09-01", "2021-09-01T00:00:00+03:00"])
def test_days_of_all_kinds_are_read(read: Read, value: str) -> None:
    item = services(read(dump(task(acf={"volunteer_start_date": value}))))[0]
    assert item.valid_from == date(2021, 9, 1)


def test_days_that_are_none_are_told_and_empty_ones_are_not(read: Read) -> None:
    acf = {"volunteer_start_date": "syksyllä", "volunteer_end_date": "", "volunteer_expires": False}
    parsed = read(dump(task(acf=acf)))
    assert codes(parsed) == ["date_invalid"] and services(parsed)[0].hours == []


@pytest.mark.parametrize(
    "acf",
    [
        None,
        [],
        False,
        "",
        {"volunteer_location": False},
        {"volunteer_location": [None, {"volunteer_location_map": False}]},
    ],
)
def test_empty_fields_of_all_kinds_give_no_place(read: Read, acf: Any) -> None:
    parsed = read(dump(task(acf=acf, tm_keyword=None)))
    assert services(parsed)[0].locations == [] and codes(parsed) == []


def test_null_where_a_list_of_places_belongs_is_told(read: Read) -> None:
    parsed = read(dump(task(acf={"volunteer_location": None})))
    assert services(parsed)[0].locations == [] and codes(parsed) == ["unknown_location"]


def test_places_web_and_phone(read: Read) -> None:
    maps = [{"address": f"Katu {n}", "lat": "62.9", "lng": 27.7, "uusi": 1} for n in (1, 2)]
    acf = {
        "volunteer_location": [{"volunteer_location_map": one} for one in maps],
        "volunteer_location_online": "1",
        "volunteer_location_phone": True,
        "volunteer_uusi": "x",
    }
    parsed = read(dump(task(acf=acf, uusi=[1])))
    places = [p for p in parsed if isinstance(p, Item) and p.kind == "location"]
    assert [p.native_id for p in places] == ["5/place/1", "5/place/2", "5/online", "5/phone"]
    assert [p.channel_kind for p in places] == ["service_location", "service_location", "e_channel", "phone"]
    (address,) = places[0].addresses
    assert (address.line, address.y, address.x) == ("Katu 1", "62.9", "27.7")
    assert {p.field for p in parsed if isinstance(p, Unread)} == {
        "tm_volunteer.uusi",
        "tm_volunteer.acf.volunteer_uusi",
        "tm_volunteer.acf.volunteer_location[].volunteer_location_map.uusi",
    }


def test_of_copies_the_one_changed_last_counts_in_any_order(read: Read) -> None:
    old, new = task(title={"rendered": "Vanha"}), task(title={"rendered": "Uusi"}, modified_gmt="2022-01-01T00:00:00")
    for order in ((old, new), (new, old)):
        parsed = read(*(dump(o) for o in order))
        assert services(parsed)[0].names[0].value == "Uusi" and codes(parsed) == ["duplicate_native_id"]
    assert codes(read(dump(old), dump(old))) == []


def test_what_is_not_published_and_what_is_no_post_is_told(read: Read) -> None:
    draft = task(id=6, status="draft", title={"rendered": "Salaa"})
    parsed = read(dump(TASK, draft, None, "x", {"name": "ei tunnusta"}, {"id": 1, "type": "post"}), uri="file:a.json")
    assert len(services(parsed)) == 1 and "Salaa" not in str(services(parsed))
    assert codes(parsed) == ["record_unreadable"] * 5


def test_answers_saved_alone_with_byte_order_marks_and_errors(read: Read) -> None:
    assert len(services(read(json.dumps(TASK), uri="file:tehtava.json"))) == 1
    assert len(services(read(b"\xef\xbb\xbf" + dump(TASK).encode(), uri="file:tehtava.json"))) == 1
    assert read("null") == []
    page = "<!DOCTYPE html><html>Kortti</html>"
    assert [(f.code, f.level) for f in read(page, page)] == [("record_unreadable", "info")]
    assert codes(read("{rikki", b"\xff\xfe", '{"code": "rest_forbidden"}')) == ["record_unreadable"] * 3
    gone = Capture("https://t.example.fi/wp-json/wp/v2/tm_keyword", b"{}", "", datetime.now(UTC), 404)
    assert codes(read(dump(TASK), gone)) == ["record_unreadable"]


def test_no_author_and_no_contact_person_is_read(read: Read) -> None:
    acf = {"volunteer_contact_name": "Maija Keksitty", "volunteer_contact_phone": "044 901 0001"}
    parsed = read(dump(task(acf=acf, author="Maija Keksitty")))
    assert "Maija" not in str(parsed) and "901" not in str(parsed)
    assert [p.field for p in parsed if isinstance(p, Unread)] != []


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["rendered", "lat", "id"]), inner),
    max_leaves=6,
)
KEYS = ["id", "type", "status", "title", "content", "organization", "tm_keyword", "acf", "link", "modified_gmt", "name"]
FIELDS = ["volunteer_location", "volunteer_location_online", "volunteer_start_date", "volunteer_expires"]


@settings(max_examples=60)
@given(data=st.dictionaries(st.sampled_from(KEYS), JSON), acf=st.dictionaries(st.sampled_from(FIELDS), JSON))
def test_any_junk_gives_items_or_findings(data: dict[str, Any], acf: dict[str, Any]) -> None:
    body = dump({**TASK, "acf": acf, **data}, data).encode("utf-8", "surrogatepass")
    capture = Capture("https://t.example.fi/wp-json/wp/v2/tm_volunteer", body, "", datetime.now(UTC))
    for parsed in parse([capture], descriptions()["wordpress"], {}):
        if isinstance(parsed, Finding):
            assert parsed.code in codelists()["issue_code"]


def test_terms_inside_a_saved_post_and_terms_that_are_places(read: Read) -> None:
    terms = [[{"id": 9, "name": "Ik&auml;ihmiset", "taxonomy": "tm_keyword"}, None], "x", []]
    parsed = read(dump(task(_embedded={"wp:term": terms})))
    assert [(t.code, t.label) for t in services(parsed)[0].terms] == [("9", "Ikäihmiset")]
    area = json.dumps([{"id": 4, "taxonomy": "tm_region", "name": "Kuopio"}])
    parsed = read(dump(task(tm_region=[4, 5])), Capture("file:alueet.json", area.encode(), "", datetime.now(UTC)))
    assert [(a.type, a.name) for a in services(parsed)[0].areas] == [("other", "Kuopio")]


def test_a_group_of_a_type_named_in_koonti_yml(read: Read) -> None:
    kinds = {"ryhma": {"kind": "service", "service_kind": "support", "prefix": "r"}}
    acf = {"r_aika": "tiistaisin klo 17–19", "r_price": "2 €"}
    raw = {"id": 7, "type": "ryhma", "title": {"rendered": "Vertaisryhmä"}, "acf": acf}
    (item,) = read(dump(raw), kinds=kinds, fields={"time": "{prefix}_aika"})
    assert (item.service_kind, item.hours[0].byday, item.hours[0].opens_at) == ("support", "TU", "17:00")
    assert [(t.field, t.value) for t in item.texts] == [("price", "2 €")]


def test_a_list_of_types_tells_which_are_not_read(read: Read) -> None:
    about = {"slug": "x", "rest_base": "x"}
    assert read(json.dumps({"post": about, "tm_event": about, "tm_uusi": about})) == [Unread("type:tm_uusi")]


def page(kind: str, number: int, body: str, head: str = "") -> str:
    classes = f"{kind}-template-default single single-{kind} postid-{number}"
    return f"<html><head>{head}</head><body class='{classes}'><main>{body}</main></body></html>"


CARD = """<h1 class="entry-title">Kuopion Ystävät ry</h1><div class="entry-content"><p>Olemme täällä.</p></div>
<dl><dt>Puhelin</dt><dd>044 000 0001</dd><dt>Kotisivut</dt><dd><a href="https://y.example.fi">sivut</a></dd>
<dt>Osoite</dt><dd>Keksittykatu 2, 70100 Kuopio</dd><dt>Yhteyshenkilö</dt><dd>Maija Keksitty</dd></dl>"""


def test_saved_pages_of_a_closed_site_are_the_posts_of_its_interface(read: Read) -> None:
    body = """<h1>Ystävätoiminta</h1><div class="entry-content"><p>Tule mukaan.</p></div>
    <p>Järjestäjä: Kuopion Ystävät ry</p>
    <p>Paikka: Keksittykatu 2, Kuopio</p><p>Aika: tiistaisin klo 17–19</p><a rel="tag" href="/t/1">Ikäihmiset</a>"""
    link = '<link rel="alternate" type="application/json" href="https://t.example.fi/wp-json/wp/v2/tm_group/8">'
    parsed = read(page("tm_organization", 7, CARD), page("x", 0, body, link), uri="https://t.example.fi/ryhma/")
    card, item, place = (p for p in parsed if isinstance(p, Item))
    assert (card.native_id, card.names[0].value, card.phones[0].value) == ("7", "Kuopion Ystävät ry", "044 000 0001")
    assert (card.links[0].value, card.addresses[0].line) == ("https://y.example.fi", "Keksittykatu 2, 70100 Kuopio")
    assert card.texts[0].value == "<p>Olemme täällä.</p>" and card.contacts == [] and "Maija" not in str(parsed)
    assert (item.native_id, item.service_kind, item.organization) == ("8", "support", "7")
    assert (item.hours[0].byday, [t.label for t in item.terms]) == ("TU", ["Ikäihmiset"])
    assert place.addresses[0].line == "Keksittykatu 2, Kuopio"
    assert codes(parsed) == [] and [p for p in parsed if isinstance(p, Unread)] == []


def test_of_page_and_answer_the_answer_counts_and_of_pages_the_newest(read: Read) -> None:
    uri = "https://t.example.fi/tehtava/"
    old = Capture(
        uri, page("tm_volunteer", 5, "<h1>Vanha</h1>").encode(), "text/html", datetime(2020, 1, 1, tzinfo=UTC)
    )
    new = Capture(uri, page("tm_volunteer", 5, "<h1>Uusi</h1>").encode(), "text/html", datetime(2021, 1, 1, tzinfo=UTC))
    for order in ((old, new), (new, old)):
        parsed = read(*order)
        assert services(parsed)[0].names[0].value == "Uusi" and codes(parsed) == []
        assert services(read(*order, dump(TASK)))[0].names[0].value == "Ystävä & apu"


def test_pages_that_are_no_posts_are_counted_once(read: Read) -> None:
    bodies = ["<html><body class='home page-id-2'><h1>Etusivu</h1>", page("tm_volunteer", 5, "<h1>Sivua ei löydy</h1>")]
    assert [(f.code, f.level) for f in read(*bodies, page("post", 1, "<h1>Uutinen</h1>"))] == [
        ("record_unreadable", "info")
    ]
