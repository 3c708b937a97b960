"""Items become record tables: clean values, an issue for each bad one, nothing lost, order without influence."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from pipeline.sources.items import (
    Address,
    Area,
    Contact,
    Email,
    Finding,
    Identifier,
    Item,
    Link,
    Name,
    Phone,
    Term,
    Text,
    Unread,
)
from pipeline.transform.landing import land


def organisation(native_id="1", name="Kuopion Latu ry", **more):
    return Item(kind="organization", native_id=native_id, names=[Name(name)], **more)


def landed(*parsed):
    return land(parsed, source="lista", snapshot_version="20261123T020000Z")


def rows(result, table):
    return result.tables[table].to_pylist()


def issues(result):
    return {(i["record_id"], i["code"]) for i in rows(result, "issue")}


def test_an_organisation_becomes_one_record_with_clean_values():
    result = landed(
        organisation(
            identifiers=[Identifier("business_id", "FI12345671")],
            phones=[Phone("040 000 0001 (arkisin)")],
            emails=[Email("Toimisto(at)Latu.Example.FI")],
            links=[Link("www.latu.example.fi", is_main=True)],
            addresses=[Address(street="Asemakatu 44", postal_code="70110", city="KUOPIO")],
            url="https://kortit.example.fi/1",
        )
    )
    (row,) = rows(result, "organization")
    assert (row["id"], row["name"], row["legal_form"]) == ("lista:1", "Kuopion Latu ry", "ry")
    assert row["business_id"] == "1234567-1"
    assert row["municipality_code"] == "297"
    assert row["region_code"] == "11"
    assert row["email"] == "toimisto@latu.example.fi"
    assert row["website"] == "https://www.latu.example.fi"
    assert [p["number"] for p in rows(result, "phone")] == ["+358400000001"]
    assert rows(result, "record")[0]["native_url"] == "https://kortit.example.fi/1"
    assert issues(result) == set()


def test_a_bad_value_is_an_issue_and_never_stands_in_a_table():
    result = landed(
        organisation(
            identifiers=[Identifier("business_id", "1234567-2")],
            phones=[Phone("soita illalla")],
            emails=[Email("ei sähköpostia")],
            addresses=[Address(postal_code="00001", municipality="Atlantis")],
        )
    )
    assert {code for _, code in issues(result)} >= {
        "business_id_invalid",
        "phone_invalid",
        "email_invalid",
        "municipality_unknown",
    }
    (row,) = rows(result, "organization")
    assert (row["business_id"], row["email"], row["municipality_code"]) == (None, None, None)


def test_an_issue_shows_the_shape_of_private_values_only():
    result = landed(organisation(phones=[Phone("ei numeroa Maija")], emails=[Email("maija malli example fi")]))
    for issue in rows(result, "issue"):
        assert "aija" not in issue["message"] + (issue["value"] or "")


def test_a_finnish_identity_code_is_masked_at_once():
    result = landed(organisation(texts=[Text("description", "Jäsen 131052-308T soitti.", "fi")]))
    assert (("lista:1", "personal_identity_code")) in issues(result)
    everything = repr({name: table.to_pylist() for name, table in result.tables.items()})
    assert "308T" not in everything


def test_the_mailbox_of_a_named_contact_person_belongs_to_the_person():
    result = landed(
        organisation(
            contacts=[Contact(name="Maija Malli")], emails=[Email("maija.malli@example.fi; toimisto@example.fi")]
        )
    )
    assert [e["email"] for e in rows(result, "email")] == ["toimisto@example.fi"]
    assert {c["email"] for c in rows(result, "contact")} == {None, "maija.malli@example.fi"}


def test_a_former_municipality_is_resolved_and_said():
    result = landed(organisation(addresses=[Address(municipality="Nilsiä")]))
    assert rows(result, "organization")[0]["municipality_code"] == "297"
    assert ("lista:1", "municipality_merged") in issues(result)


def test_metres_become_degrees_and_say_where_they_come_from():
    result = landed(organisation(addresses=[Address(street="A 1", y="6974202.909", x="534246.773", crs="EPSG:3067")]))
    (row,) = rows(result, "organization")
    assert (round(row["latitude"], 2), round(row["longitude"], 2)) == (62.9, 27.67)
    assert row["coordinate_origin"] == "source_tm35fin"


def test_languages_are_kept_apart_and_finnish_stands_first():
    result = landed(
        organisation(texts=[Text("description", "En förening.", "sv"), Text("description", "Yhdistys.", "fi")])
    )
    (row,) = rows(result, "organization")
    assert (row["description"], row["description_language"]) == ("Yhdistys.", "fi")
    assert {(t["language"], t["value"]) for t in rows(result, "text")} == {("fi", "Yhdistys."), ("sv", "En förening.")}


def test_html_becomes_plain_text():
    result = landed(
        organisation(texts=[Text("description", "<p dir='ltr'>Tule <b>mukaan</b>&nbsp;!</p>", "fi", "html")])
    )
    assert "<" not in rows(result, "text")[0]["value"]


def test_themes_come_from_the_crosswalk_and_source_terms_stay():
    result = landed(organisation(terms=[Term("ptv_service_class", "P5.7", "Mielenterveys- ja päihdepalvelut")]))
    found = {(a["taxonomy"], a["code"], a["origin"]) for a in rows(result, "attribute")}
    assert ("ptv_service_class", "P5.7", "source") in found
    assert ("theme", "T04", "crosswalk") in found


def test_a_service_finds_its_organisation_and_its_place():
    service = Item(
        kind="service", native_id="s1", organization="1", names=[Name("Kuoro")], service_kind="hobby",
        locations=["p1"], areas=[Area("municipality", name="Kuopio")], is_free=True, valid_from=date(2026, 1, 1),
    )  # fmt: skip
    place = Item(kind="location", native_id="p1", organization="1", names=[Name("Sali")])
    result = landed(service, place, organisation())
    assert rows(result, "service")[0]["organization_id"] == "lista:1"
    assert [(r["service_id"], r["location_id"]) for r in rows(result, "service_at_location")] == [
        ("lista:s1", "lista:p1")
    ]
    assert issues(result) == set()


def test_a_service_of_an_unknown_organisation_is_kept_and_said():
    result = landed(
        Item(kind="service", native_id="s1", organization="99", names=[Name("Kuoro")], locations=["nowhere"])
    )
    assert rows(result, "service")[0]["organization_id"] is None
    assert {code for _, code in issues(result)} == {"unknown_organization", "unknown_location"}


def test_an_id_that_stands_twice_is_used_once_and_said_when_the_content_differs():
    same = landed(organisation(), organisation())
    assert (same.organizations, same.repeated, issues(same)) == (1, 1, set())
    other = landed(organisation(), organisation(name="Iisalmen Latu ry"))
    assert issues(other) == {("lista:1", "duplicate_native_id")}


def test_a_nameless_organisation_is_an_issue():
    result = landed(organisation(name="  - "))
    assert (result.organizations, issues(result)) == (0, {("lista:1", "record_without_name")})


def test_findings_and_unread_fields_of_the_parser_are_kept():
    result = landed(Finding("record_unreadable", "No object."), Unread("a.b"), Unread("a.b"))
    assert rows(result, "issue")[0]["code"] == "record_unreadable"
    assert rows(result, "unread_field") == [{"source": "lista", "field": "a.b", "occurrences": 2}]


def test_what_the_source_wrote_is_remembered_where_cleaning_changed_it():
    result = landed(organisation(identifiers=[Identifier("business_id", "FI12345671")]))
    assert {"record_id": "lista:1", "field": "business_id", "value": "1234567-1", "raw_value": "FI12345671"} in rows(
        result, "normalised"
    )


words = st.text(max_size=30)
wild_items = st.builds(
    lambda i, n, p, e, u, s, t: Item(
        kind="organization",
        native_id=str(i),
        names=[Name(n)],
        phones=[Phone(p)],
        emails=[Email(e)],
        links=[Link(u, is_main=True)],
        addresses=[Address(line=s, municipality=t, y=t, x=s, crs="EPSG:4326")],
        identifiers=[Identifier("business_id", p), Identifier("association_number", e)],
        texts=[Text("description", s, t, "html")],
        terms=[Term("theme", label=t)],
        modified=p,
    ),
    st.integers(0, 5), words, words, words, words, words, words,
)  # fmt: skip


@given(st.lists(wild_items, max_size=5))
def test_any_text_lands_and_every_item_is_a_record_an_issue_or_a_repetition(items):
    result = landed(*items)
    records = {r["record_id"] for r in rows(result, "record")}
    refused = {i["record_id"] for i in rows(result, "issue") if i["code"] == "record_without_name"} - records
    assert len(records) + result.repeated + len(refused) <= result.read
    assert {f"lista:{i.native_id}" for i in items} == records | refused


@given(st.permutations(range(4)))
def test_the_order_of_items_does_not_matter(order):
    items = [organisation(str(i), f"Kuopion seura {i} ry", phones=[Phone(f"040 000 000{i}")]) for i in range(4)]
    assert landed(*(items[i] for i in order)).tables == landed(*items).tables


def test_a_name_of_several_organisations_is_told_and_kept():
    result = landed(
        organisation("1", "Kuopion Kirjopaja; Porin Sädekehät ry"), organisation("2", "Kuopion Koti ja Koulu ry")
    )
    assert [r["id"] for r in rows(result, "organization")] == ["lista:1", "lista:2"]
    assert issues(result) == {("lista:1", "several_organizations")}
