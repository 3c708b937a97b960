"""What ids rest on, taken from the record tables."""

import pyarrow as pa
import pytest

from pipeline import schema
from pipeline.identity import inputs


def pairs(table):
    return sorted(zip(*(table.column(c).to_pylist() for c in table.column_names), strict=True))


def test_a_record_weighs_what_the_heaviest_thing_that_is_known_of_it_does():
    said = [{"id": f"s:{n}", "name": "A"} for n in range(5)]
    said[1] |= {"business_id": "1234567-1"}
    said[2] |= {"association_number": "123.456"}
    numbers = [
        {"id": "s:2#i1", "organization_id": "s:2", "identifier_type": "business_id", "identifier": "1234567-1"},
        {"id": "s:3#i1", "organization_id": "s:3", "identifier_type": "ptv", "identifier": "x"},
        {"id": "s:4#i1", "organization_id": "s:4", "identifier_type": "other", "identifier": "x"},
    ]
    tables = (
        schema.table_from_rows("organization", said),
        schema.table_from_rows("organization_identifier", numbers),
    )
    assert pairs(inputs.record_weights(*tables)) == [("s:1", 3), ("s:2", 3), ("s:3", 3)]
    confirmed = inputs.record_weights(*tables, {"s:0", "s:1"})
    assert pairs(confirmed) == [("s:0", 9), ("s:1", 9), ("s:2", 3), ("s:3", 3)]


@pytest.mark.parametrize(
    ("was", "is_now", "differs"), [("1", "1", False), ("1", "2", True), (None, "1", True), (None, None, True)]
)
def test_a_record_has_changed_when_its_content_is_not_known_to_be_as_before(was, is_now, differs):
    text = pa.string()
    record = pa.table({"record_id": ["s:1", "s:2"], "content_hash": pa.array([is_now, "x"], text)})
    bridge = pa.table({"record_id": ["s:0", "s:1"], "content_hash": pa.array(["x", was], text)})
    assert inputs.changed(record, bridge).column("record_id").to_pylist() == (["s:1"] if differs else []) + ["s:2"]
