"""A release that changes too many ids waits for somebody to look."""

import pyarrow as pa

from pipeline import schema
from pipeline.identity.churn import measure


def registry(count, state="live"):
    return schema.table_from_rows("entity_registry", [{"entity_id": f"org_{i}", "state": state} for i in range(count)])


def events(count, event="merged", cause="rule", prefix="org_", version="v2"):
    return schema.table_from_rows(
        "entity_event",
        [
            {"entity_id": f"{prefix}{i}", "version": version, "event": event, "cause": cause, "detail": "ptv"}
            for i in range(count)
        ],
    )


def held(before, *happened, **options):
    return measure(registry(before), pa.concat_tables(happened), version="v2", **options).held


def test_small_catalogues_may_have_ten_changes():
    assert not held(50, events(10))
    assert held(50, events(11))


def test_one_in_a_hundred_may_change_in_a_large_one():
    assert not held(3000, events(30))
    assert held(3000, events(31))
    assert not held(3000, events(31), limit=0.02)


def test_what_somebody_wanted_does_not_count():
    wanted = [events(20, cause=c) for c in ("source_added", "judgement", "first_release", "suppression")]
    assert not held(50, *wanted)


def test_new_and_revived_ids_services_and_earlier_releases_do_not_count():
    assert not held(
        50, events(20, "minted"), events(20, "revived"), events(20, prefix="svc_"), events(20, version="v1")
    )


def test_it_says_what_would_change_and_why():
    found = measure(registry(50), pa.concat_tables([events(12), events(3, "retired", "source")]), version="v2")
    assert found.kinds == {
        "merged because of a changed rule or weight (records of ptv as before)": 12,
        "retired because of changes in ptv": 3,
    }
    assert "15 of 50 ids" in found.message
    assert "org_0 merged" in found.message
    assert "--accept-churn" in found.message
