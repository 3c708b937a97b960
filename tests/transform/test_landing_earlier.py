"""Taking over what has not changed gives what cleaning everything anew gives, whatever changed, and saves the work."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.privacy.suppression import Suppressions
from pipeline.sources.items import Email, Finding, Item, Listed, Name, Parsed, Phone, Text, Unread
from pipeline.transform.landing import Landed, entities, land, listed
from pipeline.transform.landing.earlier import Earlier

START = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
IDS = ("o1", "o2", "o3", "s1", "s2", "p1")
MOBILE, CODE = "040 000 0123", "131052-308T"


def made(number: int, native_id: str, **says: Any) -> Item:
    kind = {"o": "organization", "s": "service", "p": "location"}[native_id[0]]
    day = START + timedelta(days=number)
    return Item(kind, native_id, fetched_at=day, raw=says.pop("raw", None), **says)


def landed(
    number: int, parsed: list[Parsed], before: Landed | None = None, rules: Suppressions | None = None
) -> Landed:
    earlier = Earlier(before.tables.__getitem__, before.dangling, before.entangled) if before else None
    version = f"2026112{number}T020000Z"
    return land(
        parsed, source="lista", snapshot_version=version, snapshot_digest=f"d{number}", rules=rules, earlier=earlier
    )


def assert_same(one: Landed, other: Landed) -> None:
    for name, table in other.tables.items():
        assert one.tables[name].to_pylist() == table.to_pylist(), name
        assert one.tables[name].equals(table), name
    assert one.dangling.equals(other.dangling)
    counts = [(a.organizations, a.services, a.locations, a.issues, a.read, a.repeated) for a in (one, other)]
    assert counts[0] == counts[1]
    assert one.entangled == other.entangled


SAYS: dict[str, Any] = {
    "names": st.sampled_from([["Kerho ry"], ["Kerho  RY"], [" "], ["KyrÃ¶n kerho"], ["Kerho ry", "Klubben rf"], []]),
    "organization": st.sampled_from([None, "o1", "o2", "o9"]),
    "locations": st.sampled_from([[], ["p1"], ["p1", "p9"]]),
    "texts": st.sampled_from([[], [f"Soita {MOBILE}."], [f"Tunnus {CODE}."], ["Tervetuloa!"]]),
    "phones": st.sampled_from([[], [MOBILE], ["1234567"], [f"{MOBILE}, {MOBILE}"]]),
    "emails": st.sampled_from([[], ["KERHO@example.fi"], ["ei ole"]]),
    "raw": st.sampled_from([None, "r1", "r2"]),
    "replaces": st.booleans(),
}


def item(native_id: str, says: dict[str, Any]) -> Any:
    """A recipe of an item, for a day."""
    parts = {
        "names": [Name(one, "fi" if n else None) for n, one in enumerate(says["names"])],
        "texts": [Text("description", one) for one in says["texts"]],
        "phones": [Phone(one) for one in says["phones"]],
        "emails": [Email(one) for one in says["emails"]],
        "locations": says["locations"] if native_id[0] == "s" else [],
    }
    return lambda number: made(number, native_id, **{**says, **parts})


RECIPES = st.one_of(
    st.builds(item, st.sampled_from(IDS), st.fixed_dictionaries(SAYS)),
    st.builds(
        lambda one, text: lambda number: Finding("record_unreadable", f"{text}, day {number}.", one, level="warning"),
        st.sampled_from([None, *IDS]),
        st.sampled_from(["Odd", "Odder"]),
    ),
    st.just(lambda number: Unread("colour")),
)


@st.composite
def days(draw: Any) -> list[list[Any]]:
    """Recipes of a few days: each day keeps most of the day before, in another order, and adds some."""
    found = [draw(st.lists(RECIPES, max_size=7))]
    for _ in range(draw(st.integers(1, 2))):
        kept = [one for one in found[-1] if draw(st.integers(0, 4))]
        found.append(draw(st.permutations(kept + draw(st.lists(RECIPES, max_size=2)))))
    return found


@settings(deadline=None, max_examples=100)
@given(days(), st.sampled_from([None, Suppressions(records=frozenset({"lista:o2"})),
                                Suppressions(fields={"lista:o1": frozenset({"phone"})})]))  # fmt: skip
def test_random_days_taken_over_give_what_landing_everything_anew_gives(
    made_days: list[list[Any]], rules: Suppressions | None
) -> None:
    before = None
    for number, recipes in enumerate(made_days):
        before, anew = (landed(number, [recipe(number) for recipe in recipes], one, rules) for one in (before, None))
        assert_same(before, anew)
        assert anew.taken == 0


def plain(native_id: str, **says: Any) -> Any:
    nothing = {"names": ["Kerho ry"], "texts": [], "phones": [], "emails": [], "locations": [], "raw": None}
    return item(native_id, {**nothing, **says})


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    cleaned: list[str] = []
    names = entities._names

    def seen(c: Any, record_id: str, one: Item) -> Any:
        cleaned.append(one.native_id)
        return names(c, record_id, one)

    monkeypatch.setattr(entities, "_names", seen)
    return cleaned


def test_only_what_changed_is_cleaned(monkeypatch: pytest.MonkeyPatch) -> None:
    first = landed(0, [plain("o1")(0), plain("o2")(0), plain("s1", organization="o1")(0)])
    cleaned = counted(monkeypatch)
    after = landed(1, [plain("s1", organization="o2")(1), plain("o2")(1), plain("o1")(1), plain("o3")(1)], first)
    assert sorted(cleaned) == ["o3", "s1"]
    assert after.taken == 2
    versions = {row["native_id"]: row["snapshot_version"] for row in after.tables["record"].to_pylist()}
    assert set(versions.values()) == {"20261121T020000Z"}


@pytest.mark.parametrize(
    "first, second, again",
    [
        # the second says nothing of its own number any more, so the text of the first holds a person's
        ([plain("o1", texts=[f"Soita {MOBILE}."]), plain("o2", phones=[MOBILE])], [0, plain("o2")], ["o2"]),
        # the number in the text has become the second's own
        ([plain("o1", texts=[f"Soita {MOBILE}."]), plain("o2")], [0, plain("o2", phones=[MOBILE])], ["o1", "o2"]),
        # a link that led nowhere leads somewhere, and the other way round
        ([plain("s1", organization="o1")], [0, plain("o1")], ["o1"]),
        ([plain("s1", organization="o1"), plain("o1")], [0], []),
        # the first of two with one id goes, and comes
        ([plain("o1"), plain("o1", names=["Toinen ry"])], [1], ["o1"]),
        ([plain("o1"), plain("o1", names=["Toinen ry"])], [0], ["o1"]),
        ([plain("o1")], [plain("o1", names=["Toinen ry"]), 0], ["o1", "o1"]),
        ([plain("o1")], [0, plain("o1", names=["Kerho  ry"])], ["o1"]),
        ([plain("o1", names=[" "]), plain("o1")], [1], ["o1"]),
        # what the parser found odd in it is told no more
        ([plain("o1"), lambda number: Finding("record_unreadable", "Odd.", "o1")], [0], ["o1"]),
    ],
)
def test_what_depends_on_other_items_is_as_if_all_were_cleaned(
    monkeypatch: pytest.MonkeyPatch, first: list[Any], second: list[Any], again: list[str]
) -> None:
    today = [first[one] if isinstance(one, int) else one for one in second]
    before, anew = landed(0, [one(0) for one in first]), landed(1, [one(1) for one in today])
    cleaned = counted(monkeypatch)
    assert_same(landed(1, [one(1) for one in today], before), anew)
    assert sorted(cleaned) == again


def rows(number: int, names: list[str]) -> Listed:
    def one(native_id: str, cells: Any) -> Item:
        day = START + timedelta(days=number)
        return Item("organization", native_id, fetched_at=day, names=[Name(cells[0])], phones=[Phone(cells[1])])

    cells = [(name, "044 000 0001") for name in names]
    return Listed([f"o{n}" for n in range(len(names))], cells, one, [f"r{number}" for _ in names])


LISTS = st.lists(st.sampled_from(["Kerho ry", "Latu  ry", "Latu ry", "..."]), min_size=1, max_size=6)


@given(LISTS, LISTS)
def test_rows_of_a_list_are_taken_over_too(names: list[str], other: list[str]) -> None:
    after = landed(1, [rows(1, other)], landed(0, [rows(0, names)]))
    assert_same(after, landed(1, [rows(1, other)]))
    same = [a for a, b in zip(names, other, strict=False) if a == b and a != "..."]
    assert after.taken == len(same)


def test_rows_of_a_list_that_are_as_before_are_not_cleaned(monkeypatch: pytest.MonkeyPatch) -> None:
    before = landed(0, [rows(0, ["Kerho ry", "Latu ry"])])
    read: list[int] = []
    put = listed.put_plain
    monkeypatch.setattr(listed, "put_plain", lambda c, some: (read.append(len(some.rows)), put(c, some)))
    landed(1, [rows(1, ["Kerho ry", "Latu 2 ry"])], before)
    assert read == [1]
