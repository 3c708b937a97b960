"""Times in words become rules only when every word is understood."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.items import Hours
from pipeline.sources.worded_hours import DAYS, first_day, worded


@pytest.mark.parametrize(
    ("text", "days", "opens", "closes"),
    [
        ("ma–pe klo 10–14", "MO,TU,WE,TH,FR", "10:00", "14:00"),
        ("Ma-Pe 10-14", "MO,TU,WE,TH,FR", "10:00", "14:00"),
        ("keskiviikkoisin klo 17.30 – 19", "WE", "17:30", "19:00"),
        ("ma, ke ja pe 9:00-15:30.", "MO,WE,FR", "09:00", "15:30"),
        ("arkisin klo 8–16", "MO,TU,WE,TH,FR", "08:00", "16:00"),
        ("pe–ma 8–24", "MO,FR,SA,SU", "08:00", "24:00"),
        ("måndag–fredag kl. 10–14", "MO,TU,WE,TH,FR", "10:00", "14:00"),
        ("tiistaisin klo 18", "TU", "18:00", None),
    ],
)
def test_weekly_times(text: str, days: str, opens: str, closes: str | None) -> None:
    assert worded(text) == [Hours(opens, closes, days, "WEEKLY", description=text)]


def test_several_rules_and_single_days() -> None:
    first, second = worded("arkisin 9–15, la 10–14")
    assert (first.description, second.byday, second.description) == ("arkisin 9–15, la 10–14", "SA", None)
    assert worded("ke 2.12.2026 klo 18–20") == [
        Hours("18:00", "20:00", dtstart=date(2026, 12, 2), description="ke 2.12.2026 klo 18–20")
    ]
    assert first_day("Teemapäivä 2.12.2026 aulassa") == date(2026, 12, 2) and first_day("joskus") is None


@pytest.mark.parametrize(
    "text",
    [
        "syksyllä", "parillisina viikkoina ke 10–12", "ma–pe 10–14, ei heinäkuussa", "ma 25–26", "31.2.2026 klo 10",
        "pe 4.12.", "pe 4.12", "ma–pe", "klo 10–14", "ma 10–14 ja joskus",
    ],
)  # fmt: skip
def test_what_is_not_wholly_understood_stays_in_words(text: str) -> None:
    assert worded(text) == [Hours(description=text)]


def test_no_text_has_no_rule() -> None:
    assert worded(None) == worded(" \n ") == []


@given(st.text(alphabet="matikeo 0123456789.:-–, klo\n", max_size=40))
def test_any_words_give_rules_that_a_table_can_hold(text: str) -> None:
    for rule in worded(text):
        assert set((rule.byday or "MO").split(",")) <= set(DAYS)
        assert all(t is None or "00:00" <= t <= "24:00" for t in (rule.opens_at, rule.closes_at))
