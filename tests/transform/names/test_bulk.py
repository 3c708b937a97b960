"""Names read at once are read as one by one."""

from collections.abc import Sequence

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.transform.names import table
from pipeline.transform.names.bulk import COLUMNS, read_alike
from pipeline.transform.names.many_words import cut
from pipeline.transform.names.parse import parse
from pipeline.transform.names.second_reader import SecondReader
from pipeline.transform.names.sequences import Templates
from pipeline.transform.names.stems import stem
from pipeline.transform.names.table import parsed_columns
from pipeline.transform.names.templates import template_of
from pipeline.transform.names.word_classes import key_of

WORDS = (
    "Kuopion", "Kuopio", "Porin", "Pori", "Espoon", "Kosken", "Koski", "Tl", "Salon", "Salo", "Perho", "Savon",
    "Pohjois-Savon", "Helsingfors", "Uudenmaan", "Tarmo", "Tarmon", "Reipas", "Valnau", "Nienaun", "Mustinlahden",
    "Tarmosäätiö", "Kuopionsäätiö", "Marttayhdistys", "Martat", "Eläkeliiton", "Eläkeliitto", "Latu", "Suomen",
    "Suomi", "yhdistys", "yhdistyksen", "osasto", "piiri", "seura", "Hiihtoseura", "Keskusliitto", "Taikakerho",
    "kerho", "hiihtojaosto", "naisjaosto", "hiihtojaosto", "nuoret", "Tuki", "Kannatusyhdistys", "Veteraanit", "ja",
    "och", "MLL", "MLL:n", "SPR", "KuPS", "KTPS", "4H", "förening", "Shakki-", "Itä-Reipas", "ry", "ry:n", "rf",
    "r.y.", "sr", "Oy", "osk", "rekisteröity", "Eläkelitto", "Kuopoin", "JyvÃ¤skylÃ¤n", "Mar?at", "&", "2", "osasto",
    "12", "T:mi", "Nuorten", "koulun", "vanhemmat", "vanh.yhdistys", "vanh.", "yhd.", "kyläyhd.", "koti-", "koti",
    "koulu", "kouluyhdistys", "Osuuskuta", "MTK-Laukaa", "SPR-osasto", "MS", "NS", "EL",
)  # fmt: skip
BETWEEN = (" ", " ", " ", " ", " - ", "-", ", ", " / ", " (", "  ", "; ", " ja ")

NAMES = st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(BETWEEN)), min_size=1, max_size=6).map(
    lambda parts: "".join(w + b for w, b in parts)
)
CASES = st.sampled_from((str, str, str, str.upper, str.lower, str.title))


def one_by_one(names: Sequence[str | None]) -> list[dict[str, object]]:
    found = []
    for name in names:
        parsed = parse(name)
        row: dict[str, object] = {c: getattr(parsed, c) for c in COLUMNS if c != "short"}
        row["short"] = parsed.abbreviation or parsed.initials
        found.append({c: list(v) if isinstance(v := row[c], tuple) else v for c in COLUMNS})
        found[-1]["stems"] = " ".join(sorted(map(stem, parsed.core)))
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(st.builds(lambda name, case: case(name), NAMES, CASES), min_size=1, max_size=40))
def test_names_read_together_are_read_as_alone(names: list[str]) -> None:
    # each again with two words that no list knows, so that many sequences are seen twice
    more = [n.replace("Tarmo", new).replace("Kuopio", town) for n in names for new, town in (("Sisu", "Oulu"),)]
    every: list[str | None] = list(dict.fromkeys([*names, *more, None, ""]))  # type: ignore[list-item]
    assert parsed_columns(every).to_pylist() == one_by_one(every)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kuopion Tarmo ry", "Porin Reipas ry"),
        ("Eläkeliiton Kuopion yhdistys", "Eläkeliiton Kajaanin yhdistys"),
        ("Tarmosäätiö", "Reipassäätiö"),
        ("Kuopion Taikakerho", "Kajaanin Kamerakerho"),
    ],
)
def test_names_of_one_kind_share_one_reading(one: str, other: str) -> None:
    _, known = read_alike(cut([one, other]))
    assert known.all()
    assert parsed_columns([one, other]).to_pylist() == one_by_one([one, other])


def test_a_place_of_two_words_is_read_only_where_both_stand() -> None:
    names = ["Koski Tl Martat", "Koski Xx Martat", "Kosken Martat", "Lohjan Martat", "Porin Martat", "Lohja Tl Martat"]
    assert parsed_columns(names).to_pylist() == one_by_one(names)
    assert key_of("kosken", ["kosken", "tl"]) != key_of("kosken", ["kosken", "martat"])


