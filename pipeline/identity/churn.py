"""How many ids of organisations change for importers in one release, and when that is too many.

Counted are living ids that were merged, split or retired, or that lost records to other ids, unless a source that is
new or a person's decision did it. Services and places are not counted: they come and go with the calendar. More than
the limit (a share of the ids that lived before, see `rules.yml`) holds the release back until somebody has looked.
"""

from dataclasses import asdict, dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.identity.ids import PREFIX
from pipeline.identity.rules import rules

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Churn:
    """What changed in one release."""

    before: int
    """Ids of organisations that lived in the previous release."""
    bound: int
    """Changes that may pass without anybody looking."""
    counted: int
    kinds: dict[str, int]
    """Event and cause -> how many, most first; only what counts."""
    examples: tuple[str, ...]

    @property
    def held(self) -> bool:
        """True when the release must wait for `koonti sync --accept-churn`."""
        return self.counted > self.bound

    @property
    def message(self) -> str:
        """What changed and why, and what to do, in one sentence after the other."""
        which = "; ".join(f"{n} × {kind}" for kind, n in self.kinds.items())
        return (
            f"{self.counted} of {self.before} ids of organisations would change, more than the {self.bound} that may "
            f"change unseen: {which}. For example {'; '.join(self.examples)}. "
            "If that is right, run koonti sync --accept-churn; if not, look at the source or the rule that is named."
        )

    def facts(self) -> dict[str, Any]:
        """For the manifest of the stage."""
        return {**asdict(self), "examples": list(self.examples), "held": self.held, "message": self.message}


def measure(before: pa.Table, events: pa.Table, *, version: str, limit: float | None = None) -> Churn:
    """The churn of one release.

    Args:
        before: `entity_registry` of the previous release.
        events: `entity_event` with the events of this run.
        version: Version of this run.
        limit: Share of the living ids that may change; null means that of `rules.yml`.
    """
    rule = rules()["churn"]
    own = PREFIX["organization"] + "_"
    holds = pc.and_(
        pc.starts_with(before.column("entity_id"), own),
        pc.is_in(before.column("state"), value_set=pa.array(["live", "outside", "suppressed"])),
    )
    living = int(pc.sum(holds).as_py() or 0)
    ours = events.filter(
        pc.and_(
            pc.and_(pc.equal(events.column("version"), version), pc.starts_with(events.column("entity_id"), own)),
            pc.and_(
                pc.is_in(events.column("event"), value_set=pa.array(rule["events"])),
                pc.invert(pc.is_in(events.column("cause"), value_set=pa.array(rule["excused"]))),
            ),
        )
    )
    kinds = ours.group_by(["event", "cause", "detail"]).aggregate([([], "count_all")]).to_pylist()
    kinds.sort(key=lambda k: (-k["count_all"], k["event"], k["cause"], k["detail"] or ""))
    shown = ours.sort_by([("event", "ascending"), ("entity_id", "ascending")]).slice(0, EXAMPLES).to_pylist()
    share = rule["limit"] if limit is None else limit
    return Churn(
        before=living,
        bound=max(int(rule["floor"]), int(share * living)),
        counted=ours.num_rows,
        kinds={f"{k['event']} because of {_words(k)}": k["count_all"] for k in kinds},
        examples=tuple(f"{e['entity_id']} {e['event']}" + _into(e["successors"]) for e in shown),
    )


def _words(kind: dict[str, Any]) -> str:
    sources = (kind["detail"] or "").replace("|", ", ")
    return {
        "rule": f"a changed rule or weight (records of {sources} as before)",
        "source": f"changes in {sources}",
        "source_removed": f"a source that is no longer read ({sources})",
    }.get(kind["cause"], kind["cause"])


def _into(successors: str | None) -> str:
    return f" (now {successors.replace('|', ', ')})" if successors else ""
