"""The digest of what was sent: that of a row is that of its JSON, however many rows there are."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.raw import digest, of_rows

CELL = st.none() | st.text()


@given(st.lists(st.text(), max_size=4), st.lists(st.lists(CELL, max_size=4), max_size=4))
def test_the_digest_of_a_row_is_that_of_header_and_row_as_json(header: list[str], rows: list[list[str | None]]) -> None:
    of = of_rows(header)
    assert [of(row) for row in rows] == [digest([header, row]) for row in rows]
