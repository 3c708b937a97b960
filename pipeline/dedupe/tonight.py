"""One night's matching: which weights count, what is taken from the night before, and whether the weights drift.

Weights that are pinned in koonti.yml count. Without a pin the weights learned on the last full run stand, so that
nothing moves from night to night that did not change; they are learned anew on a full run, every
`matching.full_every_days` days, and when what today's records teach is further from them than `drift.BOUND`.
The result is always that of a full run with the weights it names.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import yaml

from pipeline.dedupe import memory_store
from pipeline.dedupe.drift import BOUND, Drift, drift
from pipeline.dedupe.engine import ONE_MACHINE, Engine
from pipeline.dedupe.match import MatchResult, match, rematch
from pipeline.dedupe.memory import Memory
from pipeline.dedupe.memory_store import Kept, weights_fingerprint
from pipeline.dedupe.weights import Weights, WeightsError, load_weights
from pipeline.storage import Stop, read_manifest

FULL_EVERY_DAYS = 7
SHIPPED = "default"
"""Id of the weights that ship: what learning gives back when there is too little to learn from."""


@dataclass(frozen=True, slots=True)
class Order:
    """What the configuration says about tonight."""

    folder: Path
    """Where the memory lies."""
    now: datetime
    pinned: Path | None = None
    """The weights file to use; null learns."""
    full_every_days: int = FULL_EVERY_DAYS


@dataclass(frozen=True, slots=True)
class Night:
    """How it was matched."""

    result: MatchResult
    weights: Weights
    origin: str
    """pinned, kept (from an earlier night), learned (tonight) or shipped (too little to learn from)."""
    run: str
    """In words: a full run and why, or what was taken from the night before."""
    drift: Drift | None
    """How far today's records would move the weights that stood; null when nothing can be said."""

    def facts(self) -> dict[str, Any]:
        """For manifests: what the change feed, the check and `koonti status` want to know."""
        moved = self.drift
        return {
            "weights": {
                "origin": self.origin,
                "id": self.weights.id,
                "version": self.weights.version,
                "fingerprint": weights_fingerprint(self.weights),
            },
            "run": self.run,
            "drift": None
            if moved is None
            else {"bits": moved.bits, "feature": moved.feature, "level": moved.level, "is_small": moved.is_small},
        }


def load_pinned(path: Path) -> Weights:
    """The weights of a file that somebody pinned; raises `Stop` with one sentence when it cannot be used."""
    hint = "Correct the file, or take matching.weights out of koonti.yml."
    try:
        return load_weights(path)
    except OSError as error:
        raise Stop(f"{path}: the pinned weights cannot be read ({error.strerror}). {hint}") from error
    except (WeightsError, yaml.YAMLError, AttributeError, TypeError, ValueError) as error:
        raise Stop(f"{path}: is no weights file ({str(error).splitlines()[0]}). {hint}") from error


def match_tonight(
    records: pa.Table,
    order: Order,
    *,
    must_link: pa.Table | None = None,
    must_not_link: pa.Table | None = None,
    engine: Engine = ONE_MACHINE,
) -> Night:
    """Matches the records of tonight (`features.INPUT`) and keeps what the next night can use.

    Judgements are those of `match`; they teach as well. Raises `Stop` when the pinned weights cannot be used.
    Another engine than that of one machine takes nothing from the night before and leaves nothing for the next.
    """
    pinned = load_pinned(order.pinned) if order.pinned else None
    if engine is not ONE_MACHINE:
        result = match(records, weights=pinned, must_link=must_link, must_not_link=must_not_link, engine=engine)
        weights = pinned or result.learned or load_weights()
        origin = "pinned" if pinned else "shipped" if weights.id == SHIPPED else "learned"
        return Night(result, weights, origin, f"full run on {engine.name}", None)
    found = memory_store.read(order.folder)
    why = _full_because(found, pinned, order)
    memory, standing = (found.memory, found.weights) if isinstance(found, Kept) and not why else (Memory(), None)
    full_at = found.full_at if isinstance(found, Kept) and not why else order.now
    judged = {"must_link": must_link, "must_not_link": must_not_link}
    before = pinned or (found.weights if isinstance(found, Kept) else None)
    result = rematch(memory, records, weights=pinned or standing, **judged)
    moved = drift_of(before, result.learned)
    if standing is not None and pinned is None and moved and not moved.is_small:
        why, full_at = f"the weights have drifted by {moved.bits:.1f} bits", order.now
        standing = None
        result = rematch(memory, records, weights=result.learned, **judged)
    weights = pinned or standing or result.learned or load_weights()
    origin = "pinned" if pinned else "kept" if standing else "shipped" if weights.id == SHIPPED else "learned"
    memory_store.write(order.folder, Kept(memory, weights, full_at))
    return Night(result, weights, origin, _words(why, memory.reused), moved)


def drift_of(standing: Weights | None, learned: Weights | None) -> Drift | None:
    """How far what was learned is from what stood; null when either is missing or nothing could be learned."""
    if standing is None or learned is None or SHIPPED in (standing.id, learned.id):
        return None
    return drift(standing, learned)


def facts_of(entities: Path) -> dict[str, Any]:
    """What the last matching stage wrote of its night in its folder, for the release and for people."""
    facts = read_manifest(entities) or {}
    return {key: facts[key] for key in ("weights", "services", "run", "drift") if key in facts}


def warning(facts: Mapping[str, Any]) -> str | None:
    """A line for people when a weight has moved by more than its bound; null when all is well."""
    moved = facts.get("drift")
    if not moved or moved["is_small"]:
        return None
    pin = "" if facts["weights"]["origin"] == "pinned" else " They were learned anew, so decisions may have changed."
    return (
        f"Weights of matching: today's records would move {moved['feature']}/{moved['level']} by {moved['bits']:.1f} "
        f"bits (bound {BOUND:.0f}).{pin} Compare with `koonti weights learn` and `koonti weights diff`."
    )


def _full_because(found: Kept | str, pinned: Weights | None, order: Order) -> str | None:
    """Why nothing is taken from the night before; null when it is."""
    if isinstance(found, str):
        return found
    if pinned and weights_fingerprint(pinned) != weights_fingerprint(found.weights):
        return "the pinned weights are others than last time"
    if order.now - found.full_at >= timedelta(days=order.full_every_days) or order.now < found.full_at:
        return f"one is due every {order.full_every_days} days"
    return None


def _words(why: str | None, reused: Mapping[str, int]) -> str:
    if why:
        return f"full run, because {why}"
    return f"{reused.get('pairs', 0)} pairs and {reused.get('records', 0)} records as the night before"
