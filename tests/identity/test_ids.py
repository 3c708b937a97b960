"""Ids: random, sortable by time, never given twice."""

from datetime import UTC, datetime

import pyarrow as pa

from pipeline.identity.ids import ALPHABET, fresh, minter

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_ids_are_sortable_by_time_and_random_otherwise():
    early, late = minter(NOW)(1)[0].as_py(), minter(datetime(2027, 1, 1, tzinfo=UTC))(1)[0].as_py()
    assert early < late
    assert minter(NOW)(1)[0].as_py() != early
    assert len(early) == len("org_") + 26
    assert set(early.removeprefix("org_")) <= set(ALPHABET)


def test_many_ids_are_all_different():
    assert len(minter(NOW)(120_000).unique()) == 120_000


def test_the_time_can_be_read_from_an_id():
    text = minter(NOW, prefix="svc")(1)[0].as_py().removeprefix("svc_")
    number = 0
    for letter in text:
        number = number * 32 + ALPHABET.index(letter)
    assert number >> 80 == int(NOW.timestamp() * 1000)


def test_a_seeded_minter_passes_over_ids_that_were_given_before():
    given = minter(NOW, seed=1)(3)
    new = fresh(minter(NOW, seed=1), 2, pa.chunked_array([given]))
    assert len(new.unique()) == 2
    assert not set(new.to_pylist()) & set(given.to_pylist())
