"""Golden rows from record tables: who is published, what becomes one row, and that every value has its source."""

import pyarrow as pa
import pytest

from pipeline import schema, storage
from pipeline.dedupe import catalogue, gather, provenance
from pipeline.identity import PREFIX
from pipeline.sources.items import Address, Area, Contact, Email, Identifier, Item, Link, Name, Phone, Text
from pipeline.transform.landing import land


def organisation(native_id, name="Kuopion Latu ry", town="Kuopio", **more):
    addresses = [Address(municipality=town)] if town else []
    return Item(kind="organization", native_id=native_id, names=[Name(name)], **{"addresses": addresses, **more})


def service(native_id, owner, **more):
    return Item(kind="service", native_id=native_id, organization=owner, names=[Name("Kuoro")], **more)


@pytest.fixture
def build(tmp_path):
    """Lands items of sources, joins the record ids given in `same`, and builds the catalogue."""

    def make(sources, same=(), **options):
        con = storage.connect()
        landed = {s: land(items, source=s, snapshot_version="v").tables for s, items in sources.items()}
        for table in schema.tables(stage="records"):
            con.register(table.name, pa.concat_tables(tables[table.name] for tables in landed.values()))
        found = con.execute("SELECT record_id, kind FROM record ORDER BY 1").fetchall()
        entity = {i: f"{PREFIX[kind]}_{i}" for i, kind in found}
        for group in same:
            for record in group:
                entity[record] = entity[group[0]]
        assignment = pa.table(
            {
                "record_id": [i for i, _ in found],
                "entity_id": [entity[i] for i, _ in found],
                "kind": [k for _, k in found],
            }
        )
        kinds = {s: s if s in ("ptv", "lahella") else "csv" for s in sources}
        built = catalogue.build(con, assignment, kinds=kinds, **options)
        empty = {t: schema.empty(t) for t in ("match", "match_reason")}
        relations = pa.table(
            {c: pa.array([], pa.string()) for c in ("record_id_a", "record_id_b", "relation_type", "rule")}
        )
        storage.write_tables(tmp_path / "entities", {**empty, "relations": relations})
        storage.write_tables(
            tmp_path / "ids",
            {"entity_registry": schema.empty("entity_registry"), "entity_record": schema.empty("entity_record")},
        )
        more = provenance.tables(con, tmp_path / "entities", tmp_path / "ids", schema.empty("bridge"))
        return {name: t.to_pylist() for name, t in {**built.tables, **more}.items()}

    return make


def test_records_of_one_organisation_become_one_row(build):
    made = build(
        {
            "ptv": [
                organisation("1", phones=[Phone("040 000 0001")], identifiers=[Identifier("business_id", "1234567-1")])
            ],
            "lista": [organisation("a", "KUOPION LATU", phones=[Phone("+358 40 0000001"), Phone("040 000 0002")])],
        },
        same=[("ptv:1", "lista:a")],
    )
    (row,) = made["organization"]
    assert (row["name"], row["alternate_name"], row["business_id"]) == ("Kuopion Latu ry", "KUOPION LATU", "1234567-1")
    assert sorted(p["number"] for p in made["phone"]) == ["+358400000001", "+358400000002"]
    assert {n["name"] for n in made["organization_name"]} == {"Kuopion Latu ry", "KUOPION LATU"}
    assert {b["entity_id"] for b in made["bridge"]} == {row["id"]}


def test_the_losing_value_stays_as_an_assertion(build):
    made = build(
        {
            "ptv": [organisation("1", emails=[Email("uusi@example.fi")], modified="2026-01-01")],
            "lista": [organisation("a", emails=[Email("vanha@example.fi")], modified="2019-01-01")],
        },
        same=[("ptv:1", "lista:a")],
    )
    said = {a["value"]: (a["chosen"], a["rule"]) for a in made["assertion"] if a["field"] == "email"}
    assert said == {"uusi@example.fi": (True, "email-2"), "vanha@example.fi": (False, "email-2")}
    assert {e["email"] for e in made["email"]} == {"uusi@example.fi", "vanha@example.fi"}


def test_what_the_source_wrote_stands_in_the_assertion(build):
    made = build({"ptv": [organisation("1", identifiers=[Identifier("business_id", "FI12345671")])]})
    assert [(a["value"], a["raw_value"]) for a in made["assertion"] if a["field"] == "business_id"] == [
        ("1234567-1", "FI12345671")
    ]


def test_a_finnish_description_is_not_overwritten_by_a_swedish_one(build):
    texts = [Text("description", "En förening.", "sv"), Text("description", "Yhdistys.", "fi")]
    made = build({"ptv": [organisation("1", texts=texts)]})
    assert (made["organization"][0]["description"], made["organization"][0]["description_language"]) == (
        "Yhdistys.",
        "fi",
    )
    assert {(t["language"], t["value"]) for t in made["text"]} == {("fi", "Yhdistys."), ("sv", "En förening.")}


def test_conflicting_register_numbers_are_both_told_and_reported(build):
    made = build(
        {
            "ptv": [organisation("1", identifiers=[Identifier("business_id", "1234567-1")])],
            "lista": [organisation("a", identifiers=[Identifier("business_id", "7654321-2")]), organisation("b")],
        },
        same=[("ptv:1", "lista:a", "lista:b")],
    )
    assert made["organization"][0]["business_id"] == "1234567-1"
    assert {i["identifier"] for i in made["organization_identifier"] if i["identifier_type"] == "business_id"} == {
        "1234567-1",
        "7654321-2",
    }
    (issue,) = [i for i in made["issue"] if i["code"] == "conflicting_identifier"]
    assert (issue["source"], issue["record_id"], issue["value"]) == ("lista", "lista:a", "7654321-2")
    assert "say 1234567-1, which was chosen by the rule business-id-1" in issue["message"]


