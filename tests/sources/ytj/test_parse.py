"""What becomes of the companies of PRH's open data."""

import csv
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.schema.model import codelists
from pipeline.sources.items import Address, Finding, Identifier, Item, Link, Name, Term, Unread
from pipeline.sources.registry import descriptions
from pipeline.sources.snapshots import Capture
from pipeline.sources.ytj.parse import parse
from pipeline.transform.reference import legal_forms

Read = Callable[..., list[Any]]
ABOUT = descriptions()["ytj"]


def only(parsed: list[Any]) -> Item:
    (found,) = [p for p in parsed if isinstance(p, Item)]
    return found


def findings(parsed: list[Any]) -> list[tuple[str, str | None, str]]:
    return [(p.code, p.field, p.level) for p in parsed if isinstance(p, Finding)]


def test_a_company_becomes_an_organisation_with_all_its_names(read: Read, company: dict[str, Any]) -> None:
    parsed = read(company)
    item = only(parsed)
    assert (item.kind, item.native_id, item.url) == (
        "organization",
        "9000001-0",
        "https://tietopalvelu.ytj.fi/yritys/9000001-0",
    )
    assert item.names == [
        Name("Esimerkkiyhdistys ry", None, "official"),
        Name("Exempelförening rf", "sv", "parallel"),
        Name("Esimerkki", None, "alternative"),
        Name("Vanha Esimerkki ry", None, "former"),
    ]
    assert (item.legal_form, item.organization_type, item.status) == ("ry", "association", "registered")
    assert item.identifiers == [Identifier("business_id", "9000001-0")]
    assert item.terms == [Term("tol", "93120", "Urheiluseurojen toiminta")]
    assert item.links == [Link("www.esimerkki.example.fi", is_main=True)]
    assert item.addresses == [
        Address("physical", "Kivikatu 3 B 12a", "70100", "KUOPIO", municipality_code="297", language="fi"),
        Address("postal", "PL 17", "70101"),
    ]
    assert item.modified == "2026-03-01 10:20:30"
    assert len(parsed) == 1


def test_who_takes_the_post_in_is_never_harvested(read: Read, company: dict[str, Any]) -> None:
    company["addresses"].append({"type": 2, "freeAddressLine": "c/o Maija Malli_Storgatan 1_111 22 STOCKHOLM"})
    parsed = read(company)
    assert "Malli" not in repr(parsed)
    assert only(parsed).addresses[-1].line == "Storgatan 1, 111 22 STOCKHOLM"


@pytest.mark.parametrize("code", ["26", "53"])
def test_sole_traders_and_estates_are_not_harvested(read: Read, company: dict[str, Any], code: str) -> None:
    company["companyForms"][0]["type"] = code
    parsed = read(company)
    assert findings(parsed) == [("record_unreadable", "companyForms", "info")] and len(parsed) == 1
    assert "Esimerkki" not in repr(parsed)


@pytest.mark.parametrize(
    ("code", "form", "kind"),
    [
        ("5", "ay", "company"),
        ("AY", "ay", "company"),
        ("AYH", "ry", "association"),
        (18, "sr", "foundation"),
        ("31", "Aatteellinen yhdistys", "association"),
        ("71", "srk", "parish"),
    ],
)
def test_forms_are_read_by_code_or_symbol_and_ay_is_a_partnership(
    read: Read, company: dict[str, Any], code: Any, form: str, kind: str
) -> None:
    company["companyForms"][0]["type"] = code
    item = only(read(company))
    assert (item.legal_form, item.organization_type) == (form, kind)


def test_the_form_in_force_counts(read: Read, company: dict[str, Any]) -> None:
    company["companyForms"] = [
        {"type": "16", "registrationDate": "2020-01-01", "endDate": "2021-01-01"},
        {"type": "14", "registrationDate": "2001-01-01"},
        {"type": "18", "registrationDate": "2010-01-01"},
    ]
    assert only(read(company)).legal_form == "sr"


def test_every_form_of_the_list_leads_to_known_values() -> None:
    forms = ABOUT.settings["company_forms"]
    assert {f["type"] for f in forms.values() if "type" in f} <= set(codelists()["organization_type"])
    assert {f["form"] for f in forms.values() if "form" in f} <= set(legal_forms())
    assert all("type" in f or f.get("person") for code, f in forms.items() if code != "0")
    kinds = {legal_forms()[f["form"]].organization_type == f["type"] for f in forms.values() if "form" in f}
    assert kinds == {True}
    assert set(ABOUT.settings["name_types"].values()) <= set(codelists()["name_kind"])


