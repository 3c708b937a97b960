"""The weights file."""

import copy
from pathlib import Path

import pytest
import yaml

from pipeline.dedupe.comparison import VOCABULARY
from pipeline.dedupe.weights import DEFAULT, WeightsError, load_weights, weights_from


def test_the_shipped_weights_are_complete_and_make_sense() -> None:
    w = load_weights()
    assert w.maybe < w.same
    for feature in ("business_id", "association_number"):
        bits = dict(zip(VOCABULARY[feature], w.bits[feature], strict=True))
        assert bits["differ"] < bits["missing"] == bits["agree_weak"] < bits["agree"]
    for feature in ("phone", "email", "host"):
        bits = dict(zip(VOCABULARY[feature], w.bits[feature], strict=True))
        assert bits["agree_shared"] < bits["agree_few"] < bits["agree_rare"]
        assert w.prior + bits["agree_rare"] < w.same, "one contact alone joins nobody"


@pytest.mark.parametrize("change", ["drop_level", "extra_feature", "extra_level", "bad_rule"])
def test_an_incomplete_or_unknown_entry_is_refused(change: str) -> None:
    raw = copy.deepcopy(yaml.safe_load(DEFAULT.read_text(encoding="utf-8")))
    match change:
        case "drop_level":
            del raw["features"]["place"]["same"]
        case "extra_feature":
            raw["features"]["colour"] = {"same": 1}
        case "extra_level":
            raw["features"]["phone"]["agree_somewhat"] = 1
        case _:
            raw["rules"][0]["outcome"] = "maybe"
    with pytest.raises(WeightsError):
        weights_from(raw)


def test_a_file_without_thresholds_is_named(tmp_path: Path) -> None:
    path = tmp_path / "odd.yml"
    path.write_text("id: odd\nfeatures: {}\n", encoding="utf-8")
    with pytest.raises(WeightsError):
        load_weights(path)
