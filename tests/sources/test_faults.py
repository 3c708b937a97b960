"""Every platform on every kind of bad night: the right rows, rows with issues, or the last good ones and a sentence."""

from pathlib import Path

import pytest

from tests.sources.faults import CONNECTORS, FAULTS, JSON_ONLY, bench, cells

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
    "the same page again": ROWS,
    "a thing changes between pages": ROWS,
    "letters of another encoding": FAILED,
    "null for lists": TOLD,
    "unknown codes": TOLD,
    "four kinds of dates": TOLD,
}
"""How it ends for most platforms."""
PAGED = {"the same page again": FAILED}
UNLIKE: dict[str, dict[str, str]] = {
    # The local servers of these show few things on one page, or the connector asks for each thing by itself.
    "ptv v12": {"null for lists": ROWS},
    "linked events": {"null for lists": ROWS},
    "vapaaehtoistyo": {**PAGED, "null for lists": FAILED, "unknown codes": FAILED},
    "wordpress": {"unknown codes": FAILED},
    # Nothing but a name, numbers and years: without its years nobody is known to be active.
    "stea": {"null for lists": FAILED, "unknown codes": ROWS, "four kinds of dates": FAILED},
    "ytj": {**PAGED, "a thing changes between pages": TOLD, "null for lists": FAILED},
    # Pages of other encodings are read by their letters.
    "catalogue": {"letters of another encoding": ROWS},
    "cards": {"letters of another encoding": ROWS},
    "jsonld": {"letters of another encoding": ROWS},
    "ical": {"letters of another encoding": ROWS},
    "feed": {"letters of another encoding": TOLD},
    "hyvinvointitarjotin": {**PAGED, "letters of another encoding": ROWS},
    "tukinet": {"letters of another encoding": ROWS},
    "olka": {"letters of another encoding": TOLD},
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
    assert set(USUAL) == set(FAULTS) >= set(JSON_ONLY)
    assert set(UNLIKE) <= set(CONNECTORS)
