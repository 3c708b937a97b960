"""What is left of a name when its village is taken out."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pytest

from pipeline.dedupe.cores import cores_of
from pipeline.dedupe.placed import placed


def without(core: list[str], at: int, meant: str, told: Mapping[str, str | None] = {}) -> dict[str, object]:
    """The parts of a name that stands between two others without a village."""
    text = pa.string()
    cores = cores_of(pa.array([None, told.get("umbrella"), None], text), pa.array([["ennen"], core, ["perasta"]]))
    village = cores.places[int(cores.place[cores.word_at(np.array([1]), np.array([at]))][0])].as_py()
    parts = {c: pa.array([told.get(c)], text) for c in ("umbrella", "level", "dependent")}
    found = placed(cores, np.array([1]), np.array([at]), parts, {village: meant})
    return {c: column.to_pylist()[0] for c, column in found.items()}


def test_a_village_becomes_a_place_and_leaves_the_core_in_every_case() -> None:
    found = without(["mustinlahden", "kalakaverit", "mustinlahti"], 0, "mustinlahti")
    assert found["core"] == ["kalakaverit"]
    assert found["places"] == found["place_keys"] == ["Vmustinlahti"]


def test_a_village_that_means_a_municipality_is_that() -> None:
    assert without(["sotkkamon", "kalakaverit"], 0, "sotkamo")["places"] == ["765"]


@pytest.mark.parametrize(("level", "is_then"), [(None, "local"), ("national", "local"), ("district", "district")])
def test_what_has_a_village_is_no_national_body(level: str | None, is_then: str) -> None:
    assert without(["mustinlahden", "kalakaverit"], 0, "mustinlahti", {"level": level})["level"] == is_then


@pytest.mark.parametrize(("umbrella", "core"), [(None, []), ("Martat", ["martat"])])
def test_the_umbrella_is_looked_for_in_what_is_left_where_there_was_none(umbrella: str | None, core: list[str]) -> None:
    found = without(["mustinlahden", "martat"], 0, "mustinlahti", {"umbrella": umbrella})
    assert found["core"] == core
    assert found["umbrella"] is not None


@pytest.mark.parametrize(("dependent", "core"), [(None, ["tarmon"]), ("nuoret", ["tarmon", "veteraanit"])])
def test_a_body_beside_another_is_told_by_the_last_word_that_is_left(dependent: str | None, core: list[str]) -> None:
    found = without(["tarmon", "veteraanit", "mustinlahden"], 2, "mustinlahti", {"dependent": dependent})
    assert found["core"] == core
    assert found["dependent"] == (dependent or "veteraanit")


def test_a_single_word_that_is_left_is_the_body_itself() -> None:
    found = without(["veteraanit", "mustinlahden"], 1, "mustinlahti")
    assert (found["core"], found["dependent"]) == (["veteraanit"], None)