def test_words_that_stand_twice_are_read_alone() -> None:
    assert read_alike(cut(["Tarmo Tarmo", "Reipas Sisu", "Valnau Nienau"]))[1].tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("one", "other", "is_shared"),
    [
        ("Tarmo ry / hiihtojaosto", "Reipas ry / hiihtojaosto", True),
        ("Kuopion Tarmo ry, naisjaosto", "Porin Reipas ry, naisjaosto", True),
        ("Kuopion Taikakerho hiihtojaosto ry", "Porin Kamerakerho hiihtojaosto ry", True),
        ("Tarmo ry / hiihtojaosto", "Reipas ry / uintijaosto", False),
        ("Varkauden Tarmon hiihtojaosto", "Kajaanin Sisun hiihtojaosto", False),
    ],
)
def test_names_share_one_reading_with_the_same_section(one: str, other: str, *, is_shared: bool) -> None:
    assert read_alike(cut([one, other]))[1].tolist() == [is_shared] * 2
    assert parsed_columns([one, other]).to_pylist() == one_by_one([one, other])


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("Kuopion Martat, Kuopio", "Kajaanin Martat, Kajaani", [True, True]),
        ("Kuopion Martat, Kuopio", "Kajaanin Martat, Kuopio", [True, False]),
        ("Kajaanin Martat, Kuopio", "Kuopion Martat, Kuopio", [False, False]),
    ],
)
def test_a_place_said_twice_is_read_at_once_where_both_words_are_of_one_place(
    one: str, other: str, shared: list[bool]
) -> None:
    assert read_alike(cut([one, other]))[1].tolist() == shared
    assert parsed_columns([one, other]).to_pylist() == one_by_one([one, other])


def test_an_abbreviation_that_others_spell_out_has_no_template() -> None:
    assert template_of(["mll", "mannerheimin", "lastensuojeluliitto"]) is not None
    assert parsed_columns(["PNK Porin Nuorisokerho", "KTX Kuopion Reipas"]).to_pylist() == one_by_one(
        ["PNK Porin Nuorisokerho", "KTX Kuopion Reipas"]
    )


def test_no_names_make_an_empty_table_of_the_same_columns() -> None:
    table = parsed_columns([])
    assert len(table) == 0 and table.schema.equals(parsed_columns(["Kuopion Tarmo ry"]).schema)
    assert table.schema.field("core").type == pa.list_(pa.string())


def test_a_second_interpreter_changes_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    names = [*(f"{word} kerho {n}" for n, word in enumerate(WORDS)), None, ""]
    alone = parsed_columns(names)
    monkeypatch.setattr(table, "WORTH", 10)
    monkeypatch.setattr(table.os, "cpu_count", lambda: 2)
    assert parsed_columns(names).equals(alone)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_what_a_second_interpreter_took_and_lost_is_read_by_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = parsed_columns(list(WORDS))
    taken: list[int] = []

    def read(second: SecondReader, names: Sequence[str | None]) -> pa.Table | None:
        taken.append(len(names))
        raise MemoryError

    monkeypatch.setattr(SecondReader, "read", read)
    monkeypatch.setattr(table, "WORTH", 10)
    monkeypatch.setattr(table.os, "cpu_count", lambda: 2)
    assert parsed_columns(list(WORDS)).equals(alone)
    assert taken


def test_a_second_interpreter_that_fails_leaves_its_names_to_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    alone = parsed_columns(list(WORDS))
    monkeypatch.setattr(table, "WORTH", 10)
    monkeypatch.setattr(table.os, "cpu_count", lambda: 2)
    for executable in ("false", "/no/such/python"):
        monkeypatch.setattr(table.sys, "executable", executable)
        assert parsed_columns(list(WORDS)).equals(alone)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.lists(NAMES, min_size=1, max_size=12), min_size=2, max_size=4))
def test_what_one_list_taught_changes_no_answer_of_the_next(lists: list[list[str]]) -> None:
    reader = table._Reader()
    for names in lists:
        more = [n.replace("Tarmo", "Sisu") for n in names]
        every = list(dict.fromkeys([*names, *more]))
        assert reader.read(every).to_pylist() == one_by_one(every)


def test_a_name_of_a_sequence_that_an_earlier_list_had_needs_no_other_beside_it() -> None:
    numbers: dict[object, int] = {}
    held: Templates = {}
    assert read_alike(cut(["Kuopion Tarmo ry"], numbers), held)[1].tolist() == [False]
    assert read_alike(cut(["Porin Reipas ry", "Kuopion Tarmo ry"], numbers), held)[1].all()
    assert read_alike(cut(["Oulun Sisu ry"], numbers), held)[1].tolist() == [True]
    assert read_alike(cut(["Tarmo Tarmo", "Oulun Martat ry"], numbers), held)[1].tolist() == [False, False]
    of_others = {total: (b"other classes", template) for total, (_, template) in held.items()}
    assert read_alike(cut(["Oulun Sisu ry"], numbers), of_others)[1].tolist() == [False]
