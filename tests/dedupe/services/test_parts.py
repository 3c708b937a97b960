"""What a name is without its organisation, times in words, places, and one golden row with its hours once."""

from datetime import date

import pyarrow as pa
import pytest

from pipeline import schema, storage
from pipeline.dedupe import catalogue, services
from pipeline.dedupe.services.rules import load_rules
from pipeline.dedupe.services.times import slots_in_words
from pipeline.dedupe.services.wording import own_words, service_name
from pipeline.identity import PREFIX
from pipeline.sources.items import Address, Hours, Item, Name, Text
from pipeline.transform.landing import land


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kuntojumppa", "Avoin kuntojumppa Kuopiossa"),
        ("Jumppa", "Kuopion Latu ry:n jumppa"),
        ("Perhekerho", "Perhe-kerho"),
        ("Latu", "Kuopion Latu ry"),
    ],
)
def test_names_that_hold_the_same(one, other):
    own, wording = own_words(["Kuopion Latu ry"]), load_rules().wording
    assert service_name(one, own, wording).core == service_name(other, own, wording).core != ""


def test_whom_it_is_for_is_kept_aside():
    wording = load_rules().wording
    name = service_name("Lastenkerho 2", frozenset(), wording)
    assert (name.audience, name.number, name.core) == (
        "children",
        "2",
        service_name("Kerho", frozenset(), wording).core,
    )
    assert service_name("Mansikkaretki", frozenset(), wording).audience == ""


@pytest.mark.parametrize(
    ("words", "slots"),
    [
        ("tiistaisin klo 17–19", ["TU 17:00-19:00"]),
        ("Ma-ke klo 9.30-11", ["MO 09:30-11:00", "TU 09:30-11:00", "WE 09:30-11:00"]),
        ("onsdagar kl. 18", ["WE 18:00-"]),
        ("ma klo 9–11 ja ke klo 13–15", []),
        ("tiistaina 3.10. klo 17", []),
        ("sopimuksen mukaan", []),
        (None, []),
    ],
)
def test_times_in_words(words, slots):
    assert slots_in_words(words) == slots


def organisation(native_id):
    return Item(kind="organization", native_id=native_id, names=[Name("Kuopion Latu ry")])


def activity(native_id, name, locations=(), **told):
    return Item(
        kind="service", native_id=native_id, organization="o", names=[Name(name)], locations=list(locations), **told
    )


def place(native_id, street="Kirkkokatu 5", name=None, **told):
    return Item(
        kind="location", native_id=native_id, organization="o", names=[Name(name)] if name else [],
        addresses=[Address(street=street, postal_code="70100", municipality="Kuopio")], **told,
    )  # fmt: skip


WEEKLY = {"opens_at": "17:00", "closes_at": "19:00", "byday": "TU", "freq": "WEEKLY", "interval": 1}


@pytest.fixture
def run():
    """Lands the items of sources (each with the organisation "o", which are one), matches, and builds the catalogue."""

    def make(**sources):
        con = storage.connect()
        landed = [
            land([organisation("o"), *items], source=s, snapshot_version="v").tables for s, items in sources.items()
        ]
        for table in schema.tables(stage="records"):
            con.register(table.name, pa.concat_tables(t[table.name] for t in landed))
        ids = [f"{s}:o" for s in sources]
        organizations = pa.table({"record_id": ids, "cluster_id": [min(ids)] * len(ids)})
        found = services.tables(con, organizations)
        parts = [organizations, found["clusters_service"], found["clusters_location"]]
        assignment = pa.concat_tables(
            pa.table({"record_id": p["record_id"],
                      "entity_id": pa.array([f"{PREFIX[k]}_{c}" for c in p["cluster_id"].to_pylist()], pa.string()),
                      "kind": pa.array([k] * len(p), pa.string())})
            for k, p in zip(("organization", "service", "location"), parts, strict=True)
        )  # fmt: skip
        built = catalogue.build(con, assignment, kinds={s: s for s in sources})
        return {name: t.to_pylist() for name, t in built.tables.items()}

    return make


def test_several_records_become_one_service_with_its_place_and_hours_once(run):
    made = run(
        ptv=[
            activity("1", "Kuntojumppa", ["p"], service_kind="public_service",
                     texts=[Text("description", "Jumppaa.", "fi")]),
            place("p", name="Kuntojumppa, Kirkkokatu 5", hours=[Hours(**WEEKLY)]),
        ],
        lahella=[
            activity("a", "Avoin kuntojumppa", ["q"], service_kind="hobby", is_free=True,
                     texts=[Text("description", "Motion.", "sv")]),
            place("q", hours=[Hours(**WEEKLY, valid_from=None, dtstart=None)]),
        ],
        cards=[activity("x", "KUNTOJUMPPA", hours=[Hours(description="tiistaisin klo 17–19")])],
    )  # fmt: skip
    (row,) = made["service"]
    assert (row["name"], row["kind"], row["is_free"]) == ("Kuntojumppa", "hobby", True)
    assert (row["description"], row["description_language"]) == ("Jumppaa.", "fi")
    assert row["alternate_name"] == "Avoin kuntojumppa"
    assert {(t["language"], t["value"]) for t in made["text"]} == {("fi", "Jumppaa."), ("sv", "Motion.")}
    assert len(made["location"]) == len(made["service_at_location"]) == len(made["schedule"]) == 1


def test_ages_of_two_records_are_not_mixed(run):
    made = run(
        ptv=[activity("1", "Pelikerho", minimum_age=60)],
        lahella=[activity("a", "Pelikerho", minimum_age=65, maximum_age=99)],
    )
    assert [(s["minimum_age"], s["maximum_age"]) for s in made["service"]] == [(60, None)]


def test_hours_of_different_seasons_both_stand(run):
    spring, autumn = ({"valid_from": date(2026, m, 1), "valid_to": date(2026, m + 3, 1)} for m in (1, 9))
    made = run(ptv=[activity("1", "Kuoro", hours=[Hours(**WEEKLY, **spring), Hours(**WEEKLY, **autumn)])])
    assert len(made["schedule"]) == 2


class TestPlaces:
    def test_one_address_and_no_other_name_is_one_place(self, run):
        made = run(ptv=[place("p", name="Latutalo")], lahella=[place("q")])
        assert len(made["location"]) == 1

    def test_two_names_at_one_address_are_two(self, run):
        assert len(run(ptv=[place("p", name="Latutalo")], lahella=[place("q", name="Kerhotila")])["location"]) == 2

    def test_two_numbers_are_two(self, run):
        assert len(run(ptv=[place("p")], lahella=[place("q", "Kirkkokatu 55")])["location"]) == 2

    def test_places_of_different_services_keep_their_own_hours(self, run):
        made = run(
            ptv=[activity("1", "Kuoro", ["p"]), place("p", hours=[Hours(**WEEKLY)])],
            lahella=[activity("a", "Shakki", ["q"]), place("q", hours=[Hours(**{**WEEKLY, "byday": "FR"})])],
        )
        assert len(made["location"]) == 2
