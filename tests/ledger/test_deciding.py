"""New decisions: what they replace, what they contradict, and what is written."""

from datetime import UTC, date, datetime

import pytest

from pipeline.ledger import deciding, files
from pipeline.ledger.lookup import Known

SIGNED = deciding.signed("kk", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC))
ONE = Known("ptv:1", "ptv:1", "org_1", "Kuopion Latu ry")


def judge(folder, *said):
    rows = deciding.judged(folder, [{**deciding.judgement(*one), **SIGNED} for one in said])
    return files.append_all(folder, "judgements", rows, data_dir=folder)


def holding(folder, name="judgements"):
    return [(r["record_id_a"], r["record_id_b"], r["decision"]) for r in files.holding(files.read(folder, name))]


def test_a_new_decision_on_a_pair_replaces_the_old_one(tmp_path):
    (old,) = judge(tmp_path, ("a:1", "b:1", "same"))
    (new,) = judge(tmp_path, ("b:1", "a:1", "different"))
    assert new["revokes"] == old["id"]
    assert holding(tmp_path) == [("b:1", "a:1", "different")]


def test_the_same_decision_again_is_not_written(tmp_path):
    judge(tmp_path, ("a:1", "b:1", "same"))
    assert judge(tmp_path, ("b:1", "a:1", "same")) == []


def test_a_decision_that_contradicts_others_is_refused_with_the_smallest_set(tmp_path):
    first, *_ = judge(tmp_path, ("a:1", "b:1", "same"), ("b:1", "c:1", "same"), ("c:1", "d:1", "same"))
    with pytest.raises(deciding.Unfit) as refused:
        judge(tmp_path, ("a:1", "c:1", "different"))
    assert f"line 2 ({first['id']})" in str(refused.value)
    assert "d:1" not in str(refused.value)
    assert f"koonti judge --revoke {first['id']}" in str(refused.value)
    assert len(holding(tmp_path)) == 3


def test_parting_a_group_takes_back_what_joined_it(tmp_path):
    judge(tmp_path, ("a:1", "b:1", "same"), ("b:1", "c:1", "same"))
    judge(tmp_path, ("a:1", "c:1", "different"), ("b:1", "c:1", "different"))
    assert holding(tmp_path) == [
        ("a:1", "b:1", "same"),
        ("a:1", "c:1", "different"),
        ("b:1", "c:1", "different"),
    ]


def test_a_pair_that_was_judged_twice_by_hand_is_wholly_replaced(tmp_path):
    for id_ in ("j1", "j2"):
        cells = {"id": id_, **deciding.judgement("a:1", "b:1", "same"), **SIGNED}
        files.append(tmp_path, "judgements", cells, data_dir=tmp_path)
    judge(tmp_path, ("a:1", "b:1", "unsure"))
    assert holding(tmp_path) == [("a:1", "b:1", "unsure")]


def test_revoking_names_what_is_not_there_or_is_gone_already(tmp_path):
    (row,) = judge(tmp_path, ("a:1", "b:1", "same"))
    with pytest.raises(deciding.Unfit, match="has no row 'j9'"):
        deciding.revocation(tmp_path, "judgements", "j9")
    cells, found = deciding.revocation(tmp_path, "judgements", row["id"])
    assert found == row
    files.append(tmp_path, "judgements", {**cells, **SIGNED}, data_dir=tmp_path)
    with pytest.raises(deciding.Unfit, match="revoked already"):
        deciding.revocation(tmp_path, "judgements", row["id"])


def correct(folder, key, value, until="", same=("org_1", "ptv:1")):
    cells = deciding.correction(folder, ONE, key, value, until=until, today=date(2026, 1, 2), same=same)
    return files.append(folder, "corrections", {**cells, **SIGNED}, data_dir=folder)


def test_a_new_correction_of_a_field_replaces_the_old_one_and_no_other(tmp_path):
    other = correct(tmp_path, "description@sv", "En förening.")
    old = correct(tmp_path, "description@fi", "Yhdistys.")
    new = correct(tmp_path, "description@fi", "Parempi.")
    assert (other["revokes"], old["revokes"], new["revokes"]) == ("", "", old["id"])


def test_corrections_of_a_field_of_many_values_stand_beside_each_other(tmp_path):
    correct(tmp_path, "phone", "+358440000001")
    assert correct(tmp_path, "phone", "+358440000002")["revokes"] == ""


@pytest.mark.parametrize(("until", "said"), [("1.1.2026", "has passed"), ("joskus", "is no date")])
def test_a_last_day_must_come(tmp_path, until, said):
    with pytest.raises(deciding.Unfit, match=said):
        correct(tmp_path, "email", "a@example.fi", until=until)


def test_a_decision_has_an_author():
    with pytest.raises(deciding.Unfit, match="KOONTI_AUTHOR"):
        deciding.signed(" ", datetime(2026, 1, 1, tzinfo=UTC))
