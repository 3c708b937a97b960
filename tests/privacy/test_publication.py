"""Whose a contact is, and where people have taken refuge: what may not be shown stands in no published table."""

from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from pipeline import schema, storage
from pipeline.dedupe import catalogue
from pipeline.privacy import publication
from pipeline.settings import Settings
from pipeline.sources.items import Address, Contact, Email, Item, Name, Phone, Text
from pipeline.transform.landing import land

SETTINGS = Settings(config_path=Path("koonti.yml"), data_dir=Path(), sources=())
PERSON = Contact("Matti Malli")


def published(*items, settings=SETTINGS):
    """The catalogue of items of one source, each an entity of its own: (tables, everything as one text)."""
    tables = land(items, source="s", snapshot_version="v").tables
    con = storage.connect()
    for table in schema.tables(stage="records"):
        con.register(table.name, tables[table.name])
    record = tables["record"]
    prefix = {"organization": "org", "service": "svc", "location": "loc"}
    ids = [f"{prefix[k]}_{i.partition(':')[2]}" for i, k in zip(
        record.column("record_id").to_pylist(), record.column("kind").to_pylist(), strict=True)]  # fmt: skip
    assignment = pa.table({"record_id": record.column("record_id"), "entity_id": ids, "kind": record.column("kind")})
    withheld = publication.apply(con, assignment, settings=settings)
    made = catalogue.build(con, assignment, kinds={"s": "csv"}, contact_persons=settings.contact_persons).tables
    made = {**made, "issue": con.sql("SELECT * FROM issue").to_arrow_table()}
    con.close()
    return made, str([t.to_pylist() for t in made.values()]), withheld


def org(number="1", name="Esimerkin kerho ry", **fields):
    return Item("organization", number, names=[Name(name)], **fields)


def test_a_mobile_number_beside_a_person_is_the_persons():
    numbers = ["044 000 0101", "050 000 0101", "09 310 1691", "0800 123 123"]
    _, said, _ = published(*(org(str(i), phones=[Phone(n)], contacts=[PERSON]) for i, n in enumerate(numbers)))
    assert "440000101" not in said
    assert "500000101" not in said
    assert "+35893101691" in said
    assert "0800123123" in said
    assert "Malli" not in said


def test_a_mobile_number_without_a_person_is_the_organisations_and_so_it_is_everywhere():
    assert "+358440000101" in published(org(phones=[Phone("0440000101")]))[1]
    both = [org(phones=[Phone("0440000101")], contacts=[PERSON]), org("2", phones=[Phone("0440000101")])]
    assert published(*both)[0]["phone"].num_rows == 2


def test_an_address_beside_a_person_is_judged_by_its_form():
    personal = ["matti.malli@example.fi", "mmalli@example.fi", "jokumuu@gmail.com", "maija.muu@example.fi"]
    shown = ["info@example.fi", "esimerkinkerho@gmail.com", "kuopio@example.fi", "puheenjohtaja@hotmail.com"]
    bodies = [
        org(str(i), emails=[Email(a)], contacts=[PERSON], texts=[Text("description", f"Kirjoita {a}!")])
        for i, a in enumerate(personal + shown)
    ]
    tables, said, _ = published(*bodies)
    assert [a for a in personal if a in said] == []
    assert [a for a in shown if a not in said] == []
    assert set(tables["organization"].column("email").to_pylist()) == {None, *shown}


def test_the_next_address_takes_the_place_of_a_persons():
    mails = [Email("matti.malli@example.fi"), Email("info@example.fi")]
    tables, _, _ = published(org(emails=mails, contacts=[PERSON]))
    assert tables["organization"].column("email").to_pylist() == ["info@example.fi"]


def test_a_phone_cell_with_words_is_not_shown_as_it_was_written():
    tables, said, _ = published(org(phones=[Phone("09 310 1691 Matti Malli")]))
    assert "Malli" not in str(tables["assertion"].to_pylist())
    assert "+35893101691" in said


def test_persons_are_published_when_the_configuration_says_so():
    settings = replace(SETTINGS, contact_persons=True)
    one = org(phones=[Phone("0440000101")], emails=[Email("joku@gmail.com")], contacts=[PERSON])
    _, said, _ = published(one, settings=settings)
    for value in ("Matti Malli", "+358440000101", "joku@gmail.com"):
        assert value in said


def test_reasons_of_matches_lose_what_is_withheld():
    reasons = schema.table_from_rows("match_reason", [
        {"record_id_a": "s:1", "record_id_b": "s:2", "feature": f, "contribution": 1.0, "value_a": v, "value_b": v}
        for f, v in (("phone", "+358440000101"), ("email", "a@gmail.com"), ("name", "Kerho"), ("street", "Katu 1"))
    ])  # fmt: skip
    withheld = publication.Withheld(frozenset({"+358440000101"}), frozenset({"a@gmail.com"}), frozenset({"s:2"}))
    made = {r["feature"]: r["value_b"] for r in publication.without_withheld(reasons, withheld).to_pylist()}
    assert made == {"phone": None, "email": None, "name": "Kerho", "street": None}


PLACE = Address(street="Salakatu 5", postal_code="70100", city="Kuopio", y="62.8925", x="27.6785", crs="EPSG:4326")


def place(name, number="9", owner=None, **fields):
    return Item("location", number, organization=owner, names=[Name(name)], addresses=[PLACE], **fields)


def is_shown(said):
    return any(v in said for v in ("Salakatu", "70100", "62.89"))


def test_a_shelter_has_no_street_postal_code_or_coordinates_in_any_table():
    names = ["Kuopion turvakoti", "Ensi- ja turvakotiyhdistys ry", "Skyddshemmet", "Turva-asunto Y", "Women’s shelter",
             "TURVAKODIN päivystys"]  # fmt: skip
    text = Text("description", "Tulethan osoitteeseen Salakatu 5, 2. kerros.")
    places = [place(n, f"l{i}", texts=[text]) for i, n in enumerate(names)]
    bodies = [org(f"o{i}", name=n, addresses=[PLACE], texts=[text]) for i, n in enumerate(names)]
    tables, said, _ = published(*places, *bodies)
    assert not is_shown(said), said
    assert tables["address"].column("city").to_pylist() == ["Kuopio"] * 12


def test_other_names_keep_their_address():
    names = ["Liikenneturva", "Ensi- ja turvakotien liitto ry", "Eläketurvakeskus", "Kotiapu ry"]
    tables, _, _ = published(*(place(n, f"l{i}") for i, n in enumerate(names)))
    assert tables["address"].column("address_1").to_pylist() == ["Salakatu 5"] * 4


def test_the_place_of_a_hidden_service_and_the_same_address_of_its_owner_are_hidden_too():
    owner = org(addresses=[PLACE])
    service = Item("service", "7", organization="1", names=[Name("Turvakoti")], locations=["9"])
    other = org("2", name="Muu ry", addresses=[Address(street="Torikatu 1", postal_code="70110", city="Kuopio")])
    _, said, withheld = published(owner, service, place("Toimipiste", owner="1"), other)
    assert not is_shown(said)
    assert "Torikatu 1" in said
    assert withheld.hidden == {"s:1", "s:7", "s:9"}


@pytest.mark.parametrize("own", ["toimipiste", "s:9", "loc_9"])
def test_the_configuration_hides_further_places(own):
    assert is_shown(published(place("Toimipiste"))[1])
    assert not is_shown(published(place("Toimipiste"), settings=replace(SETTINGS, hide_addresses_of=(own,)))[1])
