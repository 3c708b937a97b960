"""Plain values take the short way; the answer is that of the careful readers."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.matching.cells import MANY
from pipeline.matching.express import plain_phone, read_emails, read_hosts
from pipeline.matching.normalise import normalise
from pipeline.transform.contacts import emails, phones, sites

DIGITS = st.text("0123456789", min_size=4, max_size=11)


@given(st.sampled_from(["0", "+358", "+358 "]), DIGITS, st.integers(0, 8), st.sampled_from(["", " ", "-"]))
def test_a_plain_phone_is_what_the_careful_reader_says(prefix: str, digits: str, at: int, mark: str) -> None:
    text = prefix + digits[:at] + mark + digits[at:]
    if plain := plain_phone(text):
        assert [number.number for number, _ in phones(text) if number] == [plain]


@given(st.from_regex(r"[a-z0-9_.+-]{1,12}@[a-z0-9.-]{1,12}\.(fi|org|x)", fullmatch=True))
def test_a_plain_email_is_what_the_careful_reader_says(text: str) -> None:
    assert read_emails(pa.array([text])).to_pylist()[0] == [a for a, _ in emails(text) if a]


HOSTS = st.one_of(
    st.from_regex(r"[a-z0-9.-]{1,15}\.(fi|com|x)", fullmatch=True), st.sampled_from(["facebook.com", "m.facebook.com"])
)
PATHS = st.sampled_from(
    ["", "/", "/martat", "/pages/x/12", "/fi/", "?id=1", "/profile.php?id=7", "//a", "#alku", " /a"]
)


@given(st.sampled_from(["", "http://", "https://"]), st.sampled_from(["", "www."]), HOSTS, PATHS)
def test_a_plain_web_address_is_what_the_careful_reader_says(scheme: str, www: str, name: str, path: str) -> None:
    text = scheme + www + name + path
    assert read_hosts(pa.array([text])).to_pylist()[0] == list(sites(text))


def column(*values: str | None) -> list[pa.Array]:
    return [pa.array(values, pa.string())]


def test_values_are_cleaned_as_records_of_platforms_are() -> None:
    found = normalise(
        {
            "name": column("  Kuopion   Martat ry ", "YhdistysÃ¤", "-"),
            "business_id": column("FI01120389", "1234567-0", None),
            "phone": column("040 123 4567 / 050 1234567", "ei ole", None),
            "email": column("Toimisto(at)Example.FI", None, None),
            "website": column("www.facebook.com/martat", "HTTP://Example.fi/", None),
            "address": column("Kauppakatu 1, 70100 Kuopio", None, None),
            "municipality": column(None, "Nilsiä", None),
            "coordinates": column("62,89 27,67", None, None),
        },
        3,
    )
    rows = found.records.to_pylist()
    assert [r["name"] for r in rows] == ["Kuopion Martat ry", "Yhdistysä", None]
    assert [r["business_id"] for r in rows] == ["0112038-9", None, None]
    assert rows[0]["phones"] == ["+358401234567", "+358501234567"]
    assert rows[0]["emails"] == ["toimisto@example.fi"]
    assert [r["hosts"] for r in rows] == [["facebook.com/martat"], ["example.fi"], []]
    assert (rows[0]["street_address"], rows[0]["postal_code"]) == ("Kauppakatu 1", "70100")
    assert [r["municipality_code"] for r in rows] == ["297", "297", None]
    assert found.unread == {"business_id": 1}


@pytest.mark.parametrize("given_list", [[["040 1234567"], None, []], [["040 1234567", "040 1234567"], [], None]])
def test_a_cell_may_hold_a_list(given_list: list[list[str] | None]) -> None:
    found = normalise({"name": column("a", "b", "c"), "phone": [pa.array(given_list, MANY)]}, 3)
    assert found.records.column("phones").to_pylist() == [["+358401234567"], [], []]
