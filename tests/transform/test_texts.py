"""Plain text from markup, white space and broken encodings."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.transform.texts import first_sentence, is_damaged, plain, repair_mojibake, tidy

HTML = st.lists(
    st.sampled_from(
        ["<p>", "</p>", "<br>", "<li>", "<ul>", "x", " ", "&amp;", "<script>", "<!--", "-->", "<", ">", "\n"]
    ),
    max_size=12,
).map("".join)


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("  a \u00a0 b\t c ", "a b c"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\n\n\n\n b", "a\n\nb"),
        ("ha\u00adpu\u200bro\ufeff", "hapuro"),
        ("Ha\u0308meen", "Hämeen"),
        ("a\x00b\x1f", "ab"),
        (" \n\u200b", None),
        (None, None),
    ],
)
def test_white_space_and_invisible_characters_are_tidied(raw, clean):
    assert tidy(raw) == clean


@given(st.text())
def test_tidying_twice_changes_nothing(text):
    once = tidy(text)
    assert tidy(once) == once
    if once:
        assert unicodedata.is_normalized("NFC", once)
        once.encode("utf-8")


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Yksi</p><p>Kaksi<br/>kolme</p>", "Yksi\nKaksi\nkolme"),
        ('<p dir="ltr">Teksti\n  jatkuu <strong>näin</strong>.</p>', "Teksti jatkuu näin."),
        ("<ul>\n <li>yksi</li>\n <li><p>kaksi</p></li>\n</ul>", "- yksi\n- kaksi"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("alku <script>alert(1)</script><style>p{}</style> loppu", "alku loppu"),
        ("alku <!-- piilo --> loppu", "alku loppu"),
        ('<?xml version="1.0" encoding="utf-8"?><p>ä</p>', "ä"),
        ("Musiikki &amp; tanssi, &auml;", "Musiikki & tanssi, ä"),
        ("5 < 6 ja 7 > 2", "5 < 6 ja 7 > 2"),
        ('<a href="https://example.fi">sivut</a> täällä', "sivut täällä"),
        ("<p></p>", None),
        ("https://example.fi/a?b=1&c=2", "https://example.fi/a?b=1&c=2"),
    ],
)
def test_html_becomes_plain_text(html, text):
    assert plain(html, "html") == text


def test_light_markdown_becomes_plain_text():
    source = "### Otsikko\n* yksi\n* kaksi\n1. eka\n**tärkeä** [sivut](https://example.fi)"
    assert plain(source, "markdown") == "Otsikko\n- yksi\n- kaksi\n1. eka\ntärkeä sivut (https://example.fi)"
    assert plain(plain(source, "markdown"), "markdown") == plain(source, "markdown")


def test_plain_text_keeps_what_looks_like_markup():
    assert plain("* 2 < 3 *", "plain") == "* 2 < 3 *"
    assert plain(None, "html") is None


@given(st.one_of(HTML, st.text()), st.sampled_from(["plain", "markdown", "html"]))
def test_any_text_in_any_format_gets_an_answer(text, form):
    found = plain(text, form)
    assert tidy(found) == found


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Tarjoamme tukea esim. Nuorille. Tule mukaan!", "Tarjoamme tukea esim. Nuorille."),
        ("Perustettu 1.1.2000. Se toimii.", "Perustettu 1.1.2000."),
        ("Rivi\nToinen. Rivi", "Rivi"),
        ("Hei! Moi.", "Hei!"),
        ("Ei loppua", "Ei loppua"),
        ("", None),
    ],
)
def test_the_first_sentence_ends_where_people_end_it(text, first):
    assert first_sentence(text) == first


@given(st.text(), st.integers(10, 200))
def test_the_first_sentence_keeps_the_limit(text, limit):
    found = first_sentence(text, limit)
    assert found is None or len(found) <= limit


@given(st.text(alphabet="aåäöÅÄÖé –”•°», .", max_size=40))
def test_utf8_read_as_windows_1252_is_repaired(text):
    try:
        broken = text.encode("utf-8").decode("cp1252")
    except UnicodeDecodeError:  # five bytes mean nothing in Windows-1252; readers take them as Latin-1
        broken = text.encode("utf-8").decode("latin-1")
    if "Å" not in text and "å" not in text:
        assert repair_mojibake(broken) == (text, broken != text)


def test_only_broken_pairs_are_touched():
    assert repair_mojibake("Hämeen HÃ¤meen â€“ ÃƒÂ¤iti") == ("Hämeen Hämeen – äiti", True)
    for fine in ("Åbo ”Å” SÃO PAULO", "Hyvää päivää", "Šiauliai", ""):
        assert repair_mojibake(fine) == (fine, False)


@given(st.text())
def test_repairing_twice_changes_nothing(text):
    once, _ = repair_mojibake(text)
    assert repair_mojibake(once)[0] == once or len(once) < len(text)


def test_lost_characters_are_noticed():
    assert is_damaged("H\ufffdmeen")
    assert not is_damaged("Hämeen")
    assert not is_damaged(None)
