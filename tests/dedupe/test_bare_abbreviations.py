import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.dedupe.bare_abbreviations import MOST, fitting
from pipeline.dedupe.written import called_in
from pipeline.transform.names.abbreviations import letters_fit
from pipeline.transform.names.lexicon import lexicon

TOWNS = ("140", "297", None)
WORD = st.sampled_from(["kuopion", "kylan", "maan", "puolustus", "kerho", "ja", "pallo", "seura", "m", "mieli"])
NAME = st.one_of(
    st.lists(WORD, min_size=1, max_size=4).map(" ".join),
    st.sampled_from(["kmpk", "kps", "kups", "kyma", "mm", "kkmppss"]),
)
RECORD = st.tuples(NAME, st.sampled_from(TOWNS), st.lists(st.sampled_from(["140", "297"]), max_size=2, unique=True))


def features(records: list[tuple[str, str | None, list[str]]]) -> pa.Table:
    """The columns that are looked at; a name of one word is an abbreviation of itself."""
    return pa.table(
        {
            "asciis": pa.array([[name] for name, _, _ in records], pa.list_(pa.string())),
            "abbreviation": pa.array([None if " " in n else n.upper() for n, _, _ in records], pa.string()),
            "municipality_code": pa.array([town for _, town, _ in records], pa.string()),
            "places": pa.array([places for _, _, places in records], pa.list_(pa.string())),
        }
    )


def told(records: list[tuple[str, str | None, list[str]]]) -> set[tuple[int, int]]:
    """The rule, one pair at a time."""
    found = set()
    for i, (short, town, _) in enumerate(records):
        if " " in short or not 3 <= len(short) <= 6 or town is None:
            continue
        for j, (name, other, places) in enumerate(records):
            spoken = [w for w in name.split(" ") if w not in lexicon().stops]
            begins = len(spoken) > 1 and any(
                spoken[0].startswith(short[:n]) and spoken[1][:1] == short[n : n + 1] for n in (1, 2, 3)
            )
            if begins and town in (other, *places) and letters_fit(short, spoken):
                found.add((min(i, j), max(i, j)))
    return found


def pairs(records: list[tuple[str, str | None, list[str]]]) -> set[tuple[int, int]]:
    table = features(records)
    found = fitting(table, called_in(table))
    return set(zip(found.column("a").to_pylist(), found.column("b").to_pylist(), strict=True))


@settings(max_examples=60, deadline=None)
@given(st.lists(RECORD, min_size=1, max_size=12))
def test_an_abbreviation_meets_the_names_of_its_town_that_its_letters_fit(
    records: list[tuple[str, str | None, list[str]]],
) -> None:
    assert pairs(records) == told(records)


@pytest.mark.parametrize("short", ["kps", "kups", "kuops"])
def test_the_first_word_may_give_up_to_three_letters(short: str) -> None:
    assert pairs([(short, "297", []), ("kuopion pallo seura", "297", [])]) == {(0, 1)}


def test_the_town_may_stand_in_the_name_or_in_the_address() -> None:
    assert pairs([("kps", "297", []), ("kuopion pallo seura", "140", ["297"])]) == {(0, 1)}
    assert pairs([("kps", "297", []), ("kuopion pallo seura", "297", [])]) == {(0, 1)}
    assert pairs([("kps", "297", []), ("kuopion pallo seura", "140", [])]) == set()


def test_where_many_names_begin_with_the_letters_they_say_nothing() -> None:
    named = [("kuopion pallo seura", "297", []) for _ in range(MOST)]
    assert len(pairs([("kps", "297", []), *named])) == MOST
    assert pairs([("kps", "297", []), *named, ("kuopion pallo seura", "297", [])]) == set()


def test_records_without_abbreviations_or_without_names_meet_nobody() -> None:
    assert pairs([("kuopion pallo seura", "297", [])]) == set()
    assert pairs([("kps", "297", []), ("kps", "297", [])]) == set()
