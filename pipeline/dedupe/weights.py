"""Reads the weights file: bits per level of each feature, thresholds and deciding rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from pipeline.dedupe.comparison import VOCABULARY
from pipeline.shipped import shipped

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
    doubt: float | None = None
    """Bits of all other findings from which a person should look all the same; null for never."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where one number came from."""

    n: int
    """Pairs of the level that were learned from."""
    default: float
    learned: float


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
    ask: float = -1.0
    """Bits from which a person may be asked about two groups."""
    budget: float = 0.05
    """Share of the records that may stand in questions."""
    origins: Mapping[str, Mapping[str, Origin]] = field(default_factory=dict)
    """Where learned numbers came from; empty for weights set by hand."""
    pairs: tuple[int, int] = (0, 0)
    """Pairs learned from that are one organisation, and that are not."""
    calibration: tuple[tuple[float, float], ...] = ()
    """Points (score, bits it is worth), see `calibration`; none when a score is worth itself."""


def load_weights(path: Path = DEFAULT) -> Weights:
    """Weights of a file; raises `WeightsError` unless every level of every feature has exactly one number."""
    raw: dict[str, Any] = shipped(path) if path == DEFAULT else yaml.safe_load(path.read_text(encoding="utf-8"))
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
        bits[feature] = tuple(_number(found[level]) for level in levels)
    rules = tuple(
        Rule(**{k: float(v) if k == "doubt" else str(v) for k, v in r.items()})  # type: ignore[arg-type]
        for r in raw["rules"]
    )
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
        ask=float(raw["questions"]["from"]),
        budget=float(raw["questions"]["budget"]),
        origins=_origins(given),
        pairs=tuple(raw.get("pairs", (0, 0))),
        calibration=tuple((float(s), float(b)) for s, b in raw.get("calibration", ())),
    )


def _number(entry: Any) -> float:
    """A level's number stands alone, or as `learned` with its origin."""
    return float(entry["learned"] if isinstance(entry, Mapping) else entry)


def _origins(given: Mapping[str, Any]) -> dict[str, dict[str, Origin]]:
    found = {
        feature: {
            level: Origin(int(e["n"]), float(e["default"]), float(e["learned"]))
            for level, e in levels.items()
            if isinstance(e, Mapping)
        }
        for feature, levels in given.items()
    }
    return {feature: levels for feature, levels in found.items() if levels}


def weights_text(weights: Weights) -> str:
    """The weights as a file that `load_weights` reads, each learned number with its default and its pairs."""
    lines = [
        "# Weights of matching, in bits. A number that was learned stands with the pairs it was seen in (n)",
        "# and the number it was drawn towards (default); what the levels mean is told in default.yml.",
        f"id: {weights.id}",
        f"version: {weights.version}",
        f"prior: {weights.prior}",
        f"pairs: [{weights.pairs[0]}, {weights.pairs[1]}]   # taught as one organisation, as two",
        f"thresholds: {{same: {weights.same}, maybe: {weights.maybe}}}",
        "features:",
    ]
    for feature, levels in VOCABULARY.items():
        lines.append(f"  {feature}:")
        for level, bits in zip(levels, weights.bits[feature], strict=True):
            origin = weights.origins.get(feature, {}).get(level)
            value = f"{{learned: {bits}, default: {origin.default}, n: {origin.n}}}" if origin else f"{bits}"
            lines.append(f"    {level}: {value}")
    lines.append("rules:")
    lines += [
        f"  - {{id: {r.id}, feature: {r.feature}, outcome: {r.outcome}, decision: {r.decision}"
        + (f", doubt: {r.doubt}}}" if r.doubt is not None else "}")
        for r in weights.rules
    ]
    lines.append(f"clustering: {{support: {weights.support}}}")
    lines.append(f"questions: {{from: {weights.ask}, budget: {weights.budget}}}")
    if weights.calibration:
        lines.append("calibration:   # score, bits it is worth")
        lines += [f"  - [{s}, {b}]" for s, b in weights.calibration]
    return "\n".join(lines) + "\n"
