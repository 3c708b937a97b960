"""Reads `data/weights/services.yml`: bits per finding, kinds that can be one, caps, and the words of service names."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from pipeline.dedupe.weights import WeightsError
from pipeline.schema import codelist
from pipeline.shipped import shipped

FILE = Path(__file__).parents[3] / "data" / "weights" / "services.yml"
VOCABULARY: Mapping[str, tuple[str, ...]] = {
    "name": ("nameless", "different", "other_language", "partial", "contains", "close", "exact"),
    "number": ("none", "one_sided", "differ", "same"),
    "audience": ("none", "one_sided", "differ", "same"),
    "kind": ("compatible", "conflict", "same"),
    "place": ("missing", "other_town", "differ", "same_town", "same"),
    "time": ("missing", "differ", "same_day", "same_slot", "other_date", "same_date"),
    "season": ("missing", "apart", "overlap"),
    "ages": ("missing", "apart", "overlap"),
    "text": ("missing", "unlike", "alike", "same", "shared"),
    "web": ("missing", "differ", "same"),
    "theme": ("missing", "differ", "same"),
    "source": ("other", "same", "twin"),
}
"""Finding -> its levels, in the order of the codes."""
VETO = -13.0
"""Bits from which a finding alone keeps two services apart."""


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of service names, ASCII-folded."""

    general: frozenset[str]
    general_ends: tuple[str, ...]
    equivalents: Mapping[str, str]
    """Word -> the word that stands for its group."""
    audience: tuple[tuple[str, str], ...]
    """(beginning of a word, who it means), the longest first."""
    audience_starts: tuple[str, ...]
    not_audience: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServiceRules:
    """Everything that the file says."""

    id: str
    version: int
    prior: float
    same: float
    maybe: float
    margin: float
    bits: Mapping[str, tuple[float, ...]]
    compatible: frozenset[frozenset[str]]
    hot_services: int
    hot_per_word: int
    wording: Wording


@cache
def load_rules(path: Path = FILE) -> ServiceRules:
    """The rules of a file; raises `WeightsError` that names what is missing or unknown."""
    raw: dict[str, Any] = shipped(path) if path == FILE else yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        return _rules(raw)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise WeightsError(f"{path.name}: {error} is missing or has the wrong shape") from error


def _rules(raw: dict[str, Any]) -> ServiceRules:
    given = raw["features"]
    if unknown := given.keys() - VOCABULARY.keys():
        raise WeightsError(f"services.yml: features: no such feature {', '.join(sorted(unknown))}")
    for feature, levels in VOCABULARY.items():
        if wrong := set(given.get(feature, {})) ^ set(levels):
            raise WeightsError(f"services.yml: features.{feature}: missing or unknown: {', '.join(sorted(wrong))}")
    kinds = frozenset(frozenset(pair) for pair in raw["compatible_kinds"])
    if odd := {kind for pair in kinds for kind in pair} - set(codelist("service_kind")):
        raise WeightsError(f"services.yml: compatible_kinds: no such kind {', '.join(sorted(odd))}")
    words, limits = raw["wording"], raw["thresholds"]
    starts = sorted(
        ((start, who) for who, given_ in words["audience"].items() for start in given_), key=lambda p: (-len(p[0]), p)
    )
    return ServiceRules(
        id=str(raw["id"]),
        version=int(raw["version"]),
        prior=float(raw["prior"]),
        same=float(limits["same"]),
        maybe=float(limits["maybe"]),
        margin=float(limits["margin"]),
        bits={f: tuple(float(given[f][level]) for level in levels) for f, levels in VOCABULARY.items()},
        compatible=kinds,
        hot_services=int(raw["hot"]["services"]),
        hot_per_word=int(raw["hot"]["per_word"]),
        wording=Wording(
            general=frozenset(words["general"].split()),
            general_ends=tuple(sorted(words["general_ends"].split(), key=lambda w: (-len(w), w))),
            equivalents={w: group[0] for group in words["equivalents"] for w in group},
            audience=tuple(starts),
            audience_starts=tuple(start for start, _ in starts),
            not_audience=tuple(words["not_audience"]),
        ),
    )
