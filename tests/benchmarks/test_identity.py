"""The identity benchmark: three days, each in a process of its own."""

from benchmarks.identity import DAYS, groups, measure, one_percent_later


def test_three_days_are_measured(tmp_path):
    found = measure(400, tmp_path)
    assert list(found) == list(DAYS)
    assert found["first"]["minted"] == found["unchanged"]["carried"]
    assert found["unchanged"]["minted"] == found["unchanged"]["changed"] == 0
    assert found["one percent"]["changed"] > 0


def test_one_record_in_a_hundred_changes():
    before = groups(2000)
    after, changed = one_percent_later(before)
    assert len(changed) == 20
    assert sum(before.get(r) != after.get(r) for r in before.keys() | after.keys()) == 20
