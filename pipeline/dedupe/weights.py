"""Reads the weights file: bits per level of each feature, thresholds and deciding rules."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pipeline.dedupe.comparison import VOCABULARY

DEFAULT = Path(__file__).parents[2] / "data" / "weights" / "default.yml"
DECISIONS = ("different", "related")


class WeightsError(Exception):
    """The weights file is incomplete or names what does not exist; the message says where."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A finding that decides whatever the score is."""

    id: str
    feature: str
    outcome: str
    decision: str


@dataclass(frozen=True, slots=True)
class Weights:
    """A complete set of weights; bits per feature stand in the order of `VOCABULARY`."""

    id: str
    version: int
    prior: float
    same: float
    """Score from which a pair is one organisation."""
    maybe: float
    """Score from which a person should look."""
    bits: Mapping[str, tuple[float, ...]]
    rules: tuple[Rule, ...]
    support: float
    """Share of the cross-links that two groups need to join."""


def load_weights(path: Path = DEFAULT) -> Weights:
    """Weights of a file; raises `WeightsError` unless every level of every feature has exactly one number."""
    with path.open(encoding="utf-8") as stream:
        raw: dict[str, Any] = yaml.safe_load(stream)
    try:
        return weights_from(raw)
    except (KeyError, TypeError) as error:
        raise WeightsError(f"{path.name}: {error} is missing or has the wrong shape") from error


def weights_from(raw: Mapping[str, Any]) -> Weights:
    """Weights of the parsed file."""
    given = raw["features"]
    if unknown := given.keys() - VOCABULARY.keys():
        raise WeightsError(f"features: no such feature {', '.join(sorted(unknown))}")
    bits: dict[str, tuple[float, ...]] = {}
    for feature, levels in VOCABULARY.items():
        found = given.get(feature, {})
        if set(found) != set(levels):
            wrong = ", ".join(sorted(set(found) ^ set(levels)))
            raise WeightsError(f"features.{feature}: missing or unknown levels: {wrong}")
        bits[feature] = tuple(float(found[level]) for level in levels)
    rules = tuple(Rule(**{k: str(v) for k, v in r.items()}) for r in raw["rules"])
    for rule in rules:
        if rule.outcome not in VOCABULARY.get(rule.feature, ()) or rule.decision not in DECISIONS:
            raise WeightsError(f"rules.{rule.id}: unknown feature, outcome or decision")
    return Weights(
        id=str(raw["id"]),
        version=int(raw["version"]),
        prior=float(raw["prior"]),
        same=float(raw["thresholds"]["same"]),
        maybe=float(raw["thresholds"]["maybe"]),
        bits=bits,
        rules=rules,
        support=float(raw["clustering"]["support"]),
    )
