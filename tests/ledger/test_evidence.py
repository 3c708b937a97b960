"""Evidence tells what changed in the records of a judgement, and is deaf to how things are written."""

import pytest

from pipeline.ledger import evidence

A = {
    "name": "Kuopion Latu ry",
    "legal_form": "ry",
    "business_id": "1234567-1",
    "association_number": None,
    "phones": ["+358440000001", "+358440000002"],
    "emails": ["latu@example.fi"],
    "hosts": [],
    "municipality_code": "297",
}
B = A | {"name": "Kuopion Latu", "business_id": None}


@pytest.mark.parametrize(
    "other",
    [
        {"name": "KUOPION LATU RY."},
        {"phones": ["+358440000002", "+358440000001"]},
        {"legal_form": None},
        {"street_address": "Uusikatu 1"},
        {"other_names": ["Kuopio Friluft rf"]},
    ],
    ids=["spelling", "order", "form that the name tells", "street", "another name beside"],
)
def test_what_means_the_same_is_no_change(other):
    assert evidence.changed(evidence.fingerprint(A, B), evidence.fingerprint(A | other, B)) == []


@pytest.mark.parametrize(
    ("other", "part"),
    [
        ({"name": "Kuopion Hiihto ry"}, "name"),
        ({"business_id": "7654321-1"}, "identifiers"),
        ({"association_number": "12345"}, "identifiers"),
        ({"municipality_code": "140"}, "place"),
        ({"emails": []}, "contact"),
    ],
)
def test_what_means_something_else_is_named(other, part):
    then = evidence.fingerprint(A, B)
    assert evidence.changed(then, evidence.fingerprint(A | other, B)) == [part]
    assert evidence.changed(then, evidence.fingerprint(A, B | other)) == [part]


def test_a_judgement_written_without_evidence_never_goes_stale():
    assert evidence.changed("", evidence.fingerprint(A, B)) == []
