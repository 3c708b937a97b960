"""Corrections: which hold, what they are about, and that golden rows, details and provenance follow them."""

from datetime import date

import pyarrow as pa
import pytest

from pipeline import schema, storage
from pipeline.dedupe import catalogue
from pipeline.ledger import corrections, files
from pipeline.sources.items import Address, Email, Identifier, Item, Link, Name, Phone, Text
from pipeline.transform.landing import land

WHEN = "2026-01-02T03:04:05Z"
TODAY = date(2026, 6, 1)
ORG = "org_1"


def organisation(native_id="1", name="Kuopion Latu ry", town="Kuopio", **more):
    addresses = [Address(municipality=town)] if town else []
    return Item(kind="organization", native_id=native_id, names=[Name(name)], **{"addresses": addresses, **more})


class Region:
    """Sources of one organisation (all records are it, but those of `other`) and its ledger."""

    def __init__(self, folder):
        self.folder = folder
        self.before = schema.empty("correction")
        self.rows = 0

    def correct(self, target, field, value, **cells):
        self.rows += 1
        files.append(
            self.folder,
            "corrections",
            {"id": f"c{self.rows}", "target": target, "field": field, "value": value, "author": "kk"}
            | {"decided_at": WHEN}
            | cells,
            data_dir=self.folder,
        )

    def build(self, sources, *, registry=(), today=TODAY, other=(), **options):
        con = storage.connect()
        landed = [land(items, source=s, snapshot_version="v").tables for s, items in sources.items()]
        for table in schema.tables(stage="records"):
            con.register(table.name, pa.concat_tables(tables[table.name] for tables in landed))
        ids = [r for (r,) in con.execute("SELECT record_id FROM record ORDER BY 1").fetchall()]
        assignment = pa.table(
            {
                "record_id": ids,
                "entity_id": ["org_2" if i in other else ORG for i in ids],
                "kind": ["organization"] * len(ids),
            }
        )
        table = (
            schema.table_from_rows(
                "entity_registry", [{"entity_id": e, "state": "merged", "successors": s} for e, s in registry]
            )
            if registry
            else pa.table({"entity_id": pa.array([], pa.string()), "successors": pa.array([], pa.string())})
        )
        gathered = corrections.gather(self.folder, assignment, table, self.before, today=today)
        built = catalogue.build(con, assignment, kinds={s: s for s in sources}, corrections=gathered.wanted, **options)
        told, issues = corrections.finish(gathered, built.corrections)
        self.before = told
        self.issues = [i["code"] for i in issues.to_pylist()]
        self.states = {r["id"]: r["state"] for r in told.to_pylist()}
        for name, data in built.tables.items():
            storage.in_key_order(name, schema.conform(name, data))
        return {name: t.to_pylist() for name, t in built.tables.items()}


@pytest.fixture
def region(tmp_path):
    return Region(tmp_path)


TWO = {
    "ptv": [organisation(emails=[Email("vanha@example.fi")])],
    "lista": [organisation(emails=[Email("vanha@example.fi"), Email("toimisto@example.fi")])],
}


def test_a_correction_wins_over_all_sources_and_the_losers_stay_told(region):
    region.correct("ptv:1", "email", "UUSI@example.fi")
    made = region.build(TWO)
    assert made["organization"][0]["email"] == "uusi@example.fi"
    said = [(a["record_id"], a["value"], a["chosen"], a["rule"]) for a in made["assertion"] if a["field"] == "email"]
    assert said == [
        ("ledger:c1", "uusi@example.fi", True, "correction"),
        ("lista:1", "vanha@example.fi", False, "correction"),
        ("ptv:1", "vanha@example.fi", False, "correction"),
    ]
    assert {e["email"] for e in made["email"]} == {"uusi@example.fi", "toimisto@example.fi"}
    assert region.states == {"c1": "applied"}


def test_an_empty_correction_takes_the_value_out(region):
    region.correct("ptv:1", "email", "")
    made = region.build(TWO)
    assert made["organization"][0]["email"] is None
    assert {e["email"] for e in made["email"]} == {"toimisto@example.fi"}
    assert [a["value"] for a in made["assertion"] if a["field"] == "email" and a["chosen"]] == [""]


