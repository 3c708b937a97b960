"""Phone numbers, e-mail addresses and web addresses as people type them."""

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.transform.contacts import emails, host, is_shared_host, phones, sites, url

PHONE_TEXT = st.text(alphabet="0123456789+-() /,.abcä", max_size=40)
MAIL_TEXT = st.text(alphabet="abcä@.(at) <>:;,-_1", max_size=40)
URL_TEXT = st.text(alphabet="htps:/w.exampl-fiä ?#@[]1", max_size=40)


def numbers(raw, *args):
    return [r.value.number if r.value else r.problem for r in phones(raw, *args)]


@pytest.mark.parametrize(
    "raw",
    ["040 000 0123", "0400000123", "040-000 0123", "+358 40 000 0123", "+358 (0)40 000 0123", "00358 400000123",
     "358400000123", "400000123", "puh. 040 000 0123", "tel:+358400000123", "040.000.0123"],
)  # fmt: skip
def test_one_number_has_one_form(raw):
    assert numbers(raw) == ["+358400000123"]


def test_a_cell_may_hold_several_numbers_each_once():
    two = ["+358400000123", "+358440000123"]
    for raw in ("040 0000123 / 044 0000123", "0400000123, 0440000123, 0400000123", "0400000123 tai 0440000123",
                "0400000123 0440000123", "040 0000123\n044 0000123"):  # fmt: skip
        assert numbers(raw) == two


def test_a_note_in_parentheses_describes_its_number():
    first, second = phones("017 123 4567 (toimisto), 040 0000123 (ma-pe klo 9.00-15.00)")
    assert (first.value.number, first.value.description) == ("+358171234567", "toimisto")
    assert (second.value.number, second.value.description) == ("+358400000123", "ma-pe klo 9.00-15.00")
    assert numbers("(017) 123 4567") == ["+358171234567"]


@pytest.mark.parametrize(
    ("raw", "number"),
    [("116117", "116117"), ("116 123", "116123"), ("112", "112"), ("0800 12345", "080012345"), ("020202", "020202"),
     ("+358 800 12345", "080012345"), ("0100 100", "0100100"), ("0600 12345", "060012345")],
)  # fmt: skip
def test_service_numbers_stay_as_digits(raw, number):
    (read,) = phones(raw)
    assert (read.value.number, read.value.is_service_number) == (number, True)


def test_business_numbers_are_ordinary_numbers():
    assert numbers("0295 020 000") == ["+358295020000"]
    assert numbers("010 123 4567") == ["+358101234567"]
    assert numbers("06 123 4567") == ["+35861234567"]


def test_the_country_prefix_of_a_source_is_used_once():
    assert numbers("400000123", "+358") == ["+358400000123"]
    assert numbers("0400000123", "+358") == ["+358400000123"]
    assert numbers("+358400000123", "+358") == ["+358400000123"]
    assert numbers("812345678", "+46") == ["+46812345678"]
    assert numbers("10023", None, True) == ["10023"]


@pytest.mark.parametrize("raw", ["ei puhelinta", "soita 040", "000000000", "2077474-0", "1.2.2024", "10023", "123"])
def test_what_is_no_number_is_reported(raw):
    assert numbers(raw) == ["phone_invalid"]


def test_a_wrong_number_beside_a_right_one_is_reported():
    assert numbers("0400000123, 12345678") == ["+358400000123", "phone_invalid"]


@given(PHONE_TEXT)
def test_phone_output_reads_back_as_itself(text):
    for read in phones(text):
        if read.value:
            assert numbers(read.value.number, None, read.value.is_service_number) == [read.value.number]
            if not read.value.is_service_number:
                assert phonenumbers.is_valid_number(phonenumbers.parse(read.value.number))


@pytest.mark.parametrize(
    ("raw", "address"),
    [
        ("Info@Example.FI", "info@example.fi"),
        ("info(at)example.fi", "info@example.fi"),
        ("info [at] example [dot] fi", "info@example.fi"),
        ("info ät example.fi", "info@example.fi"),
        ("info (ät) example.fi", "info@example.fi"),
        ("mailto:info@example.fi?subject=x", "info@example.fi"),
        ("info @ example.fi", "info@example.fi"),
        ("<info@example.fi>", "info@example.fi"),
        ("info@example.fi (sihteeri)", "info@example.fi"),
        ("Sähköposti: info@example.fi.", "info@example.fi"),
        ("a.b+c_d@sub.example.org", "a.b+c_d@sub.example.org"),
        ("info@käärijä.example.fi", "info@käärijä.example.fi"),
        ("info@xn--bcher-kva.example.fi", "info@bücher.example.fi"),
    ],
)
def test_an_address_is_repaired_and_lower_cased(raw, address):
    assert emails(raw) == [(address, None)]


