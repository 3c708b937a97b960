"""Every platform on every kind of bad night: the right rows, rows with issues, or the last good ones and a sentence."""

from pathlib import Path

import pytest

from tests.sources.faults import CONNECTORS, FAULTS, bench, cells

ROWS, TOLD, FAILED = "rows", "told", "failed"
USUAL = {
    "429, Retry-After": ROWS,
    "500 and 503, passing": ROWS,
    "502, lasting": FAILED,
    "504, lasting": FAILED,
    "reset, passing": ROWS,
    "reset, lasting": FAILED,
    "hang": FAILED,
    "cut short, passing": ROWS,
    "cut short, lasting": FAILED,
    "broken gzip": FAILED,
    "other content type": ROWS,
    "HTML instead": FAILED,
    "log-in page": FAILED,
    "10 MB of junk": FAILED,
    "endless pages": FAILED,
    "the same page again": FAILED,
    "a thing changes between pages": TOLD,
    "letters of another encoding": FAILED,
    "null for lists": TOLD,
    "unknown codes": TOLD,
    "four kinds of dates": TOLD,
}
"""How it ends for most platforms."""
AGAIN, CHANGES, LETTERS = "the same page again", "a thing changes between pages", "letters of another encoding"
NULLS, CODES, DATES = "null for lists", "unknown codes", "four kinds of dates"
UNLIKE: dict[str, dict[str, str]] = {
    # Its listings hold ids; the things are asked for afterwards, each once.
    "ptv v11": {CHANGES: ROWS},
    "ptv v12": {NULLS: ROWS},
    "linked events": {NULLS: ROWS},
    # Without a known status no task is known to be open.
    "vapaaehtoistyo": {NULLS: ROWS, CODES: FAILED},
    "wordpress": {CODES: FAILED},
    # Nothing but a name, numbers and years: without its years nobody is known to be active.
    "stea": {NULLS: FAILED, DATES: FAILED},
    "ytj": {NULLS: FAILED},
    # Pages of other encodings are read by their letters; names in a listing are not read, but those of the cards.
    "cards": {LETTERS: ROWS, CHANGES: ROWS, NULLS: ROWS},
    "hyvinvointitarjotin": {LETTERS: ROWS, CHANGES: ROWS, NULLS: FAILED, CODES: ROWS},
    "tukinet": {LETTERS: ROWS, CHANGES: ROWS, NULLS: FAILED, DATES: ROWS},
    "olka": {LETTERS: TOLD, CHANGES: ROWS, AGAIN: TOLD, CODES: ROWS},
    # One answer holds everything: what comes twice in it is one thing.
    "ical": {LETTERS: ROWS, AGAIN: ROWS},
    "feed": {LETTERS: TOLD, AGAIN: ROWS, NULLS: ROWS, CODES: ROWS},
    "csv": {LETTERS: ROWS, AGAIN: TOLD, NULLS: ROWS},
    "catalogue": {LETTERS: ROWS, AGAIN: TOLD, NULLS: ROWS, CODES: ROWS, DATES: ROWS},
    # A page whose only list is empty shows no event, and neither does one of a type that nobody knows.
    "jsonld": {LETTERS: ROWS, NULLS: FAILED, CODES: FAILED},
}


@pytest.mark.parametrize("name", sorted(CONNECTORS))
def test_a_bad_night_ends_as_it_should(name: str, tmp_path: Path) -> None:
    expected = {**USUAL, **UNLIKE.get(name, {})}
    wrong = []
    with bench(name, tmp_path) as made:
        for fault in cells(name):
            ended = made.bad_night(fault)
            wrong += [f"{fault}: {problem}" for problem in ended.problems]
            if ended.word != expected[fault]:
                wrong.append(f"{fault}: {ended.word} instead of {expected[fault]} ({ended.sentence})")
    assert wrong == []


def test_every_fault_has_an_expectation_and_every_expectation_a_fault() -> None:
    assert set(USUAL) == set(FAULTS)
    assert set(UNLIKE) <= set(CONNECTORS)


def test_a_cell_is_left_out_only_with_its_reason() -> None:
    left_out = {(name, fault): why for name, one in CONNECTORS.items() for fault, why in one.cannot.items()}
    assert left_out == {
        ("stea", CODES): "its answers hold no codes",
        ("csv", CODES): "a list of organisations holds no codes",
    }