def test_every_kind_of_field_can_be_corrected(region):
    wanted = {
        "name": ("Kuopion Uusi Latu ry", "Kuopion Uusi Latu ry"),
        "website": ("uusi.example.fi", "https://uusi.example.fi"),
        "business_id": ("7654321-2", "7654321-2"),
        "municipality_code": ("Varkaus", "915"),
        "legal_form": ("sr", "sr"),
        "alternate_name": ("KuLa", "KuLa"),
        "status": ("lakannut", "lakannut"),
    }
    for field, (value, _) in wanted.items():
        region.correct(ORG, field, value)
    region.correct(ORG, "coordinates", "62.3, 27.9")
    region.correct(ORG, "description", "Kunnossa.", language="fi")
    source = organisation(texts=[Text("description", "Vanha.", "fi"), Text("description", "En förening.", "sv")])
    (row,) = region.build({"ptv": [source]})["organization"]
    assert {field: row[field] for field in wanted} == {field: stands for field, (_, stands) in wanted.items()}
    assert (row["latitude"], row["longitude"], row["coordinate_origin"]) == (62.3, 27.9, "person")
    assert (row["description"], row["municipality"]) == ("Kunnossa.", "Varkaus")


def test_details_follow_a_correction(region):
    region.correct(ORG, "name", "Kuopion Uusi Latu ry")
    region.correct(ORG, "business_id", "1234567-1")
    region.correct(ORG, "description", "Kunnossa.", language="fi")
    region.correct(ORG, "phone", "044 000 0002")
    region.correct(ORG, "address", "Esimerkkikatu 1, 70100 Kuopio")
    region.correct(ORG, "website", "uusi.example.fi")
    source = organisation(
        texts=[Text("description", "Vanha.", "fi"), Text("description", "En förening.", "sv")],
        identifiers=[Identifier("business_id", "7654321-2")],
        phones=[Phone("044 000 0001")],
        addresses=[Address(street="Vanhakatu 1", postal_code="70100", city="Kuopio")],
        links=[Link("vanha.example.fi", is_main=True)],
    )
    made = region.build({"ptv": [source]})
    assert {(n["name"], n["name_kind"]) for n in made["organization_name"]} == {
        ("Kuopion Uusi Latu ry", "official"),
        ("Kuopion Latu ry", "alternative"),
    }
    assert [i["identifier"] for i in made["organization_identifier"] if i["identifier_type"] == "business_id"] == [
        "1234567-1"
    ]
    assert {(t["language"], t["value"]) for t in made["text"]} == {("fi", "Kunnossa."), ("sv", "En förening.")}
    assert [p["number"] for p in made["phone"]] == ["+358440000002"]
    assert [(a["address_1"], a["municipality_code"]) for a in made["address"]] == [("Esimerkkikatu 1", "297")]
    assert [u["url"] for u in made["url"]] == ["https://uusi.example.fi"]


def test_several_corrections_of_a_field_of_many_values_stand_together(region):
    region.correct(ORG, "phone", "044 000 0002")
    region.correct(ORG, "phone", "044 000 0003")
    made = region.build({"ptv": [organisation(phones=[Phone("044 000 0001")])]})
    assert sorted(p["number"] for p in made["phone"]) == ["+358440000002", "+358440000003"]


def test_a_corrected_place_moves_an_organisation_into_and_out_of_the_region(region):
    sources = {"ptv": [organisation(addresses=[Address(municipality="Helsinki")])]}
    assert region.build(sources, municipality_codes=("297",))["organization"] == []
    region.correct(ORG, "municipality_code", "Kuopio")
    sources = {"ptv": [organisation(addresses=[], texts=[]), organisation("2", addresses=[])]}
    assert len(region.build(sources, municipality_codes=("297",))["organization"]) == 1
    assert region.build(sources, municipality_codes=("091",))["organization"] == []


