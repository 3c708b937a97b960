"""What becomes of the pages of cards."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.schema.model import codelists
from pipeline.sources.cards.parse import parse
from pipeline.sources.items import Address, Area, Contact, Finding, Item, Link, Name, Unread
from pipeline.sources.registry import descriptions
from pipeline.sources.snapshots import Capture

Read = Callable[..., list[Any]]
URI = "https://kortit.example.fi/toimijakortti/12/"


def card(body: str, head: str = "", lang: str = "fi") -> str:
    return f'<html lang="{lang}"><head>{head}</head><body><main><h1>Kuopion Kerho ry</h1>{body}</main></body></html>'


def linked(data: object) -> str:
    return f'<script type="application/ld+json">{json.dumps(data)}</script>'


def only(parsed: list[Any], kind: str = "organization") -> Item:
    (found,) = [p for p in parsed if isinstance(p, Item) and p.kind == kind]
    return found


def codes(parsed: list[Any]) -> list[str]:
    return [p.code for p in parsed if isinstance(p, Finding)]


LABELLED = [
    ("Y-tunnus", "1234567-1"),
    ("Yhdistysrekisterinumero", "201.199"),
    ("Puh.", "044 901 0001, 044 901 0002"),
    ("S-posti", "kerho@example.fi"),
    ("WWW", "www.kerho.example.fi"),
    ("Toimiala", "Liikunta; Kulttuuri"),
    ("Toiminta-alue", "Kuopio, Siilinjärvi"),
    ("Päivitetty", "1.2.2024"),
]
SHAPES = {
    "definitions": lambda rows: "<dl>" + "".join(f"<dt>{k}:</dt><dd>{v}</dd>" for k, v in rows) + "</dl>",
    "wrapped": lambda rows: "<dl>" + "".join(f"<div><dt>{k}</dt><dd>{v}</dd></div>" for k, v in rows) + "</dl>",
    "headings": lambda rows: "<table>" + "".join(f"<tr><th>{k}</th><td>{v}</td></tr>" for k, v in rows) + "</table>",
    "cells": lambda rows: "<table>" + "".join(f"<tr><td>{k}</td><td>{v}</td></tr>" for k, v in rows) + "</table>",
    "bold": lambda rows: "<p>" + "<br>".join(f"<b>{k}:</b> {v}" for k, v in rows) + "</p>",
    "plain": lambda rows: "".join(f"<li>{k}&nbsp;: {v}</li>" for k, v in rows),
    "upper": lambda rows: "".join(f"<div>{k.upper()}: {v}</div>" for k, v in rows),
    "two lines": lambda rows: "".join(f"<h4>{k}</h4><p>{v}</p>" for k, v in rows),
    "layout": lambda rows: (
        "<table><tr><td>valikko</td><td>" + "".join(f"<p>{k}: {v}</p>" for k, v in rows) + "</td></tr></table>"
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_labels_are_read_in_every_shape(read: Read, shape: str) -> None:
    parsed = read(card(SHAPES[shape](LABELLED)))
    item = only(parsed)
    assert (item.native_id, item.url) == ("12", URI)
    assert item.names == [Name("Kuopion Kerho ry")]
    assert [(i.type, i.value) for i in item.identifiers] == [
        ("business_id", "1234567-1"),
        ("association_number", "201.199"),
    ]
    assert [p.value for p in item.phones] == ["044 901 0001, 044 901 0002"]
    assert [e.value for e in item.emails] == ["kerho@example.fi"]
    assert item.links == [Link("www.kerho.example.fi", is_main=True)]
    assert [t.label for t in item.terms] == ["Liikunta", "Kulttuuri"]
    assert item.areas == [Area("other", name="Kuopio"), Area("other", name="Siilinjärvi")]
    assert item.modified == "1.2.2024"
    assert codes(parsed) == [] and not [p for p in parsed if isinstance(p, Unread)]


@pytest.mark.parametrize("label", ["FO-nummer", "Business ID", "y-TUNNUS", "Tunnus meillä"])
def test_labels_are_known_in_three_languages_and_can_be_added(read: Read, label: str) -> None:
    parsed = read(card(f"<dl><dt>{label}</dt><dd>1234567-1</dd></dl>"), labels={"business_id": ["Tunnus meillä"]})
    assert [i.value for i in only(parsed).identifiers] == ["1234567-1"]


def test_labels_that_nobody_knows_are_told_and_running_text_is_not(read: Read) -> None:
    body = """<dl><dt>Lempiväri</dt><dd>sininen</dd><dt>Tyhjä</dt><dd> </dd><dt>Perustettu</dt><dd>1950</dd></dl>
    <p><strong>Tunnuslause:</strong> Aina valmiina</p><p>Huomio: ovi on auki. Kokoukset klo 12:30.</p>"""
    assert [p.field for p in read(card(body)) if isinstance(p, Unread)] == ["label:lempiväri", "label:tunnuslause"]


def test_addresses_are_read_whole_or_in_parts_and_by_kind(read: Read) -> None:
    whole = "<dl><dt>Osoite</dt><dd>Kivikatu 1<br>70100 Kuopio</dd><dt>Postiosoite</dt><dd>PL 1, 70101 Kuopio</dd></dl>"
    assert only(read(card(whole))).addresses == [
        Address(line="Kivikatu 1, 70100 Kuopio"),
        Address("postal", line="PL 1, 70101 Kuopio"),
    ]
    parts = (
        "<dl><dt>Katuosoite</dt><dd>Kivikatu 1</dd><dt>Postinumero</dt><dd>70100</dd>"
        "<dt>Postitoimipaikka</dt><dd>KUOPIO</dd><dt>Kotipaikka</dt><dd>Kuopio</dd></dl>"
    )
    assert only(read(card(parts))).addresses == [
        Address(street="Kivikatu 1", postal_code="70100", city="KUOPIO", municipality="Kuopio")
    ]
    assert only(read(card("<p>Kunta: Kuopio</p>"))).addresses == [Address(municipality="Kuopio")]


def test_the_whole_country_is_an_area_of_its_own(read: Read) -> None:
    assert only(read(card("<p>Toimialue: Valtakunnallinen</p>"))).areas == [Area("nationwide")]


def test_structured_data_comes_first_and_the_page_adds_what_it_lacks(read: Read) -> None:
    data = {
        "@graph": [
            {"@type": "WebSite", "publisher": {"@id": "#sivusto"}},
            {"@type": "Organization", "@id": "#sivusto", "name": "Ylläpitäjä", "telephone": "09 000 0000"},
            {
                "@type": ["NGO"],
                "name": "Kuopion Kerho &amp; Kumppanit ry",
                "alternateName": ["Kerho", {"@value": "Klubb rf", "@language": "sv"}],
                "vatID": "FI12345671",
                "telephone": "+358 44 901 0001",
                "url": "https://kerho.example.fi/",
                "sameAs": ["https://facebook.example.org/kerho"],
                "address": {"streetAddress": "Kivikatu 1", "addressLocality": "Kuopio", "postalCode": 70100},
                "geo": {"latitude": 62.9, "longitude": "27.7"},
                "areaServed": [{"@type": "City", "name": "Kuopio"}, "Savo"],
                "contactPoint": {"contactType": "toimisto", "email": "toimisto@example.fi"},
            },
        ]
    }
    body = """<a href="tel:0449010001">044 901 0001</a><a href="tel:0449010009">Soita</a>
    <p>Osoite: Kivik. 1</p><p>Nimi ruotsiksi: Klubb rf</p><p>Kotisivu: <a href="https://kerho.example.fi">sivut</a></p>"""
    item = only(read(card(body, linked(data))))
    assert item.names == [
        Name("Kuopion Kerho & Kumppanit ry"),
        Name("Kerho", None, "alternative"),
        Name("Klubb rf", "sv", "parallel"),
    ]
    assert [i.value for i in item.identifiers] == ["FI12345671"]
    assert [(p.value, p.description) for p in item.phones] == [("+358 44 901 0001", None), ("0449010009", None)]
    assert [(e.value, e.description) for e in item.emails] == [("toimisto@example.fi", "toimisto")]
    assert item.links == [Link("https://kerho.example.fi/", is_main=True), Link("https://facebook.example.org/kerho")]
    assert item.addresses == [
        Address(street="Kivikatu 1", postal_code="70100", city="Kuopio", y="62.9", x="27.7", crs="EPSG:4326")
    ]
    assert item.areas == [Area("municipality", name="Kuopio"), Area("other", name="Savo")]


@pytest.mark.parametrize(
    "data",
    [
        {"@type": "WebPage", "mainEntity": {"@type": "NGO", "name": "Oikea ry"}},
        {"@graph": [{"@type": "WebPage", "about": {"@id": "#x"}}, {"@type": "NGO", "@id": "#x", "name": "Oikea ry"}]},
        [{"@type": "Organization", "name": "Muu"}, {"@type": "https://schema.org/NGO", "url": URI, "name": "Oikea ry"}],
        [
            {"@type": "Organization", "name": "Muu"},
            {"@type": "NGO", "name": "KUOPION kerho ry", "legalName": "Oikea ry"},
        ],
        {"@type": "LocalBusiness", "name": "Oikea ry"},
    ],
)
def test_of_several_organisations_in_the_data_the_one_of_the_page_is_taken(read: Read, data: object) -> None:
    other = {"@type": "Organization", "name": "Toinen"} if isinstance(data, dict) and "@graph" in data else []
    assert only(read(card("", linked([data, other])))).names[0].value == "Oikea ry"


def test_several_organisations_without_a_sign_leave_the_page_to_its_heading(read: Read) -> None:
    data = [{"@type": "Organization", "name": "A"}, {"@type": "NGO", "name": "B"}]
    assert only(read(card("", linked(data)))).names == [Name("Kuopion Kerho ry")]


def test_broken_structured_data_is_told_and_the_page_read(read: Read) -> None:
    parsed = read(card("<p>Puhelin: 044 901 0001</p>", '<script type="application/ld+json">{"name": </script>'))
    assert [p.value for p in only(parsed).phones] == ["044 901 0001"]
    assert [(p.code, p.level) for p in parsed if isinstance(p, Finding)] == [("record_unreadable", "info")]


def test_addresses_of_the_site_itself_are_not_the_organisations(read: Read) -> None:
    page = """<html><body><header><a href="mailto:sivusto@example.org">x</a></header><h1>Kerho ry</h1>
    <form><h2>Puhelin: 09 000 0000</h2></form><p><a href="mailto:kerho@example.fi?subject=Hei">Kirjoita</a></p>
    <footer>Puhelin: 09 000 0000 <a href="mailto:sivusto@example.org">x</a></footer></body></html>"""
    item = only(read(page))
    assert [e.value for e in item.emails] == ["kerho@example.fi"] and item.phones == []


def test_a_page_inside_one_form_is_read_all_the_same(read: Read) -> None:
    assert only(read("<form><h1>Kerho ry</h1><p>Puhelin: 044 901 0001</p></form>")).phones


def test_what_belongs_to_a_contact_person_is_not_the_organisations(read: Read) -> None:
    body = """<dl><dt>Yhteyshenkilö</dt><dd>Aino Keksitty, sihteeri<br><a href="tel:0449010001">044 901 0001</a>
    <a href="mailto:aino@example.fi">aino@example.fi</a></dd><dt>Puhelin</dt><dd>044 901 0002</dd></dl>"""
    item = only(read(card(body)))
    assert item.contacts == [Contact("Aino Keksitty", "sihteeri", "aino@example.fi", "044 901 0001")]
    assert [p.value for p in item.phones] == ["044 901 0002"] and item.emails == []


def test_descriptions_are_kept_as_html_in_the_language_they_declare(read: Read) -> None:
    body = """<div class="kuvaus"><p>Suomeksi</p></div><div class="kuvaus" lang="sv-FI"><p>På svenska</p></div>
    <p class="ingressi">Lyhyesti</p>"""
    data = {"@type": "NGO", "name": "Kuopion Kerho ry", "description": "Suomeksi lyhennetty…"}
    texts = [(t.field, t.value, t.language, t.format) for t in only(read(card(body, linked(data)))).texts]
    assert texts == [
        ("summary", "Suomeksi lyhennetty…", None, "plain"),
        ("description", "<p>Suomeksi</p>", "fi", "html"),
        ("description", "<p>På svenska</p>", "sv", "html"),
        ("summary", "Lyhyesti", "fi", "plain"),
    ]


def test_activities_become_services_and_keep_their_labels_to_themselves(read: Read) -> None:
    body = """<ul class="toiminta"><li id="shakki"><h3>Shakki</h3><p class="laji">Harrastus</p><p>Pelataan.</p>
    <p>Puhelin: 044 901 0005</p><dl><dt>Hinta</dt><dd>5 €</dd><dt>Väri</dt><dd>musta</dd></dl></li>
    <li>Kahvila</li><li id="shakki"><h3>Toinen</h3><p class="laji">Sauna</p><p>Hinta: Maksuton.</p></li></ul>"""
    parsed = read(card(body))
    assert only(parsed).phones == []
    services = [p for p in parsed if isinstance(p, Item) and p.kind == "service"]
    assert [(s.native_id, s.names[0].value, s.service_kind, s.is_free) for s in services] == [
        ("12#shakki", "Shakki", "hobby", None),
        ("12#2", "Kahvila", None, None),
        ("12#shakki-3", "Toinen", None, True),
    ]
    assert [t.value for t in services[0].texts] == ["Pelataan.", "5 €"]
    assert codes(parsed) == ["code_unknown"]
    assert [p.field for p in parsed if isinstance(p, Unread)] == ["label:väri"]


def test_the_canonical_link_gives_the_id_unless_it_is_no_card(read: Read) -> None:
    def with_canonical(href: str) -> Item:
        return only(read(card("", f'<link rel="canonical" href="{href}">'), uri=URI + "?utm=1"))

    assert with_canonical("/toimijakortti/kuopion-kerho/").native_id == "kuopion-kerho"
    assert with_canonical("/toimijakortti/p%C3%B6lj%C3%A4").native_id == "pöljä"
    for wrong in ("https://kortit.example.fi/", "http://[rikki", "", "/uutiset/7/"):
        assert with_canonical(wrong).native_id == "12"


def test_pages_that_are_no_cards_are_passed_over(read: Read) -> None:
    listing = Capture("https://kortit.example.fi/toimijakortit/", b"<h1>Kortit</h1>", "text/html", datetime.now(UTC))
    image = Capture("https://kortit.example.fi/kuva.png", b"\x89PNG", "image/png", datetime.now(UTC))
    news = Capture("https://kortit.example.fi/uutiset/", b"<p>", "text/html", datetime.now(UTC), 500)
    good = Capture(URI, card("").encode(), "text/html", datetime.now(UTC))
    assert [type(p) for p in read([listing, image, news, good])] == [Item]
    assert codes(read([listing, image])) == ["record_unreadable"]


def test_a_page_without_a_name_and_a_page_that_tells_of_an_error_are_findings(read: Read) -> None:
    assert codes(read("<html><body><main><p>Puhelin: 044 901 0001</p></main></body></html>")) == ["record_without_name"]
    assert codes(read("<h1> </h1>")) == ["record_without_name"]
    for text in ("Sivua ei löydy", "404 Not Found", "Huoltokatko klo 2–4", "Sidan hittades inte", "Under maintenance"):
        assert codes(read(f"<title>{text}</title><h1>{text}</h1>")) == ["record_unreadable"]
    assert codes(read(b"%PDF", content_type="application/pdf")) == ["record_unreadable"]
    assert only(read("<!DOCTYPE html><h1>Kerho ry</h1>", content_type="application/octet-stream")).names
    assert only(read("<h1>Virheellisten kerho ry</h1>")).names


def test_of_several_copies_the_newest_that_can_be_read_counts_in_any_order(read: Read) -> None:
    def copy(day: int, name: str, uri: str = URI, status: int = 200) -> Capture:
        when = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(days=day)
        return Capture(uri, f"<h1>{name}</h1>".encode(), "text/html", when, status)

    copies = [copy(1, "Vanha ry"), copy(3, "Uusi ry", URI.replace("https", "http")), copy(9, "Poissa", status=404)]
    for order in (copies, copies[::-1]):
        parsed = read(order)
        assert only(parsed).names == [Name("Uusi ry")] and codes(parsed) == []
    assert codes(read([copies[0], copy(2, "Muu ry", URI.replace("fi/", "fi/sv/"))])) == ["duplicate_native_id"]


def test_saved_files_without_an_address_take_their_name_as_id(read: Read) -> None:
    parsed = read(card("<p>Puhelin: 044 901 0001</p>"), uri="file:tallessa/kuopion-kerho.html")
    assert (only(parsed).native_id, only(parsed).url) == ("kuopion-kerho", None)
    assert codes(read(card("<p>Ei mitään</p>"), uri="file:tallessa/etusivu.html")) == ["record_unreadable"]


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        ("<meta charset=iso-8859-1><h1>Pöljän Äijät ry</h1>".encode(), "text/html; charset=iso-8859-1"),
        ('<meta charset="utf-8"><h1>Pöljän Äijät ry</h1>'.encode("latin-1"), "text/html; charset=utf-8"),
        ("<h1>Pöljän Äijät ry</h1><p>€ –</p>".encode("cp1252"), "text/html"),
        ("<h1>Pöljän Äijät ry</h1>".encode("utf-16"), "text/html"),
        (b"\xef\xbb\xbf" + "<h1>Pöljän Äijät ry</h1>".encode(), "text/html; charset=olematon"),
        ("<h1>Pöljän Äijät ry</h1><p>katkennut ".encode() + b"\xc3</p>", "text/html"),
        (b"<h1>P&ouml;lj&#228;n &Auml;ij&#xE4;t ry</h1>", "text/html"),
        ('<?xml version="1.0" encoding="utf-8"?><html><h1>Pöljän Äijät ry</h1></html>'.encode(), "text/html"),
    ],
)
def test_letters_are_right_whatever_the_page_claims(read: Read, body: bytes, content_type: str) -> None:
    assert only(read(body, content_type=content_type)).names == [Name("Pöljän Äijät ry")]


TAGS = st.sampled_from(
    "<h1> </h1> <dl> <dt> </dt> <dd> </dd> <table> <tr> <td> <main> </main> <form> </div> <div class=kuvaus> <b> "
    "<a\x20href=tel:1> <a\x20href='http://[x'> <br> &auml; <!-- <li> <ul\x20class=toiminta> Puhelin: Y-tunnus: "
    '<script\x20type=application/ld+json> </script> {"@type":"NGO","name":"X"} [{}] <base\x20href=http://[> '
    "Yhteyshenkilö: <link\x20rel=canonical\x20href=//[> \x00 Kuopio".split(" ")
)


@settings(max_examples=150, deadline=None)
@given(pieces=st.lists(TAGS | st.text(max_size=5), max_size=25), tail=st.binary(max_size=5))
def test_broken_pages_never_raise(pieces: list[str], tail: bytes) -> None:
    body = "".join(pieces).encode("utf-8", "surrogatepass") + tail
    for parsed in parse([Capture(URI, body, "text/html", datetime.now(UTC))], descriptions()["cards"], {}):
        if isinstance(parsed, Finding):
            assert parsed.code in codelists()["issue_code"]


def test_very_deep_pages_are_read(read: Read) -> None:
    assert only(read("<h1>Kerho ry</h1>" + "<div>" * 3000 + "Puhelin: 044 901 0001")).names


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["@id", "name", "@value"]), inner),
    max_leaves=5,
)
KEYS = (
    "@id name legalName alternateName description taxID identifier telephone email url sameAs contactPoint address "
    "location geo areaServed keywords parentOrganization dateModified mainEntity about publisher @graph"
).split()


@settings(max_examples=100, deadline=None)
@given(data=st.dictionaries(st.sampled_from(KEYS), JSON, max_size=8))
def test_any_junk_in_structured_data_gives_items_or_findings(data: dict[str, Any]) -> None:
    body = card("", linked({"@type": "NGO", **data})).encode("utf-8", "surrogatepass")
    assert list(parse([Capture(URI, body, "text/html", datetime.now(UTC))], descriptions()["cards"], {}))
