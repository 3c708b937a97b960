"""One address given more and less fully is one row, the fullest; different ones stay."""

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import schema
from pipeline.dedupe.addresses import fullest

BASE = {"organization_id": "org_1", "country": "FI", "address_type": "physical"}


def rows(*given_rows):
    listed = [{"id": str(i), **BASE, **row} for i, row in enumerate(given_rows)]
    return [
        tuple(r[c] for c in ("address_1", "postal_code", "city"))
        for r in fullest(schema.table_from_rows("address", listed)).to_pylist()
    ]


def at(street, code=None, city=None, **more):
    return {"address_1": street, "postal_code": code, "city": city, **more}


def test_a_street_without_a_postal_code_goes_where_the_same_has_one():
    assert rows(at("Uusikatu 1"), at("Uusikatu 1", "70100", "Kuopio"), at("Uusikatu 1", None, "KUOPIO")) == [
        ("Uusikatu 1", "70100", "Kuopio")
    ]


def test_spelling_in_capitals_gives_way():
    assert rows(at("UUSIKATU 1", "70100", "Kuopio"), at("Uusikatu  1", "70100", "Kuopio")) == [
        ("Uusikatu  1", "70100", "Kuopio")
    ]


def test_one_street_in_two_towns_is_two_addresses():
    two = [("Uusikatu 1", "70100", "Kuopio"), ("Uusikatu 1", "78200", "Varkaus")]
    assert rows(*(at(*one) for one in two), at("Uusikatu 1")) == two


def test_other_owners_types_and_streets_are_left_alone():
    kept = [
        at("Uusikatu 1", "70100"),
        at("Uusikatu 1", organization_id="org_2"),
        at("Uusikatu 1", address_type="postal"),
    ]
    assert len(rows(*kept, at("Vanhakatu 1"), at(None, "70100", "Kuopio"))) == 5


def test_what_only_the_shorter_row_tells_is_kept():
    listed = [
        {"id": "1", **BASE, **at("Uusikatu 1", latitude=62.1, longitude=27.1, coordinate_origin="source")},
        {"id": "2", **BASE, **at("Uusikatu 1", "70100", "Kuopio")},
    ]
    (row,) = fullest(schema.table_from_rows("address", listed)).to_pylist()
    assert (row["id"], row["latitude"], row["coordinate_origin"]) == ("2", 62.1, "source")


ADDRESS = st.builds(
    at,
    st.sampled_from(["Uusikatu 1", "UUSIKATU 1", "Vanhakatu 2"]),
    st.sampled_from([None, "70100", "78200"]),
    st.sampled_from([None, "Kuopio", "KUOPIO", "Varkaus"]),
)


@settings(max_examples=25)
@given(st.lists(ADDRESS, max_size=7, unique_by=lambda r: tuple(r.values())))
def test_no_street_code_or_office_is_lost_and_doing_it_twice_changes_nothing(given_rows):
    def told(listed):
        return {(c, r[i].casefold()) for r in listed for i, c in enumerate(("street", "code", "office")) if r[i]}

    kept = rows(*given_rows)
    assert told(kept) == told(tuple(r.values()) for r in given_rows)
    again = rows(*(at(*one) for one in kept))
    assert sorted(again, key=str) == sorted(kept, key=str)
