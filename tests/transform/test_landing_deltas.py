"""Landing a delta onto earlier tables gives what landing everything at once would give, whatever changed."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.items import Email, Item, Name, Parsed, Phone, Text
from pipeline.transform.landing import Landed, land, land_onto

ORGANISATIONS, SERVICES, PLACES = ("o1", "o2"), ("s1", "s2"), ("p1", "p2")
VERSION = "20261123T020000Z"


def organisation(key: str, name: str = "Kerho ry", parent: str | None = None) -> Item:
    return Item("organization", key, names=[Name(name)], organization=parent, phones=[Phone("044 000 0123")])


def service(key: str, owner: str | None, *places: str) -> Item:
    return Item(
        "service", key, names=[Name("Tuki")], organization=owner, locations=list(places), service_kind="support"
    )


def place(key: str, owner: str | None = None) -> Item:
    return Item("location", key, names=[Name("Talo")], organization=owner, emails=[Email("ei osoite")])


def landed(*parsed: Parsed) -> Landed:
    return land(parsed, source="lista", snapshot_version=VERSION)


def onto(base: Landed, *parsed: Parsed, removed: tuple[str, ...] = ()) -> Landed:
    return land_onto(base, parsed, source="lista", snapshot_version=VERSION, removed=removed)


def content(result: Landed) -> dict[str, object]:
    tables = {name: data.to_pylist() for name, data in result.tables.items()}
    counts = (result.organizations, result.services, result.locations, result.issues, result.read)
    return {**tables, "dangling": result.dangling.to_pylist(), "counts": counts}


def test_links_that_led_nowhere_lead_somewhere_when_their_record_comes() -> None:
    base = landed(organisation("o1", parent="o2"), service("s1", "o2", "p1"))
    assert {row["code"] for row in base.tables["issue"].to_pylist()} == {"unknown_organization", "unknown_location"}
    after = onto(base, organisation("o2"), place("p1", "o2"))
    assert after.tables["organization"].column("parent_organization_id").to_pylist() == ["lista:o2", None]
    assert after.tables["service"].column("organization_id").to_pylist() == ["lista:o2"]
    assert after.tables["service_at_location"].column("location_id").to_pylist() == ["lista:p1"]
    assert after.dangling.num_rows == 0
    owners = {row["native_id"]: row["owner_record_id"] for row in after.tables["record"].to_pylist()}
    assert owners["s1"] == "lista:o2"


def test_links_to_a_record_that_goes_are_left_out_and_told() -> None:
    base = landed(organisation("o1"), service("s1", "o1", "p1"), place("p1"))
    after = onto(base, removed=("o1", "p1"))
    assert after.tables["service"].column("organization_id").to_pylist() == [None]
    assert after.tables["service_at_location"].num_rows == 0
    codes = sorted(row["code"] for row in after.tables["issue"].to_pylist())
    assert codes == ["unknown_location", "unknown_organization"]


def test_a_newer_version_of_an_item_takes_the_place_of_the_older() -> None:
    newest = organisation("o1", "Uusi Kerho ry")
    newest.replaces = True
    result = landed(organisation("o1", "Vanha Kerho ry"), newest)
    assert result.tables["organization"].column("name").to_pylist() == ["Uusi Kerho ry"]
    assert result.tables["organization_name"].num_rows == 1
    assert (result.read, result.repeated) == (1, 0)


def test_whether_a_number_in_a_text_is_a_persons_depends_on_the_records_that_a_delta_leaves_as_they_are() -> None:
    def told(key: str, text: str) -> Item:
        return Item("service", key, names=[Name("Tuki")], texts=[Text("description", text)], service_kind="support")

    own = Item("organization", "o1", names=[Name("Kerho ry")], phones=[Phone("040 000 0123")])
    base = landed(own, told("s1", "Soita 040 000 0123."))
    after = onto(base, told("s2", "Soita heti 040 000 0123."))
    assert after.tables["text"].column("value").to_pylist() == ["Soita 040 000 0123.", "Soita heti 040 000 0123."]
    gone = onto(after, removed=("o1",))
    assert gone.tables["text"].column("value").to_pylist() == [
        "Soita [puhelinnumero poistettu].",
        "Soita heti [puhelinnumero poistettu].",
    ]


ITEMS = st.one_of(
    st.builds(
        organisation,
        st.sampled_from(ORGANISATIONS),
        st.sampled_from(["Kerho ry", "Toinen kerho ry", " "]),
        st.sampled_from([None, *ORGANISATIONS]),
    ),
    st.builds(
        lambda key, owner, places: service(key, owner, *places),
        st.sampled_from(SERVICES),
        st.sampled_from([None, *ORGANISATIONS]),
        st.lists(st.sampled_from(PLACES), unique=True),
    ),
    st.builds(place, st.sampled_from(PLACES), st.sampled_from([None, *ORGANISATIONS])),
)
WORLDS = st.lists(ITEMS, unique_by=lambda item: item.native_id, max_size=6)


@given(before=WORLDS, changed=WORLDS, removed=st.sets(st.sampled_from((*ORGANISATIONS, *SERVICES, *PLACES))))
def test_a_delta_gives_what_everything_at_once_gives(
    before: list[Item], changed: list[Item], removed: set[str]
) -> None:
    told = {item.native_id for item in changed}
    gone = removed - told
    final = [item for item in before if item.native_id not in told | gone] + changed
    after = onto(landed(*before), *changed, removed=tuple(gone))
    assert content(after) == content(landed(*final))