def test_a_cell_may_hold_several_addresses_each_once():
    assert [r.value for r in emails("a@example.fi; b@example.fi, A@example.fi")] == ["a@example.fi", "b@example.fi"]


@pytest.mark.parametrize(
    "raw", ["etunimi.sukunimi@example.fi", "info@example", "a..b@example.fi", "@yhdistys", "tapaaminen at Kuopio", "x"]
)
def test_what_is_no_address_is_reported(raw):
    assert emails(raw) == [(None, "email_invalid")]


@given(MAIL_TEXT)
def test_email_output_reads_back_as_itself(text):
    for read in emails(text):
        assert read.value is None or emails(read.value) == [read]


@pytest.mark.parametrize(
    ("raw", "address"),
    [
        ("www.example.fi", "https://www.example.fi"),
        ("Example.FI/", "https://example.fi"),
        ("http://Example.fi/Path?a=B#frag", "http://example.fi/Path?a=B#frag"),
        ("http:// www.example.fi", "http://www.example.fi"),
        ("https://https://example.fi", "https://example.fi"),
        ("http:/example.fi", "http://example.fi"),
        ("htpp://example.fi", "http://example.fi"),
        ("//example.fi", "https://example.fi"),
        ("https://example.fi:443/x", "https://example.fi/x"),
        ("https://example.fi/#/kerho", "https://example.fi/#/kerho"),
        ("Katso: www.example.fi.", "https://www.example.fi"),
        ("www.example.fi, www.example.org", "https://www.example.fi"),
        ("Ääni.example.fi", "https://ääni.example.fi"),
    ],
)
def test_a_web_address_gets_a_scheme_and_a_lower_cased_host(raw, address):
    assert url(raw) == (address, None)


@pytest.mark.parametrize(
    "raw", ["info@example.fi", "mailto:x@example.fi", "ftp://example.fi", "ei kotisivuja", "localhost", "12.5.2026",
            "http://[::1", "http://user@example.fi", "@yhdistys", "https://"]
)  # fmt: skip
def test_what_is_no_web_address_is_reported(raw):
    assert url(raw) == (None, "url_invalid")


@given(URL_TEXT)
def test_url_output_reads_back_as_itself(text):
    read = url(text)
    if read.value:
        assert url(read.value) == read
        assert host(read.value)


def test_the_host_is_told_without_www():
    assert host("www.Example.fi/sivu") == host("https://example.fi") == "example.fi"
    assert host("ei") is None
    assert host(None) is None


@pytest.mark.parametrize(
    "name", ["facebook.com", "m.facebook.com", "www.instagram.com", "sites.google.com", "yhdistysavain.fi"]
)
def test_a_platform_host_is_shared(name):
    assert is_shared_host(name)


@pytest.mark.parametrize(
    "name", ["kerho.yhdistysavain.fi", "kerho.wordpress.com", "example.fi", "notfacebook.com", "", None]
)
def test_an_own_site_is_not_shared_even_on_a_site_builder(name):
    assert not is_shared_host(name)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("www.example.fi", ("example.fi",)),
        ("https://example.fi/etusivu", ("example.fi",)),
        ("https://example.fi/index.php?id=5", ("example.fi",)),
        ("https://kerho.yhdistysavain.fi/fi/yhteystiedot", ("kerho.yhdistysavain.fi",)),
        ("https://umbrella.example/Yhdistykset/Kuopio/", ("umbrella.example/yhdistykset/kuopio", "umbrella.example")),
        ("https://umbrella.example/kuopio/yhteystiedot", ("umbrella.example/kuopio", "umbrella.example")),
        ("https://m.facebook.com/Kuopion.Kerho/", ("facebook.com/kuopionkerho",)),
        ("fb.com/kuopionkerho/events", ("facebook.com/kuopionkerho",)),
        ("facebook.com/pages/Kerho-ry/123456", ("facebook.com/123456",)),
        ("https://www.facebook.com/profile.php?id=777", ("facebook.com/777",)),
        ("https://www.facebook.com/groups/kuopionkerho/posts/1", ("facebook.com/kuopionkerho",)),
        ("https://www.youtube.com/@kerho", ("youtube.com/kerho",)),
        ("https://facebook.com", ()),
        ("https://www.facebook.com/events/123", ()),
        ("https://www.instagram.com/p/abc", ()),
        ("https://bit.ly/abc", ()),
        ("ei ole", ()),
        (None, ()),
    ],
)
def test_a_site_is_a_host_of_ones_own_or_a_page_on_that_of_many(address, expected):
    assert sites(address) == expected


@given(st.text(max_size=60))
def test_any_text_gets_an_answer(text):
    phones(text)
    phones(text, text)
    emails(text)
    url(text)
    host(text)
    sites(text)
    sites(f"facebook.com/{text}")
    is_shared_host(text)