class TestItsEnd:
    """A correction ends when a source catches up, on its last day, or when it is revoked."""

    def sources(self, mail):
        return {"ptv": [organisation(emails=[Email(mail)])]}

    def test_it_ends_when_a_source_says_the_same(self, region):
        region.correct(ORG, "email", "uusi@example.fi")
        made = region.build(self.sources("uusi@example.fi"))
        assert region.states == {"c1": "caught_up"}
        assert region.issues == ["correction_caught_up"]
        assert [a["rule"] for a in made["assertion"] if a["field"] == "email"] == ["only"]

    def test_once_it_has_ended_the_source_may_move_on(self, region):
        region.correct(ORG, "email", "uusi@example.fi")
        emails = [
            region.build(self.sources(m))["organization"][0]["email"]
            for m in ("vanha@example.fi", "uusi@example.fi", "uudempi@example.fi")
        ]
        assert emails == ["uusi@example.fi", "uusi@example.fi", "uudempi@example.fi"]
        assert region.states == {"c1": "caught_up"}

    def test_it_begins_again_when_the_source_falls_back_to_what_was_wrong(self, region):
        region.correct(ORG, "email", "uusi@example.fi")
        emails = [
            region.build(self.sources(m))["organization"][0]["email"]
            for m in ("vanha@example.fi", "uusi@example.fi", "vanha@example.fi")
        ]
        assert emails == ["uusi@example.fi"] * 3
        assert region.states == {"c1": "applied"}

    @pytest.mark.parametrize(("today", "state"), [(date(2026, 6, 30), "applied"), (date(2026, 7, 1), "expired")])
    def test_it_holds_on_its_last_day_and_not_after(self, region, today, state):
        region.correct(ORG, "email", "uusi@example.fi", expires_at="2026-06-30")
        made = region.build(TWO, today=today)
        assert region.states == {"c1": state}
        assert (made["organization"][0]["email"] == "uusi@example.fi") == (state == "applied")

    def test_a_revoked_one_is_told_and_not_applied(self, region):
        region.correct(ORG, "email", "uusi@example.fi")
        region.correct("", "", "", revokes="c1")
        assert region.build(TWO)["organization"][0]["email"] == "vanha@example.fi"
        assert region.states == {"c1": "revoked"}


def test_an_id_that_lives_on_under_another_is_followed(region):
    region.correct("org_0", "email", "uusi@example.fi")
    assert region.build(TWO, registry=[("org_0", ORG)])["organization"][0]["email"] == "uusi@example.fi"


def test_an_id_that_was_split_or_is_gone_is_left_alone_and_told(region):
    region.correct("org_0", "email", "uusi@example.fi")
    region.correct("org_9", "email", "uusi@example.fi")
    made = region.build(TWO, registry=[("org_0", f"{ORG}|org_2")], other=("lista:1",))
    assert {o["email"] for o in made["organization"]} == {"vanha@example.fi"}
    assert region.states == {"c1": "dormant", "c2": "dormant"}


def test_a_correction_never_tells_where_a_hidden_organisation_is(tmp_path):
    files.append(
        tmp_path,
        "corrections",
        {"id": "c1", "target": "ptv:1", "field": "address", "value": "Esimerkkikatu 1, 70100 Kuopio", "author": "kk"}
        | {"decided_at": WHEN},
        data_dir=tmp_path,
    )
    assignment = pa.table({"record_id": ["lista:1", "ptv:1"], "entity_id": [ORG, ORG], "kind": ["organization"] * 2})
    registry = pa.table({"entity_id": pa.array([], pa.string()), "successors": pa.array([], pa.string())})
    gathered = corrections.gather(tmp_path, assignment, registry, schema.empty("correction"), today=TODAY)
    assert len(gathered.allowed(assignment, frozenset({"x:1"}))) == 1
    assert not len(gathered.allowed(assignment, frozenset({"lista:1"})))
    none = pa.table({c: pa.array([], pa.string()) for c in ("id", "state", "overruled")})
    assert corrections.finish(gathered, none)[0].column("state").to_pylist() == ["withheld"]


def test_two_corrections_that_disagree_are_both_set_aside(region):
    region.correct("ptv:1", "email", "yksi@example.fi")
    region.correct(ORG, "email", "kaksi@example.fi")
    assert region.build(TWO)["organization"][0]["email"] == "vanha@example.fi"
    assert region.states == {"c1": "conflicting", "c2": "conflicting"}
    assert region.issues == ["correction_conflict"]


def test_a_wrong_value_stops_the_run_with_file_and_line(region):
    region.correct(ORG, "business_id", "1234567-2")
    with pytest.raises(files.LedgerBroken, match=r"corrections\.csv:2: .*right check digit"):
        region.build(TWO)


def test_a_revoked_wrong_value_does_no_harm(region):
    region.correct(ORG, "business_id", "1234567-2")
    region.correct("", "", "", revokes="c1")
    region.build(TWO)
    assert region.states == {"c1": "revoked"}


def test_a_parent_is_named_by_any_of_its_ids(region):
    region.correct("ptv:1", "parent_organization_id", "lista:1")
    made = region.build(TWO, other=("lista:1",))
    assert {o["id"]: o["parent_organization_id"] for o in made["organization"]} == {ORG: "org_2", "org_2": None}