def test_an_address_with_and_without_postal_code_is_one(build):
    full = Address(street="Uusikatu 1", postal_code="70100", city="Kuopio", municipality="Kuopio")
    made = build(
        {
            "ptv": [organisation("1", addresses=[full])],
            "lista": [organisation("a", addresses=[Address(street="Uusikatu 1", municipality="Kuopio")])],
        },
        same=[("ptv:1", "lista:a")],
    )
    assert [(a["address_1"], a["postal_code"]) for a in made["address"]] == [("Uusikatu 1", "70100")]
    assert {a["value"]: a["chosen"] for a in made["assertion"] if a["field"] == "address"} == {
        "Uusikatu 1": False,
        "Uusikatu 1, 70100 Kuopio": True,
    }


class TestRegion:
    """With a region configured: based in it, serving it, with a service in it, their parents, and of unknown place."""

    def published(self, build, *items, codes=("297",)):
        made = build({"ptv": list(items)}, municipality_codes=codes)
        named = {o["id"].removeprefix("org_ptv:") for o in made["organization"]}
        outside = {i["record_id"] for i in made["issue"] if i["code"] == "out_of_region"}
        bridged = {b["record_id"] for b in made["bridge"]}
        assert not outside & bridged
        assert {f"ptv:{i.native_id}" for i in items} == outside | bridged, "nothing is lost"
        return named

    def test_based_in_it(self, build):
        assert self.published(build, organisation("in"), organisation("out", town="Turku")) == {"in"}

    def test_serving_it(self, build):
        serving = organisation("a", town="Turku", areas=[Area("region", name="Pohjois-Savo")])
        everywhere = organisation("b", town="Turku", areas=[Area("nationwide")])
        elsewhere = organisation("c", town="Turku", areas=[Area("region", name="Lappi")])
        assert self.published(build, serving, everywhere, elsewhere) == {"a", "b"}

    def test_with_a_service_in_it(self, build):
        items = [
            organisation("a", town="Turku"),
            service("s", "a", locations=["p"]),
            Item(
                kind="location",
                native_id="p",
                organization="a",
                names=[Name("Sali")],
                addresses=[Address(municipality="Kuopio")],
            ),
        ]
        assert self.published(build, *items) == {"a"}

    def test_parents_of_what_is_published(self, build):
        child = organisation("child", organization="parent")
        assert self.published(build, child, organisation("parent", town="Helsinki")) == {"child", "parent"}

    def test_an_unknown_place_is_kept(self, build):
        assert self.published(build, organisation("a", town=None)) == {"a"}

    def test_services_and_places_of_others_stay_out_and_are_named(self, build):
        items = [organisation("a", town="Turku"), service("s", "a"), organisation("b")]
        assert self.published(build, *items) == {"b"}

    def test_no_region_publishes_everything(self, build):
        assert self.published(build, organisation("a", town="Turku"), codes=()) == {"a"}


def test_contact_persons_and_their_phones_are_published_only_when_asked_for(build):
    items = {
        "lista": [organisation("1", contacts=[Contact("Maija Malli", phone="040 000 0009", email="m@example.fi")])]
    }
    silent, open_ = build(items), build(items, contact_persons=True)
    assert (silent["contact"], silent["phone"]) == ([], [])
    (contact,) = open_["contact"]
    assert contact["name"] == "Maija Malli"
    assert [p["contact_id"] for p in open_["phone"]] == [contact["id"]]


def test_a_parent_is_the_organisation_that_its_record_became(build):
    made = build(
        {
            "ptv": [organisation("p", "Piiri ry"), organisation("c", organization="p")],
            "lista": [organisation("x", "Piiri")],
        },
        same=[("lista:x", "ptv:p")],
    )
    child = next(o for o in made["organization"] if o["id"] == "org_ptv:c")
    assert child["parent_organization_id"] == "org_lista:x"
    assert [(r["relation_type"], r["rule"]) for r in made["relation"]] == [("parent", "source")]


def test_an_organisation_is_never_its_own_parent(build):
    made = build({"ptv": [organisation("p"), organisation("c", organization="p")]}, same=[("ptv:p", "ptv:c")])
    assert made["organization"][0]["parent_organization_id"] is None
    assert made["relation"] == []


def test_matching_sees_the_page_on_a_shared_host_and_no_phone_of_a_person():
    con = storage.connect()
    item = organisation(
        "1",
        links=[Link("https://www.facebook.com/latu", is_main=True)],
        phones=[Phone("040 000 0001")],
        contacts=[Contact("Maija Malli", phone="040 000 0009")],
    )
    for name, table in land([item], source="lista", snapshot_version="v").tables.items():
        con.register(name, table)
    (row,) = gather.matching_input(con).to_pylist()
    assert list(row) == gather.COLUMNS
    assert (row["hosts"], row["phones"]) == (["facebook.com/latu"], ["+358400000001"])


def test_records_of_one_service_become_one_row_with_the_better_known_values(build):
    first = service("s1", "1", texts=[Text("description", "Laulua.", "fi")])
    second = service("x", "a", is_free=True, texts=[Text("description", "Lauletaan yhdessä.", "fi")])
    made = build(
        {"ptv": [organisation("1"), first], "lahella": [organisation("a"), second]},
        same=[("ptv:1", "lahella:a"), ("ptv:s1", "lahella:x")],
    )
    (row,) = made["service"]
    assert (row["id"], row["organization_id"]) == ("svc_ptv:s1", "org_ptv:1")
    assert (row["description"], row["is_free"]) == ("Laulua.", True)
    assert {b["record_id"] for b in made["bridge"] if b["entity_id"] == row["id"]} == {"ptv:s1", "lahella:x"}
