"""Running text loses people's contacts and keeps those of bodies."""

import pyarrow.compute as pc
import pytest

from pipeline import schema
from pipeline.privacy.scan import EMAIL_MASK, PHONE_MASK, Known, scan, scan_tables
from pipeline.sources.items import Email, Hours, Item, Name, Phone, Text
from pipeline.transform.landing import land

KNOWN = Known(frozenset({"440000999"}), frozenset({"maija.esimerkki@example.fi"}))


@pytest.mark.parametrize("text", [
    "044 000 0101", "+358 44 000 0101", "+358440000101", "044-0000 101", "(044) 000 0101", "00358 44 0000101",
    "+358 (0)44 000 0101", "050.000.0101", "044/0000101",
])  # fmt: skip
def test_a_mobile_number_in_text_is_masked_however_it_is_written(text):
    assert scan(f"Soita Maijalle {text}, kiitos 2026", Known()).text == f"Soita Maijalle {PHONE_MASK}, kiitos 2026"


@pytest.mark.parametrize("text", [
    "044 000 0999", "+358440000999", "017 000 0101", "0800 000 101", "020 000 0101", "y-tunnus 2077474-0",
    "12.10.2026 klo 10-12", "FI21 0000 0440 0001 01", "rekisterinumero 040123", "70100 Kuopio",
])  # fmt: skip
def test_known_numbers_landlines_and_other_digits_stay(text):
    assert scan(text, KNOWN).text == text


@pytest.mark.parametrize("text", ["matti.malli@example.fi", "Matti.Malli@Example.fi", "matti.malli(at)example.fi",
                                  "savonmatti@gmail.com", "matti [ät] luukku.com"])  # fmt: skip
def test_personal_forms_of_addresses_are_masked(text):
    assert scan(f"Kirjoita: {text}.", KNOWN).text.rstrip(".") == f"Kirjoita: {EMAIL_MASK}"


@pytest.mark.parametrize("text", ["info@example.fi", "maija.esimerkki@example.fi", "toimisto.kuopio@example.fi",
                                  "pj@gmail.com", "kuopio@example.fi", "@kuopionesimerkki"])  # fmt: skip
def test_desks_and_known_addresses_stay(text):
    assert scan(text, KNOWN).codes == ()


def landed(**fields):
    item = Item("organization", "1", names=[Name("Esimerkki ry")], **fields)
    return land([item], source="lista", snapshot_version="v").tables


def everything(tables):
    return "\n".join(str(table.to_pylist()) for table in tables.values())


def test_landing_masks_texts_and_reports_the_place_without_the_value():
    tables = landed(texts=[Text("description", "Soita Matille 044 000 0101 tai matti.malli@example.fi. 131052-308T")])
    assert "000 0101" not in everything(tables)
    assert "matti.malli" not in everything(tables)
    issues = {(r["code"], r["record_id"], r["field"], r["value"]) for r in tables["issue"].to_pylist()}
    assert ("personal_contact_in_text", "lista:1", "description", None) in issues
    assert ("personal_identity_code", "lista:1", "description", None) in issues


def test_the_organisations_own_contacts_stay_in_its_texts():
    text = "Soita 044 000 0101 tai matti.malli@example.fi."
    tables = landed(
        texts=[Text("description", text)], phones=[Phone("0440000101")], emails=[Email("matti.malli@example.fi")]
    )
    assert tables["organization"].column("description").to_pylist() == [text]
    assert tables["issue"].num_rows == 0


def test_names_hours_and_notes_are_searched_too():
    item = Item(
        "service", "2", names=[Name("Kerho, Matti 044 000 0101")], hours=[Hours(description="Matti 131052-308T")],
        phones=[Phone("017 000 0101", description="Matti 050 000 0102")],
    )  # fmt: skip
    said = everything(land([item], source="lista", snapshot_version="v").tables)
    for value in ("000 0101'", "131052", "000 0102"):
        assert value not in said.replace("017 000 0101", "")


def test_scanning_again_finds_nothing_more():
    tables = landed(texts=[Text("description", "Matti 044 000 0101")])
    again = scan_tables(tables, "lista")
    assert again["issue"].equals(tables["issue"])
    assert again["text"].equals(tables["text"])


def test_every_table_between_the_stages_is_searched_where_people_write():
    for table in schema.tables(stage="records"):
        for column in table.columns:
            if column.data_class == "free_text" and column.type == "string":
                from pipeline.privacy.scan import searched

                assert column.name in dict(searched(table.name)), f"{table.name}.{column.name}"
    assert pc.count(schema.empty("text").column("value")).as_py() == 0