def test_the_list_of_forms_is_the_registers() -> None:
    listed = Path(__file__).parents[3].parent / "shared" / "facts" / "platforms" / "ytj_company_forms.csv"
    if not listed.exists():
        pytest.skip("the list of company forms is not here")
    with listed.open(encoding="utf-8") as stream:
        given = {(r["code"], r["ytj_symbol"], r["name_fi"]) for r in csv.DictReader(stream)}
    forms = ABOUT.settings["company_forms"]
    assert {(code, f.get("symbol", ""), f["name"]) for code, f in forms.items()} == given


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"tradeRegisterStatus": "4"}, "ceased"),
        ({"endDate": "2020-01-01"}, "ceased"),
        ({"companySituations": [{"type": "KONK"}]}, "bankrupt"),
        ({"companySituations": [{"type": "KONK", "endDate": "2020-01-01"}]}, "registered"),
        ({"tradeRegisterStatus": None}, None),
    ],
)
def test_the_registration_is_the_status(
    read: Read, company: dict[str, Any], fields: dict[str, Any], status: str | None
) -> None:
    assert only(read({**company, **fields})).status == status


def test_codes_that_are_not_known_are_findings_and_the_rest_is_read(read: Read, company: dict[str, Any]) -> None:
    company["names"].append({"name": "Uusi nimi", "type": "9"})
    company["companyForms"] = [{"type": "999", "descriptions": [{"languageCode": "1", "description": "Uusi muoto"}]}]
    company["tradeRegisterStatus"] = "8"
    company["addresses"][0]["type"] = 7
    parsed = read(company)
    assert {f for _, f, _ in findings(parsed)} == {
        "names[].type", "companyForms[].type", "tradeRegisterStatus", "addresses[].type",
    }  # fmt: skip
    assert {(c, level) for c, _, level in findings(parsed)} == {("code_unknown", "warning")}
    item = only(parsed)
    assert (item.legal_form, item.names[-1].kind) == ("Uusi muoto", "alternative")


@pytest.mark.parametrize("fields", [{"version": 2}, {"version": "3"}, {"version": 1, "endDate": "2020-01-01"}])
def test_an_older_version_or_an_ended_name_is_former_whatever_its_type(
    read: Read, company: dict[str, Any], fields: dict[str, Any]
) -> None:
    company["names"].append({"name": "Aputoiminimi", "type": "3", **fields})
    assert only(read(company)).names[-1] == Name("Aputoiminimi", None, "former")


def test_a_former_name_that_is_in_force_again_stands_once(read: Read, company: dict[str, Any]) -> None:
    company["names"].append({"name": "Esimerkkiyhdistys ry", "type": "1", "version": 3, "endDate": "1990-01-01"})
    assert [n.value for n in only(read(company)).names].count("Esimerkkiyhdistys ry") == 1


def test_new_fields_are_counted_as_unread(read: Read, company: dict[str, Any]) -> None:
    company["phone"] = "x"
    company["addresses"][0]["room"] = "1"
    company["names"][0]["nickname"] = "y"
    assert {p.field for p in read(company) if isinstance(p, Unread)} == {
        "company.phone", "company.addresses[].room", "company.names[].nickname",
    }  # fmt: skip


def test_a_company_without_a_name_or_id_is_a_finding(read: Read, company: dict[str, Any]) -> None:
    assert findings(read({**company, "names": None})) == [("record_without_name", "names", "error")]
    assert findings(read({**company, "businessId": None})) == [("record_unreadable", "businessId", "error")]
    assert findings(read(3)) == [("record_unreadable", "businessId", "error")]


def test_the_copy_that_the_register_changed_last_counts_in_any_order(read: Read, company: dict[str, Any]) -> None:
    newer = {**company, "lastModified": "2026-04-01 00:00:00", "website": None}
    for pair in ((company, newer), (newer, company)):
        assert only(read(*pair)).links == []
        assert findings(read(*pair)) == []
    assert findings(read(company, {**company, "website": None})) == [("duplicate_native_id", None, "warning")]


def test_bare_companies_and_lists_of_archives_are_read_too(read: Read, company: dict[str, Any]) -> None:
    assert only(read(answer=company)) == only(read(answer=[company])) == only(read(company))


def test_answers_in_another_shape_are_findings(read: Read) -> None:
    assert findings(read(answer={"results": []})) == [("record_unreadable", None, "error")]
    assert findings(read(answer={"companies": 4})) == [("record_unreadable", None, "error")]
    assert findings(read(answer={}, status=503)) == [("record_unreadable", None, "error")]
    capture = Capture("https://a.example.fi/v3", b"<html>", "", datetime(2026, 1, 1, tzinfo=UTC))
    assert findings(list(parse([capture], ABOUT, {}))) == [("record_unreadable", None, "error")]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "name", "url", "postOffices", "descriptions", "endDate"]), inner)
    ),
    max_leaves=8,
)
ODD = (
    "companyForms companySituations addresses website mainBusinessLine tradeRegisterStatus endDate lastModified names"
).split()


@given(st.dictionaries(st.sampled_from(ODD), JSON))
def test_odd_values_never_stop_the_source(fields: dict[str, Any]) -> None:
    body = json.dumps({"companies": [{"businessId": {"value": "9000001-0"}, **fields}]}).encode()
    capture = Capture("https://a.example.fi/v3", body, "", datetime(2026, 1, 1, tzinfo=UTC))
    parsed = list(parse([capture], ABOUT, {}))
    assert parsed == list(parse([capture], ABOUT, {}))
    assert all(f.code in codelists()["issue_code"] for f in parsed if isinstance(f, Finding))
