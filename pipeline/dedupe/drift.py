"""How far two sets of weights are apart, for a person and for a check."""

from dataclasses import dataclass

import pyarrow as pa

from pipeline.dedupe.comparison import VOCABULARY
from pipeline.dedupe.weights import Weights

BOUND = 3.0
"""Bits by which a level that counts may move before somebody should look: the odds of a pair change eightfold."""
SEEN = 30
"""Pairs below which a learned number is chance; it is shown, and does not count as drift."""


@dataclass(frozen=True, slots=True)
class Drift:
    """The largest move of a level that was seen often enough."""

    bits: float
    feature: str | None
    level: str | None
    mean: float
    """Mean move of all levels that count."""

    @property
    def is_small(self) -> bool:
        """Whether the drift stays within `BOUND`."""
        return self.bits <= BOUND


def diff(one: Weights, other: Weights) -> pa.Table:
    """The numbers that differ: `feature, level, bits_a, bits_b, change, n` (pairs behind b; null when set by hand)."""
    rows = [{"feature": "prior", "level": "", "bits_a": one.prior, "bits_b": other.prior, "n": None}]
    for feature, levels in VOCABULARY.items():
        for i, level in enumerate(levels):
            origin = other.origins.get(feature, {}).get(level)
            bits = {"bits_a": one.bits[feature][i], "bits_b": other.bits[feature][i]}
            rows.append({"feature": feature, "level": level, **bits, "n": origin.n if origin else None})
    told = [{**r, "change": round(r["bits_b"] - r["bits_a"], 3)} for r in rows if r["bits_a"] != r["bits_b"]]  # type: ignore[operator]
    kinds = {"bits_a": pa.float64(), "bits_b": pa.float64(), "change": pa.float64(), "n": pa.int64()}
    fields = [(c, kinds.get(c, pa.string())) for c in ("feature", "level", "bits_a", "bits_b", "change", "n")]
    return pa.Table.from_pylist(told, schema=pa.schema(fields))


def drift(one: Weights, other: Weights) -> Drift:
    """The summary figure of `diff`; compare weights learned by the same code, today's with the pinned ones."""
    moves = [r for r in diff(one, other).to_pylist() if r["n"] is None or r["n"] >= SEEN]
    if not moves:
        return Drift(0.0, None, None, 0.0)
    worst = max(moves, key=lambda r: (abs(r["change"]), r["feature"], r["level"]))
    mean = sum(abs(r["change"]) for r in moves) / len(moves)
    return Drift(abs(worst["change"]), worst["feature"], worst["level"], round(mean, 3))
