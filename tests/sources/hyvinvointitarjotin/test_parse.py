"""Cards of the site as organisations, with the axes of search."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.sources.items import Finding, Item, Unread
from pipeline.sources.snapshots import Capture

Read = Callable[..., list[Any]]
URI = "https://h.example.fi/index.php?page=organization&id=5"


def card(rows: str, name: str = "Kerho ry") -> str:
    return f"<html><body><div id=content><h1>{name}</h1>{rows}</div></body></html>"


def terms(parsed: list[Any]) -> list[tuple[str, str | None]]:
    (item,) = [p for p in parsed if isinstance(p, Item)]
    return [(t.scheme, t.label) for t in item.terms]


@pytest.mark.parametrize(
    "rows",
    [
        "<dl><dt>Mihin tukea</dt><dd>Mieli, Päihteet</dd><dt>Millaista tukea</dt><dd>Vertaistuki</dd></dl>",
        "<table><tr><th>Mihin etsit tukea?</th><td>Mieli<br>Päihteet</td></tr>"
        "<tr><th>Millaista tukea etsit?</th><td>Vertaistuki</td></tr></table>",
        "<p>Mihin tukea: Mieli, Päihteet</p><p>Millaista tukea: Vertaistuki</p>",
    ],
)
def test_needs_and_forms_of_support_are_terms_however_they_are_laid_out(read: Read, rows: str) -> None:
    parsed = read(card(rows))
    assert terms(parsed) == [("support_need", "Mieli"), ("support_need", "Päihteet"), ("support_form", "Vertaistuki")]
    assert [p for p in parsed if isinstance(p, (Finding, Unread))] == []


def test_labels_nobody_knows_are_reported(read: Read) -> None:
    assert Unread("label:uusi kohta") in read(card("<dl><dt>Uusi kohta</dt><dd>x</dd></dl>"))


def test_of_several_copies_the_newest_counts_in_any_order(read: Read) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    copies = [
        Capture(URI, card(f"<p>Mihin tukea: {word}</p>").encode(), "text/html", start + timedelta(n))
        for n, word in enumerate(("Vanha", "Uusi"))
    ]
    for order in (copies, copies[::-1]):
        assert terms(read(*order)) == [("support_need", "Uusi")]


def test_the_form_on_a_card_and_broken_letters_do_no_harm(read: Read) -> None:
    body = card("<form>Mihin tukea: Kenttä</form><p>Puhelin: 044 901 0001</p>", "Pöljän ry").encode("latin-1")
    (item,) = [p for p in read(body) if isinstance(p, Item)]
    assert (item.names[0].value, item.terms) == ("Pöljän ry", [])


def test_pages_that_are_no_cards_are_told_once(read: Read) -> None:
    parsed = read("<html><h1>Ohjeet</h1></html>", uri="https://h.example.fi/index.php?page=instructions")
    assert [p.code for p in parsed] == ["record_unreadable"]
    assert [p.code for p in read(b"%PDF-1.4 \xff")] == ["record_unreadable"]
